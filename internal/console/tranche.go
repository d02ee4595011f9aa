package console

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// trancheRoutes are tranches: queues, requests, approvals.
func (c *Console) trancheRoutes(m routes) {
	m.page("GET /tranches", c.tranches)
	m.page("GET /awards/{award}/tranches/{tranche}", c.tranche)
	for name, step := range map[string]func(*request, trancheOf) moneyStep{
		"request": (*request).requestStep, "take-back": (*request).takeBackStep, "approve": (*request).approveStep,
		"refuse": (*request).refuseStep, "withdraw": (*request).withdrawStep,
	} {
		h := func(q *request) error {
			of, err := q.trancheOf()
			if err != nil {
				return err
			}
			return step(q, of).answer(q, of.Award)
		}
		m.page("GET /awards/{award}/tranches/{tranche}/"+name, h)
		m.page("POST /awards/{award}/tranches/{tranche}/"+name, h)
	}
	m.page("POST /awards/{award}/tranches/{tranche}/acknowledge", c.acknowledgeTranche)
}

// trancheOf is a tranche within its award.
type trancheOf struct {
	Award moneyAward
	T     tracker.TrancheView
}

func (q *request) trancheOf() (trancheOf, error) {
	a, err := q.moneyAward()
	if err != nil {
		return trancheOf{}, err
	}
	t, ok := a.tranche(ident.Tranche(q.PathValue("tranche")))
	if !ok {
		return trancheOf{}, errNothingHere()
	}
	return trancheOf{a, t}, nil
}

func (o trancheOf) ref() tracker.TrancheRef {
	return tracker.TrancheRef{Award: o.Award.ID, Tranche: o.T.ID}
}

func (o trancheOf) page() string { return o.Award.TrancheHref(o.T.ID) }

func (o trancheOf) about() subject { return subject{string(o.Award.ID), string(o.T.ID), o.page()} }

// gates are the milestones that gate the tranche, in its order.
func (o trancheOf) gates() []tracker.MilestoneView {
	var out []tracker.MilestoneView
	for _, id := range o.T.Gates {
		for _, m := range o.Award.Milestones {
			if m.ID == id {
				out = append(out, m)
			}
		}
	}
	return out
}

// tranchePage is a tranche with its gates, its money and what is next.
type tranchePage struct {
	trancheOf
	Crumbs   []link
	Left     money.Amount // approved, and neither paid nor on its way
	Gates    []gateLine
	Split    []splitLine
	Payments []lineOfPayment
	Steps    []moneyOffer
	Notes    []string // separations that are to come
	Barred   []barredPerson
	Ack      *form
	Owners   owners // of what is owed
	DaysLeft int    // calendar days until what is owed is due
	Journal  []tracker.JournalEntryView
	Whole    string // address of the journal; empty where the reader may not read it
}

// Ready are the steps that nothing stands in the way of.
func (p tranchePage) Ready() []moneyOffer { return ready(p.Steps) }

func ready(steps []moneyOffer) []moneyOffer {
	var out []moneyOffer
	for _, s := range steps {
		if len(s.Blocked) == 0 {
			out = append(out, s)
		}
	}
	return out
}

// barredPerson is somebody whom a separation keeps from what is owed, and why.
type barredPerson struct {
	*tracker.Named
	Why string
}

// barred are those, as far as the award names them, with what they did.
func (q *request) barred(of trancheOf) []barredPerson {
	if of.T.Watch.Current == nil {
		return nil
	}
	var out []barredPerson
	for _, p := range of.T.Watch.Current.Except {
		n := of.Award.Who(p)
		if n == nil {
			continue
		}
		var did []string
		if p == of.T.ApprovedBy {
			did = append(did, q.text("console.barred.approved"))
		}
		if p == of.T.RequestedBy && of.T.ApprovedBy == "" {
			did = append(did, q.text("console.barred.requested"))
		}
		for _, m := range of.gates() {
			if p == m.Decider() && of.T.ApprovedBy == "" {
				did = append(did, q.text("console.barred.decided", "milestone", m.Code))
			}
		}
		b := barredPerson{Named: n}
		if len(did) > 0 {
			b.Why = q.text("console.barred.because", "why", q.words(did))
		}
		out = append(out, b)
	}
	return out
}

// gateLine is a gate with what it still lacks.
type gateLine struct {
	tracker.MilestoneView
	Href    string
	Passed  bool
	Text    string // id of what it says
	Decider *tracker.Named
	On      string // date of the submission or decision
}

// splitLine is the share of a tranche that a funding line bears.
type splitLine struct {
	award.FundingLine
	Funder *tracker.Named
	Share  money.Amount
}

