package attention

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func is(t *testing.T, s *story, want string) {
	t.Helper()
	if got := s.dates(); got != want {
		t.Errorf("announced = %s\nwant        %s", got, want)
	}
}

// National Day 2026 rests from 1 to 7 October.
func TestHoliday(t *testing.T) {
	t.Run("the programme moves rest days", func(t *testing.T) {
		s := &story{t: t, rules: rulesOf(t, rolling(DefaultLadders())...)}
		s.follow(deliver("2026-10-01"), "2026-09-05")
		is(t, s, "r1 deliver v1 due 2026-10-01 effective 2026-10-08 next 2026-09-08")
		same(t, "to the 8th", s.sweepDaily("2026-09-06", "2026-10-08"),
			"r1 deliver before30 reached 2026-09-08, tell 2026-09-08", "r1 deliver before7 reached 2026-10-01, tell 2026-10-08")
		if s.watch.Current.Overdue(day("2026-10-08")) {
			t.Error("overdue on the effective due date")
		}
		same(t, "the 9th", s.sweep("2026-10-09"), "r1 deliver after1 reached 2026-10-09, tell 2026-10-09")
	})
	t.Run("it does not: the flag keeps its date, the notice waits", func(t *testing.T) {
		s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
		s.follow(deliver("2026-10-01"), "2026-09-30")
		is(t, s, "r1 deliver v1 due 2026-10-01 effective 2026-10-01 next 2026-10-02")
		same(t, "the 2nd", s.sweep("2026-10-02"), "r1 deliver after1 reached 2026-10-02, tell 2026-10-08")
	})
}

// Saturday 10 October 2026 is worked in exchange.
func TestSwappedWorkday(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(funderOwes(ApproveTranche, "2026-09-30"), "2026-09-30")
	is(t, s, "r1 approveTranche v1 due 2026-10-13 effective 2026-10-13 next 2026-10-14")
	same(t, "October", s.sweepDaily("2026-10-01", "2026-10-31"),
		"r1 approveTranche after1 reached 2026-10-14, tell 2026-10-14",
		"r1 approveTranche after5 reached 2026-10-20, tell 2026-10-20",
		"r1 approveTranche after10 reached 2026-10-27, tell 2026-10-27")
	if got := s.watch.Current.Level(); got != ToHead {
		t.Errorf("Level = %s, want %s", got, ToHead)
	}
}

func TestDateMovedByGrantedExtension(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-01-05")
	same(t, "to the asking", s.sweepDaily("2026-01-06", "2026-06-19"), "r1 deliver before30 reached 2026-05-31, tell 2026-06-01")
	asked := deliver("2026-06-30")
	asked.Paused = true
	same(t, "asked", s.follow(asked, "2026-06-20"))
	is(t, s, "r1 deliver v1 due 2026-06-30 effective 2026-06-30 next ")
	same(t, "undecided beyond the due date", s.sweepDaily("2026-06-21", "2026-07-09"))
	if s.watch.Current.Overdue(day("2026-07-09")) {
		t.Error("overdue while the clock is stopped")
	}
	same(t, "granted", s.follow(deliver("2026-09-30"), "2026-07-10"), "r1 deliver cleared 2026-07-10, 0 late")
	is(t, s, "r2 deliver v1 due 2026-09-30 effective 2026-09-30 next 2026-08-31")
}

