package schema

import (
	"cmp"
	"fmt"

	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/rollup"
	"milepost/internal/store"
)

// JournalText is a sealed journal entry: its canonical text as one string,
// which no store may change on its way through.
type JournalText struct {
	Text string `json:"text"`
	Hash string `json:"hash"`
}

// JournalRecord places a sealed entry, listed by actor and month and, where
// there is one, by programme and month, in the order of recording.
func JournalRecord(e journal.Entry, text, hash string, programme ident.Programme) Record {
	r := Record{Type: TypeJournal, Key: JournalKey(e.Aggregate, e.Seq), Value: JournalText{Text: text, Hash: hash}}
	r.Index = journalIndex(e, programme, rollup.MonthOf(e.On), recordedAt(e))
	return r
}

// JournalRecordOfBefore places an entry as it was placed before sort keys told
// entries of one millisecond apart and months were those of business dates.
// Such entries stay where they are.
func JournalRecordOfBefore(e journal.Entry, text, hash string, programme ident.Programme) Record {
	r := JournalRecord(e, text, hash, programme)
	r.Index = journalIndex(e, programme, e.At[:len("2006-01")], e.At+"#"+e.Aggregate)
	return r
}

func journalIndex(e journal.Entry, programme ident.Programme, month, at string) [store.Indexes]store.Key {
	var index [store.Indexes]store.Key
	index[store.Scope] = store.Key{PK: JournalBy(cmp.Or(e.Actor.Person, e.Actor.System), month), SK: at}
	if programme != "" {
		index[store.Program] = store.Key{PK: JournalIn(programme, month), SK: at}
	}
	return index
}

// recordedAt sorts entries by when they were recorded, those that one aggregate
// has of one millisecond by their sequence.
func recordedAt(e journal.Entry) string {
	return fmt.Sprintf("%s#%s#%012d", e.At, e.Aggregate, e.Seq)
}

// JournalBy is the partition of what a person did in a month of business dates
// (2026-05).
func JournalBy(person, month string) string { return "JA#" + person + "#" + month }

// JournalIn is the partition of what was done in a programme in a month of
// business dates.
func JournalIn(p ident.Programme, month string) string { return "JP#" + string(p) + "#" + month }

// Idempotency is the record of a request that carried a key.
type Idempotency struct {
	Fingerprint string `json:"fingerprint"`
	Status      int    `json:"status"`
	Aggregate   string `json:"aggregate"`
	Seq         int64  `json:"seq"`
}

// IdempotencyRecord places the record of a request.
func IdempotencyRecord(person ident.Person, key string, i Idempotency, expires int64) Record {
	return Record{Type: TypeIdempotency, Key: IdempotencyKey(person, key), Value: i, Expires: expires}
}
