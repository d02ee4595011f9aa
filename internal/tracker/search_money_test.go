package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// Payments are found by the office's reference and, once paid, by the bank's;
// refunds by the bank's; each once, by whoever may see them.
func TestSearchFindsPayments(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, []award.TrancheDraft{
			trackertest.Tranche(1, "2026-03-01", "20"), trackertest.Tranche(2, "2026-04-01", "30"), trackertest.Tranche(3, "2026-05-01", "40"),
		})
		instruct := func(n int, reference string) tracker.PaymentRef {
			o.Request(a.Tr(n))
			o.Approve(a.Tr(n))
			tranche := o.TrancheNow(a.Tr(n))
			r := must(t)(o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, award.Instruction{
				PayerAccount: "treasury", Reference: reference, Payee: o.Payee,
				Lines: []award.PaymentLine{{Tranche: tranche.ID, Kind: award.Release, Amount: tranche.Amount}},
			}))
			return tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(made(t, r, "payment.instructed"))}
		}
		paid := func(ref tracker.PaymentRef, bank string) {
			must(t)(o.Tracker.MarkPaymentPaid(o.Ctx, o.Call(trackertest.Finance), ref, tracker.PaidEntry{BankReference: bank, PaidOn: o.Today()}))
		}
		first, second := instruct(1, "Ｐ-2026-01"), instruct(2, "P-2026-02")
		paid(first, "BK 700")
		paid(second, "P-2026-02")
		instruct(3, "P-2026-03")
		must(t)(o.Tracker.RecordRefund(o.Ctx, o.Call(trackertest.Finance), first, award.RefundEntry{
			Amount: money.MustParse("5"), Reason: "unspent", Destination: award.Treasury, Reference: "RF-7", ReceivedOn: o.Today(),
		}))
		settle(t, o)
		of, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Finance), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			persona string
			q       tracker.SearchQuery
			want    []string
		}{
			{trackertest.Finance, tracker.SearchQuery{Text: "p-2026-01"}, []string{"payment Ｐ-2026-01"}},
			{trackertest.Finance, tracker.SearchQuery{Text: "p-2026"}, []string{"payment Ｐ-2026-01", "payment P-2026-02", "payment P-2026-03"}},
			{trackertest.Auditor, tracker.SearchQuery{Text: "bk 7"}, []string{"payment Ｐ-2026-01"}},
			{trackertest.Auditor, tracker.SearchQuery{Text: "rf-"}, []string{"refund RF-7"}},
			{trackertest.Operator, tracker.SearchQuery{Text: "p-2026-03"}, []string{"payment P-2026-03"}},
			{trackertest.Operator2, tracker.SearchQuery{Text: "p-2026"}, nil},
			{trackertest.Stranger, tracker.SearchQuery{Text: "bk 700"}, nil},
			{trackertest.Administrator, tracker.SearchQuery{Text: "bk 700"}, nil},
			{trackertest.Finance, tracker.SearchQuery{Text: "bk", Type: "payment"}, []string{"payment Ｐ-2026-01"}},
			{trackertest.Finance, tracker.SearchQuery{Text: "bk", Type: "award"}, nil},
			{trackertest.Finance, tracker.SearchQuery{Text: "bk", Programme: o.Programme}, []string{"payment Ｐ-2026-01"}},
			{trackertest.Finance, tracker.SearchQuery{Text: "bk", Programme: "prg_other"}, nil},
			{trackertest.Finance, tracker.SearchQuery{Text: "2026-03"}, nil},
		} {
			if diff := cmp.Diff(test.want, finds(t, o, test.persona, test.q)); diff != "" {
				t.Errorf("%s searches %+v (-want +got):\n%s", test.persona, test.q, diff)
			}
		}
		page, err := o.Tracker.Search(o.Ctx, o.Call(trackertest.Finance), tracker.SearchQuery{Text: "BK 700"}, tracker.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		want := []tracker.SearchResult{{Type: "payment", ID: string(first.Payment), Programme: o.Programme, Award: a.ID, Code: "Ｐ-2026-01", Names: of.Document.Title,
			Match: schema.Match{In: schema.InBank, Found: "BK 700"}}}
		if diff := cmp.Diff(want, page.Items, cmpopts.IgnoreUnexported(tracker.SearchResult{})); diff != "" {
			t.Errorf("the bank's reference (-want +got):\n%s", diff)
		}
	})
}
