package console

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"milepost/internal/attention"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// owners are who owe what an award waits for: the responsible person where that
// one holds the role today, else everybody who does and whom no separation
// keeps from it. They are known to readers who may see who holds which role.
type owners struct {
	People []tracker.Named
	Known  bool
}

// holding is who has, or had, a role in a scope; unknown where the reader may
// not see it.
type holding struct {
	members []tracker.MemberView
	known   bool
}

// readsAtOnce bounds how many scopes are read at a time.
const readsAtOnce = 8

// readHolders reads who has a role in scopes, each once in a request.
func (q *request) readHolders(scopes ...portfolio.Scope) error {
	missing := slices.DeleteFunc(slices.Clone(scopes), func(s portfolio.Scope) bool {
		_, read := q.holders[s]
		return read || s.ID == ""
	})
	slices.SortFunc(missing, func(a, b portfolio.Scope) int { return cmp.Compare(a.ID, b.ID) })
	missing = slices.Compact(missing)
	found := make([]holding, len(missing))
	g, ctx := errgroup.WithContext(q.Context())
	g.SetLimit(readsAtOnce)
	for i, s := range missing {
		g.Go(func() error {
			members, err := q.tracker().Members(ctx, q.call, s)
			if k := fault.KindOf(err); k == fault.Forbidden || k == fault.NotFound {
				return nil
			}
			found[i] = holding{members, true}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if q.holders == nil {
		q.holders = map[portfolio.Scope]holding{}
	}
	for i, s := range missing {
		q.holders[s] = found[i]
	}
	return nil
}

// ownedIn is where the role that owes something of an award is held.
func ownedIn(role portfolio.Role, id ident.Award, platform, programme string) portfolio.Scope {
	switch kind := role.ScopeKind(); kind {
	case portfolio.InPlatform:
		return portfolio.Scope{Kind: kind, ID: platform}
	case portfolio.InAward:
		return portfolio.Scope{Kind: kind, ID: string(id)}
	case portfolio.InProgramme, portfolio.InDeployment:
	}
	return portfolio.Scope{Kind: portfolio.InProgramme, ID: programme}
}

// owing is what is owed, and where the role that owes it is held; its scope is
// empty where nothing is owed.
type owing struct {
	in     portfolio.Scope
	role   portfolio.Role
	person ident.Person
	except []ident.Person
}

func owingOf(o *attention.Obligation, id ident.Award, platform, programme string) owing {
	if o == nil {
		return owing{}
	}
	return owing{ownedIn(o.Role, id, platform, programme), o.Role, o.Person, o.Except}
}

// owingOfThing is what is owed on a thing of a list, that has the obligation o.
func owingOfThing[V any](r tracker.ThingRow[V], id ident.Award, o *attention.Obligation) owing {
	return owingOf(o, id, idOf(r.Platform), r.Programme.ID)
}

func owingOfRow(r tracker.AttentionRow) owing {
	return owing{ownedIn(r.Role, r.Award, idOf(r.Platform), r.Programme.ID), r.Role, ident.Person(idOf(r.Person)), r.Except}
}

// idOf is the id of what is named, empty for nothing.
func idOf(n *tracker.Named) string {
	if n == nil {
		return ""
	}
	return n.ID
}

// readOwners reads who owes what names no responsible person, each platform,
// programme and award once.
func (q *request) readOwners(all ...owing) error {
	var in []portfolio.Scope
	for _, w := range all {
		if w.person == "" {
			in = append(in, w.in)
		}
	}
	return q.readHolders(in...)
}

// owners are the owners among who was read.
func (q *request) owners(w owing) owners {
	h := q.holders[w.in]
	all := owners{Known: h.known}
	for _, m := range h.members {
		if slices.Contains(w.except, m.Person) || !slices.Contains(m.Roles, string(w.role)) {
			continue
		}
		n := tracker.Named{ID: string(m.Person), Names: m.Name}
		if m.Person == w.person {
			return owners{[]tracker.Named{n}, true}
		}
		all.People = append(all.People, n)
	}
	return all
}

// ownersOf are the owners of something of an award, of whom a responsible
// person may have left.
func (q *request) ownersOf(a tracker.AwardView, o attention.Obligation) (owners, error) {
	w := owingOf(&o, a.ID, string(a.Document.Platform), string(a.Document.Programme))
	err := q.readHolders(w.in)
	return q.owners(w), err
}

// owned says of lines whose they are, as far as the reader may know.
func (q *request) owned(lines []attentionLine) error {
	all := make([]owing, len(lines))
	for i, l := range lines {
		all[i] = owingOfRow(l.AttentionRow)
	}
	if err := q.readOwners(all...); err != nil {
		return err
	}
	for i, w := range all {
		lines[i].Owners = q.owners(w)
	}
	return nil
}

// ownerText names who owes something, as a file has it: the responsible person,
// else all who were read.
func (q *request) ownerText(person *tracker.Named, w owing) string {
	if person != nil {
		return q.in(person.Names)
	}
	var names []string
	for _, p := range q.owners(w).People {
		names = append(names, q.in(p.Names))
	}
	return strings.Join(names, q.text("list.separator"))
}

// namedOwners are the owners with their role, in a sentence; the role alone where
// they are not known or there is nobody.
func (q *request) namedOwners(who owners, role portfolio.Role) string {
	text := q.label("role", string(role))
	for i, p := range who.People {
		separator := q.text("list.separator")
		if i == 0 {
			separator = " "
		}
		text += separator + q.in(p.Names)
	}
	return text
}

// mostOwners bounds the names in a row of a list; its page has all of them.
const mostOwners = 2

// First are those whom a row of a list names.
func (o owners) First() []tracker.Named { return o.People[:min(len(o.People), mostOwners)] }

// Rest counts those whom it does not.
func (o owners) Rest() int { return len(o.People) - len(o.First()) }
