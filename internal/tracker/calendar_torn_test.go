package tracker_test

import (
	"context"
	"slices"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// behind shows the working-day years, or the deployment's root, as they stood
// before, for a number of reads: each did stand there, but not together with
// what is read beside it.
type behind struct {
	store.Store
	years    store.Page
	root     *store.Item
	oldYears int
	oldRoots int
}

func (b *behind) Query(ctx context.Context, q store.Query) (store.Page, error) {
	page, err := b.Store.Query(ctx, q)
	if q.Partition != schema.Deployment || q.Range != schema.CalendarRange() || err != nil {
		return page, err
	}
	if b.oldYears > 0 {
		b.oldYears--
		return b.years, nil
	}
	b.years = page
	return page, nil
}

func (b *behind) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	items, err := b.Store.Get(ctx, keys...)
	at := slices.Index(keys, schema.RootKey(schema.Deployment))
	if at < 0 || err != nil {
		return items, err
	}
	if b.oldRoots > 0 {
		b.oldRoots--
		items[at] = b.root
	}
	b.root = items[at]
	return items, nil
}

// rests are the rest days of 2027 by the calendar in force.
func rests(t *testing.T, o *trackertest.Office) (string, []civil.Date) {
	t.Helper()
	v, err := o.Tracker.Calendars(o.Ctx, o.Call(trackertest.Auditor))
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range v.Years {
		if y.Year == 2027 {
			return v.Version, y.RestDays
		}
	}
	return v.Version, nil
}

// A look at the years from before an import, beside the root from after it, is
// not kept as the calendar of that version; nor the other way round.
func TestCalendarReadInParts(t *testing.T) {
	friday, monday := civil.MustParse("2027-01-01"), civil.MustParse("2027-01-04")
	for _, test := range []struct {
		name               string
		oldYears, oldRoots int
	}{{"together", 0, 0}, {"old years", 1, 0}, {"old years, twice", 2, 0}, {"old root", 0, 1}} {
		t.Run(test.name, func(t *testing.T) {
			b := &behind{Store: trackertest.Memory(t)}
			o := trackertest.New(t, b)
			r, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear(friday.String()))
			expectDone(t, "import", r, err)
			first, days := rests(t, o)
			if !slices.Equal(days, []civil.Date{friday}) {
				t.Fatalf("rest days %v", days)
			}
			r, err = o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear(monday.String()))
			expectDone(t, "correct", r, err)
			b.oldYears, b.oldRoots = test.oldYears, test.oldRoots
			if version, days := rests(t, o); version == first && !slices.Equal(days, []civil.Date{friday}) || version != first && !slices.Equal(days, []civil.Date{monday}) {
				t.Errorf("version %s rests on %v", version, days)
			}
			if version, days := rests(t, o); version == first || !slices.Equal(days, []civil.Date{monday}) {
				t.Errorf("afterwards version %s rests on %v", version, days)
			}
		})
	}
}

// What never stands together is no calendar.
func TestCalendarNeverWhole(t *testing.T) {
	b := &behind{Store: trackertest.Memory(t)}
	o := trackertest.New(t, b)
	rests(t, o)
	r, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01"))
	expectDone(t, "import", r, err)
	b.oldYears = 1000
	_, err = o.Tracker.Calendars(o.Ctx, o.Call(trackertest.Auditor))
	expectFault(t, "years that never come", err, fault.Busy, "store.contended")
}

// A root from before roots named their years is read with what is there, and
// the next import names them all.
func TestCalendarOfAnOldRoot(t *testing.T) {
	o := trackertest.New(t, nil)
	r, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01"))
	expectDone(t, "import", r, err)
	root := storedThing[schema.DeploymentRoot](t, o, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	root.Years = nil
	item, err := schema.DeploymentRecord(root).Item(storedVersion(t, o, schema.RootKey(schema.Deployment)) + 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Store.Transact(o.Ctx, "an-old-root", store.PutOp(item, store.Anything)); err != nil {
		t.Fatal(err)
	}
	if _, days := rests(t, o); len(days) != 1 {
		t.Errorf("rest days %v, want one", days)
	}
	later := civil.Year{Region: "CN", Year: 2028}
	r, err = o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), later)
	expectDone(t, "import another", r, err)
	root = storedThing[schema.DeploymentRoot](t, o, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	if root.Years["2027"] != 1 || root.Years["2028"] != 1 {
		t.Errorf("the root names %v", root.Years)
	}
	if _, days := rests(t, o); len(days) != 1 {
		t.Errorf("rest days %v, want one", days)
	}
}
