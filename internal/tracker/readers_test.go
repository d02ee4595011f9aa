package tracker_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// readersOf are all readers of a thing as somebody lists them, by pages of a
// few.
func readersOf(o *trackertest.Office, as, thing string, limit int) (tracker.ReadersView, []tracker.Reader) {
	o.T.Helper()
	var all []tracker.Reader
	at := tracker.PageRequest{Limit: limit}
	for {
		v, err := o.Tracker.Readers(o.Ctx, o.Call(as), thing, at)
		if err != nil {
			o.T.Fatalf("%s asks who sees %s: %v", as, thing, err)
		}
		if len(v.Readers.Items) > limit {
			o.T.Fatalf("%d rows on a page of %d", len(v.Readers.Items), limit)
		}
		all = append(all, v.Readers.Items...)
		if at.Cursor = v.Readers.Next; at.Cursor == "" {
			return v, all
		}
	}
}

// Somebody is listed exactly if they are explained to view the thing; and what
// a listed membership allows is what that explains.
func TestReadersAreThoseWhoAreExplained(t *testing.T) {
	office := trackertest.New(t, nil)
	a := office.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100.00", "M1")})
	lone := office.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100.00", "M1")}, office.OnNoPlatform)
	draft := office.Document(nil, nil)
	early := office.Draft(draft)
	other := office.NewProgramme("OTHER", nil, trackertest.Manager2)
	things := map[string]access.Action{
		string(a.ID): access.ViewAward, string(lone.ID): access.ViewAward, string(early): access.ViewAward,
		string(office.Programme): access.ViewProgramme, string(other): access.ViewProgramme,
		string(office.Platform): access.ViewPlatform, string(office.OtherPlatform): access.ViewPlatform,
		string(office.Project): access.ViewProject, string(office.LoneProject): access.ViewProject,
		portfolio.Deployment: access.ViewMembers,
	}
	var ids []string
	for id := range things {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	scopes := map[portfolio.ScopeKind][]string{
		portfolio.InDeployment: {portfolio.Deployment}, portfolio.InProgramme: {string(office.Programme), string(other)},
		portfolio.InPlatform: {string(office.Platform), string(office.OtherPlatform)}, portfolio.InAward: {string(a.ID), string(lone.ID), string(early)},
	}
	people, n := slices.Clone(append(trackertest.Personas(), trackertest.Stranger)), 0
	rapid.Check(t, func(rt *rapid.T) {
		o := office.For(rt)
		n++
		who := fmt.Sprintf("newcomer%d", n)
		o.Person(who, "")
		people = append(people, who)
		for range rapid.IntRange(0, 3).Draw(rt, "roles") {
			role := rapid.SampledFrom(portfolio.Roles()).Draw(rt, "role")
			scope := rapid.SampledFrom(scopes[role.ScopeKind()]).Draw(rt, "scope")
			from := o.Today().AddDays(rapid.IntRange(-3, 3).Draw(rt, "from"))
			_, err := o.Tracker.GrantMembership(o.Ctx, o.Call(trackertest.Administrator), o.People[who], portfolio.Grant{
				Role: role, Scope: portfolio.Scope{Kind: role.ScopeKind(), ID: scope}, From: from, To: from.AddDays(5),
			})
			_ = err // twice the same role is refused
		}
		thing := rapid.SampledFrom(ids).Draw(rt, "thing")
		_, all := readersOf(o, trackertest.Administrator, thing, rapid.IntRange(1, 60).Draw(rt, "limit"))
		listed := map[ident.Person][]access.Action{}
		for i, r := range all {
			if slices.ContainsFunc(all[:i], func(b tracker.Reader) bool {
				return b.Person.ID == r.Person.ID && b.Role == r.Role && b.Scope == r.Scope && b.From == r.From
			}) {
				rt.Fatalf("%s stands twice as %s", r.Person.Names.EN, r.Role)
			}
			listed[ident.Person(r.Person.ID)] = append(listed[ident.Person(r.Person.ID)], r.Actions...)
		}
		for _, p := range people[max(0, len(people)-20):] {
			x, err := o.Tracker.Explain(o.Ctx, o.Call(trackertest.Administrator), o.People[p], thing)
			if err != nil {
				rt.Fatalf("%s on %s: %v", p, thing, err)
			}
			var allowed []access.Action
			for _, act := range x.Allows {
				allowed = append(allowed, act.Action)
			}
			actions, is := listed[o.People[p]]
			if want := slices.Contains(allowed, things[thing]); is != want {
				rt.Fatalf("%s is listed for %s: %v, explained to see it: %v", p, thing, is, want)
			}
			for _, act := range actions {
				if !slices.Contains(allowed, act) {
					rt.Fatalf("%s may %s on %s as listed, not as explained", p, act, thing)
				}
			}
		}
	})
}

// What a programme's reader is told of who sees a thing are those of the
// programme: nobody's membership elsewhere, and that there may be such.
func TestReadersWithinWhatTheCallerSees(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100.00", "M1")})
	const elsewhere = "elsewhere"
	o.Person(elsewhere, "")
	other := o.NewProgramme("OTHER", nil, elsewhere)
	if _, err := o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Administrator), o.Platform, portfolio.Enrolment{Programme: other, Origin: portfolio.Commissioned, From: o.Today()}); err == nil {
		t.Fatal("an administrator enrols")
	}
	o.Grant(trackertest.Manager2, portfolio.ProgrammeManager, string(other))
	if _, err := o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Manager2), o.Platform, portfolio.Enrolment{Programme: other, Origin: portfolio.Commissioned, From: o.Today()}); err != nil {
		t.Fatal(err)
	}
	lists := func(as, thing, who string) bool {
		_, all := readersOf(o, as, thing, 5)
		return slices.ContainsFunc(all, func(r tracker.Reader) bool { return r.Person.ID == string(o.People[who]) })
	}
	for _, c := range []struct {
		as, thing, who string
		want           bool
	}{
		{trackertest.Administrator, string(o.Platform), elsewhere, true},
		{trackertest.Manager, string(o.Platform), elsewhere, false},
		{trackertest.Manager, string(o.Platform), trackertest.Operator, true},
		{trackertest.Auditor, string(a.ID), trackertest.Lead, true},
		{trackertest.Manager, string(o.Project), trackertest.Lead, true},
		{trackertest.Manager, string(o.Programme), trackertest.Operator2, true},
		{trackertest.Manager, string(o.Programme), trackertest.Administrator, false},
		{trackertest.Administrator, string(o.Programme), trackertest.Administrator, true},
		{trackertest.Administrator, string(a.ID), trackertest.Administrator, false},
	} {
		if got := lists(c.as, c.thing, c.who); got != c.want {
			t.Errorf("%s finds %s among who sees %s: %v", c.as, c.who, c.thing, got)
		}
	}
	for _, c := range []struct {
		as, thing string
		want      []portfolio.ScopeKind
	}{
		{trackertest.Administrator, string(o.Platform), nil},
		{trackertest.Manager, string(o.Platform), []portfolio.ScopeKind{portfolio.InProgramme}},
		{trackertest.Manager, string(o.OtherPlatform), []portfolio.ScopeKind{portfolio.InProgramme}}, // whether or not there are any
		{trackertest.Manager, string(o.Programme), []portfolio.ScopeKind{portfolio.InDeployment}},
		{trackertest.Manager, string(a.ID), nil},
	} {
		if v, _ := readersOf(o, c.as, c.thing, 5); !slices.Equal(v.Withheld, c.want) {
			t.Errorf("%s is told that %s is withheld of %s, want %s", c.as, v.Withheld, c.thing, c.want)
		}
	}
	for _, as := range []string{trackertest.Operator, trackertest.Lead, trackertest.Stranger, elsewhere} {
		for _, thing := range []string{string(a.ID), string(o.Project), "nothing", "dep"} {
			if _, err := o.Tracker.Readers(o.Ctx, o.Call(as), thing, tracker.PageRequest{}); codeAt(err) != "reference.unknown" {
				t.Errorf("%s asks who sees %s: %v", as, thing, err)
			}
		}
	}
	if v, _ := readersOf(o, trackertest.Administrator, string(o.Project), 5); v.Thing.Names.EN != v.Thing.Code {
		t.Errorf("an administrator is told the title %q", v.Thing.Names.EN)
	}
}

