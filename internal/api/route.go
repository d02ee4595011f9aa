package api

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"milepost/internal/fault"
)

// route finds the handler of a request; where there is none the answer is a
// problem like any other.
func (a *API) route(w http.ResponseWriter, r *http.Request) {
	if !readable(r.URL) {
		a.writeProblem(w, r, fault.New(fault.Malformed, "request.addressUnread"))
		return
	}
	h, pattern := a.mux.Handler(r)
	if pattern != "" {
		a.mux.ServeHTTP(w, r)
		return
	}
	probe := &refusal{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		a.writeProblem(w, r, fault.New(fault.MethodNotAllowed, "request.methodNotAllowed"))
		return
	}
	a.writeProblem(w, r, fault.New(fault.NotFound, "request.pathNotFound"))
}

// readable reports whether an address is text, all of which can be read: what
// package url cannot read of a query it would leave out, and a list with a
// filter less is another list.
func readable(u *url.URL) bool {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil || !utf8.ValidString(u.Path) {
		return false
	}
	for name, list := range values {
		for _, value := range append(list, name) {
			if !utf8.ValidString(value) {
				return false
			}
		}
	}
	return true
}

// refusal takes the router's own answer, of which only status and headers are
// wanted.
type refusal struct {
	header http.Header
	status int
}

// Header returns the headers.
func (w *refusal) Header() http.Header { return w.header }

// Write drops the text.
func (w *refusal) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader keeps the status.
func (w *refusal) WriteHeader(status int) { w.status = status }
