package tracker

import (
	"context"
	"fmt"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Acknowledge notes that the caller has seen what is owed on a milestone,
// tranche or extension; it stops nothing. If-Match is the thing's. Items:
// thing, head, journal, key.
func (t *Tracker) Acknowledge(ctx context.Context, c Call, id ident.Award, thing string) (Receipt, error) {
	key, kind, ok := keyOfThing(id, thing)
	if !ok {
		return Receipt{}, errNotFound()
	}
	return t.onAward(ctx, c, "acknowledge", id, access.Acknowledge, kind, thing, []store.Key{key}, func(aw *awardWork) error {
		item := aw.items[key]
		if item == nil {
			return errNotFound()
		}
		if err := aw.match(key); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		th, err := watchedIn(*item, aw.setting)
		if err != nil {
			return err
		}
		if o := th.watch.Current; o != nil && !onSide(o.Role, aw.actor.Roles) {
			return fault.New(fault.Forbidden, "attention.otherSide", "role", string(o.Role))
		}
		next, err := th.watch.Acknowledge(aw.actor.Person, aw.on)
		if err != nil {
			return err
		}
		// What was reached by today is on record before it is acknowledged.
		next, events, err := next.Sweep(aw.on, aw.rules)
		if err != nil {
			return fault.Wrap(err, "internal.error")
		}
		if err := aw.follow(thing, key, events); err != nil {
			return err
		}
		return aw.put(thing, th.with(next), "obligation.acknowledged", acknowledged(next))
	})
}

// onSide reports whether somebody with roles is of the side that owes what a
// role owes: the funder's, or the payee's.
func onSide(owner portfolio.Role, roles []portfolio.Role) bool {
	side := []portfolio.Role{portfolio.ProgrammeManager, portfolio.Finance, portfolio.Head}
	if !slices.Contains(side, owner) {
		side = []portfolio.Role{portfolio.PlatformOperator, portfolio.ProjectLead}
	}
	return slices.ContainsFunc(roles, func(r portfolio.Role) bool { return slices.Contains(side, r) })
}

// acknowledged is what is seen: which obligation, and when it is due.
func acknowledged(w attention.Watch) map[string]string {
	return map[string]string{"kind": string(w.Current.Kind), "revision": fmt.Sprint(w.Current.Revision), "dueOn": w.Current.DueOn.String()}
}

// keyOfThing is where an award keeps what attention watches.
func keyOfThing(a ident.Award, thing string) (key store.Key, kind string, ok bool) {
	switch ident.Prefix(thing) {
	case ident.PrefixMilestone:
		return schema.MilestoneKey(a, ident.Milestone(thing)), access.KindMilestone, true
	case ident.PrefixTranche:
		return schema.TrancheKey(a, ident.Tranche(thing)), access.KindTranche, true
	case ident.PrefixExtension:
		return schema.ExtensionKey(a, ident.Extension(thing)), access.KindExtension, true
	}
	return store.Key{}, "", false
}
