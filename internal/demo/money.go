package demo

import (
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// trancheVerbs are what may become of a tranche, from its request on.
func trancheVerbs() map[string]func(*trancheStory) {
	return map[string]func(*trancheStory){
		"-":         func(*trancheStory) {},
		"request":   (*trancheStory).request,
		"takeback":  func(t *trancheStory) { t.request(); t.takeBack() },
		"refuse":    func(t *trancheStory) { t.request(); t.refuse() },
		"approve":   (*trancheStory).approve,
		"withdrawn": func(t *trancheStory) { t.approve(); t.withdraw() },
		"instruct":  func(t *trancheStory) { t.approve(); t.instruct(7, 100) },
		"paid":      func(t *trancheStory) { t.approve(); t.instruct(7, 100); t.paid(9) },
		"partpay":   func(t *trancheStory) { t.approve(); t.instruct(7, 60); t.paid(9) },
		"splitpay":  func(t *trancheStory) { t.approve(); t.instruct(7, 60); t.paid(9); t.instruct(20, 40); t.paid(22) },
		"returned":  func(t *trancheStory) { t.approve(); t.instruct(7, 100); t.returned(10) },
		"retry": func(t *trancheStory) {
			t.approve()
			t.instruct(7, 100)
			t.returned(10)
			t.instruct(14, 100)
			t.paid(16)
		},
		"stop":    func(t *trancheStory) { t.approve(); t.instruct(6, 100); t.stop(7) },
		"reverse": func(t *trancheStory) { t.approve(); t.instruct(7, 100); t.paid(9); t.reverse(14) },
		"refund":  func(t *trancheStory) { t.approve(); t.instruct(7, 100); t.paid(9); t.refund(75) },
	}
}

// trancheStory writes down what became of one tranche.
type trancheStory struct {
	award   *liveAward
	n       int // from 0
	asked   int // offset of the request
	payment ident.Payment
}

func (a *liveAward) tranche(n int) error {
	told := story(a.grant.tranches[n])
	verb, ok := trancheVerbs()[told.verb]
	if !ok {
		return fmt.Errorf("demo: %s has a tranche %q", a.number, a.grant.tranches[n])
	}
	asked := a.opens(n) + 5
	if told.dated {
		asked = told.offset
	}
	verb(&trancheStory{award: a, n: n, asked: asked})
	return nil
}

// opens is the offset on which the last gate of a tranche holds.
func (a *liveAward) opens(n int) int {
	offset := a.grant.start
	for _, m := range a.grant.gated(n) {
		offset = max(offset, a.decided[m])
	}
	return offset
}

func (t *trancheStory) ref() tracker.TrancheRef {
	return tracker.TrancheRef{Award: t.award.id, Tranche: t.award.tranches[t.n]}
}

func (t *trancheStory) at(days int, who, what string, do func(*tracker.Tracker, tracker.Call) error) {
	what = fmt.Sprintf("%s tranche %d of %s", what, t.n+1, t.award.number)
	t.award.seed.script.at(t.asked+days, who, what, func(c tracker.Call) error { return do(t.award.seed.Tracker, c) })
}

func (t *trancheStory) amount() money.Amount { return t.award.document.Tranches[t.n].Amount }

func (t *trancheStory) request() {
	t.at(0, t.award.operator, "request", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.RequestTranche(t.award.seed.ctx, c, t.ref(), tracker.TrancheRequest{})
		return err
	})
}

func (t *trancheStory) takeBack() {
	t.at(2, t.award.operator, "take back", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.TakeBackTranche(t.award.seed.ctx, c, t.ref())
		return err
	})
}

func (t *trancheStory) refuse() {
	t.at(4, "manager2", "refuse", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.RefuseTranche(t.award.seed.ctx, c, t.ref(), tracker.Reason{Reason: "请先提交上期经费使用说明。"})
		return err
	})
}

// approve is by another manager than the one who decides.
func (t *trancheStory) approve() {
	t.request()
	t.at(4, "manager2", "approve", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.ApproveTranche(t.award.seed.ctx, c, t.ref(), tracker.Approval{Paper: t.award.seed.paper("拨付", t.asked+4)})
		return err
	})
}

func (t *trancheStory) withdraw() {
	t.at(6, "manager2", "withdraw the approval of", func(tr *tracker.Tracker, c tracker.Call) error {
		_, err := tr.WithdrawApproval(t.award.seed.ctx, c, t.ref(), tracker.Reason{Reason: "预算科目需要调整。"})
		return err
	})
}

// instruct orders a payment of some percent of the tranche.
func (t *trancheStory) instruct(days int, percent int64) {
	t.at(days, "finance", "instruct", func(tr *tracker.Tracker, c tracker.Call) error {
		parts, err := t.amount().Allocate(percent, 100-percent)
		if err != nil {
			return err
		}
		t.award.payments++
		made, err := tr.InstructPayment(t.award.seed.ctx, c, t.award.id, award.Instruction{
			Lines: []award.PaymentLine{{Tranche: t.award.tranches[t.n], Amount: parts[0]}},
			Payee: t.award.document.Payee, PayerAccount: "DEMO-TREASURY-01",
			Reference: fmt.Sprintf("%s-P%02d", t.award.number, t.award.payments),
		})
		t.payment = ident.Payment(thing(made, "payment.instructed"))
		return err
	})
}
