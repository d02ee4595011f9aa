package tracker_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What is foreseen of a decision is what the decision then does; foreseeing
// writes nothing and uses no key up.
func TestForeseeIsWhatHappens(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	o.Meet(a.M("M2"))
	e := o.Upload(a.M("M1"), "a report")
	o.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
	before := o.HeadNow(string(a.ID))
	c := o.Call(trackertest.Manager)
	c.Key, c.Fingerprint = "0123456789abcdef", "f"
	decide := func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return o.Tracker.DecideMilestone(ctx, c, a.M("M1"), award.Decision{Outcome: award.Met})
	}
	f, err := o.Tracker.Foresee(o.Ctx, c, decide)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.HeadNow(string(a.ID)); got.Seq != before.Seq || got.Hash != before.Hash {
		t.Errorf("foreseeing changed the head: %+v, was %+v", got, before)
	}
	if len(f.Milestones) != 1 || len(f.Tranches) != 1 || f.Milestones[0].Was.State != award.MilestoneSubmitted {
		t.Fatalf("foreseen %+v", f)
	}
	if owed := f.Tranches[0].Is.Watch.Current; owed == nil || owed.Kind != attention.RequestTranche {
		t.Errorf("the tranche would owe %+v", owed)
	}
	if _, err := decide(o.Ctx, c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o.MilestoneNow(a.M("M1")), f.Milestones[0].Is, cmpopts.EquateComparable(civil.Date{}, money.Amount{})); diff != "" {
		t.Errorf("the milestone (-is +foreseen):\n%s", diff)
	}
	if diff := cmp.Diff(o.TrancheNow(a.Tr(1)), f.Tranches[0].Is, cmpopts.EquateComparable(civil.Date{}, money.Amount{})); diff != "" {
		t.Errorf("the tranche (-is +foreseen):\n%s", diff)
	}
	_, err = o.Tracker.Foresee(o.Ctx, o.Call(trackertest.Manager), decide)
	expectFault(t, "decided again", err, fault.Conflict, "move.illegal")
}

// The plan of a milestone says when it is flagged, and when it would be with
// another due date.
func TestPlanMilestone(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	now, then, err := o.Tracker.PlanMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), trackertest.Day("2026-08-01"))
	if err != nil {
		t.Fatal(err)
	}
	if now.Obligation.DueOn != trackertest.Day("2026-06-01") || then.Obligation.DueOn != trackertest.Day("2026-08-01") {
		t.Errorf("due %s and then %s", now.Obligation.DueOn, then.Obligation.DueOn)
	}
	if len(now.Rungs) == 0 || len(now.Rungs) != len(then.Rungs) {
		t.Fatalf("rungs %v and %v", now.Rungs, then.Rungs)
	}
	for i := range now.Rungs {
		if got := then.Rungs[i].On.Sub(now.Rungs[i].On); got != 61 {
			t.Errorf("rung %s moves by %d days, want 61", now.Rungs[i].Rung, got)
		}
	}
	_, _, err = o.Tracker.PlanMilestone(o.Ctx, o.Call(trackertest.Operator2), a.M("M1"), trackertest.Day("2026-08-01"))
	expectFault(t, "by another's operator", err, fault.NotFound, "thing.notFound")
}

// Names are given to whoever may view the award, and to nobody else.
func TestNamesIn(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	names, err := o.Tracker.NamesIn(o.Ctx, o.Call(trackertest.Operator), a.ID, string(o.People[trackertest.Manager]), "", string(o.Payee))
	if err != nil || len(names) != 2 || names[string(o.Payee)].Names.EN != "University" || names[string(o.People[trackertest.Manager])].Names.EN != trackertest.Manager {
		t.Errorf("names %+v, %v", names, err)
	}
	_, err = o.Tracker.NamesIn(o.Ctx, o.Call(trackertest.Operator2), a.ID, string(o.Payee))
	expectFault(t, "by another's operator", err, fault.NotFound, "thing.notFound")
}

// Extensions are listed with what they are for, by state and within scope.
func TestExtensions(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	o.Ask(a.M("M1"), "2026-08-01")
	x := o.Ask(a.M("M2"), "2026-09-01")
	_, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{})
	if err != nil {
		t.Fatal(err)
	}
	list := func(persona string, q tracker.ThingsQuery) []string {
		t.Helper()
		page, err := o.Tracker.Extensions(o.Ctx, o.Call(persona), q, tracker.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, r := range page.Items {
			got = append(got, r.Code+" "+string(r.Thing.State))
		}
		return got
	}
	for _, test := range []struct {
		persona string
		q       tracker.ThingsQuery
		want    []string
	}{
		{trackertest.Manager, tracker.ThingsQuery{}, []string{"M1 requested"}},
		{trackertest.Operator, tracker.ThingsQuery{State: "granted"}, []string{"M2 granted"}},
		{trackertest.Manager, tracker.ThingsQuery{State: "refused"}, []string{}},
		{trackertest.Operator2, tracker.ThingsQuery{Half: tracker.AllHalves}, []string{}},
	} {
		if diff := cmp.Diff(test.want, list(test.persona, test.q)); diff != "" {
			t.Errorf("%s lists %+v (-want +got):\n%s", test.persona, test.q, diff)
		}
	}
}

// A file that went straight to the storage is looked at before it is evidence.
func TestConfirmLooksAtWhatArrived(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	content := "%PDF-1.7 not a text"
	e := o.Announce(a.M("M1"), content)
	sum := sha256.Sum256([]byte(content))
	err := o.Blobs.In(string(e.Evidence)).Put(o.Ctx, blob.Announcement{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "text/plain"},
		bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Tracker.ConfirmEvidence(o.Ctx, o.Call(trackertest.Operator), e)
	expectFault(t, "a PDF named as text", err, fault.Invalid, "evidence.typeDiffers")
	ticket, err := o.Tracker.EvidenceTicket(o.Ctx, o.Call(trackertest.Operator), e)
	if ticket != nil || err != nil {
		t.Errorf("a folder gives the ticket %v, %v", ticket, err)
	}
	_, err = o.Tracker.EvidenceTicket(o.Ctx, o.Call(trackertest.Manager), e)
	expectFault(t, "a manager's ticket", err, fault.Forbidden, "access.forbidden")
}
