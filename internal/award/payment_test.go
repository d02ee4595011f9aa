package award

import (
	"testing"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

func order(lines ...PaymentLine) Instruction {
	return Instruction{ID: "pay_1", Lines: lines, Payee: payee, PayerAccount: "budget", Reference: "R-1"}
}

// instructed pays amount of tranche 2.
func instructed(t testing.TB, amount string) (Activation, Payment, []Tranche) {
	t.Helper()
	a, tr := approved(t)
	p, changed, err := Instruct(cashier(), payee, order(PaymentLine{Tranche: tr.ID, Amount: cny(amount)}), []Tranche{tr}, a.Milestones, day("2026-05-07"))
	if err != nil {
		t.Fatalf("Instruct: %v", err)
	}
	return a, p, changed
}

func TestInstruct(t *testing.T) {
	a, tr := approved(t)
	on := day("2026-05-07")
	usd := must[money.Amount](t)(money.Parse("1", must[money.Unit](t)(money.ISO("USD"))))
	line := func(tranche ident.Tranche, amount money.Amount) PaymentLine {
		return PaymentLine{Tranche: tranche, Amount: amount}
	}
	for _, c := range []struct {
		name string
		in   Instruction
		want []string
	}{
		{"whole", order(line(tr.ID, cny("30"))), nil},
		{"more than approved", order(line(tr.ID, cny("30.01"))), []string{"/lines/0/amount/amount payment.moreThanApproved"}},
		{"nothing", order(line(tr.ID, cny("0"))), []string{"/lines/0/amount/amount amount.notPositive"}},
		{"other currency", order(line(tr.ID, usd)), []string{"/lines/0/amount/currency currency.mixed"}},
		{"unknown tranche", order(line("trn_9", cny("1"))), []string{"/lines/0/tranche tranche.unknown"}},
		{"twice", order(line(tr.ID, cny("1")), line(tr.ID, cny("1"))), []string{"/lines/1/tranche field.notUnique"}},
		{"offset", order(PaymentLine{tr.ID, "offset", cny("1")}), []string{"/lines/0/kind field.badValue"}},
		{"empty", Instruction{Payee: "org_x"}, []string{"/payerAccount field.required", "/reference field.required", "/payee payment.otherPayee", "/lines field.required"}},
	} {
		_, _, err := Instruct(cashier(), payee, c.in, []Tranche{tr}, a.Milestones, on)
		t.Run(c.name, func(t *testing.T) { wantFields(t, err, c.want...) })
	}
	_, _, err := Instruct(second(), payee, order(line(tr.ID, cny("1"))), []Tranche{tr}, a.Milestones, on)
	wantCode(t, err, fault.Forbidden, "separation.approverInstructs")
	_, _, err = Instruct(cashier(), payee, order(line(a.Tranches[0].ID, cny("1"))), a.Tranches, a.Milestones, on)
	wantCode(t, err, fault.Conflict, "move.illegal")
}

func TestPaymentOfSeveralTranches(t *testing.T) {
	a, t2 := approved(t)
	t1 := must[Tranche](t)(a.Tranches[0].Request(operator(), "", nil, false, day("2026-05-05")))
	t1 = must[Tranche](t)(t1.Approve(manager(), payee, nil, true, nil, day("2026-05-06")))
	in := order(PaymentLine{Tranche: t2.ID, Amount: cny("30")}, PaymentLine{Tranche: t1.ID, Amount: cny("5")})
	p, changed, err := Instruct(cashier(), payee, in, []Tranche{t1, t2}, a.Milestones, day("2026-05-07"))
	if err != nil || p.Amount != cny("35") || p.State != Instructed || p.Lines[1].Kind != Release || p.Award != "awd_1" {
		t.Fatalf("Instruct = %+v, %v", p, err)
	}
	p, changed, err = p.MarkPaid(cashier(), "B-1", day("2026-05-07"), changed, day("2026-05-08"))
	if err != nil || p.State != Paid || p.PaidOn != day("2026-05-07") {
		t.Fatalf("MarkPaid = %+v, %v", p, err)
	}
	if changed[0].State != Settled || changed[0].SettledOn != day("2026-05-08") || !changed[1].PartlyPaid() {
		t.Errorf("tranches = %s, %s", changed[0].State, changed[1].State)
	}
	left := must[money.Amount](t)(changed[1].Payable())
	if left != cny("15") {
		t.Errorf("payable = %v, want 15", left)
	}
}

func TestMarkPaid(t *testing.T) {
	_, p, changed := instructed(t, "30")
	for _, c := range []struct{ paidOn, want string }{
		{"2026-05-06", "/paidOn date.before"}, {"2026-05-09", "/paidOn date.inFuture"},
	} {
		_, _, err := p.MarkPaid(cashier(), "B-1", day(c.paidOn), changed, day("2026-05-08"))
		wantFields(t, err, c.want)
	}
	_, _, err := p.MarkPaid(cashier(), "", day("2026-05-08"), changed, day("2026-05-08"))
	wantFields(t, err, "/bankReference field.required")
	_, _, err = p.MarkPaid(cashier(), "B-1", day("2026-05-08"), nil, day("2026-05-08"))
	wantCode(t, err, fault.Internal, "payment.trancheNotLoaded")
}

func TestPaymentThatFails(t *testing.T) {
	_, p, changed := instructed(t, "30")
	on := day("2026-05-08")
	for _, move := range []func(Actor, string) (Payment, []Tranche, error){
		func(a Actor, reason string) (Payment, []Tranche, error) {
			return p.MarkReturned(a, reason, changed, on)
		},
		func(a Actor, reason string) (Payment, []Tranche, error) { return p.Stop(a, reason, changed, on) },
	} {
		got, after, err := move(cashier(), "account closed")
		if err != nil || got.Reason != "account closed" || after[0].State != Approved || !after[0].Instructed.IsZero() || len(got.State.Legal()) != 0 {
			t.Errorf("%+v, %+v, %v", got, after, err)
		}
		_, _, err = move(cashier(), "")
		wantFields(t, err, "/reason field.required")
	}
}

func TestReverse(t *testing.T) {
	_, p, changed := instructed(t, "30")
	recorder := Actor{Person: "per_recorder"}
	p, changed, err := p.MarkPaid(recorder, "B-1", day("2026-05-08"), changed, day("2026-05-08"))
	if err != nil {
		t.Fatal(err)
	}
	on := day("2026-05-12")
	for _, a := range []Actor{recorder, cashier()} {
		_, _, err := p.Reverse(a, "late return", changed, on)
		wantCode(t, err, fault.Forbidden, "separation.recorderReverses")
	}
	got, after, err := p.Reverse(manager(), "late return", changed, on)
	if err != nil || got.State != PaymentReversed || after[0].State != Approved || after[0].OpenedOn != on || !after[0].Paid.IsZero() || !after[0].SettledOn.IsZero() {
		t.Errorf("reversed = %+v, %+v, %v", got, after, err)
	}
	r, refunded, err := RecordRefund(cashier(), refund("10"), p, on)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = refunded.Reverse(manager(), "late return", changed, on)
	wantCode(t, err, fault.Conflict, "payment.refunded")
	_, free, err := r.Reverse(manager(), "typed twice", refunded, on)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = free.Reverse(manager(), "late return", changed, on); err != nil {
		t.Errorf("after the refund is reversed: %v", err)
	}
}

func refund(amount string) RefundEntry {
	return RefundEntry{ID: "rfd_1", Amount: cny(amount), Reason: "unspent", Destination: Treasury, Reference: "B-9", ReceivedOn: day("2026-05-10")}
}

func TestRefund(t *testing.T) {
	_, p, changed := instructed(t, "30")
	on := day("2026-05-12")
	_, _, err := RecordRefund(cashier(), refund("1"), p, on)
	wantCode(t, err, fault.Conflict, "refund.paymentNotPaid")
	p, _, err = p.MarkPaid(cashier(), "B-1", day("2026-05-08"), changed, day("2026-05-08"))
	if err != nil {
		t.Fatal(err)
	}
	r, p, err := RecordRefund(cashier(), refund("20"), p, on)
	if err != nil || r.State != Recorded || p.Refunded != cny("20") || r.Payment != p.ID {
		t.Fatalf("RecordRefund = %+v, %+v, %v", r, p, err)
	}
	_, _, err = RecordRefund(cashier(), refund("10.01"), p, on)
	wantFields(t, err, "/amount/amount refund.moreThanPaid")
	bad := RefundEntry{Amount: cny("-1"), Destination: "pocket", ReceivedOn: day("2026-05-13")}
	_, _, err = RecordRefund(cashier(), bad, p, on)
	wantFields(t, err, "/amount/amount amount.notPositive", "/reason field.required", "/destination field.badValue", "/reference field.required", "/receivedOn date.inFuture")
	bad = refund("1")
	bad.ReceivedOn = day("2026-05-07")
	_, _, err = RecordRefund(cashier(), bad, p, on)
	wantFields(t, err, "/receivedOn date.before")

	_, _, err = r.Reverse(cashier(), "typed twice", p, on)
	wantCode(t, err, fault.Forbidden, "separation.recorderReverses")
	r, p, err = r.Reverse(manager(), "typed twice", p, on)
	if err != nil || r.State != RefundReversed || !p.Refunded.IsZero() {
		t.Errorf("reversed = %+v, %+v, %v", r, p, err)
	}
	_, _, err = r.Reverse(manager(), "again", p, on)
	wantCode(t, err, fault.Conflict, "move.illegal")
}
