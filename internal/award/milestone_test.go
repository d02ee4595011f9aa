package award

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

func TestSubmit(t *testing.T) {
	a := active(t)
	m1, m2 := a.Milestones[0], a.Milestones[1]
	on := day("2026-05-04")
	got := must[Milestone](t)(m1.Submit(operator(), submission(m1), nil, on))
	r := got.last()
	if got.State != MilestoneSubmitted || r.From != InProgress || r.SubmittedByOrg != payee || got.StartedOn != on || got.OpenedOn != on {
		t.Errorf("submitted = %+v", got)
	}
	files := make([]ident.Evidence, 41)
	for i := range files {
		files[i] = ident.Evidence(fmt.Sprintf("evd_%d", i))
	}
	pending := confirmed(m2, "evd_1")
	pending[0].State = Announced
	for _, c := range []struct {
		name     string
		s        Submission
		evidence []Evidence
		want     []string
	}{
		{"answers", Submission{Answers: []Answer{{"C9", "yes", nil}, {"C9", "", nil}}, Evidence: []ident.Evidence{"evd_1"}}, confirmed(m2, "evd_1"),
			[]string{"/answers/0/criterion criterion.unknown", "/answers/1/criterion criterion.unknown", "/answers/1/text field.required", "/answers criterion.unanswered"}},
		{"answered twice", Submission{Answers: []Answer{{"C1", "yes", []ident.Evidence{"evd_1"}}, {"C1", "no", nil}}}, confirmed(m2, "evd_1"),
			[]string{"/answers/1/criterion criterion.twice"}},
		{"no evidence", Submission{Answers: []Answer{{"C1", "yes", nil}}}, nil, []string{"/evidence milestone.evidenceRequired"}},
		{"unconfirmed", Submission{Answers: []Answer{{"C1", "yes", nil}}, Evidence: []ident.Evidence{"evd_1"}}, pending, []string{"/evidence/0 evidence.notConfirmed"}},
		{"evidence of another milestone", Submission{Answers: []Answer{{"C1", "yes", []ident.Evidence{"evd_1"}}}}, confirmed(m1, "evd_1"),
			[]string{"/answers/0/evidence/0 evidence.unknown"}},
		{"41 files", Submission{Answers: []Answer{{"C1", "yes", nil}}, Evidence: files}, confirmed(m2, files...), []string{"/evidence milestone.tooManyFiles"}},
		{"40 files", Submission{Answers: []Answer{{"C1", "yes", files[:1]}}, Evidence: files[:40]}, confirmed(m2, files...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := m2.Submit(operator(), c.s, c.evidence, on)
			wantFields(t, err, c.want...)
		})
	}
}

func TestWithdrawGoesBack(t *testing.T) {
	m := active(t).Milestones[0]
	in := submitted(t, m, "2026-05-04")
	_, err := in.Withdraw(manager(), day("2026-05-05"))
	wantCode(t, err, fault.Forbidden, "milestone.withdrawByOthers")
	out := must[Milestone](t)(in.Withdraw(colleague(), day("2026-05-05")))
	if out.State != InProgress || out.last().End != RoundWithdrawn || out.OpenedOn != day("2026-05-05") {
		t.Errorf("withdrawn = %+v", out)
	}
	back := must[Milestone](t)(in.Return(manager(), payee, Return{Reasons: because("thin")}, calendar(t), day("2026-05-06")))
	again := must[Milestone](t)(submitted(t, back, "2026-05-07").Withdraw(operator(), day("2026-05-08")))
	if again.State != Returned || again.ReworkDueOn != back.ReworkDueOn {
		t.Errorf("withdrawn after a return = %s, rework by %v", again.State, again.ReworkDueOn)
	}
}

func TestReturn(t *testing.T) {
	early := submitted(t, active(t).Milestones[0], "2026-04-20")
	late := submitted(t, active(t).Milestones[0], "2026-09-25")
	for _, c := range []struct {
		name         string
		m            Milestone
		on           string
		rework, want string
	}{
		{"default is 10 working days, but never before the due date", early, "2026-04-21", "", "2026-06-01"},
		{"over the National Day holiday and its swapped Saturday", late, "2026-09-28", "", "2026-10-16"},
		{"as asked", late, "2026-09-28", "2026-09-30", "2026-09-30"},
	} {
		r := Return{Reasons: because("thin")}
		if c.rework != "" {
			r.ReworkDueOn = day(c.rework)
		}
		got := must[Milestone](t)(c.m.Return(manager(), payee, r, calendar(t), day(c.on)))
		if got.ReworkDueOn.String() != c.want || got.last().ReworkDue != got.ReworkDueOn || got.State != Returned {
			t.Errorf("%s: rework by %v, want %s", c.name, got.ReworkDueOn, c.want)
		}
	}
	_, err := early.Return(manager(), payee, Return{ReworkDueOn: day("2026-05-31"), Reasons: []Reason{{"C9", "?"}}}, calendar(t), day("2026-04-21"))
	wantFields(t, err, "/reasons/0/criterion criterion.unknown", "/reworkDueOn date.before")
	_, err = early.Return(manager(), payee, Return{}, calendar(t), day("2026-04-21"))
	wantFields(t, err, "/reasons field.required")
}

