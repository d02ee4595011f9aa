// Package api provides the HTTP API of Milepost under /api/v1, its OpenAPI 3.1
// document, and the probes /livez, /readyz and
// /version. Handlers are thin: they turn a request into a command or query of
// package tracker and its answer into JSON; every error becomes a problem
// document (RFC 9457) in the caller's language.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/authn"
	"milepost/internal/deadline"
	"milepost/internal/exchange/sheet"
	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

// Prefix is where every operation of this version lies.
const Prefix = "/api/v1"

// Defaults of Options.
const (
	DefaultMaxBody = 1 << 20 // bytes
)

// Verifier tells who a bearer token names; authn.Verifier is one.
type Verifier interface {
	Verify(ctx context.Context, token string) (authn.Identity, error)
}

// Options are what an API stands on. Tracker, Verifier, Catalogs, Now, Logger
// and NewRequestID are required.
type Options struct {
	Tracker      *tracker.Tracker
	Verifier     Verifier
	Catalogs     *i18n.Catalogs
	Now          func() time.Time
	Logger       *slog.Logger
	NewRequestID func() string
	Version      string // of the program
	// Workbooks opens workbooks that are imported. Where it is nil they are
	// refused (workbook.notRead), for an annex takes them: see NewAnnex.
	Workbooks sheet.Reader
	// Docs is the documentation page; nil where it is served elsewhere.
	Docs Docs
	// Ready says why requests cannot be served now; nil means always ready.
	Ready func(ctx context.Context) error
	// MaxBody bounds a JSON body in bytes; 0 is DefaultMaxBody.
	MaxBody int64
	// Limits bound requests in time.
	Limits deadline.Limits
}

// API answers HTTP requests. It is safe for concurrent use.
type API struct {
	options Options
	mux     *http.ServeMux
	entries []entry // of the document, in its order
	handler http.Handler
	yaml    func() ([]byte, error) // the OpenAPI document
	json    func() ([]byte, error)
}

// New returns the API. It fails where an option is missing.
func New(o Options) (*API, error) {
	a, err := begin(o)
	if err != nil {
		return nil, err
	}
	a.routes()
	a.probes()
	a.document()
	a.docs()
	return a, nil
}

// NewAnnex returns the routes that take files to import, and the documentation
// page. What opens workbooks and the page are large and seldom asked for, so a
// host may keep them apart from New's handler, under the same addresses.
func NewAnnex(o Options) (http.Handler, error) {
	if o.Workbooks == nil || o.Docs == nil {
		return nil, errors.New("api: an option is missing")
	}
	a, err := begin(o)
	if err != nil {
		return nil, err
	}
	a.importForms()
	a.docs()
	return http.HandlerFunc(a.ServeHTTP), nil // not a itself: the linker keeps less of what it holds
}

// begin is an API without routes.
func begin(o Options) (*API, error) {
	if o.Tracker == nil || o.Verifier == nil || o.Catalogs == nil || o.Now == nil || o.Logger == nil || o.NewRequestID == nil {
		return nil, errors.New("api: an option is missing")
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	a := &API{options: o, mux: http.NewServeMux()}
	a.handler = a.chain(http.HandlerFunc(a.route))
	return a, nil
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// OpenAPI returns the OpenAPI 3.1 document as YAML.
func (a *API) OpenAPI() ([]byte, error) {
	text, err := a.yaml()
	return slices.Clone(text), err
}

// config is huma without what it does by itself: no page from a CDN, no links
// to schemas, no document handlers.
func (a *API) config(schemas huma.Registry) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       info(),
			Components: &huma.Components{Schemas: schemas, SecuritySchemes: securitySchemes()},
			Security:   []map[string][]string{{bearer: {}}},
			Tags:       tags(),
		},
		Formats:                      map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.asProblem},
	}
}
