package tracker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// hit names what was found: its type, and its code or else its name.
func hit(r tracker.SearchResult) string {
	if r.Code != "" {
		return r.Type + " " + r.Code
	}
	return r.Type + " " + r.Names.In("zh")
}

// finds searches page by page, all that there is.
func finds(t *testing.T, o *trackertest.Office, persona string, q tracker.SearchQuery) []string {
	t.Helper()
	return all(t, 2, hit, func(p tracker.PageRequest) (tracker.Page[tracker.SearchResult], error) {
		return o.Tracker.Search(o.Ctx, o.Call(persona), q, p)
	})
}

func TestSearch(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o, _ := mixed(t, s)
		settle(t, o)
		for _, test := range []struct {
			persona, text string
			want          []string
		}{
			{trackertest.Manager, "ht-00", []string{"award HT-001", "award HT-002", "award HT-003", "award HT-004"}},
			{trackertest.Operator, "HT-00", []string{"award HT-001", "award HT-004"}},
			{trackertest.Operator2, "ＨＴ－００２", []string{"award HT-002"}},
			{trackertest.Lead, "HT-", []string{"award HT-001", "award HT-003"}},
			{trackertest.Lead, "award", []string{"award HT-001", "award HT-003"}},
			{trackertest.Manager, "plt-", []string{"platform PLT-1", "platform PLT-2"}},
			{trackertest.Operator, "plt-", []string{"platform PLT-1"}},
			{trackertest.Operator2, "platform", []string{"platform PLT-2"}},
			{trackertest.Administrator, "po", []string{"programme POC"}},
			{trackertest.Administrator, "ht", nil},
			{trackertest.Stranger, "po", nil},
			{trackertest.Lead, "univ", []string{"organisation University"}},
			{trackertest.Stranger, "univ", nil},
			{trackertest.Administrator, "manag", []string{"person manager", "person manager2"}},
			{trackertest.Manager, "wards", nil},
		} {
			if diff := cmp.Diff(test.want, finds(t, o, test.persona, tracker.SearchQuery{Text: test.text})); diff != "" {
				t.Errorf("%s searches %q (-want +got):\n%s", test.persona, test.text, diff)
			}
		}
		for _, text := range []string{"", "x", " x ", strings.Repeat("长", schema.MaxSearch+1)} {
			if _, err := o.Tracker.Search(o.Ctx, o.Call(trackertest.Manager), tracker.SearchQuery{Text: text}, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a search of %q = %v, want request.invalid", text, err)
			}
		}
	})
}

// titled makes a project and an award of a code with titles, and returns what
// they are when found.
func titled(t *testing.T, o *trackertest.Office, code string, titles portfolio.Names) (project, award string) {
	t.Helper()
	must(t)(o.Tracker.CreateProject(o.Ctx, o.Call(trackertest.Manager), portfolio.Project{
		Programme: o.Programme, Code: code, Title: titles, Lead: o.Payee, Source: portfolio.Clinic,
	}))
	d := o.Document(nil, nil)
	d.Number, d.Title = "HT/"+code, titles
	o.Draft(d)
	return "project " + code, "award HT/" + code
}

