package main

import (
	"net/url"

	"github.com/spf13/cobra"

	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// attentionFlags are those that say which part of what is owed is asked for.
func (p *program) attentionFlags(c *cobra.Command) func() (url.Values, error) {
	f := c.Flags()
	overdue := f.Bool("overdue", false, p.flag("overdue"))
	soon := f.Bool("due-soon", false, p.flag("dueSoon"))
	mine := f.Bool("mine", false, p.flag("mine"))
	return func() (url.Values, error) {
		q := url.Values{}
		switch {
		case *overdue && *soon:
			return nil, fault.New(fault.Invalid, "cli.flagsConflict", "flag", "--overdue", "other", "--due-soon")
		case *overdue:
			q.Set("status", string(tracker.StatusOverdue))
		case *soon:
			q.Set("status", string(tracker.StatusDueSoon))
		}
		if *mine {
			q.Set("mine", "true")
		}
		return q, nil
	}
}

func (p *program) attention() *cobra.Command {
	c := p.command("attention [flags]", nil)
	p.clientFlags(c)
	query := p.attentionFlags(c)
	asJSON := c.Flags().Bool("json", false, p.flag("json"))
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		q, err := query()
		if err != nil {
			return err
		}
		api, err := p.connect(c)
		if err != nil {
			return err
		}
		defer closing(&err, api.close)
		rows, err := all[tracker.AttentionRow](c.Context(), api, "/attention", q)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.writeJSON(rows)
		}
		return p.attentionTable(rows)
	}
	return c
}

func (p *program) attentionTable(rows []tracker.AttentionRow) error {
	if len(rows) == 0 {
		p.println("cli.attention.none")
		return nil
	}
	t := &table{}
	t.row(p.text("column.due"), p.text("column.late"), p.text("column.level"), p.text("column.award"), p.text("column.thing"),
		p.text("column.asks"), p.text("column.owner"), p.text("column.risk"))
	for _, r := range rows {
		risk := ""
		if !r.GatedAmount.Unit().IsZero() {
			risk = p.catalogs.Amount(p.lang, r.GatedAmount)
		}
		t.row(r.EffectiveOn, r.DaysLate, p.level(r), r.Number, p.thing(r),
			p.label("obligation", string(r.Kind)), p.owner(r), risk)
	}
	t.write(p.stdout, "")
	p.println("cli.attention.count", "count", len(rows))
	return nil
}

func (p *program) label(group, code string) string { return p.catalogs.Label(p.lang, group, code) }

// owner is who owes it: the person, or everybody of the role.
func (p *program) owner(r tracker.AttentionRow) string {
	role := p.label("role", string(r.Role))
	if r.Person == nil {
		return role
	}
	return p.text("cli.owner", "person", r.Person.Names.In(string(p.lang)), "role", role)
}

// thing is what is owed something on: a tranche by its number, a milestone, or
// the one that an extension is asked for, by its code and title.
func (p *program) thing(r tracker.AttentionRow) string {
	if r.Thing == "tranche" {
		return p.text("console.tranche", "number", r.Code)
	}
	return r.Code + " " + r.Title
}

// level is who has been told, "" for nobody yet.
func (p *program) level(r tracker.AttentionRow) string {
	if r.Level == "" {
		return ""
	}
	return p.label("level", string(r.Level))
}
