package console

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// auditRoutes are the journal, the state of its chains, and anchors.
func (c *Console) auditRoutes(m routes) {
	m.page("GET /audit", c.audit)
	m.page("GET /audit/anchors", c.auditAnchors)
	m.page("GET /audit/{aggregate}", c.auditSubject)
	m.page("GET /audit/{aggregate}/{seq}", c.auditEntry)
}

// auditPage is the search of the journal: by programme, by person, or both,
// from a day to a day, or of one subject.
type auditPage struct {
	Form       *form // what was asked, with what is wrong with it
	Programme  string
	Person     string
	From, To   string
	Kind       string
	Subject    string
	Programmes []option
	People     []option
	Kinds      []option
	Chips      []chip
	Found      []searchLine // subjects that what was typed may mean
	Lines      []auditLine
	Asked      bool // something was looked for
	Pager      pager
	Export     string
}

func (c *Console) audit(q *request) error {
	values := q.URL.Query()
	v := auditPage{
		Programme: values.Get("programme"), Person: values.Get("person"), From: values.Get("from"), To: values.Get("to"),
		Kind: known(q, "kind", auditKinds()...), Subject: strings.TrimSpace(values.Get("subject")), Export: q.exportHref(),
	}
	if v.Subject != "" {
		page, err := q.subject(&v)
		if err != nil {
			return err
		}
		if page != "" {
			return q.redirect(page)
		}
	}
	if err := q.auditChoices(&v); err != nil {
		return err
	}
	show := func() error { return q.show("audit", q.text("console.audit.title"), v) }
	read, err := q.auditQuery(&v)
	if err != nil {
		return q.again(v.Form, err, subject{}, show)
	}
	if read == nil || v.Subject != "" { // of a subject that is not found, or several, nothing is listed
		return show()
	}
	if q.exporting() {
		return q.exportAudit("journal", read)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return q.again(v.Form, err, subject{}, show)
	}
	v.Asked, v.Pager = true, q.pager(len(page.Items), page.Next)
	if v.Lines, err = q.auditLines(page.Items); err != nil {
		return err
	}
	return show()
}

func auditKinds() []string {
	return append(journalKinds(), "programme", "platform", "project", "organisation", "party", "person", "member", "import", "ladder", "calendar")
}

// auditChoices are what the form offers: the reader's programmes, and people
// where they may list them.
func (q *request) auditChoices(v *auditPage) error {
	var err error
	if v.Programmes, err = q.programmeOptions(); err != nil {
		return err
	}
	me := q.call.Person
	v.People = []option{{Value: string(me.ID), Text: me.Names.In(string(q.lang))}}
	people, _, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return q.tracker().Persons(ctx, q.call, "", p)
	}, func(p tracker.PersonView) option {
		return option{Value: string(p.ID), Text: p.Names.In(string(q.lang))}
	})
	switch {
	case err == nil:
		for _, p := range people {
			if p.Value != string(me.ID) {
				v.People = append(v.People, p)
			}
		}
	case fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound:
		return err
	}
	for _, k := range auditKinds() {
		v.Kinds = append(v.Kinds, option{Value: k, Text: q.console.Catalogs.Label(q.lang, "found", k)})
	}
	if v.From == "" && v.To == "" {
		v.From, v.To = q.today.String()[:8]+"01", q.today.String()
	}
	if v.Programme == "" && v.Person == "" {
		// a programme's journal is for some roles; what one did oneself is for all
		if v.Person = string(me.ID); len(v.Programmes) > 0 && q.holds(portfolio.Auditor, portfolio.ProgrammeManager) {
			v.Programme, v.Person = v.Programmes[0].Value, ""
		}
	}
	v.Chips = q.chip(nil, "kind", q.text("console.audit.kind"), optionText(v.Kinds, v.Kind))
	v.Chips = q.chip(v.Chips, "person", q.text("console.audit.person"), optionText(v.People, v.Person))
	return nil
}

type readJournal func(context.Context, tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error)

// auditQuery is what the form asks for; nil where it asks for nothing.
func (q *request) auditQuery(v *auditPage) (readJournal, error) {
	var dates error
	search := tracker.JournalSearch{JournalQuery: tracker.JournalQuery{Kind: v.Kind}, Programme: ident.Programme(v.Programme), Person: ident.Person(v.Person)}
	v.Form, search.From, search.To, dates = q.between(v.From, v.To)
	if v.Programme == "" && v.Person == "" {
		return nil, nil
	}
	return func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return q.tracker().SearchJournal(ctx, q.call, search, p)
	}, dates
}

