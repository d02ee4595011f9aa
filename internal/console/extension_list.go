package console

import (
	"context"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/tracker"
)

// extensionList is the list of extensions that the reader may see.
type extensionList struct {
	Rows   []extensionRow
	State  string
	States []option
	Chips  []chip
	Pager  pager
	Export string
}

// extensionRow is an extension with where it is decided.
type extensionRow struct {
	tracker.ExtensionRow
	Href   string
	Decide string // empty where the reader may not
	Days   int    // asked for, or granted
	Owed   *attention.Obligation
	Left   int
}

func (c *Console) extensions(q *request) error {
	states := []award.ExtensionState{award.ExtensionRequested, award.ExtensionGranted, award.ExtensionRefused, award.ExtensionWithdrawn, award.ExtensionLapsed}
	state := known(q, "state", states...)
	query := tracker.ThingsQuery{State: string(state)}
	if q.URL.Query().Get("state") == "all" {
		query.Half = tracker.AllHalves
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ExtensionRow], error) {
		return c.Tracker.Extensions(ctx, q.call, query, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportExtensions(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	view := extensionList{State: string(state), States: options(q, "extensionState", states[1:]...), Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref()}
	view.States = append([]option{{Value: "all", Text: q.text("console.extension.all")}}, view.States...)
	shown := ""
	for _, o := range view.States {
		if o.Value == q.URL.Query().Get("state") {
			view.State, shown = o.Value, o.Text
		}
	}
	if shown != "" {
		view.Chips = q.chip(nil, "state", q.text("console.extension.state"), shown)
	}
	for _, r := range page.Items {
		view.Rows = append(view.Rows, q.extensionRow(r))
	}
	return q.show("extensions", q.text("console.nav.extensions"), view)
}

func (q *request) extensionRow(r tracker.ExtensionRow) extensionRow {
	x := r.Thing
	out := extensionRow{ExtensionRow: r, Href: at("awards", x.Award, "extensions", x.ID), Days: x.AskedDueOn.Sub(x.DueOn), Owed: x.Watch.Current}
	if !x.NewDueOn.IsZero() {
		out.Days = x.NewDueOn.Sub(x.DueOn)
	}
	if hasAction(x.Actions, award.CommandGrant) && x.RequestedBy != q.call.Principal.Person {
		out.Decide = out.Href + "/decide"
	}
	if out.Owed != nil {
		out.Left = out.Owed.EffectiveOn.Sub(q.today)
	}
	return out
}

func (q *request) exportExtensions(rows []tracker.ExtensionRow) error {
	c := q.console.Catalogs
	header := []string{}
	for _, id := range []string{"number", "award", "milestone", "cause", "reason", "from", "asked", "granted", "requestedOn", "state", "decidedOn", "late"} {
		header = append(header, q.text("console.extension.export."+id))
	}
	var lines [][]string
	for _, r := range rows {
		x := r.Thing
		lines = append(lines, []string{
			r.Number, r.AwardTitle.In(string(q.lang)), r.Code + " " + r.Title, c.Label(q.lang, "cause", string(x.Cause)), x.Reason, x.DueOn.String(),
			x.AskedDueOn.String(), x.NewDueOn.String(), x.RequestedOn.String(), c.Label(q.lang, "extensionState", string(x.State)), x.DecidedOn.String(), textOf(x.DaysLate),
		})
	}
	return q.export("extensions", header, lines)
}
