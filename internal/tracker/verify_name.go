package tracker

import (
	"fmt"
	"slices"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// namesOf lists the names by which a root is found; enrolments are a
// platform's.
func namesOf(root any, enrolments []portfolio.Enrolment) []schema.Name {
	switch v := root.(type) {
	case award.Award:
		if v.State != award.Discarded {
			return []schema.Name{awardName(v)}
		}
	case portfolio.Programme:
		return []schema.Name{{Type: schema.TypeProgramme, Thing: string(v.ID), Programme: string(v.ID), Text: v.Code}}
	case portfolio.Organisation:
		return []schema.Name{{Type: schema.TypeOrganisation, Thing: string(v.ID), Programme: schema.NoProgramme, Text: v.Names.In("zh")}}
	case portfolio.Person:
		return []schema.Name{{Type: schema.TypePerson, Thing: string(v.ID), Programme: schema.NoProgramme, Text: v.Names.In("zh")}}
	case portfolio.Project:
		return []schema.Name{{Type: schema.TypeProject, Thing: string(v.ID), Programme: string(v.Programme), Text: v.Code + " " + v.Title.In("zh")}}
	case portfolio.Platform:
		var all []schema.Name
		for _, e := range enrolments {
			all = append(all, schema.Name{Type: schema.TypePlatform, Thing: string(v.ID), Programme: string(e.Programme), Text: v.Code + " " + v.Names.In("zh")})
		}
		return all
	}
	return nil
}

// names: an aggregate's root is found by its names.
func (c *aggregateCheck) names() error {
	var enrolments []portfolio.Enrolment
	for _, s := range c.things {
		if e, ok := s.record.Value.(portfolio.Enrolment); ok {
			enrolments = append(enrolments, e)
		}
	}
	return c.named(c.id, namesOf(c.things[c.id].record.Value, enrolments))
}

func (v *verifier) named(aggregate string, names []schema.Name) error {
	for _, want := range names {
		item, err := v.get(schema.NameKey(want.Type, want.Thing, want.Programme))
		if err != nil {
			return err
		}
		if item == nil {
			return fault.New(fault.Internal, "verify.name", about(aggregate, want.Thing, want.Text, "none")...)
		}
		got, err := schema.Decode[schema.Name](*item, schema.TypeName)
		if err != nil {
			return unreadable(aggregate, item.Key, err)
		}
		if got != want {
			return fault.New(fault.Internal, "verify.name", about(aggregate, want.Thing, want, got)...)
		}
	}
	return nil
}

// nameItem holds a name against the thing that it leads to.
func (v *verifier) nameItem(item store.Item) error {
	n, err := schema.Decode[schema.Name](item, schema.TypeName)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	if want := schema.NameRecord(n); want.Key != item.Key || want.Index != item.Index {
		return fault.New(fault.Internal, "verify.index", about(n.Thing, item.SK, fmt.Sprint(want.Key, want.Index), fmt.Sprint(item.Key, item.Index))...)
	}
	var root any
	var enrolments []portfolio.Enrolment
	if n.Type == schema.TypePerson {
		root, err = v.person(n.Thing)
	} else if root, err = v.root(n.Thing); err == nil && n.Type == schema.TypePlatform {
		enrolments, err = readAll[portfolio.Enrolment](v.ctx, v.store, n.Thing, schema.EnrolmentRange(), schema.TypeEnrolment)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(namesOf(root, enrolments), n) {
		return fault.New(fault.Internal, "verify.name", about(n.Thing, item.SK, "a thing of that name", n.Text)...)
	}
	return nil
}
