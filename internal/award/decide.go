package award

import (
	"slices"

	"github.com/govalues/decimal"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// DefaultReworkDays are the working days that a return gives where it names no
// date.
const DefaultReworkDays = 10

// Return says what a submission lacks, and until when.
type Return struct {
	Reasons     []Reason   // at least one
	ReworkDueOn civil.Date // zero: DefaultReworkDays from today, never before the due date
}

// Decision is an outcome with its reasons; a milestone that is not met whole
// needs at least one.
type Decision struct {
	Outcome Outcome
	Percent string // of partiallyMet: more than 0, less than 100, at most two decimals
	Reasons []Reason
	Paper   *DecisionPaper
}

// Return sends a submission back for rework. The submitter and the payee's
// organisation never return it.
func (m Milestone) Return(actor Actor, payee ident.Organisation, r Return, calendar civil.Calendar, on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandReturn)
	if err == nil {
		err = m.mayDecide(actor, payee)
	}
	if err != nil {
		return m, err
	}
	var f portfolio.Findings
	m.checkReasons(&f, r.Reasons, true)
	earliest := civil.Max(m.DueOn, on)
	if !r.ReworkDueOn.IsZero() && r.ReworkDueOn.Before(earliest) {
		f.Add("/reworkDueOn", "date.before", "earliest", earliest.String())
	}
	if err := f.Err(); err != nil {
		return m, err
	}
	if r.ReworkDueOn.IsZero() {
		r.ReworkDueOn = civil.Max(m.DueOn, calendar.AddWorkingDays(on, DefaultReworkDays))
	}
	round := m.last()
	round.End, round.EndedBy, round.EndedOn = RoundReturned, actor.Person, on
	round.Reasons, round.ReworkDue = slices.Clone(r.Reasons), r.ReworkDueOn
	m = m.withLast(round)
	m.State, m.OpenedOn, m.ReworkDueOn = next, on, r.ReworkDueOn
	return m, nil
}

// Decide ends a round with an outcome. The submitter and the payee's
// organisation never decide.
func (m Milestone) Decide(actor Actor, payee ident.Organisation, d Decision, on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandDecide)
	if err == nil {
		err = m.mayDecide(actor, payee)
	}
	if err != nil {
		return m, err
	}
	var f portfolio.Findings
	portfolio.OneOf(&f, "/outcome", d.Outcome, Met, PartiallyMet, NotMet)
	d.Percent = checkPercent(&f, d)
	m.checkReasons(&f, d.Reasons, d.Outcome != Met)
	checkPaper(&f, "/paper", d.Paper, false, on)
	if err := f.Err(); err != nil {
		return m, err
	}
	r := m.last()
	r.End, r.EndedBy, r.EndedOn = RoundDecided, actor.Person, on
	r.Outcome, r.Percent, r.Reasons, r.Paper = d.Outcome, d.Percent, slices.Clone(d.Reasons), d.Paper
	m = m.withLast(r)
	m.State, m.OpenedOn, m.ReworkDueOn = next, on, civil.Date{}
	if d.Outcome == Met {
		m.MetOn = r.SubmittedOn
	}
	return m, nil
}

func (m Milestone) mayDecide(actor Actor, payee ident.Organisation) error {
	return first(separated("separation.submitterDecides", actor, m.last().SubmittedBy, m.Code),
		payeeDecides(actor, payee, m.Code))
}

// checkPercent notes a bad percentage and returns a good one without trailing
// zeros.
func checkPercent(f *portfolio.Findings, d Decision) string {
	if d.Outcome != PartiallyMet {
		if d.Percent != "" {
			f.Add("/percent", "milestone.percentNotAsked")
		}
		return ""
	}
	if d.Percent == "" {
		f.Add("/percent", "field.required")
		return ""
	}
	p, err := decimal.Parse(d.Percent)
	if err != nil || !plain(d.Percent) || p.Scale() > 2 || p.Sign() <= 0 || p.Cmp(decimal.Hundred) >= 0 {
		f.Add("/percent", "milestone.badPercent")
		return ""
	}
	return p.Trim(0).String()
}

// plain reports whether s is digits with at most one point: no sign, no
// exponent.
func plain(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return (c < '0' || c > '9') && c != '.' })
}

func (m Milestone) checkReasons(f *portfolio.Findings, reasons []Reason, required bool) {
	if required && len(reasons) == 0 {
		f.Add("/reasons", "field.required")
	}
	if len(reasons) > MaxCriteria+1 {
		f.Add("/reasons", "field.tooMany", "max", MaxCriteria+1)
		return
	}
	for i, r := range reasons {
		at := at("/reasons", i)
		if r.Criterion != "" && !m.hasCriterion(r.Criterion) {
			f.Add(at+"/criterion", "criterion.unknown", "criterion", r.Criterion)
		}
		f.Required(at+"/text", r.Text, portfolio.MaxText)
	}
}

// Settling is the choice that follows a milestone not met whole.
type Settling struct {
	Choice Settlement
	Reason string
	Paper  *DecisionPaper // required
}

// Settle records the choice, once. What carries it out is a command of its
// own.
func (m Milestone) Settle(actor Actor, payee ident.Organisation, s Settling, on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandSettle)
	if err == nil {
		err = payeeDecides(actor, payee, m.Code)
	}
	if err != nil {
		return m, err
	}
	if m.Outcome() == Met || m.Settlement != "" {
		return m, fault.New(fault.Conflict, "milestone.nothingToSettle", "milestone", m.Code, "outcome", string(m.Outcome()))
	}
	var f portfolio.Findings
	portfolio.OneOf(&f, "/choice", s.Choice, Remainder, Retry, Reduce, Terminate, Accept)
	f.Required("/reason", s.Reason, portfolio.MaxText)
	checkPaper(&f, "/paper", s.Paper, true, on)
	if err := f.Err(); err != nil {
		return m, err
	}
	m.State, m.Settlement, m.SettledBy, m.SettledOn = next, s.Choice, actor.Person, on
	m.SettledFor, m.SettledPaper = s.Reason, s.Paper
	return m, nil
}
