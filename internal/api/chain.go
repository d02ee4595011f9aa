package api

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"milepost/internal/fault"
)

// chain puts what every request goes through around the router, the outermost
// first.
func (a *API) chain(router http.Handler) http.Handler {
	h := a.crossOrigin(router)
	h = a.options.Limits.Bound(h, slow)
	h = a.recovered(h)
	h = a.logged(h)
	h = secured(h)
	return a.begin(h)
}

// secured sets the headers of every answer. A route that needs other ones,
// such as the documentation page, replaces them.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into an internal problem, unless the answer has
// begun: then the connection is cut so that nobody takes it for whole.
func (a *API) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && err == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(p)
			}
			err := fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "internal.error")
			if rec, ok := w.(*recorder); ok && rec.status != 0 {
				visitOf(r.Context()).cause = err
				panic(http.ErrAbortHandler)
			}
			a.writeProblem(w, r, err)
		}()
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses what a browser sends on behalf of another site.
func (a *API) crossOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.writeProblem(w, r, fault.New(fault.Forbidden, "request.crossOrigin"))
	}))
	return guard.Handler(next)
}
