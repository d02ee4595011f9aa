package tracker

import (
	"context"
	"strings"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// Explained is what a person may do today on a thing, and why.
type Explained struct {
	Person PersonView        `json:"person"`
	Kind   string            `json:"kind"` // of the thing: deployment, programme, platform, project or award
	Thing  Named             `json:"thing"`
	Held   []access.Grant    `json:"held"`    // the memberships that hold today and reach over the thing
	Allows []ExplainedAction `json:"actions"` // in the order of the list of actions
}

// ExplainedAction is something allowed, with every reason.
type ExplainedAction struct {
	Action  access.Action    `json:"action"`
	Because []access.Because `json:"because"`
}

// ScopeNamed finds the thing with members that a text means: the deployment, a
// programme or platform by its id or code, an award by its id or agreement
// number. One whose members the caller may not see is
// thing.notFound, like one that is not there.
func (t *Tracker) ScopeNamed(ctx context.Context, c Call, text string) (portfolio.Scope, Named, error) {
	text = strings.TrimSpace(text)
	id, err := t.scopeID(ctx, text)
	if err != nil {
		return portfolio.Scope{}, Named{}, err
	}
	s, resource, err := t.scopeSeen(ctx, id)
	if err != nil {
		return s, Named{}, err
	}
	if may, err := t.may(c, access.ViewMembers, resource); err != nil || !may {
		return s, Named{}, orNotFound(err)
	}
	r := newReading(ctx, t, c)
	if s.Kind == portfolio.InDeployment {
		return s, Named{ID: s.ID}, nil
	}
	if err := r.load(schema.RootKey(s.ID)); err != nil {
		return s, Named{}, err
	}
	named := *r.named(s.ID)
	if s.Kind == portfolio.InAward { // whoever sees the members of an award need not see the award
		resource.Kind = access.KindAward
		may, err := t.may(c, access.ViewAward, resource)
		if err != nil {
			return s, Named{}, err
		}
		if !may {
			named.Names = portfolio.Names{ZH: named.Code, EN: named.Code}
		}
	}
	return s, named, nil
}

func (t *Tracker) scopeID(ctx context.Context, text string) (string, error) {
	for _, prefix := range []string{ident.PrefixProgramme, ident.PrefixPlatform, ident.PrefixAward} {
		if ident.Valid(prefix, text) {
			return text, nil
		}
	}
	if text == portfolio.Deployment || text == "" {
		return text, nil
	}
	for _, kind := range []string{"programmeCode", "platformCode"} {
		if id, err := t.holderOf(ctx, schema.UniqueKey(kind, "", text)); id != "" || err != nil {
			return id, err
		}
	}
	return t.holderOf(ctx, schema.UniqueKey(uniqueAgreement, "", text))
}

// scopeSeen is the scope of an id, and its members as access sees them.
func (t *Tracker) scopeSeen(ctx context.Context, id string) (portfolio.Scope, access.Resource, error) {
	for _, kind := range []portfolio.ScopeKind{portfolio.InDeployment, portfolio.InProgramme, portfolio.InPlatform, portfolio.InAward} {
		s := portfolio.Scope{Kind: kind, ID: id}
		if !s.Names(id) {
			continue
		}
		w := &work{ctx: ctx, t: t}
		if err := w.load(schema.RootKey(id)); err != nil {
			return s, access.Resource{}, err
		}
		if w.items[schema.RootKey(id)] == nil {
			break
		}
		r, err := w.scopeResource(s)
		return s, r, err
	}
	return portfolio.Scope{}, access.Resource{}, errNotFound()
}

// Explain says what a person may do today on the thing that a text means (see
// Readers) or on what lies in it, as far as roles tell: states, separations
// and amounts may still refuse it. The caller may see the person and the
// thing's members.
func (t *Tracker) Explain(ctx context.Context, c Call, person ident.Person, text string) (Explained, error) {
	out := Explained{Held: []access.Grant{}, Allows: []ExplainedAction{}}
	var err error
	if out.Person, err = t.Person(ctx, c, person); err != nil {
		return out, unknownAt("/person", string(person), err)
	}
	asked, err := t.asked(ctx, c, text)
	if err != nil {
		return out, unknownAt("/thing", text, err)
	}
	out.Kind, out.Thing = asked.kind, asked.named
	of := access.PrincipalOf(out.Person.Person, t.Today())
	resource, r := asked.resource, newReading(ctx, t, Call{Principal: of})
	switch asked.kind {
	case access.KindProgramme: // it reaches over the platforms that are in it
		resource, err = r.programme(ident.Programme(asked.named.ID))
	case access.KindProject: // the awards for it lead to it
		resource, err = r.project(asked.project)
	}
	if err != nil {
		return out, err
	}
	for _, g := range of.Grants {
		if resource.In(g.Scope) {
			out.Held = append(out.Held, g)
		}
	}
	for _, action := range access.Actions() {
		decision, err := t.authority.Decide(of, action, resource)
		if err != nil {
			return out, err
		}
		if decision.Allowed {
			out.Allows = append(out.Allows, ExplainedAction{action, decision.Because})
		}
	}
	return out, nil
}

// unknownAt makes of a thing that was not found a fault of the field that names
// it.
func unknownAt(pointer, value string, err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.InvalidFields(fault.At(pointer, "reference.unknown", "value", clipped(value)))
}
