package portfolio

import (
	"slices"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

func inProgramme() Scope { return Scope{InProgramme, "prg_1"} }

func member(role Role, scope Scope, by ident.Person) Membership {
	return Membership{ID: "mem_" + string(role), Role: role, Scope: scope, From: day("2026-01-01"), State: MembershipActive, GrantedBy: by}
}

func admin() Person {
	return Person{ID: "per_admin", Memberships: []Membership{member(Administrator, Scope{InDeployment, Deployment}, "")}}
}

func TestGrant(t *testing.T) {
	on := day("2026-05-04")
	p, m, err := Person{ID: "per_1"}.Grant(admin(), Grant{ID: "mem_1", Role: Finance, Scope: inProgramme(), To: day("2026-12-31")}, nil, on)
	want := Membership{ID: "mem_1", Role: Finance, Scope: inProgramme(), From: on, To: day("2026-12-31"), State: MembershipActive, GrantedBy: "per_admin", GrantedOn: on}
	if err != nil || m != want || !slices.Equal(p.Memberships, []Membership{want}) {
		t.Errorf("Grant = %+v, %v", p, err)
	}
	if got := p.RolesIn(on, inProgramme()); !slices.Equal(got, []Role{Finance}) {
		t.Errorf("RolesIn = %v", got)
	}
	if got := p.RolesIn(day("2027-01-01"), inProgramme()); len(got) != 0 {
		t.Errorf("RolesIn after its end = %v", got)
	}
}

func TestWhoMayGrantWhat(t *testing.T) {
	on := day("2026-05-04")
	manager := Person{ID: "per_manager", Memberships: []Membership{member(ProgrammeManager, inProgramme(), "per_admin")}}
	granted := []Membership{member(ProgrammeManager, inProgramme(), "per_admin")}
	ended := granted[0]
	ended.State = MembershipRevoked
	for _, c := range []struct {
		name    string
		to      Person
		grantor Person
		role    Role
		scope   Scope
		inside  []Membership
		kind    fault.Kind
		code    string
	}{
		{"administrator", Person{ID: "per_1"}, admin(), Head, inProgramme(), granted, 0, ""},
		{"the first administrator", Person{ID: "per_1"}, Person{}, Administrator, Scope{InDeployment, Deployment}, nil, 0, ""},
		{"nobody", Person{ID: "per_1"}, Person{}, Head, inProgramme(), nil, fault.Forbidden, "membership.noGrantor"},
		{"oneself", admin(), admin(), Auditor, inProgramme(), nil, fault.Forbidden, "membership.self"},
		{"a manager grants money", Person{ID: "per_1"}, manager, Finance, inProgramme(), nil, fault.Forbidden, "membership.grantorHoldsMoney"},
		{"a manager grants elsewhere", Person{ID: "per_1"}, manager, Auditor, Scope{InProgramme, "prg_2"}, nil, fault.Forbidden, "membership.grantorHoldsMoney"},
		{"a manager grants an operator", Person{ID: "per_1"}, manager, PlatformOperator, Scope{InPlatform, "plt_1"}, nil, 0, ""},
		{"to who granted money there", admin(), Person{ID: "per_2"}, Finance, inProgramme(), granted, fault.Forbidden, "membership.receiverGrantedMoney"},
		{"even where it was revoked since", admin(), Person{ID: "per_2"}, Finance, inProgramme(), []Membership{ended}, fault.Forbidden, "membership.receiverGrantedMoney"},
		{"in another scope", admin(), Person{ID: "per_2"}, Finance, Scope{InProgramme, "prg_2"}, granted, 0, ""},
		{"a role without money", admin(), Person{ID: "per_2"}, Auditor, inProgramme(), granted, 0, ""},
		{"twice", manager, admin(), ProgrammeManager, inProgramme(), nil, fault.Conflict, "membership.already"},
	} {
		_, _, err := c.to.Grant(c.grantor, Grant{ID: "mem_9", Role: c.role, Scope: c.scope}, c.inside, on)
		if got := fault.CodeOf(err); got != c.code || err != nil && fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func TestGrantCheck(t *testing.T) {
	for _, c := range []struct {
		g    Grant
		want []string
	}{
		{Grant{}, []string{"/role field.required", "/scope/id field.required"}},
		{Grant{Role: "king", Scope: inProgramme()}, []string{"/role field.badValue"}},
		{Grant{Role: Finance, Scope: Scope{InPlatform, "plt_1"}}, []string{"/scope/kind membership.scopeKind"}},
		{Grant{Role: Administrator, Scope: Scope{InDeployment, "other"}}, []string{"/scope/id field.badValue"}},
		{Grant{Role: Finance, Scope: inProgramme(), From: day("2026-06-01"), To: day("2026-05-31")}, []string{"/to date.before"}},
		{Grant{Role: Finance, Scope: inProgramme(), From: day("2026-01-01"), To: day("2026-05-03")}, []string{"/to date.before"}},
	} {
		_, _, err := Person{ID: "per_1"}.Grant(admin(), c.g, nil, day("2026-05-04"))
		wantFields(t, err, c.want...)
	}
}

func TestRolesOverlap(t *testing.T) {
	p := Person{ID: "per_1", Memberships: []Membership{{ID: "mem_1", Role: Finance, Scope: inProgramme(), From: day("2026-06-01"), To: day("2026-06-30"), State: MembershipActive}}}
	for _, c := range []struct {
		from, to string
		overlaps bool
	}{{"2026-05-04", "2026-05-31", false}, {"2026-05-04", "2026-06-01", true}, {"2026-05-04", "", true}, {"2026-07-01", "", false}} {
		to := civil.Date{}
		if c.to != "" {
			to = day(c.to)
		}
		_, _, err := p.Grant(admin(), Grant{ID: "mem_2", Role: Finance, Scope: inProgramme(), From: day(c.from), To: to}, nil, day("2026-05-04"))
		if got := fault.CodeOf(err) == "membership.already"; got != c.overlaps {
			t.Errorf("%s to %s: %v", c.from, c.to, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	on := day("2026-05-04")
	p := Person{ID: "per_1", Memberships: []Membership{member(Finance, inProgramme(), "per_admin")}}
	got, m, err := p.Revoke("per_admin", "mem_finance", "left", on)
	if err != nil || m.State != MembershipRevoked || m.RevokedBy != "per_admin" || m.RevokedOn != on || m.Reason != "left" || m.Holds(on) {
		t.Errorf("Revoke = %+v, %v", m, err)
	}
	if p.Memberships[0].State != MembershipActive || got.Memberships[0] != m {
		t.Errorf("before %+v, after %+v", p.Memberships, got.Memberships)
	}
	_, _, err = got.Revoke("per_admin", "mem_finance", "again", on)
	wantCode(t, err, fault.Conflict, "move.illegal")
	_, _, err = p.Revoke("per_admin", "mem_x", "left", on)
	wantCode(t, err, fault.NotFound, "membership.unknown")
	_, _, err = p.Revoke("per_admin", "mem_finance", "", on)
	wantFields(t, err, "/reason field.required")
	p.Memberships[0].To = day("2026-05-03")
	_, _, err = p.Revoke("per_admin", "mem_finance", "left", on)
	wantCode(t, err, fault.Conflict, "move.illegal")
}
