package tracker_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// refuses fails unless a command is refused with a code, names the state and
// what is legal in it where the move is not, and writes nothing.
func refuses(t *testing.T, o *trackertest.Office, name string, err error, tally *store.Tally, code, state string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s = %v, want %s", name, err, code)
		return
	}
	if tally.ItemsWritten != 0 {
		t.Errorf("%s was refused and wrote %d items", name, tally.ItemsWritten)
	}
	f, ok := errors.AsType[*fault.Error](err)
	if code != "move.illegal" || !ok {
		return
	}
	if f.Args["state"] != state || f.Args["legal"] == nil {
		t.Errorf("%s = %v, want state %s and the legal moves", name, err, state)
	}
}

// inStates is an award with a milestone in each state; their names are codes.
func inStates(o *trackertest.Office) trackertest.Active {
	codes := []string{"planned", "inProgress", "submitted", "returned", "met", "notMet"}
	var drafts []award.MilestoneDraft
	for _, c := range codes {
		drafts = append(drafts, trackertest.Milestone(c, "2026-06-01"))
	}
	a := o.ActiveAward(drafts, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10", "met"), trackertest.Tranche(2, "2026-03-01", "10", "notMet"),
		trackertest.Tranche(3, "2026-03-01", "10"), trackertest.Tranche(4, "2026-03-01", "10"), trackertest.Tranche(5, "2026-03-01", "10")})
	must(o.T.(testing.TB))(o.Tracker.StartMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("inProgress")))
	o.Submit(a.M("submitted"))
	o.Submit(a.M("returned"))
	o.SendBack(a.M("returned"), "")
	o.Meet(a.M("met"))
	o.Submit(a.M("notMet"))
	o.Decide(a.M("notMet"), award.NotMet)
	return a
}

func TestIllegalMovesOfMilestones(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a, tr := inStates(o), o.Tracker
	moves := []struct {
		command award.Command
		persona string
		do      func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error
	}{
		{award.CommandStart, trackertest.Operator, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.StartMilestone(ctx, c, ref))
		}},
		{award.CommandForecast, trackertest.Operator, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.ForecastMilestone(ctx, c, ref, tracker.Forecast{}))
		}},
		{award.CommandSubmit, trackertest.Operator, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.SubmitMilestone(ctx, c, ref, answers()))
		}},
		{award.CommandWithdraw, trackertest.Operator, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.WithdrawMilestone(ctx, c, ref))
		}},
		{award.CommandReturn, trackertest.Manager, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.ReturnMilestone(ctx, c, ref, sentBack()))
		}},
		{award.CommandDecide, trackertest.Manager, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.DecideMilestone(ctx, c, ref, met()))
		}},
		{award.CommandSettle, trackertest.Manager, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.SettleMilestone(ctx, c, ref, settled()))
		}},
		{award.CommandReopen, trackertest.Manager2, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.ReopenMilestone(ctx, c, ref, reopened(nil)))
		}},
		{award.CommandAskExtension, trackertest.Operator, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) error {
			return second(tr.AskExtension(ctx, c, ref, asked("2026-12-01")))
		}},
	}
	tried := 0
	for code := range a.Milestones {
		m := o.MilestoneNow(a.M(code))
		for _, move := range moves {
			want := "move.illegal"
			switch {
			case code == "met" && move.command == award.CommandSettle:
				want = "milestone.nothingToSettle"
			case slices.Contains(m.State.Legal(), move.command):
				continue // legal: see the other tests
			case code == "submitted" && move.command == award.CommandAskExtension:
				want = "extension.afterSubmission"
			}
			ctx, tally := store.WithTally(t.Context())
			err := move.do(ctx, o.Call(move.persona), a.M(code))
			refuses(t, o, string(move.command)+" of "+code, err, tally, want, string(m.State))
			tried++
		}
	}
	if tried != 38 {
		t.Errorf("%d illegal moves tried, want 38", tried)
	}
}

