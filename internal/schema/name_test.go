package schema_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// entries are the texts at which a name stands in the indexes.
func entries(n schema.Name) []string {
	var out []string
	for _, r := range schema.NameRecords(n) {
		for _, at := range r.Index {
			if at != (store.Key{}) {
				out = append(out, strings.TrimSuffix(at.SK, "\t"+n.Thing))
			}
		}
	}
	return out
}

func TestNamesAreFoundByTheirWords(t *testing.T) {
	for _, test := range []struct {
		name  string
		text  string
		names portfolio.Names
		want  []string
	}{
		{"a code alone", "HT-2026-001", portfolio.Names{}, []string{"ht-2026-001"}},
		{
			"both titles", "ＨＴ－１", portfolio.Names{ZH: "硅光芯片", EN: "Silicon photonics: on-chip"},
			[]string{"silicon photonics: on-chip", "硅光芯片", "ht-1", "光芯片", "芯片", "photonics: on-chip", "on-chip", "chip"},
		},
		{"Latin within Chinese", "X1", portfolio.Names{ZH: "基于AI 2.0的药物"}, []string{"基于ai 2.0的药物", "x1", "于ai 2.0的药物", "ai 2.0的药物", "2.0的药物", "0的药物", "的药物", "药物"}},
		{"a name where there is no code", "大学", portfolio.Names{ZH: "大学", EN: "University"}, []string{"university", "大学"}},
		{"one name in both", "BCI", portfolio.Names{ZH: "BCI", EN: "bci"}, []string{"bci"}},
		{"no names", "", portfolio.Names{}, nil},
		{"one character left", "ab", portfolio.Names{EN: "Plan B"}, []string{"plan b", "ab"}},
	} {
		n := schema.Name{Type: "award", Thing: "awd", Programme: "prg", Text: test.text, Names: test.names}
		if diff := cmp.Diff(test.want, entries(n)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// However long titles are, a name takes sixteen items, and each language has its
// share of the places within.
func TestNamesAreBounded(t *testing.T) {
	var zh, en strings.Builder
	for i := range 60 {
		zh.WriteRune(rune(0x4e00 + i))
		en.WriteString(string(rune('a'+i%26)) + string(rune('a'+i/26)) + " ")
	}
	for _, test := range []struct {
		name   string
		names  portfolio.Names
		zh, en int
	}{
		{"both long", portfolio.Names{ZH: zh.String(), EN: en.String()}, 20, 10},
		{"Chinese alone", portfolio.Names{ZH: zh.String()}, 30, 0},
		{"English alone", portfolio.Names{EN: en.String()}, 0, 30},
		{"little English", portfolio.Names{ZH: zh.String(), EN: "one two"}, 29, 1},
		{"little Chinese", portfolio.Names{ZH: "一二三", EN: en.String()}, 1, 29},
	} {
		records := schema.NameRecords(schema.Name{Type: "award", Thing: "awd", Programme: "prg", Text: "HT", Names: test.names})
		if len(records) > 16 {
			t.Errorf("%s: %d items", test.name, len(records))
		}
		got := map[bool]int{}
		for _, r := range records[1:] {
			for _, text := range r.Value.(schema.Words).Words {
				first, _ := utf8.DecodeRuneInString(text)
				got[unicode.Is(unicode.Han, first)]++
			}
		}
		if got[true] != test.zh || got[false] != test.en {
			t.Errorf("%s: %d places in Chinese and %d in English, want %d and %d", test.name, got[true], got[false], test.zh, test.en)
		}
	}
}

// The largest names that people may type fit into items.
func TestTheLargestNameFits(t *testing.T) {
	n := schema.Name{Type: "award", Thing: "awd", Programme: "prg", Text: strings.Repeat("𝒳 y", 100)}
	n.Names = portfolio.Names{ZH: strings.Repeat("\U0002000B", portfolio.MaxTitle), EN: strings.Repeat("é ", portfolio.MaxTitle/2)}
	var ops []store.Op
	for _, r := range schema.NameRecords(n) {
		item, err := r.Item(1)
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, store.PutOp(item, store.Absent))
	}
	if err := store.CheckTransact("t", ops); err != nil {
		t.Error(err)
	}
}

// aName draws a name of awkward texts.
func aName(t *rapid.T) schema.Name {
	pieces := []string{
		"脑机", "接口", "硅", "光", "AI", "ai", "ＢＣＩ", "２０２６", " ", "  ", "-", "：", "(", "brain", "Straße", "ﬁbre", "İ", "ŉ", "é", "e\u0301", "한", "ｶﾞ", "㎡", "of", "\u3000", "#", "!",
	}
	text := func(label string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, label), "")
	}
	return schema.Name{Type: "award", Thing: "awd", Programme: "prg", Text: text("code"), Names: portfolio.Names{ZH: text("zh"), EN: text("en")}}
}

