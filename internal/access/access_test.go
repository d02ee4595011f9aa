package access

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

func scope(kind portfolio.ScopeKind, id string) portfolio.Scope {
	return portfolio.Scope{Kind: kind, ID: id}
}

func TestDecideGivesEveryReason(t *testing.T) {
	a := newTestAuthority(t)
	manager := Grant{Role: portfolio.ProgrammeManager, Scope: scope(portfolio.InProgramme, "prg_1"), Membership: "mem_1"}
	operator := Grant{Role: portfolio.PlatformOperator, Scope: scope(portfolio.InPlatform, "plt_1"), Membership: "mem_2"}
	elsewhere := Grant{Role: portfolio.Auditor, Scope: scope(portfolio.InProgramme, "prg_2"), Membership: "mem_3"}
	p := Principal{Person: "per_1", Grants: []Grant{manager, operator, elsewhere}}

	got, err := a.Decide(p, ViewAward, thing(KindAward, "prg_1", "plt_1", "awd_1"))
	want := Decision{Allowed: true, Because: []Because{{"programme-readers", manager}, {"platform-reader", operator}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Decide: %v, (-want +got):\n%s", err, diff)
	}

	got, err = a.Decide(p, InstructPayment, thing(KindTranche, "prg_1", "plt_1", "awd_1"))
	if diff := cmp.Diff(Decision{}, got); diff != "" || err != nil {
		t.Errorf("Decide: %v, (-want +got):\n%s", err, diff)
	}
}

func TestOwnPerson(t *testing.T) {
	a := newTestAuthority(t)
	for _, role := range portfolio.Roles() {
		d, err := a.Decide(member(role), ViewPerson, Resource{Kind: KindPerson, ID: "per_me"})
		if !d.Allowed || err != nil {
			t.Errorf("a %s may not view their own person: %+v, %v", role, d, err)
		}
	}
	nobody := Principal{Person: "per_me"}
	if d, _ := a.Decide(nobody, ViewPerson, Resource{Kind: KindPerson, ID: "per_me"}); d.Allowed {
		t.Error("a person without a role views their own person")
	}
	unnamed := Principal{Grants: member(portfolio.ProjectLead).Grants}
	if d, _ := a.Decide(unnamed, ViewPerson, Resource{Kind: KindPerson}); d.Allowed {
		t.Error("no person is taken for no person's own")
	}
}

// A role in a kind of scope that is not its own, or of no named thing, or that
// this version does not know, gives nothing, not even what everybody may do.
func TestUnsoundGrants(t *testing.T) {
	a := newTestAuthority(t)
	everyScope := Resource{Kind: KindAward, ID: "thing", Programmes: []ident.Programme{"x", ""}, Platforms: []ident.Platform{"x", ""}}
	for name, g := range map[string]Grant{
		"finance in the deployment":    {Role: portfolio.Finance, Scope: everywhere()},
		"administrator in a programme": {Role: portfolio.Administrator, Scope: scope(portfolio.InProgramme, "x")},
		"operator in a programme":      {Role: portfolio.PlatformOperator, Scope: scope(portfolio.InProgramme, "x")},
		"manager of no programme":      {Role: portfolio.ProgrammeManager, Scope: scope(portfolio.InProgramme, "")},
		"lead of no award":             {Role: portfolio.ProjectLead, Scope: scope(portfolio.InAward, "")},
		"a role of a later version":    {Role: "fundManager", Scope: scope(portfolio.InProgramme, "x")},
		"no role":                      {Scope: scope(portfolio.InProgramme, "x")},
	} {
		p := Principal{Person: "per_me", Grants: []Grant{g}}
		if got := a.Actions(p, everyScope); len(got) > 0 {
			t.Errorf("%s: Actions = %v, want none", name, got)
		}
		if got := a.Roles(p, everyScope); len(got) > 0 {
			t.Errorf("%s: Roles = %v, want none", name, got)
		}
		for _, act := range Actions() {
			if got := a.Scopes(p, act); len(got) > 0 {
				t.Errorf("%s: Scopes(%s) = %v, want none", name, act, got)
			}
		}
	}
}

// An administrator's scope is the deployment, of which there is one.
func TestAnotherDeployment(t *testing.T) {
	a := newTestAuthority(t)
	p := Principal{Grants: []Grant{{Role: portfolio.Administrator, Scope: scope(portfolio.InDeployment, "other")}}}
	if d, err := a.Decide(p, RunSweep, Resource{Kind: KindSweep, Deployment: true}); d.Allowed || err != nil {
		t.Errorf("Decide = %+v, %v, want a refusal", d, err)
	}
}

func TestPrincipalOf(t *testing.T) {
	on := civil.MustParse
	give := func(id string, state portfolio.MembershipState, from, to string) portfolio.Membership {
		m := portfolio.Membership{ID: id, Role: portfolio.Auditor, Scope: scope(portfolio.InProgramme, id), State: state, From: on(from)}
		if to != "" {
			m.To = on(to)
		}
		return m
	}
	person := portfolio.Person{ID: "per_1", Organisation: "org_1", Memberships: []portfolio.Membership{
		give("open", portfolio.MembershipActive, "2026-01-01", ""),
		give("revoked", portfolio.MembershipRevoked, "2026-01-01", ""),
		give("ended", portfolio.MembershipActive, "2026-01-01", "2026-05-31"),
		give("lastDay", portfolio.MembershipActive, "2026-01-01", "2026-06-01"),
		give("firstDay", portfolio.MembershipActive, "2026-06-01", ""),
		give("future", portfolio.MembershipActive, "2026-06-02", ""),
	}}
	got := PrincipalOf(person, on("2026-06-01"))
	want := Principal{Person: "per_1", Organisation: "org_1"}
	for _, id := range []string{"open", "lastDay", "firstDay"} {
		want.Grants = append(want.Grants, Grant{Role: portfolio.Auditor, Scope: scope(portfolio.InProgramme, id), Membership: id})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("PrincipalOf (-want +got):\n%s", diff)
	}
	a := newTestAuthority(t)
	for _, id := range []ident.Programme{"revoked", "ended", "future"} {
		if d, _ := a.Decide(got, ViewAward, thing(KindAward, id, "", "awd_1")); d.Allowed {
			t.Errorf("the %s membership still gives its role", id)
		}
	}
}

func TestScopes(t *testing.T) {
	a := newTestAuthority(t)
	grants := []Grant{
		{Role: portfolio.Finance, Scope: scope(portfolio.InProgramme, "prg_2")},
		{Role: portfolio.ProjectLead, Scope: scope(portfolio.InAward, "awd_1")},
		{Role: portfolio.PlatformOperator, Scope: scope(portfolio.InPlatform, "plt_1")},
		{Role: portfolio.Auditor, Scope: scope(portfolio.InProgramme, "prg_1")},
		{Role: portfolio.Head, Scope: scope(portfolio.InProgramme, "prg_2")},
	}
	member := Principal{Person: "per_1", Grants: grants}
	admin := Principal{Person: "per_1", Grants: append([]Grant{{Role: portfolio.Administrator, Scope: everywhere()}}, grants...)}
	all := []portfolio.Scope{everywhere()}
	programmes := []portfolio.Scope{scope(portfolio.InProgramme, "prg_1"), scope(portfolio.InProgramme, "prg_2")}
	for _, c := range []struct {
		name string
		p    Principal
		act  Action
		want []portfolio.Scope
	}{
		{"sorted, each once", member, ViewAward, append([]portfolio.Scope{scope(portfolio.InAward, "awd_1"), scope(portfolio.InPlatform, "plt_1")}, programmes...)},
		{"only some roles", member, ViewJournal, programmes},
		{"one role", member, InstructPayment, programmes[1:]},
		{"only off a platform", Principal{Grants: grants[1:2]}, SubmitMilestone, []portfolio.Scope{scope(portfolio.InAward, "awd_1")}},
		{"whoever is a member", member, ViewOrganisation, all},
		{"nothing", member, RunSweep, nil},
		{"the deployment alone", admin, ViewProgramme, all},
		{"an administrator sees no more awards", Principal{Grants: admin.Grants[:1]}, ViewAward, nil},
		{"no member", Principal{Person: "per_1"}, Search, nil},
		{"an unknown action", admin, "launder", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, a.Scopes(c.p, c.act)); diff != "" {
				t.Errorf("Scopes(%s) (-want +got):\n%s", c.act, diff)
			}
		})
	}
}

