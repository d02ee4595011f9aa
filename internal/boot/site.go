package boot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"

	"milepost/internal/api"
	"milepost/internal/apidocs"
	"milepost/internal/authn"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/i18n"
	"milepost/internal/schema"
)

// Site says what a program's handlers are made of.
type Site struct {
	App      *App
	Verifier api.Verifier
	Local    *authn.LocalIssuer // mounted where there is one
	Catalogs *i18n.Catalogs
	Logger   *slog.Logger
	Version  string
	// Sessions are who is signed in to the console; nil shows a sign to the API.
	Sessions *session.Sessions
	Demo     bool // the console says that everything is invented
	// Ready says why requests cannot be served, beside the store.
	Ready func(ctx context.Context) error
}

// Handler puts the API, the console and the local issuer together.
func (s Site) Handler() (http.Handler, error) {
	a, err := s.API()
	if err != nil {
		return nil, err
	}
	pages, err := console.New(console.Options{
		Tracker: s.App.Tracker, Catalogs: s.Catalogs, Sessions: s.Sessions, Files: s.App.Files, Now: s.App.Now, Entropy: rand.Reader,
		NewRequestID: newRequestID, Demo: s.Demo, Logger: s.Logger, Workbooks: xlsx.Read,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	for _, path := range api.Paths() {
		mux.Handle(path, a)
	}
	if s.Local != nil {
		mux.Handle(s.Local.Path(), s.Local)
	}
	return mux, nil
}

// API is the API alone.
func (s Site) API() (*api.API, error) {
	docs, err := apidocs.New()
	if err != nil {
		return nil, err
	}
	return api.New(api.Options{
		Tracker: s.App.Tracker, Verifier: s.Verifier, Catalogs: s.Catalogs, Now: s.App.Now, Logger: s.Logger,
		NewRequestID: newRequestID, Version: s.Version, Ready: s.ready,
		Workbooks: xlsx.Read, Docs: docs,
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