// Separations that bite now are told to who sees the award, and to nobody else.
func TestReadersAreBarred(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-02", "5000000.00", "M1")})
	o.Meet(a.M("M1"))
	o.Request(a.Tr(1))
	decided := o.MilestoneNow(a.M("M1"))
	for _, as := range []string{trackertest.Manager, trackertest.Administrator} {
		_, all := readersOf(o, as, string(a.ID), 50)
		for _, r := range all {
			want := as != trackertest.Administrator && r.Person.ID == string(decided.Decider())
			if got := slices.ContainsFunc(r.Barred, func(b tracker.BarredStep) bool { return b.Action == access.DecideTranche }); got != want {
				t.Errorf("%s is told that %s may not approve: %v", as, r.Person.Names.EN, r.Barred)
			}
		}
	}
}

// Who sees an award is read from its own scopes, whatever else there is: its
// things, and the members of programme, platform and award.
func TestReadersOfAnAwardReadItsScopes(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	milestones, tranches := []award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100.00", "M1")}
	a := o.ActiveAward(milestones, tranches)
	reads := func() store.Tally {
		c := o.Call(trackertest.Manager)
		ctx, tally := store.WithTally(o.Ctx)
		if _, err := o.Tracker.Readers(ctx, c, string(a.ID), tracker.PageRequest{}); err != nil {
			t.Fatal(err)
		}
		return *tally
	}
	before := reads()
	for i := range 8 {
		o.ActiveAward(milestones, tranches)
		o.NewPlatform(fmt.Sprint("PLT-X", i), o.OtherPayee)
	}
	if after := reads(); after != before || after.Queries > 6 {
		t.Errorf("reads were %+v, are %+v", before, after)
	}
}
