package console

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
)

// Most that the navigation counts, so that a page's reads are bounded.
const mostCounted = 50

// frame is what every page shows around its content.
type frame struct {
	Lang      i18n.Language
	Languages []languageLink
	Demo      bool
	Title     string
	Content   template.HTML
	Person    portfolio.Names // empty where nobody is signed in
	Roles     []portfolio.Role
	SignedIn  bool
	Sections  []section
	Waiting   count
	Unread    count
	Here      string // address of the page
	Printed   string // the same with its host, as a printed page says it
	Now       time.Time
	Today     civil.Date
	Query     string // of the search, kept in its field
	Notice    *notice
	Compact   bool // dense tables
	Draws     bool // the page has charts, which have a style sheet of their own
}

// link is a place with its words: a tab of a page, or a step of the way to it,
// whose last has no address.
type link struct {
	Href, Text string
	Current    bool
	Count      int // of what waits there, 0 for none
}

// languageLink leads to the same page in a language.
type languageLink struct {
	Lang    i18n.Language
	Href    string
	Current bool
}

// count is a number, or that there is more than was counted.
type count struct {
	N    int
	More bool
}

func (c count) String() string {
	if c.More {
		return strconv.Itoa(c.N) + "+"
	}
	return strconv.Itoa(c.N)
}

// section is a place in the navigation.
type section struct {
	ID      string // of its text: console.nav.<id>
	Href    string
	Current bool
}

// sections are the places in the order in which people need them, each with
// the action that lets somebody find something there; "" is everybody's.
func sections() []struct {
	id, href string
	reads    access.Action
} {
	return []struct {
		id, href string
		reads    access.Action
	}{
		{"inbox", "/", ""},
		{"overview", "/overview", access.ViewAttention},
		{"overdue", "/overdue", access.ViewAttention},
		{"milestones", "/milestones", access.ViewMilestone},
		{"awards", "/awards", access.ViewAward},
		{"tranches", "/tranches", access.ViewTranche},
		{"payments", "/payments", access.ViewPayment},
		{"extensions", "/extensions", access.ViewMilestone},
		{"platforms", "/platforms", access.ViewPlatform},
		{"projects", "/projects", access.ViewProject},
		{"organisations", "/organisations", access.ViewOrganisation},
		{"programmes", "/programmes", access.ViewProgramme},
		{"audit", "/audit", access.ViewJournal},
		{"imports", "/imports", access.ViewImport},
		{"admin", "/admin", access.ViewMembers},
	}
}

func (q *request) frame(title string, content template.HTML) (frame, error) {
	f := frame{
		Lang: q.lang, Demo: q.console.Demo, Title: title, Content: content, Today: q.today,
		Here: q.URL.RequestURI(), Printed: q.Host + q.URL.RequestURI(), Now: q.console.Now(), Query: q.searched(), Compact: q.look.compact(), Draws: q.draws,
	}
	for _, l := range i18n.Languages() {
		f.Languages = append(f.Languages, languageLink{Lang: l, Href: q.inLanguage(l), Current: l == q.lang})
	}
	if q.call.Person.ID == "" {
		return f, nil
	}
	f.SignedIn, f.Person, f.Roles = true, q.call.Person.Names, q.roles()
	for _, s := range sections() {
		if s.reads == "" || q.may(s.reads) {
			f.Sections = append(f.Sections, section{ID: s.id, Href: s.href, Current: q.within(s.href)})
		}
	}
	if q.bare {
		return f, nil
	}
	var err error
	if f.Waiting, err = q.countWaiting(); err != nil {
		return f, err
	}
	if f.Unread.N, f.Unread.More, err = q.tracker().UnreadNotices(q.Context(), q.call, mostCounted); err != nil {
		return f, err
	}
	f.Notice = q.takeNotice()
	return f, nil
}

// countWaiting counts what waits on the reader, once for a page.
func (q *request) countWaiting() (n count, err error) {
	if q.waiting != nil {
		return *q.waiting, nil
	}
	if n.N, n.More, err = q.tracker().WaitingFor(q.Context(), q.call, mostCounted); err != nil {
		return n, err
	}
	proposals, more, err := q.tracker().ProposalsFor(q.Context(), q.call, mostCounted)
	return n.plus(proposals, more), err
}

// roles are those that the caller holds today, each once.
func (q *request) roles() []portfolio.Role {
	var out []portfolio.Role
	for _, m := range q.call.Person.Memberships {
		if m.Holds(q.today) && !slices.Contains(out, m.Role) {
			out = append(out, m.Role)
		}
	}
	return out
}

// within reports whether the page lies in a section: where its crumbs begin.
func (q *request) within(href string) bool {
	path := q.URL.Path
	if parts := strings.Split(path, "/"); len(parts) > 4 && parts[1] == "awards" {
		switch parts[3] {
		case "tranches", "payments", "extensions":
			path = "/" + parts[3]
		case "refunds":
			path = "/payments"
		}
	}
	if href == "/" {
		return path == "/"
	}
	return path == href || strings.HasPrefix(path, href+"/")
}

// inLanguage is the page's address in a language.
func (q *request) inLanguage(l i18n.Language) string {
	path, values := q.URL.Path, q.URL.Query()
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		path, values = "/", url.Values{} // a form that was sent has no address
	}
	values.Set("lang", string(l))
	return path + "?" + values.Encode()
}

func (q *request) searched() string {
	if q.URL.Path != "/search" {
		return ""
	}
	return q.URL.Query().Get("q")
}
