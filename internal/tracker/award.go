package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// awardWork is work on one award: what every command on it needs to know.
type awardWork struct {
	*work
	award     award.Award
	programme portfolio.Programme
	setting   schema.Setting
	rules     attention.Rules
	resource  access.Resource
	actor     award.Actor
}

// onAward runs a command on an award. keys are the things that the command
// names, read in the same get as the award; kind and id name the one that the
// caller wants to do something on.
func (t *Tracker) onAward(ctx context.Context, c Call, command string, id ident.Award, a access.Action, kind, thing string, keys []store.Key, decide func(*awardWork) error) (Receipt, error) {
	return t.commit(ctx, c, command, func(w *work) error {
		aw, err := w.openAward(id, keys...)
		if err != nil {
			return err
		}
		aw.resource.Kind, aw.resource.ID = kind, thing
		if err := w.require(a, aw.resource); err != nil {
			return err
		}
		return decide(aw)
	})
}

// openAward reads an award, then its programme and the deployment's root.
func (w *work) openAward(id ident.Award, keys ...store.Key) (*awardWork, error) {
	root := schema.RootKey(string(id))
	if err := w.begin(string(id), append(keys, root)...); err != nil {
		return nil, err
	}
	a, err := must[award.Award](w, root, schema.TypeAward)
	if err != nil {
		return nil, err
	}
	return w.awardIn(a)
}

// awardIn is the rest of openAward, for an award that may be new.
func (w *work) awardIn(a award.Award) (*awardWork, error) {
	d := a.Document
	programme := schema.RootKey(string(d.Programme))
	if err := w.load(programme, schema.RootKey(schema.Deployment)); err != nil {
		return nil, err
	}
	p, err := must[portfolio.Programme](w, programme, schema.TypeProgramme)
	if err != nil {
		return nil, err
	}
	rules, err := w.attention(p)
	if err != nil {
		return nil, err
	}
	w.programme = p.ID
	w.t.homes.put(a.ID, p.ID)
	aw := &awardWork{work: w, award: a, programme: p, setting: schema.SettingOf(d), rules: rules, resource: awardResource(a)}
	aw.actor = w.t.actor(w.call, aw.resource)
	return aw, nil
}

// awardResource is an award as access sees it.
func awardResource(a award.Award) access.Resource {
	r := access.Resource{Kind: access.KindAward, ID: string(a.ID), Award: a.ID, Programmes: []ident.Programme{a.Document.Programme}}
	if a.Document.Platform != "" {
		r.Platforms = []ident.Platform{a.Document.Platform}
	}
	return r
}

// operator is the role that owes what the payee's side owes.
func (aw *awardWork) operator() portfolio.Role {
	if aw.award.Document.Platform != "" {
		return portfolio.PlatformOperator
	}
	return portfolio.ProjectLead
}

// counted keeps the head's number of open things, and refuses to open more
// than one transaction could close.
func (aw *awardWork) counted(was, is bool) error {
	switch {
	case is && !was:
		aw.head.Open++
	case was && !is:
		aw.head.Open--
	}
	if is && !was && aw.head.Open > award.MaxOpen {
		return fault.New(fault.Conflict, "award.tooManyOpen", "max", award.MaxOpen)
	}
	return nil
}

// putMilestone writes a milestone with what attention makes of the change.
func (aw *awardWork) putMilestone(m award.Milestone, event string) error {
	key := schema.MilestoneKey(m.Award, m.ID)
	was, existed, err := find[award.Milestone](aw.work, key, schema.TypeMilestone)
	if err != nil {
		return err
	}
	need := m.Need(aw.operator(), aw.award.Document.Responsible.Funder, aw.award.Document.Responsible.Payee)
	if m.Watch, err = aw.watch(string(m.ID), key, m.Watch, need); err != nil {
		return err
	}
	if err := aw.counted(existed && schema.MilestoneOpen(was), schema.MilestoneOpen(m)); err != nil {
		return err
	}
	return aw.put(string(m.ID), schema.MilestoneRecord(m, aw.setting), event, nil)
}

// putTranche writes a tranche with what attention makes of the change.
func (aw *awardWork) putTranche(t award.Tranche, event string) error {
	key := schema.TrancheKey(t.Award, t.ID)
	was, existed, err := find[award.Tranche](aw.work, key, schema.TypeTranche)
	if err != nil {
		return err
	}
	need := t.Need(aw.operator(), aw.award.Document.Responsible.Funder, aw.award.Document.Responsible.Payee)
	if t.Watch, err = aw.watch(string(t.ID), key, t.Watch, need); err != nil {
		return err
	}
	if err := aw.counted(existed && schema.TrancheOpen(was), schema.TrancheOpen(t)); err != nil {
		return err
	}
	return aw.put(string(t.ID), schema.TrancheRecord(t, aw.setting), event, nil)
}

// putExtension writes an extension with what attention makes of the change.
func (aw *awardWork) putExtension(e award.Extension, event string, data any) error {
	key := schema.ExtensionKey(e.Award, e.ID)
	was, existed, err := find[award.Extension](aw.work, key, schema.TypeExtension)
	if err != nil {
		return err
	}
	if e.Watch, err = aw.watch(string(e.ID), key, e.Watch, e.Need(aw.award.Document.Responsible.Funder)); err != nil {
		return err
	}
	if err := aw.counted(existed && schema.ExtensionOpen(was), schema.ExtensionOpen(e)); err != nil {
		return err
	}
	return aw.put(string(e.ID), schema.ExtensionRecord(e, aw.setting), event, data)
}

// watch follows a thing's need; an award that is over needs nothing. What was
// reached on the way is journaled before the change itself.
func (aw *awardWork) watch(thing string, key store.Key, w attention.Watch, need *attention.Need) (attention.Watch, error) {
	if aw.award.State != award.Active {
		need = nil
	}
	next, events, err := w.Follow(need, aw.on, aw.rules)
	if err != nil {
		return w, fault.Wrap(err, "internal.error")
	}
	return next, aw.follow(thing, key, events)
}
