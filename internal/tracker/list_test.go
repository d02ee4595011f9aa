package tracker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// all reads a whole list in pages of a size, and fails where a thing comes
// twice.
func all[T any](t *testing.T, size int, id func(T) string, page func(tracker.PageRequest) (tracker.Page[T], error)) []string {
	t.Helper()
	var ids []string
	p := tracker.PageRequest{Limit: size}
	for range 500 {
		got, err := page(p)
		if err != nil {
			t.Fatalf("page after %d rows: %v", len(ids), err)
		}
		if len(got.Items) > size {
			t.Fatalf("a page of %d, at most %d asked for", len(got.Items), size)
		}
		for _, row := range got.Items {
			if slices.Contains(ids, id(row)) {
				t.Fatalf("%s is listed twice", id(row))
			}
			ids = append(ids, id(row))
		}
		if p.Cursor = got.Next; p.Cursor == "" {
			return ids
		}
	}
	t.Fatal("a list without end")
	return nil
}

func awardsOf(o *trackertest.Office, persona string, q tracker.AwardsQuery) func(tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
	return func(p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
		return o.Tracker.Awards(o.Ctx, o.Call(persona), q, p)
	}
}

func awardID(r tracker.AwardRow) string { return string(r.ID) }

func attentionOf(o *trackertest.Office, persona string, q tracker.AttentionQuery) func(tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
	return func(p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
		return o.Tracker.Attention(o.Ctx, o.Call(persona), q, p)
	}
}

func rowID(r tracker.AttentionRow) string { return r.ID }

// mixed is an office with awards on two platforms, on none, and a draft.
func mixed(t *testing.T, s store.Store) (*trackertest.Office, []trackertest.Active) {
	t.Helper()
	o := trackertest.New(t, s)
	ms := func(due ...string) []award.MilestoneDraft {
		var out []award.MilestoneDraft
		for i, d := range due {
			out = append(out, trackertest.Milestone(string(rune('A'+i)), d))
		}
		return out
	}
	tr := []award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10"), trackertest.Tranche(2, "2026-06-01", "20", "A")}
	awards := []trackertest.Active{
		o.ActiveAward(ms("2026-03-20", "2026-04-10"), tr),
		o.ActiveAward(ms("2026-03-25", "2026-05-10"), tr, o.OnOtherPlatform),
		o.ActiveAward(ms("2026-03-22", "2026-09-10"), tr, o.OnNoPlatform),
	}
	awards = append(awards, trackertest.Active{ID: o.Draft(o.Document(ms("2026-03-20"), tr))})
	return o, awards
}

// Each list comes to the same, whatever the size of its pages, on every store.
func TestPaging(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o, awards := mixed(t, s)
		settle(t, o)
		want := []string{string(awards[0].ID), string(awards[1].ID), string(awards[2].ID), string(awards[3].ID)}
		for _, size := range []int{1, 2, 3, 100} {
			got := all(t, size, awardID, awardsOf(o, trackertest.Auditor, tracker.AwardsQuery{}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("awards in pages of %d (-want +got):\n%s", size, diff)
			}
		}
		full := all(t, 100, rowID, attentionOf(o, trackertest.Manager, tracker.AttentionQuery{}))
		if len(full) != 6+3 { // six milestones, three ungated tranches
			t.Errorf("%d things are owed, want 9", len(full))
		}
		for _, size := range []int{1, 2, 4} {
			if diff := cmp.Diff(full, all(t, size, rowID, attentionOf(o, trackertest.Manager, tracker.AttentionQuery{}))); diff != "" {
				t.Errorf("attention in pages of %d (-want +got):\n%s", size, diff)
			}
		}
	})
}

// settle makes what Stale holds back visible: it lags three transactions.
func settle(t *testing.T, o *trackertest.Office) {
	t.Helper()
	for i := range 4 {
		item := store.Item{Key: store.Key{PK: "settle", SK: string(rune('a' + i))}, Version: 1, Body: []byte(`{}`)}
		for range 20 {
			if err := o.Store.Transact(o.Ctx, "settle"+item.SK, store.PutOp(item, store.Anything)); err == nil {
				break
			}
		}
	}
}

