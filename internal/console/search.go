package console

import (
	"errors"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// searchRoutes are the search, which is in the head of every page.
func (c *Console) searchRoutes(m routes) {
	m.page("GET /search", c.search)
}

// searchPage is what was found by a text.
type searchPage struct {
	Text    string
	Type    string
	Types   []option
	Results []searchLine
	Pager   pager
	Problem string // why nothing was looked for
}

// searchLine is a thing that was found, with its page. Where the text stands in
// what the line shows of it, it is marked there; else it is quoted beside it.
type searchLine struct {
	tracker.SearchResult
	Href  string
	Shown string // which of its names the reader is shown: zh or en
}

func (q *request) searchLine(r tracker.SearchResult, href string) searchLine {
	line := searchLine{SearchResult: r, Href: href, Shown: schema.InZH}
	if r.Names.In(string(q.lang)) == r.Names.EN {
		line.Shown = schema.InEN
	}
	return line
}

func (c *Console) search(q *request) error {
	values := q.URL.Query()
	types := []string{"award", "programme", "platform", "project", "organisation", "person", "payment"}
	view := searchPage{Text: strings.TrimSpace(values.Get("q")), Type: known(q, "type", types...), Types: options(q, "found", types...)}
	if view.Text != "" {
		found, err := c.Tracker.Search(q.Context(), q.call, tracker.SearchQuery{Text: view.Text, Type: view.Type}, q.paging())
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid {
			text := c.Catalogs.Fault(q.lang, e)
			if view.Problem = text.Title; len(text.Fields) > 0 {
				view.Problem = text.Fields[0].Text
			}
		} else if err != nil {
			return err
		}
		for _, r := range found.Items {
			view.Results = append(view.Results, q.searchLine(r, pageOfFound(r)))
		}
		view.Pager = q.pager(len(found.Items), found.Next)
	}
	return q.show("search", q.text("console.search.title"), view)
}

// pageOfFound is the page of what was found.
func pageOfFound(r tracker.SearchResult) string {
	switch r.Type {
	case "person":
		return at("admin", "people", r.ID)
	case "payment", "refund":
		return at("awards", r.Award, r.Type+"s", r.ID)
	}
	return at(r.Type+"s", r.ID)
}
