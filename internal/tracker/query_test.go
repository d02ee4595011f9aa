package tracker_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// ids reads a whole list and returns what each row names.
func ids[T any](t *testing.T, name func(T) string, page func(tracker.PageRequest) (tracker.Page[T], error)) []string {
	t.Helper()
	got := all(t, 2, name, page)
	slices.Sort(got)
	return got
}

// The statuses divide what is owed by its effective due date.
func TestAttentionStatuses(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		ms := []award.MilestoneDraft{trackertest.Milestone("LATE", "2026-03-10"), trackertest.Milestone("TODAY", "2026-03-20"),
			trackertest.Milestone("SOON", "2026-04-19"), trackertest.Milestone("FAR", "2026-04-20"), trackertest.Milestone("PAUSED", "2026-03-15"),
			trackertest.Milestone("DONE", "2026-03-05"), trackertest.Milestone("SUBMITTED", "2026-03-12")}
		a := o.ActiveAward(ms, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "LATE", "SOON")})
		o.Ask(a.M("PAUSED"), "2026-06-15")
		o.Meet(a.M("DONE"))
		o.Submit(a.M("SUBMITTED"))
		settle(t, o)
		o.Clock.Set(trackertest.Day("2026-03-20"))
		code := func(r tracker.AttentionRow) string { return r.Thing + " " + r.Code }
		tests := []struct {
			name    string
			persona string
			q       tracker.AttentionQuery
			want    []string
		}{
			{"overdue", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusOverdue}, []string{"extension PAUSED", "milestone LATE", "milestone SUBMITTED"}},
			{"overdue, in time", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusOverdue, Thing: "milestone", Role: "platformOperator"}, []string{"milestone LATE"}},
			{"due soon", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusDueSoon}, []string{"milestone SOON", "milestone TODAY"}},
			{"due within a day", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusDueSoon, Within: 1}, []string{"milestone TODAY"}},
			{"paused", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusPaused}, []string{"milestone PAUSED"}},
			{"done", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusDone}, []string{"milestone DONE"}},
			{"open to the operator", trackertest.Operator, tracker.AttentionQuery{Mine: true}, []string{"milestone FAR", "milestone LATE", "milestone SOON", "milestone TODAY"}},
			{"waiting for the manager", trackertest.Manager, tracker.AttentionQuery{Mine: true}, []string{"extension PAUSED", "milestone SUBMITTED"}},
			{"waiting for the auditor", trackertest.Auditor, tracker.AttentionQuery{Mine: true}, nil},
			{"another platform", trackertest.Operator2, tracker.AttentionQuery{}, nil},
			{"the lead sees", trackertest.Lead, tracker.AttentionQuery{Status: tracker.StatusOverdue, Kind: "deliver"}, []string{"milestone LATE"}},
			{"sector", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusPaused, Sector: "photonics"}, []string{"milestone PAUSED"}},
			{"other sector", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusPaused, Sector: "chips"}, nil},
			{"of a platform", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusPaused, Platform: o.Platform}, []string{"milestone PAUSED"}},
			{"of another platform", trackertest.Auditor, tracker.AttentionQuery{Status: tracker.StatusPaused, Platform: o.OtherPlatform}, nil},
		}
		for _, test := range tests {
			if diff := cmp.Diff(test.want, ids(t, code, attentionOf(o, test.persona, test.q))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	})
}

// What names another responsible person waits for that person alone.
func TestMineLeavesOutWhatIsAnothers(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-03-10")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "A")},
		func(d *award.Document) { d.Responsible.Funder = o.People[trackertest.Manager2] })
	o.Submit(a.M("A"))
	for persona, want := range map[string]int{trackertest.Manager: 0, trackertest.Manager2: 1} {
		me, err := o.Tracker.Me(o.Ctx, o.Call(persona))
		if err != nil || me.Waiting != want || me.More {
			t.Errorf("%s: %d wait, more %t, %v, want %d", persona, me.Waiting, me.More, err, want)
		}
	}
}

