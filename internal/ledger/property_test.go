package ledger

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/ident"
	"milepost/internal/money"
)

// drawn is a book that grows by chance, with the totals that an award's head
// would keep.
type drawn struct {
	t                        *rapid.T
	entries                  []Entry
	open                     map[Kind][]Entry // not reversed
	approved, paid, refunded int64            // minor units
	owed                     map[ident.Tranche]int64
}

func (d *drawn) amount(most int64) money.Amount {
	a, err := money.Of(rapid.Int64Range(1, most).Draw(d.t, "amount"), money.CNY)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *drawn) append(e Entry, err error) Entry {
	if err != nil {
		d.t.Fatal(err)
	}
	d.entries = append(d.entries, e)
	d.open[e.Kind] = append(d.open[e.Kind], e)
	return e
}

// take removes an entry of a kind that is not reversed.
func (d *drawn) take(kind Kind) (Entry, bool) {
	open := d.open[kind]
	if len(open) == 0 {
		return Entry{}, false
	}
	d.open[kind] = open[:len(open)-1]
	return open[len(open)-1], true
}

func (d *drawn) step(s Stamp) {
	tranche := ident.Tranche(fmt.Sprintf("trn_%d", rapid.IntRange(1, 3).Draw(d.t, "tranche")))
	switch rapid.IntRange(0, 4).Draw(d.t, "step") {
	case 0:
		e := d.append(Approve(s, tranche, d.amount(1_000_000)))
		d.approved += e.Postings[0].Amount.Minor()
		d.owed[tranche] += e.Postings[0].Amount.Minor()
	case 1:
		if d.owed[tranche] > 0 {
			e := d.append(Pay(s, "pay_1", []Line{{tranche, d.amount(d.owed[tranche])}}))
			d.paid += e.Postings[0].Amount.Minor()
			d.owed[tranche] -= e.Postings[0].Amount.Minor()
		}
	case 2:
		if e, ok := d.take(Payment); ok {
			d.append(ReversePayment(s, e))
			d.paid -= e.Postings[0].Amount.Minor()
			d.owed[e.Postings[0].Tranche] += e.Postings[0].Amount.Minor()
		}
	case 3:
		to := rapid.SampledFrom([]Account{RefundTreasury, RefundBudgetLine}).Draw(d.t, "to")
		e := d.append(RecordRefund(s, "rfd_1", to, d.amount(1000)))
		d.refunded += e.Postings[0].Amount.Minor()
	case 4:
		if e, ok := d.take(Refund); ok {
			d.append(ReverseRefund(s, e))
			d.refunded -= e.Postings[0].Amount.Minor()
		}
	}
}

// Balances sum to zero after every entry and are what the totals say.
func TestBalancesSumToZeroAtEveryStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &drawn{t: t, open: map[Kind][]Entry{}, owed: map[ident.Tranche]int64{}}
		seq := int64(0)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			seq += rapid.Int64Range(1, 3).Draw(t, "gap")
			d.step(stamp(seq))
			if err := CheckAll(d.entries); err != nil {
				t.Fatal(err)
			}
			balances, err := Balances(d.entries)
			if err != nil {
				t.Fatal(err)
			}
			checkTotals(t, d, balances)
		}
	})
}

func checkTotals(t *rapid.T, d *drawn, balances map[Account]money.Amount) {
	var sum int64
	for _, b := range balances {
		sum += b.Minor()
	}
	got := []int64{sum, balances[Approved].Minor(), -balances[Bank].Minor(), -balances[Refunds].Minor(),
		balances[RefundTreasury].Minor() + balances[RefundBudgetLine].Minor(), -balances[Payable].Minor()}
	want := []int64{0, d.approved, d.paid, d.refunded, d.refunded, d.approved - d.paid}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("sum, approved, paid, refunded, by destination, owed (-want +got):\n%s", diff)
	}
}

// A changed amount anywhere in a book is found.
func TestAChangedAmountIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &drawn{t: t, open: map[Kind][]Entry{}, owed: map[ident.Tranche]int64{}}
		for seq := range rapid.Int64Range(1, 20).Draw(t, "steps") {
			d.step(stamp(seq + 1))
		}
		if len(d.entries) == 0 {
			return
		}
		e := &d.entries[rapid.IntRange(0, len(d.entries)-1).Draw(t, "entry")]
		p := &e.Postings[rapid.IntRange(0, len(e.Postings)-1).Draw(t, "posting")]
		one, _ := money.Of(1, money.CNY)
		changed, err := p.Amount.Add(one)
		if err != nil {
			t.Fatal(err)
		}
		p.Amount = changed
		if err := CheckAll(d.entries); err == nil {
			t.Fatalf("entry %d with %s", e.Seq, changed)
		}
	})
}
