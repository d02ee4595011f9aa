package console_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// shownColumns are the headings of a list.
func shownColumns(a answer) []string {
	return texts(a.page.Find("main .scroll thead th:not(:has(.hidden))"))
}

// choose sends the form of a list's columns with these ticked.
func (h *house) choose(persona, path, density string, columns ...string) answer {
	h.t.Helper()
	form := h.get(persona, path).page.Find("details.layout form")
	if form.Length() != 1 {
		h.t.Fatalf("%s offers %d ways to choose columns", path, form.Length())
	}
	values := url.Values{}
	form.Find(`input[type="hidden"]`).Each(func(_ int, s *goquery.Selection) { values.Add(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	for _, c := range columns {
		if form.Find(`input[type="checkbox"][value="`+c+`"]`).Length() != 1 {
			h.t.Fatalf("%s does not offer the column %s", path, c)
		}
		values.Add("columns", c)
	}
	values.Set("density", density)
	return h.get(persona, form.AttrOr("action", "")+"?"+values.Encode())
}

func columnsHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-04-11")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1"), trackertest.Tranche(2, "2026-12-01", "20", "M2")})
	h.Meet(a.M("M1"))
	h.Refund(h.PayOut(a.Tr(1)), "5")
	return h
}

// The reader chooses columns and density; the address says them, the browser
// keeps them, and the file holds what is shown.
func TestColumnsAreChosenAndKept(t *testing.T) {
	h := columnsHouse(t)
	for _, test := range []struct {
		path, choose, file, shown string
	}{
		{"/milestones?half=all", "owner state", "Code|Milestone|Type|State|Outcome|Role|Responsible person", "Milestone|State or outcome|Owner"},
		{"/awards?half=all", "instrument refunded", "Agreement number|Title|Currency|Instrument|Refunded", "Award|Instrument|Refunded"},
		{"/tranches?queue=all", "due instructed", "Effective due date|Days late|Tranche|Kind|State|Planned for|Currency|On its way to the bank", "Due|Tranche|On its way to the bank"},
		{"/refunds", "programme received", "Bank reference|Programme|Received on", "Bank reference|Programme|Received on"},
		{"/overdue?status=open", "project owner", "To do|Subject|Project|Role|Responsible person", "To do|Project|Owner"},
		{"/payments?queue=paid", "account", "Reference on the instruction|Currency|Payer account", "Reference|Payer account"},
	} {
		usual := h.sees(trackertest.Finance, test.path)
		before, file := shownColumns(usual), rowsOf(t, h.get(trackertest.Finance, exportLink(usual)))[0]
		page := h.choose(trackertest.Finance, test.path, "compact", strings.Fields(test.choose)...)
		got := shownColumns(page)
		if slices.Equal(got, before) || strings.Join(got, "|") != test.shown {
			t.Errorf("%s: with %s shows %v, want %s", test.path, test.choose, got, test.shown)
		}
		if page.page.Find("html.compact").Length() != 1 || page.page.Find("main tbody tr").Length() == 0 {
			t.Errorf("%s: rows are not dense, or there are none", test.path)
		}
		if cells := page.page.Find("main .scroll tbody tr").First().Find("td"); cells.Length() != page.page.Find("main .scroll thead th").Length() {
			t.Errorf("%s: %d cells under %d headings", test.path, cells.Length(), page.page.Find("main .scroll thead th").Length())
		}
		rows := rowsOf(t, h.get(trackertest.Finance, exportLink(page)))
		if len(rows) < 2 || strings.Join(rows[0], "|") != test.file {
			t.Errorf("%s: the file has %s, want %s", test.path, strings.Join(rows[0], "|"), test.file)
		}
		// The next visit, without a word in the address, and its file.
		again := h.sees(trackertest.Finance, test.path)
		if !slices.Equal(shownColumns(again), got) || again.page.Find("html.compact").Length() != 1 || again.page.Find("details.layout .tag").Length() != 1 {
			t.Errorf("%s: the next visit shows %v", test.path, shownColumns(again))
		}
		if kept := rowsOf(t, h.get(trackertest.Finance, exportLink(again)))[0]; !slices.Equal(kept, rows[0]) {
			t.Errorf("%s: the next file has %v", test.path, kept)
		}
		if h.get(trackertest.Finance, "/overdue").page.Find("html.compact").Length() != 1 {
			t.Errorf("%s: dense rows are not kept elsewhere", test.path)
		}
		// Somebody else's list is as it was, and one's own can be again.
		if other := h.get(trackertest.Head, test.path); !slices.Equal(shownColumns(other), before) {
			t.Errorf("%s: somebody else sees %v, not %v", test.path, shownColumns(other), before)
		}
		reset := h.get(trackertest.Finance, again.page.Find("details.layout .actions a").AttrOr("href", ""))
		if !slices.Equal(shownColumns(reset), before) || !slices.Equal(shownColumns(h.get(trackertest.Finance, test.path)), before) {
			t.Errorf("%s: the usual columns do not come back: %v", test.path, shownColumns(reset))
		}
		if now := rowsOf(t, h.get(trackertest.Finance, exportLink(reset)))[0]; !slices.Equal(now, file) {
			t.Errorf("%s: the usual file is %v, was %v", test.path, now, file)
		}
	}
}

