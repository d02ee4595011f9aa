package tracker

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// KindDeployment is the kind of the deployment where access is asked about.
const KindDeployment = "deployment"

// mostScopes is how many scopes a page of readers looks into; a page may be
// short then. Each is one strong query.
const mostScopes = 50

// ReadersView says who may see a thing today, and by what.
type ReadersView struct {
	Kind  string `json:"kind"` // of the thing: deployment, programme, platform, project or award
	Thing Named  `json:"thing"`
	// Withheld are kinds of scope in which others may have a role that lets
	// them see the thing; the caller does not see who has one there.
	Withheld []portfolio.ScopeKind `json:"withheld"`
	Readers  Page[Reader]          `json:"readers"`
}

// Reader is a membership by which a person may see a thing today.
type Reader struct {
	Person       Named           `json:"person"`
	Organisation *Named          `json:"organisation,omitempty"`
	Role         portfolio.Role  `json:"role"`
	Scope        portfolio.Scope `json:"scope"`
	In           Named           `json:"in"` // the scope by name
	From         civil.Date      `json:"from"`
	To           civil.Date      `json:"to,omitzero"` // zero: without end
	// Actions are those that this membership allows on the thing or on what lies
	// in it; states and amounts may still refuse them.
	Actions []access.Action `json:"actions"`
	// Barred are steps that a separation keeps the person from now, for callers
	// who see the award.
	Barred []BarredStep `json:"barred"`
}

// BarredStep is a step from which a separation keeps somebody.
type BarredStep struct {
	Action access.Action `json:"action"`
	Thing  string        `json:"thing"` // the number or code of what it is on
}

// askedThing is a thing about which access is asked, the members of which the
// caller may see.
type askedThing struct {
	kind     string
	named    Named
	resource access.Resource
	view     access.Action // by which it is seen
	sees     bool          // the caller does
	award    award.Award
	project  portfolio.Project
}

// asked finds the thing that a text means: what ScopeNamed finds, or a project
// by its id.
func (t *Tracker) asked(ctx context.Context, c Call, text string) (askedThing, error) {
	text = strings.TrimSpace(text)
	if ident.Valid(ident.PrefixProject, text) {
		return t.askedProject(ctx, c, ident.Project(text))
	}
	s, named, err := t.ScopeNamed(ctx, c, text)
	if err != nil {
		return askedThing{}, err
	}
	out := askedThing{kind: string(s.Kind), named: named, view: access.ViewMembers}
	if _, out.resource, err = t.scopeSeen(ctx, s.ID); err != nil {
		return out, err
	}
	if s.Kind != portfolio.InDeployment {
		out.view, _ = access.ViewOf(out.kind)
		out.resource.Kind = out.kind
	}
	if s.Kind == portfolio.InAward {
		r := newReading(ctx, t, c)
		if out.award, err = need[award.Award](r, schema.RootKey(s.ID), schema.TypeAward); err != nil {
			return out, err
		}
	}
	out.sees, err = t.may(c, out.view, out.resource)
	return out, err
}

func (t *Tracker) askedProject(ctx context.Context, c Call, id ident.Project) (askedThing, error) {
	r := newReading(ctx, t, c)
	p, err := need[portfolio.Project](r, schema.RootKey(string(id)), schema.TypeProject)
	if err != nil {
		return askedThing{}, err
	}
	out := askedThing{kind: access.KindProject, named: *r.named(string(id)), project: p, view: access.ViewProject}
	out.resource = access.Resource{Kind: access.KindProject, ID: string(id), Programmes: []ident.Programme{p.Programme}, Platforms: p.Platforms}
	members := out.resource
	members.Kind = access.KindMembership
	if may, err := t.may(c, access.ViewMembers, members); err != nil || !may {
		return out, orNotFound(err)
	}
	if out.sees, err = t.may(c, out.view, out.resource); !out.sees { // as an award's title; see ScopeNamed
		out.named.Names = portfolio.Names{ZH: out.named.Code, EN: out.named.Code}
	}
	return out, err
}

