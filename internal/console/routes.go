package console

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"milepost/internal/fault"
)

// routes registers every screen.
func (c *Console) routes(m routes) {
	c.signInRoutes(m)
	c.inboxRoutes(m)
	c.overdueRoutes(m)
	c.overviewRoutes(m)
	c.milestonesRoutes(m)
	c.awardsRoutes(m)
	c.awardRoutes(m)
	c.draftRoutes(m)
	c.milestoneRoutes(m)
	c.evidenceRoutes(m)
	c.extensionRoutes(m)
	c.trancheRoutes(m)
	c.paymentRoutes(m)
	c.placesRoutes(m)
	c.programmeRoutes(m)
	c.auditRoutes(m)
	c.importRoutes(m)
	c.adminRoutes(m)
	c.searchRoutes(m)
	c.noticesRoutes(m)
	m.stranger("/", nowhere)
}

// routes registers handlers by method and path.
type routes struct {
	mux     handles
	console *Console
}

// nowhere answers what is no page's address: with the way on around it for whoever
// is signed in.
func nowhere(q *request) error {
	if err := q.signedIn(); err != nil && !errors.Is(err, errSignIn) {
		return err
	}
	return fault.New(fault.NotFound, "request.pathNotFound")
}

// handles is what an http.ServeMux does with a pattern.
type handles interface {
	HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request))
}

// page registers what only somebody signed in sees; others are sent to sign in
// and come back.
func (m routes) page(pattern string, h func(*request) error) {
	m.handle(pattern, func(q *request) error {
		if err := q.signedIn(); err != nil {
			return err
		}
		return q.read(h)
	})
}

// stranger registers what anybody sees.
func (m routes) stranger(pattern string, h func(*request) error) {
	m.handle(pattern, func(q *request) error { return q.read(h) })
}

func (m routes) handle(pattern string, h func(*request) error) {
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q := m.console.request(w, r)
		if err := recovered(q, h); err != nil {
			q.fail(err)
		}
	})
}

// recovered runs a handler and makes an error of its panic. Pages are written when
// they are complete, so the page of the error can take their place.
func recovered(q *request, h func(*request) error) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "internal.error")
		}
	}()
	return h(q)
}
