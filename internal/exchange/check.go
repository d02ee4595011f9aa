package exchange

import (
	"errors"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/fault"
)

// check looks at an award as a whole: its total, and all that a draft of it
// would be refused for at submission.
func (r *reader) check(d *draft) {
	a := &d.award
	if len(a.Milestones) == 0 {
		r.refuse(d.rec, colRef, "award.noMilestones")
		return
	}
	sum, err := a.Sum()
	if err != nil {
		r.refuse(d.rec, colAmount, "amount.outOfRange", "currency", a.Unit.Code())
		return
	}
	totals := []any{"total", a.Amount.Decimal(), "sum", sum.Decimal(), "currency", a.Unit.Code()}
	if sum != a.Amount {
		if r.options.Total != TotalMilestones {
			r.refuse(d.rec, colAmount, "award.totalDiffers", totals...)
			return
		}
		r.note(d.rec.place(), "award.totalReplaced", totals...)
		r.problems[len(r.problems)-1].Award = a.Ref
		a.Amount = sum
	}
	r.checkDocument(d)
}

// checkDocument turns what is wrong with the award's document into problems of
// the rows that it comes from. The parties stand in: they are not in the files.
func (r *reader) checkDocument(d *draft) {
	document := d.award.Document(Parties{Programme: "-", Project: "-", Funder: "-", Payee: "-"})
	var bad *fault.Error
	if !errors.As(document.Check(award.Facts{}), &bad) {
		return
	}
	seen := map[Place]map[string]bool{}
	for _, f := range bad.Fields {
		p := Problem{Place: d.award.Place, Code: f.Code, Args: f.Args, Severity: Error, Award: d.award.Ref}
		if m, ok := d.milestone(f.Pointer); ok {
			p.Place = m.Place
		}
		if seen[p.Place] == nil {
			seen[p.Place] = map[string]bool{}
		}
		if seen[p.Place][p.Code] || strings.HasPrefix(f.Pointer, "/tranches") {
			continue // tranches and lines say what their milestone or award says
		}
		seen[p.Place][p.Code] = true
		r.problems = append(r.problems, p)
	}
	r.refused[d.award.Ref] = true
}

// milestone is the one that a pointer into the document speaks of.
func (d *draft) milestone(pointer string) (Milestone, bool) {
	rest, ok := strings.CutPrefix(pointer, "/milestones/")
	index, _, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	if !ok || err != nil || i >= len(d.award.Milestones) {
		return Milestone{}, false
	}
	return d.award.Milestones[i], true
}
