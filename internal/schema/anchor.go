package schema

import (
	"crypto/sha256"
	"encoding/hex"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/store"
)

// Types of the items that anchors leave.
const (
	TypeAnchor       = "anchor"
	TypeAnchored     = "anchored"
	TypeAnchoredUpTo = "anchoredUpTo"
)

// Anchor seals a business date of a programme's journal: a hash over where the
// journal of every aggregate stood at its end, chained to the day before.
// Whoever keeps it outside can tell later whether anything before was changed.
type Anchor struct {
	Scope   string     `json:"scope"` // the programme, Deployment for what belongs to none
	On      civil.Date `json:"on"`
	Entries int        `json:"entries"`        // how many aggregates were written on that day
	Prev    string     `json:"prev,omitempty"` // Hash of the day before, empty for the first
	Hash    string     `json:"hash"`           // SHA-256 in lower-case hexadecimal: see AnchorHash
}

// Anchored is where the journal of one aggregate stood at the end of a day on
// which it was written.
type Anchored struct {
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"`
	Hash      string `json:"hash"` // of the entry, which is chained to all before
}

// AnchoredUpTo is the last day of a programme that is sealed.
type AnchoredUpTo struct {
	On   civil.Date `json:"on"`
	Hash string     `json:"hash"`
}

// AnchorHash is the hash of a day: SHA-256 over canonical JSON (RFC 8785) of
// its scope, date, the hash of the day before, and its entries by aggregate.
func AnchorHash(scope string, on civil.Date, prev string, entries []Anchored) (string, error) {
	if entries == nil {
		entries = []Anchored{}
	}
	text, err := Canonical(struct {
		Scope   string     `json:"scope"`
		On      civil.Date `json:"on"`
		Prev    string     `json:"prev"`
		Entries []Anchored `json:"entries"`
	}{scope, on, prev, entries})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// AnchorScope is the scope in which an entry is sealed.
func AnchorScope(p ident.Programme) string {
	if p == "" {
		return Deployment
	}
	return string(p)
}

// AnchorRecord places the anchor of a day.
func AnchorRecord(a Anchor) Record {
	return Record{Type: TypeAnchor, Key: store.Key{PK: a.Scope, SK: derived + "anc#" + a.On.String()}, Value: a}
}

// AnchorRange holds the anchors of a scope from a day to a day.
func AnchorRange(from, to civil.Date) store.Range {
	return store.Range{From: derived + "anc#" + from.String(), To: derived + "anc#" + to.String()}
}

// AnchoredKey is the key of where an aggregate stood at the end of a day.
func AnchoredKey(scope string, on civil.Date, aggregate string) store.Key {
	return store.Key{PK: scope, SK: derived + "anl#" + on.String() + "#" + aggregate}
}

// AnchoredRecord places where an aggregate stood at the end of a day.
func AnchoredRecord(scope string, on civil.Date, a Anchored) Record {
	return Record{Type: TypeAnchored, Key: AnchoredKey(scope, on, a.Aggregate), Value: a}
}

// AnchoredRange holds what is sealed on a day.
func AnchoredRange(on civil.Date) store.Range {
	return store.Prefix(derived + "anl#" + on.String() + "#")
}

// AnchoredEver holds what is sealed on any day, the first day first.
func AnchoredEver() store.Range { return store.Prefix(derived + "anl#") }

// AnchoredOn is the day of a key of AnchoredKey's.
func AnchoredOn(key store.Key) (civil.Date, error) {
	const at = len(derived + "anl#")
	return civil.Parse(key.SK[at:min(len(key.SK), at+len(civil.Layout))])
}

// AnchoredUpToKey is the key of the last day of a scope that is sealed.
func AnchoredUpToKey(scope string) store.Key { return store.Key{PK: scope, SK: derived + "anh"} }

// AnchoredUpToRecord places the last day of a scope that is sealed.
func AnchoredUpToRecord(scope string, a AnchoredUpTo) Record {
	return Record{Type: TypeAnchoredUpTo, Key: AnchoredUpToKey(scope), Value: a}
}
