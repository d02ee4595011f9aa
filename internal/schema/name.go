package schema

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// Name is what a thing is found by within a programme, "-" where it is in none:
// its number or code, and its names or titles. Its item stands beside the
// thing's own.
type Name struct {
	Type      string `json:"type"` // award, platform, project, organisation, person or programme
	Thing     string `json:"thing"`
	Programme string `json:"programme"`
	// Text is the number or code; the name by which a thing is listed where it
	// has neither.
	Text  string          `json:"text"`
	Names portfolio.Names `json:"names,omitzero"`
}

// NoProgramme stands for the programme of what is in none, or in several.
const NoProgramme = "-"

// Bounds of search, in characters of normalised text.
const (
	MinSearch = 2
	MaxSearch = 100
)

// Bounds of the places within its names at which a thing is found, beside
// their beginnings: in all, and how many of them each name may count on. Three
// go into an item.
const (
	MaxInside   = 30
	maxInsideZH = 20
	maxInsideEN = MaxInside - maxInsideZH
	wordsInItem = 2
)

// Words are up to two places within a thing's names from which on their text
// is found, too: each word, and each character of Chinese.
type Words struct {
	Type      string   `json:"type"`
	Thing     string   `json:"thing"`
	Programme string   `json:"programme"`
	Part      int      `json:"part"`  // from 1
	Words     []string `json:"words"` // normalised, and cut as keys are
}

// NameRecords places a name: its item, which stands in each index with the
// beginning of another of its texts, and those of the places within them.
func NameRecords(n Name) []Record {
	beginnings, inside := n.places()
	r := Record{Type: TypeName, Key: NameKey(n.Type, n.Thing, n.Programme), Value: n}
	for i, p := range beginnings {
		if p.text != "" {
			r.Index[i] = n.at(p)
		}
	}
	records := []Record{r}
	for chunk := range slices.Chunk(inside, wordsInItem) {
		w := Words{Type: n.Type, Thing: n.Thing, Programme: n.Programme, Part: len(records)}
		for _, p := range chunk {
			w.Words = append(w.Words, clipKey(p.text))
		}
		records = append(records, WordsRecord(w))
	}
	return records
}

// WordsRecord places words. None stands in the programme index, where each thing
// stands once, as it is listed.
func WordsRecord(w Words) Record {
	r := Record{Type: TypeWords, Key: WordsKey(w.Type, w.Thing, w.Programme, w.Part), Value: w}
	for i, text := range w.Words {
		r.Index[[wordsInItem]store.Index{store.Work, store.Scope}[i]] = store.Key{PK: NamesOf(w.Type, w.Programme), SK: foundAt(text, w.Thing)}
	}
	return r
}

// NameKey is the key of a thing's name in a programme.
func NameKey(kind, thing, programme string) store.Key {
	return store.Key{PK: Named(kind), SK: thing + "#" + programme}
}

// WordsKey is the key of a part of the words of a thing's name.
func WordsKey(kind, thing, programme string, part int) store.Key {
	key := NameKey(kind, thing, programme)
	key.SK += fmt.Sprintf("#%02d", part)
	return key
}

// NamesRange holds the names and words of a thing.
func NamesRange(thing string) store.Range { return store.Prefix(thing + "#") }

// Named is the partition of the items of the names of a type.
func Named(kind string) string { return "n#" + kind }

// IsNamed reports whether an item is a name or words of one.
func IsNamed(key store.Key) bool { return strings.HasPrefix(key.PK, Named("")) }

// TypeNamed is the type of the names of the thing of an id, "" where such
// things have none.
func TypeNamed(id string) string {
	return map[string]string{
		ident.PrefixAward: TypeAward, ident.PrefixProject: TypeProject, ident.PrefixProgramme: TypeProgramme,
		ident.PrefixPlatform: TypePlatform, ident.PrefixOrganisation: TypeOrganisation, ident.PrefixPerson: TypePerson,
	}[ident.Prefix(id)]
}

// NamesOf is the partition, in each index, of the names of a type in a
// programme. In the programme index it is the list of these things.
func NamesOf(kind, programme string) string { return "N#" + kind + "#" + programme }

// NamedExactly is the range of what is called just so.
func NamedExactly(text string) store.Range { return store.Prefix(clipKey(Normalise(text)) + nameEnd) }

// nameEnd follows a text in sort keys. No normalised text holds it, and it
// sorts before all that one may go on with: what is called just so comes first.
const nameEnd = "\t"

func foundAt(text, thing string) string { return clipKey(text) + nameEnd + thing }

// maxKeyText bounds a text within a sort key, in bytes: as much as the longest
// search.
const maxKeyText = MaxSearch * utf8.UTFMax

