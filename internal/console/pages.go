package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"milepost/internal/i18n"
)

//go:embed templates/*.html
var templates embed.FS

// pages are the templates, once for each language, so that a text is chosen by
// its id alone.
type pages map[i18n.Language]*template.Template

func loadPages(c *i18n.Catalogs, a assets) (pages, error) {
	out := pages{}
	for _, lang := range i18n.Languages() {
		t, err := template.New("").Funcs(template.FuncMap{
			"t":     func(id string, pairs ...any) string { return c.Text(lang, id, argsOf(pairs)) },
			"label": func(group, code string) string { return c.Label(lang, group, code) },
			"asset": func(name string) string { return a.address[name] },
			"dict":  dict,
			"bar":   bar,
		}).ParseFS(templates, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		out[lang] = t.Option("missingkey=error")
	}
	return out, nil
}

func argsOf(pairs []any) map[string]any {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return args
}

// dict makes a map for a template that needs two values.
func dict(pairs ...any) map[string]any { return argsOf(pairs) }

// bar is a coordinate of the i-th of four rising bars in a drawing of 14 × 12.
func bar(i int, of string) string {
	switch of {
	case "x":
		return fmt.Sprintf("%.1f", 0.6+3.4*float64(i))
	case "y":
		return fmt.Sprint(9 - 3*i)
	}
	return fmt.Sprint(3 + 3*i)
}

// Frame is what every page shows around its content.
type Frame struct {
	Lang      i18n.Language
	Languages []LanguageLink
	Demo      bool
	Title     string // id of the page's title
}

// LanguageLink leads to the same page in a language.
type LanguageLink struct {
	Lang    i18n.Language
	Href    string
	Current bool
}

func (c *Console) frame(r *http.Request, lang i18n.Language) Frame {
	f := Frame{Lang: lang, Demo: c.options.Demo, Title: "console.overdue.title"}
	for _, l := range i18n.Languages() {
		q := cleanQuery(r.URL.Query())
		q.Set("lang", string(l))
		f.Languages = append(f.Languages, LanguageLink{Lang: l, Href: "/?" + q.Encode(), Current: l == lang})
	}
	return f
}

// cleanQuery keeps of a query what the page knows.
func cleanQuery(in url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"show", "page"} {
		if v := in.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return out
}

// write renders a page whole before it sends any of it.
func (c *Console) write(w http.ResponseWriter, r *http.Request, status int, name string, lang i18n.Language, view any) {
	var page bytes.Buffer
	if err := c.pages[lang].ExecuteTemplate(&page, name, view); err != nil {
		c.options.Logger.ErrorContext(r.Context(), "page failed", "page", name, "error", err.Error())
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a reader who has gone needs no answer
}
