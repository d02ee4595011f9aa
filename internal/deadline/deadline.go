// Package deadline bounds requests in time: the work on each, and the
// connection of those that move files.
package deadline

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"
)

// Limits are how long requests may take.
type Limits struct {
	Work  time.Duration // on a page or a document; 0 is 30 s
	Files time.Duration // where files travel, or much is read; 0 is 15 min
}

func (l Limits) work() time.Duration  { return cmp.Or(l.Work, 30*time.Second) }
func (l Limits) files() time.Duration { return cmp.Or(l.Files, 15*time.Minute) }

// Bound ends the context of a request when its time is over; slow says which
// requests are given the time of files.
func (l Limits) Bound(next http.Handler, slow func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := l.work()
		if slow(r) {
			limit = l.files()
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Extend gives a connection the time of files, from now on: the deadlines of the
// server are for pages and documents. A writer without deadlines needs none.
func (l Limits) Extend(w http.ResponseWriter, now time.Time) error {
	c := http.NewResponseController(w)
	for _, set := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		if err := set(now.Add(l.files())); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	return nil
}
