package access

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

// situations lists every one of a known role and action.
func situations() []situation {
	var all []situation
	for _, role := range portfolio.Roles() {
		for _, act := range Actions() {
			for bits := range relations {
				all = append(all, situation{role, act, bits&1 != 0, bits&2 != 0, bits&4 != 0})
			}
		}
	}
	return all
}

func embeddedPolicies(t testing.TB) policies {
	t.Helper()
	ps, err := parsePolicies(policyText)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func loadSchema(t *testing.T) *resolved.Schema {
	t.Helper()
	text, err := os.ReadFile("policy.cedarschema")
	if err != nil {
		t.Fatal(err)
	}
	var s schema.Schema
	if err := s.UnmarshalCedar(text); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(s *resolved.Schema, ps policies) []string {
	var problems []string
	for _, p := range ps {
		if err := validate.New(s).Policy(string(p.id), (*cedarast.Policy)(p.AST())); err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems
}

func TestPoliciesFitTheSchema(t *testing.T) {
	for _, problem := range check(loadSchema(t), embeddedPolicies(t)) {
		t.Error(problem)
	}
}

// The check above can fail: each of these is what somebody might mistype.
func TestSchemaRefuses(t *testing.T) {
	s := loadSchema(t)
	for name, text := range map[string]string{
		"an unknown action":    `@id("p") permit (principal, action == Action::"launder", resource);`,
		"an unknown attribute": `@id("p") permit (principal, action == Action::"search", resource) when { resource.colour };`,
		"a wrong type":         `@id("p") permit (principal, action == Action::"search", resource) when { resource.hasPlatform == "no" };`,
		"an unknown type":      `@id("p") permit (principal is Person, action == Action::"search", resource);`,
	} {
		ps, err := parsePolicies(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(check(s, ps)) == 0 {
			t.Errorf("%s passes the schema", name)
		}
	}
}

func TestSchemaNamesEveryActionAndRole(t *testing.T) {
	s := loadSchema(t)
	var actions, roles []string
	for uid := range s.Actions {
		actions = append(actions, string(uid.ID))
	}
	for _, uid := range s.Enums["Role"].Values {
		roles = append(roles, string(uid.ID))
	}
	if diff := cmp.Diff(sorted(Actions()), sorted(actions)); diff != "" {
		t.Errorf("actions (-Actions() +schema):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(portfolio.Roles()), sorted(roles)); diff != "" {
		t.Errorf("roles (-portfolio.Roles() +schema):\n%s", diff)
	}
}

// Policies name roles and actions, and nothing by its id: an answer to one
// situation holds for every thing in it. Cedar's validator lets an unknown
// role pass, so that is looked for here.
func TestPoliciesNameOnlyRolesAndActions(t *testing.T) {
	for _, m := range regexp.MustCompile(`(\w+)::"([^"]*)"`).FindAllStringSubmatch(policyText, -1) {
		switch kind, id := m[1], m[2]; {
		case kind == "Role" && portfolio.Role(id).Known():
		case kind == "Action" && slices.Contains(Actions(), Action(id)):
		default:
			t.Errorf("policy.cedar names %s", m[0])
		}
	}
}

func sorted[T ~string](names []T) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, string(n))
	}
	slices.Sort(out)
	return out
}

// What is put to Cedar is of the schema too.
func TestQuestionsFitTheSchema(t *testing.T) {
	v := validate.New(loadSchema(t))
	for _, s := range situations() {
		request, entities := s.question().request()
		if err := v.Request(request); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		if err := v.Entities(entities); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
	}
}

// Situations have places of their own, so that none takes another's answer.
func TestRelationsDiffer(t *testing.T) {
	seen := map[int]bool{}
	for _, s := range situations()[:relations] {
		seen[s.relation()] = true
	}
	if len(seen) != relations {
		t.Errorf("%d relations have %d numbers", relations, len(seen))
	}
}

func TestEveryActionIsPermittedToSomebody(t *testing.T) {
	a := newTestAuthority(t)
	for _, act := range Actions() {
		if !slices.ContainsFunc(situations(), func(s situation) bool { return s.action == act && a.permits(s) }) {
			t.Errorf("no policy permits %s", act)
		}
	}
}

func TestEveryPolicyPermitsSomething(t *testing.T) {
	used := map[string]bool{}
	a := newTestAuthority(t)
	for _, s := range situations() {
		for _, id := range a.answers.to(s).policies {
			used[id] = true
		}
	}
	for _, p := range embeddedPolicies(t) {
		if !used[string(p.id)] {
			t.Errorf("policy %q permits nothing", p.id)
		}
	}
}

func TestPermitsOnly(t *testing.T) {
	for _, p := range embeddedPolicies(t) {
		if p.Effect() != cedar.Permit {
			t.Errorf("policy %q is a forbid", p.id)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a forbid", `@id("p") permit (principal, action, resource); @id("q") forbid (principal, action, resource);`, "permits only"},
		{"no id", `permit (principal, action, resource);`, "without @id"},
		{"an id twice", `@id("p") permit (principal, action, resource); @id("p") permit (principal, action, resource);`, "stands twice"},
		{"what is no Cedar", `permit everything;`, "policy.cedar"},
	} {
		if _, err := newAuthority(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: newAuthority = %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// A policy that Cedar cannot evaluate refuses whatever it concerns, even where
// another policy permits, and says so; what it does not concern goes on.
func TestErrorsRefuse(t *testing.T) {
	a, err := newAuthority(`
		@id("good") permit (principal, action, resource);
		@id("broken") permit (principal, action == Action::"viewAward", resource) when { resource.secret };`)
	if err != nil {
		t.Fatal(err)
	}
	p, r := member(portfolio.Finance), thing(KindAward, "x", "", "awd_1")

	d, err := a.Decide(p, ViewAward, r)
	if d.Allowed || fault.KindOf(err) != fault.Internal || fault.CodeOf(err) != "access.policyFailed" {
		t.Errorf("Decide = %+v, %v, want access.policyFailed", d, err)
	}
	if err != nil && !strings.Contains(err.Error(), "broken") {
		t.Errorf("the fault does not name the policy: %v", err)
	}
	if err := a.Require(p, ViewAward, r); fault.CodeOf(err) != "access.policyFailed" {
		t.Errorf("Require = %v, want access.policyFailed", err)
	}
	if got := a.Scopes(p, ViewAward); got != nil {
		t.Errorf("Scopes = %v, want none", got)
	}
	if slices.Contains(a.Actions(p, r), ViewAward) {
		t.Error("Actions offers what cannot be decided")
	}
	if d, err := a.Decide(p, ViewTranche, r); !d.Allowed || err != nil {
		t.Errorf("Decide = %+v, %v, want allowed", d, err)
	}
}

func TestEmbeddedPoliciesNeverFail(t *testing.T) {
	a := newTestAuthority(t)
	for _, s := range situations() {
		if err := a.answers.to(s).err; err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
