package tracker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// errNone says that there is nothing to give a command to.
var errNone = errors.New("nothing there")

// step is a command of a random walk: who is likely to give it, and to what.
type step struct {
	name    string
	weight  int
	persona []string
	do      func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error)
}

var (
	operators = []string{trackertest.Operator, trackertest.Lead}
	endorsers = []string{trackertest.Operator, trackertest.Operator, trackertest.Manager}
	managers  = []string{trackertest.Manager, trackertest.Manager2}
	payers    = []string{trackertest.Finance, trackertest.Finance2, trackertest.Manager2}
)

// onMilestones is a step on a milestone, likely one in a state.
func onMilestones(likely award.MilestoneState, do func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error)) func(context.Context, *walk, tracker.Call) (tracker.Receipt, error) {
	return func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
		m, ok := pick(w, "milestone", w.now.milestones, func(m award.Milestone) bool { return m.State == likely })
		if !ok {
			return tracker.Receipt{}, errNone
		}
		return do(ctx, w, c, tracker.MilestoneRef{Award: m.Award, Milestone: m.ID})
	}
}

func onTranches(likely func(award.Tranche) bool, do func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error)) func(context.Context, *walk, tracker.Call) (tracker.Receipt, error) {
	return func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
		t, ok := pick(w, "tranche", w.now.tranches, likely)
		if !ok {
			return tracker.Receipt{}, errNone
		}
		return do(ctx, w, c, tracker.TrancheRef{Award: t.Award, Tranche: t.ID})
	}
}

func onPayments(likely award.PaymentState, do func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error)) func(context.Context, *walk, tracker.Call) (tracker.Receipt, error) {
	return func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
		p, ok := pick(w, "payment", w.now.payments, func(p award.Payment) bool { return p.State == likely })
		if !ok {
			return tracker.Receipt{}, errNone
		}
		return do(ctx, w, c, p)
	}
}

func onExtensions(do func(ctx context.Context, w *walk, c tracker.Call, ref tracker.ExtensionRef) (tracker.Receipt, error)) func(context.Context, *walk, tracker.Call) (tracker.Receipt, error) {
	return func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
		x, ok := pick(w, "extension", w.now.extensions, func(x award.Extension) bool { return x.State == award.ExtensionRequested })
		if !ok {
			return tracker.Receipt{}, errNone
		}
		return do(ctx, w, c, tracker.ExtensionRef{Award: x.Award, Extension: x.ID})
	}
}

func inState(s award.TrancheState) func(award.Tranche) bool {
	return func(t award.Tranche) bool { return t.State == s && (s != award.Scheduled || !t.Locked) }
}

func milestoneSteps() []step {
	return []step{
		{"start", 3, operators, onMilestones(award.Planned, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.StartMilestone(ctx, c, ref)
		})},
		{"forecast", 1, operators, onMilestones(award.InProgress, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.ForecastMilestone(ctx, c, ref, tracker.Forecast{ForecastOn: w.o.Today().AddDays(w.days())})
		})},
		{"submit", 12, endorsers, onMilestones(award.InProgress, submitRandomly)},
		{"resubmit", 6, endorsers, onMilestones(award.Returned, submitRandomly)},
		{"withdraw", 2, endorsers, onMilestones(award.MilestoneSubmitted, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.WithdrawMilestone(ctx, c, ref)
		})},
		{"return", 3, managers, onMilestones(award.MilestoneSubmitted, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.ReturnMilestone(ctx, c, ref, sentBack())
		})},
		{"decide", 14, managers, onMilestones(award.MilestoneSubmitted, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			d := met()
			if w.one(4) {
				d = notMet()
			}
			return w.o.Tracker.DecideMilestone(ctx, c, ref, d)
		})},
		{"settle", 3, managers, onMilestones(award.Decided, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.SettleMilestone(ctx, c, ref, settled())
		})},
		{"reopen", 4, managers, onMilestones(award.Decided, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			r := reopened(nil)
			if w.one(2) {
				r = reopened(trackertest.Paper())
			}
			return w.o.Tracker.ReopenMilestone(ctx, c, ref, r)
		})},
		{"acknowledge", 1, operators, onMilestones(award.Planned, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.Acknowledge(ctx, c, ref.Award, string(ref.Milestone))
		})},
		{"ask extension", 4, operators, onMilestones(award.InProgress, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			on := w.o.MilestoneNow(ref).DueOn.AddDays(w.days())
			return w.o.Tracker.AskExtension(ctx, c, ref, asked(on.String()))
		})},
		{"grant extension", 3, managers, onExtensions(func(ctx context.Context, w *walk, c tracker.Call, ref tracker.ExtensionRef) (tracker.Receipt, error) {
			return w.o.Tracker.GrantExtension(ctx, c, ref, tracker.ExtensionGrant{})
		})},
		{"refuse extension", 1, managers, onExtensions(func(ctx context.Context, w *walk, c tracker.Call, ref tracker.ExtensionRef) (tracker.Receipt, error) {
			return w.o.Tracker.RefuseExtension(ctx, c, ref, tracker.ExtensionRefusal{Reason: "no"})
		})},
		{"withdraw extension", 1, operators, onExtensions(func(ctx context.Context, w *walk, c tracker.Call, ref tracker.ExtensionRef) (tracker.Receipt, error) {
			return w.o.Tracker.WithdrawExtension(ctx, c, ref)
		})},
		{"announce", 2, operators, onMilestones(award.InProgress, func(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return w.o.Tracker.AnnounceEvidence(ctx, c, ref, textFile("content"))
		})},
		{"confirm", 2, operators, confirmRandomly},
	}
}

