package cloud

import (
	"context"
	"log/slog"
	"sync/atomic"

	"milepost/internal/authn"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// firstAdministrator is a verifier that registers one subject as administrator
// when they come with a good token, or sign in, and nobody is registered yet. Nobody else's
// requests cost anything by it.
type firstAdministrator struct {
	verifier *authn.Verifier
	subject  string // "" for nobody
	tracker  *tracker.Tracker
	log      *slog.Logger
	done     atomic.Bool
}

// FirstAdministrator returns what makes who was verified the administrator, if
// they are the subject and nobody is registered yet.
func FirstAdministrator(subject string, t *tracker.Tracker, log *slog.Logger) func(context.Context, authn.Identity) error {
	return (&firstAdministrator{subject: subject, tracker: t, log: log}).register
}

// Verify verifies a token.
func (f *firstAdministrator) Verify(ctx context.Context, token string) (authn.Identity, error) {
	who, err := f.verifier.Verify(ctx, token)
	if err != nil {
		return who, err
	}
	if err := f.register(ctx, who); err != nil {
		return authn.Identity{}, err
	}
	return who, nil
}

// register makes who was verified the administrator, if it is them and nobody
// is yet.
func (f *firstAdministrator) register(ctx context.Context, who authn.Identity) error {
	if f.subject == "" || who.Subject != f.subject || f.done.Load() {
		return nil
	}
	_, err := f.tracker.Initialise(ctx, portfolio.Names{ZH: who.Subject}, portfolio.Login{Issuer: who.Issuer, Subject: who.Subject})
	switch {
	case err == nil:
		f.log.InfoContext(ctx, "the first administrator is registered")
	case fault.CodeOf(err) != "deployment.initialised":
		return err
	}
	f.done.Store(true)
	return nil
}
