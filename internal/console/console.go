// Package console provides the web console: server-rendered pages for people,
// in Chinese and English, on which everything that the API offers is done.
// Every page is an address and works without script; a form posts, and is
// answered by a redirect to what it changed.
//
// A screen is a file of handlers (award.go), its templates (templates/award*.html)
// and its texts (console.award.json in each catalog). What screens share:
// request.go is one person's request, form.go a form on its way, funcs.go what
// templates may call, and templates/parts.html the pieces they are made of.
package console

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"milepost/internal/blob"
	"milepost/internal/console/session"
	"milepost/internal/deadline"
	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

// Options are what a console stands on; all but Sessions, Workbooks, MaxBody,
// UploadOrigin, Limits and Demo are required.
type Options struct {
	Tracker  *tracker.Tracker
	Catalogs *i18n.Catalogs
	// Sessions says who is signed in. Without it there is only a sign that
	// points to the API.
	Sessions *session.Sessions
	Files    blob.Policy // what may be uploaded as evidence
	Now      func() time.Time
	Entropy  io.Reader // makes the keys of forms; must be unpredictable outside tests
	// Workbooks opens workbooks that are imported; nil where only CSV is taken.
	Workbooks sheet.Reader
	// MaxBody bounds the files that one request brings or one answer holds, in
	// bytes, where something in front bounds both; 0 where nothing does.
	MaxBody int64
	// UploadOrigin is where the browser's script sends files itself, and gets
	// those larger than MaxBody from, such as
	// https://bucket.s3.cn-north-1.amazonaws.com.cn; empty where there is none.
	UploadOrigin string
	// Limits bound requests in time.
	Limits       deadline.Limits
	NewRequestID func() string
	Demo         bool // pages say that everything is invented
	Logger       *slog.Logger
}

// Console answers requests for pages and their assets.
type Console struct {
	Options
	assets  assets
	pages   *pages
	handler http.Handler
	policy  string // Content-Security-Policy of pages
}

// New returns the console, for every path that is not the API's.
func New(o Options) (*Console, error) {
	if o.Tracker == nil && o.Sessions != nil || o.Catalogs == nil || o.Now == nil || o.Entropy == nil || o.NewRequestID == nil || o.Logger == nil {
		return nil, errors.New("console: an option is missing")
	}
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	c := &Console{Options: o, assets: a, pages: newPages(o.Catalogs, a), policy: contentPolicy(o.UploadOrigin)}
	mux := http.NewServeMux()
	c.routes(routes{mux, c})
	c.handler = mux
	if o.Sessions != nil {
		c.handler = o.Sessions.Wrap(c.handler, c.down)
	}
	c.handler = o.Limits.Bound(c.handler, slow)
	c.handler = http.NewCrossOriginProtection().Handler(c.handler)
	return c, nil
}

// ServeHTTP answers a request for a page or an asset.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.secured(w.Header())
	if strings.HasPrefix(r.URL.Path, Assets) {
		c.assets.serve(w, r)
		return
	}
	c.handler.ServeHTTP(w, r)
}

// slow reports whether a request takes its time: files travel, an export or all
// of an award is read, a sweep runs.
func slow(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	values := r.URL.Query()
	return kind == "multipart/form-data" || values.Get("format") != "" || values.Get("whole") != "" || strings.HasSuffix(r.URL.Path, "/content") ||
		strings.HasPrefix(r.URL.Path, "/imports/") || strings.HasPrefix(r.URL.Path, "/admin/sweeps")
}

// down answers where nobody can say who is signed in.
func (c *Console) down(w http.ResponseWriter, r *http.Request) {
	c.request(w, r).fail(fault.New(fault.Busy, "store.unavailable"))
}

// secured sets the headers of every answer: nothing is loaded from elsewhere,
// nothing runs but the console's own script, nobody frames it.
func (c *Console) secured(h http.Header) {
	h.Set("Content-Security-Policy", c.policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}

// contentPolicy is the Content-Security-Policy of pages.
func contentPolicy(uploads string) string {
	connect := "'self'"
	if uploads != "" {
		connect += " " + uploads
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " + connect +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
