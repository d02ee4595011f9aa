package award

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func opener() Opener {
	return Opener{Award: "awd_1", Drafter: "per_manager", Actor: second(), GoLiveOn: day("2026-10-01"), On: day("2026-11-02"),
		Source: OpeningSource{File: "awards.csv", Row: 2}, Origin: Imported, Mint: counter()}
}

func fact(milestone string, kind HistoryKind, on string) HistoryEvent {
	return HistoryEvent{Kind: kind, On: day(on), Milestone: milestone}
}

func open(t testing.TB, events ...HistoryEvent) Opened {
	t.Helper()
	return must[Opened](t)(Open(document(), History{Events: events}, opener()))
}

func TestOpenWithoutDecisions(t *testing.T) {
	o := open(t, fact("", HistoryAgreed, "2026-01-10"), fact("M1", HistoryStarted, "2026-02-01"), fact("M2", HistoryDelivered, "2026-08-20"), fact("M2", HistoryDelivered, "2026-08-25"))
	if o.Award.State != Active || o.Award.ActivatedOn != day("2026-01-10") || o.Award.Origin != Imported || *o.Award.Opening != opener().Source {
		t.Errorf("award = %+v", o.Award)
	}
	m1, m2 := o.Milestones[0], o.Milestones[1]
	if m1.State != InProgress || m1.StartedOn != day("2026-02-01") || m1.OpenedOn != day("2026-01-10") {
		t.Errorf("M1 = %+v", m1)
	}
	if m2.State != MilestoneSubmitted || m2.OpenedOn != day("2026-08-20") || len(m2.Rounds) != 1 || m2.Opening == nil {
		t.Errorf("M2 = %+v", m2)
	}
	if len(o.Payments) != 0 || !o.Totals.Paid.IsZero() {
		t.Errorf("payments = %v", o.Payments)
	}
}

func TestOpenAccepted(t *testing.T) {
	o := open(t, fact("M1", HistoryAccepted, "2026-06-10"), fact("M1", HistoryDelivered, "2026-06-10"), fact("M2", HistoryAccepted, "2026-09-01"))
	m1, m2 := o.Milestones[0], o.Milestones[1]
	if !m1.Holds() || m1.MetOn != day("2026-06-10") || m1.last().EndedOn != day("2026-06-10") || m1.Decider() != "" {
		t.Errorf("M1 = %+v", m1)
	}
	if m2.MetOn != day("2026-09-01") {
		t.Errorf("M2 met on %v, want the day of acceptance where no delivery is known", m2.MetOn)
	}
	if t1, t2, t3 := o.Tranches[0], o.Tranches[1], o.Tranches[2]; t1.State != Scheduled || t2.SettledOn != day("2026-06-10") || t3.SettledOn != day("2026-09-01") {
		t.Errorf("tranches = %+v", o.Tranches)
	}
	want := Payment{ID: "pay_6", Award: "awd_1", State: Paid, Lines: []PaymentLine{{"trn_4", Release, cny("30")}}, Amount: cny("30"),
		InstructedOn: day("2026-06-10"), PaidOn: day("2026-06-10"), RecordedBy: "per_second", RecordedOn: day("2026-11-02"),
		Refunded: money.Zero(money.CNY), Opening: &OpeningSource{File: "awards.csv", Row: 2}}
	if diff := cmp.Diff(want, o.Payments[0], exact()); diff != "" {
		t.Errorf("payment (-want +got)\n%s", diff)
	}
	none := money.Zero(money.CNY)
	if want := (Totals{cny("100"), cny("80"), none, cny("80"), none}); o.Totals != want {
		t.Errorf("totals = %v, want %v", o.Totals, want)
	}
}