// Days in the funder's hands never count as the operator's.
func TestReturned(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-06-26")
	same(t, "submitted in time", s.follow(funderOwes(DecideSubmission, "2026-06-29"), "2026-06-29"))
	is(t, s, "r2 decideSubmission v1 due 2026-07-13 effective 2026-07-13 next 2026-07-14")
	same(t, "the funder is late", s.sweepDaily("2026-06-30", "2026-08-09"),
		"r2 decideSubmission after1 reached 2026-07-14, tell 2026-07-14",
		"r2 decideSubmission after5 reached 2026-07-20, tell 2026-07-20",
		"r2 decideSubmission after10 reached 2026-07-27, tell 2026-07-27")
	rework := &Need{Kind: Rework, Role: "platformOperator", OpenedOn: day("2026-08-10"), DueOn: day("2026-08-24")}
	same(t, "returned", s.follow(rework, "2026-08-10"), "r2 decideSubmission cleared 2026-08-10, 28 late")
	is(t, s, "r3 rework v1 due 2026-08-24 effective 2026-08-24 next 2026-08-17")
	same(t, "August", s.sweepDaily("2026-08-11", "2026-08-31"),
		"r3 rework before7 reached 2026-08-17, tell 2026-08-17", "r3 rework after1 reached 2026-08-25, tell 2026-08-25")
	if got := s.watch.Current.DaysLate(day("2026-08-31")); got != 7 {
		t.Errorf("DaysLate = %d, want 7, from the rework date", got)
	}
}

// Asked ten days before the due date, refused ten days after it: ten days are
// left from the refusal.
func TestRefusedExtension(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-06-01")
	asked := deliver("2026-06-30")
	asked.Paused = true
	s.follow(asked, "2026-06-20")
	refused := deliver("2026-06-30")
	refused.NotLate = day("2026-07-10").AddDays(day("2026-06-30").Sub(day("2026-06-20")))
	same(t, "refused", s.follow(refused, "2026-07-10"))
	is(t, s, "r2 deliver v1 due 2026-06-30 effective 2026-07-20 next 2026-07-13")
	same(t, "July", s.sweepDaily("2026-07-11", "2026-07-31"),
		"r2 deliver before7 reached 2026-07-13, tell 2026-07-13", "r2 deliver after1 reached 2026-07-21, tell 2026-07-21")
	if got := s.watch.Current.DaysLate(day("2026-07-20")); got != 0 {
		t.Errorf("DaysLate on the effective due date = %d, want 0", got)
	}
}

// An obligation keeps the version it opened with, also where its date moves.
func TestTwoLadders(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-06-26")
	second := []Ladder{{Kind: Deliver, Version: 2, Rungs: []Rung{{"late", 3, CalendarDays, ToHead, AskOverdue}}}}
	s.rules.Ladder = book(append(DefaultLadders(), second...)...)
	same(t, "late by the first", s.sweep("2026-07-01"), "r1 deliver after1 reached 2026-07-01, tell 2026-07-01")
	same(t, "moved", s.follow(deliver("2026-07-06"), "2026-07-02"), "r1 deliver cleared 2026-07-02, 2 late")
	is(t, s, "r2 deliver v1 due 2026-07-06 effective 2026-07-06 next 2026-07-07")
	s.follow(funderOwes(DecideSubmission, "2026-07-03"), "2026-07-03")
	withdrawn := deliver("2026-07-06")
	withdrawn.OpenedOn = day("2026-07-04")
	s.follow(withdrawn, "2026-07-04")
	is(t, s, "r4 deliver v2 due 2026-07-06 effective 2026-07-06 next 2026-07-09")
}

func TestSweepAwayForAWeek(t *testing.T) {
	daily := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	daily.follow(funderOwes(ApproveTranche, "2026-02-24"), "2026-02-24") // Saturday the 28th is worked
	away := *daily
	is(t, daily, "r1 approveTranche v1 due 2026-03-02 effective 2026-03-02 next 2026-03-03")
	same(t, "daily", daily.sweepDaily("2026-02-25", "2026-03-10"),
		"r1 approveTranche after1 reached 2026-03-03, tell 2026-03-03", "r1 approveTranche after5 reached 2026-03-09, tell 2026-03-09")
	same(t, "away", away.sweep("2026-03-10"),
		"r1 approveTranche after1 reached 2026-03-03, superseded", "r1 approveTranche after5 reached 2026-03-09, tell 2026-03-10")
	same(t, "again", away.sweep("2026-03-10"))
	t.Run("two weeks later nothing is told, all is on record", func(t *testing.T) {
		s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
		s.follow(funderOwes(ApproveTranche, "2026-02-24"), "2026-02-24")
		same(t, "stale", s.sweep("2026-03-25"), "r1 approveTranche after1 reached 2026-03-03, superseded",
			"r1 approveTranche after5 reached 2026-03-09, superseded", "r1 approveTranche after10 reached 2026-03-16, stale")
	})
}

