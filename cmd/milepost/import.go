package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"milepost/internal/api"
	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// importFlags are what an import is told on the command line.
type importFlags struct {
	programme, payee, funder, total, until, apply, template string
	assets, acceptFormulas                                  []string
	prepare, json                                           bool
}

func (p *program) importFiles() *cobra.Command {
	c := p.command("import [FILE…] [flags]", nil)
	c.Args = cobra.ArbitraryArgs
	p.clientFlags(c)
	var in importFlags
	f := c.Flags()
	f.StringVar(&in.programme, "programme", "", p.flag("programme"))
	f.StringVar(&in.payee, "payee", "", p.flag("payee"))
	f.StringVar(&in.funder, "funder", "", p.flag("funder"))
	f.StringArrayVar(&in.assets, "asset", nil, p.flag("asset"))
	f.StringVar(&in.total, "total", "", p.flag("total"))
	f.StringVar(&in.until, "until", "", p.flag("until"))
	f.StringArrayVar(&in.acceptFormulas, "accept-formulas", nil, p.flag("acceptFormulas"))
	f.StringVar(&in.template, "template-of", "", p.flag("importTemplate"))
	f.BoolVar(&in.prepare, "prepare", false, p.flag("prepare"))
	f.StringVar(&in.apply, "apply", "", p.flag("apply"))
	f.BoolVar(&in.json, "json", false, p.flag("json"))
	c.RunE = func(c *cobra.Command, files []string) (err error) {
		switch {
		case in.template != "":
			return p.printTemplate(in.template)
		case in.apply == "" && len(files) == 0, in.apply != "" && len(files) > 0:
			return fault.New(fault.Invalid, "cli.arguments", "usage", c.UseLine())
		case in.apply != "" && in.prepare:
			return fault.New(fault.Invalid, "cli.flagsConflict", "flag", "--prepare", "other", "--apply")
		}
		server, err := p.connect(c)
		if err != nil {
			return err
		}
		defer closing(&err, server.close)
		if in.apply != "" {
			return p.applyImport(c.Context(), server, in)
		}
		return p.planImport(c.Context(), server, in, files)
	}
	return c
}

// printTemplate prints the header of a table to fill in, in the user's
// language.
func (p *program) printTemplate(table string) error {
	var known []string
	for _, t := range exchange.Templates() {
		if t.Table == table {
			return exchange.WriteCSV(p.stdout, t.Header(func(means string) string { return p.catalogs.Label(p.lang, "importColumn", means) }), nil)
		}
		known = append(known, t.Table)
	}
	return fault.New(fault.Invalid, "import.noTemplate", "allowed", known)
}

// planImport prints what importing the files would do, and with --prepare has
// it stored.
func (p *program) planImport(ctx context.Context, server *client, in importFlags, files []string) error {
	form, contentType, err := importForm(in, files)
	if err != nil {
		return err
	}
	var plan api.ImportPlan
	if err := server.do(ctx, http.MethodPost, "/imports/plan", nil, contentType, nil, form(), &plan); err != nil {
		return err
	}
	if in.json && !in.prepare {
		err = p.writeJSON(plan)
	} else if !in.json {
		err = p.printPlan(plan)
	}
	if err != nil {
		return err
	}
	if in.prepare {
		var receipt tracker.Receipt
		header := http.Header{"Idempotency-Key": {rand.Text()}}
		if err := server.do(ctx, http.MethodPost, "/imports", nil, contentType, header, form(), &receipt); err != nil {
			return err
		}
		if err := p.printPrepared(ctx, server, receipt.Aggregate, in.json); err != nil {
			return err
		}
	}
	if plan.Counts.Refuse > 0 || hasError(plan) {
		return problemsFoundError{}
	}
	return nil
}

func hasError(plan api.ImportPlan) bool {
	for _, problem := range plan.Problems {
		if problem.Severity == "error" {
			return true
		}
	}
	return false
}

func (p *program) printPrepared(ctx context.Context, server *client, id string, asJSON bool) error {
	view, err := importNow(ctx, server, id)
	if err != nil {
		return err
	}
	if asJSON {
		return p.writeJSON(view)
	}
	p.println("cli.import.prepared", "id", id, "count", view.Rows)
	next := "cli.import.self"
	if view.History {
		next = "cli.import.another"
	}
	p.println(next)
	fmt.Fprintf(p.stdout, "  milepost import --apply %s\n", id)
	return nil
}

func importNow(ctx context.Context, server *client, id string) (tracker.ImportView, error) {
	var view tracker.ImportView
	err := server.get(ctx, "/imports/"+id, nil, &view)
	return view, err
}

// applyImport asks for an import to be applied until it is, and prints what
// became of each row.
func (p *program) applyImport(ctx context.Context, server *client, in importFlags) error {
	view, err := importNow(ctx, server, in.apply)
	if err != nil {
		return err
	}
	for view.State != schema.ImportApplied {
		header := http.Header{"Idempotency-Key": {rand.Text()}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(view.Version))}}
		if err := server.do(ctx, http.MethodPost, "/imports/"+in.apply+"/apply", nil, "", header, nil, nil); err != nil {
			return err
		}
		if view, err = importNow(ctx, server, in.apply); err != nil {
			return err
		}
		if !in.json {
			p.println("cli.import.progress", "done", rowsDone(view), "rows", view.Rows)
		}
	}
	rows, err := all[api.ImportRow](ctx, server, "/imports/"+in.apply+"/rows", nil)
	if err != nil {
		return err
	}
	if in.json {
		err = p.writeJSON(struct {
			Import tracker.ImportView `json:"import"`
			Rows   []api.ImportRow    `json:"rows"`
		}{view, rows})
	} else {
		err = p.printRows(view, rows)
	}
	if err == nil && view.Done[schema.ImportRefuse] > 0 {
		return problemsFoundError{}
	}
	return err
}

func rowsDone(view tracker.ImportView) int {
	n := 0
	for _, count := range view.Done {
		n += count
	}
	return n
}
