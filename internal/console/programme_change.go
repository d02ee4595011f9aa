package console

import (
	"strconv"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// changeShown is a change that waits, as old and new.
type changeShown struct {
	By      *tracker.Named // who proposed it; nil where the reader may not see people
	On      string
	Reason  string
	Title   string
	Rows    []changeRow
	Effects []string // what it does once it is confirmed
	Was, Is *ladderPreview
}

// changeRow is a term as it is and as it would be; "" is nothing.
type changeRow struct {
	Label, Was, Is string
}

// changeOf shows the change that waits in a programme; drawn, with an example
// by the ladder that is and the one that would be.
func (q *request) changeOf(p tracker.ProgrammeView, drawn bool) (*changeShown, error) {
	c := p.Pending
	v := &changeShown{On: c.On.String(), Reason: c.Reason, Title: q.text("console.programme.change." + string(c.Kind))}
	var err error
	if v.By, err = q.personSeen(c.By); err != nil {
		return nil, err
	}
	if c.Terms != nil {
		v.Rows, v.Effects = q.termRows(p.Thresholds(), *c.Terms)
	}
	if c.Ladder == nil {
		return v, nil
	}
	kind := attention.Kind(c.Ladder.Kind)
	now, err := ladderOfKind(p, kind)
	if err != nil {
		return nil, err
	}
	v.Title = q.ladderCalled(c.Ladder.Kind)
	next := proposedLadder(*c.Ladder)
	next.RollRestDays = p.RollRestDays
	v.Rows, v.Effects = q.ladderRows(now, next), []string{q.text("console.ladder.effect.open")}
	if !drawn {
		return v, nil
	}
	was, _ := q.example(kind, q.URL.Query().Get)
	is := was
	if err := q.foresee(&was, now, p.AttentionFrom, q.text("console.ladder.now")); err != nil {
		return nil, err
	}
	if err := q.foresee(&is, next, p.AttentionFrom, q.text("console.ladder.next")); err != nil {
		return nil, err
	}
	v.Was, v.Is = &was, &is
	return v, nil
}

// proposedLadder is a ladder as it is proposed.
func proposedLadder(terms portfolio.LadderTerms) attention.Ladder {
	l := attention.Ladder{Kind: attention.Kind(terms.Kind), AllowedDays: terms.AllowedDays}
	for _, r := range terms.Rungs {
		l.Rungs = append(l.Rungs, attention.Rung{ID: r.ID, Offset: r.Offset, Unit: attention.Unit(r.Unit), Level: attention.Level(r.Level), Asks: r.Asks})
	}
	return l
}

// termRows are the thresholds that differ, and what the difference does.
func (q *request) termRows(was, is portfolio.Thresholds) (rows []changeRow, effects []string) {
	add := func(id, from, to string) {
		if from == to {
			return
		}
		rows = append(rows, changeRow{Label: q.text("console.programme." + id), Was: from, Is: to})
		if effect := "console.programme.effect." + id; q.console.Catalogs.Has(q.lang, effect) {
			effects = append(effects, q.text(effect))
		}
	}
	add("goLiveOn", was.GoLiveOn.String(), is.GoLiveOn.String())
	add("attentionFrom", was.AttentionFrom.String(), is.AttentionFrom.String())
	add("separation", q.amounts(was.SeparationAbove), q.amounts(is.SeparationAbove))
	add("extensions.count", q.limit(was.Extensions.Count), q.limit(is.Extensions.Count))
	add("extensions.totalDays", q.limit(was.Extensions.TotalDays), q.limit(is.Extensions.TotalDays))
	add("extensions.daysBeforeDue", q.limit(was.Extensions.DaysBeforeDue), q.limit(is.Extensions.DaysBeforeDue))
	add("rollRestDays", q.yes(was.RollRestDays), q.yes(is.RollRestDays))
	return rows, effects
}

// amounts are exact amounts, joined.
func (q *request) amounts(list []money.Amount) string {
	var out []string
	for _, a := range list {
		out = append(out, q.console.Catalogs.AmountExact(q.lang, a))
	}
	if len(out) == 0 {
		return q.text("console.programme.separation.none")
	}
	return q.words(out)
}

// limit is a limit, of which 0 is none.
func (q *request) limit(n int) string {
	if n == 0 {
		return q.text("console.programme.limit.none")
	}
	return strconv.Itoa(n)
}

func (q *request) yes(b bool) string {
	if b {
		return q.text("console.place.yes")
	}
	return q.text("console.place.no")
}

// ladderRows are what differs between two ladders.
func (q *request) ladderRows(was, is attention.Ladder) []changeRow {
	var rows []changeRow
	if was.AllowedDays != is.AllowedDays {
		rows = append(rows, changeRow{q.text("console.ladder.allowedDays"), textOf(was.AllowedDays), textOf(is.AllowedDays)})
	}
	before, after := q.rungWords(was), q.rungWords(is)
	if strings.Join(before, "\n") != strings.Join(after, "\n") {
		rows = append(rows, changeRow{q.text("console.ladder.rungs"), strings.Join(before, "\n"), strings.Join(after, "\n")})
	}
	return rows
}

// rungWords are the rungs of a ladder, one a line.
func (q *request) rungWords(l attention.Ladder) []string {
	var out []string
	for _, r := range l.Rungs {
		out = append(out, q.text("console.ladder.rung", "offset", signed(r.Offset), "unit", q.text("console.ladder.unit."+string(r.Unit), "count", max(r.Offset, -r.Offset)),
			"level", q.console.Catalogs.Label(q.lang, "level", string(r.Level)), "asks", q.asks(r.Asks)))
	}
	return out
}

// signed is a number of days with its sign.
func signed(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return "0"
}
