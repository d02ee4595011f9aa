package demo

import (
	"fmt"
	"slices"
	"time"

	"milepost/internal/civil"
	"milepost/internal/tracker"
)

const hour = time.Hour

// sweepAt is when the sweep runs: before anybody is at work.
const sweepAt = 5*hour + 30*time.Minute

// step is one command of the story.
type step struct {
	on   civil.Date
	who  string // subject of the persona
	what string // for the error, where it is refused
	do   func(tracker.Call) error
}

// script is the story as steps. Those of one day are played in the order in
// which they were written down.
type script struct {
	seed  *seed
	steps []step
}

// at writes a command down for the working day at or before an offset from
// today, which must be in the past.
func (s *script) at(offset int, who, what string, do func(tracker.Call) error) {
	s.steps = append(s.steps, step{on: s.seed.worked(min(offset, -1)), who: who, what: what, do: do})
}

// play gives the commands, day by day, and runs the sweep in the morning of each
// day from the first command to yesterday.
func (s *script) play() error {
	slices.SortStableFunc(s.steps, func(a, b step) int { return a.on.Compare(b.on) })
	var day civil.Date
	var clock time.Duration
	to := func(on civil.Date) error {
		if day.IsZero() {
			day = on.AddDays(-1)
		}
		for day.Before(on) {
			day, clock = day.AddDays(1), 9*hour
			if err := s.sweep(day); err != nil {
				return err
			}
		}
		return nil
	}
	for _, next := range s.steps {
		if err := to(next.on); err != nil {
			return err
		}
		clock += time.Minute + 7*time.Second
		s.seed.Clock.Set(day, clock)
		call, err := s.seed.call(next.who)
		if err == nil {
			err = next.do(call)
		}
		if err != nil {
			return fmt.Errorf("demo: %s, %s: %s: %w", day, next.who, next.what, err)
		}
	}
	return to(s.seed.today.AddDays(-1))
}

func (s *script) sweep(day civil.Date) error {
	s.seed.Clock.Set(day, sweepAt)
	return s.seed.sweep()
}
