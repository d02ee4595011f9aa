package tracker_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// counting runs commands on a counting store, each with an Idempotency-Key.
type counting struct {
	*testing.T
	*trackertest.Office
	keys int
}

type command func(ctx context.Context, c tracker.Call) (tracker.Receipt, error)

// writes fails unless a command by a persona writes so many items and checks so
// many, in one transaction.
func (x *counting) writes(name, persona string, items, checks int64, do command) tracker.Receipt {
	x.Helper()
	x.keys++
	c := x.Call(persona)
	c.Key, c.Fingerprint = fmt.Sprint("key ", x.keys), "fingerprint"
	ctx, tally := store.WithTally(x.Context())
	r, err := do(ctx, c)
	if err != nil {
		x.Fatalf("%s: %v", name, err)
	}
	if tally.ItemsWritten != items || tally.Checks != checks || tally.Transactions != 1 {
		x.Errorf("%s: %d items and %d checks in %d transactions, want %d and %d in 1", name, tally.ItemsWritten, tally.Checks, tally.Transactions, items, checks)
	}
	if tally.Gets+tally.Queries > 8 {
		x.Errorf("%s: %d gets and %d queries: it reads item by item", name, tally.Gets, tally.Queries)
	}
	x.Logf("%-34s items %2d  checks %2d  read %2d in %d gets, %d queries", name, tally.ItemsWritten, tally.Checks, tally.ItemsRead, tally.Gets, tally.Queries)
	return r
}

func newCounting(t *testing.T) *counting {
	return &counting{T: t, Office: trackertest.New(t, store.Counted(trackertest.Memory(t)))}
}

// The table of docs/data-model.md. n counts the idempotency record. Funding lines
// stand in the root, so activating writes no item for them; announcing evidence
// is journaled.
func TestItemsOfDrafts(t *testing.T) {
	x := newCounting(t)
	tr := x.Tracker
	d := x.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-09-01"), trackertest.Milestone("M3", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "M1"), trackertest.Tranche(2, "2026-09-01", "20", "M2", "M3")})
	r := x.writes("create draft", trackertest.Manager, 6, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return tr.CreateAward(ctx, c, d) })
	id := ident.Award(r.Aggregate)
	x.writes("edit draft", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ReplaceAward(ctx, c, id, d)
	})
	d.Number = "HT-X"
	x.writes("edit draft, another number", trackertest.Manager, 7, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ReplaceAward(ctx, c, id, d)
	})
	submit := func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return tr.SubmitAward(ctx, c, id) }
	x.writes("submit draft", trackertest.Manager, 4, 0, submit)
	x.writes("take draft back", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.TakeBackAward(ctx, c, id)
	})
	x.writes("submit draft", trackertest.Manager, 4, 0, submit)
	x.writes("return draft", trackertest.Manager2, 4, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ReturnAward(ctx, c, id, because)
	})
	x.writes("submit draft", trackertest.Manager, 4, 0, submit)
	parties := len(d.Parties())
	n := int64(len(d.Milestones) + len(d.Tranches) + parties + 4)
	x.writes(fmt.Sprintf("activate, N 3 T 2 P %d", parties), trackertest.Manager2, n, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ActivateAward(ctx, c, id, tracker.Activation{})
	})
	other := x.Draft(x.Document(nil, nil))
	x.writes("discard draft", trackertest.Manager, 6, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.DiscardAward(ctx, c, other, because)
	})
}

