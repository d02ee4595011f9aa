package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/config"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

const (
	// maxContinuations is how often a sweep goes on in another invocation.
	maxContinuations = 20
	// unitsPerItem is what an item costs that the sweep writes, index entries
	// and checks included: BenchmarkSweepUnits counts 6.3 to 7.5.
	unitsPerItem = 7
)

// EventError says that an event is not what the function takes. Trying again
// does not help; the queue of failed events keeps it.
type EventError struct{ Reason string }

// Error is the reason.
func (e *EventError) Error() string { return "the event cannot be used: " + e.Reason }

// SweepEvent is what the schedule in template.yaml sends, and what a sweep
// sends itself.
type SweepEvent struct {
	ScheduledTime string `json:"scheduledTime"` // RFC 3339
	ScheduleArn   string `json:"scheduleArn,omitempty"`
	Continuation  int    `json:"continuation,omitzero"` // 0 from the schedule
}

// SweepAnswer is what a run did; a line of the log says the same.
type SweepAnswer struct {
	AsOf      string `json:"asOf"`              // business date of the scheduled time
	Skipped   string `json:"skipped,omitempty"` // why nothing was done
	Awards    int    `json:"awards"`
	Flagged   int    `json:"flagged"`
	Baselined int    `json:"baselined"`
	Renewed   int    `json:"renewed"`
	Failed    int    `json:"failed"`
	Remaining int    `json:"remaining"`           // things that are due and were not reached in time
	Continued bool   `json:"continued,omitempty"` // another invocation goes on with them
}

// sweeper is the function that sweeps.
type sweeper struct {
	host    Host
	tracker *tracker.Tracker
	rate    int // items per second
	invoke  func(ctx context.Context, arn string, payload []byte) error
	log     *slog.Logger
}

// Sweep returns the function that the schedule calls.
func (h Host) Sweep() (func(context.Context, json.RawMessage) (SweepAnswer, error), error) {
	c, err := config.LoadJob(h.Getenv)
	if err != nil {
		return nil, err
	}
	db, err := h.table(c.AWS, c.Table)
	if err != nil {
		return nil, err
	}
	authority, err := access.New()
	if err != nil {
		return nil, err
	}
	s := &sweeper{
		host: h, log: h.Logger(c.LogLevel), invoke: newInvoker(c.AWS, h.Now).invoke,
		rate: max(int(c.WriteUnits/2/unitsPerItem), 1), // half of the ceiling is for people
		tracker: tracker.New(tracker.Options{
			Store: store.Counted(db), Authority: authority, Now: h.Now, Entropy: h.Entropy, Outbox: true,
		}),
	}
	return s.handle, nil
}

// handle runs one event. An error is told to Lambda, which tries the event
// again and then keeps it in the queue of failed events; a sweep that is run
// again changes nothing more.
func (s *sweeper) handle(ctx context.Context, payload json.RawMessage) (SweepAnswer, error) {
	event, at, err := sweepEvent(payload)
	if err != nil {
		s.log.ErrorContext(ctx, "sweep refused", "error", err.Error())
		return SweepAnswer{}, err
	}
	answer, err := s.run(ctx, event, at)
	attrs := []any{"scheduled", event.ScheduledTime, "continuation", event.Continuation, "result", answer}
	if err != nil {
		s.log.ErrorContext(ctx, "sweep failed", append(attrs, "error", err.Error())...)
		return answer, err
	}
	s.log.InfoContext(ctx, "swept", attrs...)
	return answer, nil
}

// sweepEvent reads an event.
func sweepEvent(payload json.RawMessage) (SweepEvent, time.Time, error) {
	var e SweepEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return e, time.Time{}, &EventError{"it is no JSON object with scheduledTime: " + err.Error()}
	}
	if e.ScheduledTime == "" {
		return e, time.Time{}, &EventError{"scheduledTime is missing; the schedule's input names <aws.scheduler.scheduled-time>"}
	}
	at, err := time.Parse(time.RFC3339, e.ScheduledTime)
	if err != nil {
		return e, time.Time{}, &EventError{fmt.Sprintf("scheduledTime %.40q is no time such as 2026-05-01T21:30:00Z", e.ScheduledTime)}
	}
	if e.Continuation < 0 || e.Continuation > maxContinuations {
		return e, time.Time{}, &EventError{fmt.Sprintf("continuation %d is not within 0 and %d", e.Continuation, maxContinuations)}
	}
	return e, at, nil
}

// run sweeps for the business date of a time, unless that is past: then the
// sweep of today makes up for it.
func (s *sweeper) run(ctx context.Context, event SweepEvent, at time.Time) (SweepAnswer, error) {
	answer := SweepAnswer{AsOf: civil.BusinessDate(at).String()}
	if today := s.tracker.Today(); civil.BusinessDate(at).Before(today) {
		answer.Skipped = "its day is past: the sweep of " + today.String() + " covers it"
		return answer, nil
	}
	deadline, _ := ctx.Deadline() // zero: none
	began := s.host.Now()
	report, err := s.tracker.Sweep(ctx, tracker.SweepRequest{
		AsOf: civil.BusinessDate(at), By: tracker.Call{System: "sweep"}, Deadline: deadline, RatePerSecond: s.rate,
	})
	answer.add(report)
	if err == nil && report.Remaining > 0 {
		err = s.goOn(ctx, event)
		answer.Continued = err == nil
	}
	for _, f := range report.Failures {
		s.log.ErrorContext(ctx, "award not swept", "award", string(f.Award), "code", f.Code)
	}
	sweeps := count(0)
	if err == nil && !answer.Continued {
		sweeps = count(1)
	}
	s.host.emit("sweep", map[string]measure{
		"Sweeps": sweeps, "Flagged": count(report.Flagged), "Remaining": count(report.Remaining),
		"Failed": count(report.Failed), "Duration": took(s.host.Now().Sub(began)),
	})
	return answer, err
}

func (a *SweepAnswer) add(r tracker.SweepReport) {
	a.Awards, a.Flagged, a.Baselined, a.Renewed, a.Failed, a.Remaining = r.Awards, r.Flagged, r.Baselined, r.Renewed, r.Failed, r.Remaining
}

// goOn hands what remains to another invocation of the same function.
func (s *sweeper) goOn(ctx context.Context, event SweepEvent) error {
	if event.Continuation >= maxContinuations {
		return fmt.Errorf("cloud: the sweep is not done after %d continuations", maxContinuations)
	}
	event.Continuation++
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return errors.New("cloud: not invoked by Lambda, so there is no function to go on with")
	}
	return s.invoke(ctx, lc.InvokedFunctionArn, payload)
}
