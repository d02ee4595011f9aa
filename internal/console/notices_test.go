package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// tell puts a notice of a milestone before a persona, as the relay does.
func (h *house) tell(persona string, a trackertest.Active, why schema.Why) string {
	h.t.Helper()
	return h.tellOf(persona, a, string(why), func(n *schema.Notice) { n.Why = why })
}

// tellOf is tell with another notice, named by a word.
func (h *house) tellOf(persona string, a trackertest.Active, word string, edit func(*schema.Notice)) string {
	h.t.Helper()
	n := schema.Notice{
		ID: schema.NoticeID(persona, word), Person: h.People[persona], At: "2026-03-02T01:00:00Z", On: h.Today(),
		Role: portfolio.PlatformOperator, Programme: h.Programme, Award: a.ID, Number: "HT-001", Thing: string(a.Milestones["M1"]), Code: "M1",
		Title: `<b>"x"</b>`, Kind: attention.Deliver, Revision: 1, Rung: "after1", Level: attention.ToOwner, DueOn: h.Today(), EffectiveDueOn: h.Today(), DaysLate: 1,
	}
	edit(&n)
	item, err := schema.NoticeRecord(n).Item(1)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.Store.Transact(h.Ctx, "t"+n.ID[len(n.ID)-32:], store.PutOp(item, store.Absent)); err != nil {
		h.t.Fatal(err)
	}
	return n.ID
}

func TestNoticesAreReadOnce(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	for _, why := range []schema.Why{schema.WhyManager, schema.WhyHead, schema.WhyRole, schema.WhyResponsible} {
		h.tell(trackertest.Manager, a, why)
	}
	others := h.tell(trackertest.Manager2, a, schema.WhyManager)
	page := h.sees(trackertest.Manager, "/notices")
	if n := page.page.Find(".notices .new").Length(); n != 4 {
		t.Errorf("%d unread of 4: %s", n, page.text())
	}
	if got := page.page.Find(".bell .pill").Text(); got != "4" {
		t.Errorf("the bell counts %q", got)
	}
	if got := page.page.Find(".notices a").First().AttrOr("href", ""); got != "/awards/"+string(a.ID)+"/milestones/"+string(a.Milestones["M1"]) {
		t.Errorf("the notice leads to %q", got)
	}
	read := h.does(trackertest.Manager, "/notices", "/notices")
	if n := read.page.Find(".notices > li").Length(); n != 4 || read.page.Find(".new, .bell .pill").Length() != 0 {
		t.Errorf("read: %d notices, %s", n, read.text())
	}
	if n := h.sees(trackertest.Manager, "/notices?show=unread").page.Find(".notices > li").Length(); n != 0 {
		t.Errorf("%d unread after reading", n)
	}
	stolen := url.Values{"form_key": {"00000000000000000000000000000000"}, "notice": {others}}
	if got := h.post(trackertest.Manager, "/notices", stolen); got.Code != http.StatusNotFound {
		t.Errorf("reading somebody else's notice = %d", got.Code)
	}
	if n, _, err := h.Tracker.UnreadNotices(h.Ctx, h.Call(trackertest.Manager2), 10); err != nil || n != 1 {
		t.Errorf("the other one has %d unread, %v", n, err)
	}
}

// A notice says what happened to what, and once that is done, that it is: it
// counts no more as new.
func TestNoticesSayWhatHappened(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	h.tellOf(trackertest.Manager, a, "early", func(n *schema.Notice) { n.Why, n.DaysLate = schema.WhyResponsible, 0 })
	h.tellOf(trackertest.Manager, a, "late", func(n *schema.Notice) { n.Why, n.DaysLate = schema.WhyResponsible, 3 })
	h.tellOf(trackertest.Manager, a, "escalated", func(n *schema.Notice) { n.Why, n.DaysLate = schema.WhyManager, 15 })
	x := h.Ask(a.M("M2"), "2026-08-01")
	h.tellOf(trackertest.Manager, a, "extension", func(n *schema.Notice) {
		n.Why, n.Thing, n.Code, n.Title, n.Kind = schema.WhyResponsible, string(x.Extension), "", "the laser is late", attention.DecideExtension
	})
	page := h.sees(trackertest.Manager, "/notices")
	for _, want := range []string{"Due soon · M1", "Overdue by 3 days · M1", "Escalated to you, overdue by 15 days · M1", "Extension of M2"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("no %q: %s", want, page.text())
		}
	}
	if got := page.page.Find(".bell .pill").Text(); got != "4" {
		t.Errorf("the bell counts %q of 4", got)
	}
	h.Submit(a.M("M1"))
	page = h.sees(trackertest.Manager, "/notices")
	if got := page.page.Find(".bell .pill").Text(); got != "1" {
		t.Errorf("the bell counts %q once the milestone is submitted", got)
	}
	if n := strings.Count(page.text(), "settled since Submitted"); n != 3 {
		t.Errorf("%d notices say that it is done: %s", n, page.text())
	}
	if n := h.sees(trackertest.Manager, "/notices?show=unread").page.Find(".notices > li").Length(); n != 1 {
		t.Errorf("%d unread", n)
	}
}
