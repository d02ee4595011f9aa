package session

import (
	"context"
	"errors"
	"net/http"

	"github.com/alexedwards/scs/v2"
)

// tokenBytes is the length of a token as scs writes it: 256 bits in base64url.
const tokenBytes = 43

// Wrap answers the paths of this package and hands every other request to
// next, with the browser's session in its context. The session is read before,
// once, and written before the first byte of the answer, where it was changed
// or its use has to be recorded: what a handler changes later is lost. Where
// nobody can sign in, nothing is read. Where the session cannot be read, down
// answers, with a status of its own; this is said in the log.
func (s *Sessions) Wrap(next http.Handler, down http.HandlerFunc) http.Handler {
	if s.options.Provider == nil && s.options.Personas == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, own := s.routes[r.URL.Path]
		if own && r.Method != route.method {
			w.Header().Set("Allow", route.method)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		ctx, err := s.load(r)
		if err != nil {
			s.options.Logger.ErrorContext(r.Context(), "session not read", "error", err.Error())
			w.Header().Set("Retry-After", "5")
			down(w, r)
			return
		}
		r = r.WithContext(ctx)
		a := &answer{ResponseWriter: w, sessions: s, ctx: ctx}
		if own {
			secured(w.Header())
			route.handle(a, r)
		} else {
			next.ServeHTTP(a, r)
		}
		a.save()
	})
}

// secured sets the headers of this package's answers, whose addresses hold
// codes of the issuer.
func secured(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

// load returns the request's context with its session.
func (s *Sessions) load(r *http.Request) (context.Context, error) {
	c := &carried{sessions: s, found: &found{}}
	if cookie, err := r.Cookie(s.cookieName()); err == nil && len(cookie.Value) == tokenBytes {
		c.token = cookie.Value
	}
	return s.manager.Load(context.WithValue(r.Context(), contextKey{}, c), c.token)
}

func (s *Sessions) cookieName() string {
	if s.options.Secure {
		return SecureCookie
	}
	return Cookie
}

// Secure reports whether browsers come by https.
func (s *Sessions) Secure() bool { return s.options.Secure }

// setCookie gives a browser its token, or takes it away where that is "". The
// cookie ends with the browser; the session ends on the server.
func (s *Sessions) setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{ //nolint:gosec // plain http on loopback only
		Name: s.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: s.options.Secure, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// save writes the session of a context where it was changed, and the cookie
// where the token is another one.
func (s *Sessions) save(ctx context.Context, w http.ResponseWriter) error {
	c, _ := from(ctx)
	switch s.manager.Status(ctx) {
	case scs.Modified:
		token, _, err := s.manager.Commit(ctx)
		if err != nil {
			return err
		}
		if token != c.token {
			s.setCookie(w, token)
		}
	case scs.Destroyed:
		s.setCookie(w, "")
	case scs.Unmodified:
		return s.items.touch(ctx, c.found)
	}
	return nil
}

// answer saves the session before the first byte goes out. It saves once: an
// answer is worth more than what could not be kept.
type answer struct {
	http.ResponseWriter
	sessions *Sessions
	ctx      context.Context // of the one request it answers
	saved    bool
}

func (a *answer) save() {
	if a.saved {
		return
	}
	a.saved = true
	a.Header().Add("Vary", "Cookie")
	switch err := a.sessions.save(a.ctx, a.ResponseWriter); {
	case errors.Is(err, errGone): // signed out elsewhere while this request was under way
	case err != nil:
		a.sessions.options.Logger.ErrorContext(a.ctx, "session not kept", "error", err.Error())
	}
}

// WriteHeader saves the session and writes the status.
func (a *answer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.save()
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write saves the session and writes part of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.save()
	return a.ResponseWriter.Write(p)
}

// FlushError saves the session and sends what was written so far.
func (a *answer) FlushError() error {
	a.save()
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap lets a response controller reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
