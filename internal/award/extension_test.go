package award

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// ask asks for M1, due 2026-06-01, to be due on 2026-07-01.
func ask(t failer, m Milestone, on string) (Extension, Milestone) {
	t.Helper()
	r := ExtensionRequest{ID: "ext_1", Cause: CausePartner, Reason: "parts are late", AskedDueOn: day("2026-07-01"), Evidence: []ident.Evidence{"evd_1"}}
	x, m, err := AskExtension(operator(), r, m, confirmed(m, "evd_1"), noLimit(), day(on))
	if err != nil {
		t.Fatalf("AskExtension: %v", err)
	}
	return x, m
}

func TestExtensionGranted(t *testing.T) {
	m := active(t).Milestones[0]
	x, asked := ask(t, m, "2026-05-20")
	if need := asked.Need(portfolio.ProjectLead, "", ""); !need.Paused || asked.Extension != "ext_1" {
		t.Errorf("while undecided: %+v", need)
	}
	want := attention.Need{Kind: attention.DecideExtension, Role: portfolio.ProgrammeManager, Person: "per_f", Except: []ident.Person{x.RequestedBy}, OpenedOn: day("2026-05-20")}
	if diff := cmp.Diff(&want, x.Need("per_f"), cmpopts.EquateComparable(civil.Date{})); diff != "" {
		t.Errorf("Need (-want +got):\n%s", diff)
	}
	x2, after, err := x.Grant(manager(), payee, Granting{NewDueOn: day("2026-06-20"), Reason: "half"}, asked, day("2026-05-25"))
	if err != nil || x2.State != ExtensionGranted || x2.Need("") != nil {
		t.Fatalf("Grant = %+v, %v", x2, err)
	}
	need := after.Need(portfolio.ProjectLead, "", "")
	if after.DueOn != day("2026-06-20") || after.BaselineOn != m.DueOn || after.Granted != 1 || after.GrantedDays != 19 || need.Paused || !need.NotLate.IsZero() {
		t.Errorf("milestone = %+v", after)
	}
	_, _, err = x2.Refuse(manager(), payee, "no", nil, after, day("2026-05-26"))
	wantCode(t, err, fault.Conflict, "move.illegal")
}

func TestGrantRaisesRework(t *testing.T) {
	in := submitted(t, active(t).Milestones[0], "2026-05-04")
	back := must[Milestone](t)(in.Return(manager(), payee, Return{Reasons: because("thin"), ReworkDueOn: day("2026-06-10")}, calendar(t), day("2026-05-06")))
	x, asked := ask(t, back, "2026-06-05") // after the due date, before the date for rework
	if !asked.ClockPaused {
		t.Errorf("asked by the date for rework, the clock goes on")
	}
	_, after, err := x.Grant(manager(), payee, Granting{}, asked, day("2026-06-08"))
	if err != nil || after.DueOn != day("2026-07-01") || after.ReworkDueOn != day("2026-07-01") || after.Due() != day("2026-07-01") {
		t.Errorf("after the grant: due %v, rework by %v, %v", after.DueOn, after.ReworkDueOn, err)
	}
}

func TestExtensionEndsWithoutGrant(t *testing.T) {
	m := active(t).Milestones[0] // due 2026-06-01
	refuse := func(x Extension, m Milestone, on civil.Date) (Extension, Milestone, error) {
		return x.Refuse(manager(), payee, "no", paper(), m, on)
	}
	withdraw := func(x Extension, m Milestone, on civil.Date) (Extension, Milestone, error) {
		return x.Withdraw(colleague(), m, on)
	}
	for _, c := range []struct {
		name, asked, ended string
		end                func(Extension, Milestone, civil.Date) (Extension, Milestone, error)
		state              ExtensionState
		notLate            string
	}{
		{"refused after the due date", "2026-05-25", "2026-06-10", refuse, ExtensionRefused, "2026-06-17"},
		{"withdrawn after the due date", "2026-05-25", "2026-06-10", withdraw, ExtensionWithdrawn, "2026-06-17"},
		{"refused the same day", "2026-05-25", "2026-05-25", refuse, ExtensionRefused, "2026-06-01"},
		{"asked on the due date", "2026-06-01", "2026-06-04", refuse, ExtensionRefused, "2026-06-04"},
		{"asked a day late: no pause", "2026-06-02", "2026-06-10", refuse, ExtensionRefused, ""},
	} {
		x, asked := ask(t, m, c.asked)
		got, after, err := c.end(x, asked, day(c.ended))
		if err != nil || got.State != c.state || after.NotLateOn.String() != c.notLate || after.Extension != "" || after.DueOn != m.DueOn {
			t.Errorf("%s: %s, not late before %q, %v; want %q", c.name, got.State, after.NotLateOn, err, c.notLate)
		}
		if need := after.Need(portfolio.ProjectLead, "", ""); need.Paused || need.NotLate != after.NotLateOn {
			t.Errorf("%s: Need = %+v", c.name, need)
		}
		_, again := ask(t, after, c.ended)
		if again.ClockPaused && c.notLate != "" {
			t.Errorf("%s: a later request stops the clock again", c.name)
		}
	}
}

