package schema_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

func within(r store.Range, sk string) bool { return r.From <= sk && sk <= r.To }

// An award's items sort as its page shows them, and no range holds what
// belongs to another.
func TestOrderOfAnAward(t *testing.T) {
	const a = ident.Award("awd_1")
	ordered := []struct {
		key  store.Key
		in   string // the range that holds it
		name string
	}{
		{schema.HeadKey(string(a)), "page", "head"},
		{schema.RootKey(string(a)), "page", "root"},
		{schema.MilestoneKey(a, "mst_1"), "page", "milestone"},
		{schema.MilestoneKey(a, "mst_2"), "page", "next milestone"},
		{schema.TrancheKey(a, "trn_1"), "page", "tranche"},
		{schema.ExtensionKey(a, "ext_1"), "page", "extension"},
		{schema.PaymentKey(a, "pay_1"), "page", "payment"},
		{schema.PartyRecord(schema.Party{Award: a}, schema.Open).Key, "page", "party"},
		{schema.RefundKey(a, "rfd_1"), "page", "refund"},
		{schema.EvidenceKey(a, "mst_1", "evd_9"), "evidence", "evidence"},
		{schema.EvidenceKey(a, "mst_2", "evd_1"), "other evidence", "evidence of the next milestone"},
		{schema.LedgerKey(a, 1), "ledger", "ledger"},
		{schema.JournalKey(string(a), 1), "journal", "journal"},
		{schema.MemberKey(string(a), "per_1"), "members", "member"},
	}
	ranges := map[string]store.Range{
		"page": schema.PageRange(), "evidence": schema.EvidenceRange("mst_1"), "other evidence": schema.EvidenceRange("mst_2"),
		"ledger": schema.LedgerRange(), "journal": schema.JournalRange(), "members": schema.MemberRange(),
	}
	for i, item := range ordered {
		if item.key.PK != string(a) {
			t.Errorf("%s lies in %s", item.name, item.key.PK)
		}
		if i > 0 && ordered[i-1].key.SK >= item.key.SK {
			t.Errorf("%s (%s) does not sort after %s (%s)", item.name, item.key.SK, ordered[i-1].name, ordered[i-1].key.SK)
		}
		for name, r := range ranges {
			if within(r, item.key.SK) != (name == item.in) {
				t.Errorf("range %s holds %s: %v, want %v", name, item.name, within(r, item.key.SK), name == item.in)
			}
		}
	}
}

// What the deployment and a platform keep in one partition is told apart too.
func TestRangesOfOtherPartitions(t *testing.T) {
	for _, test := range []struct {
		r    store.Range
		key  store.Key
		want bool
	}{
		{schema.CalendarRange(), schema.CalendarKey(2027), true},
		{schema.CalendarRange(), schema.SweepKey("2026-05-01"), false},
		{schema.CalendarRange(), schema.RootKey(schema.Deployment), false},
		{schema.SweepRange(), schema.SweepKey("2026-05-01"), true},
		{schema.SweepRange(), schema.JournalKey(schema.Deployment, 8), false},
		{schema.EnrolmentRange(), schema.EnrolmentKey("plt_1", "prg_1"), true},
		{schema.EnrolmentRange(), schema.MemberKey("plt_1", "per_1"), false},
		{schema.EnrolmentRange(), schema.LinkKey("prj_1", "plt_1"), false},
		{schema.ImportRange(), schema.ImportRowKey("imp_1", 999_999), true},
		{schema.ImportRange(), schema.RootKey("imp_1"), false},
		{schema.MemberRange(), schema.HeadKey("prg_1"), false},
		{schema.MemberRange(), schema.LadderKey("prg_1", "deliver", 1), false},
	} {
		if got := within(test.r, test.key.SK); got != test.want {
			t.Errorf("range %+v holds %s: %v, want %v", test.r, test.key, got, test.want)
		}
	}
}

