package boot

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"strings"
	"time"

	"milepost/internal/authn"
	"milepost/internal/config"
	"milepost/internal/console/session"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ServeSessions returns the options of the console's sessions of `milepost
// serve`. Under Dev one chooses who to be, without password; with a client id
// one signs in at the issuer; with neither nobody does.
func ServeSessions(c config.Serve, app *App, log *slog.Logger) (session.Options, error) {
	o := app.sessions(c.PublicURL, log)
	o.Idle, o.Max = c.SignIn.Idle, c.SignIn.Max
	switch {
	case c.Dev:
		o.Personas = app.Personas(DevIssuer)
	case c.SignIn.ClientID != "":
		flow, err := authn.NewCodeFlow(authn.CodeFlowOptions{
			Verifier:     authn.Options{Issuer: c.Issuer, Audience: c.SignIn.ClientID, Now: time.Now},
			ClientSecret: c.SignIn.ClientSecret, RedirectURL: c.PublicURL + session.Callback,
		})
		if err != nil {
			return session.Options{}, err
		}
		o.Provider = flow
	}
	return o, nil
}

// sessions are the options that every host of this package shares. Sessions
// live by the real time, whatever the portfolio's clock says.
func (a *App) sessions(publicURL string, log *slog.Logger) session.Options {
	return session.Options{
		Store: a.Store, Now: time.Now, Entropy: rand.Reader, Logger: log,
		PublicURL: publicURL, Secure: strings.HasPrefix(publicURL, "https://"),
		Known: func(ctx context.Context, l portfolio.Login) error {
			_, err := a.Tracker.Authenticated(ctx, l)
			return err
		},
	}
}

// maxPersonas bounds the list of those whom one may be.
const maxPersonas = 200

// Personas returns a function that lists the first 200 persons by name who
// have a login of an issuer, by role. Whoever may call it may be any of them.
func (a *App) Personas(issuer string) func(context.Context) ([]session.Persona, error) {
	return func(ctx context.Context) ([]session.Persona, error) {
		persons, err := a.persons(ctx)
		if err != nil {
			return nil, err
		}
		names, err := a.organisationNames(ctx, persons)
		if err != nil {
			return nil, err
		}
		var out []session.Persona
		for _, p := range persons {
			at := slices.IndexFunc(p.Logins, func(l portfolio.Login) bool { return l.Issuer == issuer })
			if at < 0 {
				continue
			}
			one := session.Persona{Login: p.Logins[at], Names: p.Names, Organisation: names[p.Organisation]}
			for _, m := range p.Memberships {
				if m.Holds(a.Tracker.Today()) && (one.Role == "" || rank(m.Role) < rank(one.Role)) {
					one.Role = m.Role
				}
			}
			out = append(out, one)
		}
		slices.SortStableFunc(out, func(x, y session.Persona) int {
			return cmp.Or(cmp.Compare(rank(x.Role), rank(y.Role)), cmp.Compare(x.Login.Subject, y.Login.Subject))
		})
		return out, nil
	}
}

// rank is the place of a role in lists; none comes last.
func rank(r portfolio.Role) int {
	if at := slices.Index(portfolio.Roles(), r); at >= 0 {
		return at
	}
	return len(portfolio.Roles())
}

// persons reads the first persons by name.
func (a *App) persons(ctx context.Context) ([]portfolio.Person, error) {
	page, err := a.Store.QueryIndex(ctx, store.IndexQuery{
		Index: store.Program, Partition: schema.NamesOf(schema.TypePerson, schema.NoProgramme), Limit: maxPersonas,
	})
	if err != nil {
		return nil, err
	}
	var keys []store.Key
	for _, e := range page.Entries {
		id, _, _ := strings.Cut(e.Item.SK, "#") // of a name's item
		keys = append(keys, schema.PersonKey(ident.Person(id)))
	}
	return decoded[portfolio.Person](ctx, a.Store, keys, schema.TypePerson)
}

// organisationNames reads the names of the organisations that persons are of.
func (a *App) organisationNames(ctx context.Context, persons []portfolio.Person) (map[ident.Organisation]portfolio.Names, error) {
	var keys []store.Key
	for _, p := range persons {
		if key := schema.RootKey(string(p.Organisation)); p.Organisation != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	found, err := decoded[portfolio.Organisation](ctx, a.Store, keys, schema.TypeOrganisation)
	names := map[ident.Organisation]portfolio.Names{}
	for _, o := range found {
		names[o.ID] = o.Names
	}
	return names, err
}

// decoded reads the items of keys that are there, in their order.
func decoded[T any](ctx context.Context, s store.Reader, keys []store.Key, kind string) ([]T, error) {
	var out []T
	for some := range slices.Chunk(keys, store.MaxGet) {
		items, err := s.Get(ctx, some...)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if item == nil {
				continue
			}
			v, err := schema.Decode[T](*item, kind)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}
