package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"sync"

	"milepost/internal/i18n"
)

//go:embed templates
var embeddedTemplates embed.FS

// pages are the templates, once for each language, so that a text is chosen by
// its id alone. A language's are parsed when it is first asked for.
type pages struct {
	catalogs *i18n.Catalogs
	assets   assets
	of       map[i18n.Language]func() (*template.Template, error)
}

func newPages(c *i18n.Catalogs, a assets) *pages {
	p := &pages{catalogs: c, assets: a, of: map[i18n.Language]func() (*template.Template, error){}}
	for _, lang := range i18n.Languages() {
		p.of[lang] = sync.OnceValues(func() (*template.Template, error) { return p.parse(lang) })
	}
	return p
}

func (p *pages) parse(lang i18n.Language) (*template.Template, error) {
	t, err := template.New("").Funcs(functions{p.catalogs, p.assets, lang}.all()).ParseFS(embeddedTemplates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return t, nil // what a dict leaves out is false; printed, a test finds it as <no value>
}

// execute renders the template of a name, which is that of its file without
// its extension, or one that a file defines.
func (p *pages) execute(lang i18n.Language, name string, view any) (template.HTML, error) {
	t, err := p.of[lang]()
	if err != nil {
		return "", err
	}
	if t.Lookup(name) == nil {
		name += ".html"
	}
	var page bytes.Buffer
	if err := t.ExecuteTemplate(&page, name, view); err != nil {
		return "", fmt.Errorf("console: %w", err)
	}
	return template.HTML(page.String()), nil //nolint:gosec // html/template has escaped it
}