// A name is found by every beginning of each of its texts, however it is
// written; what is shown of it is what was written, cut in three; and the
// entry at which it is found first is one of those that it has.
func TestNamesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := aName(t)
		held := entries(n)
		for _, text := range []string{n.Text, n.Names.ZH, n.Names.EN} {
			normal := schema.Normalise(text)
			for i := range normal + "." {
				typed := schema.Normalise(normal[:i])
				if typed == "" {
					continue
				}
				m, rank, first, ok := n.Find(typed)
				if !ok || rank == schema.ByWord {
					t.Fatalf("%+v is not found by %q", n, typed)
				}
				if first = strings.TrimSuffix(first, "\tawd"); !slices.Contains(held, first) || smallest(held, typed) != first {
					t.Errorf("%q is found first at %q of %q", typed, first, held)
				}
				if whole := m.Whole(); whole != n.Text && whole != n.Names.ZH && whole != n.Names.EN {
					t.Errorf("%q is found in %q, which is none of %+v", typed, whole, n)
				}
				if !strings.HasPrefix(schema.Normalise(m.Found), typed) {
					t.Errorf("of %+v, %q is marked for %q", n, m.Found, typed)
				}
				if exact := typed == schema.Normalise(m.Whole()); exact != (rank == schema.Exactly) {
					t.Errorf("%q in %q ranks %d", typed, m.Whole(), rank)
				}
			}
		}
	})
}

// Nothing is found by what none of its words begins with.
func TestNamesAreFoundByNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, other := aName(t), aName(t)
		typed := schema.Normalise(other.Names.EN)
		m, _, _, ok := n.Find(typed)
		if typed == "" {
			return
		}
		holds := false
		for _, text := range entries(n) {
			holds = holds || strings.HasPrefix(text, typed)
		}
		if ok != holds {
			t.Errorf("%q finds %+v: %t, %+v", typed, n, ok, m)
		}
	})
}

// smallest is the first text that begins with another, as indexes order them.
func smallest(list []string, typed string) string {
	found := ""
	for _, x := range list {
		if strings.HasPrefix(x, typed) && (found == "" || x+"\t" < found+"\t") {
			found = x
		}
	}
	return found
}

func TestWhatIsMarked(t *testing.T) {
	for _, test := range []struct {
		text  string
		names portfolio.Names
		typed string
		want  schema.Match
		rank  schema.Rank
	}{
		{"ＨＴ－２０２６－１", portfolio.Names{}, "HT-2026", schema.Match{In: "code", Found: "ＨＴ－２０２６", After: "－１"}, schema.ByCode},
		{"A", portfolio.Names{ZH: "基于脑机接口的康复"}, "接口", schema.Match{In: "zh", Before: "基于脑机", Found: "接口", After: "的康复"}, schema.ByWord},
		{"A", portfolio.Names{EN: "A  Brain–Computer   Interface"}, "computer interf", schema.Match{In: "en", Before: "A  Brain–", Found: "Computer   Interf", After: "ace"}, schema.ByWord},
		{"A", portfolio.Names{EN: "Große ﬁbres "}, "grosse fi", schema.Match{In: "en", Found: "Große ﬁ", After: "bres "}, schema.ByName},
		{"A", portfolio.Names{EN: "Große ﬁbres"}, "grosse f", schema.Match{In: "en", Found: "Große ﬁ", After: "bres"}, schema.ByName},
		{"brain", portfolio.Names{ZH: "Brain lab", EN: "The brain"}, "brain", schema.Match{In: "code", Found: "brain"}, schema.Exactly},
		{"上海大学", portfolio.Names{ZH: "上海大学"}, "上海", schema.Match{In: "zh", Found: "上海", After: "大学"}, schema.ByName},
	} {
		n := schema.Name{Type: "award", Thing: "awd", Programme: "prg", Text: test.text, Names: test.names}
		m, rank, _, ok := n.Find(schema.Normalise(test.typed))
		if diff := cmp.Diff(test.want, m); diff != "" || !ok || rank != test.rank {
			t.Errorf("%q in %+v: rank %d, want %d (-want +got):\n%s", test.typed, n, rank, test.rank, diff)
		}
	}
}

// A name that was written before names held titles is still read.
func TestNamesOfBeforeAreRead(t *testing.T) {
	item := store.Item{
		Key: schema.NameKey("project", "prj_1", "prg_1"), Version: 1,
		Body: []byte(`{"type":"name","v":1,"is":{"programme":"prg_1","text":"P-1 题目","thing":"prj_1","type":"project"}}`),
	}
	want := schema.Name{Type: "project", Thing: "prj_1", Programme: "prg_1", Text: "P-1 题目"}
	if got, err := schema.Decode[schema.Name](item, schema.TypeName); err != nil || got != want {
		t.Errorf("Decode = %+v, %v, want %+v", got, err, want)
	}
}
