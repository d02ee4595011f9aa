package console_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// follow brings the figures up to date.
func (h *house) follow() {
	h.t.Helper()
	r := relay.New(relay.Options{
		Store: h.Store, Now: h.Clock.Now, Entropy: rand.Reader,
		Subscribers: []relay.Subscription{
			{Subscriber: relay.NewRollup(relay.RollupOptions{Store: h.Store, Now: h.Clock.Now, Entropy: rand.Reader})},
		},
	})
	if _, err := r.Rebuild(h.Ctx, relay.RollupName); err != nil {
		h.t.Fatal(err)
	}
	if err := r.Scan(h.Ctx); err != nil {
		h.t.Fatal(err)
	}
}

// sweep checks for what is overdue.
func (h *house) sweep() {
	h.t.Helper()
	if _, err := h.Tracker.Sweep(h.Ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		h.t.Fatal(err)
	}
}

// texts are those of what a selector finds, their spaces joined.
func texts(s *goquery.Selection) []string {
	return s.Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// everybody are the people of an office.
func everybody() []string {
	return []string{trackertest.Administrator, trackertest.Manager, trackertest.Manager2, trackertest.Finance, trackertest.Head, trackertest.Operator,
		trackertest.Operator2, trackertest.Lead, trackertest.Auditor, trackertest.Stranger}
}

func section(a answer, id string) *goquery.Selection {
	return a.page.Find(`section[aria-labelledby="` + id + `"]`)
}

// What a separation keeps the responsible person from waits in the inbox of
// those who may, and gives that person no button that would be refused.
func TestInboxAsksWhoMay(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "5000000", "M1")},
		func(d *award.Document) { d.Responsible.Funder = h.People[trackertest.Manager] })
	h.Meet(a.M("M1"))
	h.Request(a.Tr(1))
	h.Clock.Set(trackertest.Day("2026-04-30"))
	tranche := "/awards/" + string(a.ID) + "/tranches/" + string(a.Tranches[1])
	buttons := func(persona, path string) int {
		return h.sees(persona, path).page.Find(`a.button[href="` + tranche + `/approve"]`).Length()
	}
	for _, path := range []string{"/", "/awards/" + string(a.ID)} {
		if n := buttons(trackertest.Manager, path); n != 0 {
			t.Errorf("%s asks the decider of the gate to approve", path)
		}
		if n := buttons(trackertest.Manager2, path); n != 1 {
			t.Errorf("%s has %d buttons to approve for who may", path, n)
		}
	}
	if got := texts(section(h.get(trackertest.Manager, "/"), "overdue").Find("tbody tr")); len(got) != 1 || !strings.Contains(got[0], "manager2Programme manager") {
		t.Errorf("overdue with others: %v", got)
	}
	if got := h.get(trackertest.Manager, "/overdue?format=csv").Body.String(); !strings.Contains(got, "Programme manager,manager2,") {
		t.Errorf("the file says %s", got)
	}
	// Who may not see the members of the programme reads the role.
	if got := texts(section(h.get(trackertest.Operator, "/"), "overdue").Find("tbody tr")); len(got) != 1 || !strings.Contains(got[0], "Programme managereverybody in this role") {
		t.Errorf("overdue for the operator: %v", got)
	}
	if got := section(h.get(trackertest.Manager2, tranche), "next").Text(); !strings.Contains(got, "operator (requested the tranche), manager (decided milestone M1)") {
		t.Errorf("the tranche says %s", got)
	}
}

