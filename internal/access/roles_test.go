package access

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

//go:embed testdata/roles.txt
var rolesTable string

// row is a line of testdata/roles.txt.
type row struct {
	kind string
	may  map[portfolio.Role]string // in, lone, any or -
}

// expectations reads testdata/roles.txt, whose columns are portfolio.Roles.
func expectations(t testing.TB) map[Action]row {
	t.Helper()
	table := map[Action]row{}
	for line := range strings.Lines(rolesTable) {
		cells := strings.Fields(line)
		if len(cells) == 0 || cells[0] == "#" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(cells) != 2+len(portfolio.Roles()) {
			t.Fatalf("roles.txt: %q has %d cells", line, len(cells))
		}
		r := row{kind: cells[1], may: map[portfolio.Role]string{}}
		for i, role := range portfolio.Roles() {
			r.may[role] = cells[2+i]
		}
		table[Action(cells[0])] = r
	}
	return table
}

func newTestAuthority(t testing.TB) *Authority {
	t.Helper()
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// member is a person with one membership of a role in "x", or the deployment.
func member(role portfolio.Role) Principal {
	scope := portfolio.Scope{Kind: role.ScopeKind(), ID: "x"}
	if role == portfolio.Administrator {
		scope = everywhere()
	}
	return Principal{Person: "per_me", Grants: []Grant{{Role: role, Scope: scope, Membership: "mem_1"}}}
}

// thing is a resource of a kind that lies in the scopes that are named.
func thing(kind string, prg ident.Programme, plt ident.Platform, awd ident.Award) Resource {
	r := Resource{Kind: kind, ID: "thing", Award: awd}
	if prg != "" {
		r.Programmes = []ident.Programme{prg}
	}
	if plt != "" {
		r.Platforms = []ident.Platform{plt}
	}
	return r
}

// inside returns a thing in the scope of member(role), on a platform or not.
func inside(role portfolio.Role, kind string, onPlatform bool) Resource {
	plt := ident.Platform("")
	if onPlatform {
		plt = "other"
	}
	switch role.ScopeKind() {
	case portfolio.InProgramme:
		return thing(kind, "x", plt, "other")
	case portfolio.InPlatform:
		return thing(kind, "other", "x", "other")
	case portfolio.InAward:
		return thing(kind, "other", plt, "x")
	}
	return thing(kind, "other", plt, "other")
}

func outside(kind string) Resource { return thing(kind, "other", "other", "other") }

func TestRolesTable(t *testing.T) {
	a := newTestAuthority(t)
	table := expectations(t)
	for _, act := range Actions() {
		want, ok := table[act]
		if !ok {
			t.Errorf("roles.txt has no row for %s", act)
			continue
		}
		got := map[portfolio.Role]string{}
		for _, role := range portfolio.Roles() {
			got[role] = a.word(t, role, act, want.kind)
		}
		if diff := cmp.Diff(want.may, got); diff != "" {
			t.Errorf("%s (-roles.txt +policies):\n%s", act, diff)
		}
		delete(table, act)
	}
	for act := range table {
		t.Errorf("roles.txt has a row for %s, which is no action", act)
	}
}

// word says in the words of roles.txt when a role may do an action.
func (a *Authority) word(t *testing.T, role portfolio.Role, act Action, kind string) string {
	t.Helper()
	allowed := func(r Resource) bool {
		d, err := a.Decide(member(role), act, r)
		if err != nil {
			t.Fatalf("Decide(%s, %s) = %v", role, act, err)
		}
		return d.Allowed
	}
	in, lone := allowed(inside(role, kind, true)), allowed(inside(role, kind, false))
	out := role != portfolio.Administrator && allowed(outside(kind))
	if role == portfolio.Administrator { // nothing lies outside: ask for a policy that names no scope
		out = a.permits(situation{role: role, action: act})
	}
	switch {
	case out:
		return "any"
	case in:
		return "in"
	case lone:
		return "lone"
	}
	return "-"
}

// Inside the scope what is not permitted is forbidden, provided the thing may
// be seen; outside it is not found.
func TestRequireMatrix(t *testing.T) {
	a := newTestAuthority(t)
	table := expectations(t)
	for _, act := range Actions() {
		kind := table[act].kind
		view, ok := ViewOf(kind)
		if !ok {
			t.Fatalf("roles.txt: %s has the unknown kind %s", act, kind)
		}
		for _, role := range portfolio.Roles() {
			may, sees := table[act].may[role], table[view].may[role]
			check := func(r Resource, allowed, visible bool) {
				t.Helper()
				want := expectedCode(allowed, visible)
				if got := fault.CodeOf(a.Require(member(role), act, r)); got != want {
					t.Errorf("Require(%s, %s, %+v) = %q, want %q", role, act, r, got, want)
				}
			}
			check(inside(role, kind, true), may == "in" || may == "any", sees != "-")
			check(inside(role, kind, false), may != "-", sees != "-")
			if role != portfolio.Administrator {
				check(outside(kind), may == "any", sees == "any")
			}
		}
	}
}

func expectedCode(allowed, visible bool) string {
	switch {
	case allowed:
		return ""
	case visible:
		return "access.forbidden"
	}
	return "thing.notFound"
}

func TestRequireFaults(t *testing.T) {
	a := newTestAuthority(t)
	sweep := Resource{Kind: KindSweep, Deployment: true}
	for _, c := range []struct {
		name string
		p    Principal
		act  Action
		r    Resource
		want error
	}{
		{"allowed", member(portfolio.Finance), InstructPayment, thing(KindPayment, "x", "", "a"), nil},
		{"seen but not permitted", member(portfolio.Finance), DecideTranche, thing(KindTranche, "x", "", "a"),
			fault.New(fault.Forbidden, "access.forbidden", "action", "decideTranche")},
		{"another programme", member(portfolio.Finance), DecideTranche, thing(KindTranche, "y", "", "a"),
			fault.New(fault.NotFound, "thing.notFound")},
		{"an award is no business of the administrator", member(portfolio.Administrator), ViewAward, thing(KindAward, "x", "", "a"),
			fault.New(fault.NotFound, "thing.notFound")},
		{"the journal of an award that is seen", member(portfolio.PlatformOperator), ViewJournal, thing(KindAward, "y", "x", "a"),
			fault.New(fault.Forbidden, "access.forbidden", "action", "viewJournal")},
		{"the deployment is no secret", member(portfolio.Auditor), RunSweep, sweep,
			fault.New(fault.Forbidden, "access.forbidden", "action", "runSweep")},
		{"nor to a person without a role", Principal{Person: "per_me"}, RunSweep, sweep,
			fault.New(fault.Forbidden, "access.forbidden", "action", "runSweep")},
		{"a person without a role sees nothing", Principal{Person: "per_me"}, ViewOrganisation, thing(KindOrganisation, "", "", ""),
			fault.New(fault.NotFound, "thing.notFound")},
		{"a kind that nobody knows", member(portfolio.Finance), DecideTranche, thing("dossier", "x", "", "a"),
			fault.New(fault.NotFound, "thing.notFound")},
		{"an action that nobody knows", member(portfolio.Finance), "launder", thing(KindTranche, "x", "", "a"),
			fault.New(fault.Internal, "access.unknownAction", "action", "launder")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.Require(c.p, c.act, c.r)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("Require(%+v, %s, %+v) = %v, want %v", c.p, c.act, c.r, got, c.want)
			}
		})
	}
}

// The auditor writes nothing.
func TestAuditorOnlyReads(t *testing.T) {
	a := newTestAuthority(t)
	for _, act := range a.Actions(member(portfolio.Auditor), thing(KindAward, "x", "p", "a")) {
		if !strings.HasPrefix(string(act), "view") && act != Search {
			t.Errorf("an auditor may %s", act)
		}
	}
}

func TestRolesListColumns(t *testing.T) {
	header := []string{"manager", "finance", "head", "operator", "lead", "auditor", "admin"}
	if !slices.ContainsFunc(strings.Split(rolesTable, "\n"), func(line string) bool {
		f := strings.Fields(line)
		return len(f) > 3 && slices.Equal(f[3:], header)
	}) {
		t.Errorf("the columns of roles.txt are not %v, in the order of portfolio.Roles() = %v", header, portfolio.Roles())
	}
}
