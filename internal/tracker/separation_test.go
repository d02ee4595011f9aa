package tracker_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The separations of docs/security.md hold on the natural person, whatever roles they
// hold: here Manager and Manager2 hold all of them.
func TestSeparations(t *testing.T) {
	const one, two = trackertest.Manager, trackertest.Manager2
	payee := func(o *trackertest.Office) { // somebody of the payee who manages the programme
		o.Person("insider", o.Payee)
		o.Grant("insider", portfolio.ProgrammeManager, string(o.Programme))
	}
	for _, c := range []struct {
		name, code string
		do         func(t *testing.T, o *trackertest.Office, a trackertest.Active) error
	}{
		{"submitter decides", "separation.submitterDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Submit(a.M("M1"), one)
			return second(o.Tracker.DecideMilestone(o.Ctx, o.Call(one), a.M("M1"), met()))
		}},
		{"submitter returns", "separation.submitterDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Submit(a.M("M1"), one)
			return second(o.Tracker.ReturnMilestone(o.Ctx, o.Call(one), a.M("M1"), sentBack()))
		}},
		{"payee decides", "separation.payeeDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Submit(a.M("M1"))
			return second(o.Tracker.DecideMilestone(o.Ctx, o.Call("insider"), a.M("M1"), met()))
		}},
		{"payee settles", "separation.payeeDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Submit(a.M("M1"))
			o.Decide(a.M("M1"), award.NotMet)
			return second(o.Tracker.SettleMilestone(o.Ctx, o.Call("insider"), a.M("M1"), settled()))
		}},
		{"payee approves", "separation.payeeDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Request(a.Tr(3))
			return second(o.Tracker.ApproveTranche(o.Ctx, o.Call("insider"), a.Tr(3), tracker.Approval{}))
		}},
		{"decider reopens", "separation.deciderReopens", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Meet(a.M("M1"))
			return second(o.Tracker.ReopenMilestone(o.Ctx, o.Call(one), a.M("M1"), reopened(nil)))
		}},
		{"decider of a gate approves above the threshold", "separation.deciderApproves", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Meet(a.M("M1"))
			o.Request(a.Tr(1))
			return second(o.Tracker.ApproveTranche(o.Ctx, o.Call(one), a.Tr(1), tracker.Approval{}))
		}},
		{"decider of a gate approves below the threshold", "", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Meet(a.M("M2"))
			o.Request(a.Tr(2))
			return second(o.Tracker.ApproveTranche(o.Ctx, o.Call(one), a.Tr(2), tracker.Approval{}))
		}},
		{"requester approves", "separation.requesterApproves", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Request(a.Tr(3), one)
			return second(o.Tracker.ApproveTranche(o.Ctx, o.Call(one), a.Tr(3), tracker.Approval{}))
		}},
		{"approver instructs", "separation.approverInstructs", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			o.Request(a.Tr(3))
			o.Approve(a.Tr(3))
			return second(o.Tracker.InstructPayment(o.Ctx, o.Call(two), a.ID, instruction(o.Payee, map[ident.Tranche]string{a.Tranches[3]: "5"})))
		}},
		{"recorder reverses", "separation.recorderReverses", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			return second(o.Tracker.ReversePayment(o.Ctx, o.Call(trackertest.Finance), o.PayOut(a.Tr(3)), because))
		}},
		{"recorder reverses a refund", "separation.recorderReverses", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			return second(o.Tracker.ReverseRefund(o.Ctx, o.Call(trackertest.Finance), o.Refund(o.PayOut(a.Tr(3)), "1"), because))
		}},
		{"requester grants an extension", "separation.requesterDecides", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			return second(o.Tracker.GrantExtension(o.Ctx, o.Call(one), o.Ask(a.M("M1"), "2026-12-01", one), tracker.ExtensionGrant{}))
		}},
		{"drafter activates", "separation.drafterActivates", func(t *testing.T, o *trackertest.Office, _ trackertest.Active) error {
			id := o.Draft(complete(o))
			must(t)(o.Tracker.SubmitAward(o.Ctx, o.Call(two), id))
			return second(o.Tracker.ActivateAward(o.Ctx, o.Call(one), id, tracker.Activation{}))
		}},
		{"submitter activates", "separation.drafterActivates", func(t *testing.T, o *trackertest.Office, _ trackertest.Active) error {
			id := o.Draft(complete(o))
			must(t)(o.Tracker.SubmitAward(o.Ctx, o.Call(two), id))
			return second(o.Tracker.ActivateAward(o.Ctx, o.Call(two), id, tracker.Activation{}))
		}},
		{"asker erases", "separation.eraserConfirms", func(t *testing.T, o *trackertest.Office, a trackertest.Active) error {
			e := o.Upload(a.M("M1"), "secret")
			must(t)(o.Tracker.AskEraseEvidence(o.Ctx, o.Call(one), e, because))
			return second(o.Tracker.EraseEvidence(o.Ctx, o.Call(one), e))
		}},
		{"administrator grants themselves", "membership.self", func(t *testing.T, o *trackertest.Office, _ trackertest.Active) error {
			scope := portfolio.Scope{Kind: portfolio.InProgramme, ID: string(o.Programme)}
			return second(o.Tracker.GrantMembership(o.Ctx, o.Call(trackertest.Administrator), o.People[trackertest.Administrator], portfolio.Grant{Role: portfolio.Auditor, Scope: scope}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := trackertest.New(t, nil)
			payee(o)
			for _, m := range []string{one, two} {
				o.Grant(m, portfolio.Finance, string(o.Programme))
				o.Grant(m, portfolio.PlatformOperator, string(o.Platform))
			}
			a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-01")},
				[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "1000000.01", "M1"), trackertest.Tranche(2, "2026-03-01", "1000000", "M2"), trackertest.Tranche(3, "2026-03-01", "5")})
			err := c.do(t, o, a)
			if fault.CodeOf(err) != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
			if c.code != "" && fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%v, want it forbidden", err)
			}
			if got := verified(t, o).Wrong; got != nil {
				t.Error(got)
			}
		})
	}
}
