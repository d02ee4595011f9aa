package console

import (
	"context"
	"html/template"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ledger"
	"milepost/internal/tracker"
)

// trancheStep is what the steps on a tranche share; name is the last part of
// the address.
func (q *request) trancheStep(of trancheOf, name string) moneyStep {
	number := of.T.Number
	id := "console.tranche.step." + name
	return moneyStep{
		Form:   q.form(of.page()+"/"+name, of.T.Version),
		Title:  q.text(id+".title", "number", number),
		Crumbs: q.moneyCrumbs(of.Award, "tranches", link{Href: of.page(), Text: q.text("console.tranche", "number", number)}, link{Text: q.text(id + ".crumb")}),
		Facts:  q.trancheFacts(of),
		Undo:   q.text(id + ".undo"),
		Do:     q.text(id+".do", "number", number, "amount", q.exact(of.T.Amount)),
		Page:   of.page(),
		about:  of.about(),
		sample: func() {},
		read:   func(*fields) {},
		to:     func(tracker.Receipt) string { return of.page() },
	}
}

func (q *request) trancheFacts(of trancheOf) []moneyFact {
	facts := []moneyFact{
		q.fact("console.money.award", template.HTML(string(linked(of.Award.Href(), of.Award.Document.Number))+" ")+q.functions().name(of.Award.Document.Title)), //nolint:gosec // escaped
		q.fact("console.money.amount", of.T.Amount),
	}
	if p := of.Award.Organisation(of.Award.Document.Payee); p != nil {
		facts = append(facts, q.fact("console.money.payee", p))
	}
	for _, g := range of.gates() {
		text := template.HTML(string(linked(at("awards", of.Award.ID, "milestones", g.ID), g.Code+" "+g.Title)) + " ") //nolint:gosec // escaped
		if g.Outcome != "" {
			text += q.functions().state("milestoneOutcome", g.Outcome)
		} else {
			text += q.functions().state("milestoneState", g.State)
		}
		facts = append(facts, q.fact("console.money.gate", text))
	}
	if len(of.T.Gates) == 0 {
		facts = append(facts, q.fact("console.money.gate", q.text("console.tranche.ungated")))
	}
	if of.T.Refused != "" {
		text := template.HTML(`<bdi class="pre">` + template.HTMLEscapeString(of.T.Refused) + `</bdi>`) //nolint:gosec // escaped
		if n := of.Award.Who(of.T.RefusedBy); n != nil {
			text += "<small>" + q.byAndOn(n, of.T.RefusedOn.String()) + "</small>"
		}
		facts = append(facts, q.fact("console.tranche.sentBack", text))
	}
	if n := of.Award.Who(of.T.RequestedBy); n != nil {
		facts = append(facts, q.fact("console.tranche.requested", q.byAndOn(n, of.T.RequestedOn.String())))
	}
	if of.T.Statement != "" {
		facts = append(facts, q.fact("console.tranche.statement", of.T.Statement))
	}
	if n := of.Award.Who(of.T.ApprovedBy); n != nil {
		facts = append(facts, q.fact("console.tranche.approved", q.byAndOn(n, of.T.ApprovedOn.String())))
	}
	return facts
}

// byAndOn is who did something, and when.
func (q *request) byAndOn(n *tracker.Named, on string) template.HTML {
	return q.functions().name(n) + template.HTML(" "+template.HTMLEscapeString(on)) //nolint:gosec // escaped
}

func (q *request) requestStep(of trancheOf) moneyStep {
	s := q.trancheStep(of, "request")
	in := &tracker.TrancheRequest{}
	hint := "console.tranche.statement.hint"
	if of.T.Refused != "" {
		hint = "console.tranche.statement.answer"
	}
	s.Check = true
	s.Fields = []moneyField{{Name: "statement", Kind: "area", Rows: 3, Label: q.text("console.tranche.statement"), Hint: q.text(hint), Optional: true}}
	s.read = func(f *fields) { in.Statement = f.Value("statement") }
	s.typed = func(s *moneyStep) {
		if of.T.Refused != "" && in.Statement == "" {
			s.Warnings = append(s.Warnings, q.text("console.tranche.statement.unanswered"))
		}
	}
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().RequestTranche(ctx, c, of.ref(), *in)
	}
	return s
}

