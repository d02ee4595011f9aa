package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// PaymentRef names a payment of an award.
type PaymentRef struct {
	Award   ident.Award
	Payment ident.Payment
}

func (r PaymentRef) key() store.Key { return schema.PaymentKey(r.Award, r.Payment) }

// InstructPayment orders a payment of tranches of one award; their gates are
// checked again. If-Match is the award's. Items: payment, m tranches, head,
// journal, key; checks: the gates.
func (t *Tracker) InstructPayment(ctx context.Context, c Call, id ident.Award, in award.Instruction) (Receipt, error) {
	keys := make([]store.Key, 0, len(in.Lines))
	for i, l := range in.Lines {
		if i == award.MaxPaymentLines || !ident.Valid(ident.PrefixTranche, string(l.Tranche)) {
			break
		}
		keys = append(keys, schema.TrancheKey(id, l.Tranche))
	}
	return t.onAward(ctx, c, "instructPayment", id, access.InstructPayment, access.KindAward, string(id), keys, func(aw *awardWork) error {
		if err := aw.matchHead(); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		if err := aw.releases(); err != nil {
			return err
		}
		was, err := aw.named(keys)
		if err != nil {
			return err
		}
		gates, err := aw.gates(was)
		if err != nil {
			return err
		}
		payment, err := aw.id(ident.PrefixPayment)
		if err != nil {
			return err
		}
		in.ID = ident.Payment(payment)
		p, tranches, err := award.Instruct(aw.actor, aw.award.Document.Payee, in, was, gates, aw.on)
		if err != nil {
			return err
		}
		p.Award = id
		return aw.putPayment(p, was, tranches, "payment.instructed", "tranche.instructed")
	})
}

// named returns those of the tranches that are there; what is missing is for
// the domain to say.
func (aw *awardWork) named(keys []store.Key) ([]award.Tranche, error) {
	out := make([]award.Tranche, 0, len(keys))
	seen := map[store.Key]bool{}
	for _, key := range keys {
		t, ok, err := find[award.Tranche](aw.work, key, schema.TypeTranche)
		if err != nil {
			return nil, err
		}
		if ok && !seen[key] {
			out = append(out, t)
		}
		seen[key] = true
	}
	return out, nil
}

// putPayment writes a payment with its tranches and what they make of the
// award's totals. was and is hold the tranches before and after.
func (aw *awardWork) putPayment(p award.Payment, was, is []award.Tranche, event, trancheEvent string) error {
	key := schema.PaymentKey(p.Award, p.ID)
	before, existed, err := find[award.Payment](aw.work, key, schema.TypePayment)
	if err != nil {
		return err
	}
	if err := aw.counted(existed && schema.PaymentOpen(before), schema.PaymentOpen(p)); err != nil {
		return err
	}
	if err := aw.put(string(p.ID), schema.PaymentRecord(p, aw.setting), event, nil); err != nil {
		return err
	}
	for _, t := range is {
		for _, b := range was {
			if b.ID == t.ID {
				if err := aw.moved(b, t); err != nil {
					return err
				}
			}
		}
		if err := aw.putTranche(t, trancheEvent); err != nil {
			return err
		}
	}
	return nil
}

// onPayment runs a command on a payment, with its tranches.
func (t *Tracker) onPayment(ctx context.Context, c Call, command string, ref PaymentRef, a access.Action, decide func(*awardWork, award.Payment, []award.Tranche) error) (Receipt, error) {
	return t.onAward(ctx, c, command, ref.Award, a, access.KindPayment, string(ref.Payment), []store.Key{ref.key()}, func(aw *awardWork) error {
		p, err := must[award.Payment](aw.work, ref.key(), schema.TypePayment)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		ids := make([]ident.Tranche, len(p.Lines))
		for i, l := range p.Lines {
			ids[i] = l.Tranche
		}
		tranches, err := aw.tranches(ids)
		if err != nil {
			return err
		}
		return decide(aw, p, tranches)
	})
}

// PaidEntry is what the bank says of a payment.
type PaidEntry struct {
	BankReference string     `json:"bankReference"`
	PaidOn        civil.Date `json:"paidOn"`
}

// MarkPaymentPaid records that the bank paid. Items: payment, m tranches,
// ledger, bank reference, head, journal, key.
func (t *Tracker) MarkPaymentPaid(ctx context.Context, c Call, ref PaymentRef, in PaidEntry) (Receipt, error) {
	return t.onPayment(ctx, c, "markPaymentPaid", ref, access.RecordPayment, func(aw *awardWork, p award.Payment, was []award.Tranche) error {
		next, tranches, err := p.MarkPaid(aw.actor, in.BankReference, in.PaidOn, was, aw.on)
		if err != nil {
			return err
		}
		if err := aw.claim(bankReference(next, aw.setting.Programme), "/bankReference", "payment.bankReferenceTaken"); err != nil {
			return err
		}
		if err := aw.post(ledger.Pay(aw.stamp(), p.ID, ledgerLines(p))); err != nil {
			return err
		}
		next.Posted = aw.head.Ledger
		return aw.putPayment(next, was, tranches, "payment.paid", "tranche.paid")
	})
}

func ledgerLines(p award.Payment) []ledger.Line {
	lines := make([]ledger.Line, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = ledger.Line{Tranche: l.Tranche, Amount: l.Amount}
	}
	return lines
}

// bankReference is unique for a payer's account: one reference pays once.
func bankReference(p award.Payment, in ident.Programme) schema.Unique {
	return schema.Unique{Kind: kindBankReference, Scope: p.PayerAccount, Value: p.BankReference, Thing: string(p.ID), Award: p.Award, Programme: in}
}

