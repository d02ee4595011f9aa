package tracker_test

import (
	"context"
	"slices"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func extensionNow(t *testing.T, o *trackertest.Office, ref tracker.ExtensionRef) award.Extension {
	t.Helper()
	return storedThing[award.Extension](t, o, schema.ExtensionKey(ref.Award, ref.Extension), schema.TypeExtension)
}

func later(dueOn string, evidence ...ident.Evidence) award.ExtensionRequest {
	return award.ExtensionRequest{Cause: award.CausePartner, Reason: "the partner is late", AskedDueOn: trackertest.Day(dueOn), Evidence: evidence}
}

func askExtension(o *trackertest.Office, persona string, ref tracker.MilestoneRef, in award.ExtensionRequest) error {
	_, err := o.Tracker.AskExtension(o.Ctx, o.Call(persona), ref, in)
	return err
}

// A request by the due date stops the clock; refused, its days are given back.
func TestExtensionStopsTheClock(t *testing.T) {
	o := trackertest.New(t, nil, trackertest.On("2026-05-27"))
	a := o.ActiveAward(oneDue("2026-06-01"))
	ref := a.M("M1")
	open := o.HeadNow(string(a.ID)).Open
	o.Clock.Set(trackertest.Day("2026-05-28"))
	x := o.Ask(ref, "2026-08-01")
	paused := o.MilestoneNow(ref)
	if got := paused.Watch.Current; !got.Paused || !got.NextOn.IsZero() || paused.Extension != x.Extension || !extensionNow(t, o, x).StopsClock {
		t.Errorf("asked: %+v of %+v", got, paused)
	}
	if got := o.HeadNow(string(a.ID)).Open; got != open+1 {
		t.Errorf("%d open things, want %d", got, open+1)
	}
	expectFault(t, "a second request", askExtension(o, trackertest.Operator, ref, later("2026-09-01")), fault.Conflict, "extension.undecided")

	o.Clock.Set(trackertest.Day("2026-06-10"))
	refuse := func(persona string, reason string) (tracker.Receipt, error) {
		return o.Tracker.RefuseExtension(o.Ctx, o.Call(persona), x, tracker.ExtensionRefusal{Reason: reason, Paper: trackertest.Paper()})
	}
	_, err := refuse(trackertest.Manager, "")
	expectInvalid(t, "refuse without reason", err, "/reason field.required")
	_, err = refuse(trackertest.Operator, "x")
	expectFault(t, "refuse by the operator", err, fault.Forbidden, "access.forbidden")
	r, err := refuse(trackertest.Manager, "no need")
	expectDone(t, "refuse", r, err)
	if e := journalOf(t, o, r); !tells(e, "no need") || !tells(e, trackertest.Paper().Number) {
		t.Error("the journal does not tell why it was refused, or on which paper")
	}
	// Four days were left on 2026-05-28, so four are left on 2026-06-10.
	m := o.MilestoneNow(ref)
	if got := m.Watch.Current; got.Paused || got.EffectiveOn.String() != "2026-06-14" || m.DueOn.String() != "2026-06-01" || got.Overdue(o.Today()) {
		t.Errorf("refused: due %s, %+v; want not late before 2026-06-14", m.DueOn, got)
	}
	if got := o.HeadNow(string(a.ID)).Open; got != open {
		t.Errorf("%d open things, want %d", got, open)
	}
	_, err = refuse(trackertest.Manager, "again")
	expectFault(t, "refuse twice", err, fault.Conflict, "move.illegal")

	// Later requests do not stop the clock.
	o.Clock.Set(trackertest.Day("2026-06-11"))
	evidence := o.Upload(ref, "letter")
	if err := askExtension(o, trackertest.Operator, ref, later("2026-08-01", evidence.Evidence)); err != nil {
		t.Fatal(err)
	}
	if got := o.MilestoneNow(ref).Watch.Current; got.Paused || got.EffectiveOn.String() != "2026-06-14" {
		t.Errorf("the second request stopped the clock: %+v", got)
	}
}

// A grant moves the due date, at most to what was asked, and the date for
// rework with it.
func TestGrantExtension(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	ref := a.M("M1")
	grant := func(x tracker.ExtensionRef, persona string, in tracker.ExtensionGrant) (tracker.Receipt, error) {
		return o.Tracker.GrantExtension(o.Ctx, o.Call(persona), x, in)
	}
	x := o.Ask(ref, "2026-07-01")
	for _, test := range []struct {
		name   string
		in     tracker.ExtensionGrant
		fields []string
	}{
		{"more than asked", tracker.ExtensionGrant{NewDueOn: trackertest.Day("2026-07-02")}, []string{"/newDueOn extension.moreThanAsked"}},
		{"not later", tracker.ExtensionGrant{NewDueOn: trackertest.Day("2026-06-01")}, []string{"/newDueOn extension.notLater"}},
		{"less, without reason", tracker.ExtensionGrant{NewDueOn: trackertest.Day("2026-06-15")}, []string{"/reason field.required"}},
		{"a paper of tomorrow", tracker.ExtensionGrant{Paper: &award.DecisionPaper{Number: "1", DecidedOn: o.Today().AddDays(1)}}, []string{"/paper/decidedOn date.inFuture"}},
	} {
		_, err := grant(x, trackertest.Manager, test.in)
		expectInvalid(t, test.name, err, test.fields...)
	}
	r, err := grant(x, trackertest.Manager, tracker.ExtensionGrant{NewDueOn: trackertest.Day("2026-06-15"), Reason: "half is enough", Paper: trackertest.Paper()})
	expectDone(t, "grant", r, err)
	m := o.MilestoneNow(ref)
	if m.DueOn.String() != "2026-06-15" || m.BaselineOn.String() != "2026-06-01" || m.Granted != 1 || m.GrantedDays != 14 || m.Watch.Current.EffectiveOn != m.DueOn {
		t.Errorf("granted: %+v", m)
	}
	if e := journalOf(t, o, r); !tells(e, "half is enough") || !tells(e, trackertest.Paper().Number) {
		t.Error("the journal does not tell why less was granted, or on which paper")
	}

	o.Submit(ref)
	expectFault(t, "ask after submission", askExtension(o, trackertest.Operator, ref, later("2026-09-01")), fault.Conflict, "extension.afterSubmission")
	o.SendBack(ref, "2026-06-20")
	x = o.Ask(ref, "2026-08-01")
	r, err = grant(x, trackertest.Manager, tracker.ExtensionGrant{})
	expectDone(t, "grant after a return", r, err)
	m = o.MilestoneNow(ref)
	if got := m.Watch.Current; m.DueOn.String() != "2026-08-01" || m.ReworkDueOn.String() != "2026-08-01" || got.Kind != attention.Rework || got.DueOn.String() != "2026-08-01" {
		t.Errorf("granted after a return: due %s, rework due %s, %+v", m.DueOn, m.ReworkDueOn, got)
	}
	o.Meet(ref)
	expectFault(t, "ask once decided", askExtension(o, trackertest.Operator, ref, later("2026-09-01")), fault.Conflict, "move.illegal")
}

// What a programme allows bounds what is asked; a late request needs evidence.
func TestExtensionLimits(t *testing.T) {
	o := trackertest.New(t, nil)
	in := termsOf(programmeNow(t, o, o.Programme))
	in.Extensions = portfolio.ExtensionLimits{Count: 2, TotalDays: 60, DaysBeforeDue: 0}
	r, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager), o.Programme, in)
	expectDone(t, "edit", r, err)
	o.Agree()
	a := o.ActiveAward(oneDue("2026-06-01"))
	ref := a.M("M1")
	ask := func(in award.ExtensionRequest) error { return askExtension(o, trackertest.Operator, ref, in) }
	expectInvalid(t, "too long", ask(later("2026-08-01")), "/askedDueOn extension.tooLong")
	expectInvalid(t, "not later", ask(later("2026-06-01")), "/askedDueOn extension.notLater")
	expectInvalid(t, "nothing said", ask(award.ExtensionRequest{}), "/cause field.required", "/reason field.required", "/askedDueOn field.required")
	expectInvalid(t, "evidence that is none", ask(later("2026-07-01", "x", "evd_01K3ZZZZZZ0000000000000000")), "/evidence/0 evidence.unknown", "/evidence/1 evidence.unknown")
	expectFault(t, "by an auditor", askExtension(o, trackertest.Auditor, ref, later("2026-07-01")), fault.Forbidden, "access.forbidden")
	expectFault(t, "by another's operator", askExtension(o, trackertest.Operator2, ref, later("2026-07-01")), fault.NotFound, "thing.notFound")
	grant := func(dueOn string) {
		t.Helper()
		x := o.Ask(ref, dueOn)
		r, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{})
		expectDone(t, "grant", r, err)
	}
	grant("2026-07-01")
	expectInvalid(t, "more than is left", ask(later("2026-08-01")), "/askedDueOn extension.tooLong")
	o.Clock.Set(trackertest.Day("2026-07-02"))
	expectInvalid(t, "late without evidence", ask(later("2026-07-15")), "/evidence extension.evidenceRequired")
	late := o.Upload(ref, "letter")
	if err := ask(later("2026-07-15", late.Evidence)); err != nil {
		t.Fatal(err)
	}
	x := tracker.ExtensionRef{Award: a.ID, Extension: o.MilestoneNow(ref).Extension}
	if got := o.MilestoneNow(ref); extensionNow(t, o, x).StopsClock || got.Watch.Current.Paused || !got.Watch.Current.Overdue(o.Today()) {
		t.Errorf("asked late: %+v", got.Watch.Current)
	}
	r, err = o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager2), x, tracker.ExtensionGrant{})
	expectDone(t, "grant late", r, err)
	if got := eventsOf(t, o, r); !slices.Contains(got, "obligation.cleared") {
		t.Errorf("a moved date cleared nothing: %q", got)
	}
	expectFault(t, "a third", ask(later("2026-07-20")), fault.Conflict, "extension.tooMany")
}

