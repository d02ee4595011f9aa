package demo

import (
	"fmt"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// liveAward is an award as far as the story has told it.
type liveAward struct {
	grant      grant
	seed       *seed
	number     string
	document   award.Document
	id         ident.Award
	milestones []ident.Milestone
	tranches   []ident.Tranche
	operator   string // subject of who submits and asks
	decided    []int  // offset on which a milestone was decided met last, 0 for never
	payments   int
}

// award writes the awards down.
func (s *seed) award() error {
	var past []*liveAward
	for i, g := range grants() {
		a := s.draft(g, i+1)
		if g.opened {
			past = append(past, a)
			continue
		}
		s.script.at(g.start-6, "manager", "draft "+a.number, a.create)
		s.script.at(g.start-4, "manager", "submit "+a.number, a.submit)
		s.script.at(g.start, "manager2", "activate "+a.number, a.activate)
		if a.operator == "lead" || a.operator == "lead2" {
			s.script.at(g.start, "manager2", "name the lead of "+a.number, func(tracker.Call) error {
				return s.grant(a.operator, portfolio.ProjectLead, string(a.id))
			})
		}
		for m := range g.milestones {
			if err := a.milestone(m); err != nil {
				return err
			}
		}
		for t := range g.tranches {
			if err := a.tranche(t); err != nil {
				return err
			}
		}
	}
	s.open(past)
	return s.unfinished()
}

// unfinished writes down what is not agreed yet: a draft, and one that waits
// for its activation.
func (s *seed) unfinished() error {
	plan := []string{"plan@+90", "plan@+180", "plan@+270", "plan@+360"}
	draft := s.draft(grant{project: 12, amount: 680, start: 14, milestones: plan, tranches: plan}, 23)
	s.script.at(-8, "manager", "draft "+draft.number, draft.create)
	waiting := s.draft(grant{project: 16, amount: 540, start: 7, milestones: plan, tranches: plan}, 24)
	s.script.at(-12, "manager", "draft "+waiting.number, waiting.create)
	s.script.at(-2, "manager", "submit "+waiting.number, waiting.submit)
	return nil
}

// draft is the award of a grant with its document.
func (s *seed) draft(g grant, n int) *liveAward {
	a := &liveAward{grant: g, seed: s, number: fmt.Sprintf("DEMO-%d-%03d", s.day(g.start).Year(), n), decided: make([]int, len(g.milestones))}
	d := award.Document{
		Number: a.number, Title: g.names(), Programme: s.programme, Instrument: award.Grant, Basis: award.OnMilestone,
		StartOn: s.day(g.start), EndOn: s.day(g.start + 730),
		Responsible: award.Responsible{Funder: s.people["manager"]},
	}
	place, topics := g.platform, platformTopics()
	if g.project > 0 {
		p := projects()[g.project-1]
		place, topics = p.platform, projectTopics()
		d.Project, d.Payee = s.projects[g.project-1], s.organisations[p.lead]
	}
	if place > 0 {
		d.Platform, a.operator = s.platforms[place-1], "operator_"+platforms()[place-1].key
	} else {
		a.operator = map[int]string{4: "lead", 20: "lead2"}[g.project]
	}
	if d.Payee == "" {
		d.Payee = s.organisations[platforms()[place-1].key]
	}
	if n%4 != 0 { // of the others everybody in the role is told
		d.Responsible.Payee = s.people[a.operator]
	}
	d.Milestones = s.milestonesOf(g, topics)
	a.document = s.funded(d, g)
	return a
}

func (s *seed) milestonesOf(g grant, topics []topic) []award.MilestoneDraft {
	out := make([]award.MilestoneDraft, len(g.milestones))
	for i, text := range g.milestones {
		t := topics[min(i, len(topics)-1)]
		if i == len(g.milestones)-1 {
			t = topics[len(topics)-1]
		}
		out[i] = award.MilestoneDraft{
			Code: fmt.Sprintf("M%d", i+1), Title: t.title, Type: t.kind, Deliverable: t.deliverable,
			DueOn:    s.day(story(text).offset),
			Criteria: []award.Criterion{{ID: "C1", Text: t.criterion}, {ID: "C2", Text: t.criterion2}},
		}
	}
	return out
}

// funded adds the money: a first instalment that the agreement lets go without
// a gate, two on milestones, and a last one on the final acceptance.
func (s *seed) funded(d award.Document, g grant) award.Document {
	d.Amount = wan(g.amount)
	shares, _ := d.Amount.Allocate(7, 3)
	year := d.StartOn.Year()
	d.FundingLines = []award.FundingLine{
		{ID: "F1", Funder: s.organisations["funder"], Source: award.Fiscal, Level: "municipal", FiscalYear: year, Amount: shares[0]},
		{ID: "F2", Funder: s.organisations["district"], Source: award.Fiscal, Level: "district", FiscalYear: year, Amount: shares[1]},
	}
	parts, _ := d.Amount.Allocate(30, 30, 25, 15)
	kinds := []award.TrancheKind{award.Initial, award.Interim, award.Interim, award.Final}
	for i, part := range parts {
		t := award.TrancheDraft{Number: i + 1, Kind: kinds[i], Amount: part, Gates: g.gates(i), PlannedOn: d.StartOn, Ungated: i == 0}
		for _, code := range t.Gates {
			for _, m := range d.Milestones {
				if m.Code == code {
					t.PlannedOn = civil.Max(t.PlannedOn, m.DueOn)
				}
			}
		}
		d.Tranches = append(d.Tranches, t)
	}
	return d
}

// gates are the codes of the milestones that gate the i-th tranche.
func (g grant) gates(i int) []string {
	codes := []string{}
	for _, m := range g.gated(i) {
		codes = append(codes, fmt.Sprintf("M%d", m+1))
	}
	return codes
}

// gated are the milestones, from 0, that gate the i-th tranche.
func (g grant) gated(i int) []int {
	switch six := len(g.milestones) >= 6; {
	case i == 0:
		return nil
	case six:
		return []int{2*i - 2, 2*i - 1}
	case i == 1:
		return []int{0}
	case i == 2:
		return []int{1}
	}
	last := []int{}
	for m := 2; m < len(g.milestones); m++ {
		last = append(last, m)
	}
	return last
}

// wan is an amount of CNY 10,000.
func wan(n int) money.Amount { return money.MustParse(fmt.Sprintf("%d0000", n)) }

func (a *liveAward) create(c tracker.Call) error {
	made, err := a.seed.Tracker.CreateAward(a.seed.ctx, c, a.document)
	a.id = ident.Award(made.Aggregate)
	return err
}

func (a *liveAward) submit(c tracker.Call) error {
	_, err := a.seed.Tracker.SubmitAward(a.seed.ctx, c, a.id)
	return err
}

func (a *liveAward) activate(c tracker.Call) error {
	paper := a.seed.paper("立项", a.grant.start-1)
	if _, err := a.seed.Tracker.ActivateAward(a.seed.ctx, c, a.id, tracker.Activation{Paper: paper}); err != nil {
		return err
	}
	return a.lookUp()
}

// lookUp reads what the activation made, since its receipt tells counts only.
func (a *liveAward) lookUp() error {
	page, err := a.seed.Store.Query(a.seed.ctx, store.Query{Partition: string(a.id), Range: schema.PageRange()})
	if err != nil {
		return err
	}
	a.milestones, a.tranches = make([]ident.Milestone, len(a.grant.milestones)), make([]ident.Tranche, len(a.grant.tranches))
	for _, item := range page.Items {
		if m, err := schema.Decode[award.Milestone](item, schema.TypeMilestone); err == nil {
			a.milestones[int(m.Code[1]-'1')] = m.ID
		}
		if t, err := schema.Decode[award.Tranche](item, schema.TypeTranche); err == nil {
			a.tranches[t.Number-1] = t.ID
		}
	}
	return nil
}
