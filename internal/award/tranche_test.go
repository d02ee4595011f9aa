package award

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// opened is an active award of which M1 is decided met by manager, with
// tranches 2 (on M1) and 3 (on M1 and M2) brought up to date.
func opened(t testing.TB) Activation {
	t.Helper()
	a := active(t)
	a.Milestones[0] = decided(t, a.Milestones[0], Met, "2026-05-04")
	for i := range a.Tranches {
		a.Tranches[i] = must[Tranche](t)(a.Tranches[i].WithGates(a.Milestones, day("2026-05-04")))
	}
	return a
}

// approved is tranche 2 of opened, approved by second.
func approved(t testing.TB) (Activation, Tranche) {
	t.Helper()
	a := opened(t)
	tr := must[Tranche](t)(a.Tranches[1].Request(operator(), "", a.Milestones, false, day("2026-05-05")))
	tr = must[Tranche](t)(tr.Approve(second(), payee, a.Milestones, true, paper(), day("2026-05-06")))
	a.Tranches[1] = tr
	return a, tr
}

func TestGatesOpenATranche(t *testing.T) {
	a := opened(t)
	t2, t3 := a.Tranches[1], a.Tranches[2]
	if t2.Locked || t2.OpenedOn != day("2026-05-04") {
		t.Errorf("tranche 2: locked %v, since %v", t2.Locked, t2.OpenedOn)
	}
	if !t3.Locked || t3.Need(portfolio.ProjectLead, "", "") != nil || slices.Contains(t3.Legal(), CommandRequest) {
		t.Errorf("tranche 3 = %+v", t3)
	}
	_, err := t3.Request(operator(), "", a.Milestones, false, day("2026-05-05"))
	wantCode(t, err, fault.Conflict, "tranche.gatesNotMet")
	wantFields(t, err, "/gates/1 gate.notMet")
	_, err = t3.Request(operator(), "", a.Milestones[:1], false, day("2026-05-05"))
	wantCode(t, err, fault.Internal, "tranche.gateNotLoaded")
	lost := t3
	lost.Gates = nil // a gated tranche whose gates got lost never passes
	_, err = lost.Request(operator(), "", nil, false, day("2026-05-05"))
	wantCode(t, err, fault.Conflict, "tranche.gatesNotMet")
	if _, err := a.Tranches[0].Request(operator(), "", nil, false, day("2026-02-01")); err != nil {
		t.Errorf("ungated: %v", err)
	}
}

func TestTrancheGoesBackAndForth(t *testing.T) {
	a := opened(t)
	requested := must[Tranche](t)(a.Tranches[1].Request(operator(), "", a.Milestones, false, day("2026-05-05")))
	_, err := requested.TakeBack(colleague(), day("2026-05-06"))
	wantCode(t, err, fault.Forbidden, "tranche.takeBackByOthers")
	_, err = requested.Refuse(manager(), payee, "", day("2026-05-06"))
	wantFields(t, err, "/reason field.required")
	_, err = requested.Refuse(colleague(), payee, "no", day("2026-05-06"))
	wantCode(t, err, fault.Forbidden, "separation.payeeDecides")
	taken := must[Tranche](t)(requested.TakeBack(operator(), day("2026-05-06")))
	refused := must[Tranche](t)(requested.Refuse(manager(), payee, "no invoice", day("2026-05-06")))
	granted := must[Tranche](t)(requested.Approve(second(), payee, a.Milestones, true, nil, day("2026-05-06")))
	withdrawn := must[Tranche](t)(granted.WithdrawApproval(second(), payee, "too early", day("2026-05-06")))
	for _, got := range []Tranche{taken, refused, withdrawn} {
		if got.State != Scheduled || got.OpenedOn != day("2026-05-06") || got.RequestedBy != "" || got.ApprovedBy != "" || !got.Approved.IsZero() {
			t.Errorf("back at %+v", got)
		}
	}
	if refused.Refused != "no invoice" || withdrawn.Refused != "too early" {
		t.Errorf("reasons %q, %q", refused.Refused, withdrawn.Refused)
	}
}

