package exchange

import (
	"slices"

	"milepost/internal/civil"
)

// finish makes awards of the drafts that have no problem.
func (r *reader) finish() {
	r.out.Awards = []Award{}
	for _, ref := range r.order {
		d := r.drafts[ref]
		if r.later(d) {
			r.out.Counts.LeftOut++
			delete(r.refused, ref)
			continue
		}
		if !r.refused[ref] && d.ready {
			r.settle(d)
		}
		if r.refused[ref] {
			continue
		}
		r.out.Awards = append(r.out.Awards, d.award)
	}
	delete(r.refused, "")
	for ref := range r.refused {
		if r.drafts[ref] != nil {
			r.out.Counts.Refused++
		}
	}
	if slices.ContainsFunc(r.problems, Problem.Fatal) {
		r.out.Awards = []Award{}
	}
	r.count()
}

// later reports whether the award was agreed after Until.
func (r *reader) later(d *draft) bool {
	until := r.options.Until
	return !until.IsZero() && d.award.AgreedOn().After(until)
}

// settle gives an award its terms, baseline and history, and checks them.
func (r *reader) settle(d *draft) {
	d.terms.title, d.terms.amount = d.award.Title, d.award.Amount
	d.terms.sort()
	if !r.due(d) {
		return
	}
	current := d.terms
	if until := r.options.Until; !until.IsZero() {
		t, c, bad := d.before(until)
		if bad != nil {
			r.refuseFor(c.rec, colTo, bad)
			return
		}
		current = t
	}
	d.award.Title, d.award.Amount = current.title, current.amount
	for _, m := range current.milestones {
		if !m.hasAmount || m.title == "" {
			r.refuse(d.rec, colRef, "amendment.incomplete", "milestone", m.no)
			return
		}
		base, ok := r.baseline(d, m)
		if !ok {
			return
		}
		d.award.Milestones = append(d.award.Milestones, Milestone{
			Place: m.place, No: m.no, Title: m.title, DueOn: m.due, BaselineOn: base, Amount: m.amount,
		})
	}
	r.give(d, r.options.Until)
	r.check(d)
}

// due fills due dates that the file leaves to durations, and checks that they
// agree with the durations where amendments move them.
func (r *reader) due(d *draft) bool {
	computed := d.terms.clone()
	can := computed.schedule(d.award.StartOn)
	amended := slices.ContainsFunc(d.changes, change.moves)
	for i, m := range d.terms.milestones {
		rec := record{table: d.rec.table, row: d.rec.row, key: d.award.Ref}
		switch {
		case m.due.IsZero() && !can:
			r.refuse(rec, colRef, "milestone.noDue", "milestone", m.no)
			return false
		case m.due.IsZero():
			m.due = computed.milestones[i].due
		case amended && can && m.due != computed.milestones[i].due:
			r.refuse(rec, colRef, "milestone.dueDiffers", "milestone", m.no, "dueOn", m.due.String(), "computed", computed.milestones[i].due.String())
			return false
		}
	}
	return true
}

// baseline is the due date of a milestone when it was agreed.
func (r *reader) baseline(d *draft, m *term) (civil.Date, bool) {
	if len(d.changes) == 0 {
		return m.due, true
	}
	from := civil.Date{}
	for _, c := range d.changes {
		if c.field == fieldAdded && c.no == m.no && (r.options.Until.IsZero() || !c.on.After(r.options.Until)) {
			from = c.on
		}
	}
	t, c, bad := d.before(from)
	if bad != nil {
		r.refuseFor(c.rec, colTo, bad)
		return civil.Date{}, false
	}
	if b := t.at(m.no); b != nil {
		return b.due, true
	}
	return m.due, true
}

// count counts what will be imported.
func (r *reader) count() {
	c := &r.out.Counts
	c.Awards = len(r.out.Awards)
	for _, a := range r.out.Awards {
		c.Milestones += len(a.Milestones)
		for _, m := range a.Milestones {
			for _, e := range m.Events {
				switch e.Kind {
				case Delivered:
					c.Delivered++
				case Accepted:
					c.Accepted++
				case Rejected:
					c.Rejected++
				case Other:
					c.OtherEvents++
				}
			}
		}
	}
}
