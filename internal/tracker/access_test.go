package tracker_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The people of one programme, as they stand to the award on Office.Platform.
// Operator2 sits on another platform of it; outsider manages another programme;
// lead2 leads another award.
const (
	outsider = "outsider"
	lead2    = "lead2"
)

func everybody() []string {
	return append(trackertest.Personas(), trackertest.Stranger, outsider, lead2)
}

// operation is something that people want to do.
type operation struct {
	name string
	// allow, forbid: who may, and who sees the thing but may not. To everybody
	// else it does not exist. Words are personas; "manager", "finance" and
	// "operator" stand for both of the same scope.
	allow, forbid string
	do            func(x *accessed, c tracker.Call) error
}

// accessed is an office with a thing of every kind to want something of.
type accessed struct {
	*trackertest.Office
	a, lone   trackertest.Active
	draft     ident.Award
	extension tracker.ExtensionRef
	payment   tracker.PaymentRef
	refund    tracker.RefundRef
	evidence  tracker.EvidenceRef
}

func newAccessed(t *testing.T) *accessed {
	o := trackertest.New(t, nil)
	x := &accessed{Office: o}
	o.Person(outsider, "")
	o.NewProgramme("OTHER", nil, outsider)
	o.Person(lead2, o.Payee)
	x.a = gated(o)
	x.lone = o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10")}, o.OnNoPlatform)
	o.Grant(lead2, portfolio.ProjectLead, string(x.lone.ID))
	x.draft = o.Draft(o.Document(nil, nil))
	x.evidence = o.Upload(x.a.M("M1"), "a report")
	x.extension = o.Ask(x.a.M("M3"), "2027-01-01")
	x.payment = o.PayOut(x.a.Tr(3))
	x.refund = o.Refund(x.payment, "1")
	return x
}

func second(_ tracker.Receipt, err error) error { return err }

func awardOperations() []operation {
	bg := context.Background
	return []operation{
		{"start", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.StartMilestone(bg(), c, x.a.M("M1")))
		}},
		{"forecast", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ForecastMilestone(bg(), c, x.a.M("M1"), tracker.Forecast{}))
		}},
		{"submit", "operator", "lead manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SubmitMilestone(bg(), c, x.a.M("M2"), answers()))
		}},
		{"withdraw", "operator", "lead manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.WithdrawMilestone(bg(), c, x.a.M("M2")))
		}},
		{"return", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReturnMilestone(bg(), c, x.a.M("M2"), sentBack()))
		}},
		{"decide", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.DecideMilestone(bg(), c, x.a.M("M2"), met()))
		}},
		{"settle", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SettleMilestone(bg(), c, x.a.M("M2"), settled()))
		}},
		{"reopen", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReopenMilestone(bg(), c, x.a.M("M2"), reopened(nil)))
		}},
		{"announce evidence", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.AnnounceEvidence(bg(), c, x.a.M("M1"), textFile("x")))
		}},
		{"send evidence", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return x.Tracker.SendEvidence(bg(), c, x.evidence, bytes.NewReader([]byte("a report")))
		}},
		{"confirm evidence", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ConfirmEvidence(bg(), c, x.evidence))
		}},
		{"read evidence", "operator lead manager finance head auditor", "", func(x *accessed, c tracker.Call) error {
			e, err := x.Tracker.OpenEvidence(bg(), c, x.evidence)
			if err == nil {
				err = e.Content.Close()
			}
			return err
		}},
		{"ask to erase evidence", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.AskEraseEvidence(bg(), c, x.evidence, because))
		}},
		{"erase evidence", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.EraseEvidence(bg(), c, tracker.EvidenceRef{Award: x.a.ID, Milestone: x.evidence.Milestone, Evidence: x.evidence.Evidence}))
		}},
		{"ask extension", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.AskExtension(bg(), c, x.a.M("M1"), asked("2026-12-01")))
		}},
		{"withdraw extension", "operator lead", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.WithdrawExtension(bg(), c, x.extension))
		}},
		{"grant extension", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.GrantExtension(bg(), c, x.extension, tracker.ExtensionGrant{}))
		}},
		{"refuse extension", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.RefuseExtension(bg(), c, x.extension, tracker.ExtensionRefusal{Reason: "no"}))
		}},
		{"acknowledge", "operator manager finance head", "lead auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.Acknowledge(bg(), c, x.a.ID, string(x.a.Milestones["M1"])))
		}},
	}
}

