package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/schema"
)

// openAward makes an award with history: active or closed, with opening
// payments and ledger entries. What it still owes opens today, the day on
// which it is recorded. Items: root, number, name and words, one per milestone, tranche,
// party and payment, two ledger entries per payment, head, journal.
func (t *Tracker) openAward(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (Receipt, error) {
	return t.commit(ctx, c, "openAward", func(w *work) error {
		id, err := w.create(ident.PrefixAward)
		if err != nil {
			return err
		}
		if err := w.require(access.ApplyImport, importResource(i)); err != nil {
			return err
		}
		aw, err := w.awardIn(award.Award{ID: ident.Award(id), Document: r.Document})
		if err != nil {
			return err
		}
		if err := aw.references(); err != nil {
			return err
		}
		opened, err := award.Open(r.Document, *r.History, award.Opener{
			Award: ident.Award(id), Drafter: i.PreparedBy, Actor: aw.actor, GoLiveOn: aw.programme.GoLiveOn, On: aw.on,
			Source: r.Source, Origin: award.Imported, Mint: aw.id,
		})
		if err != nil {
			return err
		}
		if err := aw.claimNumber(opened.Award); err != nil {
			return err
		}
		if err := aw.rename(nil, opened.Award); err != nil {
			return err
		}
		return aw.putOpened(opened, r)
	})
}

func (aw *awardWork) putOpened(o award.Opened, r schema.ImportRow) error {
	if err := aw.putOpeningMoney(&o); err != nil {
		return err
	}
	for n := range o.Milestones {
		m := &o.Milestones[n]
		if m.State != award.Cancelled && !m.Holds() {
			m.OpenedOn = aw.on
		}
		if first := r.Baseline[m.Code]; first != "" {
			date, err := civil.Parse(first)
			if err != nil {
				return err
			}
			m.BaselineOn = date
		}
	}
	for n := range o.Tranches {
		if t := &o.Tranches[n]; t.State == award.Scheduled && !t.Locked {
			t.OpenedOn = aw.on
		}
	}
	return aw.putActivation(award.Activation{Award: o.Award, Milestones: o.Milestones, Tranches: o.Tranches, Totals: o.Totals}, "award.opened")
}

// putOpeningMoney writes opening payments with their ledger entries; the
// totals come with the award.
func (aw *awardWork) putOpeningMoney(o *award.Opened) error {
	byID := map[ident.Tranche]*award.Tranche{}
	for n := range o.Tranches {
		byID[o.Tranches[n].ID] = &o.Tranches[n]
	}
	for _, p := range o.Payments {
		for _, l := range p.Lines {
			if err := aw.post(ledger.OpenApproval(aw.stamp(), l.Tranche, l.Amount)); err != nil {
				return err
			}
			byID[l.Tranche].Posted = aw.head.Ledger
		}
		if err := aw.post(ledger.OpenPayment(aw.stamp(), p.ID, ledgerLines(p))); err != nil {
			return err
		}
		p.Posted = aw.head.Ledger
		if err := aw.put(string(p.ID), schema.PaymentRecord(p, aw.setting), "payment.opened", nil); err != nil {
			return err
		}
	}
	return nil
}
