// Package session provides the console's sign-in: who a browser is, kept on
// the server under a random token of which only the hash is stored. A person
// comes by an OpenID Connect issuer or, in demo and serve --dev, as somebody
// they choose.
package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"milepost/internal/authn"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// Defaults and names.
const (
	DefaultIdle = 2 * time.Hour  // without use
	DefaultMax  = 12 * time.Hour // since sign-in

	// SecureCookie is the name of the cookie under https, Cookie that on plain
	// loopback http, where browsers refuse the first.
	SecureCookie = "__Host-milepost"
	Cookie       = "milepost"

	preSession = 15 * time.Minute // how long one may take to sign in
	touchEvery = 5 * time.Minute  // how often use is recorded at most
)

// Paths of this package, and of the page that the console renders.
const (
	Prefix      = "/session/"
	SignInPath  = "/session/sign-in"  // GET: to the issuer; ?return=, ?account=other
	Callback    = "/session/callback" // GET: from the issuer
	PersonaPath = "/session/persona"  // POST: persona, return
	SignOutPath = "/session/sign-out" // POST
	Page        = "/sign-in"          // the console's; ?return=, ?problem=, ?done=
)

// Provider is an issuer to whom people are sent to sign in.
type Provider interface {
	// Address is where the browser goes, to come back to Callback.
	Address(ctx context.Context, a authn.Attempt) (string, error)
	// Redeem turns what the browser came back with into who it is.
	Redeem(ctx context.Context, answer url.Values, a authn.Attempt) (authn.Identity, error)
	// Leave is where the issuer's own session ends and leads back to an
	// address; false where the issuer has no such place, or is out of reach.
	Leave(ctx context.Context, back string) (string, bool)
}

// Persona is somebody whom one may be without a password.
type Persona struct {
	Login        portfolio.Login // the subject names the persona in the form
	Names        portfolio.Names
	Organisation portfolio.Names // zero for none
	Role         portfolio.Role  // "" for none yet
}

// Options configure Sessions. Store, Now, Entropy and Logger are required, and
// Known where there is a Provider or Personas.
type Options struct {
	Store   store.Store
	Now     func() time.Time
	Entropy io.Reader // unpredictable
	Logger  *slog.Logger
	// PublicURL is how browsers reach the console: scheme and host, no slash at
	// the end.
	PublicURL string
	// Secure is false on plain loopback http only.
	Secure   bool
	Provider Provider // nil where there are only personas
	// Personas lists who one may be; nil where nobody comes without a password.
	Personas func(ctx context.Context) ([]Persona, error)
	// Known is nil for the login of a person, auth.unknownPerson for a login
	// that nobody has.
	Known func(ctx context.Context, l portfolio.Login) error
	// Idle and Max end a session: after the last use, and after sign-in. Zero is
	// the default. Use is recorded every five minutes, so an idle session may
	// end so much earlier.
	Idle, Max time.Duration
	// Leading writes a page that leads to another site without being asked, as
	// a Refresh header does; nil is a bare one. A redirect would not do: it
	// follows a form, and form-action 'self' stops it.
	Leading func(w http.ResponseWriter, r *http.Request, to string)
}

// Sessions are the sessions of a console. It is safe for use by several
// goroutines.
type Sessions struct {
	options Options
	items   *items
	manager *scs.SessionManager
	guard   *http.CrossOriginProtection
	routes  map[string]route
}

// New checks the options; it asks nobody.
func New(o Options) (*Sessions, error) {
	switch {
	case o.Store == nil || o.Now == nil || o.Entropy == nil || o.Logger == nil:
		return nil, errors.New("session: an option is missing")
	case o.Known == nil && (o.Provider != nil || o.Personas != nil):
		return nil, errors.New("session: nobody tells whose a login is")
	case o.Idle < 0 || o.Max < 0:
		return nil, fmt.Errorf("session: %s idle, %s at most", o.Idle, o.Max)
	}
	if o.Idle == 0 {
		o.Idle = DefaultIdle
	}
	if o.Max == 0 {
		o.Max = DefaultMax
	}
	if o.Leading == nil {
		o.Leading = leading
	}
	s := &Sessions{options: o, items: newItems(o), guard: http.NewCrossOriginProtection()}
	// Not scs.New, which would start a store of its own and its goroutine. The
	// limits are kept by items, on our clock.
	s.manager = &scs.SessionManager{Store: s.items, Codec: codec{}, HashTokenInStore: true, Lifetime: o.Max}
	s.routes = s.routing()
	return s, nil
}

// carried is what a request's context holds.
type carried struct {
	sessions *Sessions
	token    string // of the request's cookie, "" for none
	found    *found
}

type contextKey struct{}

func from(ctx context.Context) (*carried, bool) {
	c, ok := ctx.Value(contextKey{}).(*carried)
	return c, ok
}

// Login is who is signed in. It is false outside of Wrap too.
func Login(ctx context.Context) (portfolio.Login, bool) {
	c, ok := from(ctx)
	if !ok {
		return portfolio.Login{}, false
	}
	m := c.sessions.manager
	l := portfolio.Login{Issuer: m.GetString(ctx, issuerValue), Subject: m.GetString(ctx, subjectValue)}
	return l, l.Subject != ""
}

// Lapsed reports whether the browser has a session that has ended without
// being asked to.
func Lapsed(ctx context.Context) bool {
	c, ok := from(ctx)
	return ok && c.found.lapsed
}

// Choices are the ways to sign in that the page offers.
type Choices struct {
	Provider bool    // sign in at the issuer, by SignInPath
	Groups   []Group // personas by role, in the order of the list
}

// Group are the personas of a role.
type Group struct {
	Role     portfolio.Role // "" for those who have none
	Personas []Persona
}

// None reports whether nobody can sign in: the console is a sign that points
// to the API.
func (c Choices) None() bool { return !c.Provider && len(c.Groups) == 0 }

// Choices returns the ways to sign in.
func (s *Sessions) Choices(ctx context.Context) (Choices, error) {
	c := Choices{Provider: s.options.Provider != nil}
	if s.options.Personas == nil {
		return c, nil
	}
	personas, err := s.options.Personas(ctx)
	if err != nil {
		return Choices{}, err
	}
	at := map[portfolio.Role]int{}
	for _, p := range personas {
		n, ok := at[p.Role]
		if !ok {
			n = len(c.Groups)
			at[p.Role] = n
			c.Groups = append(c.Groups, Group{Role: p.Role})
		}
		c.Groups[n].Personas = append(c.Groups[n].Personas, p)
	}
	return c, nil
}
