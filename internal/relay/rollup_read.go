package relay

import (
	"context"
	"maps"
	"strconv"
	"sync"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// things reads an award as it stands after the entries of a delivery. A query
// may show half of a transaction: what the entries tell to be newer than what
// was read makes it read again.
func (s *Rollup) things(ctx context.Context, d Delivery) (rollup.Things, error) {
	is := map[string]int64{}
	for _, e := range d.Entries {
		for _, event := range e.Events {
			is[event.Thing] = max(is[event.Thing], event.Is)
		}
	}
	wait := backOff
	for range attempts {
		things, whole, err := s.page(ctx, d.Aggregate, is, d.Entries[len(d.Entries)-1].Seq)
		if err != nil || whole {
			return things, err
		}
		if err := s.sleep(ctx, wait); err != nil {
			return rollup.Things{}, err
		}
		wait *= 2
	}
	return rollup.Things{}, fault.New(fault.Busy, "store.contended")
}

// page reads an award's page once; whole says that nothing in it is older
// than is told.
func (s *Rollup) page(ctx context.Context, id string, is map[string]int64, seq int64) (rollup.Things, bool, error) {
	var t rollup.Things
	var head schema.Head
	versions := map[string]int64{}
	err := readAll(ctx, s.store, id, schema.PageRange(), func(item store.Item) (bool, error) {
		kind, err := schema.TypeOf(item)
		if err != nil {
			return false, err
		}
		name, err := take(&t, &head, item, kind)
		versions[name] = item.Version
		return true, err
	})
	if err != nil {
		return t, false, err
	}
	whole := head.Seq >= seq
	for thing, version := range is {
		if rolledUp(thing) && versions[thing] < version {
			whole = false
		}
	}
	t.Totals = head.Totals
	return t, whole, nil
}

// rolledUp reports whether a thing counts for something.
func rolledUp(thing string) bool {
	switch ident.Prefix(thing) {
	case ident.PrefixAward, ident.PrefixMilestone, ident.PrefixTranche, ident.PrefixExtension, ident.PrefixPayment, ident.PrefixRefund:
		return true
	}
	return false
}

// take adds an item of an award's page to its things and tells its name in the
// journal.
func take(t *rollup.Things, head *schema.Head, item store.Item, kind string) (name string, err error) {
	switch kind {
	case schema.TypeHead:
		*head, err = schema.Decode[schema.Head](item, kind)
		return "", err
	case schema.TypeAward:
		t.Award, err = schema.Decode[award.Award](item, kind)
		return string(t.Award.ID), err
	case schema.TypeMilestone:
		m, err := schema.Decode[award.Milestone](item, kind)
		t.Milestones = append(t.Milestones, m)
		return string(m.ID), err
	case schema.TypeTranche:
		tr, err := schema.Decode[award.Tranche](item, kind)
		t.Tranches = append(t.Tranches, tr)
		return string(tr.ID), err
	case schema.TypeExtension:
		e, err := schema.Decode[award.Extension](item, kind)
		t.Extensions = append(t.Extensions, e)
		return string(e.ID), err
	case schema.TypePayment:
		p, err := schema.Decode[award.Payment](item, kind)
		t.Payments = append(t.Payments, p)
		return string(p.ID), err
	case schema.TypeRefund:
		r, err := schema.Decode[award.Refund](item, kind)
		t.Refunds = append(t.Refunds, r)
		return string(r.ID), err
	}
	return "", nil
}

// rolled moves due dates off rest days by the present ladders of a programme.
func (s *Rollup) rolled(ctx context.Context, id ident.Programme) rollup.Rolled {
	return func(kind attention.Kind, on civil.Date) (civil.Date, error) {
		p, version, err := stored[portfolio.Programme](ctx, s.store, schema.RootKey(string(id)), schema.TypeProgramme)
		if err != nil || version == 0 {
			return on, err
		}
		l, _, err := stored[attention.Ladder](ctx, s.store, schema.LadderKey(id, string(kind), p.Ladders[string(kind)]), schema.TypeLadder)
		if err != nil || !l.RollRestDays {
			return on, err
		}
		c, err := s.calendars.now(ctx)
		return c.OnOrAfter(on), err
	}
}

// calendars keeps the calendar, which is read again when the deployment's root
// names another version of it.
type calendars struct {
	store    store.Reader
	mu       sync.Mutex
	version  string
	calendar civil.Calendar
}

// now returns the years that ship with the program, and those that were
// imported over them.
func (k *calendars) now(ctx context.Context) (civil.Calendar, error) {
	d, _, err := stored[schema.DeploymentRoot](ctx, k.store, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	if err != nil {
		return civil.Calendar{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version == d.Calendar && k.version != "" {
		return k.calendar, nil
	}
	c, err := civil.Embedded()
	if err != nil {
		return c, fault.Wrap(err, "internal.error")
	}
	found := map[string]int64{}
	err = readAll(ctx, k.store, schema.Deployment, schema.CalendarRange(), func(item store.Item) (bool, error) {
		y, err := schema.Decode[civil.Year](item, schema.TypeCalendar)
		c, found[strconv.Itoa(y.Year)] = c.With(y), item.Version
		return true, err
	})
	if err == nil && maps.Equal(found, d.Years) { // else the read was torn: right enough for now, but not kept
		k.version, k.calendar = d.Calendar, c
	}
	return c, err
}
