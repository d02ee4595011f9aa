package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"milepost/internal/api"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

func fileFault(err error, name string) error {
	code := "cli.fileUnreadable"
	if os.IsNotExist(err) {
		code = "cli.fileMissing"
	}
	return &fault.Error{Kind: fault.Invalid, Code: code, Args: fault.Args{"file": name}, Cause: err}
}

// printPlan prints how the files were read, what would be done about each
// award, and every problem.
func (p *program) printPlan(plan api.ImportPlan) error {
	for _, f := range plan.Files {
		var tables []string
		for _, t := range f.Tables {
			tables = append(tables, p.text("cli.import.table", "sheet", cmp.Or(t.Sheet, f.Name), "kind", p.label("importTable", t.Kind), "rows", t.Rows))
		}
		fmt.Fprintf(p.stdout, "%s  %s  %s\n", f.Name, f.Encoding, strings.Join(tables, p.text("list.separator")))
	}
	fmt.Fprintln(p.stdout)
	w := p.importTable("award", "action", "place", "what")
	for _, a := range plan.Awards {
		if a.Action == schema.ImportRefuse {
			continue // its problems follow
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Ref, p.label("importAction", string(a.Action)), place(a.File, a.Sheet, a.Row), a.What)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(plan.Problems) > 0 {
		fmt.Fprintln(p.stdout)
		w = p.importTable("severity", "award", "place", "header", "problem")
		for _, x := range plan.Problems {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s (%s)\n", p.label("severity", x.Severity), x.Award, place(x.File, x.Sheet, x.Row), x.Column, x.Detail, x.Code)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	c := plan.Counts
	fmt.Fprintln(p.stdout)
	p.println("cli.import.counts", "create", c.Create, "change", c.Change, "leave", c.Leave, "refuse", c.Refuse, "leftOut", c.LeftOut, "milestones", c.Milestones)
	p.println("cli.import.events", "delivered", c.Delivered, "accepted", c.Accepted, "rejected", c.Rejected, "others", c.Other)
	return nil
}

// printRows prints what became of each row.
func (p *program) printRows(view tracker.ImportView, rows []api.ImportRow) error {
	w := p.importTable("award", "action", "place", "what")
	for _, r := range rows {
		action, what := "", r.Detail
		if r.Result != nil {
			action = p.label("importAction", string(r.Result.Action))
			if r.Result.Code == "" {
				what = string(r.Result.Award)
			} else {
				what += " (" + r.Result.Code + ")"
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Number, action, place(r.File, "", r.SourceRow), what)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	p.println("cli.import.applied", "id", string(view.ID), "create", view.Done["create"], "change", view.Done["change"],
		"leave", view.Done["leave"], "refuse", view.Done["refuse"])
	return nil
}

// importTable begins a table with its headers.
func (p *program) importTable(columns ...string) *tabwriter.Writer {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for i, id := range columns {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, p.text("cli.import.column."+id))
	}
	fmt.Fprintln(w)
	return w
}

// place names where something stands in the files.
func place(file, sheet string, row int) string {
	at := file
	if sheet != "" {
		at += " [" + sheet + "]"
	}
	if row > 0 {
		at += fmt.Sprintf(":%d", row)
	}
	return at
}
