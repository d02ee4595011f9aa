package console

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// accessPage says who may see a thing, or what one person may do on it, and by
// which roles.
type accessPage struct {
	Form    *form // what was asked, with what is wrong with it
	People  []option
	Scopes  []option
	Called  []searchLine // things that are called as was typed, to choose from
	Sees    *tracker.ReadersView
	Readers []readerLine
	Pager   pager
	Export  string
	Found   *tracker.Explained
	Reasons []accessReason
	Page    string // of the thing
}

// readerLine is a membership by which a person sees the thing.
type readerLine struct {
	tracker.Reader
	Does []access.Action
}

// accessReason is something that is allowed, with the roles that give it.
type accessReason struct {
	Action access.Action
	Grants []namedGrant
}

// namedGrant is a membership with the name of its scope.
type namedGrant struct {
	access.Grant
	In *tracker.Named // nil for the deployment, and where the reader may not see it
}

// views reports whether it is allowed to see something, rather than to do it.
func views(a access.Action) bool { return strings.HasPrefix(string(a), "view") }

// Sees reports whether it is allowed to see something, rather than to do it.
func (r accessReason) Sees() bool { return views(r.Action) }

// whoSees is the address of who may see a thing, "" where the reader may not
// ask.
func (q *request) whoSees(id string) string {
	if !q.may(access.ViewMembers) {
		return ""
	}
	return to("/admin/access", "thing", id)
}

func (c *Console) whoMay(q *request) error {
	f := &form{Action: "/admin/access", Values: q.URL.Query()}
	title := q.text("console.admin.access.title")
	if !q.may(access.ViewMembers) {
		return q.few(title)
	}
	view := accessPage{Form: f, Export: q.exportHref()}
	show := func() error { return q.show("admin-access", title, view) }
	var err error
	if view.People, err = q.peopleOptions(); err != nil {
		return err
	}
	if view.Scopes, err = q.scopeOptions(); err != nil {
		return err
	}
	person, thing := f.Value("person"), cmp.Or(strings.TrimSpace(f.Value("thing")), f.Value("in"))
	if person == "" && thing == "" {
		return show()
	}
	for range 2 {
		var called string
		if person != "" {
			called, err = q.explained(&view, person, thing)
		} else {
			called, err = q.readers(&view, thing)
		}
		if err == nil {
			if q.exporting() && view.Sees != nil {
				return q.exportReaders(thing)
			}
			view.shown(called)
			return show()
		}
		if !q.refused(f, err) {
			return err
		}
		q.asked, q.status = f, 0 // a question, not a form that was refused
		if f.Fault("thing") == "" {
			return show()
		}
		// not a number, code or id: what has it in its name?
		if view.Called, err = q.calledSo(thing); err != nil {
			return err
		}
		only := view.only(thing)
		if only == "" {
			break
		}
		thing, f.Title, f.Faults, view.Called = only, "", nil, nil
	}
	if len(view.Called) > 0 {
		f.Title, f.Faults = "", nil
	}
	return show()
}

// calledSo are the things about which one can ask whose number, code or title has
// a text.
func (q *request) calledSo(text string) ([]searchLine, error) {
	var out []searchLine
	for _, kind := range []string{"award", "project", "platform", "programme"} {
		found, err := q.tracker().Search(q.Context(), q.call, tracker.SearchQuery{Text: text, Type: kind}, tracker.PageRequest{Limit: perPage})
		if err != nil {
			return nil, q.none(err)
		}
		for _, r := range found.Items {
			href := to("/admin/access", "thing", r.ID)
			if person := q.URL.Query().Get("person"); person != "" {
				href = to(href, "person", person)
			}
			out = append(out, q.searchLine(r, href))
		}
	}
	return out, nil
}

// none is no error where a search takes no such text.
func (q *request) none(err error) error {
	if q.refused(&form{}, err) {
		q.status = 0
		return nil
	}
	return err
}

// only is the one thing that is called just so, "" where there are none or
// several.
func (p accessPage) only(text string) string {
	id := ""
	for _, r := range p.Called {
		if strings.EqualFold(r.Code, text) {
			if id != "" {
				return ""
			}
			id = r.ID
		}
	}
	return id
}

