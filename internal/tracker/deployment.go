package tracker

import (
	"context"
	"slices"
	"time"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// MeView is who the caller is taken for.
type MeView struct {
	Person      portfolio.Person       `json:"person"`
	Version     int64                  `json:"version"`
	Memberships []portfolio.Membership `json:"memberships"` // that hold today
	Roles       []portfolio.Role       `json:"roles"`       // each once
	Scopes      []Named                `json:"scopes"`      // where they hold
	Today       civil.Date             `json:"today"`       // business date
	// Waiting is how much of what is due or overdue waits for the caller, up to
	// 200; More says that there is more.
	Waiting int  `json:"waiting"`
	More    bool `json:"more"`
	// Proposals is how much of what others proposed waits for the caller as the
	// second person, up to 200.
	Proposals int `json:"proposals"`
}

// Me returns the caller with what they hold today and how much waits for them.
func (t *Tracker) Me(ctx context.Context, c Call) (MeView, error) {
	r := newReading(ctx, t, c)
	key := schema.PersonKey(c.Principal.Person)
	p, err := need[portfolio.Person](r, key, schema.TypePerson)
	if err != nil {
		return MeView{}, err
	}
	me := MeView{Person: p, Version: r.version(key), Memberships: []portfolio.Membership{}, Roles: []portfolio.Role{}, Scopes: []Named{}, Today: t.Today()}
	var scopes []string
	for _, m := range p.Memberships {
		if !m.Holds(me.Today) {
			continue
		}
		me.Memberships = append(me.Memberships, m)
		if !slices.Contains(me.Roles, m.Role) {
			me.Roles = append(me.Roles, m.Role)
		}
		if !slices.Contains(scopes, m.Scope.ID) {
			scopes = append(scopes, m.Scope.ID)
		}
	}
	var keys []store.Key
	for _, id := range scopes {
		keys = append(keys, schema.RootKey(id))
	}
	if err := r.load(keys...); err != nil {
		return me, err
	}
	for _, id := range scopes {
		me.Scopes = append(me.Scopes, *r.named(id))
	}
	if me.Waiting, me.More, err = t.WaitingFor(ctx, c, maxCandidates); err != nil {
		return me, err
	}
	me.Proposals, _, err = t.ProposalsFor(ctx, c, maxCandidates)
	return me, err
}

// CalendarsView is the working-day calendar in force.
type CalendarsView struct {
	Version string         `json:"version"`
	Years   []CalendarYear `json:"years"`
}

// CalendarYear is a published year as it is in force: what differs from
// Monday to Friday.
type CalendarYear struct {
	Year     int          `json:"year"`
	Imported bool         `json:"imported"` // else it ships with the program
	RestDays []civil.Date `json:"restDays"` // Mondays to Fridays that rest
	Workdays []civil.Date `json:"workdays"` // Saturdays and Sundays that are worked
}

// Calendars returns the published years. What falls into another year is
// provisional.
func (t *Tracker) Calendars(ctx context.Context, c Call) (CalendarsView, error) {
	if err := t.authority.Require(c.Principal, access.ViewCalendar, access.Resource{Kind: access.KindCalendar, Deployment: true}); err != nil {
		return CalendarsView{}, err
	}
	w := &work{ctx: ctx, t: t}
	calendar, version, err := w.calendar()
	if err != nil {
		return CalendarsView{}, err
	}
	imported, err := readAll[civil.Year](ctx, t.store, schema.Deployment, schema.CalendarRange(), schema.TypeCalendar)
	v := CalendarsView{Version: version, Years: []CalendarYear{}}
	for _, year := range calendar.Years() {
		y := yearOf(calendar, year)
		y.Imported = slices.ContainsFunc(imported, func(i civil.Year) bool { return i.Year == year })
		v.Years = append(v.Years, y)
	}
	return v, err
}

func yearOf(calendar civil.Calendar, year int) CalendarYear {
	y := CalendarYear{Year: year, RestDays: []civil.Date{}, Workdays: []civil.Date{}}
	day, _ := civil.Of(year, time.January, 1)
	for day.Year() == year {
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		switch works := calendar.Works(day); {
		case works && weekend:
			y.Workdays = append(y.Workdays, day)
		case !works && !weekend:
			y.RestDays = append(y.RestDays, day)
		}
		next := day.AddDays(1)
		if next == day {
			break
		}
		day = next
	}
	return y
}

// Sweeps lists the live sweeps, the last first.
func (t *Tracker) Sweeps(ctx context.Context, c Call, p PageRequest) (Page[schema.Sweep], error) {
	page := Page[schema.Sweep]{Items: []schema.Sweep{}}
	if err := t.authority.Require(c.Principal, access.ViewSweep, sweepResource()); err != nil {
		return page, err
	}
	r := newReading(ctx, t, c)
	items, next, err := r.strongPage("sweeps", struct{}{}, store.Query{Partition: schema.Deployment, Range: schema.SweepRange(), Descending: true}, p)
	if err != nil {
		return page, err
	}
	page.Next = next
	for _, item := range items {
		s, err := schema.Decode[schema.Sweep](item, schema.TypeSweep)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, s)
	}
	return page, nil
}
