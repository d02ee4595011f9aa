package attention

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/portfolio"
)

// change is what a command does to a thing's need on a day.
type change struct {
	on   civil.Date
	need *Need
}

// play is a thing's life: commands on rising days within the window.
type play struct {
	rules      Rules
	changes    []change
	start, end civil.Date
}

const window = 150 // days that a play lasts

func plays(embedded civil.Calendar) *rapid.Generator[play] {
	return rapid.Custom(func(t *rapid.T) play {
		start := day("2025-11-01").AddDays(rapid.IntRange(0, 600).Draw(t, "start"))
		p := play{start: start, end: start.AddDays(window)}
		p.rules = Rules{Calendar: embedded, CalendarVersion: "test", Ladder: book(drawLadders(t)...)}
		if rapid.Bool().Draw(t, "unpublished") {
			p.rules.Calendar = civil.Calendar{}
		}
		if rapid.Bool().Draw(t, "attention") {
			p.rules.AttentionFrom = start.AddDays(rapid.IntRange(-60, 100).Draw(t, "attentionFrom"))
		}
		on := start
		var last *Need
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			last = drawNeed(t, last, on)
			p.changes = append(p.changes, change{on, last})
			on = on.AddDays(rapid.IntRange(0, 40).Draw(t, "later"))
		}
		return p
	})
}

func drawLadders(t *rapid.T) []Ladder {
	ladders := DefaultLadders()
	if rapid.Bool().Draw(t, "default ladders") {
		return ladders
	}
	for i := range ladders {
		before := rapid.IntRange(-40, 0).Draw(t, "before")
		after := rapid.IntRange(1, 10).Draw(t, "after")
		level := rapid.SampledFrom([]Level{ToOwner, ToManager, ToHead})
		ladders[i].RollRestDays = rapid.Bool().Draw(t, "roll")
		ladders[i].Rungs = []Rung{
			{"a", before - 1, WorkingDays, level.Draw(t, "a"), AskRemind},
			{"b", before, CalendarDays, level.Draw(t, "b"), AskRemind},
			{"c", after, CalendarDays, level.Draw(t, "c"), AskOverdue},
			{"d", after + 1, WorkingDays, level.Draw(t, "d"), AskOverdue},
			{"e", after + 9, WorkingDays, level.Draw(t, "e"), AskEscalate},
		}
	}
	return ladders
}

// drawNeed gives what a thing needs after a command: nothing, the same with a
// part changed, or something new.
func drawNeed(t *rapid.T, last *Need, on civil.Date) *Need {
	switch rapid.IntRange(0, 6).Draw(t, "need") {
	case 0:
		return nil
	case 1, 2, 3:
		if last == nil {
			break
		}
		n := *last
		switch rapid.IntRange(0, 3).Draw(t, "part") {
		case 0:
			n.Paused = !n.Paused
		case 1:
			n.Person += "x"
		case 2:
			n.NotLate = on.AddDays(rapid.IntRange(-5, 40).Draw(t, "notLate"))
		case 3:
			if n.Kind.ownDate() {
				n.DueOn = n.DueOn.AddDays(rapid.IntRange(-30, 60).Draw(t, "move"))
			}
		}
		return &n
	}
	n := Need{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), Role: portfolio.Finance, OpenedOn: on}
	n.Paused = rapid.IntRange(0, 4).Draw(t, "paused") == 0
	if n.Kind.ownDate() {
		n.DueOn = on.AddDays(rapid.IntRange(-80, 80).Draw(t, "due"))
	} else {
		n.NotBefore = on.AddDays(rapid.IntRange(-30, 40).Draw(t, "notBefore"))
	}
	return &n
}

// run plays p with sweeps on the days that swept says, and on the last day;
// each day's commands come before its sweep.
func (p play) run(t *rapid.T, swept func(civil.Date) bool, see func(on civil.Date, before, after Watch, events []Event)) []Event {
	var all []Event
	var w Watch
	step := func(on civil.Date, next Watch, events []Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if see != nil {
			see(on, w, next, events)
		}
		w, all = next, append(all, events...)
	}
	changes := p.changes
	for on := p.start; !on.After(p.end); on = on.AddDays(1) {
		for len(changes) > 0 && changes[0].on == on {
			next, events, err := w.Follow(changes[0].need, on, p.rules)
			step(on, next, events, err)
			changes = changes[1:]
		}
		if swept(on) || on == p.end {
			next, events, err := w.Sweep(on, p.rules)
			step(on, next, events, err)
		}
	}
	return all
}