// gated is an award of which tranche 1 has the gates M1 and M2, tranche 2 has
// M2, tranche 3 none.
func gated(o *trackertest.Office) trackertest.Active {
	return o.ActiveAward(
		[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-09-01"), trackertest.Milestone("M3", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "M1", "M2"), trackertest.Tranche(2, "2026-09-01", "20", "M2"), trackertest.Tranche(3, "2026-03-01", "5")})
}

func TestItemsOfMilestones(t *testing.T) {
	x := newCounting(t)
	a, tr := gated(x.Office), x.Tracker
	m1, m2 := a.M("M1"), a.M("M2")
	on := func(name, persona string, items, checks int64, do func(context.Context, tracker.Call, tracker.MilestoneRef) (tracker.Receipt, error), ref tracker.MilestoneRef) tracker.Receipt {
		t.Helper()
		return x.writes(name, persona, items, checks, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return do(ctx, c, ref) })
	}
	submit := func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.SubmitMilestone(ctx, c, ref, answers())
	}
	decide := func(d award.Decision) func(context.Context, tracker.Call, tracker.MilestoneRef) (tracker.Receipt, error) {
		return func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
			return tr.DecideMilestone(ctx, c, ref, d)
		}
	}
	reopen := func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.ReopenMilestone(ctx, c, ref, reopened(nil))
	}
	on("start", trackertest.Operator, 4, 0, tr.StartMilestone, m1)
	on("forecast", trackertest.Operator, 4, 0, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.ForecastMilestone(ctx, c, ref, tracker.Forecast{ForecastOn: trackertest.Day("2026-07-01")})
	}, m1)
	on("acknowledge", trackertest.Operator, 4, 0, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.Acknowledge(ctx, c, ref.Award, string(ref.Milestone))
	}, m1)
	x.evidence(a, m1)
	on("withdraw", trackertest.Operator, 4, 0, tr.WithdrawMilestone, m1)
	on("submit", trackertest.Operator, 4, 0, submit, m1)
	on("return", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.ReturnMilestone(ctx, c, ref, sentBack())
	}, m1)
	x.extensions(m1)
	on("submit, an extension lapses", trackertest.Operator, 5, 0, submit, m1)
	on("decide met, t = 0", trackertest.Manager, 4, 1, decide(met()), m1)
	x.Submit(m2)
	on("decide met, t = 2", trackertest.Manager, 4+2, 1, decide(met()), m2)
	on("reopen, t = 2 scheduled", trackertest.Manager2, 4+2, 1, reopen, m2)
	on("decide not met, t = 0", trackertest.Manager, 4, 1, decide(notMet()), m2)
	on("settle", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return tr.SettleMilestone(ctx, c, ref, settled())
	}, m2)
	on("reopen, t = 0", trackertest.Manager2, 4, 1, reopen, m2)
	x.Decide(m2, award.Met)
	x.Request(a.Tr(1))
	x.Request(a.Tr(2))
	x.Approve(a.Tr(2))
	on("reopen, t = 2, one approved", trackertest.Manager2, 5+2, 1, reopen, m2)
	if got := verified(t, x.Office); got.Wrong != nil {
		t.Error(got.Wrong)
	}
}

// evidence announces, confirms, supersedes and erases files, and submits with
// one.
func (x *counting) evidence(a trackertest.Active, ref tracker.MilestoneRef) {
	x.Helper()
	tr := x.Tracker
	upload := func(name, content string, items int64, supersedes ident.Evidence) tracker.EvidenceRef {
		x.Helper()
		file := textFile(content)
		file.Supersedes = supersedes
		r := x.writes("announce "+name, trackertest.Operator, 4, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.AnnounceEvidence(ctx, c, ref, file)
		})
		e := tracker.EvidenceRef{Award: a.ID, Milestone: ref.Milestone, Evidence: ident.Evidence(made(x, r, "evidence.announced"))}
		if err := tr.SendEvidence(x.Context(), x.Call(trackertest.Operator), e, bytes.NewReader([]byte(content))); err != nil {
			x.Fatal(err)
		}
		x.writes("confirm "+name, trackertest.Operator, items, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.ConfirmEvidence(ctx, c, e)
		})
		return e
	}
	first := upload("evidence", "one", 4, "")
	second := upload("evidence that supersedes", "two", 5, first.Evidence)
	x.writes("ask to erase evidence", trackertest.Manager, 4, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.AskEraseEvidence(ctx, c, first, because)
	})
	x.writes("erase evidence", trackertest.Manager2, 4, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.EraseEvidence(ctx, c, first)
	})
	x.writes("submit, 1 file", trackertest.Operator, 4, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		s := answers()
		s.Evidence = []ident.Evidence{second.Evidence}
		return tr.SubmitMilestone(ctx, c, ref, s)
	})
}

// extensions asks and ends requests in every way, and leaves one open.
func (x *counting) extensions(ref tracker.MilestoneRef) {
	x.Helper()
	tr := x.Tracker
	ask := func(dueOn string) tracker.ExtensionRef {
		x.Helper()
		r := x.writes("ask extension", trackertest.Operator, 5, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.AskExtension(ctx, c, ref, asked(dueOn))
		})
		return tracker.ExtensionRef{Award: ref.Award, Extension: ident.Extension(made(x, r, "extension.requested"))}
	}
	one := ask("2026-07-01")
	x.writes("grant extension", trackertest.Manager, 5, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.GrantExtension(ctx, c, one, tracker.ExtensionGrant{})
	})
	two := ask("2026-08-01")
	x.writes("refuse extension", trackertest.Manager, 5, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.RefuseExtension(ctx, c, two, tracker.ExtensionRefusal{Reason: "no"})
	})
	three := ask("2026-08-01")
	x.writes("withdraw extension", trackertest.Operator, 5, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.WithdrawExtension(ctx, c, three)
	})
	ask("2026-08-01")
}