func (q *request) takeBackStep(of trancheOf) moneyStep {
	s := q.trancheStep(of, "take-back")
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().TakeBackTranche(ctx, c, of.ref())
	}
	return s
}

// withReason makes a step that asks for a reason and nothing else.
func (s moneyStep) withReason(q *request, hint string, run func(context.Context, tracker.Call, tracker.Reason) (tracker.Receipt, error)) moneyStep {
	in := &tracker.Reason{}
	s.Fields = []moneyField{q.reasonField(hint)}
	s.sample = func() { in.Reason = "-" }
	s.read = func(f *fields) {
		f.need("reason")
		in.Reason = f.Value("reason")
	}
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return run(ctx, c, *in) }
	return s
}

func (q *request) refuseStep(of trancheOf) moneyStep {
	return q.trancheStep(of, "refuse").withReason(q, "console.tranche.reasonHint", func(ctx context.Context, c tracker.Call, r tracker.Reason) (tracker.Receipt, error) {
		return q.tracker().RefuseTranche(ctx, c, of.ref(), r)
	})
}

func (q *request) withdrawStep(of trancheOf) moneyStep {
	s := q.trancheStep(of, "withdraw").withReason(q, "console.tranche.reasonHint", func(ctx context.Context, c tracker.Call, r tracker.Reason) (tracker.Receipt, error) {
		return q.tracker().WithdrawApproval(ctx, c, of.ref(), r)
	})
	s.Danger = true
	s.foretel = func(tracker.Foreseen) []string {
		return []string{q.text("console.money.ledger.withdrawal", "amount", q.exact(of.T.Approved), "entry", of.T.Posted)}
	}
	return s
}

func (q *request) approveStep(of trancheOf) moneyStep {
	s := q.trancheStep(of, "approve")
	in := &tracker.Approval{}
	s.Check = true
	s.explain = func(refused error, blocked []string) ([]string, error) { return q.explain(of, refused, blocked) }
	s.Facts = slices.DeleteFunc(s.Facts, func(f moneyFact) bool { return f.Label == q.text("console.money.amount") })
	s.Facts = append(s.Facts,
		q.fact("console.money.gross", of.T.Amount),
		q.fact("console.money.withheld", q.text("console.money.withheld.none")),
		q.fact("console.money.net", of.T.Amount))
	s.Fields = q.paperFields()
	s.read = func(f *fields) { in.Paper = paperIn(f) }
	s.sample = func() { in.Paper = nil }
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().ApproveTranche(ctx, c, of.ref(), *in)
	}
	s.foretel = func(tracker.Foreseen) []string {
		return []string{q.text("console.money.ledger.approval", "amount", q.exact(of.T.Amount), "debit", q.account(ledger.Approved), "credit", q.account(ledger.Payable))}
	}
	if slices.Contains(of.Award.Permissions, access.InstructPayment) {
		s.Notes = append(s.Notes, q.text("console.tranche.note.approver"))
	}
	return s
}

// paperFields ask for the document behind a decision; empty, there is none.
func (q *request) paperFields() []moneyField {
	return []moneyField{
		{Name: "paper/number", Label: q.text("console.money.paper.number"), Hint: q.text("console.money.paper.hint"), Heading: q.text("console.money.paper"), Optional: true},
		{Name: "paper/decidedOn", Type: "date", Label: q.text("console.money.paper.decidedOn"), Optional: true},
		{Name: "paper/signer", Label: q.text("console.money.paper.signer"), Optional: true},
		{Name: "paper/panel", Label: q.text("console.money.paper.panel"), Optional: true},
	}
}

// paperIn is the document that was typed, nil where nothing was.
func paperIn(f *fields) *award.DecisionPaper {
	p := award.DecisionPaper{Number: f.Value("paper/number"), DecidedOn: f.date("paper/decidedOn"), Signer: f.Value("paper/signer"), Panel: f.Value("paper/panel")}
	if p == (award.DecisionPaper{}) {
		return nil
	}
	return &p
}

// instructionOf pays what is left of a tranche, to see whether that can be
// done.
func instructionOf(of trancheOf) award.Instruction {
	return award.Instruction{
		Lines: []award.PaymentLine{{Tranche: of.T.ID, Kind: award.Release, Amount: amountLeft(of.T.Tranche)}},
		Payee: of.Award.Document.Payee, PayerAccount: "-", Reference: "-",
	}
}
