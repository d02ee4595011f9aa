package award

import "milepost/internal/civil"

// relive is the milestone after a fact of its history.
func (m Milestone) relive(e HistoryEvent) Milestone {
	switch e.Kind {
	case HistoryStarted:
		if m.State == Planned {
			m.State, m.StartedOn = InProgress, e.On
		}
	case HistoryDelivered:
		return m.redeliver(e.On)
	case HistoryAccepted:
		return m.redecide(Met, e.On)
	case HistoryRejected:
		return m.redecide(NotMet, e.On)
	}
	return m
}

// redeliver submits the milestone on a date; after a refusal that is a
// reopening, after another delivery or an acceptance nothing.
func (m Milestone) redeliver(on civil.Date) Milestone {
	switch {
	case m.Outcome() == NotMet:
		m = m.takenBack(on)
		r := m.last()
		r.SubmittedOn = on
		m = m.withLast(r)
	case m.State == MilestoneSubmitted || m.State == Decided:
		return m
	default:
		m.Rounds = append(m.Rounds, Round{From: InProgress, SubmittedOn: on, Answers: []Answer{}})
	}
	m.State, m.OpenedOn = MilestoneSubmitted, on
	return m
}

// redecide decides the milestone on a date, after taking back what was decided
// otherwise before.
func (m Milestone) redecide(outcome Outcome, on civil.Date) Milestone {
	if m.Outcome() == outcome {
		return m
	}
	if m.State == Decided {
		m = m.takenBack(on)
	}
	if m.State != MilestoneSubmitted {
		m = m.redeliver(on)
	}
	r := m.last()
	r.End, r.EndedOn, r.Outcome = RoundDecided, on, outcome
	m = m.withLast(r)
	m.State, m.OpenedOn, m.MetOn = Decided, on, civil.Date{}
	if outcome == Met {
		m.MetOn = r.SubmittedOn
	}
	return m
}

// takenBack is a decided milestone as submitted again, its decision kept as a
// reopening.
func (m Milestone) takenBack(on civil.Date) Milestone {
	r := m.last()
	r.Reopened = append(r.Reopened, Reopening{On: on, Was: r.Outcome, WasOn: r.EndedOn})
	m = m.withLast(r.undecided())
	m.State, m.OpenedOn, m.MetOn = MilestoneSubmitted, on, civil.Date{}
	return m
}
