package trackertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// operatorOf is who answers for a milestone's award: Operator, or another
// persona given.
func operatorOf(by []string) string {
	if len(by) > 0 {
		return by[0]
	}
	return Operator
}

// Submit hands a milestone in with an answer to each criterion, by Operator
// unless another persona is given.
func (o *Office) Submit(ref tracker.MilestoneRef, by ...string) tracker.Receipt {
	o.T.Helper()
	return o.SubmitWith(ref, nil, by...)
}

// SubmitWith is Submit with evidence.
func (o *Office) SubmitWith(ref tracker.MilestoneRef, evidence []ident.Evidence, by ...string) tracker.Receipt {
	o.T.Helper()
	s := award.Submission{Statement: "done", Evidence: evidence, Answers: []award.Answer{}}
	for _, c := range o.MilestoneNow(ref).Criteria {
		s.Answers = append(s.Answers, award.Answer{Criterion: c.ID, Text: "yes"})
	}
	return o.did(o.Tracker.SubmitMilestone(o.Ctx, o.Call(operatorOf(by)), ref, s))
}

// Decide decides a submitted milestone by Manager.
func (o *Office) Decide(ref tracker.MilestoneRef, outcome award.Outcome) tracker.Receipt {
	o.T.Helper()
	d := award.Decision{Outcome: outcome, Paper: Paper()}
	if outcome == award.PartiallyMet {
		d.Percent = "60"
	}
	if outcome != award.Met {
		d.Reasons = []award.Reason{{Text: "not all of it"}}
	}
	return o.did(o.Tracker.DecideMilestone(o.Ctx, o.Call(Manager), ref, d))
}

// Meet submits a milestone and decides it met.
func (o *Office) Meet(ref tracker.MilestoneRef, by ...string) {
	o.T.Helper()
	o.Submit(ref, by...)
	o.Decide(ref, award.Met)
}

// SendBack returns a submitted milestone by Manager, with a date for rework
// ("" for the default).
func (o *Office) SendBack(ref tracker.MilestoneRef, reworkDueOn string) tracker.Receipt {
	o.T.Helper()
	r := award.Return{Reasons: []award.Reason{{Criterion: "C1", Text: "show it"}}}
	if reworkDueOn != "" {
		r.ReworkDueOn = Day(reworkDueOn)
	}
	return o.did(o.Tracker.ReturnMilestone(o.Ctx, o.Call(Manager), ref, r))
}

// Request asks for a tranche by Operator unless another persona is given.
func (o *Office) Request(ref tracker.TrancheRef, by ...string) tracker.Receipt {
	o.T.Helper()
	return o.did(o.Tracker.RequestTranche(o.Ctx, o.Call(operatorOf(by)), ref, tracker.TrancheRequest{}))
}

// Approve approves a requested tranche by Manager2.
func (o *Office) Approve(ref tracker.TrancheRef) tracker.Receipt {
	o.T.Helper()
	return o.did(o.Tracker.ApproveTranche(o.Ctx, o.Call(Manager2), ref, tracker.Approval{Paper: Paper()}))
}

// Instruct orders the payment of what is payable of tranches of one award, by
// Finance.
func (o *Office) Instruct(refs ...tracker.TrancheRef) tracker.PaymentRef {
	o.T.Helper()
	in := award.Instruction{PayerAccount: "treasury", Reference: "instalment"}
	for _, ref := range refs {
		t := o.TrancheNow(ref)
		left, err := t.Payable()
		o.must(err)
		in.Lines = append(in.Lines, award.PaymentLine{Tranche: t.ID, Kind: award.Release, Amount: left})
	}
	in.Payee = read[award.Award](o, schema.RootKey(string(refs[0].Award)), schema.TypeAward).Document.Payee
	r := o.did(o.Tracker.InstructPayment(o.Ctx, o.Call(Finance), refs[0].Award, in))
	return tracker.PaymentRef{Award: refs[0].Award, Payment: ident.Payment(made(r, "payment.instructed"))}
}

// MarkPaid records by Finance that the bank paid today.
func (o *Office) MarkPaid(ref tracker.PaymentRef) tracker.Receipt {
	o.T.Helper()
	return o.did(o.Tracker.MarkPaymentPaid(o.Ctx, o.Call(Finance), ref,
		tracker.PaidEntry{BankReference: "BANK-" + string(ref.Payment), PaidOn: o.Today()}))
}

// PayOut takes a tranche whose gates hold from scheduled to settled.
func (o *Office) PayOut(ref tracker.TrancheRef, by ...string) tracker.PaymentRef {
	o.T.Helper()
	o.Request(ref, by...)
	o.Approve(ref)
	p := o.Instruct(ref)
	o.MarkPaid(p)
	return p
}

// Refund records by Finance that an amount of CNY of a payment came back today.
func (o *Office) Refund(ref tracker.PaymentRef, amount string) tracker.RefundRef {
	o.T.Helper()
	r := o.did(o.Tracker.RecordRefund(o.Ctx, o.Call(Finance), ref, award.RefundEntry{
		Amount: money.MustParse(amount), Reason: "unspent", Destination: award.Treasury, Reference: fmt.Sprintf("RF-%d", o.requests), ReceivedOn: o.Today(),
	}))
	return tracker.RefundRef{Award: ref.Award, Refund: ident.Refund(made(r, "refund.recorded"))}
}

// Upload announces, sends and confirms a file with a milestone, by Operator
// unless another persona is given.
func (o *Office) Upload(ref tracker.MilestoneRef, content string, by ...string) tracker.EvidenceRef {
	o.T.Helper()
	e := o.Announce(ref, content, by...)
	o.must(o.Tracker.SendEvidence(o.Ctx, o.Call(operatorOf(by)), e, bytes.NewReader([]byte(content))))
	o.did(o.Tracker.ConfirmEvidence(o.Ctx, o.Call(operatorOf(by)), e))
	return e
}

// Announce announces a text file with a milestone.
func (o *Office) Announce(ref tracker.MilestoneRef, content string, by ...string) tracker.EvidenceRef {
	o.T.Helper()
	sum := sha256.Sum256([]byte(content))
	r := o.did(o.Tracker.AnnounceEvidence(o.Ctx, o.Call(operatorOf(by)), ref, award.File{
		Kind: award.OtherFile, FileName: "report.txt", MediaType: "text/plain", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	}))
	return tracker.EvidenceRef{Award: ref.Award, Milestone: ref.Milestone, Evidence: ident.Evidence(made(r, "evidence.announced"))}
}

// Ask asks for a later due date of a milestone, by Operator.
func (o *Office) Ask(ref tracker.MilestoneRef, dueOn string, by ...string) tracker.ExtensionRef {
	o.T.Helper()
	r := o.did(o.Tracker.AskExtension(o.Ctx, o.Call(operatorOf(by)), ref, award.ExtensionRequest{
		Cause: award.CauseTechnical, Reason: "the laser is late", AskedDueOn: Day(dueOn),
	}))
	return tracker.ExtensionRef{Award: ref.Award, Extension: ident.Extension(made(r, "extension.requested"))}
}

// made returns the id of the thing of an event.
func made(r tracker.Receipt, event string) string {
	for _, t := range r.Things {
		if t.Event == event {
			return t.ID
		}
	}
	return ""
}