// What a persona lists is what they can view, thing by thing.
func TestListedIffViewable(t *testing.T) {
	o, awards := mixed(t, nil)
	for _, persona := range append(trackertest.Personas(), trackertest.Stranger) {
		listed := all(t, 2, awardID, awardsOf(o, persona, tracker.AwardsQuery{Half: tracker.AllHalves}))
		things := all(t, 3, rowID, attentionOf(o, persona, tracker.AttentionQuery{}))
		for _, a := range awards {
			_, err := o.Tracker.Award(o.Ctx, o.Call(persona), a.ID)
			if (err == nil) != slices.Contains(listed, string(a.ID)) {
				t.Errorf("%s: award %s listed %t, viewing it: %v", persona, a.ID, slices.Contains(listed, string(a.ID)), err)
			}
			if err != nil && fault.CodeOf(err) != "thing.notFound" {
				t.Errorf("%s: an award out of scope is %v, want thing.notFound", persona, err)
			}
			for code := range a.Milestones {
				_, err := o.Tracker.Milestone(o.Ctx, o.Call(persona), a.M(code))
				if (err == nil) != slices.Contains(things, string(a.M(code).Milestone)) {
					t.Errorf("%s: milestone %s of %s listed %t, viewing it: %v", persona, code, a.ID, err != nil, err)
				}
			}
		}
	}
}

// A cursor is good for its caller and its query alone.
func TestCursorsAreBound(t *testing.T) {
	o, _ := mixed(t, nil)
	page, err := o.Tracker.Awards(o.Ctx, o.Call(trackertest.Manager), tracker.AwardsQuery{}, tracker.PageRequest{Limit: 1})
	if err != nil || page.Next == "" {
		t.Fatalf("first page = %+v, %v, want a cursor", page, err)
	}
	for name, next := range map[string]func(tracker.PageRequest) (tracker.Page[tracker.AwardRow], error){
		"another caller": awardsOf(o, trackertest.Manager2, tracker.AwardsQuery{}),
		"another query":  awardsOf(o, trackertest.Manager, tracker.AwardsQuery{Half: tracker.AllHalves}),
	} {
		if _, err := next(tracker.PageRequest{Limit: 1, Cursor: page.Next}); fault.CodeOf(err) != "cursor.invalid" {
			t.Errorf("%s: %v, want cursor.invalid", name, err)
		}
	}
	if _, err := o.Tracker.Awards(o.Ctx, o.Call(trackertest.Manager), tracker.AwardsQuery{}, tracker.PageRequest{Limit: 101}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a page of 101: %v, want request.invalid", err)
	}
}

// Rows whose entries tell of the past are dropped: what is listed as owed is
// owed, by that role.
func TestStaleRowsAreDropped(t *testing.T) {
	for seed := range uint64(5) {
		o, awards := mixed(t, storetest.Stale(trackertest.Memory(t), seed, 8))
		for _, a := range awards[:2] {
			by := trackertest.Operator
			if a.ID == awards[1].ID {
				by = trackertest.Operator2
			}
			o.Submit(a.M("A"), by)
			for range 5 {
				page, err := attentionOf(o, trackertest.Manager, tracker.AttentionQuery{Role: "platformOperator"})(tracker.PageRequest{})
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range page.Items {
					if row.ID == string(a.M("A").Milestone) || row.Role != "platformOperator" {
						t.Errorf("seed %d: %s %s is listed as owed by %s", seed, row.Code, row.State, row.Role)
					}
				}
			}
		}
	}
}

