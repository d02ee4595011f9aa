package authn_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

const audience = "milepost"

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// testIssuer is an issuer over real HTTP whose keys, algorithms and state a
// test changes.
type testIssuer struct {
	*httptest.Server
	requests atomic.Int64 // for keys

	mu         sync.Mutex
	keys       []jose.JSONWebKey
	algorithms []string
	down       bool // discovery and keys answer 503
	keysDown   bool
	garbled    bool
}

func newTestIssuer(t *testing.T, keys ...jose.JSONWebKey) *testIssuer {
	t.Helper()
	i := &testIssuer{keys: keys, algorithms: []string{"RS256", "ES256", "HS256", "none"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.answer(w, i.down, map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": i.algorithms})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.requests.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		public := jose.JSONWebKeySet{}
		for _, key := range i.keys {
			public.Keys = append(public.Keys, key.Public())
		}
		i.answer(w, i.down || i.keysDown, public)
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *testIssuer) answer(w http.ResponseWriter, down bool, v any) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case i.garbled:
		_, _ = w.Write([]byte("<html>gateway</html>"))
	default:
		_ = json.NewEncoder(w).Encode(v)
	}
}

func (i *testIssuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func ecKey(t *testing.T, kid string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: "ES256", Use: "sig"}
}

func rsaKey(t *testing.T, kid string) jose.JSONWebKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: "RS256", Use: "sig"}
}

func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// claims returns those of a good ID token, changed by pairs of name and value;
// a nil value takes the claim away.
func claims(issuer string, now time.Time, pairs ...any) map[string]any {
	c := map[string]any{"iss": issuer, "sub": "p-1", "aud": audience,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		if pairs[i+1] == nil {
			delete(c, name)
			continue
		}
		c[name] = pairs[i+1]
	}
	return c
}