// Readers lists who may see today the thing that a text means: the deployment,
// a programme or platform by its id or code, an award by its id or agreement
// number, a project by its id; person by person, with every membership that
// gives it. Somebody is listed exactly if Explain says that they may view the
// thing; but to a caller who does not see the members everywhere, those alone
// whose scopes have members that the caller sees. Reads: the thing; for a
// programme the list of its platforms, for a project those of the awards on it
// and its platforms; then of each scope, mostScopes a page, its members; the
// persons of the page; for an award that the caller sees, what it consists of.
func (t *Tracker) Readers(ctx context.Context, c Call, text string, p PageRequest) (ReadersView, error) {
	var out ReadersView
	limit, err := p.limit()
	if err != nil {
		return out, err
	}
	thing, err := t.asked(ctx, c, text)
	if err != nil {
		return out, unknownAt("/thing", text, err)
	}
	out.Kind, out.Thing, out.Withheld, out.Readers.Items = thing.kind, thing.named, []portfolio.ScopeKind{}, []Reader{}
	l := &readersList{reading: newReading(ctx, t, c), thing: thing}
	if err := l.find(); err != nil {
		return out, err
	}
	out.Withheld = append(out.Withheld, l.withheld...)
	bound, err := canonicalQuery("readers", thing.named.ID)
	if err != nil {
		return out, err
	}
	var after position
	if p.Cursor != "" {
		if after, err = t.openCursor(c.Principal.Person, bound, p.Cursor); err != nil {
			return out, err
		}
	}
	next, err := l.fill(after, limit)
	if err != nil {
		return out, err
	}
	if out.Readers.Items, err = l.rows(); err != nil || next == nil {
		return out, err
	}
	out.Readers.Next, err = t.cursor(c.Principal.Person, bound, *next)
	return out, err
}

// readersList gathers the memberships by which a thing is seen.
type readersList struct {
	*reading
	thing    askedThing
	scopes   []readersScope // in order
	withheld []portfolio.ScopeKind
	held     []heldIn
}

// readersScope is a scope in which the thing lies.
type readersScope struct {
	portfolio.Scope
	resource access.Resource // the thing, as it lies to a membership there
}

// heldIn is a membership that gives it.
type heldIn struct {
	scope  readersScope
	person ident.Person
	portfolio.Membership
}

// place is the scope's in the order of the list.
func (s readersScope) place() string {
	order := []portfolio.ScopeKind{portfolio.InProgramme, portfolio.InPlatform, portfolio.InAward, portfolio.InDeployment}
	return string(rune('1'+slices.Index(order, s.Kind))) + s.ID
}

// find gathers the scopes by which the policies could let somebody see the
// thing, and keeps those whose members the caller sees.
func (l *readersList) find() error {
	platforms, awards := l.thing.resource.Platforms, []ident.Award{}
	var err error
	switch l.thing.kind {
	case access.KindProgramme:
		platforms, err = l.platformsOf(l.thing.resource.Programmes[0])
	case access.KindProject:
		awards, err = l.awardsOf(l.thing.project)
	case access.KindAward:
		awards = append(awards, l.thing.resource.Award)
	}
	if err != nil {
		return err
	}
	if err := l.add(portfolio.Scope{Kind: portfolio.InDeployment, ID: portfolio.Deployment}, l.thing.resource, access.Resource{Deployment: true}); err != nil {
		return err
	}
	for _, id := range l.thing.resource.Programmes {
		if err := l.add(portfolio.Scope{Kind: portfolio.InProgramme, ID: string(id)}, l.thing.resource, programmeResource(id)); err != nil {
			return err
		}
	}
	for _, id := range platforms {
		as, members := l.thing.resource, access.Resource{Platforms: []ident.Platform{id}, Programmes: l.thing.resource.Programmes}
		switch l.thing.kind {
		case access.KindProgramme:
			as.Platforms = []ident.Platform{id}
		case access.KindAward, access.KindProject: // it may have left the programme
			if members, err = l.platform(id); err != nil {
				return err
			}
		}
		if err := l.add(portfolio.Scope{Kind: portfolio.InPlatform, ID: string(id)}, as, members); err != nil {
			return err
		}
	}
	for _, id := range awards {
		as := l.thing.resource
		as.Awards = []ident.Award{id}
		if err := l.add(portfolio.Scope{Kind: portfolio.InAward, ID: string(id)}, as, access.Resource{Programmes: l.thing.resource.Programmes}); err != nil {
			return err
		}
	}
	slices.SortFunc(l.scopes, func(a, b readersScope) int { return strings.Compare(a.place(), b.place()) })
	return nil
}

