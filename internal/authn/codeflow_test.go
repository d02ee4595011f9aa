package authn_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/authn/authntest"
	"milepost/internal/fault"
)

type secret string

func (s secret) Reveal() string { return string(s) }

const backAt = "https://m.example/session/callback"

func newFlow(t *testing.T, issuer string, c *clock, hidden string) *authn.CodeFlow {
	t.Helper()
	f, err := authn.NewCodeFlow(authn.CodeFlowOptions{
		Verifier:     authn.Options{Issuer: issuer, Audience: authntest.Client, Now: c.now},
		ClientSecret: secret(hidden), RedirectURL: backAt,
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// signIn goes through the flow and returns who it is.
func signIn(t *testing.T, f *authn.CodeFlow) (authn.Identity, error) {
	t.Helper()
	a := authn.Attempt{State: "state", Nonce: "nonce", Verifier: strings.Repeat("v", 43)}
	to, err := f.Address(t.Context(), a)
	if err != nil {
		return authn.Identity{}, err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil || !strings.HasPrefix(back.String(), backAt+"?") || back.Query().Get("state") != "state" {
		t.Fatalf("the issuer sends back to %v, %v", back, err)
	}
	return f.Redeem(t.Context(), back.Query(), a)
}

// A secret goes where the issuer takes it, and a code is spent once.
func TestClientSecret(t *testing.T) {
	tests := []struct {
		name, secret string
		methods      []string
		basic        bool
	}{
		{"public", "", nil, false},
		{"public, whatever is listed", "", []string{"client_secret_basic"}, false},
		{"the standard's way", "a secret & more", nil, true},
		{"basic listed", "s", []string{"private_key_jwt", "client_secret_basic", "client_secret_post"}, true},
		{"post listed", "s", []string{"client_secret_post"}, false},
	}
	for _, tt := range tests {
		c := newClock()
		issuer := authntest.New(t, c.now)
		issuer.Set(func(s *authntest.Settings) { s.Secret, s.AuthMethods = url.QueryEscape(tt.secret), tt.methods })
		if !tt.basic {
			issuer.Set(func(s *authntest.Settings) { s.Secret = tt.secret })
		}
		who, err := signIn(t, newFlow(t, issuer.URL, c, tt.secret))
		forms, headers := issuer.Codes()
		if err != nil || who != (authn.Identity{Issuer: issuer.URL, Subject: "somebody"}) || len(forms) != 1 || (headers[0] != "") != tt.basic {
			t.Errorf("%s: %+v, %v; %v %q", tt.name, who, err, forms, headers)
		}
		_, err = signIn(t, newFlow(t, issuer.URL, c, "wrong-secret"))
		if fault.CodeOf(err) != authn.CodeInvalid || strings.Contains(err.Error(), "wrong-secret") {
			t.Errorf("%s, wrong secret: %v", tt.name, err)
		}
		if forms, _ = issuer.Codes(); len(forms) != 2 {
			t.Errorf("%s: %d codes for two sign-ins", tt.name, len(forms))
		}
	}
}

// An issuer whose endpoints cannot be used is one that does not answer.
func TestEndpoints(t *testing.T) {
	c := newClock()
	for _, name := range []string{"authorization_endpoint", "token_endpoint"} {
		for _, address := range []any{nil, "", "ftp://id.example/x", "javascript:alert(1)"} {
			issuer := authntest.New(t, c.now)
			issuer.Set(func(s *authntest.Settings) { s.Discovery = func(d map[string]any) { d[name] = address } })
			_, err := newFlow(t, issuer.URL, c, "").Address(t.Context(), authn.Attempt{Verifier: "v"})
			wantBusy(t, err)
		}
	}
	issuer := authntest.New(t, c.now)
	f := newFlow(t, issuer.URL, c, "")
	if to, ok := f.Leave(t.Context(), "https://m.example/sign-in"); !ok || !strings.HasPrefix(to, issuer.URL+"/logout?") {
		t.Errorf("Leave = %q, %t", to, ok)
	}
	issuer.Set(func(s *authntest.Settings) {
		s.Discovery = func(d map[string]any) { d["end_session_endpoint"] = "javascript:alert(1)" }
	})
	if to, ok := newFlow(t, issuer.URL, c, "").Leave(t.Context(), "x"); ok {
		t.Errorf("Leave = %q", to)
	}
	issuer.Close()
	if to, ok := newFlow(t, issuer.URL, c, "").Leave(t.Context(), "x"); ok {
		t.Errorf("Leave of an issuer that is gone = %q", to)
	}
}

// ID tokens may be longer than bearer tokens, up to a limit.
func TestLongIDToken(t *testing.T) {
	c := newClock()
	issuer := authntest.New(t, c.now)
	groups := func(n int) {
		issuer.Set(func(s *authntest.Settings) {
			s.Claims = func(m map[string]any) { m["groups"] = strings.Repeat("g", n) }
		})
	}
	f := newFlow(t, issuer.URL, c, "")
	groups(20 << 10)
	if _, err := signIn(t, f); err != nil {
		t.Error(err)
	}
	groups(64 << 10)
	if _, err := signIn(t, f); fault.CodeOf(err) != authn.CodeInvalid {
		t.Errorf("a token of 64 KiB and more: %v", err)
	}
	groups(0)
	c.advance(time.Hour + time.Minute)
	issuer.Set(func(s *authntest.Settings) {
		s.Claims = func(m map[string]any) { m["exp"] = c.now().Add(-time.Minute).Unix() }
	})
	if _, err := signIn(t, f); fault.CodeOf(err) != authn.CodeExpired {
		t.Errorf("an expired token: %v", err)
	}
}

func TestNewCodeFlow(t *testing.T) {
	for _, back := range []string{"", "/session/callback", "https://m.example/#x", "%"} {
		_, err := authn.NewCodeFlow(authn.CodeFlowOptions{
			Verifier: authn.Options{Issuer: "https://id.example", Audience: "a", Now: time.Now}, RedirectURL: back,
		})
		if err == nil {
			t.Errorf("a redirect to %q is taken", back)
		}
	}
	_, err := authn.NewCodeFlow(authn.CodeFlowOptions{RedirectURL: backAt})
	if _, ok := errors.AsType[*fault.Error](err); err == nil || ok {
		t.Errorf("without issuer: %v", err)
	}
}
