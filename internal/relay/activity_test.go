package relay_test

import (
	"fmt"

	"pgregory.net/rapid"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// busy is an office in which commands are given at random; what the state of
// things refuses is refused.
type busy struct {
	*trackertest.Office
	rt     *rapid.T
	active []trackertest.Active
	drafts []ident.Award
	serial int
}

func (b *busy) pick() (trackertest.Active, bool) {
	if len(b.active) == 0 {
		return trackertest.Active{}, false
	}
	return b.active[rapid.IntRange(0, len(b.active)-1).Draw(b.rt, "award")], true
}

// newAward makes an award on a platform, another one, or none; sometimes it
// stays a draft.
func (b *busy) newAward() {
	edit := []func(*award.Document){func(*award.Document) {}, b.OnOtherPlatform, b.OnNoPlatform}[rapid.IntRange(0, 2).Draw(b.rt, "place")]
	day := func(name string) string { return b.Today().AddDays(rapid.IntRange(1, 60).Draw(b.rt, name)).String() }
	milestones := []award.MilestoneDraft{trackertest.Milestone("M1", day("due")), trackertest.Milestone("M2", day("due"))}
	tranches := []award.TrancheDraft{
		trackertest.Tranche(1, day("planned"), "20", "M1"), trackertest.Tranche(2, day("planned"), "30.55", "M1", "M2"), trackertest.Tranche(3, day("planned"), "10"),
	}
	if rapid.IntRange(0, 4).Draw(b.rt, "draft") == 0 {
		d := b.Document(milestones, tranches)
		edit(&d)
		b.drafts = append(b.drafts, b.Draft(d))
		return
	}
	b.active = append(b.active, b.ActiveAward(milestones, tranches, edit))
}

// moveDraft puts a draft elsewhere.
func (b *busy) moveDraft() {
	if len(b.drafts) == 0 {
		return
	}
	id := rapid.SampledFrom(b.drafts).Draw(b.rt, "draft")
	d := b.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-12-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "7", "M1")})
	if rapid.Bool().Draw(b.rt, "other") {
		b.OnOtherPlatform(&d)
	}
	_, _ = b.Tracker.ReplaceAward(b.Ctx, b.Call(trackertest.Manager), id, d)
}

// milestone gives a command on a milestone.
func (b *busy) milestone() {
	a, ok := b.pick()
	if !ok {
		return
	}
	ref := a.M(rapid.SampledFrom([]string{"M1", "M2"}).Draw(b.rt, "milestone"))
	by := rapid.SampledFrom([]string{trackertest.Operator, trackertest.Operator2, trackertest.Lead}).Draw(b.rt, "by")
	manager := b.Call(rapid.SampledFrom([]string{trackertest.Manager, trackertest.Manager2}).Draw(b.rt, "manager"))
	reasons := []award.Reason{{Text: "not all of it"}}
	switch rapid.SampledFrom([]string{"start", "submit", "submit", "submit", "met", "met", "met", "partly", "notMet", "return", "withdraw", "settle", "reopen"}).Draw(b.rt, "command") {
	case "start":
		_, _ = b.Tracker.StartMilestone(b.Ctx, b.Call(by), ref)
	case "submit":
		s := award.Submission{Statement: "done", Answers: []award.Answer{{Criterion: "C1", Text: "yes"}}}
		_, _ = b.Tracker.SubmitMilestone(b.Ctx, b.Call(by), ref, s)
	case "met":
		_, _ = b.Tracker.DecideMilestone(b.Ctx, manager, ref, award.Decision{Outcome: award.Met, Paper: trackertest.Paper()})
	case "partly":
		_, _ = b.Tracker.DecideMilestone(b.Ctx, manager, ref, award.Decision{Outcome: award.PartiallyMet, Percent: "40", Reasons: reasons, Paper: trackertest.Paper()})
	case "notMet":
		_, _ = b.Tracker.DecideMilestone(b.Ctx, manager, ref, award.Decision{Outcome: award.NotMet, Reasons: reasons, Paper: trackertest.Paper()})
	case "return":
		_, _ = b.Tracker.ReturnMilestone(b.Ctx, manager, ref, award.Return{Reasons: reasons})
	case "withdraw":
		_, _ = b.Tracker.WithdrawMilestone(b.Ctx, b.Call(by), ref)
	case "settle":
		_, _ = b.Tracker.SettleMilestone(b.Ctx, manager, ref, award.Settling{Choice: award.Accept, Reason: "enough", Paper: trackertest.Paper()})
	case "reopen":
		_, _ = b.Tracker.ReopenMilestone(b.Ctx, manager, ref, award.Reopen{Reason: "an error", Paper: trackertest.Paper(), Acceptance: trackertest.Paper()})
	}
}

