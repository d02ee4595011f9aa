package boot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"

	"milepost/internal/api"
	"milepost/internal/authn"
	"milepost/internal/console"
	"milepost/internal/i18n"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// Site says what a program's handlers are made of.
type Site struct {
	App      *App
	Verifier api.Verifier
	Local    *authn.LocalIssuer // mounted where there is one
	Catalogs *i18n.Catalogs
	Logger   *slog.Logger
	Version  string
	// Reader is who reads the console's page; nil shows a sign to the API.
	Reader func(ctx context.Context) (tracker.Call, error)
	Demo   bool // the console says that everything is invented
	// Ready says why requests cannot be served, beside the store.
	Ready func(ctx context.Context) error
}

// Handler puts the API, the console and the local issuer together.
func (s Site) Handler() (http.Handler, error) {
	a, err := s.API()
	if err != nil {
		return nil, err
	}
	page, err := console.New(console.Options{
		Tracker: s.App.Tracker, Catalogs: s.Catalogs, Reader: s.Reader, Demo: s.Demo, Logger: s.Logger,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", a)
	mux.Handle("/{$}", page)
	mux.Handle(console.Assets, page)
	if s.Local != nil {
		mux.Handle(s.Local.Path(), s.Local)
	}
	return mux, nil
}

// API is the API alone.
func (s Site) API() (*api.API, error) {
	return api.New(api.Options{
		Tracker: s.App.Tracker, Verifier: s.Verifier, Catalogs: s.Catalogs, Now: s.App.Now, Logger: s.Logger,
		NewRequestID: newRequestID, Version: s.Version, Ready: s.ready,
	})
}

func (s Site) ready(ctx context.Context) error {
	if _, err := s.App.Store.Get(ctx, schema.RootKey(schema.Deployment)); err != nil {
		return err
	}
	if s.Ready == nil {
		return nil
	}
	return s.Ready(ctx)
}

// newRequestID is 128 bits of chance, in hexadecimal.
func newRequestID() string {
	var id [16]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}