// Submitting lapses an open request; anybody of the organisation that asked
// may withdraw it, and nobody else.
func TestExtensionLapsesAndIsWithdrawn(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	ref := a.M("M1")
	open := o.HeadNow(string(a.ID)).Open
	x := o.Ask(ref, "2026-07-01")
	r := o.Submit(ref)
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"extension.lapsed", "milestone.submitted"}) {
		t.Errorf("events %q", got)
	}
	if got := extensionNow(t, o, x); got.State != award.ExtensionLapsed || got.Watch.Current != nil || got.DecidedOn != o.Today() {
		t.Errorf("lapsed to %+v", got)
	}
	if got := o.MilestoneNow(ref); got.Extension != "" || got.ClockPaused || o.HeadNow(string(a.ID)).Open != open {
		t.Errorf("submitted: %+v", got)
	}
	_, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{})
	expectFault(t, "grant what lapsed", err, fault.Conflict, "move.illegal")

	o.SendBack(ref, "2026-06-20")
	x = o.Ask(ref, "2026-07-01", trackertest.Operator)
	withdraw := func(persona string) error {
		_, err := o.Tracker.WithdrawExtension(o.Ctx, o.Call(persona), x)
		return err
	}
	o.Person("visitor", o.OtherPayee)
	o.Grant("visitor", portfolio.PlatformOperator, string(o.Platform))
	expectFault(t, "withdraw by another organisation", withdraw("visitor"), fault.Forbidden, "extension.withdrawByOthers")
	expectFault(t, "withdraw by a manager", withdraw(trackertest.Manager), fault.Forbidden, "access.forbidden")
	if err := withdraw(trackertest.Lead); err != nil {
		t.Errorf("withdraw by a colleague: %v", err)
	}
	if got := extensionNow(t, o, x); got.State != award.ExtensionWithdrawn || got.DecidedBy != o.People[trackertest.Lead] {
		t.Errorf("withdrawn to %+v", got)
	}
	_, err = o.Tracker.WithdrawExtension(o.Ctx, o.Call(trackertest.Operator), tracker.ExtensionRef{Award: a.ID, Extension: "ext_01K3ZZZZZZ0000000000000000"})
	expectFault(t, "withdraw what is not there", err, fault.NotFound, "thing.notFound")
}