func TestBackfillOfOldMilestones(t *testing.T) {
	rules := rulesOf(t, DefaultLadders()...)
	rules.AttentionFrom = day("2026-07-01")
	t.Run("long overdue", func(t *testing.T) {
		s := &story{t: t, rules: rules}
		same(t, "imported", s.follow(deliver("2026-05-15"), "2026-06-20"))
		is(t, s, "r1 deliver v1 due 2026-05-15 effective 2026-05-15 next 2026-07-01")
		same(t, "before attention", s.sweepDaily("2026-06-21", "2026-06-30"))
		same(t, "July", s.sweepDaily("2026-07-01", "2026-07-31"), "r1 deliver baselined, 47 past due")
		is(t, s, "r1 deliver v1 due 2026-05-15 effective 2026-05-15 next ")
		if !s.watch.Current.Overdue(day("2026-07-31")) {
			t.Error("a baselined obligation is not in the overdue list")
		}
		same(t, "submitted", s.follow(nil, "2026-08-03"), "r1 deliver cleared 2026-08-03, 80 late")
	})
	t.Run("rungs reached later fire", func(t *testing.T) {
		s := &story{t: t, rules: rules}
		s.follow(deliver("2026-06-10"), "2026-06-20")
		same(t, "July", s.sweepDaily("2026-06-21", "2026-07-31"),
			"r1 deliver baselined, 21 past due", "r1 deliver after30 reached 2026-07-10, tell 2026-07-10")
	})
	t.Run("imported after attention began", func(t *testing.T) {
		s := &story{t: t, rules: rules}
		same(t, "on import", s.follow(deliver("2026-06-10"), "2026-07-20"),
			"r1 deliver baselined, 21 past due", "r1 deliver after30 reached 2026-07-10, stale")
	})
}

// Of the rungs from before an obligation opened only the highest overdue one
// is written.
func TestOpenedLate(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	same(t, "opened", s.follow(deliver("2026-06-10"), "2026-06-26"), "r1 deliver after15 reached 2026-06-25, tell 2026-06-26")
	is(t, s, "r1 deliver v1 due 2026-06-10 effective 2026-06-10 next 2026-07-10")
	same(t, "opened in the reminders", (&story{t: t, rules: s.rules}).follow(deliver("2026-06-30"), "2026-06-25"))
}

// A command on the day after the due date, before that day's sweep.
func TestLateForANight(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-06-25")
	same(t, "the last sweep", s.sweep("2026-06-30"))
	same(t, "submitted", s.follow(funderOwes(DecideSubmission, "2026-07-01"), "2026-07-01"),
		"r1 deliver after1 reached 2026-07-01, tell 2026-07-01", "r1 deliver cleared 2026-07-01, 1 late")
	same(t, "the sweep of that day", s.sweep("2026-07-01"))
}

