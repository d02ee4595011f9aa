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

// ownersIn are the owners among who was read to hold roles in a scope.
func (q *request) ownersIn(s portfolio.Scope, role portfolio.Role, person ident.Person, except []ident.Person) owners {
	all := owners{Known: q.holders[s].known}
	for _, m := range q.holders[s].members {
		if slices.Contains(except, m.Person) || !slices.Contains(m.Roles, string(role)) {
			continue
		}
		n := tracker.Named{ID: string(m.Person), Names: m.Name}
		if m.Person == person {
			return owners{[]tracker.Named{n}, true}
		}
		all.People = append(all.People, n)
	}
	return all
}

func (q *request) ownersOf(a tracker.AwardView, o attention.Obligation) (owners, error) {
	s := ownedIn(o.Role, a.ID, string(a.Document.Platform), string(a.Document.Programme))
	err := q.readHolders(s)
	return q.ownersIn(s, o.Role, o.Person, o.Except), err
}

// owned says of lines that name no responsible person who owes them, as far as
// the reader may know. It reads each platform, programme or award once.
func (q *request) owned(lines []attentionLine) error {
	in := make([]portfolio.Scope, len(lines))
	for i, l := range lines {
		if l.Person != nil || l.Role == "" {
			continue
		}
		var platform string
		if l.Platform != nil {
			platform = l.Platform.ID
		}
		in[i] = ownedIn(l.Role, l.Award, platform, l.Programme.ID)
	}
	if err := q.readHolders(in...); err != nil {
		return err
	}
	for i := range lines {
		lines[i].Owners = q.ownersIn(in[i], lines[i].Role, "", lines[i].Except)
	}
	return nil
}

// ownerNames are the persons who owe a line, as a file has them.
func (q *request) ownerNames(l attentionLine) string {
	if l.Person != nil {
		return q.in(l.Person.Names)
	}
	var names []string
	for _, p := range l.Owners.People {
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
