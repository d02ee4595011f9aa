package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/fault"
)

// progressEvery is how often a long command tells how far it is.
const progressEvery = 2 * time.Second

// copy copies a portfolio between a data folder and DynamoDB.
func (p *program) copyItems() *cobra.Command {
	c := p.command("copy --from PLACE --to PLACE [flags]", nil)
	f := c.Flags()
	from := f.String("from", "", p.flag("from"))
	to := f.String("to", "", p.flag("to"))
	endpoint := f.String("endpoint", "", p.flag("endpoint"))
	asJSON := f.Bool("json", false, p.flag("json"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		source, err := p.required("from", *from, "")
		if err != nil {
			return err
		}
		target, err := p.required("to", *to, "")
		if err != nil {
			return err
		}
		report, err := boot.Copy(c.Context(), boot.CopyOptions{From: source, To: target, Endpoint: p.endpoint(*endpoint), Progress: p.progress("cli.copy.progress")})
		if err != nil {
			return err
		}
		return p.copied(report, *asJSON)
	}
	return c
}

// copied tells what was copied, and whether both are equal.
func (p *program) copied(r boot.CopyReport, asJSON bool) error {
	if asJSON {
		if err := p.writeJSON(r); err != nil {
			return err
		}
	} else {
		p.println("cli.copy.done", "items", r.Items, "written", r.Written)
	}
	if r.Same() {
		return nil
	}
	fmt.Fprintln(p.stderr, p.text("cli.copy.differs", "extra", r.Extra, "differ", r.Differ))
	return problemsFoundError{}
}

// progress tells now and then, by a text, how many are done.
func (p *program) progress(id string) func(done int) {
	told := boot.Every(progressEvery)
	return func(done int) {
		if told() {
			fmt.Fprintln(p.stderr, p.text(id, "done", done))
		}
	}
}

// endpoint is that of an emulator: the flag's or the variable's; "" is AWS.
func (p *program) endpoint(flag string) string {
	if flag == "" {
		return p.getenv("AWS_ENDPOINT_URL_DYNAMODB")
	}
	return flag
}

// makeTable makes the table of a template, for an emulator or a trial.
func (p *program) makeTable() *cobra.Command {
	c := p.command("table --template FILE [flags]", nil)
	f := c.Flags()
	template := f.String("template", "template.yaml", p.flag("template"))
	name := f.String("table", "milepost", p.flag("table"))
	endpoint := f.String("endpoint", "", p.flag("endpoint"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		text, err := os.ReadFile(*template)
		if err != nil {
			return &fault.Error{Kind: fault.NotFound, Code: "cli.fileUnreadable", Args: fault.Args{"file": *template}, Cause: err}
		}
		made, err := boot.MakeTable(c.Context(), text, *name, p.endpoint(*endpoint))
		if err != nil {
			return err
		}
		if made {
			p.println("cli.table.done", "table", *name)
		} else {
			p.println("cli.table.there", "table", *name)
		}
		return nil
	}
	return c
}