// add adds a scope where a role there could let somebody see the thing; members
// is the scope as access sees it. Of a platform it is no secret that other
// programmes may enrol it, but which.
func (l *readersList) add(s portfolio.Scope, as, members access.Resource) error {
	if !l.t.authority.Reaches(s.Kind, l.thing.view) {
		return nil
	}
	members.Kind, members.ID = access.KindMembership, s.ID
	may, err := l.t.may(l.call, access.ViewMembers, members)
	if err != nil {
		return err
	}
	if may {
		l.scopes = append(l.scopes, readersScope{s, as})
	}
	everywhere := slices.Contains(l.t.authority.Scopes(l.call.Principal, access.ViewMembers), portfolio.Scope{Kind: portfolio.InDeployment, ID: portfolio.Deployment})
	unseen := !may || l.thing.kind == access.KindPlatform && s.Kind == portfolio.InProgramme && !everywhere
	if unseen && !slices.Contains(l.withheld, s.Kind) {
		l.withheld = append(l.withheld, s.Kind)
	}
	return nil
}

// platformsOf are the platforms that a programme enrols.
func (r *reading) platformsOf(id ident.Programme) ([]ident.Platform, error) {
	entries, err := r.entries(store.Program, schema.PlatformsIn(id))
	if err != nil {
		return nil, err
	}
	var keys []store.Key
	for _, e := range entries {
		keys = append(keys, e.Item)
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	var out []ident.Platform
	for _, key := range keys {
		if r.items[key] != nil {
			out = append(out, ident.Platform(key.PK))
		}
	}
	return out, nil
}

// awardsOf are the awards that are for a project: those of its own list, and
// those on its platforms that are not active yet.
func (r *reading) awardsOf(p portfolio.Project) ([]ident.Award, error) {
	places := []string{string(p.ID)}
	for _, id := range p.Platforms {
		places = append(places, string(id))
	}
	var ids []ident.Award
	var keys []store.Key
	for _, at := range places {
		for _, status := range []schema.Status{schema.OpenOrClosed(true), schema.OpenOrClosed(false)} {
			entries, err := r.entries(store.Scope, schema.AwardsAt(at, status))
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if id := ident.Award(e.Item.PK); !slices.Contains(ids, id) {
					ids, keys = append(ids, id), append(keys, schema.RootKey(e.Item.PK))
				}
			}
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	var out []ident.Award
	for i, id := range ids {
		a, ok, err := get[award.Award](r, keys[i], schema.TypeAward)
		if err != nil {
			return nil, err
		}
		if ok && a.Document.Project == p.ID {
			out = append(out, id)
		}
	}
	return out, nil
}

// entries are all entries of a partition of an index.
func (r *reading) entries(index store.Index, partition string) ([]store.Entry, error) {
	s := &stream{query: store.IndexQuery{Index: index, Partition: partition}}
	var out []store.Entry
	for !s.ended {
		if err := s.fill(r); err != nil {
			return nil, err
		}
		out, s.buffer = append(out, s.buffer...), nil
	}
	return out, nil
}

// fill gathers what holds after a position up to a limit; next is where to go
// on, nil at the end.
func (l *readersList) fill(after position, limit int) (next *position, err error) {
	passed := 0
	for _, s := range l.scopes {
		if s.place() < after.SK {
			continue
		}
		if passed++; passed > mostScopes {
			return next, nil
		}
		members, err := readAll[schema.Member](l.ctx, l.t.store, s.ID, schema.MemberRange(), schema.TypeMember)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			at := position{SK: s.place(), Item: store.Key{PK: string(m.Person)}}
			if at.SK == after.SK && at.Item.PK < after.Item.PK {
				continue
			}
			for _, has := range l.giving(s, m) {
				if at.Item.SK = has.ID; at.SK == after.SK && at.Item.PK == after.Item.PK && at.Item.SK <= after.Item.SK {
					continue
				}
				if len(l.held) == limit {
					return next, nil
				}
				l.held = append(l.held, heldIn{s, m.Person, has})
				next = &position{SK: at.SK, Item: at.Item}
			}
		}
		next = &position{SK: s.place(), Item: store.Key{PK: "~"}} // all of the scope
	}
	return nil, nil
}

// giving are the memberships of a member that let them see the thing today.
func (l *readersList) giving(s readersScope, m schema.Member) []portfolio.Membership {
	var out []portfolio.Membership
	for _, has := range m.Memberships {
		if !has.Holds(l.t.Today()) {
			continue
		}
		may, err := l.t.authority.Decide(grantee(m.Person, has), l.thing.view, s.resource)
		if err == nil && may.Allowed {
			out = append(out, has)
		}
	}
	slices.SortFunc(out, func(a, b portfolio.Membership) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// grantee is a person with one membership alone.
func grantee(person ident.Person, m portfolio.Membership) access.Principal {
	return access.Principal{Person: person, Grants: []access.Grant{{Role: m.Role, Scope: m.Scope, Membership: m.ID}}}
}

// rows are the memberships that were gathered, with their names.
func (l *readersList) rows() ([]Reader, error) {
	rows := make([]Reader, 0, len(l.held))
	var keys []store.Key
	for _, h := range l.held {
		keys = append(keys, schema.PersonKey(h.person), schema.RootKey(h.scope.ID))
	}
	if err := l.load(keys...); err != nil {
		return rows, err
	}
	persons := map[ident.Person]portfolio.Person{}
	var organisations []store.Key
	for _, h := range l.held {
		p, _, err := get[portfolio.Person](l.reading, schema.PersonKey(h.person), schema.TypePerson)
		if err != nil {
			return rows, err
		}
		persons[h.person], organisations = p, append(organisations, schema.RootKey(string(p.Organisation)))
	}
	if err := l.load(organisations...); err != nil {
		return rows, err
	}
	barred, err := l.barred()
	if err != nil {
		return rows, err
	}
	for _, h := range l.held {
		p := persons[h.person]
		row := Reader{
			Person: *l.named(string(h.person)), Organisation: l.named(string(p.Organisation)), Role: h.Role, Scope: h.Scope,
			In: l.scopeCalled(h.Scope), From: h.From, To: h.To, Barred: []BarredStep{},
			Actions: l.t.authority.Actions(grantee(h.person, h.Membership), h.scope.resource),
		}
		for _, b := range barred {
			if b.keeps(p) && slices.Contains(row.Actions, b.Action) {
				row.Barred = append(row.Barred, b.BarredStep)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// scopeCalled is a scope by name; of an award, and of those for a project, as
// far as the caller sees the thing.
func (l *readersList) scopeCalled(s portfolio.Scope) Named {
	if s.Kind == portfolio.InDeployment {
		return Named{ID: s.ID}
	}
	n := *l.named(s.ID)
	if s.Kind == portfolio.InAward && !l.thing.sees {
		n.Names = portfolio.Names{ZH: n.Code, EN: n.Code}
	}
	return n
}

// barring is a step that waits in an award, with whom a separation keeps from it.
type barring struct {
	BarredStep
	persons      []ident.Person
	organisation ident.Organisation
}

func (b barring) keeps(p portfolio.Person) bool {
	return slices.Contains(b.persons, p.ID) || b.organisation != "" && b.organisation == p.Organisation
}

// barred are the steps of an award that the caller sees from which separations
// keep somebody: what belongs to the payee's organisation, and what waits now.
func (l *readersList) barred() ([]barring, error) {
	if l.thing.kind != access.KindAward || !l.thing.sees {
		return nil, nil
	}
	var out []barring
	number := l.thing.award.Document.Number
	for _, a := range []access.Action{access.ActivateAward, access.DecideMilestone, access.DecideExtension, access.DecideTranche} {
		out = append(out, barring{BarredStep: BarredStep{a, number}, organisation: l.thing.award.Document.Payee})
	}
	if l.thing.award.State == award.Submitted {
		out = append(out, barring{BarredStep: BarredStep{access.ActivateAward, number}, persons: append(slices.Clone(l.thing.award.DraftedBy), l.thing.award.SubmittedBy)})
	}
	items, err := readRange(l.ctx, l.t.store, string(l.thing.award.ID), schema.PageRange())
	if err != nil {
		return nil, err
	}
	for i := range items {
		l.items[items[i].Key] = &items[i]
	}
	steps := map[attention.Kind]access.Action{
		attention.DecideSubmission: access.DecideMilestone, attention.DecideConsequence: access.DecideMilestone, attention.DecideExtension: access.DecideExtension,
		attention.ApproveTranche: access.DecideTranche, attention.PayTranche: access.InstructPayment,
	}
	for i := range items {
		switch kindOfItem(items[i].Key) {
		case access.KindMilestone, access.KindTranche, access.KindExtension:
			th, err := (&found{reading: l.reading, item: &items[i]}).thing()
			if err != nil {
				return nil, err
			}
			if o := th.watch.Current; o != nil && len(o.Except) > 0 {
				out = append(out, barring{BarredStep: BarredStep{steps[o.Kind], th.code}, persons: o.Except})
			}
		}
	}
	return out, nil
}
