package console

import (
	"cmp"

	"milepost/internal/attention"
	"milepost/internal/tracker"
)

// attentionLine is a line that says what is owed, by whom, since when, and
// where the reader moves it on.
type attentionLine struct {
	tracker.AttentionRow
	Href string // of the thing's page
	Do   string // of the form that moves it on; empty where the reader may not
	Left int    // calendar days left; below zero it is late
	// Choice names the line in a form; empty where the reader may not
	// acknowledge it, or has.
	Choice string
	// Owners are who owe it together, in a list that says whose it is.
	Owners owners
}

func (q *request) attentionLines(rows []tracker.AttentionRow) []attentionLine {
	out := make([]attentionLine, 0, len(rows))
	for _, r := range rows {
		line := attentionLine{AttentionRow: r, Href: pageOfThing(r)}
		line.SentBack = shortened(r.SentBack)
		if !r.EffectiveOn.IsZero() {
			line.Left = r.EffectiveOn.Sub(q.today)
		}
		if step, command := moveOf(r.Kind); step != "" && !r.Barred && hasAction(r.Actions, command) {
			line.Do = line.Href + "/" + step
			if r.Kind == attention.PayTranche {
				line.Do = to(at("awards", r.Award, "payments", "new"), "tranche", r.ID)
			}
		}
		if hasAction(r.Actions, tracker.ActionAcknowledge) && (r.Ack == nil || r.Ack.By != q.call.Principal.Person) {
			line.Choice = choiceOf(r)
		}
		out = append(out, line)
	}
	return out
}

// pageOfThing is the page of what a row is about.
func pageOfThing(r tracker.AttentionRow) string {
	return at("awards", r.Award, r.Thing+"s", r.ID)
}

// moveOf is the form beneath a thing's page that ends an obligation, and the
// command that it gives.
func moveOf(k attention.Kind) (step string, command tracker.Action) {
	switch k {
	case attention.Deliver, attention.Rework:
		return "submit", "submit"
	case attention.DecideSubmission:
		return "decide", "decide"
	case attention.DecideConsequence:
		return "settle", "settle"
	case attention.TryAgain:
		return "reopen", "reopen"
	case attention.DecideExtension:
		return "decide", "grant"
	case attention.RequestTranche:
		return "request", "request"
	case attention.ApproveTranche:
		return "approve", "approve"
	case attention.PayTranche:
		return "pay", "instruct"
	}
	return "", ""
}

func hasAction(list []tracker.Action, a tracker.Action) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

// attentionColumns are those of a list of what is owed.
func (q *request) attentionColumns() []column[attentionLine] {
	type row = attentionLine
	cell := func(id string, value func(row) string) cellOf[row] { return cellOf[row]{"console.export." + id, value} }
	return []column[row]{
		{id: "due", heading: "console.column.due", fields: []cellOf[row]{
			cell("due", func(r row) string { return r.EffectiveOn.String() }), cell("agreed", func(r row) string { return r.DueOn.String() }),
			cell("late", func(r row) string { return textOf(r.DaysLate) })}},
		{id: "what", heading: "console.column.what", always: true, fields: []cellOf[row]{
			cell("what", func(r row) string { return q.word("obligation", string(r.Kind)) }), cell("thing", func(r row) string { return r.Code + " " + r.Title })}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			cell("award", func(r row) string { return q.in(r.AwardTitle) }), cell("number", func(r row) string { return r.Number }),
			cell("platform", func(r row) string { return q.in(namesOf(r.Platform)) })}},
		{id: "programme", heading: "console.filter.programme", off: true, fields: []cellOf[row]{{"console.filter.programme", func(r row) string { return q.in(r.Programme.Names) }}}},
		{id: "project", heading: "console.milestones.column.project", off: true, fields: []cellOf[row]{
			{"console.milestones.column.project", func(r row) string { return q.in(namesOf(r.Project)) }}}},
		{id: "owner", heading: "console.column.owner", fields: []cellOf[row]{
			cell("role", func(r row) string { return q.word("role", string(r.Role)) }), cell("owner", func(r row) string { return q.ownerText(r.Person, owingOfRow(r.AttentionRow)) })}},
		{id: "level", heading: "console.column.level", fields: []cellOf[row]{cell("level", func(r row) string { return cmp.Or(q.word("level", string(r.Level)), q.text("console.level.none")) })}},
		{id: "risk", heading: "console.column.risk", fields: []cellOf[row]{
			cell("risk", func(r row) string { return r.GatedAmount.Decimal() }), cell("currency", func(r row) string { return r.GatedAmount.Unit().Code() })}},
	}
}
