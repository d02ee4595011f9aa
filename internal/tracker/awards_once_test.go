package tracker_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The list of a project's awards shows each once, though an award without a
// platform stands there by its root and as the project's.
func TestAwardsOfAProjectOnce(t *testing.T) {
	o := trackertest.New(t, nil)
	lone := func(edit func(*award.Document)) award.Document {
		d := o.Document(oneDue("2026-06-01"))
		edit(&d)
		return d
	}
	draft, discarded := o.Draft(lone(o.OnNoPlatform)), o.Draft(lone(o.OnNoPlatform))
	must(t)(o.Tracker.DiscardAward(o.Ctx, o.Call(trackertest.Manager), discarded, because))
	handedIn := o.Draft(lone(o.OnNoPlatform))
	if err := submitDraft(o, handedIn); err != nil {
		t.Fatal(err)
	}
	milestones, tranches := oneDue("2026-06-01")
	active := o.ActiveAward(milestones, tranches, o.OnNoPlatform).ID
	placed := o.ActiveAward(milestones, tranches).ID
	all := tracker.AllHalves
	for _, test := range []struct {
		persona string
		q       tracker.AwardsQuery
		want    []ident.Award
	}{
		{trackertest.Auditor, tracker.AwardsQuery{Project: o.LoneProject}, []ident.Award{draft, handedIn, active}},
		{trackertest.Auditor, tracker.AwardsQuery{Project: o.LoneProject, Half: all}, []ident.Award{draft, discarded, handedIn, active}},
		{trackertest.Auditor, tracker.AwardsQuery{Project: o.LoneProject, Programme: o.Programme}, []ident.Award{draft, handedIn, active}},
		{trackertest.Auditor, tracker.AwardsQuery{Project: o.Project}, []ident.Award{placed}},
		{trackertest.Lead, tracker.AwardsQuery{Project: o.LoneProject, Half: all}, []ident.Award{active}},
		{trackertest.Lead, tracker.AwardsQuery{Project: o.Project, Half: all}, []ident.Award{placed}},
		{trackertest.Operator, tracker.AwardsQuery{Project: o.Project, Half: all}, []ident.Award{placed}},
	} {
		for _, limit := range []int{1, 2, 50} {
			times := map[ident.Award]int{}
			for p := (tracker.PageRequest{Limit: limit}); ; {
				page, err := o.Tracker.Awards(o.Ctx, o.Call(test.persona), test.q, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range page.Items {
					times[row.ID]++
				}
				if p.Cursor = page.Next; p.Cursor == "" {
					break
				}
			}
			for _, id := range test.want {
				if times[id] != 1 {
					t.Errorf("%s, %+v, %d a page: %s shown %d times", test.persona, test.q, limit, id, times[id])
				}
			}
			if len(times) != len(test.want) {
				t.Errorf("%s, %+v, %d a page: %d awards, want %d", test.persona, test.q, limit, len(times), len(test.want))
			}
		}
	}
}
