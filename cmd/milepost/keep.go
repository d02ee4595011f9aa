package main

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

func (p *program) verify() *cobra.Command {
	c := p.command("verify --data DIR [flags]", nil)
	data := c.Flags().String("data", "", p.flag("data"))
	asJSON := c.Flags().Bool("json", false, p.flag("json"))
	anchor := c.Flags().String("anchor", "", p.flag("anchor"))
	only := c.Flags().String("only", "", p.flag("only"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		dir, err := p.required("data", *data, "MILEPOST_DATA")
		if err != nil {
			return err
		}
		report, err := boot.Verify(c.Context(), dir, *only, p.progress("cli.verify.progress"))
		if err != nil {
			return err
		}
		if *anchor == "" || report.Wrong != nil {
			return p.verified(report, nil, *asJSON)
		}
		anchors, err := verifyAnchors(c.Context(), dir, *anchor)
		if err != nil {
			return err
		}
		report.Wrong = anchors.Wrong
		return p.verified(report, &anchors, *asJSON)
	}
	return c
}

// verified tells what was verified, and the first thing that does not hold.
// Anchors are nil where none were given.
func (p *program) verified(r tracker.VerifyReport, anchors *tracker.AnchorReport, asJSON bool) error {
	if asJSON {
		if err := p.writeVerified(r, anchors); err != nil {
			return err
		}
	} else {
		p.println("cli.verify.done", "aggregates", r.Aggregates, "awards", r.Awards, "entries", r.Entries, "things", r.Things,
			"ledger", r.Ledger, "unique", r.Unique, "evidence", r.Evidence, "opening", r.Opening)
		if anchors != nil {
			p.println("cli.verify.anchors", "days", anchors.Days, "entries", anchors.Entries)
		}
	}
	if r.Wrong == nil {
		return nil
	}
	p.tell(p.catalogs.Text(p.lang, "fault."+r.Wrong.Code, r.Wrong.Args), r.Wrong.Code, "")
	for _, name := range []string{"aggregate", "thing", "expected", "found"} {
		if v, ok := r.Wrong.Args[name]; ok {
			fmt.Fprintf(p.stderr, "  %s: %v\n", name, v)
		}
	}
	return problemsFoundError{}
}

func (p *program) writeVerified(r tracker.VerifyReport, anchors *tracker.AnchorReport) error {
	out := struct {
		tracker.VerifyReport
		Anchors *tracker.AnchorReport `json:"anchors,omitempty"`
		Holds   bool                  `json:"holds"`
		Code    string                `json:"code,omitempty"`
		Args    fault.Args            `json:"args,omitempty"`
	}{VerifyReport: r, Anchors: anchors, Holds: r.Wrong == nil}
	if r.Wrong != nil {
		out.Code, out.Args = r.Wrong.Code, r.Wrong.Args
	}
	return p.writeJSON(out)
}

// writeJSON writes a value for programs to read.
func (p *program) writeJSON(v any) error {
	if err := json.MarshalWrite(p.stdout, v, json.Deterministic(true)); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	return nil
}

// reindex makes anew by what search finds things.
func (p *program) reindex() *cobra.Command {
	c := p.command("reindex PLACE [flags]", nil)
	endpoint := c.Flags().String("endpoint", "", p.flag("endpoint"))
	c.Args = exactly(1)
	c.RunE = func(c *cobra.Command, args []string) error {
		count, err := boot.Reindex(c.Context(), args[0], p.endpoint(*endpoint), p.progress("cli.reindex.progress"))
		if err != nil {
			return err
		}
		p.println("cli.reindex.done", "count", count)
		return nil
	}
	return c
}

func (p *program) backup() *cobra.Command {
	c := p.command("backup --data DIR TO", nil)
	data := c.Flags().String("data", "", p.flag("data"))
	c.Args = exactly(1)
	c.RunE = func(c *cobra.Command, args []string) error {
		dir, err := p.required("data", *data, "MILEPOST_DATA")
		if err != nil {
			return err
		}
		files, err := boot.Backup(c.Context(), dir, args[0])
		if err != nil {
			return err
		}
		p.println("cli.backup.done", "folder", args[0], "count", files)
		return nil
	}
	return c
}

func (p *program) openapi() *cobra.Command {
	return p.command("openapi", func(c *cobra.Command, _ []string) error {
		document, err := boot.OpenAPI(c.Context(), p.catalogs)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(document)
		return err
	})
}
