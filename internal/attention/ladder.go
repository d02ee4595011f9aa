package attention

import (
	"fmt"
	"slices"

	"milepost/internal/fault"
)

// Limits of a ladder.
const (
	MaxRungs       = 12
	MaxOffset      = 400 // days, before or after the effective due date
	MaxAllowedDays = 250 // working days
)

// What the rungs of the default ladders ask; the texts are the catalog's.
const (
	AskRemind   = "remind"
	AskOverdue  = "overdue"
	AskEscalate = "escalate"
)

// DefaultLadders returns version 1 of each kind's ladder, in the
// order of Kinds. No date is rolled unless a programme says so.
func DefaultLadders() []Ladder {
	allowed := map[Kind]int{DecideSubmission: 10, DecideConsequence: 10, TryAgain: 10,
		DecideExtension: 5, RequestTranche: 20, ApproveTranche: 5, PayTranche: 10}
	var out []Ladder
	for _, k := range Kinds() {
		rungs := funderRungs()
		if k.ownDate() || k == RequestTranche {
			rungs = operatorRungs()
		}
		out = append(out, Ladder{Kind: k, Version: 1, AllowedDays: allowed[k], Rungs: rungs})
	}
	return out
}

// operatorRungs are the defaults for what others owe the funder.
func operatorRungs() []Rung {
	return []Rung{
		{"before30", -30, CalendarDays, ToOwner, AskRemind},
		{"before7", -7, CalendarDays, ToOwner, AskRemind},
		{"after1", 1, CalendarDays, ToOwner, AskOverdue},
		{"after15", 15, CalendarDays, ToManager, AskEscalate},
		{"after30", 30, CalendarDays, ToHead, AskEscalate},
	}
}

// funderRungs are the defaults for what the funder owes.
func funderRungs() []Rung {
	return []Rung{
		{"after1", 1, WorkingDays, ToOwner, AskOverdue},
		{"after5", 5, WorkingDays, ToManager, AskEscalate},
		{"after10", 10, WorkingDays, ToHead, AskEscalate},
	}
}

// rank orders levels; an unknown one is -1.
func (l Level) rank() int { return slices.Index([]Level{ToOwner, ToManager, ToHead}, l) }

// Check refuses a ladder that is no ladder: an unknown kind, level or unit,
// allowed days out of bounds, rungs too many, without an id or named twice,
// too far off, not in the order of their dates on every calendar, or none
// after the due date. Pointers are relative to the ladder.
func (l Ladder) Check() error {
	var fields []fault.Field
	if !slices.Contains(Kinds(), l.Kind) {
		fields = append(fields, fault.At("/kind", "ladder.kind.unknown", "kind", string(l.Kind)))
	} else if f, bad := l.checkAllowed(); bad {
		fields = append(fields, f)
	}
	if len(l.Rungs) > MaxRungs {
		fields = append(fields, fault.At("/rungs", "ladder.rungs.tooMany", "max", MaxRungs))
		return fault.InvalidFields(fields...)
	}
	if !slices.ContainsFunc(l.Rungs, func(r Rung) bool { return r.Offset > 0 }) {
		fields = append(fields, fault.At("/rungs", "ladder.rungs.noneOverdue"))
	}
	for i := range l.Rungs {
		fields = append(fields, checkRung(l.Rungs, i)...)
	}
	return fault.InvalidFields(fields...)
}

// checkAllowed holds that exactly the kinds without a due date of their own
// have days.
func (l Ladder) checkAllowed() (fault.Field, bool) {
	switch {
	case l.Kind.ownDate() && l.AllowedDays != 0:
		return fault.At("/allowedDays", "ladder.allowedDays.ownDate", "kind", string(l.Kind)), true
	case !l.Kind.ownDate() && (l.AllowedDays < 1 || l.AllowedDays > MaxAllowedDays):
		return fault.At("/allowedDays", "ladder.allowedDays.outOfRange", "min", 1, "max", MaxAllowedDays), true
	}
	return fault.Field{}, false
}

// checkRung checks rung i by itself and against those before it.
func checkRung(rungs []Rung, i int) []fault.Field {
	var fields []fault.Field
	r := rungs[i]
	at := func(name string) string { return fmt.Sprintf("/rungs/%d/%s", i, name) }
	switch {
	case r.ID == "":
		fields = append(fields, fault.At(at("id"), "ladder.rung.noID"))
	case slices.ContainsFunc(rungs[:i], func(o Rung) bool { return o.ID == r.ID }):
		fields = append(fields, fault.At(at("id"), "ladder.rung.twice", "rung", r.ID))
	}
	if r.Asks == "" {
		fields = append(fields, fault.At(at("asks"), "ladder.rung.asksNothing"))
	}
	if r.Level.rank() < 0 {
		fields = append(fields, fault.At(at("level"), "ladder.level.unknown", "level", string(r.Level)))
	}
	if r.Unit != CalendarDays && r.Unit != WorkingDays {
		fields = append(fields, fault.At(at("unit"), "ladder.unit.unknown", "unit", string(r.Unit)))
	}
	if r.Offset < -MaxOffset || r.Offset > MaxOffset {
		fields = append(fields, fault.At(at("offset"), "ladder.offset.outOfRange", "max", MaxOffset))
	}
	if i > 0 && rungs[i-1].Offset >= r.Offset {
		fields = append(fields, fault.At(at("offset"), "ladder.rungs.unsorted"))
	} else if i > 0 && ambiguous(rungs[i-1], r) {
		fields = append(fields, fault.At(at("unit"), "ladder.rungs.ambiguous"))
	}
	return fields
}

// ambiguous reports whether the order of two rungs by date depends on the
// calendar though their offsets rise. n working days are at least n calendar
// days, so of two units on one side of the due date the working days must be
// the farther away.
func ambiguous(a, b Rung) bool {
	if a.Unit == b.Unit {
		return false
	}
	afterDue := a.Offset > 0 && a.Unit == WorkingDays
	beforeDue := b.Offset < 0 && b.Unit == WorkingDays
	return afterDue || beforeDue
}