// MarkPaymentReturned records that the bank sent the money back. Items:
// payment, m tranches, head, journal, key.
func (t *Tracker) MarkPaymentReturned(ctx context.Context, c Call, ref PaymentRef, in Reason) (Receipt, error) {
	return t.onPayment(ctx, c, "markPaymentReturned", ref, access.RecordPayment, func(aw *awardWork, p award.Payment, was []award.Tranche) error {
		next, tranches, err := p.MarkReturned(aw.actor, in.Reason, was, aw.on)
		if err != nil {
			return err
		}
		return aw.putPayment(next, was, tranches, "payment.returned", "tranche.paymentReturned")
	})
}

// StopPayment records that an instruction was stopped. Items as returning.
func (t *Tracker) StopPayment(ctx context.Context, c Call, ref PaymentRef, in Reason) (Receipt, error) {
	return t.onPayment(ctx, c, "stopPayment", ref, access.RecordPayment, func(aw *awardWork, p award.Payment, was []award.Tranche) error {
		next, tranches, err := p.Stop(aw.actor, in.Reason, was, aw.on)
		if err != nil {
			return err
		}
		return aw.putPayment(next, was, tranches, "payment.stopped", "tranche.paymentStopped")
	})
}

// ReversePayment takes a recorded payment back, by a second person. Items:
// payment, m tranches, ledger, head, journal, key.
func (t *Tracker) ReversePayment(ctx context.Context, c Call, ref PaymentRef, in Reason) (Receipt, error) {
	return t.onPayment(ctx, c, "reversePayment", ref, access.ReversePayment, func(aw *awardWork, p award.Payment, was []award.Tranche) error {
		next, tranches, err := p.Reverse(aw.actor, in.Reason, was, aw.on)
		if err != nil {
			return err
		}
		entry, err := aw.posted(p.Posted)
		if err != nil {
			return err
		}
		if err := aw.post(ledger.ReversePayment(aw.stamp(), entry)); err != nil {
			return err
		}
		next.Posted = 0
		return aw.putPayment(next, was, tranches, "payment.reversed", "tranche.paymentReversed")
	})
}

// RefundRef names a refund of an award.
type RefundRef struct {
	Award  ident.Award
	Refund ident.Refund
}

// RecordRefund records money that came back of a payment, whose If-Match it
// takes. Items: refund, payment, ledger, head, journal, key.
func (t *Tracker) RecordRefund(ctx context.Context, c Call, ref PaymentRef, in award.RefundEntry) (Receipt, error) {
	return t.onAward(ctx, c, "recordRefund", ref.Award, access.RecordRefund, access.KindPayment, string(ref.Payment), []store.Key{ref.key()}, func(aw *awardWork) error {
		p, err := must[award.Payment](aw.work, ref.key(), schema.TypePayment)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		if err := aw.refundable(); err != nil {
			return err
		}
		id, err := aw.id(ident.PrefixRefund)
		if err != nil {
			return err
		}
		in.ID = ident.Refund(id)
		r, paid, err := award.RecordRefund(aw.actor, in, p, aw.on)
		if err != nil {
			return err
		}
		to, _ := ledger.RefundTo(string(r.Destination))
		if err := aw.post(ledger.RecordRefund(aw.stamp(), r.ID, to, r.Amount)); err != nil {
			return err
		}
		r.Posted = aw.head.Ledger
		return aw.putRefund(r, paid, r.Amount, "refund.recorded")
	})
}

// ReverseRefund takes a recorded refund back, by a second person. Items as
// recording.
func (t *Tracker) ReverseRefund(ctx context.Context, c Call, ref RefundRef, in Reason) (Receipt, error) {
	key := schema.RefundKey(ref.Award, ref.Refund)
	return t.onAward(ctx, c, "reverseRefund", ref.Award, access.ReverseRefund, access.KindRefund, string(ref.Refund), []store.Key{key}, func(aw *awardWork) error {
		r, err := must[award.Refund](aw.work, key, schema.TypeRefund)
		if err != nil {
			return err
		}
		if err := aw.match(key); err != nil {
			return err
		}
		if err := aw.refundable(); err != nil {
			return err
		}
		p, err := must[award.Payment](aw.work, schema.PaymentKey(ref.Award, r.Payment), schema.TypePayment)
		if err != nil {
			return err
		}
		next, paid, err := r.Reverse(aw.actor, in.Reason, p, aw.on)
		if err != nil {
			return err
		}
		entry, err := aw.posted(r.Posted)
		if err != nil {
			return err
		}
		if err := aw.post(ledger.ReverseRefund(aw.stamp(), entry)); err != nil {
			return err
		}
		next.Posted = 0
		return aw.putRefund(next, paid, r.Amount.Neg(), "refund.reversed")
	})
}

// refundable refuses money back on an award that never paid; a closed one
// accepts it.
func (aw *awardWork) refundable() error {
	if aw.award.State == award.Closed {
		return nil
	}
	return aw.award.Works()
}

func (aw *awardWork) putRefund(r award.Refund, p award.Payment, change money.Amount, event string) error {
	totals, err := aw.head.Totals.Refund(change)
	if err != nil {
		return err
	}
	aw.head.Totals = &totals
	if err := aw.put(string(r.ID), schema.RefundRecord(r, aw.setting), event, nil); err != nil {
		return err
	}
	return aw.put(string(p.ID), schema.PaymentRecord(p, aw.setting), "payment.refunded", nil)
}

// releases refuses what a suspended or closed programme or platform stops:
// approval and payment. Deciding goes on.
func (aw *awardWork) releases() error {
	if err := aw.programme.Releases(); err != nil {
		return err
	}
	id := aw.award.Document.Platform
	if id == "" {
		return nil
	}
	p, err := must[portfolio.Platform](aw.work, schema.RootKey(string(id)), schema.TypePlatform)
	if err != nil {
		return err
	}
	return p.Releases()
}