// Where the responsible person does not hold the role that owes it, it waits
// for everybody who does: otherwise it would wait for nobody.
func TestMineWhereTheResponsibleHasNoRole(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-03-10")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "A")},
		func(d *award.Document) { d.Responsible.Funder = o.People[trackertest.Manager2] })
	o.Submit(a.M("A"))
	admin := o.Call(trackertest.Administrator)
	person, err := o.Tracker.Person(o.Ctx, admin, o.People[trackertest.Manager2])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Tracker.RevokeMembership(o.Ctx, admin, person.ID, person.Memberships[0].ID, tracker.Reason{Reason: "has left"}); err != nil {
		t.Fatal(err)
	}
	owed := tracker.ThingsQuery{Owed: attention.DecideSubmission, Mine: true}
	for persona, want := range map[string]int{trackertest.Manager: 1, trackertest.Manager2: 0, trackertest.Finance: 0} {
		me, err := o.Tracker.Me(o.Ctx, o.Call(persona))
		if err != nil || me.Waiting != want {
			t.Errorf("%s: %d wait, %v, want %d", persona, me.Waiting, err, want)
		}
		mine, err := o.Tracker.Milestones(o.Ctx, o.Call(persona), owed, tracker.PageRequest{})
		if err != nil || len(mine.Items) != want {
			t.Errorf("%s: %d milestones to decide, %v, want %d", persona, len(mine.Items), err, want)
		}
	}
	others, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Manager), tracker.AttentionQuery{Others: true}, tracker.PageRequest{})
	if err != nil || len(others.Items) != 0 {
		t.Errorf("waits for others than the manager: %+v, %v", others.Items, err)
	}
}

// Where a separation keeps the responsible person from it, it waits for the
// others of the role: who decided a gate is asked to approve no large tranche
// that rests on it, and everybody else is.
func TestMineIsWhatOneMayDo(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-03-10")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "5000000", "A"), trackertest.Tranche(2, "2026-04-01", "10", "A")},
		func(d *award.Document) { d.Responsible.Funder = o.People[trackertest.Manager] })
	o.Meet(a.M("A"))
	o.Request(a.Tr(1))
	o.Request(a.Tr(2))
	owed := func(persona string, q tracker.AttentionQuery) (out []string) {
		page, err := o.Tracker.Attention(o.Ctx, o.Call(persona), q, tracker.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			name := row.Code
			if row.Person != nil {
				name += " " + row.Person.Names.EN
			}
			if row.Barred {
				name += ", not " + persona
			}
			out = append(out, name)
		}
		slices.Sort(out)
		return out
	}
	for _, c := range []struct {
		persona string
		q       tracker.AttentionQuery
		want    []string
	}{
		{trackertest.Manager, tracker.AttentionQuery{Mine: true}, []string{"2 manager"}},
		{trackertest.Manager, tracker.AttentionQuery{Others: true}, []string{"1, not manager"}},
		{trackertest.Manager2, tracker.AttentionQuery{Mine: true}, []string{"1"}},
		{trackertest.Manager2, tracker.AttentionQuery{Others: true}, []string{"2 manager"}},
	} {
		if diff := cmp.Diff(c.want, owed(c.persona, c.q)); diff != "" {
			t.Errorf("%s, %+v (-want +got):\n%s", c.persona, c.q, diff)
		}
	}
	o.Approve(a.Tr(1))
	if diff := cmp.Diff([]string{"1", "2 manager"}, owed(trackertest.Manager2, tracker.AttentionQuery{Others: true})); diff != "" {
		t.Errorf("what the approver, who is not of finance, is told of others (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1"}, owed(trackertest.Finance, tracker.AttentionQuery{Mine: true})); diff != "" {
		t.Errorf("finance (-want +got):\n%s", diff)
	}
}

// A row offers what the thing's own page does.
func TestRowsOfferNoSecondExtension(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "A")})
	for _, want := range []bool{true, false} {
		status := tracker.AttentionQuery{Status: tracker.StatusOpen}
		if !want {
			o.Ask(a.M("A"), "2026-07-10")
			status.Status = tracker.StatusPaused
		}
		rows, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Operator), status, tracker.PageRequest{})
		if err != nil || len(rows.Items) != 1 {
			t.Fatalf("%+v, %v; want one row", rows, err)
		}
		if got := slices.Contains(rows.Items[0].Actions, award.CommandAskExtension); got != want {
			t.Errorf("the row offers %v; an extension %t, want %t", rows.Items[0].Actions, got, want)
		}
	}
}

