package schema

import (
	"fmt"
	"hash/fnv"
	"strings"

	"milepost/internal/journal"
	"milepost/internal/store"
)

// Types of the items that relay keeps.
const (
	TypePosition = "position"
	TypeFollowed = "followed"
)

// derived is what the sort keys of relay's items begin with.
const derived = "9#"

// Derived reports whether an item was made by relay out of the journal: it is
// no part of an aggregate's state, and can be made again.
func Derived(key store.Key) bool { return strings.HasPrefix(key.SK, derived) }

// OutboxShard names the n-th partition of the journal entries that are not
// delivered yet, in the work index.
func OutboxShard(n int) string { return fmt.Sprintf("out#%02d", n) }

// OutboxShardOf is the partition in which an aggregate's entries wait.
func OutboxShardOf(aggregate string) string { return OutboxShard(hashed(aggregate, Shards)) }

func hashed(text string, shards uint32) int {
	h := fnv.New32a()
	h.Write([]byte(text))
	return int(h.Sum32() % shards)
}

// Undelivered places a journal record in the outbox as well: relay takes the
// entry away once every subscriber is past it.
func Undelivered(r Record, e journal.Entry) Record {
	r.Index[store.Work] = OutboxEntry(e)
	return r
}

// OutboxEntry is where an undelivered entry stands, by time of recording.
func OutboxEntry(e journal.Entry) store.Key {
	return store.Key{PK: OutboxShardOf(e.Aggregate), SK: recordedAt(e)}
}

// Position says how far a subscriber has followed the journal of an aggregate.
type Position struct {
	Subscriber string `json:"subscriber"`
	Aggregate  string `json:"aggregate"`
	Seq        int64  `json:"seq"`              // the last entry whose effect is recorded
	Memo       string `json:"memo,omitempty"`   // the subscriber's own
	Tries      int    `json:"tries,omitzero"`   // how often it refused the entry after Seq
	Error      string `json:"error,omitempty"`  // of the last refusal: a fault's code
	Detail     string `json:"detail,omitempty"` // of the last refusal: its text for logs
	Parked     string `json:"parked,omitempty"` // since when nothing is delivered any more: RFC 3339, UTC
}

// PositionKey is the key of a subscriber's position in an aggregate.
func PositionKey(subscriber, aggregate string) store.Key {
	return store.Key{PK: aggregate, SK: derived + "pos#" + subscriber}
}

// PositionRecord places a position; a parked one is listed.
func PositionRecord(p Position) Record {
	r := Record{Type: TypePosition, Key: PositionKey(p.Subscriber, p.Aggregate), Value: p}
	if p.Parked != "" {
		r.Index[store.Work] = store.Key{PK: Parked(p.Subscriber), SK: p.Parked + "#" + p.Aggregate}
	}
	return r
}

// Parked is the partition of the aggregates that a subscriber refuses.
func Parked(subscriber string) string { return "park#" + subscriber }

// Followed says up to when a subscriber has followed all journals.
type Followed struct {
	Subscriber string `json:"subscriber"`
	// Through is an instant (RFC 3339, UTC): what was journaled before it has
	// had its effect, but in the aggregates that are parked.
	Through string `json:"through"`
	Parked  int    `json:"parked,omitzero"` // aggregates
}

// FollowedKey is the key of how far a subscriber has come.
func FollowedKey(subscriber string) store.Key {
	return store.Key{PK: Deployment, SK: derived + "rel#" + subscriber}
}

// FollowedRecord places how far a subscriber has come.
func FollowedRecord(f Followed) Record {
	return Record{Type: TypeFollowed, Key: FollowedKey(f.Subscriber), Value: f}
}
