package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/civil"
	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// calendarsPage are the years whose working days are published.
type calendarsPage struct {
	tracker.CalendarsView
	New         bool
	Provisional int // the first year of which nothing is known
	This        int // the year of today
}

func (c *Console) calendars(q *request) error {
	v, err := c.Tracker.Calendars(q.Context(), q.call)
	if err != nil {
		return err
	}
	view := calendarsPage{CalendarsView: v, New: q.holds(portfolio.Administrator), Provisional: q.today.Year(), This: q.today.Year()}
	for slices.ContainsFunc(v.Years, func(y tracker.CalendarYear) bool { return y.Year == view.Provisional }) {
		view.Provisional++
	}
	slices.Reverse(view.Years)
	return q.show("admin-calendars", q.text("console.admin.calendars.title"), view)
}

// newCalendarPage publishes a year's working days.
type newCalendarPage struct {
	Form   *form
	Cannot bool
	Check  bool
	Year   int
	Known  bool // the year is published already and is corrected
	Moved  []dayMoved
}

// dayMoved is a day that is worked where it was not, or rests where it did not.
type dayMoved struct {
	On    civil.Date
	Works bool
	Name  string
}

func (c *Console) newCalendar(q *request) error {
	view := newCalendarPage{Cannot: !q.holds(portfolio.Administrator)}
	show := func() error { return q.show("admin-calendar-new", q.text("console.admin.calendar.new"), view) }
	if view.Cannot {
		return show()
	}
	if !isPost(q) {
		view.Form = q.form("/admin/calendars/new", 0).With("region", "CN")
		return show()
	}
	f, files, err := q.sentImport()
	if f == nil {
		return err
	}
	if view.Form = f; err != nil {
		return q.again(f, err, subject{}, show)
	}
	if len(files) > 0 {
		if err := f.takeYear(files); err != nil {
			return q.again(f, err, subject{}, show)
		}
	}
	if q.step() == "edit" {
		return show()
	}
	year, err := yearOfForm(f)
	if err != nil {
		return q.again(f, err, subject{}, show)
	}
	if q.step() == "check" {
		if err := view.compare(q, year); err != nil {
			return err
		}
		return show()
	}
	r, err := c.Tracker.ImportCalendarYear(q.Context(), q.command(f), year)
	if err != nil {
		return q.again(f, atLines(err), subject{}, show)
	}
	return q.done(r, "/admin/calendars")
}

// takeYear puts the year of a JSON file into the fields of the form.
func (f *form) takeYear(files []exchange.File) error {
	var y civil.Year
	if len(files) != 1 || json.Unmarshal(files[0].Data, &y) != nil {
		return fault.InvalidFields(fault.At("/files", "calendar.file"))
	}
	var rest, worked []string
	for _, d := range y.RestDays {
		rest = append(rest, strings.TrimRight(fmt.Sprintf("%s, %s, %s", d.Date, d.Name["zh"], d.Name["en"]), ", "))
	}
	for _, d := range y.SwappedWorkdays {
		worked = append(worked, d.String())
	}
	f.With("region", y.Region).With("year", y.Year).With("restDays", strings.Join(rest, "\n")).With("swappedWorkdays", strings.Join(worked, "\n"))
	return nil
}

// mostDays bounds the lines of a year's form.
const mostDays = 400

// yearOfForm is the year that a form describes: a rest day a line, with its
// names in Chinese and English after commas; a worked weekend day a line.
func yearOfForm(f *form) (civil.Year, error) {
	in := f.fields()
	y := civil.Year{Region: f.Value("region"), RestDays: []civil.Day{}, SwappedWorkdays: []civil.Date{}}
	year, err := strconv.Atoi(f.Value("year"))
	if err != nil {
		in.miss("year", fault.New(fault.Invalid, "calendar.year.outOfRange", "min", civil.MinYear, "max", civil.MaxYear))
	}
	y.Year = year
	rest, worked := lines(f.Value("restDays")), lines(f.Value("swappedWorkdays"))
	if len(rest) > mostDays || len(worked) > mostDays {
		in.miss("restDays", fault.New(fault.Invalid, "field.tooMany", "max", mostDays))
		return y, in.err()
	}
	for _, line := range rest {
		parts := strings.SplitN(strings.NewReplacer("，", ",", "\t", ",").Replace(line), ",", 3)
		on, err := civil.Parse(strings.TrimSpace(parts[0]))
		if err != nil {
			in.miss("restDays", err)
			continue
		}
		d := civil.Day{Date: on, Name: map[string]string{}}
		for i, language := range []string{"zh", "en"} {
			if i+1 < len(parts) && strings.TrimSpace(parts[i+1]) != "" {
				d.Name[language] = strings.TrimSpace(parts[i+1])
			}
		}
		y.RestDays = append(y.RestDays, d)
	}
	for _, line := range worked {
		on, err := civil.Parse(line)
		if err != nil {
			in.miss("swappedWorkdays", err)
			continue
		}
		y.SwappedWorkdays = append(y.SwappedWorkdays, on)
	}
	if err := in.err(); err != nil {
		return y, err
	}
	return y, atLines(y.Check())
}

// atLines moves what is wrong with a day to the field that holds its line.
func atLines(err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for i, field := range moved.Fields {
		for _, name := range []string{"/restDays", "/swappedWorkdays"} {
			if strings.HasPrefix(field.Pointer, name+"/") {
				moved.Fields[i].Pointer = name
			}
		}
	}
	return &moved
}

// compare says which days a year would change.
func (p *newCalendarPage) compare(q *request, y civil.Year) error {
	known, err := q.tracker().Calendars(q.Context(), q.call)
	if err != nil {
		return err
	}
	p.Check, p.Year = true, y.Year
	was := civil.Calendar{}
	for _, k := range known.Years {
		if k.Year != y.Year {
			continue
		}
		p.Known = true
		before := civil.Year{Year: k.Year, SwappedWorkdays: k.Workdays}
		for _, d := range k.RestDays {
			before.RestDays = append(before.RestDays, civil.Day{Date: d})
		}
		was = was.With(before)
	}
	is := civil.Calendar{}.With(y)
	day, ok := civil.Of(y.Year, 1, 1)
	for ok && day.Year() == y.Year {
		if was.Works(day) != is.Works(day) {
			moved := dayMoved{On: day, Works: is.Works(day)}
			for _, d := range y.RestDays {
				if d.Date == day {
					moved.Name = portfolio.Names{ZH: d.Name["zh"], EN: d.Name["en"]}.In(string(q.lang))
				}
			}
			p.Moved = append(p.Moved, moved)
		}
		next := day.AddDays(1)
		ok = next != day
		day = next
	}
	return nil
}
