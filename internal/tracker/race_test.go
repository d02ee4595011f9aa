package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

const writers = 16

// race gives one command to 16 writers at once and returns what they were told.
func race(t *testing.T, do func(n int) (tracker.Receipt, error)) (won []tracker.Receipt, refused map[string]int) {
	t.Helper()
	receipts, errs := make([]tracker.Receipt, writers), make([]error, writers)
	var all sync.WaitGroup
	start := make(chan struct{})
	for n := range writers {
		all.Go(func() {
			<-start
			receipts[n], errs[n] = do(n)
		})
	}
	close(start)
	all.Wait()
	refused = map[string]int{}
	for n, err := range errs {
		if err == nil {
			won = append(won, receipts[n])
		} else {
			refused[fault.CodeOf(err)]++
		}
	}
	return won, refused
}

// onRealStores runs a race on SQLite in memory, and on DynamoDB Local where
// there is one.
func onRealStores(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, trackertest.Memory(t)) })
	if !dynamotest.Available() {
		dynamotest.Missing(t, "this race on DynamoDB")
		return
	}
	t.Run("dynamodb", func(t *testing.T) { test(t, dynamotest.Open(t)) })
}

func onlyRefusedBy(t *testing.T, refused map[string]int, codes ...string) {
	t.Helper()
	for code, n := range refused {
		if !slices.Contains(codes, code) {
			t.Errorf("%d writers were refused with %q, want one of %v", n, code, codes)
		}
	}
}

func TestSixteenWritersPayATrancheOnce(t *testing.T) {
	onRealStores(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := gated(o)
		o.Meet(a.M("M1"))
		o.Meet(a.M("M2"))
		o.Request(a.Tr(1))
		c := o.Call(trackertest.Manager2)
		won, refused := race(t, func(int) (tracker.Receipt, error) {
			return o.Tracker.ApproveTranche(t.Context(), c, a.Tr(1), tracker.Approval{})
		})
		if len(won) != 1 {
			t.Errorf("%d writers approved the tranche, want 1; the others: %v", len(won), refused)
		}
		onlyRefusedBy(t, refused, "move.illegal", "store.contended")
		c = o.Call(trackertest.Finance)
		in := instruction(o.Payee, map[ident.Tranche]string{a.Tranches[1]: "10"})
		won, refused = race(t, func(int) (tracker.Receipt, error) { return o.Tracker.InstructPayment(t.Context(), c, a.ID, in) })
		if len(won) != 1 {
			t.Fatalf("%d writers instructed the payment, want 1; the others: %v", len(won), refused)
		}
		onlyRefusedBy(t, refused, "request.invalid", "store.contended") // more than approved
		p := tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(made(t, won[0], "payment.instructed"))}
		won, refused = race(t, func(n int) (tracker.Receipt, error) {
			return o.Tracker.MarkPaymentPaid(t.Context(), c, p, tracker.PaidEntry{BankReference: fmt.Sprint("B", n), PaidOn: o.Today()})
		})
		if len(won) != 1 {
			t.Errorf("%d writers recorded the payment, want 1; the others: %v", len(won), refused)
		}
		onlyRefusedBy(t, refused, "move.illegal", "store.contended")
		if got := o.HeadNow(string(a.ID)).Totals.Paid.Decimal(); got != "10.00" {
			t.Errorf("paid %s, want 10.00", got)
		}
		if got := verified(t, o).Wrong; got != nil {
			t.Error(got)
		}
	})
}

func TestSixteenWritersWithOneKeyHaveOneEffect(t *testing.T) {
	onRealStores(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := gated(o)
		c := o.Call(trackertest.Operator)
		c.Key, c.Fingerprint = "one key", "one content"
		won, refused := race(t, func(int) (tracker.Receipt, error) {
			return o.Tracker.RequestTranche(t.Context(), c, a.Tr(3), tracker.TrancheRequest{})
		})
		if len(won) == 0 {
			t.Fatalf("nobody was answered: %v", refused)
		}
		onlyRefusedBy(t, refused, "store.contended")
		for _, r := range won {
			if diff := cmp.Diff(won[0], r, cmpopts.EquateComparable(civil.Date{})); diff != "" {
				t.Errorf("receipts differ:\n%s", diff)
			}
		}
		if got := verified(t, o).Wrong; got != nil {
			t.Error(got)
		}
		if n := countEvents(t, o, a.ID, "tranche.requested"); n != 1 {
			t.Errorf("%d requests are journaled, want 1", n)
		}
	})
}