// shown puts into the form what was found by its number or choice, not its id.
func (p *accessPage) shown(id string) {
	if slices.ContainsFunc(p.Scopes, func(o option) bool { return o.Value == id }) {
		p.Form.With("in", id).With("thing", "")
		return
	}
	code := ""
	if p.Sees != nil {
		code = p.Sees.Thing.Code
	} else if p.Found != nil {
		code = p.Found.Thing.Code
	}
	p.Form.With("in", "").With("thing", cmp.Or(code, id))
}

// readers fills in who may see a thing; it returns the thing's id.
func (q *request) readers(view *accessPage, thing string) (string, error) {
	found, err := q.tracker().Readers(q.Context(), q.call, thing, q.paging())
	if err != nil {
		return "", err
	}
	view.Sees, view.Page, view.Pager = &found, q.pageOfKind(found.Kind, found.Thing.ID), q.pager(len(found.Readers.Items), found.Readers.Next)
	for _, r := range found.Readers.Items {
		line := readerLine{Reader: r}
		for _, a := range r.Actions {
			if !views(a) && a != access.Search {
				line.Does = append(line.Does, a)
			}
		}
		view.Readers = append(view.Readers, line)
	}
	return found.Thing.ID, nil
}

// explained fills in what a person may do on a thing; it returns the thing's
// id.
func (q *request) explained(view *accessPage, person, thing string) (string, error) {
	found, err := q.tracker().Explain(q.Context(), q.call, ident.Person(person), thing)
	if err != nil {
		return "", err
	}
	view.Found, view.Page = &found, q.pageOfKind(found.Kind, found.Thing.ID)
	named := map[string]*tracker.Named{}
	for _, g := range found.Held {
		if _, seen := named[g.Scope.ID]; !seen && g.Scope.Kind != portfolio.InDeployment && len(named) < mostNamed {
			if home, err := q.scopeHome(g.Scope.ID); err == nil {
				named[g.Scope.ID] = &home.Thing
			}
		}
	}
	for _, a := range found.Allows {
		r := accessReason{Action: a.Action}
		for _, b := range a.Because {
			if !slices.ContainsFunc(r.Grants, func(g namedGrant) bool { return g.Grant == b.Grant }) {
				r.Grants = append(r.Grants, namedGrant{b.Grant, named[b.Grant.Scope.ID]})
			}
		}
		view.Reasons = append(view.Reasons, r)
	}
	return found.Thing.ID, nil
}

// exportReaders is all who may see a thing, as a file.
func (q *request) exportReaders(thing string) error {
	all, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.Reader], error) {
		v, err := q.tracker().Readers(ctx, q.call, thing, p)
		return v.Readers, err
	})
	if err != nil {
		return err
	}
	var header []string
	for _, id := range []string{"person", "organisation", "role", "scope", "from", "to", "access.does.there", "access.barred"} {
		header = append(header, q.text("console.admin."+id))
	}
	label := func(group, code string) string { return q.console.Catalogs.Label(q.lang, group, code) }
	var rows [][]string
	for _, r := range all {
		organisation, scope := "", label("scopeKind", string(r.Scope.Kind))
		if r.Organisation != nil {
			organisation = q.in(r.Organisation.Names)
		}
		if r.Scope.Kind != portfolio.InDeployment {
			scope = q.text("console.admin.scope.of", "kind", scope, "name", q.fullName(r.In))
		}
		var does, barred []string
		for _, a := range r.Actions {
			does = append(does, label("access", string(a)))
		}
		for _, b := range r.Barred {
			barred = append(barred, q.text("console.admin.access.barred.on", "action", label("access", string(b.Action)), "thing", b.Thing))
		}
		rows = append(rows, []string{q.in(r.Person.Names), organisation, label("role", string(r.Role)), scope, r.From.String(), r.To.String(), q.words(does), q.words(barred)})
	}
	return q.export("access", header, rows)
}

// fullName is a thing by its number or code and its name.
func (q *request) fullName(n tracker.Named) string {
	name := q.in(n.Names)
	if n.Code == "" || n.Code == name {
		return cmp.Or(name, n.Code)
	}
	return n.Code + " " + name
}

// pageOfKind is the page of a thing or of a scope; "" for the deployment, and
// where the reader sees none of its kind.
func (q *request) pageOfKind(kind, id string) string {
	if view, ok := access.ViewOf(kind); !ok || kind == tracker.KindDeployment || !q.may(view) {
		return ""
	}
	return at(kind+"s", id)
}
