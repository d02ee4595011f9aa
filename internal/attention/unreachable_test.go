package attention

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
)

// What is called unreachable is skipped whenever an obligation opens, and
// nothing else is.
func TestUnreachableIsSkippedWheneverItOpens(t *testing.T) {
	calendar, err := civil.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]civil.Calendar{"published": calendar, "weekends alone": {}} {
		for _, allowed := range []int{1, 3, 10} {
			for _, unit := range []Unit{CalendarDays, WorkingDays} {
				l := Ladder{Kind: PayTranche, Version: 1, AllowedDays: allowed}
				for offset := -26; offset <= 1; offset++ {
					l.Rungs = append(l.Rungs, Rung{ID: string(rune('a' + offset + 26)), Offset: offset, Unit: unit, Level: ToOwner, Asks: AskRemind})
				}
				never := make([]bool, len(l.Rungs))
				for i := range never {
					never[i] = true
				}
				rules := Rules{Calendar: c, Ladder: book(l)}
				most := 0
				for on := day("2020-01-01"); on.Before(day("2027-01-01")); on = on.AddDays(1) {
					planned, err := Preview(*funderOwes(PayTranche, on.String()), on, rules)
					if err != nil {
						t.Fatal(err)
					}
					for i, p := range planned {
						never[i] = never[i] && p.Skipped
						if l.Rungs[i].Offset == 0 {
							most = max(most, p.On.Sub(on))
						}
					}
				}
				var want []int
				for i, n := range never {
					if n {
						want = append(want, i)
					}
				}
				got, days := l.Unreachable(c)
				if diff := cmp.Diff(want, got); diff != "" || days != most {
					t.Errorf("%s, %d days allowed, %s days: %d days at most, want %d; (-want +got)\n%s", name, allowed, unit, days, most, diff)
				}
			}
		}
	}
}

// Where nothing bounds the time to the due date, every rung may be reached.
func TestUnreachableNeedsABound(t *testing.T) {
	for _, l := range DefaultLadders() {
		l.Rungs = slices.Insert(l.Rungs, 0, Rung{"before400", -400, CalendarDays, ToOwner, AskRemind})
		got, _ := l.Unreachable(civil.Calendar{})
		if free := l.Kind.ownDate() || l.Kind == RequestTranche; free != (len(got) == 0) {
			t.Errorf("%s: %v are never reached", l.Kind, got)
		}
		if !l.Kind.ownDate() && l.Kind != RequestTranche && !slices.Equal(got, []int{0}) {
			t.Errorf("%s: %v are never reached, want the first alone", l.Kind, got)
		}
	}
}
