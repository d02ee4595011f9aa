package exchange

import (
	"cmp"
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// terms are what an award says at one date.
type terms struct {
	title      string
	amount     money.Amount
	milestones []*term
}

// term is a milestone of terms. A value that its has… does not name is absent,
// as between the rows by which an amendment adds a milestone.
type term struct {
	place     Place
	no        int
	title     string
	due       civil.Date // as written; computed where it is not or no longer
	days      int
	hasDays   bool
	amount    money.Amount
	hasAmount bool
}

func (t terms) at(no int) *term {
	for _, m := range t.milestones {
		if m.no == no {
			return m
		}
	}
	return nil
}

func (t terms) clone() terms {
	c := t
	c.milestones = make([]*term, len(t.milestones))
	for i, m := range t.milestones {
		copied := *m
		c.milestones[i] = &copied
	}
	return c
}

func (t *terms) sort() {
	slices.SortStableFunc(t.milestones, func(a, b *term) int { return cmp.Compare(a.no, b.no) })
}

// schedule computes due dates: the start and the days of milestones 1 to n. It
// is false where a duration is missing or the sum leaves the calendar.
func (t terms) schedule(start civil.Date) bool {
	due := start
	for _, m := range t.milestones {
		if !m.hasDays || start.IsZero() {
			return false
		}
		next := due.AddDays(m.days)
		if next.Sub(due) != m.days { // sums stop at the last date there is
			return false
		}
		m.due, due = next, next
	}
	return true
}

// before returns the draft's terms with the changes after a date undone, from
// the end of the file, and their due dates computed anew where a change moves
// them. The change at fault comes with the fault.
func (d *draft) before(after civil.Date) (terms, *change, *fault.Error) {
	t := d.terms.clone()
	moved := false
	var first *change
	for i := range slices.Backward(d.changes) {
		c := &d.changes[i]
		if !c.on.After(after) {
			continue
		}
		if bad := d.undo(&t, c); bad != nil {
			return t, c, bad
		}
		moved = moved || c.moves()
		first = c
	}
	t.sort()
	if moved && !t.schedule(d.award.StartOn) {
		return t, first, refusal("amendment.noDurations")
	}
	return t, nil, nil
}

// undo takes one change back, provided that the terms say what it changed to.
func (d *draft) undo(t *terms, c *change) *fault.Error {
	differs := refusal("amendment.differs", "field", c.rec.text(colField), "to", clip(code(c.to.text)))
	m := t.at(c.no)
	switch {
	case c.field == fieldAdded && m != nil:
		t.milestones = slices.DeleteFunc(t.milestones, func(m *term) bool { return m.no == c.no })
		return nil
	case c.field == fieldAdded:
		return differs
	case c.no > 0 && m == nil: // it was removed: its values come back one by one
		m = &term{place: c.rec.place(), no: c.no}
		t.milestones = append(t.milestones, m)
	}
	switch c.field {
	case fieldRemoved:
		if m.title != "" {
			return differs
		}
		m.title = title(c.from.text)
	case fieldTitle:
		of := &t.title
		if m != nil {
			of = &m.title
		}
		if *of != title(c.to.text) {
			return differs
		}
		*of = title(c.from.text)
	case fieldAmount:
		return d.undoAmount(t, m, c, differs)
	case fieldDays:
		return undoDays(m, c, differs)
	}
	return nil
}

func (d *draft) undoAmount(t *terms, m *term, c *change, differs *fault.Error) *fault.Error {
	scale := d.scale
	now, has := t.amount, true
	if m != nil {
		scale = d.scales[m.no]
		now, has = m.amount, m.hasAmount
	}
	to, hadTo, badTo := d.optionalAmount(c.rec, c.to, scale)
	from, hadFrom, badFrom := d.optionalAmount(c.rec, c.from, scale)
	switch {
	case badTo != nil:
		return badTo
	case badFrom != nil:
		return badFrom
	case has != hadTo || has && now != to:
		return differs
	case m != nil:
		m.amount, m.hasAmount = from, hadFrom
	default:
		t.amount = from
	}
	return nil
}

func (d *draft) optionalAmount(rec record, c cell, scale int) (money.Amount, bool, *fault.Error) {
	if c.empty() {
		return money.Zero(d.award.Unit), false, nil
	}
	a, bad := amount(c, !rec.grid.semicolon, scale, d.award.Unit)
	return a, bad == nil, bad
}

func undoDays(m *term, c *change, differs *fault.Error) *fault.Error {
	read := func(from cell) (int, bool, *fault.Error) {
		if from.empty() {
			return 0, false, nil
		}
		n, bad := whole(from, maxDays)
		return n, bad == nil, bad
	}
	to, hadTo, badTo := read(c.to)
	from, hadFrom, badFrom := read(c.from)
	switch {
	case badTo != nil:
		return badTo
	case badFrom != nil:
		return badFrom
	case m.hasDays != hadTo || m.days != to:
		return differs
	}
	m.days, m.hasDays = from, hadFrom
	return nil
}
