package boot

import (
	"context"
	"log/slog"
	"time"

	"milepost/internal/civil"
)

// The time of day in Shanghai at which the sweep is due.
const (
	sweepHour   = 5
	sweepMinute = 30
)

// wakeAfter is the longest wait without a look at the clock, which may have
// been moved, or stopped with the machine.
const wakeAfter = 10 * time.Minute

// retryAfter is the wait after a run that failed.
const retryAfter = 5 * time.Minute

// Daily runs something every day at the time of the sweep. At the start it
// makes up for the last run, which does no harm where that has taken place.
type Daily struct {
	Now func() time.Time
	// Wait waits, or returns the error of a context that has ended.
	Wait   func(ctx context.Context, d time.Duration) error
	Run    func(ctx context.Context, scheduled time.Time) error
	Logger *slog.Logger
}

// Keep runs until ctx ends.
func (d Daily) Keep(ctx context.Context) {
	var done time.Time
	for ctx.Err() == nil {
		now := d.Now()
		wait := min(lastDue(now).AddDate(0, 0, 1).Sub(now), wakeAfter)
		if due := lastDue(now); due.After(done) {
			if err := d.Run(ctx, due); err != nil {
				d.Logger.ErrorContext(ctx, "sweep failed", "scheduled", due.UTC().Format(time.RFC3339), "error", err.Error())
				wait = retryAfter
			} else {
				done = due
			}
		}
		if d.Wait(ctx, wait) != nil {
			return
		}
	}
}

// lastDue is the last time at or before now at which the sweep was due.
func lastDue(now time.Time) time.Time {
	y, m, day := now.In(civil.Shanghai).Date()
	due := time.Date(y, m, day, sweepHour, sweepMinute, 0, 0, civil.Shanghai)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

// wait waits in real time.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
