package console

import (
	"errors"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// searchRoutes are the search, which is in the head of every page.
func (c *Console) searchRoutes(m routes) {
	m.page("GET /search", c.search)
}

// searchPage is what begins with a text.
type searchPage struct {
	Text    string
	Type    string
	Types   []option
	Results []searchLine
	Problem string // why nothing was looked for
	Most    int
}

// searchLine is a thing that was found, with its page.
type searchLine struct {
	tracker.SearchResult
	Href string
}

// mostFound is how much a search shows.
const mostFound = 20

func (c *Console) search(q *request) error {
	values := q.URL.Query()
	types := []string{"award", "programme", "platform", "project", "organisation", "person"}
	view := searchPage{Text: strings.TrimSpace(values.Get("q")), Type: known(q, "type", types...), Types: options(q, "found", types...), Most: mostFound}
	if view.Text != "" {
		found, err := c.Tracker.Search(q.Context(), q.call, tracker.SearchQuery{Text: view.Text, Type: view.Type})
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid {
			text := c.Catalogs.Fault(q.lang, e)
			if view.Problem = text.Title; len(text.Fields) > 0 {
				view.Problem = text.Fields[0].Text
			}
		} else if err != nil {
			return err
		}
		for _, r := range found {
			view.Results = append(view.Results, searchLine{r, pageOfFound(r)})
		}
	}
	return q.show("search", q.text("console.search.title"), view)
}

// pageOfFound is the page of what was found.
func pageOfFound(r tracker.SearchResult) string {
	if r.Type == "person" {
		return at("admin", "people", r.ID)
	}
	return at(r.Type+"s", r.ID)
}