func TestInboxSaysWhoActsNext(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-11"), trackertest.Milestone("M3", "2026-04-30")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "5000000", "M1"), trackertest.Tranche(2, "2026-12-01", "20", "M2")})
	h.Submit(a.M("M1"))
	h.Decide(a.M("M1"), award.Met)
	h.Submit(a.M("M3"))
	h.Clock.Set(trackertest.Day("2026-03-14"))

	page := h.sees(trackertest.Manager, "/")
	milestone := "/awards/" + string(a.ID) + "/milestones/"
	if got := section(page, "waiting").Find("td.do a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }); !slices.Equal(got, []string{milestone + string(a.Milestones["M3"]) + "/decide"}) {
		t.Errorf("the manager's next steps are %v", got)
	}
	overdue := section(page, "overdue")
	if got := strings.Join(texts(overdue.Find("tbody tr")), "|"); !strings.Contains(got, "3 days late2026-03-11") || !strings.Contains(got, "M2") || !strings.Contains(got, "operator") || strings.Contains(got, "M3") {
		t.Errorf("overdue with others: %s", got)
	}
	if got := texts(section(page, "sent").Find("tbody tr")); len(got) != 1 || !strings.Contains(got[0], "Tranche 1") || !strings.Contains(got[0], "Platform operator") {
		t.Errorf("the manager sent on %v", got)
	}
	if got := texts(section(page, "done").Find("tbody tr")); len(got) != 3 || !strings.Contains(got[1], "Milestone decided") && !strings.Contains(got[0], "Milestone decided") {
		t.Errorf("done lately: %v", got)
	}
	if got := texts(page.page.Find(".tiles .count")); !slices.Equal(got, []string{"1 item", "1 item", "1 item", "3 items"}) {
		t.Errorf("the tiles count %v", got)
	}
	if got := texts(page.page.Find("nav .pill")); !slices.Equal(got, []string{"1"}) {
		t.Errorf("the navigation counts %v", got)
	}
	for persona, want := range map[string][]string{
		trackertest.Operator:  {"2 items · 1 overdue", "0 items", "1 item", "2 items"},
		trackertest.Auditor:   {"0 items", "1 item", "0 items", "3 items"},
		trackertest.Operator2: {"0 items", "0 items", "0 items", "0 items"},
	} {
		if got := texts(h.sees(persona, "/").page.Find(".tiles .count")); !slices.Equal(got, want) {
			t.Errorf("%s: the tiles count %v, want %v", persona, got, want)
		}
	}
	for _, persona := range everybody() {
		for _, show := range []string{"", "waiting", "baselined", "sent", "done", "nonsense"} {
			h.sees(persona, "/?show="+show)
		}
	}
}