func TestThingLists(t *testing.T) {
	o, awards := mixed(t, nil)
	a := awards[0]
	o.Meet(a.M("A"))
	p := o.PayOut(a.Tr(2))
	o.Refund(p, "5")
	milestones := func(q tracker.ThingsQuery) []string {
		return ids(t, func(r tracker.ThingRow[tracker.MilestoneView]) string { return r.Number + " " + r.Thing.Code },
			func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.MilestoneView]], error) {
				return o.Tracker.Milestones(o.Ctx, o.Call(trackertest.Auditor), q, p)
			})
	}
	if diff := cmp.Diff([]string{"HT-001 A"}, milestones(tracker.ThingsQuery{State: "decided"})); diff != "" {
		t.Errorf("decided milestones (-want +got):\n%s", diff)
	}
	if got := milestones(tracker.ThingsQuery{Half: tracker.AllHalves}); len(got) != 6 {
		t.Errorf("all milestones = %v, want 6", got)
	}
	if diff := cmp.Diff([]string{"HT-001 B", "HT-002 A"}, milestones(tracker.ThingsQuery{State: "planned", From: trackertest.Day("2026-03-25"), To: trackertest.Day("2026-04-10")})); diff != "" {
		t.Errorf("planned by 10 April (-want +got):\n%s", diff)
	}
	settled, err := o.Tracker.Tranches(o.Ctx, o.Call(trackertest.Finance), tracker.ThingsQuery{State: "settled"}, tracker.PageRequest{})
	if err != nil || len(settled.Items) != 1 || settled.Items[0].Thing.ID != a.Tranches[2] {
		t.Errorf("settled tranches = %+v, %v", settled, err)
	}
	paid, err := o.Tracker.Payments(o.Ctx, o.Call(trackertest.Finance), tracker.ThingsQuery{State: "paid"}, tracker.PageRequest{})
	if err != nil || len(paid.Items) != 1 || paid.Items[0].Thing.Refunded.Decimal() != "5.00" {
		t.Errorf("paid payments = %+v, %v", paid, err)
	}
	refunds, err := o.Tracker.Refunds(o.Ctx, o.Call(trackertest.Finance), tracker.ThingsQuery{}, tracker.PageRequest{})
	if err != nil || len(refunds.Items) != 1 {
		t.Errorf("refunds = %+v, %v", refunds, err)
	}
	for _, q := range []tracker.ThingsQuery{{Owed: "payTranche", Outcome: award.Met}, {Outcome: award.Met}} {
		if _, err := o.Tracker.Tranches(o.Ctx, o.Call(trackertest.Finance), q, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("tranches by %+v = %v, want request.invalid", q, err)
		}
	}
	if _, err := o.Tracker.Payments(o.Ctx, o.Call(trackertest.Finance), tracker.ThingsQuery{Owed: "payTranche"}, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("payments that owe something = %v, want request.invalid", err)
	}
	if _, err := o.Tracker.Tranches(o.Ctx, o.Call(trackertest.Finance), tracker.ThingsQuery{State: "melted"}, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("tranches in no state = %v, want request.invalid", err)
	}
}

