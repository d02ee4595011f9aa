package tracker_test

import (
	"slices"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func platformOf(code string, operator ident.Organisation) portfolio.Platform {
	return portfolio.Platform{Code: code, Kind: portfolio.ProofOfConcept, Names: portfolio.Names{ZH: "平台 " + code}, Operator: operator}
}

func enrolled(in ident.Programme) portfolio.Enrolment {
	return portfolio.Enrolment{Programme: in, Origin: portfolio.SelfInitiated, From: trackertest.Day("2026-01-01")}
}

func platformNow(t *testing.T, o *trackertest.Office, id ident.Platform) portfolio.Platform {
	t.Helper()
	return storedThing[portfolio.Platform](t, o, schema.RootKey(string(id)), schema.TypePlatform)
}

// A platform begins as a candidate in a programme of its creator.
func TestCreatePlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	elsewhere := o.NewProgramme("ELSE", nil, trackertest.Manager2)
	create := func(persona string, p portfolio.Platform, e portfolio.Enrolment) (tracker.Receipt, error) {
		return o.Tracker.CreatePlatform(o.Ctx, o.Call(persona), tracker.NewPlatform{Platform: p, Enrolment: e})
	}
	forged := platformOf("Ｐ-1", o.Payee)
	forged.ID, forged.State, forged.CreatedBy = o.Platform, portfolio.PlatformOperating, o.People[trackertest.Head]
	r, err := create(trackertest.Manager, forged, enrolled(o.Programme))
	expectDone(t, "create", r, err)
	p := platformNow(t, o, ident.Platform(r.Aggregate))
	if p.ID == o.Platform || p.State != portfolio.PlatformCandidate || p.CreatedBy != o.People[trackertest.Manager] {
		t.Errorf("created as %+v", p)
	}
	if names := foundNames(t, o, schema.TypePlatform, schema.NoProgramme); !slices.Contains(names, "Ｐ-1") {
		t.Errorf("found by %q", names)
	}
	for _, test := range []struct {
		name   string
		p      portfolio.Platform
		e      portfolio.Enrolment
		fields []string
	}{
		{"code taken", platformOf("p-1", o.Payee), enrolled(o.Programme), []string{"/platform/code platform.codeTaken"}},
		{"no operator", platformOf("P-2", ""), enrolled(o.Programme), []string{"/platform/operator field.required"}},
		{"unknown operator", platformOf("P-2", "org_01K3ZZZZZZ0000000000000000"), enrolled(o.Programme), []string{"/platform/operator reference.unknown"}},
		{"operator that is a programme", platformOf("P-2", ident.Organisation(o.Programme)), enrolled(o.Programme), []string{"/platform/operator reference.unknown"}},
		{"operator too long", platformOf("P-2", ident.Organisation(strings.Repeat("o", 3000))), enrolled(o.Programme), []string{"/platform/operator field.tooLong"}},
		{"no origin", platformOf("P-2", o.Payee), portfolio.Enrolment{Programme: o.Programme}, []string{"/enrolment/origin field.required", "/enrolment/from field.required"}},
	} {
		_, err := create(trackertest.Manager, test.p, test.e)
		expectInvalid(t, test.name, err, test.fields...)
	}
	for name, in := range map[string]ident.Programme{
		"another's programme": elsewhere, "no programme": "", "unknown programme": "prg_01K3ZZZZZZ0000000000000000", "an organisation": ident.Programme(o.Payee),
	} {
		_, err := create(trackertest.Manager, platformOf("P-3", o.Payee), enrolled(in))
		expectFault(t, name, err, fault.NotFound, "thing.notFound")
	}
	_, err = create(trackertest.Finance, platformOf("P-3", o.Payee), enrolled(o.Programme))
	expectFault(t, "by finance", err, fault.Forbidden, "access.forbidden")
}