func TestSixteenWritersClaimANumberOnce(t *testing.T) {
	onRealStores(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		c := o.Call(trackertest.Manager)
		d := o.Document(nil, nil)
		won, refused := race(t, func(int) (tracker.Receipt, error) { return o.Tracker.CreateAward(t.Context(), c, d) })
		if len(won) != 1 {
			t.Errorf("%d awards have the number, want 1; the others: %v", len(won), refused)
		}
		onlyRefusedBy(t, refused, "request.invalid", "store.contended")
		if got := verified(t, o).Wrong; got != nil {
			t.Error(got)
		}
	})
}

// countEvents counts the events of a kind in an award's journal.
func countEvents(t testing.TB, o *trackertest.Office, id ident.Award, kind string) int {
	t.Helper()
	n := 0
	for seq := range o.HeadNow(string(id)).Seq {
		j, err := schema.Decode[schema.JournalText](item(t, busy{Office: o}, schema.JournalKey(string(id), seq+1)), schema.TypeJournal)
		if err != nil {
			t.Fatal(err)
		}
		n += strings.Count(j.Text, `"kind":"`+kind+`"`)
	}
	return n
}

// rivalled makes an office in which, ahead of the next transaction after it is
// armed, another command runs to its end.
func rivalled(t *testing.T) (o *trackertest.Office, arm func(func())) {
	var armed atomic.Pointer[func()]
	s := storetest.Hook(trackertest.Memory(t), func(context.Context, []store.Op) {
		if rival := armed.Swap(nil); rival != nil {
			(*rival)()
		}
	})
	return trackertest.New(t, s), func(rival func()) { armed.Store(&rival) }
}

// Both deciders read that the other gate is open still; the tranche opens all
// the same, once.
func TestTwoGatesDecidedAtOnceOpenTheTrancheOnce(t *testing.T) {
	o, arm := rivalled(t)
	a := gated(o)
	o.Submit(a.M("M1"))
	o.Submit(a.M("M2"))
	arm(func() { o.Decide(a.M("M2"), award.Met) })
	o.Decide(a.M("M1"), award.Met)
	if tr := o.TrancheNow(a.Tr(1)); tr.Locked || tr.Watch.Current == nil {
		t.Errorf("tranche 1 is locked: %+v", tr)
	}
	if n := countEvents(t, o, a.ID, "tranche.gatesOpened"); n != 2 { // tranche 1, and tranche 2 by M2 alone
		t.Errorf("%d tranches opened, want each of 2 once", n)
	}
	if got := verified(t, o).Wrong; got != nil {
		t.Error(got)
	}
}

func TestTwoApprovalsAtOnceAddUp(t *testing.T) {
	o, arm := rivalled(t)
	a := gated(o)
	o.Meet(a.M("M1"))
	o.Meet(a.M("M2"))
	o.Request(a.Tr(1))
	o.Request(a.Tr(2))
	arm(func() { o.Approve(a.Tr(2)) })
	o.Approve(a.Tr(1))
	if got := o.HeadNow(string(a.ID)).Totals.Approved.Decimal(); got != "30.00" {
		t.Errorf("approved %s, want 30.00", got)
	}
	if got := verified(t, o).Wrong; got != nil {
		t.Error(got)
	}
}

// A gate is reopened after the approver has read it, and before it commits.
func TestAGateReopenedMeanwhileStopsApprovalAndPayment(t *testing.T) {
	o, arm := rivalled(t)
	a := gated(o)
	o.Meet(a.M("M1"))
	o.Meet(a.M("M2"))
	o.Request(a.Tr(1))
	reopen := func() {
		must(t)(o.Tracker.ReopenMilestone(o.Ctx, o.Call(trackertest.Manager2), a.M("M2"), reopened(nil)))
	}
	arm(reopen)
	_, err := o.Tracker.ApproveTranche(o.Ctx, o.Call(trackertest.Manager2), a.Tr(1), tracker.Approval{})
	if fault.CodeOf(err) != "move.illegal" {
		t.Errorf("approval = %v, want move.illegal: it is scheduled again", err)
	}
	o.Decide(a.M("M2"), award.Met)
	o.Request(a.Tr(1))
	o.Approve(a.Tr(1))
	arm(reopen)
	in := instruction(o.Payee, map[ident.Tranche]string{a.Tranches[1]: "10"})
	if _, err := o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, in); err == nil || fault.KindOf(err) == fault.Internal {
		t.Errorf("payment = %v, want a refusal", err)
	}
	if got := verified(t, o).Wrong; got != nil {
		t.Error(got)
	}
}

// meanwhile runs another command after the first look of the next one.
type meanwhile struct {
	store.Store
	store.Walker
	rival func()
}

func (m *meanwhile) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	items, err := m.Store.Get(ctx, keys...)
	if rival := m.rival; rival != nil && slices.ContainsFunc(keys, func(k store.Key) bool { return k.SK == "0" }) {
		m.rival = nil
		rival()
	}
	return items, err
}

