// Package authntest provides tests with an OpenID Connect issuer over real
// HTTP: discovery, keys, authorization, codes, sign-out, each as a test wants
// them, hostile ones included. No program imports it.
package authntest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Client is the id of the one client that the issuer knows.
const Client = "milepost-console"

// Settings are what a test decides about the issuer; Set changes them.
type Settings struct {
	Subject     string               // who signs in
	Error       string               // what authorization answers instead of a code
	Claims      func(map[string]any) // changes those of the ID token
	NoIDToken   bool
	ForeignKey  bool   // signs with a key that is not among the issuer's
	Secret      string // of the client; "" is a public one
	Reuse       bool   // a code may be used again
	Down        bool   // discovery and keys answer 503
	CodeStatus  int    // the answer to codes, 0: what is right
	CodeMoved   string // codes are sent on to an address
	Discovery   func(map[string]any)
	AuthMethods []string // for codes; nil: told nothing
}

// Issuer is an issuer. Its URL is the issuer's name.
type Issuer struct {
	*httptest.Server
	now func() time.Time
	key jose.JSONWebKey

	mu       sync.Mutex
	settings Settings
	codes    map[string]url.Values // authorization requests by code
	seen     []url.Values          // requests with codes
	basic    []string              // their Authorization headers
}

// New starts an issuer whose tokens are made by a clock, for the time of a
// test.
func New(tb testing.TB, now func() time.Time) *Issuer {
	tb.Helper()
	i := &Issuer{now: now, key: newKey(tb), codes: map[string]url.Values{}, settings: Settings{Subject: "somebody"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(mux)
	tb.Cleanup(i.Close)
	return i
}

func newKey(tb testing.TB) jose.JSONWebKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: "k", Algorithm: string(jose.ES256), Use: "sig"}
}

// Set changes the settings.
func (i *Issuer) Set(change func(*Settings)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.settings)
}

// Codes returns the forms of the requests with codes so far, and their
// Authorization headers.
func (i *Issuer) Codes() (forms []url.Values, headers []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append(forms, i.seen...), append(headers, i.basic...)
}

func (i *Issuer) present() Settings {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.settings
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // values of tests
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	s := i.present()
	if s.Down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	document := map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize",
		"token_endpoint": i.URL + "/token", "end_session_endpoint": i.URL + "/logout?from=discovery",
		"id_token_signing_alg_values_supported": []string{"ES256"},
	}
	if s.AuthMethods != nil {
		document["token_endpoint_auth_methods_supported"] = s.AuthMethods
	}
	if s.Discovery != nil {
		s.Discovery(document)
	}
	answer(w, http.StatusOK, document)
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	if i.present().Down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
}

// authorize is the person who signs in, or does not, without being asked.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	s, q := i.present(), r.URL.Query()
	if q.Get("client_id") != Client || q.Get("response_type") != "code" || q.Get("scope") != "openid" ||
		q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" {
		http.Error(w, "malformed: "+q.Encode(), http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}}
	if s.Error != "" {
		back.Set("error", s.Error)
	} else {
		code := rand.Text()
		back.Set("code", code)
		i.mu.Lock()
		i.codes[code] = q
		i.mu.Unlock()
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound) //nolint:gosec // a test's issuer sends back where it is told
}

// token takes a code: of this client, with the verifier of its challenge, once.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	s := i.present()
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	i.mu.Lock()
	i.seen = append(i.seen, r.PostForm)
	i.basic = append(i.basic, r.Header.Get("Authorization"))
	asked, ok := i.codes[r.PostForm.Get("code")]
	if !s.Reuse {
		delete(i.codes, r.PostForm.Get("code"))
	}
	i.mu.Unlock()
	switch {
	case s.CodeMoved != "":
		http.Redirect(w, r, s.CodeMoved, http.StatusTemporaryRedirect)
		return
	case s.CodeStatus != 0:
		w.WriteHeader(s.CodeStatus)
		return
	case !i.isClient(r, s):
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if !ok || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) ||
		asked.Get("redirect_uri") != r.PostForm.Get("redirect_uri") || r.PostForm.Get("grant_type") != "authorization_code" {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token, err := i.idToken(s, asked.Get("nonce"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := map[string]any{"access_token": "not looked at", "token_type": "Bearer", "expires_in": 300}
	if !s.NoIDToken {
		out["id_token"] = token
	}
	answer(w, http.StatusOK, out)
}

func (i *Issuer) isClient(r *http.Request, s Settings) bool {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	return id == Client && secret == s.Secret
}

// idToken makes an ID token as settings say.
func (i *Issuer) idToken(s Settings, nonce string) (string, error) {
	key := i.key
	if s.ForeignKey {
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return "", err
		}
		key.Key = other
	}
	claims := map[string]any{
		"iss": i.URL, "sub": s.Subject, "aud": Client, "nonce": nonce,
		"iat": i.now().Unix(), "exp": i.now().Add(5 * time.Minute).Unix(),
	}
	if s.Claims != nil {
		s.Claims(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("authntest: %w", err)
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}
