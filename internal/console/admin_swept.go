package console

import (
	"cmp"
	"context"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// sweptPage is a sweep with what it wrote, a page at a time.
type sweptPage struct {
	schema.Sweep
	By     *portfolio.Names // nil for the system
	Flags  []sweepThing
	Dates  []renewedAward
	Links  bool // numbers of awards lead to them
	Pager  pager
	Export string
}

// renewedAward is an award of some things of which only the next date was
// renewed.
type renewedAward struct {
	Award  ident.Award
	Number string
	Things int
}

func (c *Console) swept(q *request) error {
	id := q.PathValue("run")
	v, err := c.Tracker.Swept(q.Context(), q.call, id, q.paging())
	if err != nil {
		return err
	}
	name := q.personNames()
	if q.exporting() {
		all, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.SweptAward], error) {
			v, err := c.Tracker.Swept(ctx, q.call, id, p)
			return v.Wrote, err
		})
		if err != nil {
			return err
		}
		var flags []tracker.SweepFlag
		for _, a := range all {
			flags = append(flags, a.Flags...)
		}
		return q.exportFlags(flags, v.AsOf, name, "did")
	}
	view := sweptPage{Sweep: v.Sweep, By: name(v.Person), Links: q.seesAwards(), Pager: q.pager(len(v.Wrote.Items), v.Wrote.Next), Export: q.exportHref()}
	for _, a := range v.Wrote.Items {
		view.Flags = append(view.Flags, q.sweepThings(a.Flags, v.AsOf, name)...)
		if a.Renewed > 0 {
			view.Dates = append(view.Dates, renewedAward{a.Award, a.Number, a.Renewed})
		}
	}
	return q.show("admin-swept", q.text("console.admin.swept.title", "date", v.AsOf.String()), view)
}

// exportFlags answers with what a run flagged ("did"), or a dry run would flag
// ("would"), as a file.
func (q *request) exportFlags(flags []tracker.SweepFlag, on civil.Date, name func(ident.Person) *portfolio.Names, told string) error {
	var header []string
	for _, id := range []string{"console.admin.award", "console.admin.about", "console.admin.what", "console.admin.event", "console.admin.role", "console.column.owner", "console.admin.sweeps.told." + told, "console.admin.sweeps.reached", "console.admin.sweeps.notice", "console.column.due", "console.column.late"} {
		header = append(header, q.text(id))
	}
	var rows [][]string
	for _, f := range flags {
		person := ""
		if n := name(f.Reached.Person); n != nil {
			person = q.in(*n)
		}
		notice := ""
		if step := q.foretold(f.Reached); step.Level != "" {
			notice = q.text("console.admin.sweeps.notice." + cmp.Or(string(step.Untold), string(attention.Tell)+"."+told))
		}
		rows = append(rows, []string{
			f.Number, q.flagged(f), q.word("obligation", string(f.Reached.Of)), q.word("event", f.Event), q.word("role", string(f.Reached.Role)), person,
			q.word("level", string(f.Reached.Level)), f.Reached.ReachedOn.String(), notice, f.Reached.EffectiveDueOn.String(),
			textOf(max(0, on.Sub(f.Reached.EffectiveDueOn))),
		})
	}
	return q.export("sweep-"+on.String(), header, rows)
}
