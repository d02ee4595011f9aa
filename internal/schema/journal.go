package schema

import (
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/store"
)

// JournalText is a sealed journal entry: its canonical text as one string,
// which no store may change on its way through.
type JournalText struct {
	Text string `json:"text"`
	Hash string `json:"hash"`
}

// JournalRecord places a sealed entry, listed by actor and month and, where
// there is one, by programme and month.
func JournalRecord(e journal.Entry, text, hash string, programme ident.Programme) Record {
	r := Record{Type: TypeJournal, Key: JournalKey(e.Aggregate, e.Seq), Value: JournalText{Text: text, Hash: hash}}
	month, at := e.At[:7], e.At+"#"+e.Aggregate
	who := e.Actor.Person
	if who == "" {
		who = e.Actor.System
	}
	r.Index[store.Scope] = store.Key{PK: JournalBy(who, month), SK: at}
	if programme != "" {
		r.Index[store.Program] = store.Key{PK: JournalIn(programme, month), SK: at}
	}
	return r
}

// JournalBy is the partition of what a person did in a month (2026-05).
func JournalBy(person, month string) string { return "JA#" + person + "#" + month }

// JournalIn is the partition of what was done in a programme in a month.
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
