package boot

import (
	"context"
	"log/slog"
	"time"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// sweeper runs the sweep for today, unless the time it was scheduled for lies
// on another day: a live sweep takes no other date, and the next one makes up
// for it. It passes over a day that was swept before.
func sweeper(app *App, log *slog.Logger) func(context.Context, time.Time) error {
	return func(ctx context.Context, scheduled time.Time) error {
		today := app.Tracker.Today()
		if civil.BusinessDate(scheduled) != today {
			return nil
		}
		if done, err := swept(ctx, app.Store, scheduled); done || err != nil {
			return err
		}
		report, err := app.Tracker.Sweep(ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}})
		if err != nil {
			return err
		}
		for _, f := range report.Failures {
			log.ErrorContext(ctx, "award not swept", "award", string(f.Award), "code", f.Code)
		}
		log.InfoContext(ctx, "swept", "asOf", today.String(), "awards", report.Awards, "flagged", report.Flagged,
			"failed", report.Failed, "remaining", report.Remaining, "ms", report.Millis)
		if report.Remaining > 0 { // another run does the rest
			return fault.New(fault.Busy, "store.contended")
		}
		return nil
	}
}

// swept reports whether a sweep that left nothing was recorded since a time.
func swept(ctx context.Context, s store.Reader, since time.Time) (bool, error) {
	page, err := s.Query(ctx, store.Query{Partition: schema.Deployment, Range: schema.SweepRange(), Descending: true, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return false, err
	}
	last, err := schema.Decode[schema.Sweep](page.Items[0], schema.TypeSweep)
	if err != nil {
		return false, err
	}
	at, err := time.Parse(time.RFC3339, last.At)
	return err == nil && !at.Before(since) && last.Remaining == 0, err
}
