package exchange

import (
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/schema"
)

// Row is the award as an import keeps it: its document, the project that it
// belongs to, and, where something happened, its history.
func (a Award) Row(n int, p Parties) schema.ImportRow {
	row := schema.ImportRow{
		Row: n, Source: a.source(), Document: a.Document(p),
		Project: schema.ImportProject{Code: a.Ref, Title: names(a.Title), Lead: p.Payee},
	}
	for _, m := range a.Milestones {
		if m.BaselineOn != m.DueOn && !m.BaselineOn.IsZero() {
			if row.Baseline == nil {
				row.Baseline = map[string]string{}
			}
			row.Baseline[m.Code()] = m.BaselineOn.String()
		}
	}
	if a.History {
		row.History = a.history()
	}
	return row
}

func (p Place) source() award.OpeningSource {
	file := p.File
	if p.Sheet != "" {
		file += " [" + p.Sheet + "]"
	}
	return award.OpeningSource{File: file, Row: p.Row}
}

// history is what happened, as package award opens an award with it.
func (a Award) history() *award.History {
	h := &award.History{Events: []award.HistoryEvent{}}
	add := func(kind award.HistoryKind, on civil.Date, milestone string, at Place) {
		h.Events = append(h.Events, award.HistoryEvent{Kind: kind, On: on, Milestone: milestone, Source: at.source()})
	}
	for _, e := range a.Events {
		switch e.Kind {
		case Agreed:
			add(award.HistoryAgreed, e.On, "", e.Place)
		case Amended: // the terms hold it already
			add(award.HistoryOther, e.On, "", e.Place)
		case Terminated:
			add(award.HistoryTerminated, e.On, "", e.Place)
		case TerminationReverted:
			add(award.HistoryReverted, e.On, "", e.Place)
		}
	}
	for _, m := range a.Milestones {
		for _, e := range m.Events {
			switch e.Kind {
			case Delivered:
				add(award.HistoryDelivered, e.On, m.Code(), e.Place)
			case Accepted:
				add(award.HistoryAccepted, e.On, m.Code(), e.Place)
			case Rejected:
				add(award.HistoryRejected, e.On, m.Code(), e.Place)
			case Other:
				add(award.HistoryOther, e.On, "", e.Place)
			}
		}
	}
	return h
}
