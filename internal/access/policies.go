package access

import (
	"fmt"
	"iter"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

// policies are the parsed policies in the order of the file, so that reasons
// come in a fixed order.
type policies []policy

type policy struct {
	id cedar.PolicyID
	*cedar.Policy
}

// parsePolicies reads policies that each have an @id of their own and are all
// permits. A forbid is refused because Cedar skips one that it cannot evaluate
// and then allows what it was to prevent; a permit that is skipped only refuses.
func parsePolicies(text string) (policies, error) {
	list, err := cedar.NewPolicyListFromBytes("policy.cedar", []byte(text))
	if err != nil {
		return nil, fmt.Errorf("access: policy.cedar: %w", err)
	}
	ps := make(policies, 0, len(list))
	seen := map[cedar.PolicyID]bool{}
	for _, p := range list {
		id := cedar.PolicyID(p.Annotations()["id"])
		line := p.Position().Line
		switch {
		case p.Effect() != cedar.Permit:
			return nil, fmt.Errorf("access: policy.cedar:%d: a forbid; permits only", line)
		case id == "":
			return nil, fmt.Errorf("access: policy.cedar:%d: a policy without @id", line)
		case seen[id]:
			return nil, fmt.Errorf("access: policy.cedar:%d: @id %q stands twice", line, id)
		}
		seen[id] = true
		ps = append(ps, policy{id, p})
	}
	return ps, nil
}

// All implements cedar.PolicyIterator.
func (ps policies) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, p := range ps {
			if !yield(p.id, p.Policy) {
				return
			}
		}
	}
}

// question is one question to Cedar: may a person do this, by one membership,
// on a thing that lies in some scopes. Its terms are those of policy.cedarschema.
type question struct {
	role        portfolio.Role
	scope       cedar.String // of the membership
	person      cedar.String // who holds it
	action      Action
	thing       cedar.String
	lies        []cedar.String // scopes in which the thing lies
	hasPlatform bool
}

// request returns the question in Cedar's form: who, what, on which, and the
// entities that say what is known of them.
func (q question) request() (cedar.Request, cedar.EntityMap) {
	membership := cedar.NewEntityUID("Membership", "asking")
	thing := cedar.NewEntityUID("Thing", q.thing)
	parents := make([]cedar.EntityUID, 0, len(q.lies))
	for _, s := range q.lies {
		parents = append(parents, cedar.NewEntityUID("Scope", s))
	}
	entities := cedar.EntityMap{
		membership: {
			UID:     membership,
			Parents: cedar.NewEntityUIDSet(cedar.NewEntityUID("Role", cedar.String(q.role))),
			Attributes: cedar.NewRecord(cedar.RecordMap{
				"scope":  cedar.NewEntityUID("Scope", q.scope),
				"person": cedar.NewEntityUID("Thing", q.person),
			}),
		},
		thing: {
			UID:        thing,
			Parents:    cedar.NewEntityUIDSet(parents...),
			Attributes: cedar.NewRecord(cedar.RecordMap{"hasPlatform": cedar.Boolean(q.hasPlatform)}),
		},
	}
	action := cedar.NewEntityUID("Action", cedar.String(q.action))
	return cedar.Request{Principal: membership, Action: action, Resource: thing}, entities
}

// ask returns the ids of the policies that permit what q asks, none where it
// is refused. Any error that Cedar reports is a refusal, and a fault.
func (ps policies) ask(q question) ([]string, error) {
	request, entities := q.request()
	decision, diagnostic := cedar.Authorize(ps, entities, request)
	if len(diagnostic.Errors) > 0 {
		cause := make([]string, 0, len(diagnostic.Errors))
		for _, e := range diagnostic.Errors {
			cause = append(cause, e.String())
		}
		return nil, fault.Wrap(fmt.Errorf("cedar: %s", strings.Join(cause, "; ")), "access.policyFailed", "action", string(q.action))
	}
	if decision != cedar.Allow {
		return nil, nil
	}
	ids := make([]string, 0, len(diagnostic.Reasons))
	for _, r := range diagnostic.Reasons {
		ids = append(ids, string(r.PolicyID))
	}
	return ids, nil
}
