package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// pastFile is where the opening history is said to come from.
const pastFile = "历史台账（演示）.xlsx"

// open writes the awards with a past down: prepared by one manager, applied by
// another.
func (s *seed) open(awards []*liveAward) {
	var id ident.Import
	s.script.at(-lived+32, "manager", "prepare the import", func(c tracker.Call) error {
		sum := sha256.Sum256([]byte(pastFile))
		in := tracker.NewImport{Programme: s.programme, Files: []string{pastFile}, Fingerprint: hex.EncodeToString(sum[:])}
		for i, a := range awards {
			in.Rows = append(in.Rows, a.past(i+1))
		}
		made, err := s.Tracker.PrepareImport(s.ctx, c, in)
		id = ident.Import(made.Aggregate)
		return err
	})
	s.script.at(-lived+33, "manager2", "apply the import", func(c tracker.Call) error {
		_, err := s.Tracker.ApplyImport(s.ctx, c, id)
		return err
	})
}

// past is an award as a row of an import.
func (a *liveAward) past(row int) schema.ImportRow {
	p := projects()[a.grant.project-1]
	document := a.document
	document.Project = ""
	source := award.OpeningSource{File: pastFile, Row: row + 1}
	return schema.ImportRow{
		Row: row, Source: source, Document: document,
		Project: schema.ImportProject{Code: fmt.Sprintf("DEMO-P%02d", a.grant.project), Title: demoName(p.zh, p.en), Lead: document.Payee},
		History: a.history(source),
	}
}

// history is what happened before the programme went live: the first
// instalment was paid after the agreement, the others with the acceptance of
// their milestones.
func (a *liveAward) history(source award.OpeningSource) *award.History {
	h := &award.History{}
	add := func(kind award.HistoryKind, offset int, milestone string, tranche int) {
		h.Events = append(h.Events, award.HistoryEvent{Kind: kind, On: a.seed.day(offset), Milestone: milestone, Tranche: tranche, Source: source})
	}
	add(award.HistoryAgreed, a.grant.start, "", 0)
	add(award.HistoryPaid, a.grant.start+12, "", 1)
	last := a.grant.start + 12
	for i, text := range a.grant.milestones {
		told, code := story(text), a.document.Milestones[i].Code
		decided := map[string]award.HistoryKind{"met": award.HistoryAccepted, "not": award.HistoryRejected}[told.verb]
		if decided == "" {
			continue
		}
		last = told.offset + 6
		add(award.HistoryDelivered, told.offset-5, code, 0)
		add(decided, last, code, 0)
	}
	if a.grant.ended != "" {
		add(a.grant.ended, last+8, "", 0)
	}
	return h
}
