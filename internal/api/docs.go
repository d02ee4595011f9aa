package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"milepost/internal/fault"
)

const (
	docsPath     = "/api/docs"
	documentPath = "/api/openapi"
)

// document serves the OpenAPI document, public as the program is. It is made
// when it is first asked for: that takes longer than all the rest of a start,
// which a function in the cloud has its first caller wait for.
func (a *API) document() {
	document := sync.OnceValue(a.described)
	a.yaml = sync.OnceValues(func() ([]byte, error) { return document().YAML() })
	a.json = sync.OnceValues(func() ([]byte, error) { return json.Marshal(document()) })
	a.mux.HandleFunc("GET "+documentPath+".yaml", a.serve("application/yaml", a.yaml))
	a.mux.HandleFunc("GET "+documentPath+".json", a.serve("application/json", a.json))
}

func (a *API) serve(mediaType string, written func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := written()
		if err != nil {
			a.writeProblem(w, r, fault.Wrap(err, "internal.error"))
			return
		}
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