func moneyOperations() []operation {
	bg := context.Background
	return []operation{
		{"request", "operator", "lead manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.RequestTranche(bg(), c, x.a.Tr(1), tracker.TrancheRequest{}))
		}},
		{"take back", "operator", "lead manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.TakeBackTranche(bg(), c, x.a.Tr(1)))
		}},
		{"refuse", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.RefuseTranche(bg(), c, x.a.Tr(1), because))
		}},
		{"approve", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ApproveTranche(bg(), c, x.a.Tr(1), tracker.Approval{}))
		}},
		{"withdraw approval", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.WithdrawApproval(bg(), c, x.a.Tr(1), because))
		}},
		{"instruct", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.InstructPayment(bg(), c, x.a.ID, instruction(x.Payee, map[ident.Tranche]string{x.a.Tranches[1]: "1"})))
		}},
		{"paid", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.MarkPaymentPaid(bg(), c, x.payment, tracker.PaidEntry{BankReference: "x", PaidOn: x.Today()}))
		}},
		{"returned", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.MarkPaymentReturned(bg(), c, x.payment, because))
		}},
		{"stop", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.StopPayment(bg(), c, x.payment, because))
		}},
		{"reverse", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReversePayment(bg(), c, x.payment, because))
		}},
		{"refund", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.RecordRefund(bg(), c, x.payment, refund(x.Office, "1")))
		}},
		{"reverse refund", "finance", "operator lead manager head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReverseRefund(bg(), c, x.refund, because))
		}},
		// Where no platform endorses the work, the lead answers for it.
		{"submit, no platform", "lead lead2", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SubmitMilestone(bg(), c, x.lone.M("M1"), answers()))
		}},
		{"request, no platform", "lead lead2", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.RequestTranche(bg(), c, x.lone.Tr(1), tracker.TrancheRequest{}))
		}},
	}
}

