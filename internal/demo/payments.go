package demo

import (
	"fmt"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/tracker"
)

func (t *trancheStory) paymentRef() tracker.PaymentRef {
	return tracker.PaymentRef{Award: t.award.id, Payment: t.payment}
}

// today is the business date of the story's day.
func (s *seed) now() civil.Date { return civil.BusinessDate(s.Clock.Now()) }

func (t *trancheStory) paid(days int) {
	t.at(days, "finance", "record as paid", func(tr *tracker.Tracker, c tracker.Call) error {
		s := t.award.seed
		s.bank++
		in := tracker.PaidEntry{BankReference: fmt.Sprintf("DEMO-BANK-%05d", 20000+s.bank), PaidOn: s.now()}
		_, err := tr.MarkPaymentPaid(s.ctx, c, t.paymentRef(), in)
		return err
	})
}

func (t *trancheStory) returned(days int) {
	t.at(days, "finance", "record as returned", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.MarkPaymentReturned(t.award.seed.ctx, c, t.paymentRef(), tracker.Reason{Reason: "收款账户名称与账号不符，银行退汇。"})
		return err
	})
}

func (t *trancheStory) stop(days int) {
	t.at(days, "finance", "stop", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.StopPayment(t.award.seed.ctx, c, t.paymentRef(), tracker.Reason{Reason: "承担单位更换开户行，暂停支付。"})
		return err
	})
}

// reverse is by another person of finance than the one who recorded it.
func (t *trancheStory) reverse(days int) {
	t.at(days, "finance2", "reverse", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.ReversePayment(t.award.seed.ctx, c, t.paymentRef(), tracker.Reason{Reason: "银行次日退汇，冲正原记录。"})
		return err
	})
}

// refund is a tenth of the payment, back to the treasury.
func (t *trancheStory) refund(days int) {
	t.at(days, "finance", "record a refund of", func(tr *tracker.Tracker, c tracker.Call) error {
		parts, err := t.amount().Allocate(1, 9)
		if err != nil {
			return err
		}
		s := t.award.seed
		s.bank++
		_, err = tr.RecordRefund(s.ctx, c, t.paymentRef(), award.RefundEntry{
			Amount: parts[0], Reason: "设备中标价低于预算，结余退回。", Destination: award.Treasury,
			Reference: fmt.Sprintf("DEMO-REFUND-%03d", s.bank), ReceivedOn: s.now(),
		})
		return err
	})
}
