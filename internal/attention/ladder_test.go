package attention

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
)

func TestDefaultLaddersHold(t *testing.T) {
	var kinds []Kind
	allowed := map[Kind]int{}
	for _, l := range DefaultLadders() {
		if err := l.Check(); err != nil {
			t.Errorf("default ladder of %s: %v", l.Kind, err)
		}
		kinds = append(kinds, l.Kind)
		allowed[l.Kind] = l.AllowedDays
	}
	if diff := cmp.Diff(Kinds(), kinds); diff != "" {
		t.Errorf("kinds of DefaultLadders (-want +got):\n%s", diff)
	}
	want := map[Kind]int{Deliver: 0, Rework: 0, DecideSubmission: 10, DecideConsequence: 10, TryAgain: 10,
		DecideExtension: 5, RequestTranche: 20, ApproveTranche: 5, PayTranche: 10}
	if diff := cmp.Diff(want, allowed); diff != "" {
		t.Errorf("allowed days (-want +got):\n%s", diff)
	}
}

func TestLadderCheck(t *testing.T) {
	rung := func(id string, offset int, unit Unit) Rung { return Rung{id, offset, unit, ToOwner, AskOverdue} }
	late := rung("late", 1, CalendarDays)
	thirteen := Ladder{Kind: Deliver}
	for i := range 13 {
		thirteen.Rungs = append(thirteen.Rungs, rung(string(rune('a'+i)), i+1, CalendarDays))
	}
	for _, row := range []struct {
		name   string
		ladder Ladder
		want   []string // pointer and code
	}{
		{"holds", Ladder{Kind: Deliver, Rungs: []Rung{late}}, nil},
		{"unknown kind", Ladder{Kind: "x", Rungs: []Rung{late}}, []string{"/kind ladder.kind.unknown"}},
		{"own date and days", Ladder{Kind: Rework, AllowedDays: 3, Rungs: []Rung{late}}, []string{"/allowedDays ladder.allowedDays.ownDate"}},
		{"no days", Ladder{Kind: PayTranche, Rungs: []Rung{late}}, []string{"/allowedDays ladder.allowedDays.outOfRange"}},
		{"too many days", Ladder{Kind: PayTranche, AllowedDays: 251, Rungs: []Rung{late}}, []string{"/allowedDays ladder.allowedDays.outOfRange"}},
		{"no rungs", Ladder{Kind: Deliver}, []string{"/rungs ladder.rungs.noneOverdue"}},
		{"nothing overdue", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", 0, CalendarDays)}}, []string{"/rungs ladder.rungs.noneOverdue"}},
		{"thirteen", thirteen, []string{"/rungs ladder.rungs.tooMany"}},
		{"no id", Ladder{Kind: Deliver, Rungs: []Rung{rung("", 1, CalendarDays)}}, []string{"/rungs/0/id ladder.rung.noID"}},
		{"twice", Ladder{Kind: Deliver, Rungs: []Rung{late, rung("late", 2, CalendarDays)}}, []string{"/rungs/1/id ladder.rung.twice"}},
		{"level, unit, asks", Ladder{Kind: Deliver, Rungs: []Rung{{"a", 1, "hours", "king", ""}}},
			[]string{"/rungs/0/asks ladder.rung.asksNothing", "/rungs/0/level ladder.level.unknown", "/rungs/0/unit ladder.unit.unknown"}},
		{"too far", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", 401, CalendarDays)}}, []string{"/rungs/0/offset ladder.offset.outOfRange"}},
		{"unsorted", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", 2, CalendarDays), late}}, []string{"/rungs/1/offset ladder.rungs.unsorted"}},
		{"same offset", Ladder{Kind: Deliver, Rungs: []Rung{late, rung("b", 1, WorkingDays)}}, []string{"/rungs/1/offset ladder.rungs.unsorted"}},
		{"calendar then working", Ladder{Kind: Deliver, Rungs: []Rung{late, rung("b", 2, WorkingDays)}}, nil},
		{"working then calendar", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", 1, WorkingDays), rung("b", 9, CalendarDays)}},
			[]string{"/rungs/1/unit ladder.rungs.ambiguous"}},
		{"before: working then calendar", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", -9, WorkingDays), rung("b", -7, CalendarDays), late}}, nil},
		{"before: calendar then working", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", -7, CalendarDays), rung("b", -5, WorkingDays), late}},
			[]string{"/rungs/1/unit ladder.rungs.ambiguous"}},
		{"on both sides", Ladder{Kind: Deliver, Rungs: []Rung{rung("a", -7, CalendarDays), rung("b", 5, WorkingDays)}}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			if e, ok := errors.AsType[*fault.Error](row.ladder.Check()); ok {
				for _, f := range e.Fields {
					got = append(got, f.Pointer+" "+f.Code)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
}