func portfolioOperations() []operation {
	bg := context.Background
	programme := func(x *accessed) portfolio.Scope {
		return portfolio.Scope{Kind: portfolio.InProgramme, ID: string(x.Programme)}
	}
	return []operation{
		{"draft award", "manager", "administrator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.CreateAward(bg(), c, x.Document(nil, nil)))
		}},
		{"replace draft", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReplaceAward(bg(), c, x.draft, award.Document{Programme: x.Programme}))
		}},
		{"submit draft", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SubmitAward(bg(), c, x.draft))
		}},
		{"take draft back", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.TakeBackAward(bg(), c, x.draft))
		}},
		{"return draft", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ReturnAward(bg(), c, x.draft, because))
		}},
		{"activate", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ActivateAward(bg(), c, x.draft, tracker.Activation{}))
		}},
		{"discard draft", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.DiscardAward(bg(), c, x.draft, tracker.Reason{}))
		}},
		{"edit programme", "manager", "administrator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.EditProgramme(bg(), c, x.Programme, tracker.ProgrammeTerms{}))
		}},
		{"set ladder", "manager", "administrator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SetLadder(bg(), c, x.Programme, attention.DefaultLadders()[0], tracker.Reason{}))
		}},
		{"confirm a programme's change", "manager head", "administrator finance auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ConfirmProgrammeChange(bg(), c, x.Programme))
		}},
		{"drop a programme's change", "manager head", "administrator finance auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.DropProgrammeChange(bg(), c, x.Programme, tracker.Reason{}))
		}},
		{"suspend programme", "manager", "administrator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.SuspendProgramme(bg(), c, x.Programme, tracker.Reason{}))
		}},
		{"edit platform", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.EditPlatform(bg(), c, x.Platform, portfolio.Platform{}))
		}},
		{"move platform", "manager", "operator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.MovePlatform(bg(), c, x.Platform, portfolio.CommandApprove, tracker.Reason{}))
		}},
		{"create project", "manager", "administrator finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.CreateProject(bg(), c, portfolio.Project{Programme: x.Programme}))
		}},
		{"edit project", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.EditProject(bg(), c, x.Project, portfolio.Project{}))
		}},
		{"move project", "manager", "operator lead finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.MoveProject(bg(), c, x.Project, portfolio.CommandApprove, tracker.Reason{}))
		}},
		{"grant role", "administrator", "manager finance head auditor", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.GrantMembership(bg(), c, x.People[trackertest.Stranger], portfolio.Grant{Scope: programme(x)}))
		}},
		{"create person", "administrator", "manager finance head auditor operator operator2 lead stranger outsider lead2", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.CreatePerson(bg(), c, portfolio.Person{}))
		}},
		{"create programme", "administrator", "manager finance head auditor operator operator2 lead stranger outsider lead2", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.CreateProgramme(bg(), c, tracker.NewProgramme{}))
		}},
		{"import calendar", "administrator", "manager finance head auditor operator operator2 lead stranger outsider lead2", func(x *accessed, c tracker.Call) error {
			return second(x.Tracker.ImportCalendarYear(bg(), c, civil.Year{}))
		}},
		{"sweep", "administrator", "manager finance head auditor operator operator2 lead stranger outsider lead2", func(x *accessed, c tracker.Call) error {
			_, err := x.Tracker.Sweep(bg(), tracker.SweepRequest{By: c})
			return err
		}},
	}
}

// answer is what an operation comes to, as far as access decides it: a refusal
// by the domain was let through.
func answer(err error) string {
	switch code := fault.CodeOf(err); code {
	case "thing.notFound":
		return "404"
	case "access.forbidden":
		return "403"
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err.Error()
	}
	return "allow"
}

func TestEveryRoleTimesEveryOperation(t *testing.T) {
	x := newAccessed(t)
	for _, op := range slices.Concat(awardOperations(), moneyOperations(), portfolioOperations()) {
		for _, persona := range everybody() {
			want := "404"
			if among(persona, op.forbid) {
				want = "403"
			}
			if among(persona, op.allow) {
				want = "allow"
			}
			err := op.do(x, x.Call(persona))
			if got := answer(err); got != want {
				t.Errorf("%s by %s = %s (%v), want %s", op.name, persona, got, err, want)
			}
		}
	}
	if got := verified(t, x.Office).Wrong; got != nil {
		t.Error(got)
	}
}

// among reports whether a list of words names a persona.
func among(persona, words string) bool {
	all := strings.Fields(words)
	for _, both := range []string{trackertest.Manager, trackertest.Finance} {
		if persona == both+"2" && slices.Contains(all, both) {
			return true
		}
	}
	return slices.Contains(all, persona)
}

// What is out of scope answers like what is not there, to the byte.
func TestOutOfScopeIsNotThere(t *testing.T) {
	x := newAccessed(t)
	c := x.Call(trackertest.Operator2)
	_, out := x.Tracker.StartMilestone(x.Ctx, c, x.a.M("M1"))
	_, none := x.Tracker.StartMilestone(x.Ctx, c, tracker.MilestoneRef{Award: "awd_01KJP0Y9M016SCWZE4K8KXQBN0", Milestone: "mst_01KJP0Y9M016SCWZE4KCW07PJM"})
	if out == nil || none == nil || out.Error() != none.Error() {
		t.Errorf("out of scope = %v, absent = %v, want the same", out, none)
	}
}