func TestCalendarYearImportedLater(t *testing.T) {
	year := func(rest, swapped []string) civil.Year {
		y := civil.Year{Region: "CN", Year: 2027}
		for _, d := range rest {
			y.RestDays = append(y.RestDays, civil.Day{Date: day(d)})
		}
		for _, d := range swapped {
			y.SwappedWorkdays = append(y.SwappedWorkdays, day(d))
		}
		return y
	}
	open := func() *story {
		s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
		s.follow(funderOwes(ApproveTranche, "2026-12-28"), "2026-12-28")
		is(t, s, "r1 approveTranche v1 due 2027-01-04 effective 2027-01-04 next 2027-01-05 provisional")
		return s
	}
	t.Run("a holiday moves what is announced later", func(t *testing.T) {
		s := open()
		s.rules.Calendar = s.rules.Calendar.With(year([]string{"2027-01-01"}, nil))
		same(t, "swept", s.sweep("2027-01-04"))
		is(t, s, "r1 approveTranche v1 due 2027-01-05 effective 2027-01-05 next 2027-01-06")
	})
	t.Run("a swapped workday moves nothing earlier", func(t *testing.T) {
		s := open()
		s.rules.Calendar = s.rules.Calendar.With(year(nil, []string{"2027-01-02", "2027-01-03"}))
		same(t, "followed", s.follow(funderOwes(ApproveTranche, "2026-12-28"), "2027-01-04"))
		is(t, s, "r1 approveTranche v1 due 2027-01-04 effective 2027-01-04 next 2027-01-05")
	})
	t.Run("nothing fires again", func(t *testing.T) {
		s := open()
		same(t, "flagged", s.sweep("2027-01-05"), "r1 approveTranche after1 reached 2027-01-05, tell 2027-01-05")
		s.rules.Calendar = s.rules.Calendar.With(year([]string{"2027-01-01", "2027-01-04", "2027-01-05"}, nil))
		same(t, "the same rung by its new date", s.sweepDaily("2027-01-05", "2027-01-12"))
		is(t, s, "r1 approveTranche v1 due 2027-01-07 effective 2027-01-07 next 2027-01-14")
	})
}

// While an award is suspended its ladders pause; what fell into the pause is
// reached when it ends.
func TestSuspended(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(funderOwes(ApproveTranche, "2026-02-24"), "2026-02-24")
	suspended := funderOwes(ApproveTranche, "2026-02-24")
	suspended.Paused = true
	same(t, "suspended", s.follow(suspended, "2026-03-03"), "r1 approveTranche after1 reached 2026-03-03, tell 2026-03-03")
	same(t, "March", s.sweepDaily("2026-03-04", "2026-03-11"))
	same(t, "resumed", s.follow(funderOwes(ApproveTranche, "2026-02-24"), "2026-03-12"),
		"r1 approveTranche after5 reached 2026-03-12, tell 2026-03-12")
	is(t, s, "r1 approveTranche v1 due 2026-03-02 effective 2026-03-02 next 2026-03-16")
}

// A tranche without a gate opens on the day it is planned for, which may lie
// ahead.
func TestOpensLater(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	need := &Need{Kind: RequestTranche, Role: "platformOperator", OpenedOn: day("2026-06-01"), NotBefore: day("2026-06-01")}
	s.follow(need, "2026-03-02")
	is(t, s, "r1 requestTranche v1 due 2026-06-30 effective 2026-06-30 next 2026-06-23")
	need.NotBefore = day("2026-09-01")
	s.follow(need, "2026-03-03")
	is(t, s, "r2 requestTranche v1 due 2026-09-01 effective 2026-09-01 next 2026-08-02")
}

func TestSamePersonOrNot(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-01-05")
	other := deliver("2026-06-30")
	other.Person = "per_li"
	same(t, "handed over", s.follow(other, "2026-02-02"))
	if o := s.watch.Current; o.Revision != 1 || o.Person != "per_li" {
		t.Errorf("revision %d of %s, want 1 of per_li", o.Revision, o.Person)
	}
}

