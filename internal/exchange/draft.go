package exchange

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// draft is an award on its way from rows to an Award.
type draft struct {
	rec   record
	award Award
	scale int  // of the award's amounts; see unit
	coded bool // the currency comes from a currency column: amounts are in its major unit
	// ready says that the award's own row can be read; without it there is no
	// currency by which to read the milestones' amounts.
	ready bool
	terms terms
	last  int // milestones numbered by their order so far
	// changes are the award's amendments in the order of the file.
	changes []change
	events  []pending
	scales  map[int]int // of the milestones' amounts, by number
}

// awards reads the awards' own rows.
func (r *reader) awards() {
	tables := r.ofKind(awardsTable)
	if len(tables) == 0 && !slices.ContainsFunc(r.problems, Problem.Fatal) {
		r.fatal(Place{}, "awards.none")
	}
	for _, t := range tables {
		for _, rec := range t.records {
			r.awardRow(rec)
		}
	}
}

func (r *reader) awardRow(rec record) {
	if bad := checkText(rec.key, portfolio.MaxCode); bad != nil {
		r.refuseFor(rec, colRef, bad)
		return
	}
	if first := r.drafts[rec.key]; first != nil {
		r.refuse(rec, colRef, "award.twice", "award", rec.key, "file", first.rec.place().File, "row", first.rec.row.no)
		return
	}
	d := &draft{rec: rec, award: Award{Place: rec.place(), Ref: rec.key}, scales: map[int]int{}}
	r.drafts[rec.key] = d
	r.order = append(r.order, rec.key)
	d.award.Title = r.titleOf(rec)
	d.award.StartOn = r.dateOf(rec, colStart)
	u, scale, coded, ok := r.unitFor(rec, money.Unit{}, false)
	if !ok {
		return
	}
	d.award.Unit, d.scale, d.coded = u, scale, coded
	d.award.Amount, d.ready = r.amountOf(rec, scale, u)
}

// unitFor is the unit of a row's amount: from its currency column, from its
// header, else as the award's where that is named by a currency column.
func (r *reader) unitFor(rec record, of money.Unit, coded bool) (money.Unit, int, bool, bool) {
	scale := 0
	given, named := rec.table.header.units[colAmount]
	text := code(rec.text(colCurrency))
	var u money.Unit
	switch {
	case text != "":
		found, ok := r.currency(text)
		if !ok {
			r.refuse(rec, colCurrency, "currency.unknown", "currency", clip(text))
			return u, 0, false, false
		}
		u, coded = found, true
	case named && given.currency != "":
		u, _ = r.currency(given.currency)
		coded = false
	case of.IsZero() || !coded && !named:
		r.refuse(rec, colAmount, "amount.noUnit")
		return u, 0, false, false
	default:
		u = of
	}
	if named {
		scale = given.scale
		if given.currency != "" && given.currency != u.Code() {
			r.refuse(rec, colAmount, "currency.differs", "currency", u.Code(), "other", given.currency)
			return u, 0, false, false
		}
	}
	if !of.IsZero() && u != of {
		r.refuse(rec, colAmount, "currency.differs", "currency", u.Code(), "other", of.Code())
		return u, 0, false, false
	}
	return u, scale, coded, true
}

func (r *reader) titleOf(rec record) string {
	s := title(rec.cell(colTitle).text)
	if bad := checkText(s, portfolio.MaxTitle); bad != nil {
		r.refuseFor(rec, colTitle, bad)
	}
	return s
}

func (r *reader) dateOf(rec record, c column) civil.Date {
	d, bad := date(rec.cell(c), rec.grid.date1904)
	if bad != nil {
		r.refuseFor(rec, c, bad)
	}
	return d
}

func (r *reader) amountOf(rec record, scale int, u money.Unit) (money.Amount, bool) {
	a, bad := amount(rec.cell(colAmount), !rec.grid.semicolon, scale, u)
	if bad != nil {
		r.refuseFor(rec, colAmount, bad)
	}
	return a, bad == nil
}

// milestones reads the milestones' rows into the terms of their awards.
func (r *reader) milestones() {
	for _, t := range r.ofKind(milestonesTable) {
		if !t.header.has(colNo) && len(t.records) > 0 {
			r.note(t.grid.place, "milestone.numbered")
		}
		for _, rec := range t.records {
			r.milestoneRow(rec)
		}
	}
}

func (r *reader) milestoneRow(rec record) {
	d := r.parent(rec)
	if d == nil {
		return
	}
	no := d.last + 1
	if rec.has(colNo) {
		n, bad := r.numberOf(rec)
		if bad {
			return
		}
		no = n
	}
	d.last = no
	if first := d.terms.at(no); first != nil {
		r.refuse(rec, colNo, "milestone.twice", "milestone", no, "file", first.place.File, "row", first.place.Row)
		return
	}
	m := &term{place: rec.place(), no: no, title: r.titleOf(rec)}
	if rec.has(colDuration) && rec.text(colDuration) != "" {
		days, bad := whole(rec.cell(colDuration), maxDays)
		if bad != nil {
			r.refuseFor(rec, colDuration, bad)
		}
		m.days, m.hasDays = days, bad == nil
	}
	if rec.has(colDue) && (rec.text(colDue) != "" || !m.hasDays) {
		m.due = r.dateOf(rec, colDue)
	}
	if d.ready {
		r.milestoneAmount(rec, d, m)
	}
	d.terms.milestones = append(d.terms.milestones, m)
}

// maxDays bounds a milestone's duration.
const maxDays = 36_500

func (r *reader) milestoneAmount(rec record, d *draft, m *term) {
	u, scale, _, ok := r.unitFor(rec, d.award.Unit, d.coded)
	if !ok {
		return
	}
	d.scales[m.no] = scale
	m.amount, m.hasAmount = r.amountOf(rec, scale, u)
	if m.amount.Sign() < 0 {
		r.refuse(rec, colAmount, "amount.negative")
	}
}

func (r *reader) numberOf(rec record) (int, bool) {
	no, bad := whole(rec.cell(colNo), 999, "里程碑", "milestone", "节点", "m")
	if bad == nil && no == 0 {
		bad = refusal("number.invalid", "value", "0", "max", 999)
	}
	if bad != nil {
		r.refuseFor(rec, colNo, bad)
	}
	return no, bad != nil
}

// parent is the award that a row belongs to; a row without one is named,
// unless there are no awards at all, which is a problem of its own.
func (r *reader) parent(rec record) *draft {
	if len(r.ofKind(awardsTable)) == 0 {
		return nil
	}
	if bad := checkText(rec.key, portfolio.MaxCode); bad != nil {
		r.refuseFor(rec, colRef, bad)
		return nil
	}
	d := r.drafts[rec.key]
	if d == nil {
		r.refuse(rec, colRef, "award.unknown", "award", clip(rec.key))
	}
	return d
}
