package api

import (
	"context"
	"net/http"

	"milepost/internal/civil"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// sweepBody asks for a sweep.
type sweepBody struct {
	AsOf   civil.Date `json:"asOf,omitzero" doc:"Default: today; a live sweep takes no other date"`
	DryRun bool       `json:"dryRun,omitempty" doc:"Tell what would be flagged, write nothing"`
}

type sweepInput struct {
	Body *sweepBody
}

type sweptInput struct {
	Sweep string `path:"sweep" doc:"The sweep's id"`
	PageQuery
}

// deploymentQueries registers the reads of what the deployment has once, and
// the sweep.
func (a *API) deploymentQueries() {
	t := a.options.Tracker
	view(a, operation{id: "getCalendars", path: "/calendars", tag: tagDeployment, summary: "The working-day calendar", who: "everybody",
		does: "The published years, and what differs in them from Monday to Friday. A date in another year is provisional."},
		func(ctx context.Context, c tracker.Call, _ *struct{}) (tracker.CalendarsView, int64, error) {
			calendars, err := t.Calendars(ctx, c)
			return calendars, unversioned, err
		})
	list(a, operation{id: "listSweeps", path: "/sweeps", tag: tagDeployment, summary: "List sweeps", who: "administrator",
		does: "The live sweeps, the last first."},
		func(ctx context.Context, c tracker.Call, in *PageQuery) (tracker.Page[schema.Sweep], error) {
			return t.Sweeps(ctx, c, in.page())
		})
	list(a, operation{id: "listSwept", path: "/sweeps/{sweep}/awards", tag: tagDeployment, summary: "List what a sweep wrote", who: "administrator",
		does: "What a live sweep flagged, award by award in the order of writing, as a dry run tells it: the entries of journals that whoever " +
			"ran it has from the time that it took."},
		func(ctx context.Context, c tracker.Call, in *sweptInput) (tracker.Page[tracker.SweptAward], error) {
			v, err := t.Swept(ctx, c, in.Sweep, in.page())
			return v.Wrote, err
		})
	post(a, operation{id: "runSweep", method: http.MethodPost, path: "/sweeps", tag: tagDeployment, summary: "Run a sweep", who: "administrator",
		does: "Writes the rungs that were reached by today's business date, or tells them. Running it twice changes nothing more.",
		slow: true, codes: []string{"409 sweep.future", "409 sweep.notToday"}},
		func(ctx context.Context, c tracker.Call, in *sweepInput) (tracker.SweepReport, error) {
			request := tracker.SweepRequest{By: c}
			if in.Body != nil {
				request.AsOf, request.DryRun = in.Body.AsOf, in.Body.DryRun
			}
			return t.Sweep(ctx, request)
		})
}

// bodyOutput is the answer of what is no command: a report.
type bodyOutput[T any] struct {
	Body T
}

// post registers something that is done and reported, without a receipt.
func post[I, T any](a *API, o operation, do func(context.Context, tracker.Call, *I) (T, error)) {
	operate(a, &o, func(ctx context.Context, in *I) (*bodyOutput[T], error) {
		x := visitOf(ctx)
		body, err := do(ctx, x.call, in)
		if err != nil {
			return nil, a.problem(x, err)
		}
		return &bodyOutput[T]{body}, nil
	})
}