// What is owed on tranches is a list of its own, by whom it waits for.
func TestTranchesThatAreOwed(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-06")}, []award.TrancheDraft{
		trackertest.Tranche(1, "2026-03-02", "10"), trackertest.Tranche(2, "2026-03-02", "20"), trackertest.Tranche(3, "2026-03-02", "30"), trackertest.Tranche(4, "2026-06-01", "40", "M1")},
		func(d *award.Document) { d.Responsible.Funder = o.People[trackertest.Manager2] })
	for _, n := range []int{1, 2} {
		o.Request(a.Tr(n))
	}
	o.Approve(a.Tr(1))
	for _, c := range []struct {
		persona string
		q       tracker.ThingsQuery
		want    []string
	}{
		{trackertest.Auditor, tracker.ThingsQuery{Owed: "payTranche"}, []string{"1 nobody"}},
		{trackertest.Auditor, tracker.ThingsQuery{Owed: "approveTranche"}, []string{"2 manager2"}},
		{trackertest.Auditor, tracker.ThingsQuery{Owed: "requestTranche"}, []string{"3 nobody"}},
		{trackertest.Auditor, tracker.ThingsQuery{Owed: "payTranche", Mine: true}, nil},
		{trackertest.Finance, tracker.ThingsQuery{Owed: "payTranche", Mine: true}, []string{"1 nobody"}},
		{trackertest.Manager, tracker.ThingsQuery{Owed: "approveTranche", Mine: true}, nil},
		{trackertest.Manager2, tracker.ThingsQuery{Owed: "approveTranche", Mine: true}, []string{"2 manager2"}},
		{trackertest.Operator2, tracker.ThingsQuery{Owed: "requestTranche"}, nil},
	} {
		got := ids(t, func(r tracker.ThingRow[tracker.TrancheView]) string {
			owner := "nobody"
			if r.Owner != nil {
				owner = r.Owner.Names.ZH
			}
			return fmt.Sprint(r.Thing.Number, " ", owner)
		}, func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.TrancheView]], error) {
			return o.Tracker.Tranches(o.Ctx, o.Call(c.persona), c.q, p)
		})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s asks for %+v (-want +got):\n%s", c.persona, c.q, diff)
		}
	}
	newest, err := o.Tracker.Tranches(o.Ctx, o.Call(trackertest.Auditor), tracker.ThingsQuery{NewestFirst: true}, tracker.PageRequest{Limit: 1})
	if err != nil || len(newest.Items) != 1 || newest.Items[0].Thing.Number != 4 {
		t.Errorf("the last planned tranche = %+v, %v", newest.Items, err)
	}
}

// An award's view names everybody who acted in it.
func TestAwardNamesItsPeople(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-06")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "40", "M1")})
	o.Meet(a.M("M1"))
	p := o.PayOut(a.Tr(1))
	o.Refund(p, "5")
	v, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Lead), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, persona := range []string{trackertest.Manager, trackertest.Manager2, trackertest.Operator, trackertest.Finance} {
		if got := v.Names[string(o.People[persona])].Names.ZH; got != persona {
			t.Errorf("the view names %s %q", persona, got)
		}
	}
}

// An award's view names its parties from the first draft on, not only once it
// is active.
func TestDraftNamesItsParties(t *testing.T) {
	o := trackertest.New(t, nil)
	d := o.Document(oneDue("2026-06-01"))
	v, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Manager), o.Draft(d))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ident.Organisation]string{o.City: "City", d.Payee: "University"} {
		if got := v.Names[string(id)].Names.EN; got != want {
			t.Errorf("the view of a draft names %s %q, want %q", id, got, want)
		}
	}
}

