package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Few ids, so that scopes and things meet often.
func drawID[T ~string](t *rapid.T, label string) T {
	return T(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, label))
}

func drawScope(t *rapid.T, kind portfolio.ScopeKind) portfolio.Scope {
	if kind == portfolio.InDeployment {
		return everywhere()
	}
	return scope(kind, drawID[string](t, "scope"))
}

func drawPrincipal(t *rapid.T) Principal {
	p := Principal{Person: drawID[ident.Person](t, "person")}
	for range rapid.IntRange(0, 4).Draw(t, "grants") {
		role := rapid.SampledFrom(portfolio.Roles()).Draw(t, "role")
		p.Grants = append(p.Grants, Grant{Role: role, Scope: drawScope(t, role.ScopeKind())})
	}
	return p
}

func drawResource(t *rapid.T) Resource {
	r := Resource{Kind: KindAward, ID: drawID[string](t, "id")}
	for range rapid.IntRange(0, 2).Draw(t, "programmes") {
		r.Programmes = append(r.Programmes, drawID[ident.Programme](t, "programme"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "platforms") {
		r.Platforms = append(r.Platforms, drawID[ident.Platform](t, "platform"))
	}
	if rapid.Bool().Draw(t, "in an award") {
		r.Award = drawID[ident.Award](t, "award")
	}
	for range rapid.IntRange(0, 2).Draw(t, "awards") {
		r.Awards = append(r.Awards, drawID[ident.Award](t, "one of its awards"))
	}
	return r
}

// scopesOf lists every scope in which r lies, as Cedar is told.
func scopesOf(r Resource) []cedar.String {
	lies := []cedar.String{scopeName(everywhere())}
	for _, id := range r.Programmes {
		lies = append(lies, scopeName(scope(portfolio.InProgramme, string(id))))
	}
	for _, id := range r.Platforms {
		lies = append(lies, scopeName(scope(portfolio.InPlatform, string(id))))
	}
	if r.Award != "" {
		lies = append(lies, scopeName(scope(portfolio.InAward, string(r.Award))))
	}
	for _, id := range r.Awards {
		lies = append(lies, scopeName(scope(portfolio.InAward, string(id))))
	}
	return lies
}

func scopeName(s portfolio.Scope) cedar.String { return cedar.String(string(s.Kind) + "/" + s.ID) }

// The answers kept are those that Cedar gives to the whole request, with every
// scope by its own name: nothing was lost by asking about situations.
func TestDecideIsWhatCedarDecides(t *testing.T) {
	a, ps := newTestAuthority(t), embeddedPolicies(t)
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawPrincipal(t), drawResource(t)
		act := rapid.SampledFrom(Actions()).Draw(t, "action")
		var want Decision
		for _, g := range p.Grants {
			ids, err := ps.ask(question{
				role: g.Role, scope: scopeName(g.Scope), person: cedar.String(p.Person), action: act,
				thing: cedar.String(r.ID), lies: scopesOf(r), hasPlatform: len(r.Platforms) > 0,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				want.Because = append(want.Because, Because{id, g})
			}
		}
		want.Allowed = len(want.Because) > 0
		got, err := a.Decide(p, act, r)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("Decide: %v (-Cedar +Decide):\n%s", err, diff)
		}
	})
}

func TestListedIsViewable(t *testing.T) {
	a := newTestAuthority(t)
	var views []Action
	for _, act := range Actions() {
		if strings.HasPrefix(string(act), "view") {
			views = append(views, act)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawPrincipal(t), drawResource(t)
		view := rapid.SampledFrom(views).Draw(t, "view")
		listed := slices.ContainsFunc(a.Scopes(p, view), r.In)
		viewable := a.mayView(t, p, view, r)
		ownPerson := view == ViewPerson && r.ID == string(p.Person) && len(p.Grants) > 0
		if want := listed || ownPerson; viewable != want {
			t.Fatalf("listed = %v, viewable = %v, in scopes %v", listed, viewable, a.Scopes(p, view))
		}
	})
}

func (a *Authority) mayView(t *rapid.T, p Principal, view Action, r Resource) bool {
	d, err := a.Decide(p, view, r)
	if err != nil {
		t.Fatal(err)
	}
	return d.Allowed
}

// More memberships never take anything away, and Actions offers exactly what
// Decide allows.
func TestGrantsOnlyAdd(t *testing.T) {
	a := newTestAuthority(t)
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawPrincipal(t), drawResource(t)
		more := Principal{Person: p.Person, Grants: slices.Concat(drawPrincipal(t).Grants, p.Grants)}
		offered, offeredMore := a.Actions(p, r), a.Actions(more, r)
		for _, act := range Actions() {
			d, err := a.Decide(p, act, r)
			if err != nil || d.Allowed != slices.Contains(offered, act) {
				t.Fatalf("Decide(%s) = %+v, %v; Actions = %v", act, d, err, offered)
			}
			if d.Allowed && !slices.Contains(offeredMore, act) {
				t.Fatalf("%s is lost by further memberships", act)
			}
		}
	})
}