// clipKey keeps a sort key well below store.MaxSK.
func clipKey(s string) string {
	if len(s) <= maxKeyText {
		return s
	}
	cut := maxKeyText
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// What a place at which a thing is found lies in.
const (
	InCode = "code" // number, code or reference
	InZH   = "zh"   // the Chinese name or title
	InEN   = "en"
	InBank = "bank" // the bank's reference of a payment
)

// place is one from which on a text of a name is found.
type place struct {
	in    string
	whole string // the text as written
	from  int    // in the whole, normalised
	text  string // from there on, normalised; "" for none
}

func (n Name) at(p place) store.Key {
	return store.Key{PK: NamesOf(n.Type, n.Programme), SK: foundAt(p.text, n.Thing)}
}

// places are the beginnings of the texts of a name, by the index in which they
// stand, and places within them. None stands twice.
func (n Name) places() (beginnings [store.Indexes]place, inside []place) {
	seen := map[string]bool{"": true}
	first := func(in, whole string) place {
		p := place{in: in, whole: whole, text: Normalise(whole)}
		if seen[clipKey(p.text)] {
			return place{}
		}
		seen[clipKey(p.text)] = true
		return p
	}
	in := InCode
	switch n.Text {
	case n.Names.ZH:
		in = InZH
	case n.Names.EN:
		in = InEN
	}
	beginnings[store.Program] = first(in, n.Text)
	beginnings[store.Scope] = first(InZH, n.Names.ZH)
	beginnings[store.Work] = first(InEN, n.Names.EN)
	zh, en := wordsIn(InZH, n.Names.ZH), wordsIn(InEN, n.Names.EN)
	en = en[:min(len(en), max(maxInsideEN, MaxInside-len(zh)))]
	zh = zh[:min(len(zh), MaxInside-len(en))]
	for _, p := range append(zh, en...) {
		if !seen[clipKey(p.text)] {
			seen[clipKey(p.text)] = true
			inside = append(inside, p)
		}
	}
	return beginnings, inside
}

// wordsIn are the places within a text at which a word or a Chinese character
// begins, and after which it is long enough to be searched for.
func wordsIn(in, whole string) []place {
	var out []place
	text := Normalise(whole)
	before := ' '
	for i, r := range text {
		if i > 0 && begins(before, r) && utf8.RuneCountInString(text[i:]) >= MinSearch {
			out = append(out, place{in: in, whole: whole, from: i, text: text[i:]})
		}
		before = r
	}
	return out
}

// begins reports whether a word begins with r, after another character.
func begins(before, r rune) bool {
	return inWord(r) && (!inWord(before) || unicode.Is(unicode.Han, r) || unicode.Is(unicode.Han, before))
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// Match says where a text that was searched for stands in a name.
type Match struct {
	In     string `json:"in" enum:"code,zh,en,bank" doc:"In the number, code or reference, the Chinese name or the English one, or the bank's reference of a payment"`
	Before string `json:"before,omitempty" doc:"What stands before it"`
	Found  string `json:"found" doc:"What was searched for, as it is written there"`
	After  string `json:"after,omitempty" doc:"What follows it"`
}

// Whole is the text in which it was found.
func (m Match) Whole() string { return m.Before + m.Found + m.After }

// Rank orders what is found: first what is called just so, then what its number
// or code begins with, then its names, then places within them.
type Rank int

// The ranks.
const (
	Exactly Rank = iota
	ByCode
	ByName
	ByWord
)

// Find says where a normalised text stands in a name, if it is found by it. Of
// several places it is the one that ranks highest; first is the sort key by
// which all of them are found first.
func (n Name) Find(text string) (m Match, rank Rank, first string, ok bool) {
	beginnings, inside := n.places()
	return find(text, n.Thing, beginnings[:], inside)
}

// find says where a text stands among the beginnings of a thing's texts, and
// the places within them.
func find(text, thing string, beginnings, inside []place) (m Match, rank Rank, first string, ok bool) {
	for i, p := range slices.Concat(beginnings, inside) {
		if p.text == "" || !strings.HasPrefix(p.text, text) {
			continue
		}
		if key := foundAt(p.text, thing); first == "" || key < first {
			first = key
		}
		is := ByWord
		switch {
		case i < len(beginnings) && p.text == text:
			is = Exactly
		case p.in == InCode || p.in == InBank:
			is = ByCode
		case i < len(beginnings):
			is = ByName
		}
		if !ok || is < rank {
			m, rank, ok = p.match(len(text)), is, true
		}
	}
	return m, rank, first, ok
}

// match is the text of a place as written, of which n normalised bytes were
// searched for.
func (p place) match(n int) Match {
	from, to := written(p.whole, p.from, p.from+n)
	return Match{In: p.in, Before: p.whole[:from], Found: p.whole[from:to], After: p.whole[to:]}
}