// between are the dates from which and to which a journal is read, and the form
// that shows them.
func (q *request) between(from, to string) (*form, civil.Date, civil.Date, error) {
	f := q.form(q.URL.Path, 0).With("from", from).With("to", to)
	in := f.fields()
	first, last := in.date("from"), in.date("to")
	return f, first, last, in.err()
}

// dateChips adds those of the dates that the address asks for.
func (q *request) dateChips(list []chip, f *form) []chip {
	list = q.chip(list, "from", q.text("console.audit.from"), clip(f.Value("from")))
	return q.chip(list, "to", q.text("console.audit.to"), clip(f.Value("to")))
}

// subject is the page of the subject that was typed: an id, what one thing alone
// is called just so, or what finds one thing alone; between the dates asked for.
func (q *request) subject(v *auditPage) (string, error) {
	page := func(id string) string { return to(at("audit", id), "from", v.From, "to", v.To) }
	if ident.Prefix(v.Subject) != "" {
		return page(v.Subject), nil
	}
	found, err := q.tracker().Search(q.Context(), q.call, tracker.SearchQuery{Text: v.Subject}, q.paging())
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid {
		return "", nil
	}
	for _, r := range found.Items {
		switch {
		case r.Award != "" && string(r.Award) != r.ID: // a thing of an award stands in its journal
			v.Found = append(v.Found, q.searchLine(r, to(at("audit", r.Award), "thing", r.ID, "from", v.From, "to", v.To)))
		case r.Type != "person":
			v.Found = append(v.Found, q.searchLine(r, page(r.ID)))
		}
	}
	exactly := func(n int) bool { return n < len(v.Found) && v.Found[n].Match.Found == v.Found[n].Match.Whole() } // they come first
	if len(v.Found) == 1 || exactly(0) && !exactly(1) {
		return v.Found[0].Href, err
	}
	return "", err
}

// auditSubjectPage is the journal of one subject, with the state of its chain.
type auditSubjectPage struct {
	Called string
	Page   string // of the subject itself, empty where it has none
	Chain  tracker.ChainView
	Form   *form
	Kind   string
	Kinds  []option
	Chips  []chip
	Lines  []auditLine
	Pager  pager
	Export string
}

func (c *Console) auditSubject(q *request) error {
	id := q.PathValue("aggregate")
	values := q.URL.Query()
	v := auditSubjectPage{Called: id, Page: pageOfSubject(id), Kind: known(q, "kind", auditKinds()...), Export: q.exportHref()}
	query := tracker.JournalQuery{Kind: v.Kind, Thing: values.Get("thing")}
	var dates, err error
	v.Form, query.From, query.To, dates = q.between(values.Get("from"), values.Get("to"))
	if v.Chain, err = c.Tracker.Chain(q.Context(), q.call, id); err != nil {
		return err
	}
	for _, k := range auditKinds() {
		v.Kinds = append(v.Kinds, option{Value: k, Text: c.Catalogs.Label(q.lang, "found", k)})
	}
	v.Chips = q.dateChips(nil, v.Form)
	v.Chips = q.chip(v.Chips, "kind", q.text("console.audit.kind"), optionText(v.Kinds, v.Kind))
	v.Chips = q.chip(v.Chips, "thing", q.text("console.audit.column.thing"), clip(query.Thing))
	show := func() error { return q.show("audit-subject", v.Called, v) }
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return q.tracker().Journal(ctx, q.call, id, query, p)
	}
	if err = dates; err == nil && q.exporting() {
		if err = q.exportAudit("journal-"+id, read); err == nil {
			return nil
		}
	}
	var page tracker.Page[tracker.JournalEntryView]
	if err == nil {
		page, err = read(q.Context(), q.paging())
	}
	if err != nil {
		return q.again(v.Form, err, subject{}, show)
	}
	v.Pager = q.pager(len(page.Items), page.Next)
	if v.Lines, err = q.auditLines(page.Items); err != nil {
		return err
	}
	if first, err := c.Tracker.JournalEntry(q.Context(), q.call, id, 1); err == nil {
		v.Called = q.called(first.JournalEntryView)
	}
	return show()
}

