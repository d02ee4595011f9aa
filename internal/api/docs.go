package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

const (
	docsPath     = "/api/docs"
	documentPath = "/api/openapi"
)

// document writes the OpenAPI document once and serves it. It is public, as
// the program is.
func (a *API) document() error {
	settle(a.huma.OpenAPI())
	var err error
	if a.yaml, err = a.huma.OpenAPI().YAML(); err != nil {
		return fmt.Errorf("api: document: %w", err)
	}
	if a.json, err = json.Marshal(a.huma.OpenAPI()); err != nil {
		return fmt.Errorf("api: document: %w", err)
	}
	a.mux.HandleFunc("GET "+documentPath+".yaml", serve("application/yaml", a.yaml))
	a.mux.HandleFunc("GET "+documentPath+".json", serve("application/json", a.json))
	return nil
}

func serve(mediaType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(body) // a reader who has gone needs no answer
	}
}

// docsPage serves Swagger UI from the program itself. Its page holds inline
// scripts and styles that never change while the program runs; the policy
// names the scripts by their hashes.
func (a *API) docsPage() error {
	ui := v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "Milepost API", SwaggerJSON: documentPath + ".json", BasePath: docsPath + "/",
		SettingsUI: map[string]string{"tryItOutEnabled": "false", "persistAuthorization": "false"},
	})
	page := &page{header: http.Header{}}
	request, err := http.NewRequest(http.MethodGet, docsPath, nil) //nolint:noctx // asks a handler, not a server
	if err != nil {
		return fmt.Errorf("api: docs: %w", err)
	}
	ui.ServeHTTP(page, request)
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; " +
		"font-src 'self' data:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'" + hashes(page.text.String())
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		ui.ServeHTTP(w, r)
	}
	a.mux.HandleFunc("GET "+docsPath, handler)
	for _, file := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-16x16.png", "favicon-32x32.png"} {
		a.mux.HandleFunc("GET "+docsPath+"/"+file, handler)
	}
	return nil
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