// Awards and projects are found by both titles, by the words of one and inside
// the other, in the programme and of the type that is asked for.
func TestSearchFindsTitles(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		second := o.NewProgramme("SECOND", nil, trackertest.Manager)
		project, award := titled(t, o, "J-7", portfolio.Names{ZH: "高通量脑机接口芯片", EN: "High-throughput Brain–Computer interface CHIP"})
		settle(t, o)
		both := []string{award, project}
		for text, want := range map[string][]string{
			"高通量": both, "脑机": both, "接口芯片": both, "芯片": both, "高通量脑机接口芯片": both,
			"high-": both, "THROUGHPUT": both, "brain–comp": both, "computer interface": both, "chip": both, "ｃｈｉｐ": both,
			"j-7": {project}, "ht/j": {award},
			"片": nil, "机接": both, "omputer": nil, "brain computer": nil, "脑接": nil, "7": nil,
		} {
			got, err := o.Tracker.Search(o.Ctx, o.Call(trackertest.Manager), tracker.SearchQuery{Text: text}, tracker.PageRequest{})
			if len([]rune(text)) < 2 {
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("one character = %v", err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var hits []string
			for _, r := range got.Items {
				hits = append(hits, hit(r))
				if r.Programme != o.Programme || !strings.HasPrefix(schema.Normalise(r.Match.Found), schema.Normalise(text)) {
					t.Errorf("%q is found as %+v", text, r)
				}
			}
			if slices.Sort(hits); !slices.Equal(hits, want) {
				t.Errorf("%q finds %q, want %q", text, hits, want)
			}
		}
		for _, test := range []struct {
			q    tracker.SearchQuery
			want []string
		}{
			{tracker.SearchQuery{Text: "芯片", Type: "project"}, []string{project}},
			{tracker.SearchQuery{Text: "芯片", Type: "award"}, []string{award}},
			{tracker.SearchQuery{Text: "芯片", Type: "person"}, nil},
			{tracker.SearchQuery{Text: "芯片", Programme: second}, nil},
			{tracker.SearchQuery{Text: "plt-1", Programme: second}, nil},
			{tracker.SearchQuery{Text: "second", Programme: second}, []string{"programme SECOND"}},
			{tracker.SearchQuery{Text: "second", Programme: o.Programme}, nil},
		} {
			if got := finds(t, o, trackertest.Manager, test.q); !slices.Equal(got, test.want) {
				t.Errorf("%+v finds %q, want %q", test.q, got, test.want)
			}
		}
	})
}

// What is called just so comes first, though much else begins with the same
// words; then numbers and codes, then titles, then words within them.
func TestSearchRanks(t *testing.T) {
	o := trackertest.New(t, nil)
	for _, code := range []string{"A1", "B2", "C3", "D4", "E5", "F6"} {
		titled(t, o, code, portfolio.Names{EN: "BCI electrode " + code})
	}
	titled(t, o, "G7", portfolio.Names{EN: "Chips for BCI"})
	titled(t, o, "BCI-9", portfolio.Names{EN: "Other"})
	exact, _ := titled(t, o, "bci", portfolio.Names{EN: "Last"})
	search := func(limit int) (ranked []string) {
		page, err := o.Tracker.Search(o.Ctx, o.Call(trackertest.Manager), tracker.SearchQuery{Text: "BCI", Type: "project"}, tracker.PageRequest{Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			ranked = append(ranked, hit(r))
		}
		return ranked
	}
	if got := search(2); len(got) != 2 || got[0] != exact {
		t.Errorf("the first page is %q, want %q first", got, exact)
	}
	want := []string{exact, "project BCI-9", "project A1", "project B2", "project C3", "project D4", "project E5", "project F6", "project G7"}
	if diff := cmp.Diff(want, search(20)); diff != "" {
		t.Errorf("ranked (-want +got):\n%s", diff)
	}
	if got := finds(t, o, trackertest.Manager, tracker.SearchQuery{Text: "BCI", Type: "project"}); len(got) != len(want) {
		t.Errorf("two by two %q are found, want each of %d once", got, len(want))
	}
}

// What is searched for does not cost more where more is stored.
func TestSearchReads(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	read := func() store.Tally {
		ctx, tally := store.WithTally(t.Context())
		if _, err := o.Tracker.Search(ctx, o.Call(trackertest.Manager), tracker.SearchQuery{Text: "硅光"}, tracker.PageRequest{Limit: 20}); err != nil {
			t.Fatal(err)
		}
		return *tally
	}
	titled(t, o, "J-1", portfolio.Names{ZH: "面向数据中心的硅光芯片"})
	one := read()
	for _, code := range []string{"J-2", "J-3", "J-4", "J-5"} {
		titled(t, o, code, portfolio.Names{ZH: "面向硅片的光刻"})
	}
	if many := read(); many.Queries != one.Queries || many.Gets != one.Gets || many.ItemsRead != one.ItemsRead {
		t.Errorf("with one project %+v, with more %+v", one, many)
	}
	if one.Queries != 3*6+1 || one.Gets > 2 { // three for each type of names, one for payments
		t.Errorf("a search asks %d indexes and gets %d times", one.Queries, one.Gets)
	}
}