// Editing keeps code and state; the platform is found by its new name wherever
// it is enrolled.
func TestEditPlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	second := o.NewProgramme("SECOND", nil, trackertest.Manager)
	r, err := o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Manager), o.Platform, enrolled(second))
	expectDone(t, "enrol", r, err)
	in := platformOf("other code", o.OtherPayee)
	in.Names, in.State = portfolio.Names{ZH: "硅光平台"}, portfolio.PlatformClosed
	r, err = o.Tracker.EditPlatform(o.Ctx, o.Call(trackertest.Manager), o.Platform, in)
	expectDone(t, "edit", r, err)
	if p := platformNow(t, o, o.Platform); p.Code != "PLT-1" || p.State != portfolio.PlatformOperating || p.Operator != o.OtherPayee {
		t.Errorf("edited to %+v", p)
	}
	if got := finds(t, o, trackertest.Manager, tracker.SearchQuery{Text: "光平台"}); !slices.Equal(got, []string{"platform PLT-1"}) {
		t.Errorf("its new name finds %q", got)
	}
	if got := finds(t, o, trackertest.Manager, tracker.SearchQuery{Text: "platform plt-1"}); len(got) != 0 {
		t.Errorf("its old name finds %q", got)
	}
	in.Operator = ""
	_, err = o.Tracker.EditPlatform(o.Ctx, o.Call(trackertest.Manager), o.Platform, in)
	expectInvalid(t, "no operator", err, "/platform/operator field.required")
	_, err = o.Tracker.EditPlatform(o.Ctx, o.Call(trackertest.Operator), o.Platform, in)
	expectFault(t, "by its operator", err, fault.Forbidden, "access.forbidden")
	_, err = o.Tracker.EditPlatform(o.Ctx, o.Call(trackertest.Operator2), o.Platform, in)
	expectFault(t, "by another's operator", err, fault.NotFound, "thing.notFound")
}

// A platform takes the moves of its table, and no others.
func TestMovePlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	r, err := o.Tracker.CreatePlatform(o.Ctx, manager, tracker.NewPlatform{Platform: platformOf("P", o.Payee), Enrolment: enrolled(o.Programme)})
	expectDone(t, "create", r, err)
	id := ident.Platform(r.Aggregate)
	commands := []portfolio.Command{portfolio.CommandApprove, portfolio.CommandOperate, portfolio.CommandSuspend, portfolio.CommandResume,
		portfolio.CommandRectify, portfolio.CommandRectified, portfolio.CommandClose, "reopen"}
	for _, next := range append(commands[:6:6], commands[6]) {
		state := platformNow(t, o, id).State
		for _, c := range commands {
			if slices.Contains(state.Legal(), c) {
				continue
			}
			_, err := o.Tracker.MovePlatform(o.Ctx, manager, id, c, tracker.Reason{Reason: "why"})
			expectFault(t, string(state)+" "+string(c), err, fault.Conflict, "move.illegal")
		}
		r, err := o.Tracker.MovePlatform(o.Ctx, manager, id, next, tracker.Reason{Reason: "because of " + string(next)})
		expectDone(t, string(next), r, err)
		e := journalOf(t, o, r)
		if e.Command != string(next)+"Platform" || !tells(e, "because of "+string(next)) {
			t.Errorf("the journal of %s says %+v", next, e)
		}
		if head := o.HeadNow(string(id)); head.State != string(platformNow(t, o, id).State) {
			t.Errorf("the head says %s after %s", head.State, next)
		}
	}
	if p := platformNow(t, o, id); p.State != portfolio.PlatformClosed || p.StateChanged != o.Today() {
		t.Errorf("ends as %+v", p)
	}
}

