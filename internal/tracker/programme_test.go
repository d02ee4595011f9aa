package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func programmeNow(t *testing.T, o *trackertest.Office, id ident.Programme) portfolio.Programme {
	t.Helper()
	return storedThing[portfolio.Programme](t, o, schema.RootKey(string(id)), schema.TypeProgramme)
}

func termsOf(p portfolio.Programme) tracker.ProgrammeTerms {
	return tracker.ProgrammeTerms{Names: p.Names, FoundingDocument: p.FoundingDocument, GoLiveOn: p.GoLiveOn, AttentionFrom: p.AttentionFrom,
		SeparationAbove: p.SeparationAbove, Extensions: p.Extensions, RollRestDays: p.RollRestDays}
}

// A programme is created by an administrator, with every default ladder.
func TestCreateProgramme(t *testing.T) {
	o := trackertest.New(t, nil)
	admin := o.Call(trackertest.Administrator)
	r, err := o.Tracker.CreateProgramme(o.Ctx, admin, tracker.NewProgramme{Code: "Ｆ-2026", Names: portfolio.Names{ZH: "未来产业"}})
	expectDone(t, "create", r, err)
	id := ident.Programme(r.Aggregate)
	p := programmeNow(t, o, id)
	if p.State != portfolio.ProgrammeOpen || p.GoLiveOn != o.Today() || p.AttentionFrom != o.Today() || p.CreatedBy != o.People[trackertest.Administrator] {
		t.Errorf("created as %+v", p)
	}
	for _, want := range attention.DefaultLadders() {
		if p.Ladders[string(want.Kind)] != 1 {
			t.Errorf("ladder of %s is version %d, want 1", want.Kind, p.Ladders[string(want.Kind)])
		}
		got := storedThing[attention.Ladder](t, o, schema.LadderKey(id, string(want.Kind), 1), schema.TypeLadder)
		if !slices.Equal(got.Rungs, want.Rungs) || got.AllowedDays != want.AllowedDays {
			t.Errorf("ladder of %s = %+v, want %+v", want.Kind, got, want)
		}
	}
	if names := foundNames(t, o, schema.TypeProgramme, schema.NoProgramme); !slices.Contains(names, "Ｆ-2026") {
		t.Errorf("found by %q", names)
	}
	for _, code := range []string{"Ｆ-2026", "f-2026", "F-２０２６", "  F-2026 "} {
		_, err := o.Tracker.CreateProgramme(o.Ctx, admin, tracker.NewProgramme{Code: code, Names: portfolio.Names{EN: "Other"}})
		expectInvalid(t, "code "+code, err, "/code programme.codeTaken")
	}
	_, err = o.Tracker.CreateProgramme(o.Ctx, admin, tracker.NewProgramme{})
	expectInvalid(t, "nothing said", err, "/code field.required", "/names field.required")
	for _, persona := range []string{trackertest.Manager, trackertest.Auditor, trackertest.Stranger} {
		_, err = o.Tracker.CreateProgramme(o.Ctx, o.Call(persona), tracker.NewProgramme{Code: "X", Names: portfolio.Names{EN: "X"}})
		expectFault(t, "by "+persona, err, fault.Forbidden, "access.forbidden")
	}
}

// A programme's managers say its names at once; what is wrong is told with
// pointers.
func TestEditProgramme(t *testing.T) {
	o := trackertest.New(t, nil)
	in := termsOf(programmeNow(t, o, o.Programme))
	in.FoundingDocument, in.Names = "沪科规〔2025〕3号", portfolio.Names{ZH: "概念验证"}
	r, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager), o.Programme, in)
	expectDone(t, "edit", r, err)
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"programme.edited"}) {
		t.Errorf("events %q", got)
	}
	p := programmeNow(t, o, o.Programme)
	if p.FoundingDocument != in.FoundingDocument || p.Names != in.Names || p.Code != "POC" || p.Pending != nil {
		t.Errorf("edited to %+v", p)
	}
	in.SeparationAbove = []money.Amount{money.MustParse("-1"), money.MustParse("5"), money.MustParse("5")}
	in.Extensions.Count, in.Names = -1, portfolio.Names{}
	_, err = o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager), o.Programme, in)
	expectInvalid(t, "wrong terms", err, "/names field.required", "/separationAbove/0/amount amount.negative",
		"/separationAbove/1/currency field.notUnique", "/separationAbove/2/currency field.notUnique", "/extensions/count field.outOfRange")
	for persona, kind := range map[string]fault.Kind{
		trackertest.Finance: fault.Forbidden, trackertest.Auditor: fault.Forbidden, trackertest.Administrator: fault.Forbidden,
		trackertest.Lead: fault.NotFound, trackertest.Stranger: fault.NotFound,
	} {
		_, err = o.Tracker.EditProgramme(o.Ctx, o.Call(persona), o.Programme, termsOf(p))
		if fault.KindOf(err) != kind {
			t.Errorf("by %s: %v, want %s", persona, err, kind)
		}
	}
}

