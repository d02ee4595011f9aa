package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

// visit is what is known of one request and its answer while it is worked
// on. One goroutine at a time writes it.
type visit struct {
	id       string // request id
	language i18n.Language
	started  time.Time

	operation   *operation               // nil until the router has found one
	param       func(name string) string // of the path
	ifNoneMatch string
	call        tracker.Call
	body        []byte

	code   string // of the problem answered, "" for none
	cause  error  // of an internal fault, for the log
	reason error  // why something is busy or out of reach, for the log
}

type visitKey struct{}

func withVisit(r *http.Request, x *visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, x))
}

// visitOf returns the visit of a request's context; every request has
// one, since begin is the outermost handler.
func visitOf(ctx context.Context) *visit {
	if x, ok := ctx.Value(visitKey{}).(*visit); ok {
		return x
	}
	return &visit{language: i18n.Chinese}
}

// begin gives a request its id and its language.
func (a *API) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &visit{
			id:       a.options.NewRequestID(),
			language: a.options.Catalogs.Match(r.Header.Get("Accept-Language")),
			started:  a.options.Now(),
			param:    func(string) string { return "" },

			ifNoneMatch: strings.Join(r.Header.Values("If-None-Match"), ","),
		}
		w.Header().Set("X-Request-Id", x.id)
		next.ServeHTTP(w, withVisit(r, x))
	})
}