// money gives a command on a tranche or a payment.
func (b *busy) money() {
	a, ok := b.pick()
	if !ok {
		return
	}
	ref := a.Tr(rapid.IntRange(1, 3).Draw(b.rt, "tranche"))
	finance, reason := b.Call(trackertest.Finance), tracker.Reason{Reason: "an error"}
	b.serial++
	switch command := rapid.SampledFrom([]string{"request", "request", "approve", "approve", "refuse", "withdraw", "instruct", "paid", "paid", "returned", "reverse", "refund"}).Draw(b.rt, "command"); command {
	case "request":
		for _, by := range []string{trackertest.Operator, trackertest.Operator2, trackertest.Lead} {
			_, _ = b.Tracker.RequestTranche(b.Ctx, b.Call(by), ref, tracker.TrancheRequest{})
		}
	case "approve":
		_, _ = b.Tracker.ApproveTranche(b.Ctx, b.Call(trackertest.Manager2), ref, tracker.Approval{Paper: trackertest.Paper()})
	case "refuse":
		_, _ = b.Tracker.RefuseTranche(b.Ctx, b.Call(trackertest.Manager2), ref, reason)
	case "withdraw":
		_, _ = b.Tracker.WithdrawApproval(b.Ctx, b.Call(trackertest.Manager), ref, reason)
	case "instruct":
		b.instruct(ref)
	default:
		b.payment(a.ID, command, finance, reason)
	}
}

func (b *busy) instruct(ref tracker.TrancheRef) {
	left, err := b.TrancheNow(ref).Payable()
	if err != nil {
		return
	}
	in := award.Instruction{PayerAccount: "treasury", Reference: "instalment", Payee: b.Payee,
		Lines: []award.PaymentLine{{Tranche: ref.Tranche, Kind: award.Release, Amount: left}}}
	if _, err := b.Tracker.InstructPayment(b.Ctx, b.Call(trackertest.Finance), ref.Award, in); err != nil {
		in.Payee = b.OtherPayee
		_, _ = b.Tracker.InstructPayment(b.Ctx, b.Call(trackertest.Finance), ref.Award, in)
	}
}

// payment gives a command on each payment of an award.
func (b *busy) payment(id ident.Award, command string, finance tracker.Call, reason tracker.Reason) {
	page, err := b.Store.Query(b.Ctx, store.Query{Partition: string(id), Range: store.Prefix("4#pay#")})
	if err != nil {
		b.rt.Fatalf("payments: %v", err)
	}
	for _, item := range page.Items {
		ref := tracker.PaymentRef{Award: id, Payment: decoded[award.Payment](b.rt, item, schema.TypePayment).ID}
		switch command {
		case "paid":
			_, _ = b.Tracker.MarkPaymentPaid(b.Ctx, finance, ref, tracker.PaidEntry{BankReference: fmt.Sprintf("B-%d-%s", b.serial, ref.Payment), PaidOn: b.Today()})
		case "returned":
			_, _ = b.Tracker.MarkPaymentReturned(b.Ctx, finance, ref, reason)
		case "reverse":
			_, _ = b.Tracker.ReversePayment(b.Ctx, b.Call(trackertest.Finance2), ref, reason)
		case "refund":
			_, _ = b.Tracker.RecordRefund(b.Ctx, finance, ref, award.RefundEntry{
				Amount: money.MustParse("1.05"), Reason: "unspent", Destination: award.Treasury, Reference: fmt.Sprintf("R-%d", b.serial), ReceivedOn: b.Today(),
			})
		}
	}
}

// extension asks for more time, or answers.
func (b *busy) extension() {
	a, ok := b.pick()
	if !ok {
		return
	}
	ref := a.M("M2")
	_, _ = b.Tracker.AskExtension(b.Ctx, b.Call(trackertest.Operator), ref, award.ExtensionRequest{
		Cause: award.CauseTechnical, Reason: "the laser is late", AskedDueOn: b.MilestoneNow(ref).DueOn.AddDays(20),
	})
	if open := b.MilestoneNow(ref).Extension; open != "" && rapid.Bool().Draw(b.rt, "grant") {
		_, _ = b.Tracker.GrantExtension(b.Ctx, b.Call(trackertest.Manager), tracker.ExtensionRef{Award: a.ID, Extension: open}, tracker.ExtensionGrant{})
	}
}

// days lets time go by, with the sweep of the last day.
func (b *busy) days() {
	b.Clock.Set(b.Today().AddDays(rapid.IntRange(1, 20).Draw(b.rt, "days")))
	if _, err := b.Tracker.Sweep(b.Ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		b.rt.Fatalf("sweep: %v", err)
	}
}

// act does something.
func (b *busy) act() {
	acts := []func(){b.newAward, b.milestone, b.milestone, b.milestone, b.milestone, b.money, b.money, b.money, b.extension, b.days, b.moveDraft}
	acts[rapid.IntRange(0, len(acts)-1).Draw(b.rt, "act")]()
}