// What was chosen outlives the session, in a cookie that names nobody; it costs
// the store nothing.
func TestColumnsOutliveTheSession(t *testing.T) {
	office := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	h := houseOf(t, office)
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1")})
	h.get(trackertest.Manager, "/milestones")
	ctx, tally := store.WithTally(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/milestones?columns=milestone&columns=owner&columns=state&columns=%3Cb%3E&density=compact&half=all", nil)
	a := h.send(trackertest.Manager, r)
	if tally.Transactions != 0 {
		t.Errorf("%d writes for how a list looks", tally.Transactions)
	}
	want := lookCookie + "=density=compact&milestones=milestone.owner.state; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
	if got := a.Header().Values("Set-Cookie"); !slices.Equal(got, []string{want}) {
		t.Errorf("cookies %q, want %q", got, want)
	}
	for _, c := range h.send(trackertest.Manager, httptest.NewRequest(http.MethodGet, "/milestones", nil)).Header().Values("Set-Cookie") {
		t.Errorf("a page that changes nothing sets %q", c)
	}
	kept := h.cookies[trackertest.Manager][len(h.cookies[trackertest.Manager])-1]
	delete(h.cookies, trackertest.Manager) // the browser has closed
	h.signIn(trackertest.Manager)
	h.cookies[trackertest.Manager] = append(h.cookies[trackertest.Manager], kept)
	if got := shownColumns(h.get(trackertest.Manager, "/milestones")); !slices.Equal(got, []string{"Milestone", "State or outcome", "Owner"}) {
		t.Errorf("after signing in again: %v", got)
	}
	usual := shownColumns(h.get(trackertest.Head, "/milestones"))
	for _, odd := range []string{"milestones=nothing.known", "milestones=" + strings.Repeat("state.", 400), "milestones=%zz", "density=%00&milestones=<b>"} {
		h.cookies[trackertest.Head] = append(h.cookies[trackertest.Head], &http.Cookie{Name: lookCookie, Value: odd})
		if got := shownColumns(h.sees(trackertest.Head, "/milestones")); !slices.Equal(got, usual) {
			t.Errorf("%.40s shows %v", odd, got)
		}
		h.cookies[trackertest.Head] = h.cookies[trackertest.Head][:len(h.cookies[trackertest.Head])-1]
	}
}

// Choices are kept under https only where browsers come by https, whatever
// stands in front and speaks http to the console.
func TestChoicesAreKeptSecurely(t *testing.T) {
	office := trackertest.New(t, nil)
	for _, secure := range []bool{true, false} {
		h := houseOf(t, office, func(o *console.Options) {
			var err error
			o.Sessions, err = session.New(session.Options{Store: office.Store, Now: office.Clock.Now, Entropy: rand.Reader, Logger: o.Logger, Secure: secure, PublicURL: "https://m.example"})
			if err != nil {
				t.Fatal(err)
			}
		})
		set := h.get("", session.Page+"?lang=en&density=compact").Result().Cookies()
		if len(set) != 2 {
			t.Fatalf("cookies %v", set)
		}
		for _, c := range set {
			if c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 31536000 {
				t.Errorf("https %v: %s", secure, c)
			}
		}
	}
}

// Columns keep the filters and the page's address keeps the columns; what is
// no column is ignored.
func TestColumnsInTheAddress(t *testing.T) {
	h := columnsHouse(t)
	page := h.choose(trackertest.Manager, "/milestones?half=all&state=decided", "regular", "due")
	if got := texts(page.page.Find("main tbody td.what a")); len(got) != 1 || !strings.HasPrefix(got[0], "M1") {
		t.Errorf("the filter is lost: %v", got)
	}
	if chip := page.page.Find(".chips a").First().AttrOr("href", ""); !strings.Contains(chip, "columns=due") {
		t.Errorf("a chip leads to %s", chip)
	}
	all := h.get(trackertest.Head, "/milestones?half=all&columns=milestone&columns=award&columns=programme&columns=project&columns=state&columns=due&columns=extended&columns=days&columns=owner&columns=gates")
	if all.page.Find("main .scroll thead th").Length() != 11 {
		t.Errorf("all columns are %v", shownColumns(all))
	}
	h.sees(trackertest.Head, "/milestones")
	for _, odd := range []string{"/milestones?columns=%3Cb%3E&columns=x", "/milestones?columns=" + strings.Repeat("z", 9000), "/awards?columns=usual&columns=x"} {
		if got := shownColumns(h.sees(trackertest.Auditor, odd)); len(got) < 5 {
			t.Errorf("%.40s shows %v", odd, got)
		}
	}
}

// Columns cost no read, but who owes something: that is read once for each place.
func TestColumnsCostNoReads(t *testing.T) {
	h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1")})
	h.signIn(trackertest.Manager)
	reads := func() store.Tally {
		ctx, tally := store.WithTally(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/milestones", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.send(trackertest.Manager, r); got.Code != http.StatusOK {
			t.Fatalf("the list = %d", got.Code)
		}
		return *tally
	}
	before := reads()
	h.choose(trackertest.Manager, "/milestones", "compact", "programme", "project")
	if after := reads(); after != before {
		t.Errorf("%+v, then %+v", before, after)
	}
	h.choose(trackertest.Manager, "/milestones", "compact", "owner")
	one := reads()
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-11"), trackertest.Milestone("M2", "2026-03-12")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1")})
	if many := reads(); one.Queries > before.Queries+2 || one.Gets > before.Gets+2 || many.Queries > one.Queries {
		t.Errorf("who owes it: %+v, for one %+v, for three %+v", before, one, many)
	}
}
