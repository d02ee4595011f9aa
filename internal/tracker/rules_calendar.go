package tracker

import (
	"context"
	"maps"
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// baseCalendar is the version of the years that ship with the program.
const baseCalendar = "cn-2026.0"

// looks is how often the years of a calendar are read before it is given up
// that they are found as one import left them.
const looks = 4

// at returns the calendar that the deployment's root d names, and its version:
// the years that ship with the program, and those that were imported over them.
// Root and years are no snapshot: an import that commits in between shows one
// without the other. So the root names the version of each year's item, and
// where another one was found both are read again.
func (b *ruleBook) at(ctx context.Context, d schema.DeploymentRoot) (civil.Calendar, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range looks {
		if b.version == d.Calendar && b.version != "" {
			return b.calendar, b.version, nil
		}
		c, found, err := b.years(ctx)
		if err != nil {
			return c, "", err
		}
		if maps.Equal(found, d.Years) {
			b.version, b.calendar = d.Calendar, c
			return c, d.Calendar, nil
		}
		if d.Years == nil && d.Calendar != baseCalendar { // a root from before it named years: right, but never kept
			return c, d.Calendar, nil
		}
		if d, err = b.root(ctx); err != nil {
			return c, "", err
		}
	}
	return civil.Calendar{}, "", &fault.Error{Kind: fault.Busy, Code: "store.contended", Cause: store.ErrContended}
}

// years reads the imported years over those that ship, with their versions.
func (b *ruleBook) years(ctx context.Context) (civil.Calendar, map[string]int64, error) {
	c, err := civil.Embedded()
	if err != nil {
		return c, nil, fault.Wrap(err, "internal.error")
	}
	items, err := readRange(ctx, b.store, schema.Deployment, schema.CalendarRange())
	if err != nil {
		return c, nil, err
	}
	var found map[string]int64
	for _, item := range items {
		y, err := schema.Decode[civil.Year](item, schema.TypeCalendar)
		if err != nil {
			return c, nil, err
		}
		if found == nil {
			found = map[string]int64{}
		}
		found[strconv.Itoa(y.Year)] = item.Version
		c = c.With(y)
	}
	return c, found, nil
}

// root reads the deployment's root.
func (b *ruleBook) root(ctx context.Context) (schema.DeploymentRoot, error) {
	items, err := b.store.Get(ctx, schema.RootKey(schema.Deployment))
	if err != nil {
		return schema.DeploymentRoot{}, storeFault(err)
	}
	if items[0] == nil {
		return schema.DeploymentRoot{Calendar: baseCalendar}, nil
	}
	return schema.Decode[schema.DeploymentRoot](*items[0], schema.TypeDeployment)
}

// deployment reads the deployment's root; before the first administrator it
// is not there, and the calendar is the one that ships.
func (w *work) deployment() (schema.DeploymentRoot, error) {
	d, ok, err := find[schema.DeploymentRoot](w, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	if err == nil && !ok {
		d.Calendar = baseCalendar
	}
	return d, err
}

// calendar returns the calendar now in force and its version.
func (w *work) calendar() (civil.Calendar, string, error) {
	d, err := w.deployment()
	if err != nil {
		return civil.Calendar{}, "", err
	}
	return w.t.rules.at(w.ctx, d)
}
