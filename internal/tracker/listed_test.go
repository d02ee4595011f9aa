package tracker_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// world is what the property looks at: everything that an office has.
type world struct {
	*trackertest.Office
	awards []trackertest.Active
	scopes map[portfolio.ScopeKind][]string
}

func newWorld(t *testing.T) world {
	t.Helper()
	o, awards := mixed(t, nil)
	other := o.NewProgramme("ZZ", nil, trackertest.Manager)
	w := world{Office: o, awards: awards, scopes: map[portfolio.ScopeKind][]string{
		portfolio.InDeployment: {portfolio.Deployment},
		portfolio.InProgramme:  {string(o.Programme), string(other)},
		portfolio.InPlatform:   {string(o.Platform), string(o.OtherPlatform)},
	}}
	for _, a := range awards {
		w.scopes[portfolio.InAward] = append(w.scopes[portfolio.InAward], string(a.ID))
	}
	o.Meet(awards[0].M("A"))
	p := o.PayOut(awards[0].Tr(2))
	o.Refund(p, "5")
	o.Ask(awards[1].M("B"), "2026-08-01", trackertest.Operator2)
	return w
}

// caller draws somebody with any roles in any scopes of theirs.
func (w world) caller(t *rapid.T) tracker.Call {
	c := tracker.Call{Principal: access.Principal{Person: w.People[trackertest.Stranger]}}
	for i := range rapid.IntRange(0, 4).Draw(t, "roles") {
		role := rapid.SampledFrom(portfolio.Roles()).Draw(t, "role")
		scope := portfolio.Scope{Kind: role.ScopeKind(), ID: rapid.SampledFrom(w.scopes[role.ScopeKind()]).Draw(t, "scope")}
		c.Principal.Grants = append(c.Principal.Grants, access.Grant{Role: role, Scope: scope, Membership: fmt.Sprintf("mem_%d", i)})
	}
	return c
}

// every reads a whole list in pages of any size.
func every[T any](t *rapid.T, size int, name func(T) string, page func(tracker.PageRequest) (tracker.Page[T], error)) []string {
	var out []string
	p := tracker.PageRequest{Limit: size}
	for {
		got, err := page(p)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		for _, row := range got.Items {
			if slices.Contains(out, name(row)) {
				t.Fatalf("%s is listed twice", name(row))
			}
			out = append(out, name(row))
		}
		if p.Cursor = got.Next; p.Cursor == "" {
			return out
		}
	}
}

// same fails unless a thing is listed exactly where it can be viewed; what is
// neither answers as if it were not there.
func same(t *rapid.T, what, id string, listed []string, err error) {
	if (err == nil) != slices.Contains(listed, id) {
		t.Fatalf("%s %s: listed %t, viewing it: %v", what, id, slices.Contains(listed, id), err)
	}
	if err != nil && fault.CodeOf(err) != "thing.notFound" {
		t.Fatalf("%s %s: %v, want thing.notFound", what, id, err)
	}
}

// Whoever asks, with whatever roles: listed is viewable, and viewable listed.
func TestListedIsViewable(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		c := w.caller(t)
		size := rapid.IntRange(1, 4).Draw(t, "size")
		awards := every(t, size, awardID, func(p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
			return w.Tracker.Awards(w.Ctx, c, tracker.AwardsQuery{Half: tracker.AllHalves}, p)
		})
		milestones := every(t, size, func(r tracker.ThingRow[tracker.MilestoneView]) string { return string(r.Thing.ID) },
			func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.MilestoneView]], error) {
				return w.Tracker.Milestones(w.Ctx, c, tracker.ThingsQuery{Half: tracker.AllHalves}, p)
			})
		payments := every(t, size, func(r tracker.ThingRow[tracker.PaymentView]) string { return string(r.Thing.ID) },
			func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.PaymentView]], error) {
				return w.Tracker.Payments(w.Ctx, c, tracker.ThingsQuery{Half: tracker.AllHalves}, p)
			})
		for _, a := range w.awards {
			v, err := w.Tracker.Award(w.Ctx, c, a.ID)
			same(t, "award", string(a.ID), awards, err)
			for code, id := range a.Milestones {
				_, err := w.Tracker.Milestone(w.Ctx, c, a.M(code))
				same(t, "milestone", string(id), milestones, err)
			}
			for _, p := range v.Payments {
				_, err := w.Tracker.Payment(w.Ctx, c, tracker.PaymentRef{Award: a.ID, Payment: p.ID})
				same(t, "payment", string(p.ID), payments, err)
			}
		}
		w.places(t, c, size)
	})
}

// places is the property for programmes, platforms, projects and persons.
func (w world) places(t *rapid.T, c tracker.Call, size int) {
	programmes := every(t, size, func(v tracker.ProgrammeView) string { return string(v.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.ProgrammeView], error) {
		return w.Tracker.Programmes(w.Ctx, c, p)
	})
	for _, id := range w.scopes[portfolio.InProgramme] {
		_, err := w.Tracker.Programme(w.Ctx, c, ident.Programme(id))
		same(t, "programme", id, programmes, err)
	}
	platforms := every(t, size, func(v tracker.PlatformView) string { return string(v.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
		return w.Tracker.Platforms(w.Ctx, c, "", p)
	})
	for _, id := range w.scopes[portfolio.InPlatform] {
		_, err := w.Tracker.Platform(w.Ctx, c, ident.Platform(id))
		same(t, "platform", id, platforms, err)
	}
	projects := every(t, size, func(v tracker.ProjectView) string { return string(v.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.ProjectView], error) {
		return w.Tracker.Projects(w.Ctx, c, tracker.ProjectsQuery{}, p)
	})
	for _, id := range []string{string(w.Project), string(w.LoneProject)} {
		_, err := w.Tracker.Project(w.Ctx, c, ident.Project(id))
		same(t, "project", id, projects, err)
	}
	persons := every(t, size, func(v tracker.PersonView) string { return string(v.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return w.Tracker.Persons(w.Ctx, c, "", p)
	})
	for _, id := range w.People {
		_, err := w.Tracker.Person(w.Ctx, c, id)
		same(t, "person", string(id), persons, err)
	}
}

// What waits for somebody is among what they see as owed, and theirs to act
// on.
func TestMineIsSeen(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		c := w.caller(t)
		list := func(q tracker.AttentionQuery) []string {
			return every(t, 3, rowID, func(p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
				return w.Tracker.Attention(w.Ctx, c, q, p)
			})
		}
		seen := list(tracker.AttentionQuery{})
		for _, id := range list(tracker.AttentionQuery{Mine: true}) {
			if !slices.Contains(seen, id) {
				t.Fatalf("%s waits for the caller, who does not see it", id)
			}
		}
	})
}
