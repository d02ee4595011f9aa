package tracker

import (
	"fmt"
	"slices"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// awardParts is what an award consists of.
type awardParts struct {
	root       award.Award
	there      bool
	milestones []award.Milestone
	tranches   []award.Tranche
	extensions []award.Extension
	payments   []award.Payment
	refunds    []award.Refund
	evidence   []award.Evidence
	ledger     []ledger.Entry
}

func (a *awardParts) setting() schema.Setting { return schema.SettingOf(a.root.Document) }

func (a *awardParts) milestone(id ident.Milestone) (award.Milestone, bool) {
	i := slices.IndexFunc(a.milestones, func(m award.Milestone) bool { return m.ID == id })
	if i < 0 {
		return award.Milestone{}, false
	}
	return a.milestones[i], true
}

// aggregateHead holds an aggregate's head: it was written once with every
// entry, and has its root's state.
func (c *aggregateCheck) aggregateHead() error {
	if c.headAt != c.head.Seq {
		return fault.New(fault.Internal, "verify.head", about(c.id, "0", c.head.Seq, c.headAt)...)
	}
	var state string
	switch v := c.things[c.id].record.Value.(type) {
	case award.Award:
		state = string(v.State)
	case portfolio.Programme:
		state = string(v.State)
	case portfolio.Platform:
		state = string(v.State)
	case portfolio.Project:
		state = string(v.State)
	case schema.Import:
		state = string(v.State)
	default:
		return nil
	}
	if c.head.State != state {
		return fault.New(fault.Internal, "verify.head", about(c.id, "0", state, c.head.State)...)
	}
	return nil
}

// wholeAward holds what must hold between the things of an award.
func (c *aggregateCheck) wholeAward() error {
	if !c.award.there {
		return nil
	}
	c.report.Awards++
	for _, step := range []func() error{c.amounts, c.trancheGates, c.milestoneDates, c.paymentLines, c.refunded, c.books, c.openThings, c.obligations, c.files} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// amounts: the tranches sum to the award, each split to its tranche, and
// 0 ≤ instructed + paid ≤ approved ≤ amount.
func (c *aggregateCheck) amounts() error {
	if !c.activated() {
		return nil
	}
	d := c.award.root.Document
	var all []money.Amount
	for _, t := range c.award.tranches {
		all = append(all, t.Amount)
		shares := make([]money.Amount, len(t.Split))
		for i, s := range t.Split {
			shares[i] = s.Amount
		}
		if err := c.sum(string(t.ID), t.Amount, shares); err != nil {
			return err
		}
		left, err := t.Payable()
		over, err2 := t.Approved.Sub(t.Amount)
		if err != nil || err2 != nil || t.Instructed.Sign() < 0 || t.Paid.Sign() < 0 || left.Sign() < 0 || over.Sign() > 0 {
			return fault.New(fault.Internal, "verify.amounts", about(c.id, string(t.ID), "instructed + paid ≤ approved ≤ amount",
				fmt.Sprintf("%s + %s, %s, %s", t.Instructed, t.Paid, t.Approved, t.Amount))...)
		}
	}
	if err := c.sum(c.id, d.Amount, all); err != nil {
		return err
	}
	lines := make([]money.Amount, len(d.FundingLines))
	for i, l := range d.FundingLines {
		lines[i] = l.Amount
	}
	return c.sum(c.id, d.Amount, lines)
}

// activated reports whether the award's document has become things.
func (c *aggregateCheck) activated() bool {
	return c.award.root.State == award.Active || c.award.root.State == award.Closed
}

func (c *aggregateCheck) sum(thing string, whole money.Amount, parts []money.Amount) error {
	sum, err := money.Sum(whole.Unit(), parts...)
	if err != nil || sum != whole {
		return fault.New(fault.Internal, "verify.amounts", about(c.id, thing, whole, sum)...)
	}
	return nil
}

// openThings: the head counts what is open, and nothing is in an award that is
// over.
func (c *aggregateCheck) openThings() error {
	open := 0
	a := &c.award
	open += count(a.milestones, schema.MilestoneOpen) + count(a.tranches, schema.TrancheOpen)
	open += count(a.extensions, schema.ExtensionOpen) + count(a.payments, schema.PaymentOpen)
	if open != c.head.Open {
		return fault.New(fault.Internal, "verify.open", about(c.id, "0", open, c.head.Open)...)
	}
	if a.root.State.Ended() && open > 0 || open > award.MaxOpen {
		return fault.New(fault.Internal, "verify.open", about(c.id, c.id, 0, open)...)
	}
	return nil
}

func count[T any](all []T, is func(T) bool) int {
	n := 0
	for _, v := range all {
		if is(v) {
			n++
		}
	}
	return n
}

// obligations: what each thing owes follows from its state.
func (c *aggregateCheck) obligations() error {
	a, d := &c.award, c.award.root.Document
	operator := portfolio.ProjectLead
	if d.Platform != "" {
		operator = portfolio.PlatformOperator
	}
	for _, m := range a.milestones {
		if err := c.owes(string(m.ID), m.Watch, m.Need(operator, d.Responsible.Funder, d.Responsible.Payee)); err != nil {
			return err
		}
	}
	for _, t := range a.tranches {
		if err := c.owes(string(t.ID), t.Watch, t.Need(operator, d.Responsible.Funder, d.Responsible.Payee)); err != nil {
			return err
		}
	}
	for _, x := range a.extensions {
		if err := c.owes(string(x.ID), x.Watch, x.Need(d.Responsible.Funder)); err != nil {
			return err
		}
	}
	return nil
}

func (c *aggregateCheck) owes(thing string, w attention.Watch, need *attention.Need) error {
	var want, got attention.Kind
	if need != nil && c.award.root.State == award.Active {
		want = need.Kind
	}
	if w.Current != nil {
		got = w.Current.Kind
	}
	if want != got {
		return fault.New(fault.Internal, "verify.attention", about(c.id, thing, want, got)...)
	}
	return nil
}

// milestoneDates: a due date is the baseline and the days that extensions
// granted; history from before the go-live may bring a baseline of its own.
func (c *aggregateCheck) milestoneDates() error {
	for _, m := range c.award.milestones {
		granted, days := 0, 0
		for _, x := range c.award.extensions {
			if x.Milestone == m.ID && x.State == award.ExtensionGranted {
				granted++
				days += x.NewDueOn.Sub(x.DueOn)
			}
		}
		want := m.BaselineOn.AddDays(days)
		if c.award.root.Opening != nil {
			want = m.DueOn
		}
		if m.DueOn != want || m.Granted != granted || m.GrantedDays != days {
			return fault.New(fault.Internal, "verify.dates", about(c.id, string(m.ID),
				fmt.Sprint(want, " ", granted, " ", days), fmt.Sprint(m.DueOn, " ", m.Granted, " ", m.GrantedDays))...)
		}
		undecided := slices.ContainsFunc(c.award.extensions, func(x award.Extension) bool {
			return x.Milestone == m.ID && x.ID == m.Extension && x.State == award.ExtensionRequested
		})
		if m.Extension != "" && !undecided {
			return fault.New(fault.Internal, "verify.dates", about(c.id, string(m.ID), "an undecided extension", m.Extension)...)
		}
	}
	return nil
}
