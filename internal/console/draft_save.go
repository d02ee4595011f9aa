package console

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// saveDraft saves the document of a form. Refused, its page says all at once:
// what cannot be read, what the command refuses of the rest, and what
// submitting will ask for.
func (q *request) saveDraft(f *form, of subject, show func(lacks []fieldFault) error, save func(context.Context, tracker.Call, award.Document) (tracker.Receipt, error)) error {
	d, names, unread := f.document()
	var r tracker.Receipt
	var err error
	if unread == nil {
		r, err = save(q.Context(), q.command(f), d)
	} else {
		_, err = q.tracker().Foresee(q.Context(), q.command(f), func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) { return save(ctx, call, d) })
	}
	if err = fault.Gather(unread, names.onto(err)); err == nil {
		return q.done(r, at("awards", r.Aggregate))
	}
	return q.again(f, err, of, func() error {
		q.place(f.Faults)
		wrong := func(x fieldFault) bool {
			return f.Fault(x.Field) != "" || f.Fault("amount/amount") != "" && (x.Field == "fundingLines" || x.Field == "tranches") // sums of what is not known
		}
		return show(slices.DeleteFunc(q.lacking(names, d.Check(award.Facts{})), wrong))
	})
}

// lacking are the fields that a refusal names, with their places.
func (q *request) lacking(names draftNames, refused error) []fieldFault {
	e, ok := asFault(names.onto(refused))
	if !ok || e.Kind != fault.Invalid {
		return nil
	}
	var out []fieldFault
	for _, x := range q.console.Catalogs.Fault(q.lang, e).Fields {
		out = append(out, fieldFault{Field: fieldOf(x.Pointer), Text: x.Text})
	}
	q.place(out)
	slices.SortStableFunc(out, func(a, b fieldFault) int { return draftRank(a.Field) - draftRank(b.Field) })
	return out
}

// draftRank grows with the place of a field in the form, which is not on every
// page that says what a draft lacks.
func draftRank(field string) int {
	parts := strings.Split(field, "/")
	rank := slices.Index([]string{"number", "title", "programme", "platform", "project", "payee", "instrument", "basis", "amount", "startOn", "endOn", "responsible",
		"fundingLines", "milestones", "tranches"}, parts[0]) * award.MaxItems
	if len(parts) < 3 {
		return rank * award.MaxItems
	}
	row, _ := strconv.Atoi(parts[1])
	return (rank+row)*award.MaxItems + 1 + slices.Index([]string{"id", "code", "number", "title", "funder", "source", "type", "kind", "level", "region", "fiscalYear",
		"plannedOn", "dueOn", "amount", "gates", "ungated", "split", "criteria", "description", "deliverable"}, parts[2])
}

// beforeSubmit is what keeps a draft from being submitted by the reader, by the fields
// of its form: what submitting it now would be refused for.
func (q *request) beforeSubmit(h awardHead) ([]fieldFault, error) {
	if !h.Can(string(award.CommandSubmit)) {
		return nil, nil
	}
	_, refused := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return q.tracker().SubmitAward(ctx, call, h.ID)
	})
	if kind := fault.KindOf(refused); refused != nil && (kind == fault.Internal || kind == fault.Busy) {
		return nil, refused
	}
	return q.lacking(namesOfDraft(h.Document), refused), nil
}

// namesOfDraft are the names of the fields of a stored draft.
func namesOfDraft(d award.Document) draftNames {
	_, names, _ := formOfDraft(d).document() // what was stored can be read
	return names
}

// formOfDraft are the fields of a stored draft.
func formOfDraft(d award.Document) *form {
	f := &form{Values: url.Values{}}
	fillDraft(f, d)
	return f
}

// place says of faults where their fields stand: a dozen of them say "this is
// required".
func (q *request) place(faults []fieldFault) {
	for i := range faults {
		faults[i].Where = q.draftPlace(faults[i].Field)
	}
}

// draftPlace is a field in words, with the row in which it stands.
func (q *request) draftPlace(field string) string {
	parts := strings.Split(field, "/")
	label := func(path string) string {
		text, ok := q.fieldLabel(path)
		if !ok {
			return ""
		}
		return text
	}
	if field == "number" { // of the agreement; other things have numbers too
		return q.text("console.draft.number")
	}
	if len(parts) < 3 {
		return label(strings.TrimSuffix(field, "/currency"))
	}
	var row string
	rest := label("/" + strings.TrimSuffix(strings.Join(parts[2:], "/"), "/amount"))
	n, _ := strconv.Atoi(parts[1])
	switch parts[0] {
	case "fundingLines":
		row = q.text("console.draft.line", "number", n+1)
	case "milestones":
		row = q.text("console.draft.milestone", "number", n+1)
	case "tranches":
		row = q.text("console.draft.tranche", "number", n+1)
	default:
		return label(field)
	}
	if rest == "" {
		return row
	}
	return row + " · " + rest
}

// stray are the dates of a draft's milestones and tranches after its end, and those
// of tranches before a gate is due, with their places. That is allowed, and often
// a slip of the pen; a date before its start keeps it from being submitted.
func (q *request) stray(f *form) []fieldFault {
	end := f.looseDate("endOn")
	var out []fieldFault
	for _, list := range [][2]string{{"milestones", "dueOn"}, {"tranches", "plannedOn"}} {
		for _, i := range f.rows(list[0]) {
			name := rowName(list[0], i, list[1])
			if on := f.looseDate(name); !end.IsZero() && end.Before(on) {
				out = append(out, fieldFault{Field: name, Text: q.text("console.draft.stray.after", "date", on.String(), "end", end.String())})
			}
			for _, gate := range f.Values[rowName(list[0], i, "gates")] {
				row, err := strconv.Atoi(gate)
				if err != nil {
					continue
				}
				due := f.looseDate(rowName("milestones", row, "dueOn"))
				if on := f.looseDate(name); !on.IsZero() && on.Before(due) {
					code := f.Value(rowName("milestones", row, "code"))
					out = append(out, fieldFault{Field: name, Text: q.text("console.draft.stray.gate", "date", on.String(), "gate", code, "due", due.String())})
				}
			}
		}
	}
	q.place(out)
	return out
}

// looseDate is the date of a field, zero where there is none.
func (f *form) looseDate(name string) civil.Date {
	d, err := civil.Parse(f.Value(name))
	if err != nil {
		return civil.Date{}
	}
	return d
}