// oneDue is a document's one milestone and the tranche it gates.
func oneDue(dueOn string) ([]award.MilestoneDraft, []award.TrancheDraft) {
	return []award.MilestoneDraft{trackertest.Milestone("M1", dueOn)}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "100", "M1")}
}

// Rolling rest days gives every ladder a version; what is open keeps its own.
func TestRollRestDays(t *testing.T) {
	o := trackertest.New(t, nil)
	const sunday, monday = "2026-06-07", "2026-06-08"
	before := o.ActiveAward(oneDue(sunday))
	in := termsOf(programmeNow(t, o, o.Programme))
	in.RollRestDays = true
	r, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager), o.Programme, in)
	expectDone(t, "edit", r, err)
	r = o.Agree()
	if r.Counts["ladder.set"] != len(attention.Kinds()) || r.Counts["programme.changeConfirmed"] != 1 {
		t.Errorf("events %v", r.Counts)
	}
	for _, k := range attention.Kinds() {
		l := storedThing[attention.Ladder](t, o, schema.LadderKey(o.Programme, string(k), 2), schema.TypeLadder)
		if !l.RollRestDays || l.Version != 2 {
			t.Errorf("ladder of %s = %+v", k, l)
		}
	}
	after := o.ActiveAward(oneDue(sunday))
	started, err := o.Tracker.StartMilestone(o.Ctx, o.Call(trackertest.Operator), before.M("M1"))
	expectDone(t, "start", started, err)
	for _, test := range []struct {
		ref     tracker.MilestoneRef
		ladder  int
		dueOn   string
		flagged string
	}{{before.M("M1"), 1, sunday, "opened before"}, {after.M("M1"), 2, monday, "opened after"}} {
		got := o.MilestoneNow(test.ref).Watch.Current
		if got.Ladder != test.ladder || got.EffectiveOn.String() != test.dueOn || got.DueOn.String() != sunday {
			t.Errorf("%s: ladder %d, due %s, effective %s; want ladder %d, effective %s", test.flagged, got.Ladder, got.DueOn, got.EffectiveOn, test.ladder, test.dueOn)
		}
	}
	if got := programmeNow(t, o, o.Programme); got.Ladders["deliver"] != 2 {
		t.Errorf("ladders %v", got.Ladders)
	}
}

// A new ladder is followed by what opens from now on.
func TestSetLadder(t *testing.T) {
	o := trackertest.New(t, nil)
	before := o.ActiveAward(oneDue("2026-09-01"))
	l := attention.Ladder{Kind: attention.Deliver, Version: 99, RollRestDays: true, Rungs: []attention.Rung{
		{ID: "late", Offset: 2, Unit: attention.CalendarDays, Level: attention.ToOwner, Asks: attention.AskOverdue}}}
	manager := o.Call(trackertest.Manager)
	r, err := o.Tracker.SetLadder(o.Ctx, manager, o.Programme, l, because)
	expectDone(t, "set", r, err)
	if got := programmeNow(t, o, o.Programme).Ladders["deliver"]; got != 1 {
		t.Errorf("version %d is in force before it is confirmed", got)
	}
	r = o.Agree()
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"ladder.set", "programme.changeConfirmed"}) {
		t.Errorf("confirmed by %q", got)
	}
	stored := storedThing[attention.Ladder](t, o, schema.LadderKey(o.Programme, "deliver", 2), schema.TypeLadder)
	if stored.Version != 2 || stored.RollRestDays || len(stored.Rungs) != 1 {
		t.Errorf("stored %+v, want version 2 that rolls as the programme does", stored)
	}
	after := o.ActiveAward(oneDue("2026-09-01"))
	old, young := o.MilestoneNow(before.M("M1")).Watch.Current, o.MilestoneNow(after.M("M1")).Watch.Current
	if old.Ladder != 1 || old.NextOn.String() != "2026-08-02" {
		t.Errorf("what was open follows ladder %d, next on %s; want 1, 2026-08-02", old.Ladder, old.NextOn)
	}
	if young.Ladder != 2 || young.NextOn.String() != "2026-09-03" {
		t.Errorf("what opened since follows ladder %d, next on %s; want 2, 2026-09-03", young.Ladder, young.NextOn)
	}
	o.Submit(before.M("M1"))
	o.SendBack(before.M("M1"), "2026-10-01")
	if rework := o.MilestoneNow(before.M("M1")).Watch.Current; rework.Kind != attention.Rework || rework.Ladder != 1 {
		t.Errorf("rework follows %s ladder %d, want the one of its kind, 1", rework.Kind, rework.Ladder)
	}

	l.Rungs = nil
	_, err = o.Tracker.SetLadder(o.Ctx, manager, o.Programme, l, because)
	expectInvalid(t, "no rungs", err, "/rungs ladder.rungs.noneOverdue")
	l.Kind = "nap"
	_, err = o.Tracker.SetLadder(o.Ctx, manager, o.Programme, l, because)
	expectFault(t, "unknown kind", err, fault.NotFound, "thing.notFound")
	_, err = o.Tracker.SetLadder(o.Ctx, o.Call(trackertest.Finance), o.Programme, stored, because)
	expectFault(t, "by finance", err, fault.Forbidden, "access.forbidden")
	_, err = o.Tracker.SetLadder(o.Ctx, o.Call(trackertest.Stranger), o.Programme, stored, because)
	expectFault(t, "by a stranger", err, fault.NotFound, "thing.notFound")
}

