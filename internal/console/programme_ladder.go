package console

import (
	"cmp"
	"errors"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// laddersPage shows a programme's ladders, and when something would be flagged
// by one of them.
type laddersPage struct {
	programmeHead
	Rows    []ladderRow
	Kinds   []option
	Preview ladderPreview
	Problem []string // what is wrong with the dates asked for
	Waits   bool     // the reader could change a ladder, did no change wait
}

// ladderRow is a ladder in force.
type ladderRow struct {
	attention.Ladder
	Steps []rungShown
	Edit  string // address; empty where the reader may not, or a change waits
	See   string // address of its preview
}

// rungShown is a rung in words.
type rungShown struct {
	Level              attention.Level
	Offset, Unit, Asks string
}

// ladderPreview is an example: what is asked for and when its rungs are
// reached.
type ladderPreview struct {
	Kind    attention.Kind
	OwnDate bool       // its thing has a due date; else it is counted from the opening
	Due     civil.Date // asked for, where OwnDate
	Opened  civil.Date
	DueOn   civil.Date // the due date; EffectiveOn is what the rungs count from
	Counts  civil.Date
	Drawn   chart.Chart
	Never   []string // rungs whose day always lies before the opening, in words
	Allowed int      // working days from the opening to the due date
	Most    int      // calendar days that these take at most
}

// ownDate reports whether the thing of an obligation has a due date itself.
func ownDate(k attention.Kind) bool { return k == attention.Deliver || k == attention.Rework }

// defaultDue is how many calendar days ahead the example is due.
const defaultDue = 60

// example reads an example from the address or from a form: for a kind, when
// it opened and when it is due.
func (q *request) example(k attention.Kind, value func(string) string) (ladderPreview, []string) {
	v := ladderPreview{Kind: k, OwnDate: ownDate(k), Opened: q.today, Due: q.today.AddDays(defaultDue)}
	var wrong []string
	read := func(name string, into *civil.Date) {
		if text := value(name); text != "" {
			d, err := civil.Parse(text)
			if err != nil {
				if e, ok := errors.AsType[*fault.Error](err); ok {
					wrong = append(wrong, q.console.Catalogs.Fault(q.lang, e).Title)
				}
				return
			}
			*into = d
		}
	}
	read("opened", &v.Opened)
	read("due", &v.Due)
	return v, wrong
}

// foresee fills the example in by a ladder: the calendar is the deployment's.
func (q *request) foresee(v *ladderPreview, l attention.Ladder, from civil.Date, title string) error {
	calendar, version, err := q.calendar()
	if err != nil {
		return err
	}
	rules := attention.Rules{
		Calendar: calendar, CalendarVersion: version, AttentionFrom: from,
		Ladder: func(attention.Kind, int) (attention.Ladder, error) { return l, nil },
	}
	need := attention.Need{Kind: v.Kind, OpenedOn: v.Opened}
	if v.OwnDate {
		need.DueOn = v.Due
	}
	planned, err := attention.Preview(need, v.Opened, rules)
	if err != nil {
		return err
	}
	watch, _, err := attention.Watch{}.Follow(&need, v.Opened, rules)
	if err != nil {
		return err
	}
	v.DueOn, v.Counts = watch.Current.DueOn, watch.Current.EffectiveOn
	drawn := chart.Ladder{Head: chart.Head{Title: title}, Due: v.Counts, Today: q.today, Open: true}
	for i, p := range planned {
		r := l.Rungs[i]
		drawn.Rungs = append(drawn.Rungs, chart.Rung{
			Level: string(r.Level), Asks: q.asks(r.Asks), Offset: r.Offset, Working: r.Unit == attention.WorkingDays,
			On: p.On, Skipped: p.Skipped, Provisional: p.Provisional,
		})
	}
	never, most := l.Unreachable(calendar)
	v.Never, v.Allowed, v.Most = nil, l.AllowedDays, most
	for _, i := range never {
		v.Never = append(v.Never, q.rungWords(l)[i])
	}
	v.Drawn, err = q.painter().Ladder(drawn)
	return err
}

// asks is what a rung asks, in words.
func (q *request) asks(code string) string {
	if id := "console.ladder.asks." + code; q.console.Catalogs.Has(q.lang, id) {
		return q.text(id)
	}
	return code
}

// calendar is the deployment's working days, with the version of them.
func (q *request) calendar() (civil.Calendar, string, error) {
	v, err := q.tracker().Calendars(q.Context(), q.call)
	if err != nil {
		return civil.Calendar{}, "", err
	}
	var c civil.Calendar
	for _, y := range v.Years {
		year := civil.Year{Year: y.Year, SwappedWorkdays: y.Workdays}
		for _, d := range y.RestDays {
			year.RestDays = append(year.RestDays, civil.Day{Date: d})
		}
		c = c.With(year)
	}
	return c, v.Version, nil
}

// kindOptions are the kinds of obligation as choices.
func (q *request) kindOptions() []option { return options(q, "obligation", attention.Kinds()...) }

// ladderOfKind is the ladder in force of a kind.
func ladderOfKind(p tracker.ProgrammeView, k attention.Kind) (attention.Ladder, error) {
	for _, l := range p.Current {
		if l.Kind == k {
			return l, nil
		}
	}
	return attention.Ladder{}, fault.New(fault.NotFound, "thing.notFound")
}

func (c *Console) ladders(q *request) error {
	h, err := q.openProgramme("ladders")
	if err != nil {
		return err
	}
	page := at("programmes", h.ID, "ladders")
	v := laddersPage{programmeHead: h, Kinds: q.kindOptions(), Waits: h.Ladder && h.Pending != nil}
	for _, l := range h.Current {
		row := ladderRow{Ladder: l, See: to(page+"#preview", "kind", l.Kind)}
		for _, r := range l.Rungs {
			row.Steps = append(row.Steps, rungShown{r.Level, signed(r.Offset), q.text("console.ladder.unit."+string(r.Unit), "count", max(r.Offset, -r.Offset)), q.asks(r.Asks)})
		}
		if h.Ladder && h.Pending == nil {
			row.Edit = page + "/" + string(l.Kind)
		}
		v.Rows = append(v.Rows, row)
	}
	kind := cmp.Or(known(q, "kind", attention.Kinds()...), attention.Deliver)
	l, err := ladderOfKind(h.ProgrammeView, kind)
	if err != nil {
		return err
	}
	v.Preview, v.Problem = q.example(kind, q.URL.Query().Get)
	title := q.text("console.ladder.preview.of", "kind", q.console.Catalogs.Label(q.lang, "obligation", string(kind)))
	if err := q.foresee(&v.Preview, l, h.AttentionFrom, title); err != nil {
		return err
	}
	return q.show("programme-ladders", q.text("console.programme.tab.ladders"), v)
}