func TestIllegalMovesOfTranchesAndPayments(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a, tr := inStates(o), o.Tracker
	o.Request(a.Tr(3))
	o.Request(a.Tr(4))
	o.Approve(a.Tr(4))
	paid := o.PayOut(a.Tr(5))
	refunded := o.Refund(paid, "1")
	instruct := func(n int) error {
		return second(tr.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, instruction(o.Payee, map[ident.Tranche]string{a.Tranches[n]: "10"})))
	}
	request := func(n int) error {
		return second(tr.RequestTranche(o.Ctx, o.Call(trackertest.Operator), a.Tr(n), tracker.TrancheRequest{}))
	}
	back := func(n int) error { return second(tr.TakeBackTranche(o.Ctx, o.Call(trackertest.Operator), a.Tr(n))) }
	refuse := func(n int) error {
		return second(tr.RefuseTranche(o.Ctx, o.Call(trackertest.Manager), a.Tr(n), because))
	}
	approve := func(n int) error {
		return second(tr.ApproveTranche(o.Ctx, o.Call(trackertest.Manager2), a.Tr(n), tracker.Approval{}))
	}
	unapprove := func(n int) error {
		return second(tr.WithdrawApproval(o.Ctx, o.Call(trackertest.Manager2), a.Tr(n), because))
	}
	for _, c := range []struct {
		name    string
		do      func(int) error
		tranche int // 1 open, 2 locked, 3 requested, 4 approved, 5 settled
		code    string
		state   string
	}{
		{"request of a locked one", request, 2, "tranche.gatesNotMet", ""},
		{"request again", request, 3, "move.illegal", "requested"}, {"request of an approved one", request, 4, "move.illegal", "approved"},
		{"request of a settled one", request, 5, "move.illegal", "settled"},
		{"take back what is not requested", back, 1, "move.illegal", "scheduled"}, {"take back an approved one", back, 4, "move.illegal", "approved"},
		{"take back a settled one", back, 5, "move.illegal", "settled"},
		{"refuse what is not requested", refuse, 1, "move.illegal", "scheduled"}, {"refuse an approved one", refuse, 4, "move.illegal", "approved"},
		{"refuse a settled one", refuse, 5, "move.illegal", "settled"},
		{"approve what is not requested", approve, 1, "move.illegal", "scheduled"}, {"approve again", approve, 4, "move.illegal", "approved"},
		{"approve a settled one", approve, 5, "move.illegal", "settled"},
		{"withdraw no approval", unapprove, 1, "move.illegal", "scheduled"}, {"withdraw approval of a requested one", unapprove, 3, "move.illegal", "requested"},
		{"withdraw approval of a settled one", unapprove, 5, "move.illegal", "settled"},
		{"instruct a scheduled one", instruct, 1, "move.illegal", "scheduled"}, {"instruct a locked one", instruct, 2, "tranche.gatesNotMet", ""},
		{"instruct a requested one", instruct, 3, "move.illegal", "requested"}, {"instruct a settled one", instruct, 5, "move.illegal", "settled"},
		{"pay what is paid", func(int) error {
			return second(tr.MarkPaymentPaid(o.Ctx, o.Call(trackertest.Finance), paid, tracker.PaidEntry{BankReference: "B", PaidOn: o.Today()}))
		}, 5, "move.illegal", "paid"},
		{"stop what is paid", func(int) error {
			return second(tr.StopPayment(o.Ctx, o.Call(trackertest.Finance), paid, because))
		}, 5, "move.illegal", "paid"},
		{"reverse what is refunded", func(int) error {
			return second(tr.ReversePayment(o.Ctx, o.Call(trackertest.Finance2), paid, because))
		}, 5, "payment.refunded", ""},
		{"refund more than was paid", func(int) error {
			return second(tr.RecordRefund(o.Ctx, o.Call(trackertest.Finance), paid, refund(o, "9.01")))
		}, 5, "request.invalid", ""},
		{"reverse a refund that was reversed", func(int) error {
			must(t)(tr.ReverseRefund(t.Context(), o.Call(trackertest.Finance2), refunded, because))
			return second(tr.ReverseRefund(o.Ctx, o.Call(trackertest.Finance2), refunded, because))
		}, 5, "move.illegal", "reversed"},
	} {
		ctx, tally := store.WithTally(t.Context())
		o.Ctx = ctx
		err := c.do(c.tranche)
		refuses(t, o, c.name, err, tally, c.code, c.state)
	}
}

func TestIllegalMovesOfAwards(t *testing.T) {
	o := trackertest.New(t, nil)
	tr := o.Tracker
	drafted, handedIn, discarded := o.Draft(o.Document(nil, nil)), o.Draft(complete(o)), o.Draft(o.Document(nil, nil))
	must(t)(tr.SubmitAward(o.Ctx, o.Call(trackertest.Manager), handedIn))
	must(t)(tr.DiscardAward(o.Ctx, o.Call(trackertest.Manager), discarded, because))
	active := gated(o).ID
	do := map[portfolio.Command]func(ident.Award) error{
		award.CommandEdit: func(id ident.Award) error {
			return second(tr.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, o.Document(nil, nil)))
		},
		award.CommandSubmit:   func(id ident.Award) error { return second(tr.SubmitAward(o.Ctx, o.Call(trackertest.Manager), id)) },
		award.CommandTakeBack: func(id ident.Award) error { return second(tr.TakeBackAward(o.Ctx, o.Call(trackertest.Manager), id)) },
		award.CommandReturnToDraft: func(id ident.Award) error {
			return second(tr.ReturnAward(o.Ctx, o.Call(trackertest.Manager2), id, because))
		},
		award.CommandActivate: func(id ident.Award) error {
			return second(tr.ActivateAward(o.Ctx, o.Call(trackertest.Manager2), id, tracker.Activation{}))
		},
		award.CommandDiscard: func(id ident.Award) error {
			return second(tr.DiscardAward(o.Ctx, o.Call(trackertest.Manager), id, because))
		},
	}
	for state, id := range map[award.State]ident.Award{award.Draft: drafted, award.Submitted: handedIn, award.Active: active, award.Discarded: discarded} {
		for c, run := range do {
			if slices.Contains(state.Legal(), c) {
				continue
			}
			if err := run(id); fault.CodeOf(err) != "move.illegal" {
				t.Errorf("%s of a %s award = %v, want move.illegal", c, state, err)
			}
		}
	}
	// nothing works in an award that is not active
	ref := tracker.MilestoneRef{Award: drafted, Milestone: "mst_01KJP0Y9M016SCWZE4KCW07PJM"}
	if _, err := tr.StartMilestone(o.Ctx, o.Call(trackertest.Operator), ref); fault.CodeOf(err) != "thing.notFound" {
		t.Errorf("start in a draft = %v, want thing.notFound", err)
	}
	if items, err := o.Store.Get(t.Context(), schema.UniqueKey("agreementNumber", "", "HT-003")); err != nil || items[0] != nil {
		t.Errorf("a discarded award's number is still taken: %v, %v", items, err)
	}
}

func complete(o *trackertest.Office) award.Document {
	return o.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "M1")})
}