func TestItemsOfMoney(t *testing.T) {
	x := newCounting(t)
	a, tr := gated(x.Office), x.Tracker
	x.Meet(a.M("M1"))
	x.Meet(a.M("M2"))
	on := func(name, persona string, items, checks int64, do func(context.Context, tracker.Call, tracker.TrancheRef) (tracker.Receipt, error), ref tracker.TrancheRef) {
		t.Helper()
		x.writes(name, persona, items, checks, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return do(ctx, c, ref) })
	}
	approve := func(ctx context.Context, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
		return tr.ApproveTranche(ctx, c, ref, tracker.Approval{})
	}
	on("request, 2 gates", trackertest.Operator, 4, 2, func(ctx context.Context, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
		return tr.RequestTranche(ctx, c, ref, tracker.TrancheRequest{})
	}, a.Tr(1))
	on("take request back", trackertest.Operator, 4, 0, tr.TakeBackTranche, a.Tr(1))
	x.Request(a.Tr(1))
	on("refuse request", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
		return tr.RefuseTranche(ctx, c, ref, because)
	}, a.Tr(1))
	x.Request(a.Tr(1))
	on("approve, 2 gates", trackertest.Manager2, 5, 2, approve, a.Tr(1))
	on("withdraw approval", trackertest.Manager2, 5, 0, func(ctx context.Context, c tracker.Call, ref tracker.TrancheRef) (tracker.Receipt, error) {
		return tr.WithdrawApproval(ctx, c, ref, because)
	}, a.Tr(1))
	x.Request(a.Tr(1))
	on("approve, 2 gates", trackertest.Manager2, 5, 2, approve, a.Tr(1))
	x.Request(a.Tr(2))
	on("approve, 1 gate", trackertest.Manager2, 5, 1, approve, a.Tr(2))
	x.payments(a)
	if got := verified(t, x.Office); got.Wrong != nil {
		t.Error(got.Wrong)
	}
}

func (x *counting) payments(a trackertest.Active) {
	x.Helper()
	tr := x.Tracker
	both := instruction(x.Payee, map[ident.Tranche]string{a.Tranches[1]: "10", a.Tranches[2]: "20"})
	one := instruction(x.Payee, map[ident.Tranche]string{a.Tranches[1]: "4"})
	instruct := func(m, gates int64, in award.Instruction) tracker.PaymentRef {
		x.Helper()
		r := x.writes(fmt.Sprintf("instruct, m = %d", m), trackertest.Finance, m+4, gates, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.InstructPayment(ctx, c, a.ID, in)
		})
		return tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(made(x, r, "payment.instructed"))}
	}
	on := func(name, persona string, items int64, do func(context.Context, tracker.Call, tracker.PaymentRef, tracker.Reason) (tracker.Receipt, error), p tracker.PaymentRef) {
		x.Helper()
		x.writes(name, persona, items, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return do(ctx, c, p, because) })
	}
	paid := func(m int64, p tracker.PaymentRef) {
		x.Helper()
		x.writes(fmt.Sprintf("paid, m = %d", m), trackertest.Finance, m+6, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.MarkPaymentPaid(ctx, c, p, tracker.PaidEntry{BankReference: "BANK " + string(p.Payment), PaidOn: x.Today()})
		})
	}
	on("stop, m = 2", trackertest.Finance, 2+4, tr.StopPayment, instruct(2, 2, both))
	on("returned, m = 1", trackertest.Finance, 1+4, tr.MarkPaymentReturned, instruct(1, 2, one))
	p := instruct(1, 2, one)
	paid(1, p)
	on("reverse, m = 1", trackertest.Finance2, 1+5, tr.ReversePayment, p)
	q := instruct(2, 2, both)
	paid(2, q)
	r := x.writes("refund", trackertest.Finance, 6, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.RecordRefund(ctx, c, q, refund(x.Office, "3"))
	})
	ref := tracker.RefundRef{Award: a.ID, Refund: ident.Refund(made(x, r, "refund.recorded"))}
	x.writes("reverse refund", trackertest.Finance2, 6, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ReverseRefund(ctx, c, ref, because)
	})
	on("reverse, m = 2", trackertest.Finance2, 2+5, tr.ReversePayment, q)
}

func TestItemsOfASweep(t *testing.T) {
	x := newCounting(t)
	gated(x.Office)
	x.Clock.Set(trackertest.Day("2026-08-10"))
	ctx, tally := store.WithTally(t.Context())
	r, err := x.Tracker.Sweep(ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}})
	if err != nil || r.Awards != 1 {
		t.Fatalf("Sweep = %+v, %v, want one award", r, err)
	}
	// k things, head, journal; and the record of the run
	if want := int64(r.Due + 2 + 1); tally.ItemsWritten != want || tally.Checks != 1 || tally.Transactions != 2 {
		t.Errorf("sweep of %d due: %d items, %d checks in %d transactions, want %d, 1 in 2", r.Due, tally.ItemsWritten, tally.Checks, tally.Transactions, want)
	}
	t.Logf("sweep of one award with %d due: items %d + 1 for the run", r.Due, tally.ItemsWritten-1)
}