func TestAcknowledge(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	_, err := s.watch.Acknowledge("per_wang", day("2026-01-05"))
	if got := fault.CodeOf(err); got != "attention.nothingToAcknowledge" || fault.KindOf(err) != fault.Conflict {
		t.Errorf("Acknowledge of nothing = %v", err)
	}
	s.follow(deliver("2026-06-30"), "2026-01-05")
	before := s.watch
	for _, row := range []struct {
		by   ident.Person
		on   string
		want Ack
	}{
		{"per_wang", "2026-06-01", Ack{"per_wang", day("2026-06-01")}},
		{"per_wang", "2026-06-02", Ack{"per_wang", day("2026-06-01")}},
		{"per_li", "2026-06-03", Ack{"per_li", day("2026-06-03")}},
	} {
		if s.watch, err = s.watch.Acknowledge(row.by, day(row.on)); err != nil || *s.watch.Current.Ack != row.want {
			t.Errorf("Acknowledge(%s, %s) = %v, %v, want %v", row.by, row.on, s.watch.Current.Ack, err, row.want)
		}
	}
	if before.Current.Ack != nil {
		t.Error("Acknowledge changed the watch it was called on")
	}
	s.follow(deliver("2026-09-30"), "2026-06-10")
	if s.watch.Current.Ack != nil {
		t.Error("a new revision is acknowledged already")
	}
}

func TestNeedMustHaveItsDates(t *testing.T) {
	rules := rulesOf(t, DefaultLadders()...)
	for name, need := range map[string]Need{
		"deliver without a due date": {Kind: Deliver, OpenedOn: day("2026-01-05")},
		"approve with one":           {Kind: ApproveTranche, OpenedOn: day("2026-01-05"), DueOn: day("2026-01-06")},
		"never opened":               {Kind: ApproveTranche},
	} {
		if _, _, err := (Watch{}).Follow(&need, day("2026-01-05"), rules); fault.CodeOf(err) != "attention.needIncomplete" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPreview(t *testing.T) {
	rules := rulesOf(t, DefaultLadders()...)
	rules.AttentionFrom = day("2026-06-01")
	got, err := Preview(*deliver("2026-06-30"), day("2026-05-20"), rules)
	if err != nil {
		t.Fatal(err)
	}
	want := []Planned{
		{Rung: "before30", Level: ToOwner, Asks: AskRemind, On: day("2026-05-31"), Skipped: true},
		{Rung: "before7", Level: ToOwner, Asks: AskRemind, On: day("2026-06-23")},
		{Rung: "after1", Level: ToOwner, Asks: AskOverdue, On: day("2026-07-01")},
		{Rung: "after15", Level: ToManager, Asks: AskEscalate, On: day("2026-07-15")},
		{Rung: "after30", Level: ToHead, Asks: AskEscalate, On: day("2026-07-30")},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b civil.Date) bool { return a == b })); diff != "" {
		t.Errorf("Preview (-want +got):\n%s", diff)
	}
	s := &story{t: t, rules: rules}
	s.follow(deliver("2026-06-30"), "2026-05-20")
	s.sweep("2026-06-24")
	planned, err := s.watch.Current.Planned(rules)
	if err != nil || !planned[1].Reached || planned[1].On != day("2026-06-23") || planned[2].Reached {
		t.Errorf("Planned = %v, %v", planned, err)
	}
}

// TestTold: who was told is not who was to be told: what is found long after it
// was reached tells nobody, and of several found together the highest.
func TestTold(t *testing.T) {
	s := &story{t: t, rules: rulesOf(t, DefaultLadders()...)}
	s.follow(deliver("2026-06-30"), "2026-01-05")
	for _, c := range []struct {
		on   string
		want Level
	}{
		{"2026-06-20", ""},        // before30 found 20 days later
		{"2026-07-15", ToManager}, // before7 and after1 found together with after15
		{"2026-08-30", ToManager}, // after30 found a month later
	} {
		s.sweep(c.on)
		if got := s.watch.Current.Told(); got != c.want {
			t.Errorf("told by %s = %q, want %q", c.on, got, c.want)
		}
	}
	if got := s.watch.Current.Level(); got != ToHead {
		t.Errorf("Level = %s, want %s", got, ToHead)
	}
}