// acknowledgements counts those in an award's journal.
func acknowledgements(h *house, a trackertest.Active) int {
	h.t.Helper()
	page, err := h.Tracker.Journal(h.Ctx, h.Call(trackertest.Auditor), string(a.ID), tracker.JournalQuery{Kind: "obligation.acknowledged"}, tracker.PageRequest{Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(page.Items)
}

func TestAcknowledgeOneLine(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-11")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	h.Clock.Set(trackertest.Day("2026-03-14"))
	h.sweep()
	page := h.sees(trackertest.Operator, "/")
	buttons := page.page.Find(`button[name="one"]`)
	if buttons.Length() != 2 {
		t.Fatalf("%d lines can be acknowledged: %s", buttons.Length(), page.text())
	}
	fields := h.fill(page, "/acknowledge", "one", buttons.First().AttrOr("value", ""))
	for range 2 { // sent twice, it has one effect
		if got := h.post(trackertest.Operator, "/acknowledge", fields); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/" {
			t.Fatalf("acknowledging = %d %s", got.Code, got.text())
		}
	}
	page = h.get(trackertest.Operator, "/")
	if !strings.Contains(page.page.Find("[role=status]").Text(), "Acknowledged: 1 item") || page.page.Find(`button[name="one"]`).Length() != 1 || acknowledgements(h, a) != 1 {
		t.Errorf("after acknowledging one line: %d entries, %s", acknowledgements(h, a), page.text())
	}
	if !strings.Contains(section(page, "waiting").Find("tbody tr").First().Text(), "acknowledged") {
		t.Errorf("the line is not marked: %s", page.text())
	}
	// Somebody else's operator cannot, and learns nothing.
	if got := h.post(trackertest.Operator2, "/acknowledge", url.Values{"form_key": {fields.Get("form_key")}, "one": fields["one"]}); got.Code != http.StatusConflict || strings.Contains(got.text(), "Milestone M1") || acknowledgements(h, a) != 1 {
		t.Errorf("another operator = %d %s", got.Code, got.text())
	}
}

func TestAcknowledgeWhatWasOverdueBeforeTheStart(t *testing.T) {
	h := newHouse(t, trackertest.Programme(func(p *tracker.NewProgramme) { p.AttentionFrom = trackertest.Day("2026-03-01") }))
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-01-10"), trackertest.Milestone("M2", "2026-01-11"), trackertest.Milestone("M3", "2026-01-12"), trackertest.Milestone("M4", "2026-05-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	h.sweep()
	page := h.sees(trackertest.Operator, "/")
	if got := page.page.Find(".banner.warn").Text(); !strings.Contains(got, "no reminder sent: 3") {
		t.Fatalf("the inbox says %q of what was overdue before the start", got)
	}
	if got := texts(section(page, "waiting").Find("tbody tr")); len(got) != 1 || !strings.Contains(got[0], "M4") {
		t.Errorf("beside it, %v", got)
	}
	if got := h.sees(trackertest.Manager, "/overdue?baselined=yes&status=open"); !strings.Contains(got.text(), "None on this page is owed by your side") || got.page.Find(`input[name="thing"]`).Length() != 0 {
		t.Errorf("what the payee's side owes is the manager's to acknowledge: %s", got.text())
	}
	if got := h.sees(trackertest.Operator, "/overdue?baselined=yes&status=open"); got.page.Find(`form[action="/acknowledge"] input[name="thing"][checked]`).Length() != 3 || !strings.Contains(got.text(), "3 on this page are for your side") {
		t.Errorf("the list of what was overdue before the start: %s", got.text())
	}
	page = h.sees(trackertest.Operator, "/?show=baselined")
	boxes := page.page.Find(`input[name="thing"][checked]`)
	if boxes.Length() != 3 {
		t.Fatalf("%d boxes: %s", boxes.Length(), page.text())
	}
	values := boxes.Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
	fields := h.fill(page, "/acknowledge")
	fields["thing"] = nil
	if got := h.post(trackertest.Operator, "/acknowledge", fields); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.page.Find("#errors").Text(), "Tick at least one line.") {
		t.Errorf("ticking nothing = %d %s", got.Code, got.text())
	}
	for range 51 {
		fields.Add("thing", fmt.Sprintf("awd_x/mst_%d/1", len(fields["thing"])))
	}
	if got := h.post(trackertest.Operator, "/acknowledge", fields); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.text(), "at most 50") {
		t.Errorf("51 lines = %d %s", got.Code, got.text())
	}

	// One has changed since: it is named, the others are done.
	h.Submit(a.M("M2"))
	fields["thing"] = append(slices.Clone(values), "<b>hostile/\u202e/1")
	if got := h.post(trackertest.Operator, "/acknowledge", fields); got.Code != http.StatusConflict {
		t.Fatalf("acknowledging what changed and what is none = %d %s", got.Code, got.text())
	} else if text := got.page.Find("#errors").Text(); !strings.Contains(text, "2 acknowledged; 2 could not be") || !strings.Contains(text, "M2") || got.page.Find("main b").Length() != 0 {
		t.Errorf("the page says %q", text)
	}
	if n := acknowledgements(h, a); n != 2 {
		t.Errorf("%d acknowledgements, want 2", n)
	}
	if got := h.get(trackertest.Operator, "/?show=baselined"); got.page.Find(`input[name="thing"]`).Length() != 0 {
		t.Errorf("left: %s", got.text())
	}
}

// The first page reads about the same, however much there is.
func TestInboxReadsAreBounded(t *testing.T) {
	reads := func(awards int) store.Tally {
		h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
		for range awards {
			a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-11"), trackertest.Milestone("M3", "2026-03-12")},
				[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
			h.Submit(a.M("M1"))
			h.Submit(a.M("M2"))
			h.Decide(a.M("M2"), award.Met)
		}
		h.Clock.Set(trackertest.Day("2026-03-30"))
		h.signIn(trackertest.Manager)
		ctx, tally := store.WithTally(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.send(trackertest.Manager, r); got.Code != http.StatusOK || !strings.Contains(got.page.Find(".tiles").Text(), "50+") {
			t.Fatalf("the inbox = %d %s", got.Code, got.page.Find(".tiles").Text())
		}
		return *tally
	}
	few, many := reads(52), reads(80)
	if few.Gets+few.Queries > 40 || many.Gets > few.Gets || many.Queries > few.Queries || many.ItemsRead > few.ItemsRead+20 {
		t.Errorf("%+v, then %+v", few, many)
	}
}

// An administrator sees no award, so no page says that nothing of them is late.
func TestInboxOfAnAdministrator(t *testing.T) {
	h := newHouse(t)
	a := h.sees(trackertest.Administrator, "/")
	if a.page.Find(`main a[href="/admin"]`).Length() == 0 || a.page.Find("#overdue, .tiles").Length() != 0 || strings.Contains(a.text(), "late") {
		t.Errorf("an administrator's inbox says %s", a.text())
	}
}