func TestOpenRejected(t *testing.T) {
	// Accepted, paid, then taken back: the milestone is not met, the money stays.
	o := open(t, fact("M1", HistoryDelivered, "2026-05-20"), fact("M1", HistoryAccepted, "2026-06-10"), fact("M1", HistoryRejected, "2026-07-01"))
	m, tr := o.Milestones[0], o.Tranches[1]
	if m.Outcome() != NotMet || !m.MetOn.IsZero() || m.last().SubmittedOn != day("2026-05-20") || m.Ended() {
		t.Errorf("M1 = %+v", m)
	}
	want := []Reopening{{On: day("2026-07-01"), Was: Met, WasOn: day("2026-06-10")}}
	if diff := cmp.Diff(want, m.last().Reopened, exact()); diff != "" {
		t.Errorf("reopenings (-want +got)\n%s", diff)
	}
	if tr.State != Settled || !tr.Locked || len(o.Payments) != 1 {
		t.Errorf("tranche 2 = %+v", tr)
	}
	// Refused, delivered again, accepted.
	o = open(t, fact("M1", HistoryRejected, "2026-05-20"), fact("M1", HistoryDelivered, "2026-06-10"), fact("M1", HistoryAccepted, "2026-07-01"))
	if m := o.Milestones[0]; m.MetOn != day("2026-06-10") || len(m.last().Reopened) != 1 || o.Tranches[1].SettledOn != day("2026-07-01") {
		t.Errorf("M1 = %+v", m)
	}
	// Two gates that never hold on the same day pay nothing.
	o = open(t, fact("M1", HistoryAccepted, "2026-06-10"), fact("M1", HistoryRejected, "2026-07-01"), fact("M2", HistoryAccepted, "2026-08-01"))
	if got := o.Tranches[2]; got.State != Scheduled || !got.Locked {
		t.Errorf("tranche 3 = %+v", got)
	}
}

func TestOpenTerminated(t *testing.T) {
	events := []HistoryEvent{
		fact("M1", HistoryAccepted, "2026-06-10"), fact("", HistoryTerminated, "2026-06-20"), fact("", HistoryReverted, "2026-07-01"),
		fact("M2", HistoryDelivered, "2026-08-01"), fact("", HistoryTerminated, "2026-08-10"), fact("M1", HistoryRejected, "2026-08-15"),
	}
	o := open(t, events...)
	if o.Award.State != Closed || o.Award.Closing != Terminated || o.Award.ClosedOn != day("2026-08-15") {
		t.Errorf("award = %+v, want closed at its last event", o.Award)
	}
	if m := o.Milestones[0]; m.Outcome() != NotMet || m.Settlement != Terminate || !m.Ended() {
		t.Errorf("M1 = %+v", m)
	}
	if o.Milestones[1].State != Cancelled || o.Tranches[0].State != TrancheCancelled || o.Tranches[1].State != Settled {
		t.Errorf("left open: %s, %s, %s", o.Milestones[1].State, o.Tranches[0].State, o.Tranches[1].State)
	}
	if got := open(t, events[:4]...); got.Award.State != Active || got.Milestones[1].State != MilestoneSubmitted {
		t.Errorf("after the termination was reverted: %s", got.Award.State)
	}
	done := open(t, fact("M1", HistoryRejected, "2026-06-10"), fact("", HistoryCompleted, "2026-09-01"))
	if done.Award.Closing != Completed || done.Milestones[0].Settlement != Accept {
		t.Errorf("completed: %+v", done.Award)
	}
}

func TestOpenPaidTranches(t *testing.T) {
	h := History{Unpaid: []int{2}, Events: []HistoryEvent{
		{Kind: HistoryPaid, Tranche: 1, On: day("2026-02-03")}, fact("M1", HistoryAccepted, "2026-06-10"),
	}}
	o := must[Opened](t)(Open(document(), h, opener()))
	if o.Tranches[0].SettledOn != day("2026-02-03") || o.Tranches[1].State != Scheduled || o.Tranches[1].OpenedOn != day("2026-06-10") {
		t.Errorf("tranches = %+v", o.Tranches)
	}
	h.Events = append(h.Events, HistoryEvent{Kind: HistoryPaid, Tranche: 2, On: day("2026-07-03")})
	o = must[Opened](t)(Open(document(), h, opener()))
	if o.Tranches[1].SettledOn != day("2026-07-03") {
		t.Errorf("tranche 2 = %+v", o.Tranches[1])
	}
	h.Events = append(h.Events, HistoryEvent{Kind: HistoryPaid, Tranche: 3, On: day("2026-07-03")})
	_, err := Open(document(), h, opener())
	wantCode(t, err, fault.Conflict, "opening.notPayable")
}

