package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// ladderFormPage proposes another ladder of a kind; the summary shows what it
// would change.
type ladderFormPage struct {
	programmeHead
	Form    *form // nil where another change waits
	Kind    attention.Kind
	OwnDate bool
	Rows    []int // of rungs
	Units   []option
	Levels  []option
	Asks    []option
	Now     attention.Ladder
	Next    attention.Ladder // of the summary
	Was, Is ladderPreview    // the example by either
	Back    string
}

// moreRungs is how many empty rows a form offers.
const moreRungs = 2

func rungField(i int, name string) string { return "rungs/" + strconv.Itoa(i) + "/" + name }

// changeableLadder is the ladder of the address, which the reader may change;
// one at a time: not while another change waits.
func (q *request) changeableLadder() (ladderFormPage, error) {
	h, err := q.openProgramme("ladders")
	if err != nil {
		return ladderFormPage{}, err
	}
	kind := attention.Kind(q.PathValue("kind"))
	l, err := ladderOfKind(h.ProgrammeView, kind)
	if err != nil {
		return ladderFormPage{}, err
	}
	if !h.Ladder {
		return ladderFormPage{}, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EditLadder))
	}
	page := at("programmes", h.ID)
	h.Trail = q.trail("programmes", link{Href: page, Text: q.in(h.Names)}, link{Href: page + "/ladders", Text: q.text("console.programme.tab.ladders")},
		link{Text: q.console.Catalogs.Label(q.lang, "obligation", string(kind))})
	return ladderFormPage{programmeHead: h, Kind: kind, OwnDate: ownDate(kind), Now: l, Back: to(page+"/ladders", "kind", kind)}, nil
}

func (c *Console) ladderForm(q *request) error {
	v, err := q.changeableLadder()
	if err != nil {
		return err
	}
	if v.Pending != nil {
		return q.showLadder("programme-ladder-form", v)
	}
	v.Form = q.form(q.URL.Path, v.Version).With("allowedDays", v.Now.AllowedDays)
	for i, r := range v.Now.Rungs {
		v.Form.With(rungField(i, "offset"), r.Offset).With(rungField(i, "unit"), string(r.Unit)).With(rungField(i, "level"), string(r.Level)).With(rungField(i, "asks"), r.Asks)
	}
	return q.showLadderForm(v)
}

func (q *request) showLadderForm(v ladderFormPage) error {
	v.Units = options(q, "dayUnit", attention.CalendarDays, attention.WorkingDays)
	v.Levels = options(q, "level", attention.ToOwner, attention.ToManager, attention.ToHead)
	for _, code := range []string{attention.AskRemind, attention.AskOverdue, attention.AskEscalate} {
		v.Asks = append(v.Asks, option{Value: code, Text: q.asks(code)})
	}
	filled := 0
	for i := range attention.MaxRungs {
		if v.Form.Value(rungField(i, "offset")) != "" {
			filled = i + 1
		}
		asks := v.Form.Value(rungField(i, "asks"))
		if asks != "" && !slices.ContainsFunc(v.Asks, func(o option) bool { return o.Value == asks }) {
			v.Asks = append(v.Asks, option{Value: asks, Text: asks}) // a word of its own
		}
	}
	for i := range min(filled+moreRungs, attention.MaxRungs) {
		v.Rows = append(v.Rows, i)
	}
	return q.showLadder("programme-ladder-form", v)
}

func (q *request) showLadder(page string, v ladderFormPage) error {
	return q.show(page, q.text("console.ladder.edit.title", "kind", q.console.Catalogs.Label(q.lang, "obligation", string(v.Kind))), v)
}