// Commands that the table has no row for.
func TestItemsOfThePortfolio(t *testing.T) {
	x := newCounting(t)
	tr := x.Tracker
	do := func(name, persona string, items int64, do command) tracker.Receipt {
		t.Helper()
		return x.writes(name, persona, items, 0, do)
	}
	r := do("create programme", trackertest.Administrator, 1+9+2+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.CreateProgramme(ctx, c, tracker.NewProgramme{Code: "FUND", Names: portfolio.Names{EN: "Fund"}})
	})
	_ = r
	x.programmeChanges()
	do("suspend programme", trackertest.Manager, 4, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.SuspendProgramme(ctx, c, x.Programme, because)
	})
	do("create organisation, 1 code", trackertest.Manager, 3+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.CreateOrganisation(ctx, c, portfolio.Organisation{Names: portfolio.Names{EN: "X"}, Kind: portfolio.Company,
			Identifiers: []portfolio.Identifier{{Scheme: "X", ID: "1"}}}, x.Programme)
	})
	r = do("create platform", trackertest.Manager, 4+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.CreatePlatform(ctx, c, tracker.NewPlatform{
			Platform:  portfolio.Platform{Code: "P9", Kind: portfolio.PilotBase, Names: portfolio.Names{EN: "P9"}, Operator: x.Payee},
			Enrolment: portfolio.Enrolment{Programme: x.Programme, Origin: portfolio.Commissioned, From: x.Today()},
		})
	})
	platform := ident.Platform(r.Aggregate)
	do("move platform", trackertest.Manager, 4, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.MovePlatform(ctx, c, platform, portfolio.CommandApprove, tracker.Reason{})
	})
	do("create project, host and 1 link", trackertest.Manager, 4+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.CreateProject(ctx, c, portfolio.Project{Programme: x.Programme, Code: "J9", Title: portfolio.Names{EN: "J9"}, Lead: x.Payee,
			Host: x.Platform, Platforms: []ident.Platform{x.Platform, platform}, Source: portfolio.Clinic})
	})
	r = do("create person, 1 login", trackertest.Administrator, 3+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.CreatePerson(ctx, c, portfolio.Person{Names: portfolio.Names{EN: "N"}, Logins: []portfolio.Login{trackertest.Login("new")}})
	})
	person := ident.Person(r.Things[0].ID)
	// the grantor, on whose roles it rests, is checked
	x.writes("grant role", trackertest.Administrator, 5, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.GrantMembership(ctx, c, person, portfolio.Grant{Role: portfolio.Auditor, Scope: portfolio.Scope{Kind: portfolio.InProgramme, ID: string(x.Programme)}})
	})
	members, err := schema.Decode[portfolio.Person](item(t, busy{Office: x.Office}, schema.PersonKey(person)), schema.TypePerson)
	if err != nil {
		t.Fatal(err)
	}
	do("revoke role", trackertest.Administrator, 5, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.RevokeMembership(ctx, c, person, members.Memberships[0].ID, because)
	})
	do("import calendar year", trackertest.Administrator, 2+3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ImportCalendarYear(ctx, c, civil.Year{Year: 2027})
	})
	if got := verified(t, x.Office); got.Wrong != nil {
		t.Error(got.Wrong)
	}
}

// A name takes an item, and one for each two places within it, of which
// those are written that a rename changes.
func TestItemsOfNames(t *testing.T) {
	x := newCounting(t)
	tr := x.Tracker
	d := x.Document(nil, nil)
	d.Title = portfolio.Names{ZH: "面向数据中心的硅光芯片", EN: "Silicon photonics for data centres"}
	create := func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return tr.CreateAward(ctx, c, d) }
	r := x.writes("create draft, 9 + 4 places", trackertest.Manager, 6+7, 0, create)
	id := ident.Award(r.Aggregate)
	replace := func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.ReplaceAward(ctx, c, id, d)
	}
	d.Payee = x.City
	x.writes("edit draft, the same titles", trackertest.Manager, 4, 0, replace)
	d.Title.EN = "Silicon photonics for large data centres"
	x.writes("edit draft, one more word", trackertest.Manager, 4+4, 0, replace)
	d.Title.EN = ""
	x.writes("edit draft, no English title", trackertest.Manager, 4+4, 0, replace)
	d.Number, d.Title = "HT-LONG", portfolio.Names{ZH: "面向未来产业的高通量硅基光电子芯片设计制造封装与测试一体化概念验证服务能力建设", EN: "A one-stop service to design, make, package and test high-throughput silicon photonics chips"}
	x.writes("edit draft, long titles", trackertest.Manager, 4+2+16, 0, replace)
	x.writes("discard draft, long titles", trackertest.Manager, 5+16, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.DiscardAward(ctx, c, id, because)
	})
	if got := verified(t, x.Office); got.Wrong != nil {
		t.Error(got.Wrong)
	}
}