// Why a request was sent back stays with it until it is approved, and what its
// requester answers stays with the request.
func TestARequestAnswersWhyItWasSentBack(t *testing.T) {
	a := opened(t)
	_, err := a.Tranches[1].Request(operator(), strings.Repeat("x", portfolio.MaxText+1), a.Milestones, false, day("2026-05-05"))
	wantFields(t, err, "/statement field.tooLong")
	requested := must[Tranche](t)(a.Tranches[1].Request(operator(), "", a.Milestones, false, day("2026-05-05")))
	refused := must[Tranche](t)(requested.Refuse(manager(), payee, "no invoice", day("2026-05-06")))
	again := must[Tranche](t)(refused.Request(operator(), "it is there", a.Milestones, false, day("2026-05-07")))
	if again.Refused != "no invoice" || again.RefusedBy != manager().Person || again.RefusedOn != day("2026-05-06") || again.Statement != "it is there" {
		t.Errorf("asked again: %+v", again)
	}
	taken := must[Tranche](t)(again.TakeBack(operator(), day("2026-05-08")))
	granted := must[Tranche](t)(again.Approve(second(), payee, a.Milestones, true, nil, day("2026-05-08")))
	if taken.Statement != "" || taken.Refused == "" || granted.Statement == "" || granted.Refused != "" || granted.RefusedBy != "" || !granted.RefusedOn.IsZero() {
		t.Errorf("taken back %+v, granted %+v", taken, granted)
	}
}

