package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// AwardsQuery asks for awards in the order of their numbers.
type AwardsQuery struct {
	Programme    ident.Programme    `json:"programme,omitempty"`
	Platform     ident.Platform     `json:"platform,omitempty"`
	Project      ident.Project      `json:"project,omitempty"`
	Organisation ident.Organisation `json:"organisation,omitempty"` // that takes part, as payee or funder
	Half         string             `json:"half,omitempty"`         // open (default), closed or all
	State        award.State        `json:"state,omitempty"`
	Instrument   award.Instrument   `json:"instrument,omitempty"`
	Responsible  ident.Person       `json:"responsible,omitempty"` // of either side
}

// The halves of lists that keep what is over apart.
const (
	OpenHalf   = "open"
	ClosedHalf = "closed"
	AllHalves  = "all"
)

func halves(half string) ([]schema.Status, error) {
	switch half {
	case OpenHalf, "":
		return []schema.Status{schema.Open}, nil
	case ClosedHalf:
		return []schema.Status{schema.Closed}, nil
	case AllHalves:
		return []schema.Status{schema.Open, schema.Closed}, nil
	}
	return nil, badValue("half", half, OpenHalf, ClosedHalf, AllHalves)
}

// AwardRow is an award in a list.
type AwardRow struct {
	ID          ident.Award       `json:"id"`
	Version     int64             `json:"version"` // sequence of the award: its ETag
	Number      string            `json:"number"`
	Title       portfolio.Names   `json:"title"`
	State       award.State       `json:"state"`
	Closing     award.Closing     `json:"closing,omitempty"`
	Programme   Named             `json:"programme"`
	Platform    *Named            `json:"platform,omitempty"`
	Project     *Named            `json:"project,omitempty"`
	Payee       *Named            `json:"payee,omitempty"`
	Instrument  award.Instrument  `json:"instrument,omitempty"`
	Responsible award.Responsible `json:"responsible,omitzero"`
	StartOn     civil.Date        `json:"startOn,omitzero"`
	EndOn       civil.Date        `json:"endOn,omitzero"`
	Amount      money.Amount      `json:"amount"`
	Totals      *award.Totals     `json:"totals,omitempty"` // once active
	Open        int               `json:"open"`             // open things
	Origin      award.Origin      `json:"origin"`
}

// Awards lists awards that the caller may view.
func (t *Tracker) Awards(ctx context.Context, c Call, q AwardsQuery, p PageRequest) (Page[AwardRow], error) {
	status, err := halves(q.Half)
	if err != nil {
		return Page[AwardRow]{}, err
	}
	r := newReading(ctx, t, c)
	sources, err := r.awardSources(q, status)
	if err != nil {
		return Page[AwardRow]{}, err
	}
	return listing[AwardRow]{
		name: "awards", query: q, sources: sources, narrow: "programme", whole: true,
		pass: func(item store.Key) bool {
			return q.Organisation != "" || q.Project != "" || item == schema.RootKey(item.PK)
		},
		also: func(item store.Key) []store.Key {
			return []store.Key{schema.RootKey(item.PK), schema.HeadKey(item.PK)}
		},
		keep: func(f *found) (verdict, error) {
			a, ok, err := get[award.Award](f.reading, schema.RootKey(f.item.PK), schema.TypeAward)
			if err != nil || !ok {
				return hidden, err
			}
			may, err := t.may(c, access.ViewAward, awardResource(a))
			return seen(may, q.wants(a, status) && listedOnce(q, a, f.item.Key), err)
		},
		then: func(f *found) []store.Key {
			a, _, err := get[award.Award](f.reading, schema.RootKey(f.item.PK), schema.TypeAward)
			if err != nil {
				return nil
			}
			return nameKeys(a.Document)
		},
		row: awardRow,
	}.page(ctx, t, c, p)
}

// awardSources are the partitions of awards by number; those of one
// organisation or project are listed by award.
func (r *reading) awardSources(q AwardsQuery, status []schema.Status) ([]source, error) {
	if q.Organisation != "" && ident.Valid(ident.PrefixOrganisation, string(q.Organisation)) {
		return []source{{index: store.Scope, partition: schema.PartiesOf(q.Organisation)}}, nil
	}
	var lists []partitionsOf
	for _, s := range status {
		lists = append(lists, func(scope string) string { return schema.AwardsAt(scope, s) })
	}
	in := narrowing{Programme: q.Programme, Platform: q.Platform}
	if q.Project == "" || !ident.Valid(ident.PrefixProject, string(q.Project)) {
		return r.sources(access.ViewAward, in, lists...)
	}
	if err := r.load(schema.RootKey(string(q.Project))); err != nil {
		return nil, err
	}
	p, ok, err := get[portfolio.Project](r, schema.RootKey(string(q.Project)), schema.TypeProject)
	if err != nil || !ok {
		return nil, err
	}
	if !slices.Contains(r.programmes(), p.Programme) {
		return r.sources(access.ViewAward, in, lists...)
	}
	var out []source
	for _, list := range lists {
		out = append(out, source{index: store.Scope, partition: list(string(q.Project))})
	}
	return out, nil
}

// listedOnce leaves out what an award without a platform has twice in the list
// of its project: the root, where there is a party beside it.
func listedOnce(q AwardsQuery, a award.Award, item store.Key) bool {
	partied := a.State == award.Active || a.State == award.Closed
	return q.Project == "" || a.Document.Platform != "" || !partied || item != schema.RootKey(string(a.ID))
}

// wants reports whether an award passes the filters.
func (q AwardsQuery) wants(a award.Award, status []schema.Status) bool {
	d := a.Document
	in := narrowing{Programme: q.Programme, Platform: q.Platform, Project: q.Project}
	return in.holds(d) && slices.Contains(status, schema.OpenOrClosed(!a.State.Ended())) &&
		(q.State == "" || q.State == a.State) && (q.Instrument == "" || q.Instrument == d.Instrument) &&
		(q.Responsible == "" || q.Responsible == d.Responsible.Funder || q.Responsible == d.Responsible.Payee) &&
		(q.Organisation == "" || slices.ContainsFunc(d.Parties(), func(p award.Party) bool { return p.Organisation == q.Organisation }))
}

func awardRow(f *found) (AwardRow, error) {
	a, _, err := get[award.Award](f.reading, schema.RootKey(f.item.PK), schema.TypeAward)
	if err != nil {
		return AwardRow{}, err
	}
	head, _, err := get[schema.Head](f.reading, schema.HeadKey(f.item.PK), schema.TypeHead)
	d := a.Document
	return AwardRow{
		ID: a.ID, Version: head.Seq, Number: d.Number, Title: d.Title, State: a.State, Closing: a.Closing,
		Programme: *f.named(string(d.Programme)), Platform: f.named(string(d.Platform)), Project: f.named(string(d.Project)),
		Payee: f.named(string(d.Payee)), Instrument: d.Instrument, Responsible: d.Responsible,
		StartOn: d.StartOn, EndOn: d.EndOn, Amount: d.Amount, Totals: head.Totals, Open: head.Open, Origin: a.Origin,
	}, err
}
