package api

import (
	"context"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// entry is an operation as the document has it.
type entry struct {
	add    func(to huma.API)
	answer reflect.Type // of its body; nil where it has none, or is no operation of huma's
}

// documented adds an entry that is no operation of huma's.
func (a *API) documented(add func(document *huma.OpenAPI)) {
	a.entries = append(a.entries, entry{add: func(to huma.API) { add(to.OpenAPI()) }})
}

// operate registers an operation of huma's. Its types are read, which takes
// longer than most requests, when it is first called: a start reads none. For
// that each operation has an instance of huma to itself, so that nothing is
// written which another request reads; the document has one for all of them.
func operate[I, O any](a *API, o *operation, do func(context.Context, *I) (*O, error)) {
	e := entry{add: func(to huma.API) { huma.Register(to, o.describe(to.OpenAPI()), do) }}
	if body, ok := reflect.TypeFor[O]().FieldByName("Body"); ok {
		e.answer = body.Type
	}
	a.entries = append(a.entries, e)
	serve := sync.OnceValue(func() http.HandlerFunc {
		handler, _ := a.alone(e)
		return handler
	})
	a.mux.HandleFunc(o.method+" "+Prefix+o.path, func(w http.ResponseWriter, r *http.Request) { serve()(w, r) })
}

// unread stands for the type of an answer, which only the document describes.
type unread struct{}

// alone returns the handler of one operation, and what it goes by.
func (a *API) alone(e entry) (http.HandlerFunc, *huma.OpenAPI) {
	schemas := newRegistry()
	if e.answer != nil {
		schemas.RegisterTypeAlias(e.answer, reflect.TypeFor[unread]())
	}
	to := &taker{}
	h := humago.New(to, a.config(schemas))
	h.UseMiddleware(a.identify, a.nameThings, a.readBody, a.demandPreconditions, a.checkBody(schemas))
	e.add(h)
	settle(h.OpenAPI())
	return to.handler, h.OpenAPI()
}

// described is the whole document.
func (a *API) described() *huma.OpenAPI {
	h := humago.New(&taker{}, a.config(newRegistry()))
	for _, e := range a.entries {
		e.add(h)
	}
	settle(h.OpenAPI())
	return h.OpenAPI()
}

// taker is a router that keeps the last handler it was given.
type taker struct{ handler http.HandlerFunc }

// HandleFunc keeps a handler; the pattern is known already.
func (t *taker) HandleFunc(_ string, handler func(http.ResponseWriter, *http.Request)) {
	t.handler = handler
}

// ServeHTTP calls the handler.
func (t *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler(w, r) }
