package ledger

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// yuan reads an amount of CNY as 4,000,000 is written: 4000000.
func yuan(s string) money.Amount { return money.MustParse(s) }

func stamp(seq int64) Stamp {
	return Stamp{Seq: seq, At: "2026-06-30T01:00:00.000Z", On: civil.MustParse("2026-06-30")}
}

// must returns e; its constructor is expected to succeed.
func must(t testing.TB) func(Entry, error) Entry {
	return func(e Entry, err error) Entry {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func line(tranche, amount string) Line { return Line{ident.Tranche(tranche), yuan(amount)} }

// stated writes balances as text.
func stated(t testing.TB, balances map[Account]money.Amount, err error) map[Account]string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	out := map[Account]string{}
	for a, b := range balances {
		out[a] = b.String()
	}
	return out
}

// The money rules as examples. Holdback and offset come later, so the award of 10.00 m with
// tranches 4/4/2 pays 4/4/2.
func TestBooks(t *testing.T) {
	must := must(t)
	first := must(Approve(stamp(1), "trn_1", yuan("4000000")))
	second := must(Approve(stamp(3), "trn_2", yuan("4000000")))
	both := must(Pay(stamp(5), "pay_1", []Line{line("trn_1", "4000000"), line("trn_2", "1500000.50")}))
	back := must(RecordRefund(stamp(8), "rfd_1", RefundBudgetLine, yuan("500000")))
	for _, row := range []struct {
		name    string
		entries []Entry
		want    map[Account]string
	}{
		{"activation posts nothing", nil, map[Account]string{}},
		{"4/4/2 approved and paid", []Entry{
			first, second, must(Approve(stamp(4), "trn_3", yuan("2000000"))),
			must(Pay(stamp(6), "pay_1", []Line{line("trn_1", "4000000"), line("trn_2", "4000000"), line("trn_3", "2000000")})),
		}, map[Account]string{Approved: "CNY 10000000.00", Payable: "CNY 0.00", Bank: "CNY -10000000.00"}},
		{"partly paid", []Entry{first, second, both},
			map[Account]string{Approved: "CNY 8000000.00", Payable: "CNY -2499999.50", Bank: "CNY -5500000.50"}},
		{"withdrawn", []Entry{first, must(Withdraw(stamp(2), first))},
			map[Account]string{Approved: "CNY 0.00", Payable: "CNY 0.00"}},
		{"payment reversed: owed again", []Entry{first, second, both, must(ReversePayment(stamp(9), both))},
			map[Account]string{Approved: "CNY 8000000.00", Payable: "CNY -8000000.00", Bank: "CNY 0.00"}},
		{"refund to the budget line re-opens nothing", []Entry{first, second, both, back},
			map[Account]string{Approved: "CNY 8000000.00", Payable: "CNY -2499999.50", Bank: "CNY -5500000.50",
				Refunds: "CNY -500000.00", RefundBudgetLine: "CNY 500000.00"}},
		{"refund to the treasury", []Entry{first, second, both, must(RecordRefund(stamp(8), "rfd_1", RefundTreasury, yuan("0.01")))},
			map[Account]string{Approved: "CNY 8000000.00", Payable: "CNY -2499999.50", Bank: "CNY -5500000.50",
				Refunds: "CNY -0.01", RefundTreasury: "CNY 0.01"}},
		{"refund reversed", []Entry{first, second, both, back, must(ReverseRefund(stamp(9), back))},
			map[Account]string{Approved: "CNY 8000000.00", Payable: "CNY -2499999.50", Bank: "CNY -5500000.50",
				Refunds: "CNY 0.00", RefundBudgetLine: "CNY 0.00"}},
		{"opening history", []Entry{
			must(OpenApproval(stamp(1), "trn_1", yuan("3600000"))), must(OpenPayment(stamp(2), "pay_1", []Line{line("trn_1", "3600000")})),
		}, map[Account]string{Approved: "CNY 3600000.00", Payable: "CNY 0.00", Bank: "CNY -3600000.00"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := CheckAll(row.entries); err != nil {
				t.Error(err)
			}
			balances, err := Balances(row.entries)
			if diff := cmp.Diff(row.want, stated(t, balances, err)); diff != "" {
				t.Errorf("Balances (-want +got):\n%s", diff)
			}
		})
	}
	balances, err := TrancheBalances([]Entry{first, second, both, back}, "trn_2")
	want := map[Account]string{Approved: "CNY 4000000.00", Payable: "CNY -2499999.50", Bank: "CNY -1500000.50"}
	if diff := cmp.Diff(want, stated(t, balances, err)); diff != "" {
		t.Errorf("TrancheBalances (-want +got):\n%s", diff)
	}
}

func TestConstructorsRefuse(t *testing.T) {
	approval := must(t)(Approve(stamp(1), "trn_1", yuan("1")))
	payment := must(t)(Pay(stamp(2), "pay_1", []Line{line("trn_1", "1")}))
	for _, row := range []struct {
		name string
		make func() (Entry, error)
		want string
	}{
		{"nothing approved", func() (Entry, error) { return Approve(stamp(1), "trn_1", yuan("0")) }, "ledger.entry.invalid"},
		{"less than nothing", func() (Entry, error) { return Approve(stamp(1), "trn_1", yuan("-1")) }, "ledger.entry.invalid"},
		{"payment without lines", func() (Entry, error) { return Pay(stamp(1), "pay_1", nil) }, "ledger.entry.invalid"},
		{"no currency", func() (Entry, error) { return Approve(stamp(1), "trn_1", money.Amount{}) }, "ledger.entry.invalid"},
		{"no sequence", func() (Entry, error) { return Approve(Stamp{}, "trn_1", yuan("1")) }, "ledger.entry.invalid"},
		{"no thing", func() (Entry, error) { return Approve(stamp(1), "", yuan("1")) }, "ledger.entry.invalid"},
		{"refund to the bank", func() (Entry, error) { return RecordRefund(stamp(1), "rfd_1", Bank, yuan("1")) }, "ledger.entry.invalid"},
		{"withdraw a payment", func() (Entry, error) { return Withdraw(stamp(3), payment) }, "ledger.reversal.wrongKind"},
		{"reverse an approval", func() (Entry, error) { return ReversePayment(stamp(3), approval) }, "ledger.reversal.wrongKind"},
		{"reverse as a refund", func() (Entry, error) { return ReverseRefund(stamp(3), payment) }, "ledger.reversal.wrongKind"},
	} {
		if e, err := row.make(); fault.CodeOf(err) != row.want {
			t.Errorf("%s = %v, %v, want %s", row.name, e, err, row.want)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	eur, err := money.ISO("EUR")
	if err != nil {
		t.Fatal(err)
	}
	euro, _ := money.Of(100, eur)
	for _, row := range []struct {
		name  string
		spoil func(*Entry)
		want  string
	}{
		{"unbalanced", func(e *Entry) { e.Postings[0].Amount = yuan("2") }, "ledger.entry.unbalanced"},
		{"balanced over two currencies", func(e *Entry) { e.Postings[0].Amount = euro }, "ledger.entry.unbalanced"},
		{"one posting", func(e *Entry) { e.Postings = e.Postings[:1] }, "ledger.entry.invalid"},
		{"zero", func(e *Entry) { e.Postings[0].Amount = yuan("0") }, "ledger.entry.invalid"},
		{"account", func(e *Entry) { e.Postings[0].Account = "pocket" }, "ledger.entry.invalid"},
		{"kind", func(e *Entry) { e.Kind = "gift" }, "ledger.entry.invalid"},
		{"reverses though no reversal", func(e *Entry) { e.Reverses = 1 }, "ledger.entry.invalid"},
		{"reversal of nothing", func(e *Entry) { e.Kind = Withdrawal }, "ledger.entry.invalid"},
		{"no time", func(e *Entry) { e.At = "" }, "ledger.entry.invalid"},
		{"no date", func(e *Entry) { e.On = civil.Date{} }, "ledger.entry.invalid"},
	} {
		e := must(t)(Approve(stamp(1), "trn_1", yuan("1")))
		row.spoil(&e)
		if err := e.Check(); fault.CodeOf(err) != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

func TestCheckAllRefuses(t *testing.T) {
	must := must(t)
	approval := must(Approve(stamp(1), "trn_1", yuan("4")))
	other := must(Approve(stamp(2), "trn_2", yuan("4")))
	payment := must(Pay(stamp(3), "pay_1", []Line{line("trn_1", "4")}))
	wrongKind := must(Withdraw(stamp(4), approval))
	wrongKind.Reverses = 3
	less := must(Withdraw(stamp(4), approval))
	less.Postings = must(Approve(stamp(4), "trn_1", yuan("3"))).negated()
	for _, row := range []struct {
		name    string
		entries []Entry
		want    string
	}{
		{"again", []Entry{approval, approval}, "ledger.book.unordered"},
		{"order", []Entry{other, approval}, "ledger.book.unordered"},
		{"reversal first", []Entry{must(Withdraw(stamp(2), approval))}, "ledger.reversal.ofNothing"},
		{"reversed twice", []Entry{approval, must(Withdraw(stamp(2), approval)), must(Withdraw(stamp(3), approval))}, "ledger.reversal.twice"},
		{"withdrawal of a payment", []Entry{approval, payment, wrongKind}, "ledger.reversal.wrongKind"},
		{"reversal of a part", []Entry{approval, less}, "ledger.reversal.differs"},
		{"paid without approval", []Entry{payment}, "ledger.tranche.overpaid"},
		{"another tranche's approval", []Entry{other, payment}, "ledger.tranche.overpaid"},
		{"withdrawn after payment", []Entry{approval, payment, must(Withdraw(stamp(4), approval))}, "ledger.tranche.overpaid"},
		{"an entry by itself", []Entry{{Seq: 1}}, "ledger.entry.invalid"},
	} {
		if err := CheckAll(row.entries); fault.CodeOf(err) != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

func TestBooksHaveOneCurrency(t *testing.T) {
	eur, err := money.ISO("EUR")
	if err != nil {
		t.Fatal(err)
	}
	euro, _ := money.Of(100, eur)
	entries := []Entry{must(t)(Approve(stamp(1), "trn_1", yuan("1"))), must(t)(Approve(stamp(2), "trn_2", euro))}
	if _, err := Balances(entries); fault.CodeOf(err) != "currency.mixed" {
		t.Errorf("Balances = %v", err)
	}
}

func TestRefundTo(t *testing.T) {
	for destination, want := range map[string]Account{"treasury": RefundTreasury, "budgetLine": RefundBudgetLine, "bank": "", "": ""} {
		if got, ok := RefundTo(destination); got != want || ok != (want != "") {
			t.Errorf("RefundTo(%q) = %q, %v", destination, got, ok)
		}
	}
}

func TestEntryAsJSON(t *testing.T) {
	approval := must(t)(Approve(stamp(1), "trn_1", yuan("4")))
	entry := must(t)(Withdraw(stamp(2), approval))
	text, err := json.Marshal(entry)
	const want = `{"seq":2,"at":"2026-06-30T01:00:00.000Z","on":"2026-06-30","kind":"withdrawal","thing":"trn_1","reverses":1,"postings":[` +
		`{"account":"approved","tranche":"trn_1","amount":{"amount":"-4.00","currency":"CNY"}},` +
		`{"account":"payable","tranche":"trn_1","amount":{"amount":"4.00","currency":"CNY"}}]}`
	if err != nil || string(text) != want {
		t.Errorf("JSON = %s, %v\nwant   %s", text, err, want)
	}
	var back Entry
	if err := json.Unmarshal(text, &back); err != nil || CheckAll([]Entry{approval, back}) != nil {
		t.Errorf("read back: %v, %v", back, err)
	}
}
