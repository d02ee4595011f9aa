package attention

import (
	"fmt"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

func day(s string) civil.Date { return civil.MustParse(s) }

// rulesOf measures by the embedded calendar and by ladders of which the last
// of a kind is the current one.
func rulesOf(t testing.TB, ladders ...Ladder) Rules {
	t.Helper()
	calendar, err := civil.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return Rules{Calendar: calendar, CalendarVersion: "test", Ladder: book(ladders...)}
}

// book returns what Rules.Ladder asks of a programme.
func book(ladders ...Ladder) func(Kind, int) (Ladder, error) {
	return func(k Kind, version int) (Ladder, error) {
		var found Ladder
		for _, l := range ladders {
			if l.Kind == k && (version == 0 || l.Version == version) {
				found = l
			}
		}
		if found.Version == 0 {
			return Ladder{}, fault.New(fault.NotFound, "test.noLadder")
		}
		return found, nil
	}
}

func rolling(ladders []Ladder) []Ladder {
	for i := range ladders {
		ladders[i].RollRestDays = true
	}
	return ladders
}

func deliver(dueOn string) *Need {
	return &Need{Kind: Deliver, Role: portfolio.PlatformOperator, Person: "per_wang", OpenedOn: day("2026-01-05"), DueOn: day(dueOn)}
}

func funderOwes(kind Kind, openedOn string) *Need {
	return &Need{Kind: kind, Role: portfolio.ProgrammeManager, OpenedOn: day(openedOn)}
}

// short writes an event on one line: what, revision, rung, by rule, notice,
// days late.
func short(events []Event) []string {
	var out []string
	for _, e := range events {
		switch e.Kind {
		case Flagged:
			s := fmt.Sprintf("r%d %s %s reached %s, %s", e.Revision, e.Of, e.Rung, e.ReachedOn, e.Notice)
			if e.Notice == Tell {
				s += " " + e.NoticeOn.String()
			}
			out = append(out, s)
		case Cleared:
			out = append(out, fmt.Sprintf("r%d %s cleared %s, %d late", e.Revision, e.Of, e.ObservedOn, e.DaysLate))
		case Baselined:
			out = append(out, fmt.Sprintf("r%d %s baselined, %d past due", e.Revision, e.Of, e.DaysPastDue))
		}
	}
	return out
}

// story drives one watch through a test.
type story struct {
	t     testing.TB
	rules Rules
	watch Watch
}

func (s *story) follow(need *Need, on string) []string {
	s.t.Helper()
	w, events, err := s.watch.Follow(need, day(on), s.rules)
	if err != nil {
		s.t.Fatalf("Follow on %s: %v", on, err)
	}
	s.watch = w
	return short(events)
}

func (s *story) sweep(on string) []string {
	s.t.Helper()
	w, events, err := s.watch.Sweep(day(on), s.rules)
	if err != nil {
		s.t.Fatalf("Sweep on %s: %v", on, err)
	}
	s.watch = w
	return short(events)
}

// sweepDaily sweeps from one day to another, both included.
func (s *story) sweepDaily(from, to string) []string {
	s.t.Helper()
	var out []string
	for d := day(from); !d.After(day(to)); d = d.AddDays(1) {
		out = append(out, s.sweep(d.String())...)
	}
	return out
}

// dates states what is announced.
func (s *story) dates() string {
	o := s.watch.Current
	if o == nil {
		return "nothing"
	}
	out := fmt.Sprintf("r%d %s v%d due %s effective %s next %s", o.Revision, o.Kind, o.Ladder, o.DueOn, o.EffectiveOn, o.NextOn)
	if o.Provisional {
		out += " provisional"
	}
	return out
}