// lineOfPayment is a payment with the part of it that is a tranche's.
type lineOfPayment struct {
	tracker.PaymentView
	Href string
	Part money.Amount
}

// moneyOffer is a step that the reader may take, or why they may not.
type moneyOffer struct {
	Href, Text string
	Blocked    []string
	Second     bool
}

func (c *Console) tranche(q *request) error {
	of, err := q.trancheOf()
	if err != nil {
		return err
	}
	return q.showTranche(of, nil)
}

func (q *request) showTranche(of trancheOf, ack *form) error {
	p := tranchePage{trancheOf: of, Barred: q.barred(of), Left: amountLeft(of.T.Tranche), Ack: ack, Split: of.split(), Payments: of.payments()}
	p.Crumbs = q.moneyCrumbs(of.Award, "tranches", link{Text: q.text("console.tranche", "number", of.T.Number)})
	for _, m := range of.gates() {
		p.Gates = append(p.Gates, q.gateLine(of.Award, m))
	}
	var err error
	if p.Steps, err = q.trancheSteps(of); err != nil {
		return err
	}
	if p.Notes, err = q.trancheNotes(of); err != nil {
		return err
	}
	if o := of.T.Watch.Current; o != nil {
		if p.Owners, err = q.ownersOf(of.Award.AwardView, *o); err != nil {
			return err
		}
		if !o.EffectiveOn.IsZero() {
			p.DaysLeft = o.EffectiveOn.Sub(q.today)
		}
		if p.Ack == nil && o.Ack == nil && hasAction(of.T.Actions, tracker.ActionAcknowledge) {
			p.Ack = q.form(of.page()+"/acknowledge", of.T.Version)
		}
	}
	if p.Journal, p.Whole, err = q.shortJournal(of.Award, string(of.T.ID)); err != nil {
		return err
	}
	return q.show("tranche", q.text("console.tranche", "number", of.T.Number)+" · "+of.Award.Document.Number, p)
}

func (q *request) gateLine(a moneyAward, m tracker.MilestoneView) gateLine {
	g := gateLine{MilestoneView: m, Href: at("awards", a.ID, "milestones", m.ID), Passed: m.Holds(), Text: "console.tranche.gate." + string(m.State)}
	if m.Outcome != "" {
		g.Text = "console.tranche.gate." + string(m.Outcome)
	}
	if n := len(m.Rounds); n > 0 {
		last := m.Rounds[n-1]
		g.On = last.SubmittedOn.String()
		if m.Outcome != "" {
			g.On, g.Decider = last.EndedOn.String(), a.Who(last.EndedBy)
		}
	}
	return g
}

func (o trancheOf) split() []splitLine {
	var out []splitLine
	for _, s := range o.T.Split {
		for _, l := range o.Award.Document.FundingLines {
			if l.ID == s.Line {
				out = append(out, splitLine{FundingLine: l, Funder: o.Award.Organisation(l.Funder), Share: s.Amount})
			}
		}
	}
	return out
}

func (o trancheOf) payments() []lineOfPayment {
	var out []lineOfPayment
	for _, p := range o.Award.Payments {
		for _, l := range p.Lines {
			if l.Tranche == o.T.ID {
				out = append(out, lineOfPayment{p, o.Award.PaymentHref(p.ID), l.Amount})
			}
		}
	}
	return out
}

// trancheSteps are what the reader's roles may do with the tranche in its
// state; what would be refused says why.
func (q *request) trancheSteps(of trancheOf) ([]moneyOffer, error) {
	steps := []struct {
		action tracker.Action
		href   string
		second bool
		try    func(context.Context, tracker.Call) (tracker.Receipt, error)
	}{
		{"request", "/request", false, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().RequestTranche(ctx, c, of.ref(), tracker.TrancheRequest{})
		}},
		{"approve", "/approve", false, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().ApproveTranche(ctx, c, of.ref(), tracker.Approval{})
		}},
		{"instruct", "", false, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().InstructPayment(ctx, c, of.Award.ID, instructionOf(of))
		}},
		{"refuse", "/refuse", true, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().RefuseTranche(ctx, c, of.ref(), tracker.Reason{Reason: "-"})
		}},
		{"takeBack", "/take-back", true, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().TakeBackTranche(ctx, c, of.ref())
		}},
		{"withdrawApproval", "/withdraw", true, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().WithdrawApproval(ctx, c, of.ref(), tracker.Reason{Reason: "-"})
		}},
	}
	var out []moneyOffer
	for _, s := range steps {
		if !hasAction(of.T.Actions, s.action) || s.action == "instruct" && amountLeft(of.T.Tranche).IsZero() {
			continue
		}
		offer := moneyOffer{Href: of.page() + s.href, Second: s.second}
		if s.href != "" {
			offer.Text = q.text("console.tranche.step" + slashToDot(s.href) + ".crumb")
		} else {
			offer.Text = q.text("console.payment.new.title")
			offer.Href = to(at("awards", of.Award.ID, "payments", "new"), "tranche", of.T.ID)
		}
		_, refused := q.tracker().Foresee(q.Context(), q.call, s.try)
		var err error
		if offer.Blocked, err = q.blockedBy(refused); err != nil {
			return nil, err
		}
		if offer.Blocked, err = q.explain(of, refused, offer.Blocked); err != nil {
			return nil, err
		}
		out = append(out, offer)
	}
	for _, p := range of.payments() {
		if hasAction(p.Actions, "markPaid") {
			out = append(out, moneyOffer{Href: p.Href + "/paid", Text: q.text("console.tranche.recordPaid", "reference", q.paymentName(p.PaymentView))})
		}
	}
	return out, nil
}

