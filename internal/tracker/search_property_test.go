package tracker_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// library is what was made and renamed, by how it is shown when found.
type library struct {
	*rapid.T
	o     *trackertest.Office
	names map[string][]string // code and names of each id
	made  int
}

// titlePieces are of few kinds, so that titles share beginnings and words.
var titlePieces = rapid.SampledFrom([]string{"硅光", "光芯片", "脑机接口", "AI", "Brain", "brain ", "－", " of ", "Ｃhip", "２", "(", "é"})

func (l *library) title(what string) string {
	return strings.TrimSpace(strings.Join(rapid.SliceOfN(titlePieces, 1, 5).Draw(l.T, what), ""))
}

func (l *library) titles() portfolio.Names {
	n := portfolio.Names{ZH: l.title("zh"), EN: l.title("en")}
	switch rapid.IntRange(0, 3).Draw(l.T, "languages") {
	case 0:
		n.ZH = ""
	case 1:
		n.EN = ""
	}
	return n
}

func (l *library) did(r tracker.Receipt, err error) string {
	if err != nil {
		l.Fatal(err)
	}
	return r.Aggregate
}

// project, award, organisation and platform make one, or rename the one of an id.
func (l *library) project(id string) {
	p := portfolio.Project{Programme: l.o.Programme, Code: fmt.Sprintf("光-%d", l.made), Title: l.titles(), Lead: l.o.Payee, Source: portfolio.Clinic}
	if id == "" {
		id = l.did(l.o.Tracker.CreateProject(l.o.Ctx, l.o.Call(trackertest.Manager), p))
	} else {
		l.did(l.o.Tracker.EditProject(l.o.Ctx, l.o.Call(trackertest.Manager), ident.Project(id), p))
		p.Code = l.names[id][0]
	}
	l.names[id] = []string{p.Code, p.Title.ZH, p.Title.EN}
}

func (l *library) award(id string) {
	d := l.o.Document(nil, nil)
	d.Title = l.titles()
	if id == "" {
		id = l.did(l.o.Tracker.CreateAward(l.o.Ctx, l.o.Call(trackertest.Manager), d))
	} else if rapid.IntRange(0, 3).Draw(l.T, "discard") == 0 {
		l.did(l.o.Tracker.DiscardAward(l.o.Ctx, l.o.Call(trackertest.Manager), ident.Award(id), because))
		delete(l.names, id)
		return
	} else {
		l.did(l.o.Tracker.ReplaceAward(l.o.Ctx, l.o.Call(trackertest.Manager), ident.Award(id), d))
	}
	l.names[id] = []string{d.Number, d.Title.ZH, d.Title.EN}
}

func (l *library) organisation(id string) {
	org := portfolio.Organisation{Names: l.titles(), Kind: portfolio.Company}
	if id == "" {
		id = l.did(l.o.Tracker.CreateOrganisation(l.o.Ctx, l.o.Call(trackertest.Manager), org, l.o.Programme))
	} else {
		l.did(l.o.Tracker.EditOrganisation(l.o.Ctx, l.o.Call(trackertest.Manager), ident.Organisation(id), org, l.o.Programme))
	}
	l.names[id] = []string{org.Names.ZH, org.Names.EN}
}

func (l *library) platform(id string) {
	p := portfolio.Platform{Code: fmt.Sprintf("硅%d", l.made), Kind: portfolio.PilotBase, Names: l.titles(), Operator: l.o.Payee}
	if id == "" {
		id = l.did(l.o.Tracker.CreatePlatform(l.o.Ctx, l.o.Call(trackertest.Manager), tracker.NewPlatform{
			Platform: p, Enrolment: portfolio.Enrolment{Programme: l.o.Programme, Origin: portfolio.Commissioned, From: l.o.Today()},
		}))
	} else {
		l.did(l.o.Tracker.EditPlatform(l.o.Ctx, l.o.Call(trackertest.Manager), ident.Platform(id), p))
		p.Code = l.names[id][0]
	}
	l.names[id] = []string{p.Code, p.Names.ZH, p.Names.EN}
}

// step makes or renames something.
func (l *library) step() {
	l.made++
	ids := make([]string, 0, len(l.names))
	for id := range l.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	kinds := map[string]func(string){
		ident.PrefixProject: l.project, ident.PrefixAward: l.award, ident.PrefixOrganisation: l.organisation, ident.PrefixPlatform: l.platform,
	}
	if n := rapid.IntRange(0, 2*len(ids)+1).Draw(l.T, "which"); n < len(ids) {
		kinds[ident.Prefix(ids[n])](ids[n])
		return
	}
	kind := rapid.SampledFrom([]string{ident.PrefixProject, ident.PrefixAward, ident.PrefixOrganisation, ident.PrefixPlatform}).Draw(l.T, "kind")
	kinds[kind]("")
}

// within is how a text is found in a name: at its beginning; a Chinese character
// anywhere; a word after what is no part of one, or after a Chinese character.
func within(typed string) *regexp.Regexp {
	q := regexp.QuoteMeta(typed)
	switch {
	case regexp.MustCompile(`^\p{Han}`).MatchString(typed):
		return regexp.MustCompile(q)
	case regexp.MustCompile(`^[\p{L}\p{Nd}\p{M}]`).MatchString(typed):
		return regexp.MustCompile(`(?:^|[^\p{L}\p{Nd}\p{M}]|\p{Han})` + q)
	}
	return regexp.MustCompile(`^` + q)
}

// wanted are the ids of what has a normalised text in its names, codes only at
// the beginning.
func (l *library) wanted(typed string) []string {
	var ids []string
	for id, texts := range l.names {
		for i, text := range texts {
			text = schema.Normalise(text)
			code := i == 0 && len(texts) == 3
			if strings.HasPrefix(text, typed) || !code && within(typed).MatchString(text) {
				ids = append(ids, id)
				break
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func (l *library) found(typed string) []string {
	var ids []string
	p := tracker.PageRequest{Limit: 3}
	for {
		page, err := l.o.Tracker.Search(l.o.Ctx, l.o.Call(trackertest.Manager), tracker.SearchQuery{Text: typed}, p)
		if err != nil {
			l.Fatal(err)
		}
		for _, r := range page.Items {
			if _, ours := l.names[r.ID]; ours {
				ids = append(ids, r.ID)
			}
		}
		if p.Cursor = page.Next; p.Cursor == "" {
			slices.Sort(ids)
			return ids
		}
	}
}

// Whatever is made or renamed is found by each beginning of each of its names
// and of the words in them, and by nothing that it is not called or not any
// more; each thing once.
func TestSearchFindsWhatIsNamed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := trackertest.New(t, nil)
		l := &library{T: rt, o: o, names: map[string][]string{}}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			l.step()
		}
		typed := map[string]bool{schema.Normalise(l.title("typed")): true}
		for _, texts := range l.names {
			for _, text := range texts {
				text = schema.Normalise(text)
				cut := rapid.IntRange(0, utf8.RuneCountInString(text)).Draw(rt, "cut")
				typed[text], typed[strings.TrimSpace(string([]rune(text)[:cut]))] = true, true
			}
		}
		for text := range typed {
			if utf8.RuneCountInString(text) < schema.MinSearch {
				continue
			}
			if diff := cmp.Diff(l.wanted(text), l.found(text)); diff != "" {
				rt.Errorf("%q among %q (-want +got):\n%s", text, l.names, diff)
			}
		}
		if got := verified(t, o); got.Wrong != nil {
			rt.Error(got.Wrong)
		}
	})
}
