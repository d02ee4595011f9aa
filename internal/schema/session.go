package schema

import (
	"strings"

	"milepost/internal/store"
)

// TypeSession is the type of the console's sessions.
const TypeSession = "session"

// transient is what the partitions of sessions begin with.
const transient = "s#"

// Transient reports whether an item is of a moment: no part of the portfolio,
// so that copies and backups leave it behind. What it grants in one place it
// must not grant in another, or again after a restore.
func Transient(key store.Key) bool { return strings.HasPrefix(key.PK, transient) }

// Session is a browser's session with the console. Times are seconds since
// 1970, UTC.
type Session struct {
	Begun  int64             `json:"begun"`
	Seen   int64             `json:"seen"`             // the last use that was recorded
	Mark   string            `json:"mark"`             // of the write that made it so
	Values map[string]string `json:"values,omitempty"` // names are ASCII
}

// SessionKey is the key of the session whose token has a hash, itself a text
// of base64url.
func SessionKey(tokenHash string) store.Key {
	return store.Key{PK: transient + tokenHash, SK: "r"}
}

// SessionRecord places a session. It stands in no index: a session is found by
// whoever has its token.
func SessionRecord(tokenHash string, s Session, expires int64) Record {
	return Record{Type: TypeSession, Key: SessionKey(tokenHash), Value: s, Expires: expires}
}