func TestLedgerAndJournal(t *testing.T) {
	o, awards := mixed(t, nil)
	a := awards[0]
	o.Meet(a.M("A"))
	p := o.PayOut(a.Tr(2))
	o.Refund(p, "5")
	book, err := o.Tracker.Ledger(o.Ctx, o.Call(trackertest.Auditor), a.ID, tracker.PageRequest{Limit: 2})
	if err != nil || len(book.Items) != 2 || book.Next == "" || book.Balances["bank"].Decimal() != "-20.00" || book.Totals.Refunded.Decimal() != "5.00" {
		t.Errorf("ledger = %+v, %v", book, err)
	}
	rest, err := o.Tracker.Ledger(o.Ctx, o.Call(trackertest.Auditor), a.ID, tracker.PageRequest{Limit: 2, Cursor: book.Next})
	if err != nil || len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("rest of the ledger = %+v, %v", rest, err)
	}
	whole, err := o.Tracker.Ledger(o.Ctx, o.Call(trackertest.Auditor), a.ID, tracker.PageRequest{Limit: 3})
	if err != nil || len(whole.Items) != 3 || whole.Next != "" {
		t.Errorf("a page as long as the ledger = %+v, %v; want no next", whole, err)
	}
	decided, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), tracker.JournalQuery{Kind: "milestone.decided"}, tracker.PageRequest{})
	if err != nil || len(decided.Items) != 1 || decided.Items[0].Person.Names.EN != trackertest.Manager || len(decided.Items[0].Events[0].Changes) == 0 {
		t.Errorf("decisions in the journal = %+v, %v", decided, err)
	}
	if _, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Operator), string(a.ID), tracker.JournalQuery{}, tracker.PageRequest{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the operator reads the journal = %v, want forbidden", err)
	}
	if _, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Operator2), string(a.ID), tracker.JournalQuery{}, tracker.PageRequest{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another operator reads the journal = %v, want 404", err)
	}
	entry := func(e tracker.JournalEntryView) string {
		return e.Aggregate + "/" + e.Command + "/" + e.At + "/" + string(rune(e.Sequence))
	}
	mine := all(t, 3, entry, func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return o.Tracker.JournalOfPerson(o.Ctx, o.Call(trackertest.Auditor), o.People[trackertest.Manager2], "2026-03", tracker.JournalQuery{}, p)
	})
	if len(mine) != 4 { // three activations and an approval
		t.Errorf("the second manager did %v, want four things", mine)
	}
	listed := all(t, 5, entry, func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return o.Tracker.JournalOfProgramme(o.Ctx, o.Call(trackertest.Auditor), o.Programme, "2026-03", tracker.JournalQuery{}, p)
	})
	if len(listed) < 30 {
		t.Errorf("%d entries in the programme's journal, want more", len(listed))
	}
	if _, err := o.Tracker.JournalOfProgramme(o.Ctx, o.Call(trackertest.Auditor), o.Programme, "2026-3", tracker.JournalQuery{}, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a month written otherwise = %v, want request.invalid", err)
	}
	searched := func(s tracker.JournalSearch) []string {
		return all(t, 4, entry, func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
			return o.Tracker.SearchJournal(o.Ctx, o.Call(trackertest.Auditor), s, p)
		})
	}
	day := trackertest.Day
	if got := searched(tracker.JournalSearch{Programme: o.Programme, JournalQuery: tracker.JournalQuery{From: day("2026-03-01"), To: day("2026-04-30")}}); len(got) != len(listed) {
		t.Errorf("two months of the programme hold %d entries, want %d", len(got), len(listed))
	}
	if got := searched(tracker.JournalSearch{Programme: o.Programme, Person: o.People[trackertest.Manager2]}); !slices.Equal(got, mine) {
		t.Errorf("what the second manager did in the programme = %v, want %v", got, mine)
	}
	if got := searched(tracker.JournalSearch{Programme: o.Programme, Person: o.People[trackertest.Manager2], JournalQuery: tracker.JournalQuery{From: day("2026-03-03"), To: day("2026-03-31")}}); len(got) >= len(mine) {
		t.Errorf("from the third on the second manager did %v, want fewer than %v", got, mine)
	}
	for _, bad := range []tracker.JournalSearch{{}, {Programme: o.Programme, JournalQuery: tracker.JournalQuery{From: day("2026-03-02"), To: day("2026-03-01")}}, {Programme: o.Programme, JournalQuery: tracker.JournalQuery{From: day("2024-03-02"), To: day("2026-03-01")}}} {
		if _, err := o.Tracker.SearchJournal(o.Ctx, o.Call(trackertest.Auditor), bad, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("searching for %+v = %v, want request.invalid", bad, err)
		}
	}
	if _, err := o.Tracker.SearchJournal(o.Ctx, o.Call(trackertest.Operator), tracker.JournalSearch{Programme: o.Programme}, tracker.PageRequest{}); err == nil {
		t.Error("an operator searches the programme's journal")
	}
	page, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(o.Platform), tracker.JournalQuery{}, tracker.PageRequest{})
	if err != nil || len(page.Items) == 0 {
		t.Errorf("the auditor reads a platform's journal = %+v, %v", page, err)
	}
	ended := portfolio.Enrolment{Programme: o.Programme, Origin: portfolio.Commissioned, From: trackertest.Day("2020-01-01"), To: trackertest.Day("2026-03-01")}
	if _, err := o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Manager), o.Platform, ended); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(o.Platform), tracker.JournalQuery{}, tracker.PageRequest{}); err == nil {
		t.Error("the auditor reads the journal of a platform that is enrolled no more")
	}
}

