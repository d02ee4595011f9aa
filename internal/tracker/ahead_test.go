package tracker_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func ahead(ref tracker.MilestoneRef) tracker.Ahead {
	return tracker.Ahead{Award: ref.Award, Milestone: ref.Milestone, Command: true, Key: "key of the request"}
}

// Commands on an award look at the store once, membership and Idempotency-Key
// included, and write once; what is not named in the path takes a look more.
// Ladders are read once by a process, so the first award does not count.
func TestCommandsTakeOneLook(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	for n := range 2 {
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-01")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "100", "M1", "M2")})
		o.Meet(a.M("M2"))
		for _, c := range looks(o, a) {
			ctx, tally := store.WithTally(t.Context())
			c.about.Command, c.about.Award, c.about.Key = true, a.ID, fmt.Sprint(c.name, n)
			call, err := o.Tracker.Authenticated(ctx, trackertest.Login(c.persona), c.about)
			if err != nil {
				t.Fatal(err)
			}
			call.Key, call.Fingerprint = c.about.Key, "f"
			if _, err := c.do(ctx, call); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if n > 0 && (tally.Gets != c.gets || tally.Queries != 0 || tally.Transactions != 1) {
				t.Errorf("%s: %d gets, %d queries, %d transactions, want %d, 0, 1", c.name, tally.Gets, tally.Queries, tally.Transactions, c.gets)
			}
		}
	}
}

type look struct {
	name, persona string
	about         tracker.Ahead
	gets          int64
	do            command
}

func looks(o *trackertest.Office, a trackertest.Active) []look {
	m1, tr1 := a.M("M1"), a.Tr(1)
	milestone, tranche := tracker.Ahead{Milestone: m1.Milestone}, tracker.Ahead{Tranche: tr1.Tranche}
	return []look{
		{"start", trackertest.Operator, milestone, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.StartMilestone(ctx, c, m1)
		}},
		{"submit", trackertest.Operator, milestone, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.SubmitMilestone(ctx, c, m1, answers())
		}},
		{"return", trackertest.Manager, milestone, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.ReturnMilestone(ctx, c, m1, sentBack())
		}},
		{"submit again", trackertest.Operator, milestone, 1, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.SubmitMilestone(ctx, c, m1, answers())
		}},
		{"decide: its tranche, the other gate", trackertest.Manager, milestone, 3, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.DecideMilestone(ctx, c, m1, met())
		}},
		{"request: its gates", trackertest.Operator, tranche, 2, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.RequestTranche(ctx, c, tr1, tracker.TrancheRequest{})
		}},
		{"approve: its gates", trackertest.Manager2, tranche, 2, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return o.Tracker.ApproveTranche(ctx, c, tr1, tracker.Approval{})
		}},
	}
}

// What was read ahead is no more than a first look: what changed since is read
// again, and what is too old is not used.
func TestAheadIsPast(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "100", "M1")})
	m1 := a.M("M1")
	early := func(persona string) tracker.Call {
		c, err := o.Tracker.Authenticated(t.Context(), trackertest.Login(persona), ahead(m1))
		if err != nil {
			t.Fatal(err)
		}
		c.Key, c.Fingerprint = "key of the request", "f"
		return c
	}

	c, twin := early(trackertest.Operator), early(trackertest.Operator)
	first, err := o.Tracker.StartMilestone(t.Context(), c, m1)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.Tracker.StartMilestone(t.Context(), twin, m1); err != nil || again.Sequence != first.Sequence {
		t.Errorf("the same request at the same time = %+v, %v, want a replay of %+v", again, err, first)
	}

	stale := early(trackertest.Manager) // sees it in progress
	stale.Key = ""
	o.Submit(m1)
	if _, err := o.Tracker.DecideMilestone(t.Context(), stale, m1, met()); err != nil {
		t.Errorf("decide on what was submitted meanwhile: %v", err)
	}

	late := early(trackertest.Manager)
	late.Key = ""
	version := o.HeadNow(string(a.ID)).Seq
	late.IfMatch = &version // of another thing: no version of the milestone
	if _, err := o.Tracker.DecideMilestone(t.Context(), late, m1, met()); fault.CodeOf(err) != "precondition.failed" {
		t.Errorf("decide with another version = %v", err)
	}

	old := early(trackertest.Operator)
	o.Clock.Add(2 * time.Second)
	ctx, tally := store.WithTally(t.Context())
	if _, err := o.Tracker.Milestone(ctx, old, m1); err != nil || tally.Gets != 1 {
		t.Errorf("a view two seconds later: %d gets, %v, want one", tally.Gets, err)
	}
}

// Hints that name nothing, twice the same, or other people's things change no
// answer.
func TestAheadOfAnything(t *testing.T) {
	o := trackertest.New(t, nil)
	for _, about := range []tracker.Ahead{
		{Award: "awd_x", Milestone: "../..", Tranche: "tr\x00", Root: "dep", Command: true, Key: strings.Repeat("k", 200)},
		{Root: string(o.Programme)},
		{Award: "awd_01K5A7Q2M9X4T8R6W3B1C0D2E5", Root: "awd_01K5A7Q2M9X4T8R6W3B1C0D2E5"},
	} {
		c, err := o.Tracker.Authenticated(t.Context(), trackertest.Login(trackertest.Stranger), about)
		if err != nil {
			t.Errorf("%+v: %v", about, err)
			continue
		}
		if _, err := o.Tracker.Programme(t.Context(), c, o.Programme); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%+v: a stranger reads the programme: %v", about, err)
		}
	}
	if _, err := o.Tracker.Authenticated(t.Context(), portfolio.Login{Issuer: "x", Subject: "y"}, tracker.Ahead{}); fault.CodeOf(err) != "auth.unknownPerson" {
		t.Errorf("unknown login: %v", err)
	}
}
