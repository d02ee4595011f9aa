package tracker

import (
	"errors"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// rebuild decodes an item and places its value as package schema does today.
// What an award consists of is kept for the checks between its things; its
// root comes first in its partition.
func (c *aggregateCheck) rebuild(item store.Item, kind string) (schema.Record, error) {
	a := &c.award
	switch kind {
	case schema.TypeAward:
		return as(item, kind, func(v award.Award) schema.Record {
			a.root, a.there, c.programme = v, true, v.Document.Programme
			return schema.AwardRecord(v)
		})
	case schema.TypeMilestone:
		return as(item, kind, keep(&a.milestones, func(v award.Milestone) schema.Record { return schema.MilestoneRecord(v, a.setting()) }))
	case schema.TypeTranche:
		return as(item, kind, keep(&a.tranches, func(v award.Tranche) schema.Record { return schema.TrancheRecord(v, a.setting()) }))
	case schema.TypeExtension:
		return as(item, kind, keep(&a.extensions, func(v award.Extension) schema.Record { return schema.ExtensionRecord(v, a.setting()) }))
	case schema.TypePayment:
		return as(item, kind, keep(&a.payments, func(v award.Payment) schema.Record { return schema.PaymentRecord(v, a.setting()) }))
	case schema.TypeRefund:
		return as(item, kind, keep(&a.refunds, func(v award.Refund) schema.Record { return schema.RefundRecord(v, a.setting()) }))
	case schema.TypeEvidence:
		return as(item, kind, keep(&a.evidence, schema.EvidenceRecord))
	case schema.TypeLedger:
		return as(item, kind, keep(&a.ledger, func(v ledger.Entry) schema.Record { return schema.LedgerRecord(ident.Award(item.PK), v) }))
	case schema.TypeParty:
		return as(item, kind, func(v schema.Party) schema.Record {
			return schema.PartyRecord(v, schema.OpenOrClosed(!a.root.State.Ended()))
		})
	}
	return c.rebuildOther(item, kind)
}

// rebuildOther is rebuild for what belongs to no award.
func (c *aggregateCheck) rebuildOther(item store.Item, kind string) (schema.Record, error) {
	switch kind {
	case schema.TypeProgramme:
		c.programme = ident.Programme(item.PK)
		return as(item, kind, schema.ProgrammeRecord)
	case schema.TypeLadder:
		return as(item, kind, func(v attention.Ladder) schema.Record { return schema.LadderRecord(ident.Programme(item.PK), v) })
	case schema.TypeOrganisation:
		return as(item, kind, schema.OrganisationRecord)
	case schema.TypePlatform:
		return as(item, kind, schema.PlatformRecord)
	case schema.TypeEnrolment:
		return as(item, kind, schema.EnrolmentRecord)
	case schema.TypeProject:
		return as(item, kind, func(v portfolio.Project) schema.Record {
			c.programme = v.Programme
			return schema.ProjectRecord(v)
		})
	case schema.TypeLink:
		return as(item, kind, schema.LinkRecord)
	case schema.TypeMember:
		return as(item, kind, schema.MemberRecord)
	case schema.TypeImport:
		return as(item, kind, func(v schema.Import) schema.Record {
			c.programme = v.Programme
			return schema.ImportRecord(v)
		})
	case schema.TypeImportRow:
		return as(item, kind, func(v schema.ImportRow) schema.Record { return schema.ImportRowRecord(ident.Import(item.PK), v) })
	case schema.TypeSweep:
		return as(item, kind, schema.SweepRecord)
	case schema.TypeDeployment:
		return as(item, kind, schema.DeploymentRecord)
	case schema.TypeCalendar:
		return as(item, kind, schema.CalendarRecord)
	}
	return schema.Record{}, fault.Wrap(errors.New("tracker: unknown type "+kind), "item.otherType",
		"item", item.String(), "type", kind, "expected", "a type that verify knows")
}

// as decodes an item and places its value.
func as[T any](item store.Item, kind string, place func(T) schema.Record) (schema.Record, error) {
	v, err := schema.Decode[T](item, kind)
	if err != nil {
		return schema.Record{}, err
	}
	return place(v), nil
}

// keep adds a value to a list before it is placed.
func keep[T any](list *[]T, place func(T) schema.Record) func(T) schema.Record {
	return func(v T) schema.Record {
		*list = append(*list, v)
		return place(v)
	}
}

// places holds key, index entries, expiry and body of each item to what its
// value gives when it is written anew.
func (c *aggregateCheck) places() error {
	for name, s := range c.things {
		if err := c.place(name, s); err != nil {
			return err
		}
	}
	for _, s := range c.placed {
		if err := c.place(s.item.SK, s); err != nil {
			return err
		}
	}
	return c.links()
}

func (c *aggregateCheck) place(name string, s stored) error {
	want := s.record
	if want.Key != s.item.Key {
		return fault.New(fault.Internal, "verify.item", about(c.id, name, want.Key, s.item.Key)...)
	}
	if want.Index != s.item.Index {
		return fault.New(fault.Internal, "verify.index", about(c.id, name, want.Index, s.item.Index)...)
	}
	if want.Expires != s.item.Expires {
		return fault.New(fault.Internal, "verify.item", about(c.id, name, want.Expires, s.item.Expires)...)
	}
	body, err := schema.Canonical(want.Value)
	if err != nil {
		return unreadable(c.id, s.item.Key, err)
	}
	return sameBody(c.id, name, body, s.body)
}

// links holds a project's links to its platforms, of which its root tells.
func (c *aggregateCheck) links() error {
	p, _ := c.things[c.id].record.Value.(portfolio.Project)
	links := map[ident.Platform]bool{}
	for _, id := range p.Platforms {
		if id != p.Host {
			links[id] = true
		}
	}
	for _, s := range c.placed {
		l, ok := s.record.Value.(schema.Link)
		if !ok {
			continue
		}
		if !links[l.Platform] || l.Code != p.Code {
			return fault.New(fault.Internal, "verify.thingUntold", about(c.id, s.item.SK, "none", s.item.SK)...)
		}
		delete(links, l.Platform)
	}
	for id := range links {
		return fault.New(fault.Internal, "verify.thingMissing", about(c.id, "4#plt#"+string(id), "a link", "none")...)
	}
	return nil
}