func TestApprove(t *testing.T) {
	a := opened(t)
	requested := must[Tranche](t)(a.Tranches[1].Request(Actor{Person: "per_lead"}, "", a.Milestones, false, day("2026-05-05")))
	on := day("2026-05-06")
	for _, c := range []struct {
		name  string
		actor Actor
		above bool
		code  string
	}{
		{"the decider of the gate, above the threshold", manager(), true, "separation.deciderApproves"},
		{"the decider of the gate, below", manager(), false, ""},
		{"another manager", second(), true, ""},
		{"the requester", Actor{Person: "per_lead"}, false, "separation.requesterApproves"},
		{"the payee", colleague(), false, "separation.payeeDecides"},
	} {
		_, err := requested.Approve(c.actor, payee, a.Milestones, c.above, nil, on)
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
	// Gates are checked in the approval itself, whatever the tranche says.
	closed := slices.Clone(a.Milestones)
	closed[0] = must[Milestone](t)(closed[0].Reopen(second(), payee, Reopen{"wrong", paper(), nil}, nil, on))
	_, err := requested.Approve(second(), payee, closed, false, nil, on)
	wantFields(t, err, "/gates/0 gate.notMet")
	got := must[Tranche](t)(requested.Approve(second(), payee, a.Milestones, true, paper(), on))
	if got.Approved != cny("30") || got.ApprovedOn != on || got.ApprovedBy != "per_second" {
		t.Errorf("approved = %+v", got)
	}
}

func TestReopeningAGateSendsTranchesBack(t *testing.T) {
	a, granted := approved(t)
	requested := must[Tranche](t)(opened(t).Tranches[1].Request(operator(), "", a.Milestones, false, day("2026-05-05")))
	partly := must[Tranche](t)(granted.instruct(cny("10")))
	partly = must[Tranche](t)(partly.pay(cny("10"), day("2026-05-07")))
	on := day("2026-05-20")
	a.Milestones[0] = must[Milestone](t)(a.Milestones[0].Reopen(second(), payee, Reopen{"wrong", paper(), paper()}, nil, on))
	for _, c := range []struct {
		name string
		t    Tranche
		want TrancheState
	}{{"scheduled", opened(t).Tranches[1], Scheduled}, {"requested", requested, Scheduled}, {"approved", granted, Scheduled}, {"partly paid", partly, Approved}} {
		got := must[Tranche](t)(c.t.WithGates(a.Milestones, on))
		if got.State != c.want || !got.Locked {
			t.Errorf("%s: %s with locked %v, want %s", c.name, got.State, got.Locked, c.want)
		}
		if c.want == Scheduled && (got.Need(portfolio.ProjectLead, "", "") != nil || !got.Approved.IsZero() || !got.OpenedOn.IsZero()) {
			t.Errorf("%s: still asks for something: %+v", c.name, got)
		}
	}
	waiting := must[Tranche](t)(partly.WithGates(a.Milestones, on))
	again := slices.Clone(a.Milestones)
	again[0] = must[Milestone](t)(again[0].Decide(manager(), payee, met(), day("2026-05-25")))
	back := must[Tranche](t)(waiting.WithGates(again, day("2026-05-25")))
	if waiting.Need(portfolio.ProjectLead, "", "") != nil || back.Need(portfolio.ProjectLead, "", "").OpenedOn != day("2026-05-25") {
		t.Errorf("a partly paid tranche asks for %+v while its gate is open, then for %+v", waiting, back)
	}
	closed := must[Tranche](t)(partly.WithGates(a.Milestones, on))
	line := []PaymentLine{{Tranche: closed.ID, Amount: cny("5")}}
	_, _, err := Instruct(cashier(), payee, Instruction{Lines: line, Payee: payee, PayerAccount: "A", Reference: "R"}, []Tranche{closed}, a.Milestones, on)
	wantFields(t, err, "/lines/0/gates/0 gate.notMet")
}

func TestTrancheNeed(t *testing.T) {
	a, granted := approved(t)
	requested := must[Tranche](t)(opened(t).Tranches[1].Request(operator(), "", a.Milestones, false, day("2026-05-05")))
	large := must[Tranche](t)(opened(t).Tranches[1].Request(operator(), "", a.Milestones, true, day("2026-05-05")))
	asked, decided, granter := operator().Person, a.Milestones[0].Decider(), granted.ApprovedBy
	op, pm := portfolio.PlatformOperator, portfolio.ProgrammeManager
	for _, c := range []struct {
		name string
		t    Tranche
		want *attention.Need
	}{
		{"a gate is open", a.Tranches[2], nil},
		{"ungated", a.Tranches[0], &attention.Need{Kind: attention.RequestTranche, Role: op, Person: "per_p", OpenedOn: day("2026-02-01"), NotBefore: day("2026-02-01")}},
		{"open", opened(t).Tranches[1], &attention.Need{Kind: attention.RequestTranche, Role: op, Person: "per_p", OpenedOn: day("2026-05-04"), NotBefore: day("2026-06-01")}},
		{"requested", requested, &attention.Need{Kind: attention.ApproveTranche, Role: pm, Person: "per_f", Except: []ident.Person{asked}, OpenedOn: day("2026-05-05")}},
		{"requested above the threshold", large, &attention.Need{
			Kind: attention.ApproveTranche, Role: pm, Person: "per_f", Except: []ident.Person{asked, decided}, OpenedOn: day("2026-05-05"),
		}},
		{"taken back", must[Tranche](t)(large.TakeBack(operator(), day("2026-05-06"))), &attention.Need{
			Kind: attention.RequestTranche, Role: op, Person: "per_p", OpenedOn: day("2026-05-06"), NotBefore: day("2026-06-01"),
		}},
		{"approved", granted, &attention.Need{Kind: attention.PayTranche, Role: portfolio.Finance, Except: []ident.Person{granter}, OpenedOn: day("2026-05-06")}},
		{"settled", Tranche{State: Settled}, nil},
	} {
		if diff := cmp.Diff(c.want, c.t.Need(op, "per_f", "per_p"), cmpopts.EquateComparable(civil.Date{})); diff != "" {
			t.Errorf("%s: Need (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWithdrawApprovalNeedsUntouchedMoney(t *testing.T) {
	_, granted := approved(t)
	instructed := must[Tranche](t)(granted.instruct(cny("10")))
	_, err := instructed.WithdrawApproval(second(), payee, "too early", day("2026-05-07"))
	wantCode(t, err, fault.Conflict, "tranche.moneyMoved")
	if slices.Contains(instructed.Legal(), CommandWithdrawApproval) {
		t.Error("withdrawal is offered with money on its way")
	}
}

func TestTrancheNeverOverdrawn(t *testing.T) {
	_, granted := approved(t)
	_, err := granted.instruct(cny("30.01"))
	wantCode(t, err, fault.Conflict, "tranche.overdrawn")
	_, err = granted.pay(cny("1"), day("2026-05-07")) // never instructed
	wantCode(t, err, fault.Conflict, "tranche.overdrawn")
	_, err = granted.release(cny("1"), day("2026-05-07"))
	wantCode(t, err, fault.Conflict, "tranche.overdrawn")
	_, err = granted.reverse(cny("1"), day("2026-05-07"))
	wantCode(t, err, fault.Conflict, "tranche.overdrawn")
	_, err = Tranche{State: Scheduled, Gates: []ident.Milestone{}}.instruct(cny("1"))
	wantCode(t, err, fault.Conflict, "move.illegal")
}
