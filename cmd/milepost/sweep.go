package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// sweepOrder is what the API is asked for.
type sweepOrder struct {
	AsOf   string `json:"asOf,omitempty"`
	DryRun bool   `json:"dryRun,omitempty"`
}

func (p *program) sweep() *cobra.Command {
	c := p.command("sweep [flags]", nil)
	p.clientFlags(c)
	f := c.Flags()
	asOf := f.String("as-of", "", p.flag("asOf"))
	dry := f.Bool("dry-run", false, p.flag("dryRun"))
	asJSON := f.Bool("json", false, p.flag("json"))
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		if *asOf != "" {
			if _, err := civil.Parse(*asOf); err != nil {
				return fault.New(fault.Invalid, "cli.flagValue", "flag", "--as-of", "got", *asOf)
			}
		}
		api, err := p.connect(c)
		if err != nil {
			return err
		}
		defer closing(&err, api.close)
		report, err := api.sweep(c.Context(), sweepOrder{AsOf: *asOf, DryRun: *dry})
		if err != nil {
			return err
		}
		if *asJSON {
			return p.writeJSON(report)
		}
		return p.swept(report)
	}
	return c
}

func (c *client) sweep(ctx context.Context, order sweepOrder) (tracker.SweepReport, error) {
	var report tracker.SweepReport
	body, err := json.Marshal(order)
	if err != nil {
		return report, err
	}
	return report, c.do(ctx, http.MethodPost, "/sweeps", nil, "application/json", nil, bytes.NewReader(body), &report)
}

// swept tells what a sweep did, or would do.
func (p *program) swept(r tracker.SweepReport) error {
	id := "cli.sweep.done"
	if r.DryRun {
		id = "cli.sweep.dry"
	}
	p.println(id, "asOf", r.AsOf.String(), "flagged", r.Flagged, "baselined", r.Baselined, "awards", r.Awards, "due", r.Due)
	t := &table{}
	for _, f := range r.Flags {
		t.row(f.Number, p.label("obligation", string(f.Reached.Of)), p.label("level", string(f.Reached.Level)), f.Reached.ReachedOn, f.Reached.DaysLate)
	}
	t.write(p.stdout, "  ")
	for _, f := range r.Failures {
		fmt.Fprintf(p.stderr, "  %s: %s\n", f.Award, f.Code)
	}
	if len(r.Failures) > 0 {
		return problemsFoundError{}
	}
	return nil
}