// The payee's side never decides what it asked for.
func TestExtensionSeparation(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	o.Grant(trackertest.Manager, portfolio.PlatformOperator, string(o.Platform))
	x := o.Ask(a.M("M1"), "2026-07-01", trackertest.Manager)
	_, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{})
	expectFault(t, "granted by who asked", err, fault.Forbidden, "separation.requesterDecides")
	o.Person("insider", o.Payee)
	o.Grant("insider", portfolio.ProgrammeManager, string(o.Programme))
	_, err = o.Tracker.RefuseExtension(o.Ctx, o.Call("insider"), x, tracker.ExtensionRefusal{Reason: "x"})
	expectFault(t, "refused by the payee's", err, fault.Forbidden, "separation.payeeDecides")
}

// between does something once, after the first look in which a key was read.
type between struct {
	store.Store
	key  store.Key
	then func()
}

// Get reads, and then lets the world move on.
func (b *between) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	items, err := b.Store.Get(ctx, keys...)
	if then := b.then; then != nil && slices.Contains(keys, b.key) {
		b.then = nil
		then()
	}
	return items, err
}

// An extension that ends between the look at it and the look at its milestone
// is a lost race, not a fault of the program.
func TestExtensionEndsBetweenTwoLooks(t *testing.T) {
	torn := &between{Store: trackertest.Memory(t)}
	o := trackertest.New(t, torn)
	a := o.ActiveAward(oneDue("2026-06-01"))
	ref := a.M("M1")
	x := o.Ask(ref, "2026-12-01")
	torn.key = schema.ExtensionKey(x.Award, x.Extension)
	torn.then = func() {
		if _, err := o.Tracker.WithdrawExtension(o.Ctx, o.Call(trackertest.Operator), x); err != nil {
			t.Error(err)
		}
	}
	if _, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{}); fault.CodeOf(err) != "move.illegal" {
		t.Errorf("granting what was withdrawn meanwhile = %v, want move.illegal", err)
	}
}
