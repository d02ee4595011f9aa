package console

import (
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
}

func (q *request) attentionLines(rows []tracker.AttentionRow) []attentionLine {
	out := make([]attentionLine, 0, len(rows))
	for _, r := range rows {
		line := attentionLine{AttentionRow: r, Href: pageOfThing(r)}
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

// exportAttention answers with what is owed as a file: dates as written, exact
// amounts, codes in words.
func (q *request) exportAttention(name string, rows []tracker.AttentionRow) error {
	c := q.console.Catalogs
	header := []string{}
	for _, id := range []string{"due", "agreed", "late", "what", "thing", "award", "number", "platform", "role", "owner", "level", "risk", "currency"} {
		header = append(header, q.text("console.export."+id))
	}
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{
			r.EffectiveOn.String(), r.DueOn.String(), textOf(r.DaysLate), c.Label(q.lang, "obligation", string(r.Kind)), r.Code + " " + r.Title,
			r.AwardTitle.In(string(q.lang)), r.Number, namesOf(r.Platform).In(string(q.lang)), c.Label(q.lang, "role", string(r.Role)),
			namesOf(r.Person).In(string(q.lang)), c.Label(q.lang, "level", string(r.Level)), r.GatedAmount.Decimal(), r.GatedAmount.Unit().Code(),
		})
	}
	return q.export(name, header, lines)
}