// Too many partitions to merge are refused with the filter that helps; what
// the caller is told of themselves does not depend on it.
func TestTooManyScopes(t *testing.T) {
	o := trackertest.New(t, nil)
	const programmes = 65 // of four lists each: what each role owes
	for i := range programmes - 1 {
		o.NewProgramme(fmt.Sprintf("X%d", i), nil, trackertest.Manager)
	}
	_, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Manager), tracker.AttentionQuery{}, tracker.PageRequest{})
	if fault.CodeOf(err) != "list.tooManyScopes" {
		t.Errorf("attention over %d programmes: %v, want list.tooManyScopes", programmes, err)
	}
	if _, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Manager), tracker.AttentionQuery{Programme: o.Programme}, tracker.PageRequest{}); err != nil {
		t.Errorf("attention in one programme: %v", err)
	}
	if me, err := o.Tracker.Me(o.Ctx, o.Call(trackertest.Manager)); err != nil || len(me.Scopes) != programmes {
		t.Errorf("me has %d scopes, %v, want %d", len(me.Scopes), err, programmes)
	}
}

// An award's page is one query, and two gets for names.
func TestAwardPageIsOneQuery(t *testing.T) {
	s := store.Counted(trackertest.Memory(t))
	o := trackertest.New(t, s)
	var ms []award.MilestoneDraft
	for i := range 20 {
		ms = append(ms, trackertest.Milestone(string(rune('A'+i)), "2026-06-01"))
	}
	a := o.ActiveAward(ms, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "A", "B")})
	call := o.Call(trackertest.Manager)
	ctx, tally := store.WithTally(context.Background())
	v, err := o.Tracker.Award(ctx, call, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Milestones) != 20 || len(v.Tranches) != 1 || v.Version != o.HeadNow(string(a.ID)).Seq {
		t.Errorf("award = %d milestones, %d tranches, version %d", len(v.Milestones), len(v.Tranches), v.Version)
	}
	if tally.Queries != 1 || tally.Gets > 2 || tally.Transactions != 0 {
		t.Errorf("tally = %+v, want one query", *tally)
	}
	if v.Names[string(o.Platform)].Code != "PLT-1" {
		t.Errorf("names = %+v, want those of the platform", v.Names)
	}
}

// Actions are what roles and states allow.
func TestActions(t *testing.T) {
	o, awards := mixed(t, nil)
	a := awards[0]
	o.Submit(a.M("A"))
	tests := []struct {
		persona string
		want    []tracker.Action
	}{
		{trackertest.Operator, []tracker.Action{award.CommandWithdraw, tracker.ActionAddEvidence}},
		{trackertest.Manager, []tracker.Action{award.CommandReturn, award.CommandDecide, tracker.ActionAcknowledge}},
		{trackertest.Auditor, []tracker.Action{}},
	}
	for _, test := range tests {
		v, err := o.Tracker.Milestone(o.Ctx, o.Call(test.persona), a.M("A"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(v.Actions)
		slices.Sort(test.want)
		if diff := cmp.Diff(test.want, v.Actions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.persona, diff)
		}
	}
	v, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Auditor), a.ID)
	if err != nil || slices.Contains(v.Permissions, access.DecideMilestone) {
		t.Errorf("an auditor's permissions = %v, %v", v.Permissions, err)
	}
}

// Tranches that stand after hundreds of milestones in their partition are found
// in few reads: each goes further than the one before.
func TestOthersArePassedInFewReads(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	var due []award.MilestoneDraft
	for i := range 60 {
		due = append(due, trackertest.Milestone(fmt.Sprintf("M%d", i+1), "2026-03-10"))
	}
	for range 8 {
		o.ActiveAward(due, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	}
	ctx, tally := store.WithTally(o.Ctx)
	page, err := o.Tracker.Tranches(ctx, o.Call(trackertest.Manager), tracker.ThingsQuery{}, tracker.PageRequest{Limit: 5})
	if err != nil || len(page.Items) != 5 || page.Next == "" {
		t.Fatalf("%d tranches, next %q: %v", len(page.Items), page.Next, err)
	}
	if tally.Queries > 20 || tally.IndexKeys > 2*480 {
		t.Errorf("480 milestones were passed in %d reads of %d entries", tally.Queries, tally.IndexKeys)
	}
}