func TestOpenRefuses(t *testing.T) {
	h := History{Unpaid: []int{9}, Events: []HistoryEvent{
		fact("M1", HistoryAccepted, "2026-10-01"), fact("M9", HistoryAccepted, "2026-09-30"), fact("", "sold", "2026-09-30"),
		{Kind: HistoryPaid, Tranche: 9, On: day("2026-09-30")}, {Kind: HistoryOther},
	}}
	_, err := Open(document(), h, opener())
	wantFields(t, err, "/history/0/on opening.afterGoLive", "/history/1/milestone opening.unknownMilestone", "/history/2/kind field.badValue",
		"/history/3/tranche opening.unknownTranche", "/history/4/on field.required", "/unpaid/0 opening.unknownTranche")
	late := opener()
	late.GoLiveOn = day("2026-01-01")
	_, err = Open(document(), History{}, late)
	wantFields(t, err, "/startOn opening.afterGoLive")
	alone := opener()
	alone.Drafter = alone.Actor.Person
	_, err = Open(document(), History{}, alone)
	wantCode(t, err, fault.Forbidden, "separation.drafterActivates")
}

// Property: whatever happened, an opened award holds the invariants; nothing is
// open in a closed one; a met milestone was submitted by the day it was met.
func TestOpenHolds(t *testing.T) {
	kinds := []HistoryKind{HistoryStarted, HistoryDelivered, HistoryAccepted, HistoryRejected, HistoryOther, HistoryTerminated, HistoryReverted}
	rapid.Check(t, func(t *rapid.T) {
		h := History{}
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			h.Events = append(h.Events, HistoryEvent{
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Milestone: rapid.SampledFrom([]string{"M1", "M2"}).Draw(t, "milestone"),
				On: day("2026-01-01").AddDays(rapid.IntRange(0, 200).Draw(t, "day")),
			})
		}
		o, err := Open(document(), h, opener())
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		holds(t, o.Milestones, o.Tranches, o.Totals, true)
		paid := money.Zero(money.CNY)
		for _, p := range o.Payments {
			paid = must[money.Amount](t)(paid.Add(p.Amount))
		}
		if paid != o.Totals.Paid {
			t.Fatalf("payments %v, totals %v", paid, o.Totals.Paid)
		}
		for _, m := range o.Milestones {
			if o.Award.State == Closed && !m.Ended() {
				t.Fatalf("milestone %s is %s in a closed award", m.Code, m.State)
			}
		}
		for _, tr := range o.Tranches {
			if o.Award.State == Closed && !tr.Ended() {
				t.Fatalf("tranche %d is %s in a closed award", tr.Number, tr.State)
			}
		}
	})
}

// The store keeps no null: lists without omitempty are never nil.
func TestNothingIsNull(t *testing.T) {
	o := open(t, fact("M1", HistoryAccepted, "2026-06-10"), fact("M2", HistoryRejected, "2026-07-01"))
	a, tr := approved(t)
	bare := must[Award](t)(NewDraft("awd_2", Document{Number: "1", Title: o.Award.Document.Title, Programme: "prg_1", Amount: cny("1")}, manager()))
	x, m := ask(t, active(t).Milestones[0], "2026-05-20")
	for _, v := range []any{o, a, tr, bare, x, m, submitted(t, active(t).Milestones[1], "2026-05-04")} {
		if got := text(t, v); strings.Contains(got, "null") {
			t.Errorf("%T holds a null: %s", v, got)
		}
	}
}
