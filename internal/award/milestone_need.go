package award

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Outcome returns what was decided; empty where nothing is.
func (m Milestone) Outcome() Outcome {
	if m.State != Decided {
		return ""
	}
	return m.last().Outcome
}

// Decider returns who decided the milestone; empty where nobody has, or the
// decision is opening history.
func (m Milestone) Decider() ident.Person {
	if m.State != Decided {
		return ""
	}
	return m.last().EndedBy
}

// DecidedOn is the date of the decision that stands, zero where there is none.
func (m Milestone) DecidedOn() civil.Date {
	if m.State != Decided {
		return civil.Date{}
	}
	return m.last().EndedOn
}

// Holds reports whether the milestone, as a gate, lets its tranches pass:
// where it is decided met.
func (m Milestone) Holds() bool { return m.Outcome() == Met }

// Ended reports whether nothing is open: the milestone is cancelled, met, or
// its consequence is settled, and is not that it is tried again.
func (m Milestone) Ended() bool {
	return m.State == Cancelled || m.Holds() || m.State == Decided && m.Settlement != "" && m.Settlement != Retry
}

// Due returns the date by which the milestone is owed: its due date, after a
// return the later of that and the date given for rework.
func (m Milestone) Due() civil.Date {
	if m.State == Returned {
		return civil.Max(m.DueOn, m.ReworkDueOn)
	}
	return m.DueOn
}

// Legal lists the commands that the milestone takes, as far as it can tell by
// itself.
func (m Milestone) Legal() []Command {
	legal := m.State.Legal()
	if m.Holds() || m.Settlement != "" {
		legal = without(legal, CommandSettle)
	}
	if m.Extension != "" {
		legal = without(legal, CommandAskExtension)
	}
	return slices.Clip(legal)
}

// Need returns what the milestone asks for, nil for nothing.
// Operator is who owes its delivery: the platform's operator, or the lead where
// the award has no platform. Funder and payee are the persons responsible for
// each side, empty for all members of the role.
func (m Milestone) Need(operator portfolio.Role, funder, payee ident.Person) *attention.Need {
	switch m.State {
	case Planned, InProgress:
		return m.owed(attention.Deliver, operator, payee)
	case Returned:
		return m.owed(attention.Rework, operator, payee)
	case MilestoneSubmitted:
		return &attention.Need{
			Kind: attention.DecideSubmission, Role: portfolio.ProgrammeManager, Person: funder, Except: persons(m.last().SubmittedBy), OpenedOn: m.OpenedOn,
		}
	case Decided:
		switch {
		case m.Ended():
		case m.Settlement == Retry:
			return &attention.Need{
				Kind: attention.TryAgain, Role: portfolio.ProgrammeManager, Person: funder, Except: persons(m.Decider()), OpenedOn: m.SettledOn,
			}
		default:
			return &attention.Need{Kind: attention.DecideConsequence, Role: portfolio.ProgrammeManager, Person: funder, OpenedOn: m.OpenedOn}
		}
	}
	return nil
}

func (m Milestone) owed(kind attention.Kind, operator portfolio.Role, payee ident.Person) *attention.Need {
	return &attention.Need{
		Kind: kind, Role: operator, Person: payee, OpenedOn: m.OpenedOn,
		DueOn: m.Due(), NotLate: m.NotLateOn, Paused: m.Extension != "" && m.ClockPaused,
	}
}

// endExtension is the milestone after its undecided extension ended without a
// grant on a date: days that the request stopped the clock are given back.
func (m Milestone) endExtension(on civil.Date) Milestone {
	if m.Extension != "" && m.ClockPaused {
		m.NotLateOn = civil.Max(m.Due(), on.AddDays(m.Due().Sub(m.ExtensionOn)))
	}
	m.Extension, m.ExtensionOn, m.ClockPaused = "", civil.Date{}, false
	return m
}
