package relay_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/relay"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func sweep(t testing.TB, o *trackertest.Office) {
	t.Helper()
	if _, err := o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		t.Fatal(err)
	}
}

func noticesIn(t trackertest.T, o *trackertest.Office, s store.Store) []schema.Notice {
	t.Helper()
	var out []schema.Notice
	for _, item := range itemsOf(t, o, s, func(item store.Item) bool { return strings.HasPrefix(item.SK, "9#not#") }) {
		out = append(out, decoded[schema.Notice](t, item, schema.TypeNotice))
	}
	return out
}

// inbox is what a persona is told, each as "on why kind rung".
func inbox(t *testing.T, o *trackertest.Office, persona string, unread bool) []string {
	t.Helper()
	page, err := o.Tracker.Notices(o.Ctx, o.Call(persona), tracker.NoticesQuery{Unread: unread}, tracker.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range page.Items {
		what := string(n.Kind) + " " + n.Rung
		if n.Baselined > 0 {
			what = strings.Repeat("overdue before ", n.Baselined)
		}
		out = append(out, n.On.String()+" "+string(n.Why)+" "+what)
	}
	return out
}

// A rung is told once to each who is to hear of it, on a working day, however
// often it is delivered.
func TestNoticesAreToldOnce(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-13")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")})
	for _, day := range []string{"2026-03-14", "2026-03-16", "2026-03-30", "2026-04-13"} {
		o.Clock.Set(trackertest.Day(day))
		sweep(t, o)
		scanned(t, o, r)
		if day == "2026-03-14" { // a Saturday
			if got := inbox(t, o, trackertest.Operator, false); len(got) != 0 {
				t.Errorf("told on a rest day: %v", got)
			}
		}
	}
	for range 2 {
		if err := r.Replay(o.Ctx, relay.NoticesName, string(a.ID)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Rebuild(o.Ctx, relay.NoticesName); err != nil {
			t.Fatal(err)
		}
	}
	for persona, want := range map[string][]string{
		trackertest.Operator: {"2026-03-16 role deliver after1"},
		trackertest.Manager:  {"2026-03-30 manager deliver after15"},
		trackertest.Manager2: {"2026-03-30 manager deliver after15"},
		trackertest.Head:     {"2026-04-13 head deliver after30"},
		trackertest.Finance:  {}, trackertest.Operator2: {}, trackertest.Lead: {}, trackertest.Auditor: {},
	} {
		if diff := cmp.Diff(want, inbox(t, o, persona, true)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", persona, diff)
		}
	}
	if n := len(noticesIn(t, o, s)); n != 4 {
		t.Errorf("%d notices, want 4", n)
	}
}

// A responsible person who does not hold the role that owes it is not told in
// place of those who do.
func TestNoticesWhereTheResponsibleHasNoRole(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-13")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")},
		func(d *award.Document) { d.Responsible.Payee = o.People[trackertest.Finance] })
	o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-12")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")},
		func(d *award.Document) { d.Responsible.Payee = o.People[trackertest.Operator] })
	o.Clock.Set(trackertest.Day("2026-03-16"))
	sweep(t, o)
	scanned(t, o, r)
	for persona, want := range map[string][]string{
		trackertest.Operator: {"2026-03-16 responsible deliver after1", "2026-03-16 role deliver after1"}, trackertest.Finance: {},
	} {
		got := inbox(t, o, persona, true)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", persona, diff)
		}
	}
}

// Whom a separation keeps from it is not asked for it: the others are.
func TestNoticesPassOverWhoMayNot(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-13")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-02", "5000000", "M1")},
		func(d *award.Document) { d.Responsible.Funder = o.People[trackertest.Manager] })
	o.Meet(a.M("M1"))
	o.Request(a.Tr(1))
	overdue, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Manager2), tracker.AttentionQuery{Mine: true}, tracker.PageRequest{})
	if err != nil || len(overdue.Items) != 1 {
		t.Fatalf("the second manager owes %+v, %v", overdue.Items, err)
	}
	o.Clock.Set(trackertest.Day(overdue.Items[0].NextOn.String()))
	sweep(t, o)
	scanned(t, o, r)
	told := inbox(t, o, trackertest.Manager2, true)
	if len(told) != 1 || !strings.Contains(told[0], " role approveTranche ") {
		t.Errorf("the second manager is told %v", told)
	}
	if got := inbox(t, o, trackertest.Manager, true); len(got) != 0 {
		t.Errorf("the decider of the gate is told %v", got)
	}
}

