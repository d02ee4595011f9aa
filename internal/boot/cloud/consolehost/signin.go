package consolehost

import (
	"context"
	"log/slog"
	"strings"

	"milepost/internal/authn"
	"milepost/internal/boot/cloud"
	"milepost/internal/config"
	"milepost/internal/console/session"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// Sessions returns the options of the console's sessions: people sign in at the
// issuer. A configuration without a client id has no Provider, so that nobody
// does.
func Sessions(h cloud.Host, c config.Page, db store.Store, t *tracker.Tracker, log *slog.Logger) (session.Options, error) {
	register := cloud.FirstAdministrator(c.Function.FirstAdministrator, t, log)
	o := session.Options{
		Store: db, Now: h.Now, Entropy: h.Entropy, Logger: log,
		PublicURL: c.PublicURL, Secure: strings.HasPrefix(c.PublicURL, "https://"),
		Idle: c.SignIn.Idle, Max: c.SignIn.Max,
		Known: func(ctx context.Context, l portfolio.Login) error {
			if err := register(ctx, authn.Identity{Issuer: l.Issuer, Subject: l.Subject}); err != nil {
				return err
			}
			_, err := t.Authenticated(ctx, l)
			return err
		},
	}
	if c.SignIn.ClientID == "" {
		return o, nil
	}
	flow, err := authn.NewCodeFlow(authn.CodeFlowOptions{
		Verifier:     authn.Options{Issuer: c.Function.Issuer, Audience: c.SignIn.ClientID, Now: h.Now},
		ClientSecret: c.SignIn.ClientSecret, RedirectURL: c.PublicURL + session.Callback,
	})
	if err != nil {
		return session.Options{}, err
	}
	o.Provider = flow
	return o, nil
}
