package store_test

import (
	"strings"
	"testing"

	"milepost/internal/store"
)

func TestCheckQuery(t *testing.T) {
	at := func(pk, sk string) *store.Key { return &store.Key{PK: pk, SK: sk} }
	tests := []struct {
		name  string
		q     store.Query
		limit int // 0: refused
	}{
		{"whole partition", store.Query{Partition: "p"}, store.MaxPage},
		{"with a limit", store.Query{Partition: "p", Limit: 7}, 7},
		{"one key", store.Query{Partition: "p", Range: store.Range{From: "a", To: "a"}}, store.MaxPage},
		{"resumed at its bounds", store.Query{Partition: "p", Range: store.Range{From: "a", To: "a"}, After: at("p", "a")}, store.MaxPage},
		{"longest prefix", store.Query{Partition: "p", Range: store.Prefix(strings.Repeat("a", store.MaxSK-4))}, store.MaxPage},
		{"no partition", store.Query{}, 0},
		{"long partition", store.Query{Partition: strings.Repeat("p", store.MaxPK+1)}, 0},
		{"negative limit", store.Query{Partition: "p", Limit: -1}, 0},
		{"large limit", store.Query{Partition: "p", Limit: store.MaxPage + 1}, 0},
		{"empty range", store.Query{Partition: "p", Range: store.Range{From: "b", To: "a"}}, 0},
		{"bound of no UTF-8", store.Query{Partition: "p", Range: store.Range{To: "\xff"}}, 0},
		{"resumed in another partition", store.Query{Partition: "p", After: at("q", "a")}, 0},
		{"resumed below its range", store.Query{Partition: "p", Range: store.Range{From: "b"}, After: at("p", "a")}, 0},
		{"resumed above its range", store.Query{Partition: "p", Range: store.Range{To: "b"}, After: at("p", "c")}, 0},
		{"resumed nowhere", store.Query{Partition: "p", After: at("p", "")}, 0},
	}
	for _, test := range tests {
		limit, err := store.CheckQuery(test.q)
		if limit != test.limit || (err == nil) != (test.limit > 0) {
			t.Errorf("%s: CheckQuery = %d, %v, want %d", test.name, limit, err, test.limit)
		}
		iq := store.IndexQuery{Partition: test.q.Partition, Range: test.q.Range, Limit: test.q.Limit}
		if test.q.After != nil {
			iq.After = &store.Entry{At: *test.q.After, Item: store.Key{PK: "p", SK: "s"}}
		}
		if limit, err := store.CheckIndexQuery(iq); limit != test.limit || (err == nil) != (test.limit > 0) {
			t.Errorf("%s: CheckIndexQuery = %d, %v, want %d", test.name, limit, err, test.limit)
		}
	}
}

func TestCheckBodyOfSurrogates(t *testing.T) {
	tests := []struct {
		text string
		good bool
	}{
		{`\ud83d\ude00`, true}, {`\uD83D\uDE00x`, true}, {`\\ud83d`, true}, {`\\\\ud83d`, true}, {`\u00e9\"`, true}, {`\ud7ff\ue000`, true},
		{`\ud83d`, false}, {`\ude00`, false}, {`\ud83dx`, false}, {`\ud83d\n`, false}, {`\ud83d\u0041`, false},
		{`\ud83d\ud83d\ude00`, false}, {`\ud83d\ude00\ude00`, false}, {`\\\ud83d`, false}, {`\ud83d\\ude00`, false},
		{`\u`, false}, {`\u12`, false}, {`\uzzzz`, false}, {`\`, false},
	}
	for _, test := range tests {
		if err := store.CheckBody([]byte(`{"a":"` + test.text + `"}`)); (err == nil) != test.good {
			t.Errorf("CheckBody of %s = %v, want good %t", test.text, err, test.good)
		}
	}
}