// The payment is read before, its tranche after another has recorded it: the
// refusal speaks of what is, not of the two halves.
func TestARefusalRestsOnWhatStoodTogether(t *testing.T) {
	s := trackertest.Memory(t)
	m := &meanwhile{Store: s, Walker: s.(store.Walker)}
	o := trackertest.New(t, m)
	a := gated(o)
	o.Request(a.Tr(3))
	o.Approve(a.Tr(3))
	p := o.Instruct(a.Tr(3))
	m.rival = func() { o.MarkPaid(p) }
	_, err := o.Tracker.MarkPaymentPaid(o.Ctx, o.Call(trackertest.Finance2), p, tracker.PaidEntry{BankReference: "B", PaidOn: o.Today()})
	if fault.CodeOf(err) != "move.illegal" {
		t.Errorf("the second record of a payment = %v, want move.illegal", err)
	}
}

// The extension is read as requested, its milestone after another has ended it:
// that they do not fit is nobody's fault, and no internal one.
func TestAnExtensionEndedMeanwhileIsNoInternalFault(t *testing.T) {
	s := trackertest.Memory(t)
	m := &meanwhile{Store: s, Walker: s.(store.Walker)}
	o := trackertest.New(t, m)
	a := gated(o)
	x := o.Ask(a.M("M1"), "2026-12-01")
	m.rival = func() {
		must(t)(o.Tracker.WithdrawExtension(o.Ctx, o.Call(trackertest.Operator), x))
	}
	_, err := o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager), x, tracker.ExtensionGrant{})
	if fault.CodeOf(err) != "move.illegal" {
		t.Errorf("granting what was withdrawn = %v, want move.illegal", err)
	}
}

// losing loses the answers of so many transactions, after or before they are
// done.
type losing struct {
	store.Store
	store.Walker
	answers, requests int
}

func (l *losing) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if l.requests > 0 {
		l.requests--
		return store.ErrUnknownOutcome
	}
	err := l.Store.Transact(ctx, token, ops...)
	if l.answers > 0 {
		l.answers--
		return store.ErrUnknownOutcome
	}
	return err
}

func TestUnknownOutcomesHaveOneEffect(t *testing.T) {
	for _, key := range []string{"", "a key"} {
		for name, lose := range map[string]losing{
			"one answer":       {answers: 1},
			"every answer":     {answers: 1000},
			"one request":      {requests: 1},
			"request, answers": {requests: 1, answers: 1000},
		} {
			t.Run(fmt.Sprintf("%s key %q", name, key), func(t *testing.T) {
				s := trackertest.Memory(t)
				l := &losing{Store: s, Walker: s.(store.Walker)}
				o := trackertest.New(t, l)
				a := gated(o)
				c := o.Call(trackertest.Operator)
				c.Key, c.Fingerprint = key, "content"
				l.answers, l.requests = lose.answers, lose.requests
				r, err := o.Tracker.RequestTranche(o.Ctx, c, a.Tr(3), tracker.TrancheRequest{})
				l.answers, l.requests = 0, 0
				if err != nil || r.Counts["tranche.requested"] != 1 {
					t.Fatalf("request = %+v, %v, want done", r, err)
				}
				if n := countEvents(t, o, a.ID, "tranche.requested"); n != 1 {
					t.Errorf("%d requests are journaled, want 1", n)
				}
				if got := verified(t, o).Wrong; got != nil {
					t.Error(got)
				}
			})
		}
	}
}

// Where nothing tells, the caller hears so, and asks again: with its key that
// is safe whatever happened.
func TestAnOutcomeThatStaysUnknown(t *testing.T) {
	s := trackertest.Memory(t)
	l := &losing{Store: s, Walker: s.(store.Walker)}
	o := trackertest.New(t, l)
	a := gated(o)
	c := o.Call(trackertest.Operator)
	c.Key, c.Fingerprint = "a key", "content"
	l.requests = 1000
	if _, err := o.Tracker.RequestTranche(o.Ctx, c, a.Tr(3), tracker.TrancheRequest{}); !errors.Is(err, fault.New(fault.Busy, "store.unknownOutcome")) {
		t.Fatalf("request = %v, want store.unknownOutcome", err)
	}
	l.requests = 0
	if _, err := o.Tracker.RequestTranche(o.Ctx, c, a.Tr(3), tracker.TrancheRequest{}); err != nil {
		t.Fatal(err)
	}
	if n := countEvents(t, o, a.ID, "tranche.requested"); n != 1 {
		t.Errorf("%d requests are journaled, want 1", n)
	}
}