func TestDecide(t *testing.T) {
	in := submitted(t, active(t).Milestones[0], "2026-05-04")
	on := day("2026-05-11")
	for _, c := range []struct {
		name string
		d    Decision
		want []string
	}{
		{"met", met(), nil},
		{"not met", Decision{Outcome: NotMet, Reasons: because("fails")}, nil},
		{"not met without a reason", Decision{Outcome: NotMet}, []string{"/reasons field.required"}},
		{"unknown outcome", Decision{Outcome: "maybe", Reasons: because("?")}, []string{"/outcome field.badValue"}},
		{"percent of met", Decision{Outcome: Met, Percent: "50"}, []string{"/percent milestone.percentNotAsked"}},
		{"paper from the future", Decision{Outcome: Met, Paper: &DecisionPaper{DecidedOn: day("2026-05-12")}},
			[]string{"/paper/number field.required", "/paper/decidedOn date.inFuture"}},
	} {
		_, err := in.Decide(manager(), payee, c.d, on)
		if got := fieldsOf(err); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	got := must[Milestone](t)(in.Decide(manager(), payee, met(), on))
	if !got.Holds() || got.MetOn != day("2026-05-04") || got.Decider() != "per_manager" || !got.Ended() {
		t.Errorf("met = %+v, want met on the day of submission", got)
	}
}

func TestPercent(t *testing.T) {
	in := submitted(t, active(t).Milestones[0], "2026-05-04")
	for percent, want := range map[string]string{
		"60": "60", "60.50": "60.5", "0.01": "0.01", "99.99": "99.99",
		"0": "", "100": "", "-1": "", "60.123": "", "6e1": "", "+5": "", "x": "", "": "", ".": "", "1.2.3": "",
	} {
		got, err := in.Decide(manager(), payee, Decision{Outcome: PartiallyMet, Percent: percent, Reasons: because("some")}, day("2026-05-11"))
		if got.last().Percent != want || (err == nil) != (want != "") {
			t.Errorf("percent %q is kept as %q (%v), want %q", percent, got.last().Percent, err, want)
		}
		if err == nil && (got.Holds() || got.Ended()) {
			t.Errorf("partly met %s holds as a gate", percent)
		}
	}
}

func TestSettle(t *testing.T) {
	m := decided(t, active(t).Milestones[0], PartiallyMet, "2026-05-04")
	on := day("2026-05-12")
	_, err := m.Settle(operator(), payee, Settling{Retry, "again", paper()}, on)
	wantCode(t, err, fault.Forbidden, "separation.payeeDecides")
	_, err = m.Settle(manager(), payee, Settling{}, on)
	wantFields(t, err, "/choice field.required", "/reason field.required", "/paper field.required")
	settled := must[Milestone](t)(m.Settle(manager(), payee, Settling{Reduce, "less", paper()}, on))
	if settled.Settlement != Reduce || !settled.Ended() || slices.Contains(settled.Legal(), CommandSettle) {
		t.Errorf("settled = %+v", settled)
	}
	for _, m := range []Milestone{settled, decided(t, active(t).Milestones[0], Met, "2026-05-04")} {
		_, err = m.Settle(manager(), payee, Settling{Retry, "again", paper()}, on)
		wantCode(t, err, fault.Conflict, "milestone.nothingToSettle")
	}
}

func TestReopen(t *testing.T) {
	a := active(t)
	m := must[Milestone](t)(decided(t, a.Milestones[0], NotMet, "2026-05-04").Settle(manager(), payee, Settling{Retry, "again", paper()}, day("2026-05-05")))
	on := day("2026-05-20")
	_, err := m.Reopen(manager(), payee, Reopen{"wrong", paper(), nil}, nil, on)
	wantCode(t, err, fault.Forbidden, "separation.deciderReopens")
	_, err = m.Reopen(second(), payee, Reopen{}, nil, on)
	wantFields(t, err, "/reason field.required", "/paper field.required")

	got := must[Milestone](t)(m.Reopen(second(), payee, Reopen{"wrong", paper(), nil}, a.Tranches, on))
	r := got.last()
	if got.State != MilestoneSubmitted || got.OpenedOn != on || r.End != "" || r.Outcome != "" || got.Settlement != "" || r.SubmittedOn != day("2026-05-04") {
		t.Errorf("reopened = %+v", got)
	}
	if k := r.Reopened[0]; k.Was != NotMet || k.WasBy != "per_manager" || k.WasOn != day("2026-05-04") || k.Settlement != Retry || k.By != "per_second" {
		t.Errorf("reopening kept = %+v", k)
	}
	if again := must[Milestone](t)(got.Decide(manager(), payee, met(), on)); again.MetOn != day("2026-05-04") || len(again.last().Reopened) != 1 {
		t.Errorf("decided again = %+v", again)
	}
}

func TestReopenAndMoney(t *testing.T) {
	a := active(t)
	m := decided(t, a.Milestones[0], Met, "2026-05-04")
	paid, instructed, other := a.Tranches[1], a.Tranches[2], a.Tranches[0]
	paid.Paid, instructed.Instructed, other.Instructed = cny("1"), cny("1"), cny("1")
	on := day("2026-05-20")
	_, err := m.Reopen(second(), payee, Reopen{"wrong", paper(), paper()}, []Tranche{instructed}, on)
	wantCode(t, err, fault.Conflict, "milestone.paymentInstructed")
	_, err = m.Reopen(second(), payee, Reopen{"wrong", paper(), nil}, []Tranche{other, paid}, on)
	wantFields(t, err, "/acceptance milestone.acceptanceRequired")
	got := must[Milestone](t)(m.Reopen(second(), payee, Reopen{"wrong", paper(), paper()}, []Tranche{other, paid}, on))
	if !got.MetOn.IsZero() || got.last().Reopened[0].Acceptance == nil {
		t.Errorf("reopened = %+v", got)
	}
}

func TestDecidersAreSeparate(t *testing.T) {
	in := submitted(t, active(t).Milestones[0], "2026-05-04")
	on := day("2026-05-04")
	for _, c := range []struct {
		actor Actor
		code  string
	}{
		{operator(), "separation.submitterDecides"},
		{Actor{Person: "per_operator", Organisation: "org_city"}, "separation.submitterDecides"}, // who has moved to the city since
		{colleague(), "separation.payeeDecides"},
	} {
		_, err := in.Decide(c.actor, payee, met(), on)
		wantCode(t, err, fault.Forbidden, c.code)
		_, err = in.Return(c.actor, payee, Return{Reasons: because("thin")}, calendar(t), on)
		wantCode(t, err, fault.Forbidden, c.code)
	}
	_, err := decided(t, active(t).Milestones[0], Met, "2026-05-04").Reopen(colleague(), payee, Reopen{"wrong", paper(), nil}, nil, on)
	wantCode(t, err, fault.Forbidden, "separation.payeeDecides")
}

func TestForecast(t *testing.T) {
	m := active(t).Milestones[0]
	got := must[Milestone](t)(m.Forecast(day("2026-07-01"), day("2026-05-01")))
	if got.ForecastOn != day("2026-07-01") || got.DueOn != m.DueOn {
		t.Errorf("forecast = %v, due %v", got.ForecastOn, got.DueOn)
	}
	_, err := m.Forecast(day("2026-04-30"), day("2026-05-01"))
	wantFields(t, err, "/forecastOn date.before")
}

func TestMilestoneNeed(t *testing.T) {
	m := active(t).Milestones[0]
	in := submitted(t, m, "2026-05-04")
	back := must[Milestone](t)(in.Return(manager(), payee, Return{Reasons: because("thin"), ReworkDueOn: day("2026-07-01")}, calendar(t), day("2026-05-06")))
	failed := decided(t, m, NotMet, "2026-05-04")
	settled := func(s Settlement) Milestone {
		return must[Milestone](t)(failed.Settle(manager(), payee, Settling{s, "so", paper()}, day("2026-05-05")))
	}
	lead, pm := portfolio.ProjectLead, portfolio.ProgrammeManager
	for _, c := range []struct {
		name string
		m    Milestone
		want *attention.Need
	}{
		{"planned", m, &attention.Need{Kind: attention.Deliver, Role: lead, Person: "per_p", OpenedOn: day("2026-01-05"), DueOn: day("2026-06-01")}},
		{"submitted", in, &attention.Need{Kind: attention.DecideSubmission, Role: pm, Person: "per_f", Except: []ident.Person{operator().Person}, OpenedOn: day("2026-05-04")}},
		{"returned", back, &attention.Need{Kind: attention.Rework, Role: lead, Person: "per_p", OpenedOn: day("2026-05-06"), DueOn: day("2026-07-01")}},
		{"not met", failed, &attention.Need{Kind: attention.DecideConsequence, Role: pm, Person: "per_f", OpenedOn: day("2026-05-04")}},
		{"to be tried again", settled(Retry), &attention.Need{Kind: attention.TryAgain, Role: pm, Person: "per_f", Except: []ident.Person{manager().Person}, OpenedOn: day("2026-05-05")}},
		{"settled", settled(Accept), nil},
		{"met", decided(t, m, Met, "2026-05-04"), nil},
		{"cancelled", Milestone{State: Cancelled}, nil},
	} {
		if diff := cmp.Diff(c.want, c.m.Need(lead, "per_f", "per_p"), cmpopts.EquateComparable(civil.Date{})); diff != "" {
			t.Errorf("%s: Need (-want +got):\n%s", c.name, diff)
		}
	}
}
