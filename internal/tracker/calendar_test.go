package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker/trackertest"
)

// newYear is 2027 with rest days from 2027-01-01 on and no others.
func newYear(restDays ...string) civil.Year {
	y := civil.Year{Region: "CN", Year: 2027}
	for _, d := range restDays {
		y.RestDays = append(y.RestDays, civil.Day{Date: civil.MustParse(d), Name: map[string]string{"zh": "元旦"}})
	}
	return y
}

// A year that is published makes dates firm when their things are next
// written; nothing that was announced moves earlier, and no rung fires again.
func TestImportCalendarYear(t *testing.T) {
	o := trackertest.New(t, nil, trackertest.On("2026-12-21"))
	a := o.ActiveAward(oneDue("2027-01-08"))
	o.Submit(a.M("M1"))
	before := o.MilestoneNow(a.M("M1")).Watch
	// Ten working days after Monday 2026-12-21, weekends resting: 2027-01-04.
	if got := before.Current; got.Kind != attention.DecideSubmission || !got.Provisional || got.DueOn.String() != "2027-01-04" {
		t.Fatalf("before: %+v", got)
	}
	key := a.M("M1")
	version := storedVersion(t, o, schema.MilestoneKey(key.Award, key.Milestone))
	r, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01", "2027-01-04", "2027-01-05"))
	expectDone(t, "import", r, err)
	if got := storedVersion(t, o, schema.MilestoneKey(key.Award, key.Milestone)); got != version {
		t.Errorf("importing wrote the milestone: version %d, was %d", got, version)
	}
	o.Clock.Set(civil.MustParse("2026-12-22"))
	acknowledged, err := o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Manager), key.Award, string(key.Milestone))
	expectDone(t, "acknowledge", acknowledged, err)
	after := o.MilestoneNow(key).Watch
	if after.Revision != before.Revision || after.Current.Provisional || after.Current.DueOn.String() != "2027-01-07" {
		t.Errorf("written again: revision %d (was %d), %+v; want firm, due 2027-01-07", after.Revision, before.Revision, after.Current)
	}

	// A correction that gives working days back moves nothing earlier.
	r, err = o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear())
	expectDone(t, "correct", r, err)
	o.Clock.Set(civil.MustParse("2026-12-23"))
	acknowledged, err = o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Manager2), key.Award, string(key.Milestone))
	expectDone(t, "acknowledge", acknowledged, err)
	if got := o.MilestoneNow(key).Watch; got.Current.DueOn != after.Current.DueOn || got.Current.EffectiveOn != after.Current.EffectiveOn ||
		got.Current.NextOn.Before(after.Current.NextOn) || got.Revision != after.Revision {
		t.Errorf("the correction made %+v of %+v", got.Current, after.Current)
	}

	// A rung that was reached by the old rules is reached once.
	o.Clock.Set(civil.MustParse("2027-01-08"))
	decided := o.Decide(key, "notMet")
	flags := 0
	for _, kind := range eventsOf(t, o, decided) {
		if kind == "obligation.flagged" {
			flags++
		}
	}
	r, err = o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01"))
	expectDone(t, "import once more", r, err)
	if flags != 1 {
		t.Errorf("%d flags on deciding late, want 1", flags)
	}
}

// What counts from a year that nobody published yet says so in its event, and
// names the version of the calendar.
func TestCalendarVersionInEvents(t *testing.T) {
	o := trackertest.New(t, nil)
	root := func() schema.DeploymentRoot {
		return storedThing[schema.DeploymentRoot](t, o, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	}
	first := root().Calendar
	r, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01"))
	expectDone(t, "import", r, err)
	second := root().Calendar
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"calendar.imported", "deployment.calendar"}) {
		t.Errorf("events %q", got)
	}
	r, err = o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Administrator), newYear("2027-01-01", "2027-01-02"))
	expectDone(t, "import again", r, err)
	if third := root().Calendar; first == second || second == third || first == third {
		t.Errorf("versions %s, %s, %s", first, second, third)
	}
	a := o.ActiveAward(oneDue("2026-03-03"))
	o.Clock.Set(civil.MustParse("2026-03-05"))
	if r := o.Submit(a.M("M1")); !tells(journalOf(t, o, r), root().Calendar) {
		t.Error("the flag does not name the calendar that it was counted by")
	}
}

// A year that is none is refused whole.
func TestImportCalendarYearRefuses(t *testing.T) {
	o := trackertest.New(t, nil)
	admin := o.Call(trackertest.Administrator)
	twice := newYear("2027-01-01", "2027-01-01")
	other := newYear("2026-12-31")
	swapped := newYear()
	swapped.SwappedWorkdays = []civil.Date{civil.MustParse("2027-01-04"), civil.MustParse("2027-01-09"), {}}
	named := newYear("2027-01-01", "2027-01-02", "2027-01-03")
	named.RestDays[1].Name = map[string]string{"名": "元旦"}
	named.RestDays[2].Name = map[string]string{"": "元旦"}
	for _, test := range []struct {
		name   string
		year   civil.Year
		fields []string
	}{
		{"a day twice", twice, []string{"/restDays/1/date calendar.day.twice"}},
		{"a day of another year", other, []string{"/restDays/0/date calendar.day.otherYear"}},
		{"worked days that are none", swapped, []string{"/swappedWorkdays/0 calendar.day.noWeekend", "/swappedWorkdays/2 calendar.day.otherYear"}},
		{"no year", civil.Year{}, []string{"/year calendar.year.outOfRange"}},
		{"a year far off", civil.Year{Year: 20270}, []string{"/year calendar.year.outOfRange"}},
		{"names in no language", named, []string{"/restDays/1/name field.badValue", "/restDays/2/name field.badValue"}},
	} {
		_, err := o.Tracker.ImportCalendarYear(o.Ctx, admin, test.year)
		expectInvalid(t, test.name, err, test.fields...)
	}
	_, err := o.Tracker.ImportCalendarYear(o.Ctx, o.Call(trackertest.Manager), newYear())
	expectFault(t, "by a manager", err, fault.Forbidden, "access.forbidden")
	r, err := o.Tracker.ImportCalendarYear(o.Ctx, admin, newYear("2027-01-01"))
	expectDone(t, "import", r, err)
	stale := admin
	stale.IfMatch = new(int64(7))
	_, err = o.Tracker.ImportCalendarYear(o.Ctx, stale, newYear("2027-01-02"))
	expectFault(t, "over a version that is not there", err, fault.PreconditionFailed, "precondition.failed")
}
