package consolehost_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"
	"time"

	"milepost/internal/access"
	"milepost/internal/authn/authntest"
	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/consolehost"
	"milepost/internal/config"
	"milepost/internal/console/session"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
)

// People sign in to the console's function at the issuer, and the first
// administrator is registered by doing so, as by a first request to the API.
func TestSessions(t *testing.T) {
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: sqlite.Memory, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	authority, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	desk := tracker.New(tracker.Options{
		Store: db, Authority: authority, Now: time.Now, Entropy: rand.Reader, Secret: []byte("a cursor key of at least 32 bytes."),
	})
	h := cloud.New(func(string) string { return "" }, io.Discard, time.Now, rand.Reader, func() float64 { return 0 })
	issuer := authntest.New(t, time.Now)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c := config.Page{PublicURL: server.URL, Function: config.Function{Issuer: issuer.URL, FirstAdministrator: "somebody"},
		SignIn: config.SignIn{ClientID: authntest.Client, Idle: time.Hour, Max: time.Hour}}
	o, err := consolehost.Sessions(h, c, db, desk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.New(o)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", sessions.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, _ := session.Login(r.Context())
		w.Header().Set("X-Who", l.Subject)
	}), http.NotFound))
	for _, step := range []struct{ subject, at, who string }{
		{"another", "/sign-in?problem=unknown", ""}, {"somebody", "/", "somebody"}, {"another", "/sign-in?problem=unknown", ""}, {"somebody", "/", "somebody"},
	} {
		issuer.Set(func(s *authntest.Settings) { s.Subject = step.subject })
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		answer, err := browser.Get(server.URL + session.SignInPath)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if at, who := answer.Request.URL.RequestURI(), answer.Header.Get("X-Who"); at != step.at || who != step.who {
			t.Errorf("%s comes to %s as %q, want %s as %q", step.subject, at, who, step.at, step.who)
		}
	}
	c.SignIn.ClientID = ""
	if o, err := consolehost.Sessions(h, c, db, desk, slog.New(slog.DiscardHandler)); err != nil || o.Provider != nil {
		t.Errorf("without a client id: %+v, %v", o, err)
	}
}
