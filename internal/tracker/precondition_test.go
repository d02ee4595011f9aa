package tracker_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// matched is a command on a thing that is there, and what its If-Match is held
// against.
type matched struct {
	name      string
	persona   string
	aggregate string
	current   int64
	give      func(tracker.Call) (tracker.Receipt, error)
}

// matchedCommands are one command on each noun, none of which would be refused
// for anything else than its If-Match.
func matchedCommands(t *testing.T, o *trackertest.Office) []matched {
	t.Helper()
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10", "M1"), trackertest.Tranche(2, "2026-03-01", "10", "M1"),
			trackertest.Tranche(3, "2026-03-01", "10", "M1"), trackertest.Tranche(4, "2026-03-01", "10", "M1")})
	o.Meet(a.M("M1"))
	for _, approved := range []int{1, 4} {
		o.Request(a.Tr(approved))
		o.Approve(a.Tr(approved))
	}
	p := o.Instruct(a.Tr(1))
	paid := o.PayOut(a.Tr(2))
	x := o.Ask(a.M("M2"), "2026-07-01")
	e := o.Upload(a.M("M2"), "content")
	draft := o.Draft(o.Document(oneDue("2026-06-01")))
	membership := membershipIn(t, o, trackertest.Auditor, string(o.Programme))
	tr, reason := o.Tracker, tracker.Reason{Reason: "why"}
	root := func(id string) int64 { return storedVersion(t, o, schema.RootKey(id)) }
	thing := func(sk store.Key) int64 { return storedVersion(t, o, sk) }
	return []matched{
		{"programme", trackertest.Manager, string(o.Programme), root(string(o.Programme)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.SuspendProgramme(o.Ctx, c, o.Programme, reason)
		}},
		{"organisation", trackertest.Manager, string(o.Payee), root(string(o.Payee)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.EditOrganisation(o.Ctx, c, o.Payee, organisationOf("x"), o.Programme)
		}},
		{"platform", trackertest.Manager, string(o.Platform), root(string(o.Platform)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.MovePlatform(o.Ctx, c, o.Platform, portfolio.CommandSuspend, reason)
		}},
		{"enrolment", trackertest.Manager, string(o.Platform), root(string(o.Platform)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.EnrolPlatform(o.Ctx, c, o.Platform, enrolled(o.Programme))
		}},
		{"project", trackertest.Manager, string(o.Project), root(string(o.Project)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.MoveProject(o.Ctx, c, o.Project, portfolio.CommandAccept, reason)
		}},
		{"membership", trackertest.Administrator, string(o.Programme), thing(schema.PersonKey(o.People[trackertest.Auditor])), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.RevokeMembership(o.Ctx, c, o.People[trackertest.Auditor], membership.ID, reason)
		}},
		{"award", trackertest.Manager, string(draft), o.HeadNow(string(draft)).Seq, func(c tracker.Call) (tracker.Receipt, error) {
			return tr.SubmitAward(o.Ctx, c, draft)
		}},
		{"milestone", trackertest.Operator, string(a.ID), thing(schema.MilestoneKey(a.ID, a.Milestones["M2"])), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.SubmitMilestone(o.Ctx, c, a.M("M2"), answered())
		}},
		{"evidence", trackertest.Manager, string(a.ID), thing(schema.EvidenceKey(a.ID, e.Milestone, e.Evidence)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.AskEraseEvidence(o.Ctx, c, e, reason)
		}},
		{"announcement", trackertest.Operator, string(a.ID), thing(schema.MilestoneKey(a.ID, a.Milestones["M2"])), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.AnnounceEvidence(o.Ctx, c, a.M("M2"), fileOf("another"))
		}},
		{"extension", trackertest.Manager, string(a.ID), thing(schema.ExtensionKey(a.ID, x.Extension)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.GrantExtension(o.Ctx, c, x, tracker.ExtensionGrant{})
		}},
		{"tranche", trackertest.Operator, string(a.ID), thing(schema.TrancheKey(a.ID, a.Tranches[3])), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.RequestTranche(o.Ctx, c, a.Tr(3), tracker.TrancheRequest{})
		}},
		{"payment", trackertest.Finance, string(a.ID), thing(schema.PaymentKey(a.ID, p.Payment)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.StopPayment(o.Ctx, c, p, reason)
		}},
		{"instruction", trackertest.Finance, string(a.ID), o.HeadNow(string(a.ID)).Seq, func(c tracker.Call) (tracker.Receipt, error) {
			return tr.InstructPayment(o.Ctx, c, a.ID, award.Instruction{Payee: o.Payee, PayerAccount: "treasury", Reference: "x",
				Lines: []award.PaymentLine{{Tranche: a.Tranches[4], Amount: money.MustParse("10")}}})
		}},
		{"refund", trackertest.Finance, string(a.ID), thing(schema.PaymentKey(a.ID, paid.Payment)), func(c tracker.Call) (tracker.Receipt, error) {
			return tr.RecordRefund(o.Ctx, c, paid, award.RefundEntry{Amount: money.MustParse("5"), Reason: "unspent",
				Destination: award.Treasury, Reference: "RF-1", ReceivedOn: o.Today()})
		}},
	}
}

