package console_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// submittedAward is one that its drafter submitted for activation.
func submittedAward(h *house, change ...func(*award.Document)) string {
	h.t.Helper()
	d := h.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	for _, c := range change {
		c(&d)
	}
	id := h.Draft(d)
	if _, err := h.Tracker.SubmitAward(h.Ctx, h.Call(trackertest.Manager), id); err != nil {
		h.t.Fatal(err)
	}
	return string(id)
}

// proposalsIn are the rows of what waits to be put in force in a part of the
// inbox, with where their button leads.
func proposalsIn(a answer, part string) (rows, buttons []string) {
	table := section(a, part).Find(".scroll:has(caption)").FilterFunction(func(_ int, s *sel) bool { return strings.Contains(s.Find("caption").Text(), "confirm or apply") })
	return texts(table.Find("tbody tr")), table.Find("td.do a").Map(func(_ int, s *sel) string { return s.AttrOr("href", "") })
}

// What another person proposed waits in the inbox of who may put it in force,
// with the button that does, and is counted in the navigation.
func TestProposalsWaitForASecondPerson(t *testing.T) {
	h := newHouse(t)
	h.Clock.Set(trackertest.Day("2026-03-03"))
	id := submittedAward(h)
	terms := h.get(trackertest.Manager, "/programmes/"+string(h.Programme)+"/edit")
	edit := "/programmes/" + string(h.Programme) + "/edit"
	if got := h.post(trackertest.Manager, edit, h.fill(terms, edit, "extensions/count", "7", "reason", "too many letters")); got.Code != http.StatusSeeOther {
		t.Fatalf("proposing = %d %s", got.Code, got.text())
	}
	h.Clock.Set(trackertest.Day("2026-03-05"))
	clear(h.cookies) // sessions are over
	page := h.sees(trackertest.Manager2, "/")
	rows, buttons := proposalsIn(page, "waiting")
	if want := []string{"/awards/" + id + "/activate", "/programmes/" + string(h.Programme) + "/change"}; !slices.Equal(slices.Sorted(slices.Values(buttons)), want) {
		t.Errorf("the second manager's buttons lead to %v, want %v", buttons, want)
	}
	if all := strings.Join(rows, "|"); !strings.Contains(all, "2 days") || !strings.Contains(all, "CNY 10.00") || !strings.Contains(all, "manager") {
		t.Errorf("the rows are %s", all)
	}
	if got := texts(page.page.Find("nav .pill")); !slices.Equal(got, []string{"2"}) {
		t.Errorf("the navigation counts %v", got)
	}
	if got := texts(page.page.Find(".tiles .count")); got[0] != "2 items" {
		t.Errorf("the tile counts %v", got)
	}
	if got := texts(h.get(trackertest.Manager2, "/awards").page.Find("nav .pill")); !slices.Equal(got, []string{"2"}) {
		t.Errorf("elsewhere the navigation counts %v", got)
	}
	if rows, _ := proposalsIn(h.sees(trackertest.Manager, "/"), "waiting"); len(rows) != 0 {
		t.Errorf("who proposed waits for themself: %v", rows)
	}
	own := section(h.get(trackertest.Manager, "/"), "sent")
	if n := own.Find(`a[href="/awards/` + id + `"], a[href="/programmes/` + string(h.Programme) + `/change"]`).Length(); n != 2 || own.Find("td.do a").Length() != 0 {
		t.Errorf("what the first manager proposed is %s", own.Text())
	}
	for _, persona := range []string{trackertest.Operator, trackertest.Finance, trackertest.Auditor, trackertest.Stranger, trackertest.Lead, trackertest.Administrator} {
		if rows, _ := proposalsIn(h.sees(persona, "/"), "waiting"); len(rows) != 0 {
			t.Errorf("%s is to decide %v", persona, rows)
		}
	}
	if rows, _ := h.sees(trackertest.Manager2, "/?show=waiting").page.Find("main tbody tr").Html(); !strings.Contains(rows, id) {
		t.Error("the whole part lacks the proposals")
	}
	// Each button leads to the form that moves it on; then it is gone.
	h.does(trackertest.Manager2, "/awards/"+id+"/activate", "/awards/"+id+"/activate")
	if rows, buttons := proposalsIn(h.get(trackertest.Manager2, "/"), "waiting"); len(rows) != 1 || !strings.HasSuffix(buttons[0], "/change") {
		t.Errorf("after activating: %v", rows)
	}
	if _, err := h.Tracker.ConfirmProgrammeChange(h.Ctx, h.Call(trackertest.Manager2), h.Programme); err != nil {
		t.Fatal(err)
	}
	page = h.get(trackertest.Manager2, "/")
	if rows, _ := proposalsIn(page, "waiting"); len(rows) != 0 || strings.Contains(page.page.Find("nav .pill").Text(), "1") {
		t.Errorf("after confirming: %v", rows)
	}
}

