package boot

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"milepost/internal/award"
	"milepost/internal/console/session"
	"milepost/internal/demo"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
)

// demoTokens is how long the tokens of a demo hold: it rarely runs longer.
const demoTokens = 7 * 24 * time.Hour

// seedGC is how much the heap may grow, in percent, before it is collected
// while the story is told.
const seedGC = 800

// Demo is a running demo: a portfolio that dies with it.
type Demo struct {
	URL      string
	Personas []DemoPersona // those to be shown
	Handler  http.Handler
	app      *App
	listener net.Listener
	logger   *slog.Logger
}

// DemoPersona is somebody whom the demo lets one be.
type DemoPersona struct {
	Subject string
	Names   portfolio.Names
	Role    portfolio.Role
	Token   string
}

// DemoOptions are what a demo is told.
type DemoOptions struct {
	Listen    string // host:port; port 0 takes a free one
	DataDir   string // empty: in memory
	MaxUpload int64  // bytes
	Catalogs  *i18n.Catalogs
	Version   string
	Logger    *slog.Logger
}

// NewDemo listens, fills an empty portfolio and puts the handlers together.
func NewDemo(ctx context.Context, o DemoOptions) (_ *Demo, err error) {
	// The story leaves little behind but makes a lot of garbage at once.
	defer debug.SetGCPercent(debug.SetGCPercent(seedGC))
	d := &Demo{logger: o.Logger}
	defer func() {
		if err != nil {
			_ = d.Close()
		}
	}()
	if d.listener, err = Listen(ctx, o.Listen); err != nil {
		return nil, err
	}
	d.URL = "http://" + d.listener.Addr().String()
	clock := demo.NewClock(time.Now)
	if d.app, err = Open(ctx, Place{DataDir: o.DataDir, MaxUpload: o.MaxUpload, Origin: award.Demo, Now: clock.Now, Logger: o.Logger}); err != nil {
		return nil, err
	}
	id, err := LocalIdentity(d.URL+"/issuer", "", time.Now)
	if err != nil {
		return nil, err
	}
	signIn := d.app.sessions(d.URL, o.Logger)
	signIn.Personas = d.personas(id.Issuer)
	sessions, err := session.New(signIn)
	if err != nil {
		return nil, err
	}
	site := Site{
		App: d.app, Verifier: id.Verifier, Local: id.Local, Catalogs: o.Catalogs, Logger: o.Logger, Version: o.Version, Demo: true, Sessions: sessions,
	}
	built := make(chan error, 1) // the handlers know nothing of the data: both are made at once
	go func() {
		var err error
		d.Handler, err = site.Handler()
		built <- err
	}()
	people, err := demo.Seed(ctx, demo.Options{Tracker: d.app.Tracker, Store: d.app.Store, Clock: clock, Issuer: id.Issuer, Now: time.Now()})
	if err = errors.Join(<-built, err); err != nil {
		return nil, err
	}
	for _, p := range people {
		if err := d.show(p, id); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// personas are those whom a reader of the console may be.
func (d *Demo) personas(issuer string) func(context.Context) ([]session.Persona, error) {
	return func(context.Context) ([]session.Persona, error) {
		var out []session.Persona
		for _, p := range d.Personas {
			out = append(out, session.Persona{Login: portfolio.Login{Issuer: issuer, Subject: p.Subject}, Names: p.Names, Role: p.Role})
		}
		return out, nil
	}
}

func (d *Demo) show(p demo.Persona, id Identity) error {
	if !p.Shown {
		return nil
	}
	token, err := id.Local.Token(p.Subject, demoTokens)
	d.Personas = append(d.Personas, DemoPersona{Subject: p.Subject, Names: p.Names, Role: p.Role, Token: token})
	return err
}

// Serve answers until ctx ends. It keeps the daily sweep and the relay.
func (d *Demo) Serve(ctx context.Context, grace time.Duration) error {
	return serveAndSweep(ctx, d.app, d.listener, d.Handler, grace, d.logger)
}

// Close gives everything back.
func (d *Demo) Close() error {
	if d.listener != nil {
		_ = d.listener.Close() // closed already where it has served
	}
	if d.app == nil {
		return nil
	}
	return d.app.Close()
}