func TestRolesAndActions(t *testing.T) {
	a := newTestAuthority(t)
	p := Principal{Person: "per_1", Grants: []Grant{
		{Role: portfolio.ProjectLead, Scope: scope(portfolio.InAward, "awd_1")},
		{Role: portfolio.Finance, Scope: scope(portfolio.InProgramme, "prg_1")},
		{Role: portfolio.Finance, Scope: scope(portfolio.InProgramme, "prg_1")},
	}}
	award := thing(KindAward, "prg_1", "plt_1", "awd_1")
	if diff := cmp.Diff([]portfolio.Role{portfolio.Finance, portfolio.ProjectLead}, a.Roles(p, award)); diff != "" {
		t.Errorf("Roles (-want +got):\n%s", diff)
	}
	lead := Principal{Person: "per_1", Grants: p.Grants[:1]}
	want := []Action{ViewOrganisation, ViewProject, ViewAward, ViewMilestone, StartMilestone, ForecastMilestone,
		ViewEvidence, AddEvidence, AskExtension, WithdrawExtension, ViewTranche, ViewPayment, ViewLedger, ViewAttention, ViewCalendar, Search}
	if diff := cmp.Diff(want, a.Actions(lead, award)); diff != "" {
		t.Errorf("Actions (-want +got):\n%s", diff)
	}
}

// Many requests share one authority; -race watches.
func TestDecideTogether(t *testing.T) {
	a := newTestAuthority(t)
	p, r := member(portfolio.Finance), thing(KindAward, "x", "", "awd_1")
	want := newTestAuthority(t).Actions(p, r)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if diff := cmp.Diff(want, a.Actions(p, r)); diff != "" {
				t.Errorf("Actions (-alone +together):\n%s", diff)
			}
		})
	}
	group.Wait()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}

// A row of a list costs one decision: five grants, the last of which permits.
func BenchmarkDecide(b *testing.B) {
	a := newTestAuthority(b)
	p := Principal{Person: "per_1"}
	for _, id := range []string{"prg_1", "prg_2", "prg_3", "prg_4", "prg_5"} {
		p.Grants = append(p.Grants, Grant{Role: portfolio.Auditor, Scope: scope(portfolio.InProgramme, id), Membership: "mem_" + id})
	}
	r := thing(KindMilestone, "prg_5", "plt_1", "awd_1")
	for b.Loop() {
		if d, err := a.Decide(p, ViewMilestone, r); !d.Allowed || err != nil {
			b.Fatal(d, err)
		}
	}
}