// What somebody saw and others have changed is refused with the version there
// is now, and nothing is written.
func TestIfMatch(t *testing.T) {
	o := trackertest.New(t, nil)
	for _, m := range matchedCommands(t, o) {
		before := o.HeadNow(m.aggregate)
		for _, stale := range []int64{0, m.current - 1, m.current + 1} {
			c := o.Call(m.persona)
			c.IfMatch = new(stale)
			_, err := m.give(c)
			expectFault(t, m.name, err, fault.PreconditionFailed, "precondition.failed")
			if f, ok := errors.AsType[*fault.Error](err); ok && f.Args["current"] != m.current {
				t.Errorf("%s: the refusal says %v, want version %d", m.name, f.Args, m.current)
			}
		}
		if after := o.HeadNow(m.aggregate); after.Seq != before.Seq {
			t.Errorf("%s: a refused command was written: sequence %d, was %d", m.name, after.Seq, before.Seq)
		}
	}
}

// A key has one effect: the same request again is answered as the first time,
// another one is refused, and after a refusal the key is free.
func TestIdempotencyKeys(t *testing.T) {
	o := trackertest.New(t, nil)
	keyed := func(persona, key, fingerprint string) tracker.Call {
		c := o.Call(persona)
		c.Key, c.Fingerprint = key, fingerprint
		return c
	}
	create := func(c tracker.Call, code string) (tracker.Receipt, error) {
		return o.Tracker.CreateProgramme(o.Ctx, c, tracker.NewProgramme{Code: code, Names: portfolio.Names{EN: code}})
	}
	first, err := create(keyed(trackertest.Administrator, "k1", "A"), "A")
	expectDone(t, "create", first, err)
	again, err := create(keyed(trackertest.Administrator, "k1", "A"), "A")
	expectDone(t, "create again", again, err)
	if diff := receiptDiff(first, again); diff != "" {
		t.Errorf("the replay answers otherwise (-first +again):\n%s", diff)
	}
	_, err = create(keyed(trackertest.Administrator, "k1", "B"), "B")
	expectFault(t, "the key with other content", err, fault.Invalid, "idempotency.reused")
	o.Person("second", "")
	o.Grant("second", portfolio.Administrator, "dep")
	r, err := create(keyed("second", "k1", "B"), "B")
	expectDone(t, "another person's key of the same name", r, err)

	_, err = create(keyed(trackertest.Administrator, "k2", "C"), "a")
	expectInvalid(t, "a refused request", err, "/code programme.codeTaken")
	r, err = create(keyed(trackertest.Administrator, "k2", "D"), "D")
	expectDone(t, "the key of a refused request", r, err)

	// Kept for 30 days; then the key is free.
	start := o.Clock.Now()
	o.Clock.SetTime(start.AddDate(0, 0, 30).Add(-1))
	again, err = create(keyed(trackertest.Administrator, "k1", "A"), "A")
	if diff := receiptDiff(first, again); err != nil || diff != "" {
		t.Errorf("after 30 days less a moment: %v\n%s", err, diff)
	}
	o.Clock.SetTime(start.AddDate(0, 0, 31))
	r, err = create(keyed(trackertest.Administrator, "k1", "E"), "E")
	expectDone(t, "after 31 days", r, err)
}

// A command on what was seen is done once, whatever its noun: the replay is
// answered as the first time, though its If-Match no longer holds.
func TestReplayOfEveryNoun(t *testing.T) {
	for i := range matchedCommands(t, trackertest.New(t, nil)) {
		o := trackertest.New(t, nil)
		m := matchedCommands(t, o)[i]
		c := o.Call(m.persona)
		c.IfMatch, c.Key, c.Fingerprint = new(m.current), "key", "this"
		first, err := m.give(c)
		expectDone(t, m.name, first, err)
		seq := o.HeadNow(m.aggregate).Seq
		again, err := m.give(c)
		if diff := receiptDiff(first, again); err != nil || diff != "" {
			t.Errorf("%s: replayed with %v (-first +again):\n%s", m.name, err, diff)
		}
		if got := o.HeadNow(m.aggregate).Seq; got != seq {
			t.Errorf("%s: the replay was written: sequence %d, was %d", m.name, got, seq)
		}
		c.Fingerprint = "other"
		_, err = m.give(c)
		expectFault(t, m.name+" with other content", err, fault.Invalid, "idempotency.reused")
		c.Key = ""
		if _, err = m.give(c); m.name != "announcement" && m.name != "enrolment" {
			expectFault(t, m.name+" a second time", err, fault.PreconditionFailed, "precondition.failed")
		}
	}
}

func receiptDiff(first, again tracker.Receipt) string {
	return cmp.Diff(first, again, cmpopts.EquateComparable(civil.Date{}))
}

// One bank reference pays once from an account, however the two are written.
func TestBankReferencePaysOnce(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10", "M1"), trackertest.Tranche(2, "2026-03-01", "20", "M1")})
	o.Meet(a.M("M1"))
	pay := func(number int, account, reference string) error {
		t.Helper()
		o.Request(a.Tr(number))
		o.Approve(a.Tr(number))
		amount, err := o.TrancheNow(a.Tr(number)).Payable()
		if err != nil {
			t.Fatal(err)
		}
		r, err := o.Tracker.InstructPayment(o.Ctx, o.Call(trackertest.Finance), a.ID, award.Instruction{
			Lines: []award.PaymentLine{{Tranche: a.Tranches[number], Amount: amount}}, Payee: o.Payee, PayerAccount: account, Reference: "x"})
		expectDone(t, "instruct", r, err)
		p := tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(r.Things[0].ID)}
		_, err = o.Tracker.MarkPaymentPaid(o.Ctx, o.Call(trackertest.Finance), p, tracker.PaidEntry{BankReference: reference, PaidOn: o.Today()})
		return err
	}
	if err := pay(1, "Treasury 1", "TX-1"); err != nil {
		t.Fatal(err)
	}
	expectInvalid(t, "paid twice", pay(2, "ｔreasury  1", "tx-1"), "/bankReference payment.bankReferenceTaken")
}