// A plan that another prepared waits until it is applied or discarded.
func TestPreparedImportsWait(t *testing.T) {
	h, fields := importHouse(t)
	carried := h.fill(h.postFiles(trackertest.Manager, "/imports/new", fields, importFiles()...), "/imports/new")
	prepared := h.postFiles(trackertest.Manager, "/imports/new", carried).Header().Get("Location")
	rows, buttons := proposalsIn(h.sees(trackertest.Manager2, "/"), "waiting")
	if len(rows) != 1 || !slices.Equal(buttons, []string{prepared + "/apply"}) {
		t.Errorf("the second manager is to apply %v, by %v", rows, buttons)
	}
	if rows, _ := proposalsIn(h.sees(trackertest.Manager, "/"), "waiting"); len(rows) != 0 {
		t.Errorf("the preparer is to apply %v", rows)
	}
}

// Drafts without history are applied by who prepared them: they wait there and
// nowhere else.
func TestPreparedDraftsWaitForTheirPreparer(t *testing.T) {
	h, fields := importHouse(t)
	carried := h.fill(h.postFiles(trackertest.Manager, "/imports/new", fields, importFiles()[:2]...), "/imports/new")
	prepared := h.postFiles(trackertest.Manager, "/imports/new", carried).Header().Get("Location")
	if rows, buttons := proposalsIn(h.sees(trackertest.Manager, "/"), "waiting"); !slices.Equal(buttons, []string{prepared + "/apply"}) {
		t.Errorf("the preparer is to apply %v, by %v", rows, buttons)
	}
	if sent := section(h.get(trackertest.Manager, "/"), "sent"); strings.Contains(sent.Text(), "import") {
		t.Errorf("the preparer sent on %s", sent.Text())
	}
	if rows, _ := proposalsIn(h.sees(trackertest.Manager2, "/"), "waiting"); len(rows) != 0 {
		t.Errorf("another manager is to apply %v", rows)
	}
	h.does(trackertest.Manager, prepared+"/apply", prepared+"/apply")
	if rows, _ := proposalsIn(h.sees(trackertest.Manager, "/"), "waiting"); len(rows) != 0 {
		t.Errorf("once applied %v waits", rows)
	}
}

// The inbox reads no more when the programme holds more.
func TestProposalsReadsDoNotGrow(t *testing.T) {
	reads := func(active int) store.Tally {
		h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
		for range active {
			h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-12-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-11", "10", "M1")})
		}
		submittedAward(h, func(d *award.Document) { d.Number = "HT-Z" + strconv.Itoa(active) })
		h.signIn(trackertest.Head)
		ctx, tally := store.WithTally(t.Context())
		page, err := h.Tracker.Proposals(ctx, h.Call(trackertest.Manager2), tracker.ProposalsQuery{}, tracker.PageRequest{})
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%d wait, %v", len(page.Items), err)
		}
		return *tally
	}
	if few, many := reads(1), reads(40); few != many {
		t.Errorf("%+v, then %+v", few, many)
	}
}