// ruled is what of events must not depend on when they were observed.
func ruled(events []Event) []string {
	var out []string
	for _, e := range events {
		switch e.Kind {
		case Flagged:
			out = append(out, fmt.Sprintf("r%d %s by %s: %s for %s, due %s, %d late", e.Revision, e.Rung, e.ReachedOn, e.Of, e.Person, e.EffectiveDueOn, e.DaysLate))
		default:
			out = append(out, fmt.Sprintf("r%d %s of %s, due %s, %d past due", e.Revision, e.Kind, e.Of, e.EffectiveDueOn, e.DaysPastDue))
		}
	}
	slices.Sort(out)
	return out
}

func embedded(t *testing.T) civil.Calendar { return rulesOf(t).Calendar }

// Daily sweeps, one at the end and sweeps on any days in between write the
// same.
func TestDailyLateAndResumedSweepsAgree(t *testing.T) {
	gen := plays(embedded(t))
	rapid.Check(t, func(t *rapid.T) {
		p := gen.Draw(t, "play")
		days := rapid.SliceOfN(rapid.Bool(), window+1, window+1).Draw(t, "days")
		daily := ruled(p.run(t, func(civil.Date) bool { return true }, nil))
		late := ruled(p.run(t, func(civil.Date) bool { return false }, nil))
		some := ruled(p.run(t, func(on civil.Date) bool { return days[on.Sub(p.start)] }, nil))
		if diff := cmp.Diff(daily, late); diff != "" {
			t.Fatalf("daily and late sweeps differ (-daily +late):\n%s", diff)
		}
		if diff := cmp.Diff(daily, some); diff != "" {
			t.Fatalf("daily and some sweeps differ (-daily +some):\n%s", diff)
		}
	})
}

// What one look at a watch must show: no rung twice, the highest told alone,
// nothing dated before attention, in a pause, or in the future.
func TestEveryStepHolds(t *testing.T) {
	gen := plays(embedded(t))
	rapid.Check(t, func(t *rapid.T) {
		p := gen.Draw(t, "play")
		seen := map[string]bool{}
		p.run(t, func(on civil.Date) bool { return on.Sub(p.start)%9 == 0 }, func(on civil.Date, before, after Watch, events []Event) {
			told := map[int]int{}
			for _, e := range events {
				key := fmt.Sprint(e.Kind, e.Revision, e.Rung)
				if seen[key] {
					t.Fatalf("%s written twice", key)
				}
				seen[key] = true
				if e.Kind == Flagged && (e.ReachedOn.After(on) || e.ReachedOn.Before(p.rules.AttentionFrom)) {
					t.Fatalf("on %s: rung %s of %s", on, e.Rung, e.ReachedOn)
				}
				if e.Kind == Flagged && e.Notice != Superseded {
					told[e.Revision]++
				}
			}
			for revision, n := range told {
				if n > 1 {
					t.Fatalf("%d notices of revision %d at once", n, revision)
				}
			}
			if after.Revision < before.Revision || after.Revision > before.Revision+1 {
				t.Fatalf("revision %d after %d", after.Revision, before.Revision)
			}
			again, events, err := after.Sweep(on, p.rules)
			if err != nil || len(events) > 0 || !cmp.Equal(again, after, dates()) {
				t.Fatalf("a second sweep on %s writes %v, %v", on, short(events), err)
			}
		})
	})
}

func dates() cmp.Option { return cmp.Comparer(func(a, b civil.Date) bool { return a == b }) }

