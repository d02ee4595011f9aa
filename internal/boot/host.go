package boot

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"milepost/internal/config"
	"milepost/internal/console/session"
	"milepost/internal/i18n"
)

// Host is the durable server of `milepost serve`.
type Host struct {
	URL      string // where it listens
	Handler  http.Handler
	app      *App
	listener net.Listener
	logger   *slog.Logger
	grace    time.Duration
}

// NewHost opens the data folder, listens, and puts the handlers together.
func NewHost(ctx context.Context, c config.Serve, catalogs *i18n.Catalogs, version string, log *slog.Logger) (_ *Host, err error) {
	h := &Host{logger: log, grace: c.ShutdownGrace}
	defer func() {
		if err != nil {
			_ = h.Close() // the first error tells more
		}
	}()
	place := Place{DataDir: c.DataDir, MaxUpload: c.MaxUpload, Secret: []byte(c.CursorKey.Reveal()), Logger: log}
	if h.app, err = Open(ctx, place); err != nil {
		return nil, err
	}
	id, err := identityOf(c)
	if err != nil {
		return nil, err
	}
	if h.listener, err = Listen(ctx, c.Listen); err != nil {
		return nil, err
	}
	h.URL = "http://" + h.listener.Addr().String()
	sessions, err := sessionsOf(c, h.app, log)
	if err != nil {
		return nil, err
	}
	h.Handler, err = Site{
		App: h.app, Verifier: id.Verifier, Local: id.Local, Catalogs: catalogs, Logger: log, Version: version, Ready: id.Verifier.Ready,
		Sessions: sessions,
	}.Handler()
	return h, err
}

// sessionsOf are the console's sessions, nil where nobody can sign in.
func sessionsOf(c config.Serve, app *App, log *slog.Logger) (*session.Sessions, error) {
	o, err := ServeSessions(c, app, log)
	if err != nil || o.Provider == nil && o.Personas == nil {
		return nil, err
	}
	return session.New(o)
}

func identityOf(c config.Serve) (Identity, error) {
	if c.Dev {
		return LocalIdentity(DevIssuer, filepath.Join(c.DataDir, KeyFile), time.Now)
	}
	return OIDC(c.Issuer, c.Audience, time.Now)
}

// Serve answers until ctx ends. It keeps the daily sweep and the relay.
func (h *Host) Serve(ctx context.Context) error {
	return serveAndSweep(ctx, h.app, h.listener, h.Handler, h.grace, h.logger)
}

// Close gives everything back.
func (h *Host) Close() error {
	if h.listener != nil {
		_ = h.listener.Close() // closed already where it has served
	}
	if h.app == nil {
		return nil
	}
	return h.app.Close()
}