func submitRandomly(ctx context.Context, w *walk, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
	s := answers()
	for _, e := range w.now.evidence {
		if e.Milestone == ref.Milestone && w.one(2) {
			s.Evidence = append(s.Evidence, e.ID)
		}
	}
	return w.o.Tracker.SubmitMilestone(ctx, c, ref, s)
}

func confirmRandomly(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
	e, ok := pick(w, "evidence", w.now.evidence, func(e award.Evidence) bool { return e.State == award.Announced })
	if !ok {
		return tracker.Receipt{}, errNone
	}
	ref := tracker.EvidenceRef{Award: e.Award, Milestone: e.Milestone, Evidence: e.ID}
	if err := w.o.Tracker.SendEvidence(ctx, c, ref, bytes.NewReader([]byte("content"))); err != nil {
		return tracker.Receipt{}, err
	}
	return w.o.Tracker.ConfirmEvidence(ctx, c, ref)
}

func moneySteps() []step {
	return []step{
		{"request", 10, endorsers, onTranches(inState(award.Scheduled), func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
			return w.o.Tracker.RequestTranche(ctx, c, ref, tracker.TrancheRequest{})
		})},
		{"take back", 1, endorsers, onTranches(inState(award.Requested), func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
			return w.o.Tracker.TakeBackTranche(ctx, c, ref)
		})},
		{"refuse", 1, managers, onTranches(inState(award.Requested), func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
			return w.o.Tracker.RefuseTranche(ctx, c, ref, because)
		})},
		{"approve", 10, managers, onTranches(inState(award.Requested), func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
			return w.o.Tracker.ApproveTranche(ctx, c, ref, tracker.Approval{})
		})},
		{"withdraw approval", 2, managers, onTranches(inState(award.Approved), func(ctx context.Context, w *walk, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
			return w.o.Tracker.WithdrawApproval(ctx, c, ref, because)
		})},
		{"instruct", 10, payers, instructRandomly},
		{"paid", 9, payers, onPayments(award.Instructed, func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error) {
			w.references++
			reference := fmt.Sprint("BANK ", w.references)
			if w.one(5) {
				reference = "BANK 1"
			}
			return w.o.Tracker.MarkPaymentPaid(ctx, c, paymentRef(p), tracker.PaidEntry{BankReference: reference, PaidOn: w.o.Today()})
		})},
		{"returned", 1, payers, onPayments(award.Instructed, func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error) {
			return w.o.Tracker.MarkPaymentReturned(ctx, c, paymentRef(p), because)
		})},
		{"stop", 1, payers, onPayments(award.Instructed, func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error) {
			return w.o.Tracker.StopPayment(ctx, c, paymentRef(p), because)
		})},
		{"reverse", 3, payers, onPayments(award.Paid, func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error) {
			return w.o.Tracker.ReversePayment(ctx, c, paymentRef(p), because)
		})},
		{"refund", 3, payers, onPayments(award.Paid, func(ctx context.Context, w *walk, c tracker.Call, p award.Payment) (tracker.Receipt, error) {
			return w.o.Tracker.RecordRefund(ctx, c, paymentRef(p), refund(w.o, "1"))
		})},
		{"reverse refund", 2, payers, func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
			r, ok := pick(w, "refund", w.now.refunds, func(r award.Refund) bool { return r.State == award.Recorded })
			if !ok {
				return tracker.Receipt{}, errNone
			}
			return w.o.Tracker.ReverseRefund(ctx, c, tracker.RefundRef{Award: r.Award, Refund: r.ID}, because)
		}},
		{"suspend platform", 1, managers, func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
			return w.o.Tracker.MovePlatform(ctx, c, w.o.Platform, portfolio.CommandSuspend, because)
		}},
		{"resume platform", 5, managers, func(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
			return w.o.Tracker.MovePlatform(ctx, c, w.o.Platform, portfolio.CommandResume, because)
		}},
	}
}

func paymentRef(p award.Payment) tracker.PaymentRef {
	return tracker.PaymentRef{Award: p.Award, Payment: p.ID}
}

// instructRandomly orders one or two tranches, whole or in part, sometimes too
// much.
func instructRandomly(ctx context.Context, w *walk, c tracker.Call) (tracker.Receipt, error) {
	in := award.Instruction{Payee: w.o.Payee, PayerAccount: "treasury", Reference: "x"}
	var of ident.Award
	for range 1 + w.below(2, "lines") {
		t, ok := pick(w, "tranche", w.now.tranches, inState(award.Approved))
		if !ok {
			return tracker.Receipt{}, errNone
		}
		left, err := t.Payable()
		if err != nil || left.Sign() == 0 {
			left = t.Amount
		}
		if w.one(3) {
			if left, err = money.Of(left.Minor()/2+1, left.Unit()); err != nil {
				return tracker.Receipt{}, err
			}
		}
		of = t.Award
		in.Lines = append(in.Lines, award.PaymentLine{Tranche: t.ID, Kind: award.Release, Amount: left})
	}
	return w.o.Tracker.InstructPayment(ctx, c, of, in)
}
