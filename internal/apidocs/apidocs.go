// Package apidocs provides the documentation page of the API: Swagger UI,
// served from the program itself, without a request to anybody else.
package apidocs

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

// Path is where the page lies.
const Path = "/api/docs"

// document is what the page shows.
const document = "/api/openapi.json"

// Page is the documentation page and its files.
type Page struct {
	ui     http.Handler
	policy string
}

// New returns the page. It holds inline scripts and styles that never change
// while the program runs; its policy names the scripts by their hashes.
func New() (*Page, error) {
	ui := v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "Milepost API", SwaggerJSON: document, BasePath: Path + "/",
		SettingsUI: map[string]string{"tryItOutEnabled": "false", "persistAuthorization": "false"},
	})
	page := &page{header: http.Header{}}
	request, err := http.NewRequest(http.MethodGet, Path, nil) //nolint:noctx // asks a handler, not a server
	if err != nil {
		return nil, fmt.Errorf("apidocs: %w", err)
	}
	ui.ServeHTTP(page, request)
	return &Page{ui: ui, policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; " +
		"font-src 'self' data:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'" + hashes(page.text.String())}, nil
}

// Paths lists the paths that the page answers to GET.
func (p *Page) Paths() []string {
	return []string{Path, Path + "/swagger-ui.css", Path + "/swagger-ui-bundle.js", Path + "/swagger-ui-standalone-preset.js",
		Path + "/favicon-16x16.png", Path + "/favicon-32x32.png"}
}

// ServeHTTP answers with the page or one of its files.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", p.policy)
	p.ui.ServeHTTP(w, r)
}

// hashes lists the inline scripts of a page as a policy names them.
func hashes(page string) string {
	var b strings.Builder
	for {
		_, rest, found := strings.Cut(page, "<script>")
		if !found {
			return b.String()
		}
		script, rest, _ := strings.Cut(rest, "</script>")
		sum := sha256.Sum256([]byte(script))
		fmt.Fprintf(&b, " 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:]))
		page = rest
	}
}

// page keeps what a handler writes.
type page struct {
	header http.Header
	text   strings.Builder
}

// Header returns the headers.
func (p *page) Header() http.Header { return p.header }

// Write keeps the text.
func (p *page) Write(b []byte) (int, error) { return p.text.Write(b) }

// WriteHeader drops the status.
func (p *page) WriteHeader(int) {}