// Numbered keys sort as their numbers do.
func TestNumberedKeysSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.Int64Range(0, 999_999_999_999)
		a, b := seq.Draw(t, "a"), seq.Draw(t, "b")
		row, other := int(a%1_000_000), int(b%1_000_000)
		for name, keys := range map[string][2]store.Key{
			"journal": {schema.JournalKey("awd_1", a), schema.JournalKey("awd_1", b)},
			"ledger":  {schema.LedgerKey("awd_1", a), schema.LedgerKey("awd_1", b)},
		} {
			if cmp.Compare(keys[0].SK, keys[1].SK) != cmp.Compare(a, b) {
				t.Errorf("%s: %s and %s sort otherwise than %d and %d", name, keys[0].SK, keys[1].SK, a, b)
			}
		}
		for name, keys := range map[string][2]store.Key{
			"ladder": {schema.LadderKey("prg_1", "deliver", row), schema.LadderKey("prg_1", "deliver", other)},
			"import": {schema.ImportRowKey("imp_1", row), schema.ImportRowKey("imp_1", other)},
		} {
			if cmp.Compare(keys[0].SK, keys[1].SK) != cmp.Compare(row, other) {
				t.Errorf("%s: %s and %s sort otherwise than %d and %d", name, keys[0].SK, keys[1].SK, row, other)
			}
		}
	})
}

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"HT-001":          "ht-001",
		"ｈｔ－００１":          "ht-001",
		" 沪科〔2026〕1号 ":    "沪科〔2026〕1号",
		"沪科〔２０２６〕１号":      "沪科〔2026〕1号",
		"a\t b\u3000 c":   "a b c",
		"Straße":          "strasse",
		"e\u0301":         "é",
		"①":               "1",
		"\u00a0 \u2003":   "",
		"prg_01K3ZABCDEF": "prg_01k3zabcdef",
	} {
		if got := schema.Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
	letters := rapid.RuneFrom(nil, unicode.Han, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Nd, unicode.No, unicode.Mn, unicode.P, unicode.Z)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(letters).Draw(t, "s")
		if once := schema.Normalise(s); schema.Normalise(once) != once {
			t.Errorf("Normalise(%q) = %q, and of that %q", s, once, schema.Normalise(once))
		}
	})
}

// One value is one item, however it is written; another kind, scope or value
// is another.
func TestUniqueKey(t *testing.T) {
	same := [][3]string{{"number", "", "HT-1"}, {"number", "", "ht-1"}, {"number", "", " ＨＴ－１ "}}
	others := [][3]string{{"number", "", "HT-2"}, {"code", "", "HT-1"}, {"number", "HT-1", ""}, {"numberH", "", "T-1"}, {"number", "", "H T-1"}}
	key := func(u [3]string) store.Key { return schema.UniqueKey(u[0], u[1], u[2]) }
	for _, u := range same {
		if key(u) != key(same[0]) {
			t.Errorf("UniqueKey(%q) is not that of %q", u, same[0])
		}
	}
	for _, u := range others {
		if key(u) == key(same[0]) {
			t.Errorf("UniqueKey(%q) is that of %q", u, same[0])
		}
	}
	if schema.UniqueKey("bankReference", "Treasury", "B-1") != schema.UniqueKey("bankReference", "ｔreasury ", "b-1") {
		t.Error("an account written otherwise is another scope")
	}
}

// A sort key made of a text that somebody typed fits the store, and is cut
// between runes.
func TestNameKeyIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		text := strings.Repeat(rapid.SampledFrom([]string{"a", "é", "长", "𝒳y", "\U0002000B"}).Draw(t, "rune"), n)
		text = strings.Repeat("x", rapid.IntRange(0, 3).Draw(t, "offset")) + text
		r := schema.NameRecords(schema.Name{Type: schema.TypeProject, Thing: "prj_1", Programme: "prg_1", Text: text})[0]
		sk := r.Index[store.Program].SK
		cut, ok := strings.CutSuffix(sk, "\tprj_1")
		normal := schema.Normalise(text)
		if !ok || !utf8.ValidString(sk) || !strings.HasPrefix(normal, cut) || len(sk) > store.MaxSK {
			t.Fatalf("the name %q stands at %q", text, sk)
		}
		if len(normal) <= 400 && cut != normal || len(normal) > 400 && len(cut) < 397 {
			t.Errorf("of %d bytes %d are kept", len(normal), len(cut))
		}
	})
}

// Shards are stable, within range, and all used.
func TestShard(t *testing.T) {
	for a, want := range map[ident.Award]string{
		"awd_1":                          "att#03",
		"awd_01K3ZZZZZZ0000000000000000": "att#01",
	} {
		if got := schema.Shard(a); got != want {
			t.Errorf("Shard(%s) = %s, want %s: awards would lie in two shards", a, got, want)
		}
	}
	all := map[string]int{}
	for n := range schema.Shards {
		all[schema.WorkShard(n)] = 0
	}
	for i := range 1600 {
		s := schema.Shard(ident.Award(fmt.Sprintf("awd_01K3ZZZZZZ%016d", i)))
		if _, ok := all[s]; !ok {
			t.Fatalf("shard %s is none of the %d", s, schema.Shards)
		}
		all[s]++
	}
	counts := make([]int, 0, len(all))
	for _, n := range all {
		counts = append(counts, n)
	}
	if len(all) != schema.Shards || slices.Min(counts) < 50 {
		t.Errorf("1600 awards spread as %v", all)
	}
}