// A suspended platform refuses activation, approval and payment; deciding goes
// on. One under rectification refuses activation alone.
func TestSuspendedPlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(
		[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "10", "M1"), trackertest.Tranche(2, "2026-04-01", "20", "M1")})
	o.Meet(a.M("M1"))
	o.Request(a.Tr(1))
	o.Request(a.Tr(2))
	o.Approve(a.Tr(2))
	draft := o.Draft(o.Document(oneDue("2026-06-01")))
	manager, manager2 := o.Call(trackertest.Manager), o.Call(trackertest.Manager2)
	r, err := o.Tracker.SubmitAward(o.Ctx, manager, draft)
	expectDone(t, "submit", r, err)
	move := func(command portfolio.Command) {
		t.Helper()
		r, err := o.Tracker.MovePlatform(o.Ctx, manager, o.Platform, command, tracker.Reason{Reason: "audit"})
		expectDone(t, string(command), r, err)
	}
	approve := func() error {
		_, err := o.Tracker.ApproveTranche(o.Ctx, manager2, a.Tr(1), tracker.Approval{Paper: trackertest.Paper()})
		return err
	}
	activate := func() error {
		_, err := o.Tracker.ActivateAward(o.Ctx, manager2, draft, tracker.Activation{Paper: trackertest.Paper()})
		return err
	}
	move(portfolio.CommandSuspend)
	expectFault(t, "approve", approve(), fault.Conflict, "platform.notReleasing")
	expectFault(t, "activate", activate(), fault.Conflict, "platform.notOperating")
	_, err = o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, award.Instruction{
		Lines: []award.PaymentLine{{Tranche: a.Tranches[2], Amount: money.MustParse("20")}}, Payee: o.Payee, PayerAccount: "treasury", Reference: "x"})
	expectFault(t, "instruct", err, fault.Conflict, "platform.notReleasing")
	o.Meet(a.M("M2"))
	if got := o.TrancheNow(a.Tr(1)); got.State != award.Requested {
		t.Errorf("tranche 1 is %s after the refusal, want requested", got.State)
	}
	move(portfolio.CommandResume)
	move(portfolio.CommandRectify)
	expectFault(t, "activate under rectification", activate(), fault.Conflict, "platform.notOperating")
	o.Approve(a.Tr(1))
	move(portfolio.CommandClose)
	_, err = o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, award.Instruction{
		Lines: []award.PaymentLine{{Tranche: a.Tranches[2], Amount: money.MustParse("20")}}, Payee: o.Payee, PayerAccount: "treasury", Reference: "x"})
	expectFault(t, "instruct on a closed platform", err, fault.Conflict, "platform.notReleasing")
}

// A platform is enrolled in any number of programmes, by each one's manager;
// enrolling again changes the terms.
func TestEnrolPlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	second := o.NewProgramme("SECOND", nil, trackertest.Manager2)
	enrol := func(persona string, e portfolio.Enrolment) (tracker.Receipt, error) {
		return o.Tracker.EnrolPlatform(o.Ctx, o.Call(persona), o.Platform, e)
	}
	r, err := enrol(trackertest.Manager2, enrolled(second))
	expectDone(t, "enrol", r, err)
	again := enrolled(second)
	again.Origin, again.To = portfolio.Commissioned, trackertest.Day("2027-12-31")
	ceiling := money.MustParse("30000000")
	again.Ceiling = &ceiling
	r, err = enrol(trackertest.Manager2, again)
	expectDone(t, "enrol again", r, err)
	key := schema.EnrolmentKey(o.Platform, second)
	if e := storedThing[portfolio.Enrolment](t, o, key, schema.TypeEnrolment); e.Origin != portfolio.Commissioned || *e.Ceiling != ceiling || storedVersion(t, o, key) != 2 {
		t.Errorf("enrolled as %+v", e)
	}
	for text, want := range map[string]int{"PLT-1": 1, "PLT-2": 0} {
		if got := finds(t, o, trackertest.Manager2, tracker.SearchQuery{Text: text, Programme: second}); len(got) != want {
			t.Errorf("%s finds %q in the second programme", text, got)
		}
	}
	_, err = enrol(trackertest.Manager, enrolled(second))
	expectFault(t, "by who does not see the second programme", err, fault.NotFound, "thing.notFound")
	_, err = enrol(trackertest.Operator, enrolled(second))
	expectFault(t, "by its operator", err, fault.Forbidden, "access.forbidden")
	for name, in := range map[string]ident.Programme{"no programme": "", "unknown programme": "prg_01K3ZZZZZZ0000000000000000"} {
		_, err = enrol(trackertest.Stranger, enrolled(in))
		expectFault(t, name, err, fault.NotFound, "thing.notFound")
	}
	backwards := enrolled(second)
	backwards.To = trackertest.Day("2025-12-31")
	_, err = enrol(trackertest.Manager2, backwards)
	expectInvalid(t, "ends before it begins", err, "/to date.before")
	_, err = o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Manager2), "plt_01K3ZZZZZZ0000000000000000", enrolled(second))
	expectFault(t, "a platform that is not there", err, fault.NotFound, "thing.notFound")
}
