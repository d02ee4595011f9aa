package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// A change of a ladder is told as proposed until another person confirms it, and
// both entries say which ladder, what was in force beside what comes.
func TestAuditTellsProposalsFromWhatIsInForce(t *testing.T) {
	h := newHouse(t)
	l := attention.Ladder{Kind: attention.ApproveTranche, AllowedDays: 3, Rungs: []attention.Rung{{ID: "after2", Offset: 2, Unit: attention.WorkingDays, Level: attention.ToOwner, Asks: "overdue"}}}
	r, err := h.Tracker.SetLadder(h.Ctx, h.Call(trackertest.Manager), h.Programme, l, tracker.Reason{Reason: "sooner"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Tracker.ConfirmProgrammeChange(h.Ctx, h.Call(trackertest.Manager2), h.Programme); err != nil {
		t.Fatal(err)
	}
	subject := "/audit/" + string(h.Programme)
	for seq, want := range map[int64]string{r.Sequence: "Ladder change proposed · Ladder: Approve the tranche", r.Sequence + 1: "Change of the programme confirmed · Ladder: Approve the tranche"} {
		page := h.sees(trackertest.Auditor, fmt.Sprintf("%s/%d", subject, seq))
		if got := page.page.Find("main h1").Text(); got != want {
			t.Errorf("entry %d is headed %q, want %q", seq, got, want)
		}
		for _, said := range []string{"+2 working days: Owner, overdue"} {
			if was, is := page.page.Find(".changes del").Text(), page.page.Find(".changes ins").Text(); !strings.Contains(is, said) || !strings.Contains(was, "working day") || strings.Contains(was, said) {
				t.Errorf("entry %d says %q became %q", seq, was, is)
			}
		}
		if list := h.sees(trackertest.Auditor, subject); !strings.Contains(list.text(), want) {
			t.Errorf("the list does not say %q: %s", want, list.text())
		}
	}
}

// A list says whom a role was granted and which, an acknowledgement until when
// the thing was due; a subject that is not found lists nothing.
func TestAuditListsSayWhoAndWhat(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	h.Grant(trackertest.Finance2, portfolio.Head, string(h.Programme))
	if _, err := h.Tracker.Acknowledge(h.Ctx, h.Call(trackertest.Operator), a.ID, string(a.Milestones["M1"])); err != nil {
		t.Fatal(err)
	}
	list := h.sees(trackertest.Auditor, "/audit").page.Find("tbody").Text()
	if want := "Role granted · " + trackertest.Finance2 + " · Head"; !strings.Contains(list, want) {
		t.Errorf("the list does not say %q: %s", want, list)
	}
	for _, path := range []string{"/audit/" + string(a.ID), "/awards/" + string(a.ID) + "/journal"} {
		if text := h.sees(trackertest.Auditor, path).text(); !strings.Contains(text, "Acknowledged · M1 Milestone M1 · Deliver the milestone · due 2026-03-10") && !strings.Contains(text, "Acknowledged · M1 Milestone M1 Deliver the milestone · due 2026-03-10") {
			t.Errorf("%s does not say when what was acknowledged is due: %s", path, text)
		}
	}
	unknown := h.get(trackertest.Auditor, "/audit?subject=nothing-of-that-name")
	if unknown.Code != http.StatusOK || unknown.page.Find("main tbody tr").Length() != 0 || unknown.page.Find(`main [role="alert"]`).Length() != 1 || unknown.page.Find(`main a[href*="format=csv"]`).Length() != 0 {
		t.Errorf("an unknown subject shows %s", unknown.text())
	}
}

// The file holds what the list shows: the same rows, in the reader's words and
// on the reader's day.
func TestAuditFileAgreesWithTheList(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	h.Clock.Add(10 * 24 * time.Hour)
	if _, err := h.Tracker.Sweep(h.Ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		t.Fatal(err)
	}
	for path, within := range map[string]string{"/audit/" + string(a.ID): "main tbody", "/awards/" + string(a.ID) + "/journal": ".journal"} {
		page := h.getIn("zh-CN", trackertest.Auditor, path).page.Find(within)
		r := h.getIn("zh-CN", trackertest.Auditor, path+"?"+url.Values{"format": {"csv"}}.Encode())
		file := r.Body.String()
		if !strings.Contains(file, "每日检查") || !strings.Contains(page.Text(), "每日检查") || strings.Contains(file, ",sweep,") {
			t.Errorf("%s: who did it is not the same in\n%s\nand\n%s", path, page.Text(), file)
		}
		if !strings.Contains(file, h.Today().String()+"T09:00:00+08:00") {
			t.Errorf("%s: the times are not those of the page: %s", path, file)
		}
		if rows, shown := strings.Count(file, "\n")-1, page.Find("ul.events > li").Length(); path[:6] == "/audit" && rows != shown {
			t.Errorf("%s shows %d events, its file %d: %s", path, shown, rows, file)
		}
	}
}

// A payment's reference leads to its events in the journal of its award.
func TestAuditFindsAPaymentByItsReference(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	h.Meet(a.M("M1"))
	p := h.PayOut(a.Tr(1))
	now, err := h.Tracker.Payment(h.Ctx, h.Call(trackertest.Auditor), p)
	if err != nil {
		t.Fatal(err)
	}
	got := h.get(trackertest.Auditor, "/audit?"+url.Values{"subject": {now.Reference}}.Encode())
	if to := got.Header().Get("Location"); to != "/audit/"+string(a.ID)+"?thing="+string(p.Payment) || !strings.Contains(h.sees(trackertest.Auditor, to).text(), "Payment instructed") {
		t.Errorf("%s leads to %q", now.Reference, to)
	}
}

// What one subject is called just so leads to it, though numbers of others begin
// with it.
func TestAuditOpensWhatIsCalledJustSo(t *testing.T) {
	h := newHouse(t)
	a := h.Draft(h.Document(nil, nil))
	other := h.Document(nil, nil)
	other.Number = "HT-001-P01"
	h.Draft(other)
	if got := h.get(trackertest.Auditor, "/audit?subject=ht-001"); got.Header().Get("Location") != "/audit/"+string(a) {
		t.Errorf("HT-001 = %d %q: %s", got.Code, got.Header().Get("Location"), got.text())
	}
	if got := h.get(trackertest.Auditor, "/audit?subject=ht-00"); got.Code != http.StatusOK || got.page.Find("main li a, main td a").Length() != 2 {
		t.Errorf("HT-00 = %d: %s", got.Code, got.text())
	}
}
