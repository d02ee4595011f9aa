package console

import (
	"context"
	"slices"
	"time"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// sweepTime bounds a sweep that a page runs. A sweep stops a minute before its
// deadline, so it gets as much more.
const sweepTime = 15*time.Second + time.Minute

// mostFlagsShown is how many rungs of a dry run a page tells one by one.
const mostFlagsShown = 50

// sweepsPage is the history of sweeps, and a dry run where one was asked for.
type sweepsPage struct {
	Form    *form
	On      string
	Problem string // with the date of the dry run
	Dry     *tracker.SweepReport
	Past    bool // the date of it is over: nothing of then is told again
	Flags   []sweepThing
	Links   bool   // numbers of awards lead to them
	Hidden  int    // things that the page does not tell
	File    string // address of all of them as a file
	Sweeps  []sweepLine
	Pager   pager
	Export  string
}

// sweepThing is a thing with what a run finds reached of it.
type sweepThing struct {
	tracker.SweepFlag // the first
	Called            string
	Person            *portfolio.Names // nil for everybody of the role
	Left              int              // calendar days on the date of the run; below zero it is late
	Steps             []sweepStep
}

// sweepStep is a rung, with why nobody would be told of it.
type sweepStep struct {
	attention.Event
	Untold attention.Notice // empty where somebody would
}

// Late is how many days late it is on that date.
func (t sweepThing) Late() int { return max(0, -t.Left) }

// sweepLine is a sweep with the name of whoever ran it.
type sweepLine struct {
	schema.Sweep
	By *portfolio.Names // nil for the system
}

func (c *Console) sweeps(q *request) error {
	view := sweepsPage{Form: q.form("/admin/sweeps", 0), On: q.URL.Query().Get("on"), Export: to("/admin/sweeps", "format", "csv")}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[schema.Sweep], error) {
		return c.Tracker.Sweeps(ctx, q.call, p)
	}
	if q.exporting() && view.On == "" {
		all, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportSweeps(all)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	name := q.personNames()
	for _, s := range page.Items {
		view.Sweeps = append(view.Sweeps, sweepLine{Sweep: s, By: name(s.Person)})
	}
	view.Pager = q.pager(len(page.Items), page.Next)
	if view.On != "" {
		if err := view.dryRun(q, name); err != nil {
			return err
		}
		if q.exporting() && view.Dry != nil {
			return q.exportFlags(view.Dry.Flags, view.Dry.AsOf, name, "would")
		}
	}
	return q.show("admin-sweeps", q.text("console.admin.sweeps.title"), view)
}

// personNames returns what names persons, each looked up once; nil for nobody.
func (q *request) personNames() func(ident.Person) *portfolio.Names {
	known := map[ident.Person]*portfolio.Names{"": nil}
	return func(id ident.Person) *portfolio.Names {
		if _, ok := known[id]; !ok {
			known[id] = &portfolio.Names{ZH: string(id)}
			if p, err := q.tracker().Person(q.Context(), q.call, id); err == nil {
				known[id] = &p.Names
			}
		}
		return known[id]
	}
}

// dryRun tells what a sweep on a date would flag.
func (v *sweepsPage) dryRun(q *request, name func(ident.Person) *portfolio.Names) error {
	on, err := civil.Parse(v.On)
	if err != nil {
		v.Problem = q.faultText(err)
		return nil
	}
	if err := q.extend(); err != nil {
		return err
	}
	report, err := q.tracker().Sweep(q.Context(), tracker.SweepRequest{AsOf: on, DryRun: true, By: q.call, Deadline: q.console.Now().Add(sweepTime)})
	if err != nil {
		return err
	}
	v.Dry, v.Past = &report, on.Before(q.today)
	v.Flags = q.sweepThings(report.Flags, on, name)
	if len(v.Flags) > mostFlagsShown {
		v.Flags, v.Hidden = v.Flags[:mostFlagsShown], len(v.Flags)-mostFlagsShown
	}
	v.Links = q.seesAwards()
	v.File = to("/admin/sweeps", "on", v.On, "format", "csv")
	return nil
}

// sweepThings are flags, in the order of their things, by thing; they are told
// as of a date.
func (q *request) sweepThings(flags []tracker.SweepFlag, on civil.Date, name func(ident.Person) *portfolio.Names) []sweepThing {
	var out []sweepThing
	for i, f := range flags {
		if i > 0 && flags[i-1].Thing == f.Thing {
			last := &out[len(out)-1]
			last.Steps = append(last.Steps, q.foretold(f.Reached))
			continue
		}
		out = append(out, sweepThing{f, q.flagged(f), name(f.Reached.Person), f.Reached.EffectiveDueOn.Sub(on), []sweepStep{q.foretold(f.Reached)}})
	}
	return out
}

// seesAwards reports whether the reader has a role in which awards are seen.
func (q *request) seesAwards() bool {
	return slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return r != portfolio.Administrator })
}

// flagged is what the thing of a flag is called.
func (q *request) flagged(f tracker.SweepFlag) string {
	switch ident.Prefix(f.Thing) {
	case ident.PrefixTranche:
		return q.text("console.tranche", "number", f.Code)
	case ident.PrefixMilestone:
		return f.Code
	}
	return q.word("thing", "extension")
}

// foretold is a rung that a dry run finds. What is reached after today is told
// on its day, by the check of that day.
func (q *request) foretold(e attention.Event) sweepStep {
	step := sweepStep{Event: e}
	if e.Notice != attention.Tell && !e.ReachedOn.After(q.today) {
		step.Untold = e.Notice
	}
	return step
}

// runSweep flags what is overdue today.
func (c *Console) runSweep(q *request) error {
	if _, err := q.sent(); err != nil {
		return err
	}
	if !q.holds(portfolio.Administrator) {
		return fault.New(fault.Forbidden, "access.forbidden", "action", "runSweep")
	}
	if err := q.extend(); err != nil {
		return err
	}
	if _, err := c.Tracker.Sweep(q.Context(), tracker.SweepRequest{By: q.call, Deadline: c.Now().Add(sweepTime)}); err != nil {
		return err
	}
	return q.done(tracker.Receipt{Command: "sweep"}, "/admin/sweeps")
}

func (q *request) exportSweeps(list []schema.Sweep) error {
	var header []string
	for _, id := range []string{"at", "asOf", "by", "due", "awards", "flagged", "baselined", "renewed", "failed", "remaining", "millis"} {
		header = append(header, q.text("console.admin."+id))
	}
	var rows [][]string
	for _, s := range list {
		by := s.System
		if s.Person != "" {
			by = string(s.Person)
		}
		rows = append(rows, []string{s.At, s.AsOf.String(), by, textOf(s.Due), textOf(s.Awards), textOf(s.Flagged), textOf(s.Baselined), textOf(s.Renewed), textOf(s.Failed), textOf(s.Remaining), textOf(s.Millis)})
	}
	return q.export("sweeps", header, rows)
}