func TestExtensionLapsesOnSubmit(t *testing.T) {
	x, asked := ask(t, active(t).Milestones[0], "2026-05-25")
	in := submitted(t, asked, "2026-06-03")
	lapsed := must[Extension](t)(x.Lapse(day("2026-06-03")))
	if lapsed.State != ExtensionLapsed || in.Extension != "" || in.NotLateOn != day("2026-06-10") {
		t.Errorf("%s, milestone %+v", lapsed.State, in)
	}
	_, _, err := AskExtension(operator(), ExtensionRequest{}, in, nil, noLimit(), day("2026-06-04"))
	wantCode(t, err, fault.Conflict, "extension.afterSubmission")
}

func TestExtensionLimits(t *testing.T) {
	m := active(t).Milestones[0] // due 2026-06-01
	granted := m
	granted.Granted, granted.GrantedDays = 2, 20
	good := ExtensionRequest{ID: "ext_1", Cause: CauseCost, Reason: "why", AskedDueOn: day("2026-06-11")}
	on := day("2026-05-20")
	for _, c := range []struct {
		name   string
		m      Milestone
		limits portfolio.ExtensionLimits
		code   string
	}{
		{"no limits", granted, portfolio.ExtensionLimits{}, ""},
		{"within", granted, portfolio.ExtensionLimits{Count: 3, TotalDays: 30, DaysBeforeDue: 12}, ""},
		{"count", granted, portfolio.ExtensionLimits{Count: 2}, "extension.tooMany"},
		{"days before due", m, portfolio.ExtensionLimits{DaysBeforeDue: 13}, "extension.tooLate"},
		{"total days", granted, portfolio.ExtensionLimits{TotalDays: 29}, "request.invalid"},
	} {
		_, _, err := AskExtension(operator(), good, c.m, nil, c.limits, on)
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
	_, asked := ask(t, m, "2026-05-20")
	_, _, err := AskExtension(operator(), good, asked, nil, noLimit(), on)
	wantCode(t, err, fault.Conflict, "extension.undecided")
	_, _, err = AskExtension(operator(), ExtensionRequest{Cause: "weather", AskedDueOn: m.DueOn}, m, nil, noLimit(), day("2026-06-02"))
	wantFields(t, err, "/cause field.badValue", "/reason field.required", "/askedDueOn extension.notLater", "/evidence extension.evidenceRequired")
}

func TestExtensionDecisions(t *testing.T) {
	x, m := ask(t, active(t).Milestones[0], "2026-05-20")
	on := day("2026-05-22")
	for _, c := range []struct {
		newDueOn string
		want     string
	}{
		{"2026-06-01", "/newDueOn extension.notLater"},
		{"2026-07-02", "/newDueOn extension.moreThanAsked"},
		{"2026-06-15", "/reason field.required"},
	} {
		_, _, err := x.Grant(manager(), payee, Granting{NewDueOn: day(c.newDueOn)}, m, on)
		wantFields(t, err, c.want)
	}
	_, _, err := x.Grant(Actor{Person: "per_operator"}, payee, Granting{}, m, on)
	wantCode(t, err, fault.Forbidden, "separation.requesterDecides")
	_, _, err = x.Refuse(colleague(), payee, "no", nil, m, on)
	wantCode(t, err, fault.Forbidden, "separation.payeeDecides")
	_, _, err = x.Refuse(manager(), payee, "", nil, m, on)
	wantFields(t, err, "/reason field.required")
	_, _, err = x.Withdraw(manager(), m, on)
	wantCode(t, err, fault.Forbidden, "extension.withdrawByOthers")
	_, _, err = x.Grant(manager(), payee, Granting{}, active(t).Milestones[1], on)
	wantCode(t, err, fault.Internal, "extension.otherMilestone")
}

// Property: a refused extension asked in time never costs a day, and gives
// back exactly the days that it was undecided.
func TestStoppedClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		due := day("2026-06-01")
		m := Milestone{ID: "mst_1", State: InProgress, DueOn: due}
		asked := due.AddDays(-rapid.IntRange(0, 60).Draw(t, "days before"))
		ended := asked.AddDays(rapid.IntRange(0, 90).Draw(t, "days undecided"))
		x, m := ask(t, m, asked.String())
		_, after, err := x.Refuse(manager(), payee, "no", nil, m, ended)
		if err != nil {
			t.Fatalf("Refuse: %v", err)
		}
		if got, want := after.NotLateOn, due.AddDays(ended.Sub(asked)); got != want {
			t.Fatalf("effective due %v, want %v", got, want)
		}
	})
}

// Requests are bounded, whatever becomes of them, so that nobody grows an award
// without end.
func TestExtensionsAskedWithoutEnd(t *testing.T) {
	m := active(t).Milestones[0]
	for range MaxExtensions {
		x, asked := ask(t, m, "2026-05-20")
		_, back, err := x.Withdraw(operator(), asked, day("2026-05-20"))
		if err != nil {
			t.Fatal(err)
		}
		m = back
	}
	if m.Asked != MaxExtensions || m.Granted != 0 {
		t.Errorf("asked %d times, granted %d", m.Asked, m.Granted)
	}
	r := ExtensionRequest{ID: "ext_2", Cause: CausePartner, Reason: "once more", AskedDueOn: day("2026-07-01")}
	_, _, err := AskExtension(operator(), r, m, nil, noLimit(), day("2026-05-20"))
	wantCode(t, err, fault.Conflict, "extension.tooManyAsked")
}
