package console

import (
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// effect is what a command does to one thing, as it is said before it is given.
type effect struct {
	Thing    string // milestone, tranche or extension
	Code     string // of a milestone, or a tranche's number
	Title    string
	Amount   money.Amount // of a tranche
	Group    string       // of the states
	From, To string       // states; From is empty for what is new
	Outcome  award.Outcome
	Percent  string
	Due      [2]civil.Date // a due date that moves: from, to
	Opens    *attention.Obligation
	Person   *tracker.Named // who is to do it; nil for all of the role
	Ends     *attention.Obligation
	Pauses   bool              // the clock stops
	Lacks    []award.Milestone // of a tranche that stays closed
}

// effects are those of what is foreseen, with the tranches that wait on.
func (h *milestoneHome) effects(f tracker.Foreseen) []effect {
	var out []effect
	m := h.M.Milestone
	for _, x := range f.Milestones {
		m = x.Is
		e := effect{Thing: "milestone", Code: m.Code, Title: m.Title, Group: "milestoneState", To: string(m.State), Outcome: m.Outcome()}
		e.owes(h, x.Was.Watch, m.Watch)
		e.From = string(x.Was.State)
		if m.State == award.Decided {
			e.Percent = m.Rounds[len(m.Rounds)-1].Percent
		}
		if x.Was.DueOn != m.DueOn {
			e.Due = [2]civil.Date{x.Was.DueOn, m.DueOn}
		}
		out = append(out, e)
	}
	seen := map[int]bool{}
	for _, x := range f.Tranches {
		seen[x.Is.Number] = true
		e := effect{Thing: "tranche", Code: textOf(x.Is.Number), Amount: x.Is.Amount, Group: "trancheState", From: string(x.Was.State), To: string(x.Is.State)}
		e.owes(h, x.Was.Watch, x.Is.Watch)
		out = append(out, e)
	}
	for _, t := range h.gated(m) {
		if !seen[t.Number] && len(t.Lacks) > 0 && t.State == award.Scheduled {
			out = append(out, effect{Thing: "tranche", Code: textOf(t.Number), Amount: t.Amount, Group: "trancheState", From: string(t.State), To: string(t.State), Lacks: t.Lacks})
		}
	}
	for _, x := range f.Extensions {
		e := effect{Thing: "extension", Code: m.Code, Group: "extensionState", To: string(x.Is.State)}
		was := attention.Watch{}
		if x.Was != nil {
			e.From, was = string(x.Was.State), x.Was.Watch
		}
		e.owes(h, was, x.Is.Watch)
		out = append(out, e)
	}
	return out
}

// owes notes which obligation ends and which one opens.
func (e *effect) owes(h *milestoneHome, was, is attention.Watch) {
	switch {
	case was.Current != nil && is.Current != nil && was.Current.Kind == is.Current.Kind && is.Current.Paused && !was.Current.Paused:
		e.Pauses = true
	case was.Current != nil && is.Current != nil && was.Revision == is.Revision:
	default:
		if e.Opens = is.Current; e.Opens != nil {
			e.Person = h.Name(e.Opens.Person)
		}
		if was.Current != nil && (is.Current == nil || is.Current.Kind != was.Current.Kind) {
			e.Ends = was.Current
		}
	}
}
