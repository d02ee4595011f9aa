// Package console provides the web console: server-rendered pages for people,
// in Chinese and English, that work without script. So far it is one page,
// what is due and overdue.
package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"milepost/internal/civil"
	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

// Options are what a console stands on; all but Reader and Demo are required.
type Options struct {
	Tracker  Attention
	Catalogs *i18n.Catalogs
	// Reader is on whose behalf the page is read. Without one there is only a
	// sign that points to the API.
	Reader func(ctx context.Context) (tracker.Call, error)
	Demo   bool // the page says that everything is invented
	Logger *slog.Logger
}

// Attention is what the page reads of a tracker.
type Attention interface {
	Attention(ctx context.Context, c tracker.Call, q tracker.AttentionQuery, p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error)
	Today() civil.Date
}

// Console answers requests for pages and their assets.
type Console struct {
	options Options
	assets  assets
	pages   pages
}

// New returns the console, for / and Assets.
func New(o Options) (*Console, error) {
	if o.Tracker == nil || o.Catalogs == nil || o.Logger == nil {
		return nil, errors.New("console: an option is missing")
	}
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	p, err := loadPages(o.Catalogs, a)
	if err != nil {
		return nil, err
	}
	return &Console{options: o, assets: a, pages: p}, nil
}

// ServeHTTP answers a request; everything here is only read.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secured(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path != "/" {
		c.assets.serve(w, r)
		return
	}
	lang := c.language(w, r)
	if c.options.Reader == nil {
		c.write(w, r, http.StatusOK, "sign.html", lang, c.frame(r, lang))
		return
	}
	view, err := c.overdue(r, lang)
	if err != nil {
		c.options.Logger.ErrorContext(r.Context(), "page failed", "page", "overdue", "error", err.Error())
		c.write(w, r, http.StatusInternalServerError, "failed.html", lang, c.frame(r, lang))
		return
	}
	c.write(w, r, http.StatusOK, "overdue.html", lang, view)
}

// secured sets the headers of every answer: nothing is loaded from elsewhere,
// nothing runs, nobody frames it.
func secured(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}

// languageCookie keeps a reader's choice.
const languageCookie = "milepost_language"

// language is the reader's: what the address asks for, which is kept, then
// what was kept, then what the browser prefers.
func (c *Console) language(w http.ResponseWriter, r *http.Request) i18n.Language {
	kept := ""
	if cookie, err := r.Cookie(languageCookie); err == nil {
		kept = cookie.Value
	}
	asked := r.URL.Query().Get("lang")
	lang := c.options.Catalogs.Match(r.Header.Get("Accept-Language"), asked, kept)
	if asked != "" {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // no secret: plain loopback http must keep it too
			Name: languageCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
		})
	}
	w.Header().Set("Content-Language", string(lang))
	w.Header().Set("Vary", "Accept-Language, Cookie")
	return lang
}