// pageOfSubject is the page of what has a journal, "" where it has none.
func pageOfSubject(id string) string {
	names := map[string]string{
		ident.PrefixAward: "awards", ident.PrefixProgramme: "programmes", ident.PrefixPlatform: "platforms", ident.PrefixProject: "projects",
		ident.PrefixOrganisation: "organisations", ident.PrefixImport: "imports",
	}
	if of, ok := names[ident.Prefix(id)]; ok {
		return at(of, id)
	}
	return ""
}

// namesOf says what the things of a subject are called, and what a thing is
// with its page. What the reader may not see keeps its id.
func (q *request) namesOf(id string) (named func(string) string, about func(string) (string, string)) {
	none := func(string) (string, string) { return "", "" }
	if ident.Prefix(id) != ident.PrefixAward {
		return func(id string) string { return id }, none
	}
	view, err := q.tracker().Award(q.Context(), q.call, ident.Award(id))
	if err != nil {
		return func(id string) string { return id }, none
	}
	h := awardHead{AwardView: view, Page: at("awards", view.ID), Today: q.today}
	return func(id string) string { return q.calledIn(h, id) }, func(thing string) (string, string) { return q.subjectOf(h, thing) }
}

// auditAnchorsPage are the sealed days of a programme.
type auditAnchorsPage struct {
	Programme  string
	Programmes []option
	From, To   string
	Form       *form
	Days       []tracker.AnchorDay
	Holds      bool // the days shown are chained to each other
	Export     string
	Anchors    string // address of the same for milepost verify
}

func (c *Console) auditAnchors(q *request) error {
	values := q.URL.Query()
	v := auditAnchorsPage{Programme: values.Get("programme"), From: values.Get("from"), To: values.Get("to"), Form: q.form(q.URL.Path, 0), Export: q.exportHref(), Holds: true}
	var err error
	if v.Programmes, err = q.programmeOptions(); err != nil {
		return err
	}
	if v.Programme == "" && len(v.Programmes) > 0 {
		v.Programme = v.Programmes[0].Value
	}
	v.Form.With("from", v.From).With("to", v.To)
	in := v.Form.fields()
	query := tracker.AnchorsQuery{Programme: ident.Programme(v.Programme), From: in.date("from"), To: in.date("to")}
	err = in.err()
	if err == nil && v.Programme != "" {
		v.Days, err = c.Tracker.Anchors(q.Context(), q.call, query)
	}
	if err != nil {
		return q.again(v.Form, err, subject{}, func() error { return q.show("audit-anchors", q.text("console.audit.anchors"), v) })
	}
	v.Anchors = strings.Replace(v.Export, "format=csv", "format=json", 1)
	for i := 1; i < len(v.Days); i++ {
		v.Holds = v.Holds && v.Days[i].Prev == v.Days[i-1].Hash
	}
	if q.exporting() {
		return q.exportAnchors(v.Days)
	}
	if values.Get("format") == "json" {
		return q.sendAnchors(v.Days)
	}
	return q.show("audit-anchors", q.text("console.audit.anchors"), v)
}

// exportAnchors answers with anchors as a file, one line for each journal that
// was sealed.
func (q *request) exportAnchors(days []tracker.AnchorDay) error {
	header := []string{}
	for _, id := range []string{"on", "hash", "before", "aggregate", "entry", "entryHash"} {
		header = append(header, q.text("console.audit.column."+id))
	}
	var lines [][]string
	for _, d := range days {
		for _, s := range d.Sealed {
			lines = append(lines, []string{d.On.String(), d.Hash, d.Prev, s.Aggregate, strconv.FormatInt(s.Seq, 10), s.Hash})
		}
		if len(d.Sealed) == 0 {
			lines = append(lines, []string{d.On.String(), d.Hash, d.Prev, "", "", ""})
		}
	}
	return q.export("anchors", header, lines)
}

// sendAnchors answers with anchors as GET /api/v1/anchors does, the file that
// `milepost verify --anchor` takes.
func (q *request) sendAnchors(days []tracker.AnchorDay) error {
	text, err := json.Marshal(map[string]any{"items": days}, json.Deterministic(true))
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="milepost-anchors-%s.json"`, q.today))
	_, _ = q.w.Write(text) // a reader who has gone needs no answer
	return nil
}