// A suspended programme refuses activation, approval and payment; deciding
// goes on, and so does what is on its way to the bank.
func TestSuspendedProgramme(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(
		[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-01"), trackertest.Milestone("M3", "2026-06-01"), trackertest.Milestone("M4", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "10", "M1"), trackertest.Tranche(2, "2026-04-01", "20", "M2"), trackertest.Tranche(3, "2026-04-01", "30", "M3")})
	for _, code := range []string{"M1", "M2", "M3"} {
		o.Meet(a.M(code))
	}
	for n := range 3 {
		o.Request(a.Tr(n + 1))
	}
	o.Approve(a.Tr(1))
	o.Approve(a.Tr(2))
	onItsWay := o.Instruct(a.Tr(1))
	draft := o.Draft(o.Document(oneDue("2026-06-01")))
	r, err := o.Tracker.SubmitAward(o.Ctx, o.Call(trackertest.Manager), draft)
	expectDone(t, "submit", r, err)

	manager, manager2 := o.Call(trackertest.Manager), o.Call(trackertest.Manager2)
	_, err = o.Tracker.SuspendProgramme(o.Ctx, manager, o.Programme, tracker.Reason{})
	expectInvalid(t, "without reason", err, "/reason field.required")
	r, err = o.Tracker.SuspendProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "budget frozen"})
	expectDone(t, "suspend", r, err)
	if !tells(journalOf(t, o, r), "budget frozen") {
		t.Error("the journal does not tell the reason")
	}
	_, err = o.Tracker.SuspendProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "again"})
	expectFault(t, "suspend twice", err, fault.Conflict, "move.illegal")

	_, err = o.Tracker.ActivateAward(o.Ctx, manager2, draft, tracker.Activation{Paper: trackertest.Paper()})
	expectFault(t, "activate", err, fault.Conflict, "programme.notOpen")
	_, err = o.Tracker.ApproveTranche(o.Ctx, manager2, a.Tr(3), tracker.Approval{Paper: trackertest.Paper()})
	expectFault(t, "approve", err, fault.Conflict, "programme.notOpen")
	_, err = o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, award.Instruction{
		Lines: []award.PaymentLine{{Tranche: a.Tranches[2], Amount: money.MustParse("20")}}, Payee: o.Payee, PayerAccount: "treasury", Reference: "x"})
	expectFault(t, "instruct", err, fault.Conflict, "programme.notOpen")
	o.MarkPaid(onItsWay)
	o.Meet(a.M("M4"))

	r, err = o.Tracker.ResumeProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "budget there"})
	expectDone(t, "resume", r, err)
	o.Approve(a.Tr(3))
	o.Instruct(a.Tr(2))
	_, err = o.Tracker.CloseProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "over"})
	expectFault(t, "close while open", err, fault.Conflict, "move.illegal")
	r, err = o.Tracker.SuspendProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "ends"})
	expectDone(t, "suspend", r, err)
	r, err = o.Tracker.CloseProgramme(o.Ctx, manager, o.Programme, tracker.Reason{Reason: "over"})
	expectDone(t, "close", r, err)
	if p := programmeNow(t, o, o.Programme); p.State != portfolio.ProgrammeClosed || p.StateReason != "over" || o.HeadNow(string(o.Programme)).State != "closed" {
		t.Errorf("closed as %+v", p)
	}
	_, err = o.Tracker.ActivateAward(o.Ctx, manager2, draft, tracker.Activation{Paper: trackertest.Paper()})
	expectFault(t, "activate in a closed programme", err, fault.Conflict, "programme.notOpen")
}
