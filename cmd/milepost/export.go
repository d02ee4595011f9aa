package main

import (
	"context"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// sheet is a list as a table.
type sheet struct {
	columns []string // ids of their headers, after "column."
	rows    [][]string
}

// exports are the lists that can be exported.
func (p *program) exports() map[string]func(context.Context, *client, url.Values) (sheet, error) {
	return map[string]func(context.Context, *client, url.Values) (sheet, error){
		"awards": p.awardSheet, "milestones": p.milestoneSheet, "tranches": p.trancheSheet, "payments": p.paymentSheet,
		"attention": p.attentionSheet,
	}
}

func (p *program) export() *cobra.Command {
	c := p.command("export awards|milestones|tranches|payments|attention [flags]", nil)
	p.clientFlags(c)
	query := p.attentionFlags(c)
	c.Args = exactly(1)
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		read, ok := p.exports()[args[0]]
		if !ok {
			return fault.New(fault.Invalid, "cli.arguments", "usage", c.UseLine())
		}
		q, err := query()
		if err != nil {
			return err
		}
		if args[0] != "attention" {
			if len(q) > 0 {
				return fault.New(fault.Invalid, "cli.attentionOnly")
			}
			q.Set("half", tracker.AllHalves)
		}
		api, err := p.connect(c)
		if err != nil {
			return err
		}
		defer closing(&err, api.close)
		s, err := read(c.Context(), api, q)
		if err != nil {
			return err
		}
		header := make([]string, len(s.columns))
		for i, id := range s.columns {
			header[i] = p.text("column." + id)
		}
		return exchange.WriteCSV(p.stdout, header, s.rows)
	}
	return c
}

func (p *program) awardSheet(ctx context.Context, api *client, q url.Values) (sheet, error) {
	s := sheet{columns: []string{"award", "title", "state", "platform", "start", "end", "amount", "paid", "currency", "id"}}
	rows, err := all[tracker.AwardRow](ctx, api, "/awards", q)
	for _, r := range rows {
		paid := ""
		if r.Totals != nil {
			paid = r.Totals.Paid.Decimal()
		}
		s.rows = append(s.rows, []string{r.Number, p.names(&r.Title), p.label("awardState", string(r.State)), p.named(r.Platform),
			r.StartOn.String(), r.EndOn.String(), r.Amount.Decimal(), paid, r.Amount.Unit().Code(), string(r.ID)})
	}
	return s, err
}

func (p *program) milestoneSheet(ctx context.Context, api *client, q url.Values) (sheet, error) {
	s := sheet{columns: []string{"award", "code", "title", "state", "due", "baseline", "met", "risk", "currency", "platform", "id"}}
	rows, err := all[tracker.ThingRow[tracker.MilestoneView]](ctx, api, "/milestones", q)
	for _, r := range rows {
		m := r.Thing
		s.rows = append(s.rows, []string{r.Number, m.Code, m.Title, p.label("milestoneState", string(m.State)), m.DueOn.String(),
			m.BaselineOn.String(), m.MetOn.String(), m.GatedAmount.Decimal(), m.GatedAmount.Unit().Code(), p.named(r.Platform), string(m.ID)})
	}
	return s, err
}

func (p *program) trancheSheet(ctx context.Context, api *client, q url.Values) (sheet, error) {
	s := sheet{columns: []string{"award", "tranche", "state", "planned", "amount", "approved", "paid", "currency", "platform", "id"}}
	rows, err := all[tracker.ThingRow[tracker.TrancheView]](ctx, api, "/tranches", q)
	for _, r := range rows {
		t := r.Thing
		s.rows = append(s.rows, []string{r.Number, strconv.Itoa(t.Number), p.label("trancheState", string(t.State)), t.PlannedOn.String(),
			t.Amount.Decimal(), t.Approved.Decimal(), t.Paid.Decimal(), t.Amount.Unit().Code(), p.named(r.Platform), string(t.ID)})
	}
	return s, err
}

func (p *program) paymentSheet(ctx context.Context, api *client, q url.Values) (sheet, error) {
	s := sheet{columns: []string{"award", "reference", "state", "amount", "refunded", "currency", "instructed", "paidOn", "bankReference", "id"}}
	rows, err := all[tracker.ThingRow[tracker.PaymentView]](ctx, api, "/payments", q)
	for _, r := range rows {
		t := r.Thing
		s.rows = append(s.rows, []string{r.Number, t.Reference, p.label("paymentState", string(t.State)), t.Amount.Decimal(),
			t.Refunded.Decimal(), t.Amount.Unit().Code(), t.InstructedOn.String(), t.PaidOn.String(), t.BankReference, string(t.ID)})
	}
	return s, err
}

func (p *program) attentionSheet(ctx context.Context, api *client, q url.Values) (sheet, error) {
	s := sheet{columns: []string{"due", "late", "level", "award", "title", "code", "thing", "asks", "owner", "platform", "risk", "currency"}}
	rows, err := all[tracker.AttentionRow](ctx, api, "/attention", q)
	for _, r := range rows {
		s.rows = append(s.rows, []string{r.EffectiveOn.String(), strconv.Itoa(r.DaysLate), p.level(r), r.Number,
			p.names(&r.AwardTitle), r.Code, r.Title, p.label("obligation", string(r.Kind)), p.owner(r), p.named(r.Platform),
			exact(r.GatedAmount), r.GatedAmount.Unit().Code()})
	}
	return s, err
}

// exact is an amount in its major unit, empty for none.
func exact(a money.Amount) string {
	if a.Unit().IsZero() {
		return ""
	}
	return a.Decimal()
}

func (p *program) named(n *tracker.Named) string {
	if n == nil {
		return ""
	}
	return p.names(&n.Names)
}

func (p *program) names(n *portfolio.Names) string { return n.In(string(p.lang)) }