func TestPortfolioLists(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o, _ := mixed(t, s)
		other := o.NewProgramme("ZZ", nil, trackertest.Manager2)
		settle(t, o)
		for persona, want := range map[string][]string{
			trackertest.Administrator: {"POC", "ZZ"}, trackertest.Manager: {"POC"}, trackertest.Manager2: {"POC", "ZZ"},
			trackertest.Operator: {"POC"}, trackertest.Lead: nil, trackertest.Stranger: nil,
		} {
			got := all(t, 1, func(v tracker.ProgrammeView) string { return v.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.ProgrammeView], error) {
				return o.Tracker.Programmes(o.Ctx, o.Call(persona), p)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("programmes of %s (-want +got):\n%s", persona, diff)
			}
			_, err := o.Tracker.Programme(o.Ctx, o.Call(persona), other)
			if (err == nil) != slices.Contains(want, "ZZ") {
				t.Errorf("%s views ZZ: %v, listed %v", persona, err, want)
			}
		}
		for persona, want := range map[string][]string{
			trackertest.Auditor: {"PLT-1", "PLT-2"}, trackertest.Operator: {"PLT-1"}, trackertest.Operator2: {"PLT-2"}, trackertest.Lead: nil,
		} {
			got := all(t, 1, func(v tracker.PlatformView) string { return v.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
				return o.Tracker.Platforms(o.Ctx, o.Call(persona), "", p)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("platforms of %s (-want +got):\n%s", persona, diff)
			}
		}
		for persona, want := range map[string][]string{trackertest.Auditor: {"PRJ-1", "PRJ-2"}, trackertest.Operator: {"PRJ-1"}, trackertest.Operator2: nil, trackertest.Lead: {"PRJ-1", "PRJ-2"}, trackertest.Stranger: nil} {
			got := all(t, 1, func(v tracker.ProjectView) string { return v.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.ProjectView], error) {
				return o.Tracker.Projects(o.Ctx, o.Call(persona), tracker.ProjectsQuery{}, p)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("projects of %s (-want +got):\n%s", persona, diff)
			}
		}
		organisations, err := o.Tracker.Organisations(o.Ctx, o.Call(trackertest.Lead), "uni", tracker.PageRequest{})
		if err != nil || len(organisations.Items) != 1 || organisations.Items[0].ID != o.Payee {
			t.Errorf("organisations = %+v, %v", organisations, err)
		}
	})
}

func TestPersonsAndMembers(t *testing.T) {
	o, awards := mixed(t, nil)
	name := func(v tracker.PersonView) string { return v.Names.EN }
	for persona, want := range map[string]int{trackertest.Administrator: 11, trackertest.Manager: 9, trackertest.Operator: 1, trackertest.Stranger: 0} {
		got := all(t, 2, name, func(p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
			return o.Tracker.Persons(o.Ctx, o.Call(persona), "", p)
		})
		if len(got) != want {
			t.Errorf("%s sees %v, want %d persons", persona, got, want)
		}
		for who, id := range o.People {
			if _, err := o.Tracker.Person(o.Ctx, o.Call(persona), id); (err == nil) != slices.Contains(got, who) {
				t.Errorf("%s views %s: %v, listed %v", persona, who, err, got)
			}
		}
	}
	members, err := o.Tracker.Members(o.Ctx, o.Call(trackertest.Manager), portfolio.Scope{Kind: portfolio.InAward, ID: string(awards[0].ID)})
	if err != nil || len(members) != 1 || members[0].Name.EN != trackertest.Lead || !slices.Equal(members[0].Roles, []string{"projectLead"}) {
		t.Errorf("members of an award = %+v, %v", members, err)
	}
	for scope, persona := range map[portfolio.Scope]string{
		{Kind: portfolio.InAward, ID: string(awards[0].ID)}:                 trackertest.Operator2,
		{Kind: portfolio.InProgramme, ID: "prg_00000000000000000000000000"}: trackertest.Administrator,
		{Kind: portfolio.InPlatform, ID: string(o.Programme)}:               trackertest.Manager,
	} {
		if _, err := o.Tracker.Members(o.Ctx, o.Call(persona), scope); fault.KindOf(err) != fault.NotFound {
			t.Errorf("members of %v by %s = %v, want 404", scope, persona, err)
		}
	}
}

