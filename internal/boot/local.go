package boot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"milepost/internal/authn"
	"milepost/internal/i18n"
)

// Local is the API over a data folder without a server: for whoever can open
// the folder, and so could change everything in it, as a subject of their
// choice. Access is the same as over the network.
type Local struct {
	Client *http.Client
	app    *App
}

// LocalURL is the address that requests to a Local bear.
const LocalURL = "http://milepost.local"

// NewLocal opens a data folder for a subject of an issuer.
func NewLocal(ctx context.Context, dataDir string, who authn.Identity, catalogs *i18n.Catalogs, version string) (*Local, error) {
	log := slog.New(slog.DiscardHandler)
	app, err := Open(ctx, Place{DataDir: dataDir, Logger: log})
	if err != nil {
		return nil, err
	}
	a, err := Site{App: app, Verifier: vouched(who), Catalogs: catalogs, Logger: log, Version: version}.API()
	if err != nil {
		_ = app.Close() // the first error tells more
		return nil, err
	}
	return &Local{Client: &http.Client{Transport: inProcess{a}}, app: app}, nil
}

// Close closes the data folder.
func (l *Local) Close() error { return l.app.Close() }

// vouched takes every token for one identity.
type vouched authn.Identity

// Verify answers the identity, whatever the token.
func (v vouched) Verify(context.Context, string) (authn.Identity, error) {
	return authn.Identity(v), nil
}

// inProcess hands requests to a handler.
type inProcess struct{ handler http.Handler }

// RoundTrip answers as a server would, once the handler has returned.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	w := &answer{header: http.Header{}}
	t.handler.ServeHTTP(w, r)
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	w.WriteHeader(http.StatusOK) // where nothing was written
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

// Header returns the headers.
func (w *answer) Header() http.Header { return w.header }

// WriteHeader keeps the first status.
func (w *answer) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write keeps part of the body.
func (w *answer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// OpenAPI returns the API's document, which no data is needed for. It bears no
// build's version, so that it changes only when the API does.
func OpenAPI(ctx context.Context, catalogs *i18n.Catalogs) (_ []byte, err error) {
	log := slog.New(slog.DiscardHandler)
	app, err := Open(ctx, Place{Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	a, err := Site{App: app, Verifier: vouched{}, Catalogs: catalogs, Logger: log, Version: documentVersion}.API()
	if err != nil {
		return nil, err
	}
	return a.OpenAPI()
}

// documentVersion is that of the API in its document.
const documentVersion = "v1"
