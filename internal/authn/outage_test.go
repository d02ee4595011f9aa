package authn_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

func wantBusy(t *testing.T, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.Busy || fault.CodeOf(err) != authn.CodeIssuerUnreachable {
		t.Errorf("error = %v, want busy %s", err, authn.CodeIssuerUnreachable)
	}
}

// soon tries for a second: go-oidc gives the outcome of a fetch of keys to
// callers who come in the few microseconds after it, too.
func soon(try func() error) error {
	var err error
	for range 100 {
		if err = try(); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

func TestIssuerDownThenUp(t *testing.T) {
	c, key := newClock(), ecKey(t, "e1")
	issuer := newTestIssuer(t, key)
	token := sign(t, jose.ES256, key, claims(issuer.URL, c.now()))
	for name, state := range map[string]func(bool){
		"down":      func(on bool) { issuer.down = on },
		"keys down": func(on bool) { issuer.keysDown = on },
		"garbled":   func(on bool) { issuer.garbled = on },
	} {
		v := newVerifier(t, issuer.URL, c)
		issuer.set(func() { state(true) })
		_, err := v.Verify(t.Context(), token)
		wantBusy(t, err)
		if err := v.Ready(t.Context()); name != "keys down" {
			wantBusy(t, err)
		}
		issuer.set(func() { state(false) })
		c.advance(2 * time.Second)
		if err := v.Ready(t.Context()); err != nil {
			t.Errorf("%s: Ready after recovery = %v", name, err)
		}
		err = soon(func() error {
			_, err := v.Verify(t.Context(), token)
			return err
		})
		if err != nil {
			t.Errorf("%s: Verify after recovery = %v", name, err)
		}
	}
}

func TestIssuerNotListening(t *testing.T) {
	c, key := newClock(), ecKey(t, "e1")
	issuer := newTestIssuer(t, key)
	token := sign(t, jose.ES256, key, claims(issuer.URL, c.now()))
	v := newVerifier(t, issuer.URL, c)
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	issuer.Close()
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("a known key while the issuer is down: %v", err)
	}
	c.advance(time.Minute) // past the remembered answers
	_, err := v.Verify(t.Context(), sign(t, jose.ES256, ecKey(t, "e2"), claims(issuer.URL, c.now())))
	wantBusy(t, err)
	wantBusy(t, newVerifier(t, issuer.URL, c).Ready(t.Context()))
}

func TestCallerWhoLeaves(t *testing.T) {
	c := newClock()
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	wantBusy(t, newVerifier(t, slow.URL, c).Ready(ctx))
}

func TestKeyRotation(t *testing.T) {
	c, first, second := newClock(), ecKey(t, "e1"), ecKey(t, "e2")
	issuer := newTestIssuer(t, first)
	v := newVerifier(t, issuer.URL, c)
	verify := func(key jose.JSONWebKey) error {
		_, err := v.Verify(t.Context(), sign(t, jose.ES256, key, claims(issuer.URL, c.now())))
		return err
	}
	if err := verify(first); err != nil {
		t.Fatalf("first key: %v", err)
	}
	issuer.set(func() { issuer.keys = append(issuer.keys, second) })
	c.advance(11 * time.Second)
	if err := soon(func() error { return verify(second) }); err != nil {
		t.Errorf("new key: %v", err)
	}
	if err := verify(first); err != nil {
		t.Errorf("old key, still published: %v", err)
	}
	issuer.set(func() { issuer.keys = issuer.keys[1:] })
	c.advance(2 * time.Hour)
	if got := fault.CodeOf(verify(first)); got != authn.CodeInvalid {
		t.Errorf("withdrawn key: code %q, want %q", got, authn.CodeInvalid)
	}
	if err := verify(second); err != nil {
		t.Errorf("new key after the old one is gone: %v", err)
	}
}

func TestUnknownKeysDoNotFloodTheIssuer(t *testing.T) {
	c, key := newClock(), ecKey(t, "e1")
	issuer := newTestIssuer(t, key)
	v := newVerifier(t, issuer.URL, c)
	token := sign(t, jose.ES256, ecKey(t, "e9"), claims(issuer.URL, c.now()))
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if _, err := v.Verify(t.Context(), token); fault.CodeOf(err) != authn.CodeInvalid {
				t.Errorf("Verify = %v, want %s", err, authn.CodeInvalid)
			}
		})
	}
	wait.Wait()
	for range 5 {
		time.Sleep(2 * time.Millisecond) // past go-oidc's own sharing of one fetch
		_, _ = v.Verify(t.Context(), token)
	}
	if got := issuer.requests.Load(); got != 1 {
		t.Errorf("55 tokens of unknown keys asked for keys %d times, want 1", got)
	}
}

func TestRenewalFailsAndOldKeysServe(t *testing.T) {
	c, key := newClock(), ecKey(t, "e1")
	issuer := newTestIssuer(t, key)
	v := newVerifier(t, issuer.URL, c)
	verify := func() error {
		_, err := v.Verify(t.Context(), sign(t, jose.ES256, key, claims(issuer.URL, c.now())))
		return err
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	issuer.set(func() { issuer.down = true })
	c.advance(90 * time.Minute)
	if err := verify(); err != nil {
		t.Errorf("issuer down at renewal: %v", err)
	}
}

func TestWrongDiscovery(t *testing.T) {
	c := newClock()
	for name, body := range map[string]string{
		"other issuer": `{"issuer":"https://elsewhere.example","jwks_uri":"https://elsewhere.example/keys"}`,
		"no keys":      `{"issuer":"SELF"}`,
		"file keys":    `{"issuer":"SELF","jwks_uri":"file:///etc/passwd"}`,
		"array":        `[]`,
	} {
		var server *httptest.Server
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(replaceSelf(body, server.URL)))
		}))
		t.Run(name, func(t *testing.T) { wantBusy(t, newVerifier(t, server.URL, c).Ready(t.Context())) })
		server.Close()
	}
}

func TestSecureIssuerNeverLeadsToHTTP(t *testing.T) {
	c := newClock()
	var secure *httptest.Server
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(replaceSelf(`{"issuer":"SELF","jwks_uri":"SELF/keys"}`, secure.URL)))
	}))
	defer plain.Close()
	secure = httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	v, err := authn.NewVerifier(authn.Options{Issuer: secure.URL, Audience: audience, Now: c.now, HTTPClient: secure.Client()})
	if err != nil {
		t.Fatal(err)
	}
	wantBusy(t, v.Ready(t.Context()))
}
