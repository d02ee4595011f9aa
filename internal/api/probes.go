package api

import (
	"errors"
	"net/http"

	"milepost/internal/fault"
)

// probes registers what a host asks of the program: they need no token.
func (a *API) probes() {
	a.mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]string{"status": "ok"}) })
	a.mux.HandleFunc("GET /readyz", a.ready)
	a.mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"version": a.options.Version})
	})
}

// ready answers 503 while requests cannot be served. Of the reason a caller is
// told what a busy fault says; the rest is for the log.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	if a.options.Ready != nil {
		if err := a.options.Ready(r.Context()); err != nil {
			visitOf(r.Context()).cause = err
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Busy {
				f = fault.New(fault.Busy, "server.notReady")
			}
			a.writeProblem(w, r, f)
			return
		}
	}
	answer(w, map[string]string{"status": "ok"})
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = writeJSON(w, body) // a caller who has gone needs no answer
}

// Paths are where a server puts the API: everything under them is its own.
func Paths() []string { return []string{"/api/", "/livez", "/readyz", "/version"} }