func TestAwardsByParties(t *testing.T) {
	o, awards := mixed(t, nil)
	tests := []struct {
		name, persona string
		q             tracker.AwardsQuery
		want          []ident.Award
	}{
		{"payee", trackertest.Auditor, tracker.AwardsQuery{Organisation: o.Payee}, []ident.Award{awards[0].ID, awards[2].ID}},
		{"funder", trackertest.Auditor, tracker.AwardsQuery{Organisation: o.City}, []ident.Award{awards[0].ID, awards[1].ID, awards[2].ID}},
		{"funder, to an operator", trackertest.Operator2, tracker.AwardsQuery{Organisation: o.City}, []ident.Award{awards[1].ID}},
		{"project", trackertest.Auditor, tracker.AwardsQuery{Project: o.Project}, []ident.Award{awards[0].ID}},
		{"project without a platform", trackertest.Auditor, tracker.AwardsQuery{Project: o.LoneProject}, []ident.Award{awards[2].ID}},
		{"project, to its lead", trackertest.Lead, tracker.AwardsQuery{Project: o.LoneProject}, []ident.Award{awards[2].ID}},
		{"platform", trackertest.Auditor, tracker.AwardsQuery{Platform: o.OtherPlatform}, []ident.Award{awards[1].ID}},
		{"another's platform", trackertest.Operator, tracker.AwardsQuery{Platform: o.OtherPlatform}, nil},
		{"drafts", trackertest.Auditor, tracker.AwardsQuery{State: award.Draft}, []ident.Award{awards[3].ID}},
		{"closed", trackertest.Auditor, tracker.AwardsQuery{Half: tracker.ClosedHalf}, nil},
	}
	for _, test := range tests {
		var got []ident.Award
		for _, id := range all(t, 1, awardID, awardsOf(o, test.persona, test.q)) {
			got = append(got, ident.Award(id))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestCalendarsAndEvidence(t *testing.T) {
	o, awards := mixed(t, nil)
	v, err := o.Tracker.Calendars(o.Ctx, o.Call(trackertest.Operator))
	if err != nil || len(v.Years) < 6 || v.Years[5].Year != 2026 || len(v.Years[5].RestDays) < 10 || len(v.Years[5].Workdays) == 0 || v.Years[5].Imported {
		t.Errorf("calendars = %+v, %v", v, err)
	}
	ref := awards[0].M("A")
	o.Upload(ref, "kept")
	o.Announce(ref, "never sent")
	o.Clock.Set(trackertest.Day("2026-03-04"))
	m, err := o.Tracker.Milestone(o.Ctx, o.Call(trackertest.Auditor), ref)
	if err != nil || len(m.Evidence) != 2 || m.Evidence[0].State != award.Confirmed || m.Evidence[1].State != award.Expired {
		t.Errorf("evidence = %+v, %v, want one confirmed and one expired", m.Evidence, err)
	}
	if _, err := o.Tracker.Tranche(o.Ctx, o.Call(trackertest.Auditor), tracker.TrancheRef{Award: awards[1].ID, Tranche: awards[0].Tranches[1]}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a tranche of another award = %v, want 404", err)
	}
	ladders, err := o.Tracker.Ladders(o.Ctx, o.Call(trackertest.Manager), o.Programme)
	if err != nil || len(ladders) != 9 {
		t.Errorf("%d ladders, %v, want 9", len(ladders), err)
	}
}
