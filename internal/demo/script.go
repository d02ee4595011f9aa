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

// The days between two sweeps long ago, and the last days, which have each one.
const rare, often = 45, 7

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

// play gives the commands, day by day. The sweep runs in the morning: in the
// last days of the story each time, before that at times, as in a summary: the
// flags are the same, since each bears the day on which it was reached.
func (s *script) play() error {
	slices.SortStableFunc(s.steps, func(a, b step) int { return a.on.Compare(b.on) })
	var day, swept civil.Date
	var clock time.Duration
	for _, next := range s.steps {
		if next.on != day {
			day, clock = next.on, 9*hour
			if day.Sub(swept) >= rare || s.seed.today.Sub(day) <= often {
				if err := s.sweep(day); err != nil {
					return err
				}
				swept = day
			}
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
	return nil
}

func (s *script) sweep(day civil.Date) error {
	s.seed.Clock.Set(day, sweepAt)
	return s.seed.sweep()
}