// trancheNotes are the separations that will stand in the reader's way later.
func (q *request) trancheNotes(of trancheOf) ([]string, error) {
	may := func(a access.Action) bool { return slices.Contains(of.Award.Permissions, a) }
	if of.T.State == award.Requested && may(access.DecideTranche) && may(access.InstructPayment) {
		return []string{q.text("console.tranche.note.approver")}, nil
	}
	if of.T.State != award.Scheduled || !may(access.DecideTranche) {
		return nil, nil
	}
	var notes []string
	for _, g := range of.gates() {
		if g.Decider() != q.call.Principal.Person {
			continue
		}
		p, known, err := q.programmeOf(of.Award.Document.Programme)
		if err != nil {
			return nil, err
		}
		if known && p.Above(of.T.Amount) {
			limit, _ := q.thresholdIn(p, of.T.Amount)
			notes = append(notes, q.text("console.tranche.note.decider", "milestone", g.Code, "limit", limit))
		}
	}
	return notes, nil
}

// programmeOf is a programme, where the reader may view it.
func (q *request) programmeOf(id ident.Programme) (tracker.ProgrammeView, bool, error) {
	p, err := q.tracker().Programme(q.Context(), q.call, id)
	switch {
	case err == nil:
		return p, true, nil
	case fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Forbidden:
		return p, false, nil
	}
	return p, false, err
}

// thresholdIn is the amount above which who decided a gate leaves the approval
// to another person, in words; false where the programme has none.
func (q *request) thresholdIn(p tracker.ProgrammeView, of money.Amount) (string, bool) {
	for _, limit := range p.SeparationAbove {
		if limit.Unit() == of.Unit() {
			return q.text("console.tranche.above", "amount", q.exact(limit)), true
		}
	}
	return q.text("console.tranche.aboveAny", "currency", of.Unit().Code()), false
}

// explain says more about why an approval is refused: the threshold that the
// separation counts from.
func (q *request) explain(of trancheOf, err error, blocked []string) ([]string, error) {
	if fault.CodeOf(err) != "separation.deciderApproves" {
		return blocked, nil
	}
	p, known, err := q.programmeOf(of.Award.Document.Programme)
	if err != nil || !known {
		return blocked, err
	}
	if limit, found := q.thresholdIn(p, of.T.Amount); found {
		blocked = append(blocked, q.text("console.tranche.threshold", "limit", limit))
	}
	return blocked, nil
}

const (
	mostShortJournal = 8
	lookedThrough    = 100 // entries of the award's journal
)

// shortJournal is the last of what happened to a thing of an award, and where
// all of it is; nothing where the reader may not read the journal.
func (q *request) shortJournal(a moneyAward, thing string) ([]tracker.JournalEntryView, string, error) {
	page, err := q.tracker().Journal(q.Context(), q.call, string(a.ID), tracker.JournalQuery{Thing: thing}, tracker.PageRequest{Limit: lookedThrough})
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.NotFound:
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	entries := slices.DeleteFunc(page.Items, func(e tracker.JournalEntryView) bool {
		return !slices.ContainsFunc(e.Events, func(ev tracker.JournalEvent) bool { return ev.Kind != "obligation.swept" })
	})
	return entries[:min(len(entries), mostShortJournal)], to(at("awards", a.ID, "journal"), "thing", thing), nil
}

func (c *Console) acknowledgeTranche(q *request) error {
	of, err := q.trancheOf()
	if err != nil {
		return err
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	receipt, err := c.Tracker.Acknowledge(q.Context(), q.command(f), of.Award.ID, string(of.T.ID))
	if err != nil {
		return q.again(f, err, of.about(), func() error { return q.showTranche(of, f) })
	}
	return q.done(receipt, of.page())
}