// What is read stays read, and is the reader's alone.
func TestReadingANotice(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-03")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")})
	o.Clock.Set(trackertest.Day("2026-03-04"))
	sweep(t, o)
	scanned(t, o, r)
	page, err := o.Tracker.Notices(o.Ctx, o.Call(trackertest.Operator), tracker.NoticesQuery{}, tracker.PageRequest{})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%v, %v", page, err)
	}
	n := page.Items[0]
	if want := "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"]); n.Link != want || !n.Unread || n.DaysLate != 1 || n.Code != "M1" {
		t.Errorf("%+v", n)
	}
	for _, persona := range []string{trackertest.Manager, trackertest.Operator2, trackertest.Stranger} {
		if err := o.Tracker.MarkNoticeRead(o.Ctx, o.Call(persona), n.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s reads another's: %v", persona, err)
		}
	}
	for range 2 {
		if err := o.Tracker.MarkNoticeRead(o.Ctx, o.Call(trackertest.Operator), n.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.Replay(o.Ctx, relay.NoticesName, string(a.ID)); err != nil {
			t.Fatal(err)
		}
		if got := inbox(t, o, trackertest.Operator, true); len(got) != 0 {
			t.Errorf("unread %v", got)
		}
		if got := inbox(t, o, trackertest.Operator, false); len(got) != 1 {
			t.Errorf("all %v", got)
		}
	}
	if err := o.Tracker.MarkNoticeRead(o.Ctx, o.Call(trackertest.Operator), "ntc_x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such notice: %v", err)
	}
	verified(t, o, s)
}

// What was overdue when attention began is told in one notice, counted once.
func TestBaselinesAreToldTogether(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed(), trackertest.Programme(func(p *tracker.NewProgramme) { p.AttentionFrom = trackertest.Day("2026-03-02") }))
	r := everyone(o, s, "one")
	past := func() trackertest.Active {
		return o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-02-03"), trackertest.Milestone("M2", "2026-02-04")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")})
	}
	a := past()
	scanned(t, o, r)
	past()
	scanned(t, o, r)
	if err := r.Replay(o.Ctx, relay.NoticesName, string(a.ID)); err != nil {
		t.Fatal(err)
	}
	want := []string{"2026-03-02 role overdue before overdue before overdue before overdue before "}
	if diff := cmp.Diff(want, inbox(t, o, trackertest.Operator, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want[0] = strings.Replace(want[0], "role", "manager", 1)
	if diff := cmp.Diff(want, inbox(t, o, trackertest.Manager2, false)); diff != "" {
		t.Errorf("a manager (-want +got):\n%s", diff)
	}
}

// An import tells each person once of all that it found overdue.
func TestAnImportTellsOnce(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed(), trackertest.Programme(func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }))
	r := everyone(o, s, "one")
	read, problems := exchange.Read([]exchange.File{
		{Name: "awards.csv", Data: []byte("award_ref,title,currency,amount,start_on\nA-1,Laser,CNY,300.00,2025-01-01\nA-2,Mirror,CNY,100.00,2025-02-01\n")},
		{Name: "milestones.csv", Data: []byte("award_ref,milestone_no,title,due_on,amount\nA-1,1,Design,2025-06-01,100.00\nA-1,2,Build,2026-02-01,200.00\nA-2,1,All,2025-09-01,100.00\n")},
		{Name: "events.csv", Data: []byte("award_ref,milestone_no,event,on_date\nA-1,1,delivered,2025-05-20\nA-1,1,accepted,2025-05-28\n")},
		{Name: "award_events.csv", Data: []byte("award_ref,event,on_date\nA-1,agreed,2025-01-01\nA-2,agreed,2025-02-01\n")},
	}, exchange.Options{})
	if len(read.Awards) != 2 {
		t.Fatalf("%v", problems)
	}
	in := tracker.NewImport{Programme: o.Programme, Files: []string{"awards.csv"}, Fingerprint: read.Fingerprint}
	for n, a := range read.Awards {
		in.Rows = append(in.Rows, a.Row(n+1, exchange.Parties{Programme: o.Programme, Funder: o.City, Payee: o.OtherPayee}))
	}
	prepared, err := o.Tracker.PrepareImport(o.Ctx, o.Call(trackertest.Manager), in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Tracker.ApplyImport(o.Ctx, o.Call(trackertest.Manager2), ident.Import(prepared.Aggregate)); err != nil {
		t.Fatal(err)
	}
	scanned(t, o, r)
	if _, err := r.Rebuild(o.Ctx, relay.NoticesName); err != nil {
		t.Fatal(err)
	}
	addsUp(t, o, s)
	notices := noticesIn(t, o, s)
	if len(notices) != 2 {
		t.Fatalf("%d notices, want one for each manager", len(notices))
	}
	for _, n := range notices {
		if n.Baselined != 2 || n.Import != ident.Import(prepared.Aggregate) || n.Why != schema.WhyManager {
			t.Errorf("%+v", n)
		}
	}
	v, err := o.Tracker.Portfolio(o.Ctx, o.Call(trackertest.Manager), tracker.PortfolioQuery{})
	if err != nil || v.Opening != 1 || v.Baselined != 2 || v.MedianSlip != "-12" || v.OnTime.Rate != "100.0" {
		t.Errorf("%+v, %v", v, err)
	}
}
