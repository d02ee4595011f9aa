package authn_test

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

func newLocal(t *testing.T, url, keyFile string, c *clock) *authn.LocalIssuer {
	t.Helper()
	l, err := authn.NewLocalIssuer(authn.LocalOptions{Issuer: url, Audience: audience, Now: c.now, Entropy: rand.Reader, KeyFile: keyFile})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func localToken(t *testing.T, l *authn.LocalIssuer) string {
	t.Helper()
	token, err := l.Token("per_demo", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestLocalIssuerOverHTTP(t *testing.T) {
	c := newClock()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	l := newLocal(t, server.URL+"/issuer", "", c)
	mux.Handle(l.Path(), l)

	v := newVerifier(t, server.URL+"/issuer", c)
	got, err := v.Verify(t.Context(), localToken(t, l))
	if want := (authn.Identity{Issuer: server.URL + "/issuer", Subject: "per_demo"}); err != nil || got != want {
		t.Errorf("Verify = %+v, %v; want %+v", got, err, want)
	}
	token := localToken(t, l)
	c.advance(2 * time.Hour)
	if _, err := v.Verify(t.Context(), token); fault.CodeOf(err) != authn.CodeExpired {
		t.Errorf("after its time: %v, want %s", err, authn.CodeExpired)
	}
	for path, status := range map[string]int{"/issuer/jwks.json": 200, "/issuer/": 404, "/issuer/token": 404} {
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("GET %s = %d, want %d", path, response.StatusCode, status)
		}
	}
	recorder := httptest.NewRecorder()
	l.ServeHTTP(recorder, httptest.NewRequest("POST", "/issuer/jwks.json", nil))
	if recorder.Code != http.StatusMethodNotAllowed || strings.Contains(recorder.Body.String(), "keys") {
		t.Errorf("POST = %d %s", recorder.Code, recorder.Body)
	}
	recorder = httptest.NewRecorder()
	l.ServeHTTP(recorder, httptest.NewRequest("GET", "/issuer/jwks.json", nil))
	if strings.Contains(recorder.Body.String(), `"d"`) {
		t.Errorf("the key set holds the private key: %s", recorder.Body)
	}
}

func TestLocalIssuerInProcess(t *testing.T) {
	c := newClock()
	const url = "http://127.0.0.1:1/issuer" // nobody listens there
	l := newLocal(t, url, "", c)
	verifier := func(client *http.Client) *authn.Verifier {
		v, err := authn.NewVerifier(authn.Options{Issuer: url, Audience: audience, Now: c.now, HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if _, err := verifier(l.Client()).Verify(t.Context(), localToken(t, l)); err != nil {
		t.Errorf("Verify = %v", err)
	}
	other := newLocal(t, url, "", c)
	if _, err := verifier(l.Client()).Verify(t.Context(), localToken(t, other)); fault.CodeOf(err) != authn.CodeInvalid {
		t.Errorf("token of another key: %v, want %s", err, authn.CodeInvalid)
	}
	if r, err := l.Client().Get("http://127.0.0.1:1/other/jwks.json"); err == nil {
		r.Body.Close()
		t.Error("the in-process client reached another URL")
	}
}

func TestLocalIssuerKeepsItsKey(t *testing.T) {
	c, file := newClock(), filepath.Join(t.TempDir(), "issuer.pem")
	const url = "http://127.0.0.1:1/issuer"
	token := localToken(t, newLocal(t, url, file, c))
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v; want mode 0600", info, err)
	}
	again := newLocal(t, url, file, c)
	v, err := authn.NewVerifier(authn.Options{Issuer: url, Audience: audience, Now: c.now, HTTPClient: again.Client()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("token from before the restart: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".key-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLocalIssuerRefusesKeyFiles(t *testing.T) {
	c, dir := newClock(), t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := filepath.Join(dir, "good.pem")
	newLocal(t, "http://127.0.0.1:1/i", good, c)
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"readable by others": write("open.pem", string(text), 0o644),
		"cut":                write("cut.pem", string(text[:40]), 0o600),
		"empty":              write("empty.pem", "", 0o600),
		"a folder":           dir,
		"no such folder":     filepath.Join(dir, "none", "key.pem"),
	} {
		_, err := authn.NewLocalIssuer(authn.LocalOptions{Issuer: "http://127.0.0.1:1/i", Audience: audience,
			Now: c.now, Entropy: rand.Reader, KeyFile: file})
		if err == nil {
			t.Errorf("%s: NewLocalIssuer = nil error", name)
		}
	}
}

func TestLocalIssuerRefuses(t *testing.T) {
	c := newClock()
	for _, o := range []authn.LocalOptions{
		{Issuer: "http://127.0.0.1:1/i/", Audience: audience, Now: c.now, Entropy: rand.Reader},
		{Issuer: "/i", Audience: audience, Now: c.now, Entropy: rand.Reader},
		{Issuer: "http://127.0.0.1:1/i", Now: c.now, Entropy: rand.Reader},
		{Issuer: "http://127.0.0.1:1/i", Audience: audience, Now: c.now, Entropy: bytes.NewReader(nil)},
		{Issuer: "http://127.0.0.1:1/i", Audience: audience, Now: c.now, Entropy: bytes.NewReader(make([]byte, 4096))},
	} {
		if _, err := authn.NewLocalIssuer(o); err == nil {
			t.Errorf("NewLocalIssuer(%+v) = nil error", o)
		}
	}
	l := newLocal(t, "http://127.0.0.1:1/i", "", c)
	for subject, ttl := range map[string]time.Duration{"": time.Hour, "a": 0, "b": -time.Second, "c": authn.MaxLocalTTL + 1, strings.Repeat("x", 256): time.Hour} {
		if token, err := l.Token(subject, ttl); err == nil {
			t.Errorf("Token(%q, %s) = %q, want an error", subject, ttl, token)
		}
	}
}

func TestLocalKeyComesFromEntropy(t *testing.T) {
	c := newClock()
	seed := bytes.Repeat([]byte{7}, 32)
	keys := func() string {
		l, err := authn.NewLocalIssuer(authn.LocalOptions{Issuer: "http://127.0.0.1:1/i", Audience: audience, Now: c.now, Entropy: bytes.NewReader(seed)})
		if err != nil {
			t.Fatal(err)
		}
		recorder := httptest.NewRecorder()
		l.ServeHTTP(recorder, httptest.NewRequest("GET", "/i/jwks.json", nil))
		return recorder.Body.String()
	}
	if a, b := keys(), keys(); a != b {
		t.Errorf("same entropy, other keys:\n%s\n%s", a, b)
	}
}
