package console

import (
	"slices"

	"milepost/internal/award"
	"milepost/internal/money"
)

// awardDraft is what a draft will become: its milestones and tranches as they
// are written, and whether they add up.
type awardDraft struct {
	Milestones []award.MilestoneDraft
	Tranches   []award.TrancheDraft
	Lines      draftSum
	Sum        draftSum // of the tranches
	Gates      map[string][]int
}

// draftSum is a sum beside the amount that it should be.
type draftSum struct {
	Whole, Sum, Off money.Amount // Off: what is missing; below zero: too much
	Bad             bool         // the parts do not sum
	None            bool         // there are none
	Unread          string       // what was typed and is not counted, in words
}

// Right reports whether the parts sum to the whole.
func (s draftSum) Right() bool {
	return !s.Bad && !s.None && s.Unread == "" && !s.Whole.IsZero() && s.Off.IsZero()
}

func draftOf(d award.Document) awardDraft {
	v := awardDraft{Milestones: slices.Clone(d.Milestones), Tranches: slices.Clone(d.Tranches), Gates: map[string][]int{}}
	slices.SortStableFunc(v.Milestones, func(a, b award.MilestoneDraft) int { return a.DueOn.Compare(b.DueOn) })
	slices.SortStableFunc(v.Tranches, func(a, b award.TrancheDraft) int { return a.Number - b.Number })
	var lines, parts []money.Amount
	for _, l := range d.FundingLines {
		lines = append(lines, l.Amount)
	}
	for _, t := range v.Tranches {
		parts = append(parts, t.Amount)
		for _, code := range t.Gates {
			v.Gates[code] = append(v.Gates[code], t.Number)
		}
	}
	v.Lines, v.Sum = sumOf(d.Amount, lines), sumOf(d.Amount, parts)
	return v
}

func sumOf(whole money.Amount, parts []money.Amount) draftSum {
	given := slices.DeleteFunc(parts, func(a money.Amount) bool { return a.Unit().IsZero() })
	s := draftSum{Whole: whole, None: len(given) == 0}
	var err error
	if s.Sum, err = money.Sum(whole.Unit(), given...); err == nil {
		s.Off, err = whole.Sub(s.Sum)
	}
	s.Bad = err != nil
	return s
}