// ladderIn reads a ladder from a form and puts its rows in the order of their
// days; those without days close up.
func ladderIn(f *fields, now attention.Ladder) attention.Ladder {
	l := attention.Ladder{Kind: now.Kind}
	if !ownDate(now.Kind) {
		l.AllowedDays = f.number("allowedDays", attention.MaxAllowedDays)
	}
	type row struct {
		attention.Rung
		text string
	}
	var rows []row
	for i := range attention.MaxRungs {
		text := strings.ReplaceAll(f.Value(rungField(i, "offset")), "−", "-")
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			n = attention.MaxOffset + 1 + i // stays behind the others, and is refused
		}
		rows = append(rows, row{attention.Rung{
			Offset: n, Unit: attention.Unit(f.Value(rungField(i, "unit"))), Level: attention.Level(f.Value(rungField(i, "level"))), Asks: f.Value(rungField(i, "asks")),
		}, text})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.Offset - b.Offset })
	f.drop("rungs/")
	for i, r := range rows {
		f.With(rungField(i, "offset"), r.text).With(rungField(i, "unit"), string(r.Unit)).With(rungField(i, "level"), string(r.Level)).With(rungField(i, "asks"), r.Asks)
		if _, err := strconv.Atoi(r.text); err != nil {
			f.miss(rungField(i, "offset"), fault.New(fault.Invalid, "ladder.offset.outOfRange", "max", attention.MaxOffset))
		}
		r.ID = rungID(now, l.Rungs, r.Rung)
		l.Rungs = append(l.Rungs, r.Rung)
	}
	return l
}

// rungID names a rung: as the one on the same day of the ladder before it, else
// by its days.
func rungID(now attention.Ladder, taken []attention.Rung, r attention.Rung) string {
	used := func(id string) bool {
		return slices.ContainsFunc(taken, func(t attention.Rung) bool { return t.ID == id })
	}
	for _, old := range now.Rungs {
		if old.Offset == r.Offset && old.Unit == r.Unit && !used(old.ID) {
			return old.ID
		}
	}
	id := fmt.Sprintf("after%d", r.Offset)
	switch {
	case r.Offset < 0:
		id = fmt.Sprintf("before%d", -r.Offset)
	case r.Offset == 0:
		id = "due"
	}
	for base, n := id, 2; used(id); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

func (c *Console) setLadder(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	v, err := q.changeableLadder()
	if err != nil {
		return err
	}
	v.Form = f
	in := f.fields()
	v.Next = ladderIn(in, v.Now)
	in.date("opened")
	in.date("due")
	of := subject{Aggregate: string(v.ID), Thing: string(v.ID), Page: v.Back}
	if err = in.err(); err == nil {
		err = v.Next.Check()
	}
	if err == nil && q.step() == "check" && v.Pending != nil { // since the form was opened
		err = fault.New(fault.Conflict, "programme.changePending", "programme", v.Code, "kind", string(v.Pending.Kind))
	}
	r := tracker.Receipt{}
	switch {
	case err == nil && q.step() == "edit":
		return q.showLadderForm(v)
	case err == nil && q.step() == "check":
		return q.showLadderCheck(v)
	case err == nil:
		r, err = c.Tracker.SetLadder(q.Context(), q.command(f), v.ID, v.Next, tracker.Reason{Reason: f.Value("reason")})
	}
	if err != nil {
		return q.again(f, err, of, func() error { return q.showLadderForm(v) })
	}
	return q.proposed(r, at("programmes", v.ID, "change"))
}

// showLadderCheck shows an example by the ladder in force and by the proposed
// one.
func (q *request) showLadderCheck(v ladderFormPage) error {
	v.Next.RollRestDays = v.RollRestDays
	v.Was, _ = q.example(v.Kind, v.Form.Value)
	v.Is = v.Was
	if err := q.foresee(&v.Was, v.Now, v.AttentionFrom, q.text("console.ladder.now")); err != nil {
		return err
	}
	if err := q.foresee(&v.Is, v.Next, v.AttentionFrom, q.text("console.ladder.next")); err != nil {
		return err
	}
	return q.show("programme-ladder-check", q.text("console.form.check"), v)
}

// proposed ends the form of a change that waits for another person.
func (q *request) proposed(r tracker.Receipt, to string) error {
	if err := q.console.Sessions.Flash(q.Context(), notice{Command: r.Command, Text: "console.programme.proposed"}); err != nil {
		return err
	}
	return q.redirect(to)
}