// On NextOn a sweep writes something, on every day before it nothing.
func TestNextOnIsExact(t *testing.T) {
	gen := plays(embedded(t))
	rapid.Check(t, func(t *rapid.T) {
		p := gen.Draw(t, "play")
		p.run(t, func(on civil.Date) bool { return on.Sub(p.start)%9 == 0 }, func(on civil.Date, _, after Watch, _ []Event) {
			checkNext(t, after, on, p.rules)
		})
	})
}

func checkNext(t *rapid.T, w Watch, on civil.Date, r Rules) {
	if w.Current == nil {
		return
	}
	next := w.Current.NextOn
	if w.Current.Paused && !next.IsZero() || !next.IsZero() && !next.After(on) {
		t.Fatalf("on %s NextOn is %s (paused %v)", on, next, w.Current.Paused)
	}
	quiet := on.AddDays(200)
	if !next.IsZero() {
		quiet = next.AddDays(-1)
	}
	if _, events, err := w.Sweep(quiet, r); err != nil || len(events) > 0 {
		t.Fatalf("NextOn is %s, but a sweep on %s writes %v, %v", next, quiet, short(events), err)
	}
	if next.IsZero() {
		return
	}
	if _, events, err := w.Sweep(next, r); err != nil || len(events) == 0 {
		t.Fatalf("a sweep on NextOn %s writes nothing, %v", next, err)
	}
}

// Years imported while an obligation runs raise no revision, fire nothing
// twice and move no announced date earlier.
func TestImportedYearsMoveNothingEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := Rules{Ladder: book(drawLadders(t)...)}
		on := day("2026-10-01").AddDays(rapid.IntRange(0, 60).Draw(t, "opened"))
		n := drawNeed(t, nil, on)
		if n == nil {
			return
		}
		n.Paused = false
		w, events, err := Watch{}.Follow(n, on, rules)
		for range 12 {
			if err != nil || w.Revision != 1 {
				t.Fatalf("revision %d, %v", w.Revision, err)
			}
			checkUnique(t, w, len(events))
			rules.Calendar = rules.Calendar.With(drawYear(t))
			on = on.AddDays(rapid.IntRange(0, 15).Draw(t, "later"))
			before := w
			if rapid.Bool().Draw(t, "follow") {
				w, events, err = w.Follow(n, on, rules)
			} else {
				w, events, err = w.Sweep(on, rules)
			}
			checkNotEarlier(t, *before.Current, *w.Current, events)
			checkNext(t, w, on, rules)
		}
	})
}

func drawYear(t *rapid.T) civil.Year {
	y := civil.Year{Year: rapid.IntRange(2026, 2027).Draw(t, "year")}
	for d := day(fmt.Sprintf("%d-01-01", y.Year)); d.Year() == y.Year; d = d.AddDays(rapid.IntRange(1, 20).Draw(t, "gap")) {
		if rapid.Bool().Draw(t, "works") {
			y.SwappedWorkdays = append(y.SwappedWorkdays, d)
		} else {
			y.RestDays = append(y.RestDays, civil.Day{Date: d})
		}
	}
	return y
}

func checkUnique(t *rapid.T, w Watch, written int) {
	seen := map[string]bool{}
	for _, m := range w.Current.Rungs {
		if seen[m.Rung] {
			t.Fatalf("rung %s twice", m.Rung)
		}
		seen[m.Rung] = true
	}
	if written > len(w.Current.Rungs) {
		t.Fatalf("%d events, %d marks", written, len(w.Current.Rungs))
	}
}

func checkNotEarlier(t *rapid.T, before, after Obligation, events []Event) {
	if after.DueOn.Before(before.DueOn) || after.EffectiveOn.Before(before.EffectiveOn) {
		t.Fatalf("due %s, effective %s after %s and %s", after.DueOn, after.EffectiveOn, before.DueOn, before.EffectiveOn)
	}
	if !after.NextOn.IsZero() && after.NextOn.Before(before.NextOn) {
		t.Fatalf("next %s after %s", after.NextOn, before.NextOn)
	}
	for _, e := range events {
		if e.ReachedOn.Before(before.NextOn) {
			t.Fatalf("rung %s reached %s, announced for %s", e.Rung, e.ReachedOn, before.NextOn)
		}
	}
}