func newVerifier(t *testing.T, issuer string, c *clock) *authn.Verifier {
	t.Helper()
	v, err := authn.NewVerifier(authn.Options{Issuer: issuer, Audience: audience, Now: c.now,
		HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

func TestAuthenticateClaims(t *testing.T) {
	c, ec, rs := newClock(), ecKey(t, "e1"), rsaKey(t, "r1")
	issuer := newTestIssuer(t, ec, rs)
	v := newVerifier(t, issuer.URL, c)
	now, secs := c.now(), func(d time.Duration) int64 { return c.now().Add(d).Unix() }

	tests := []struct {
		name   string
		claims map[string]any
		code   string
	}{
		{"ID token", claims(issuer.URL, now), ""},
		{"several audiences", claims(issuer.URL, now, "aud", []string{"other", audience}), ""},
		{"Cognito access token", claims(issuer.URL, now, "aud", nil, "client_id", audience, "token_use", "access"), ""},
		{"expired within leeway", claims(issuer.URL, now, "exp", secs(-20*time.Second)), ""},
		{"not yet valid within leeway", claims(issuer.URL, now, "nbf", secs(20*time.Second)), ""},
		{"wrong audience", claims(issuer.URL, now, "aud", "other"), authn.CodeInvalid},
		{"no audience", claims(issuer.URL, now, "aud", nil), authn.CodeInvalid},
		{"client_id of an ID token", claims(issuer.URL, now, "aud", nil, "client_id", audience, "token_use", "id"), authn.CodeInvalid},
		{"client_id beside a wrong audience", claims(issuer.URL, now, "aud", "other", "client_id", audience, "token_use", "access"), authn.CodeInvalid},
		{"other client", claims(issuer.URL, now, "aud", nil, "client_id", "other", "token_use", "access"), authn.CodeInvalid},
		{"wrong issuer", claims("https://elsewhere.example", now), authn.CodeInvalid},
		{"issuer with slash", claims(issuer.URL+"/", now), authn.CodeInvalid},
		{"no issuer", claims(issuer.URL, now, "iss", nil), authn.CodeInvalid},
		{"expired", claims(issuer.URL, now, "exp", secs(-31*time.Second)), authn.CodeExpired},
		{"expired and wrong audience", claims(issuer.URL, now, "exp", secs(-time.Hour), "aud", "other"), authn.CodeInvalid},
		{"never expires", claims(issuer.URL, now, "exp", nil), authn.CodeInvalid},
		{"expiry is text", claims(issuer.URL, now, "exp", "tomorrow"), authn.CodeInvalid},
		{"not yet valid", claims(issuer.URL, now, "nbf", secs(31*time.Second)), authn.CodeInvalid},
		{"issued in the future", claims(issuer.URL, now, "iat", secs(time.Minute)), authn.CodeInvalid},
		{"no subject", claims(issuer.URL, now, "sub", nil), authn.CodeInvalid},
		{"empty subject", claims(issuer.URL, now, "sub", ""), authn.CodeInvalid},
		{"long subject", claims(issuer.URL, now, "sub", strings.Repeat("x", 256)), authn.CodeInvalid},
		{"subject is a number", claims(issuer.URL, now, "sub", 7), authn.CodeInvalid},
		{"logout token", claims(issuer.URL, now, "events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), authn.CodeInvalid},
		{"bound to a key", claims(issuer.URL, now, "cnf", map[string]any{"jkt": "x"}), authn.CodeInvalid},
	}
	for _, tt := range tests {
		for _, key := range []jose.JSONWebKey{ec, rs} {
			token := sign(t, jose.SignatureAlgorithm(key.Algorithm), key, tt.claims)
			got, err := v.Authenticate(t.Context(), bearer(token))
			wantRefusal(t, tt.name+" "+key.Algorithm, token, err, tt.code)
			if want := (authn.Identity{Issuer: issuer.URL, Subject: "p-1"}); tt.code == "" && got != want {
				t.Errorf("%s: Authenticate = %+v, want %+v", tt.name, got, want)
			}
		}
	}
}

// wantRefusal checks code and kind, and that no text holds the token.
func wantRefusal(t *testing.T, name, token string, err error, code string) {
	t.Helper()
	if got := fault.CodeOf(err); got != code {
		t.Errorf("%s: Authenticate = %v, want code %q", name, err, code)
		return
	}
	if code == "" {
		if err != nil {
			t.Errorf("%s: Authenticate = %v, want nil", name, err)
		}
		return
	}
	if got := fault.KindOf(err); got != fault.Unauthenticated {
		t.Errorf("%s: kind %v, want unauthenticated", name, got)
	}
	f, _ := errors.AsType[*fault.Error](err)
	if len(f.Args) != 0 || len(f.Fields) != 0 {
		t.Errorf("%s: the fault tells its caller %v %v", name, f.Args, f.Fields)
	}
	if len(token) > 40 && strings.Contains(err.Error(), token[len(token)-40:]) {
		t.Errorf("%s: the log text holds the token: %v", name, err)
	}
}

func TestAuthenticateForgeries(t *testing.T) {
	c, ec, rs := newClock(), ecKey(t, "e1"), rsaKey(t, "r1")
	issuer := newTestIssuer(t, ec, rs)
	v := newVerifier(t, issuer.URL, c)
	good := claims(issuer.URL, c.now())
	token := sign(t, jose.ES256, ec, good)
	parts := strings.Split(token, ".")
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	der, err := x509.MarshalPKIXPublicKey(rs.Public().Key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	stranger := ecKey(t, "e1")
	embedded, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: stranger.Key}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	withKey, err := jwt.Signed(embedded).Claims(good).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}

	tests := []struct{ name, token string }{
		{"alg none", part(map[string]any{"alg": "none"}) + "." + part(good) + "."},
		{"alg none with a signature", part(map[string]any{"alg": "none"}) + "." + part(good) + "." + parts[2]},
		{"alg None", part(map[string]any{"alg": "None", "kid": "e1"}) + "." + part(good) + "." + parts[2]},
		{"no alg", part(map[string]any{"kid": "e1"}) + "." + part(good) + "." + parts[2]},
		{"HS256 with the public PEM", sign(t, jose.HS256, jose.JSONWebKey{Key: public, KeyID: "r1"}, good)},
		{"HS256 with the public DER", sign(t, jose.HS256, jose.JSONWebKey{Key: der, KeyID: "r1"}, good)},
		{"own key under a known kid", sign(t, jose.ES256, stranger, good)},
		{"unknown kid", sign(t, jose.ES256, ecKey(t, "e9"), good)},
		{"key in the header", withKey},
		{"RS384 not advertised", sign(t, jose.RS384, rs, good)},
		{"changed payload", parts[0] + "." + part(claims(issuer.URL, c.now(), "sub", "p-2")) + "." + parts[2]},
		{"critical header", part(map[string]any{"alg": "ES256", "kid": "e1", "crit": []string{"x"}, "x": 1}) + "." + parts[1] + "." + parts[2]},
		{"JSON serialisation", whole.FullSerialize()},
		{"oversized", parts[0] + "." + strings.Repeat("A", authn.MaxTokenBytes) + "." + parts[2]},
		{"garbage", "garbage"},
		{"three garbage parts", "a.b.c"},
		{"five parts", token + ".a.b"},
		{"nothing", ""},
		{"not UTF-8", "\xff.\xfe.\xfd"},
	}
	for _, tt := range tests {
		_, err := v.Authenticate(t.Context(), bearer(tt.token))
		wantRefusal(t, tt.name, tt.token, err, authn.CodeInvalid)
		_, err = v.Verify(t.Context(), tt.token)
		wantRefusal(t, tt.name+" (Verify)", tt.token, err, authn.CodeInvalid)
	}
	if _, err := v.Authenticate(t.Context(), bearer(token)); err != nil {
		t.Errorf("after the forgeries, the good token: %v", err)
	}
}

func TestNewVerifierRefuses(t *testing.T) {
	now := newClock().now
	for _, o := range []authn.Options{
		{Audience: audience, Now: now},
		{Issuer: "auth.example", Audience: audience, Now: now},
		{Issuer: "file:///etc/passwd", Audience: audience, Now: now},
		{Issuer: "https://auth.example", Now: now},
		{Issuer: "https://auth.example", Audience: audience},
	} {
		if _, err := authn.NewVerifier(o); err == nil {
			t.Errorf("NewVerifier(%+v) = nil error", o)
		}
	}
}

func TestChallenge(t *testing.T) {
	for code, want := range map[string]string{
		authn.CodeMissing: `Bearer`, authn.CodeInvalid: `Bearer error="invalid_token"`,
		authn.CodeExpired: `Bearer error="invalid_token"`, authn.CodeIssuerUnreachable: "", "": "",
	} {
		if got := authn.Challenge(fault.New(fault.Unauthenticated, code)); got != want {
			t.Errorf("Challenge(%s) = %q, want %q", code, got, want)
		}
	}
	if got := authn.Challenge(context.Canceled); got != "" {
		t.Errorf("Challenge(other) = %q", got)
	}
}
