// Package access decides who may do what where: principals with their roles
// and scopes, actions, and the Cedar policies that join them (policy.cedar).
//
// Cedar is the authority. It is asked once about each situation, a role × an
// action × how the thing lies to the membership's scope, when that first
// arises; its answer is kept, so that a list can authorise each of its rows.
// What Cedar cannot know, the separations, needs history and is guarded by the
// domain functions.
package access

import (
	_ "embed"
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

//go:embed policy.cedar
var policyText string

// Authority answers questions about access. It never changes its mind and is
// safe for use by several goroutines.
type Authority struct {
	answers *answers
}

// New returns an authority that follows the embedded policies. It fails where
// they cannot be read; a policy that Cedar cannot evaluate is a refusal in
// each decision that it concerns.
func New() (*Authority, error) { return newAuthority(policyText) }

func newAuthority(text string) (*Authority, error) {
	ps, err := parsePolicies(text)
	if err != nil {
		return nil, err
	}
	return &Authority{answers: newAnswers(ps)}, nil
}

// Decision is whether something is allowed, and why.
type Decision struct {
	Allowed bool
	Because []Because // in order of the grants, then of the policies; empty where refused
}

// Because is one reason for which something is allowed.
type Because struct {
	Policy string `json:"policy"` // the @id of a policy in policy.cedar
	Grant  Grant  `json:"grant"`  // the membership to which it applied
}

// Decide reports whether p may do act on r, with every reason. An error means
// that nobody could decide, and is a refusal: access.unknownAction, or
// access.policyFailed where Cedar reported an error. Both are internal faults.
func (a *Authority) Decide(p Principal, act Action, r Resource) (Decision, error) {
	var d Decision
	for _, g := range p.Grants {
		policies, err := a.answer(p, g, act, r)
		if err != nil {
			return Decision{}, err
		}
		for _, id := range policies {
			d.Because = append(d.Because, Because{Policy: id, Grant: g})
		}
	}
	d.Allowed = len(d.Because) > 0
	return d, nil
}

// Require returns nil where p may do act on r. Otherwise it returns the fault
// thing.notFound, the same as for a thing that does not exist, where p may not
// even view r; and access.forbidden, with the action, where p may view it.
func (a *Authority) Require(p Principal, act Action, r Resource) error {
	ok, err := a.allows(p, act, r)
	if err != nil || ok {
		return err
	}
	visible, err := a.visible(p, r)
	if err != nil {
		return err
	}
	if !visible {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	return fault.New(fault.Forbidden, "access.forbidden", "action", string(act))
}

// Scopes returns the scopes in which p may do act, sorted and each once: the
// partitions that a list reads. The deployment's scope means everything, and
// then stands alone. Where act is a view, r.In one of the scopes holds exactly
// if p may view r; only a person's own record is viewable without being listed.
func (a *Authority) Scopes(p Principal, act Action) []portfolio.Scope {
	var scopes []portfolio.Scope
	for _, g := range p.Grants {
		switch {
		case !g.sound():
		case a.permits(situation{role: g.Role, action: act}):
			return []portfolio.Scope{everywhere()}
		case a.permits(situation{role: g.Role, action: act, within: true}):
			scopes = append(scopes, g.Scope)
		}
	}
	if slices.Contains(scopes, everywhere()) {
		return []portfolio.Scope{everywhere()}
	}
	slices.SortFunc(scopes, compareScopes)
	return slices.Compact(scopes)
}

// Reaches reports whether a membership in some scope of a kind can allow act on
// what lies in that scope: whether who may do it is to be looked for there.
func (a *Authority) Reaches(kind portfolio.ScopeKind, act Action) bool {
	return slices.ContainsFunc(portfolio.Roles(), func(r portfolio.Role) bool {
		return r.ScopeKind() == kind && a.permits(situation{role: r, action: act, within: true})
	})
}

// Roles returns the roles that p holds over r, each once, in the order of
// portfolio.Roles. An administrator holds that role over everything.
func (a *Authority) Roles(p Principal, r Resource) []portfolio.Role {
	var roles []portfolio.Role
	for _, role := range portfolio.Roles() {
		if slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == role && g.over(r) }) {
			roles = append(roles, role)
		}
	}
	return roles
}

// Actions returns what p may do on r or on what lies where r lies, in the
// order of the list of actions. Which of them r's state allows is for the
// domain to say.
func (a *Authority) Actions(p Principal, r Resource) []Action {
	var actions []Action
	for _, act := range Actions() {
		if ok, err := a.allows(p, act, r); ok && err == nil {
			actions = append(actions, act)
		}
	}
	return actions
}

// allows is Decide without the reasons.
func (a *Authority) allows(p Principal, act Action, r Resource) (bool, error) {
	allowed := false
	for _, g := range p.Grants {
		policies, err := a.answer(p, g, act, r)
		if err != nil {
			return false, err
		}
		allowed = allowed || len(policies) > 0
	}
	return allowed, nil
}

// visible reports whether p may know that r exists.
func (a *Authority) visible(p Principal, r Resource) (bool, error) {
	if r.Deployment {
		return true, nil
	}
	view, ok := ViewOf(r.Kind)
	if !ok {
		return false, nil
	}
	return a.allows(p, view, r)
}

// answer returns the policies that let the membership g of p do act on r.
func (a *Authority) answer(p Principal, g Grant, act Action, r Resource) ([]string, error) {
	if !g.sound() {
		return nil, nil
	}
	found := a.answers.to(situation{
		role:        g.Role,
		action:      act,
		within:      r.In(g.Scope),
		own:         p.Person != "" && string(p.Person) == r.ID,
		hasPlatform: r.hasPlatform(),
	})
	return found.policies, found.err
}

// permits reports whether s is allowed on a platform or off it.
func (a *Authority) permits(s situation) bool {
	off, on := a.answers.to(s), a.answers.to(s.onPlatform())
	return off.err == nil && on.err == nil && len(off.policies)+len(on.policies) > 0
}

func everywhere() portfolio.Scope {
	return portfolio.Scope{Kind: portfolio.InDeployment, ID: portfolio.Deployment}
}

func compareScopes(a, b portfolio.Scope) int {
	if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
