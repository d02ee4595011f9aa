package api

import (
	"encoding/json"
	"net/http"
	"sync"

	"milepost/internal/fault"
)

const documentPath = "/api/openapi"

// Docs is the documentation page: a handler of GET requests to its paths.
type Docs interface {
	http.Handler
	Paths() []string
}

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

// docs mounts the documentation page where there is one.
func (a *API) docs() {
	if a.options.Docs == nil {
		return
	}
	for _, path := range a.options.Docs.Paths() {
		a.mux.Handle("GET "+path, a.options.Docs)
	}
}
