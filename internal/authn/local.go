package authn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// MaxLocalTTL is the longest that a token of a LocalIssuer may live.
const MaxLocalTTL = 90 * 24 * time.Hour

// LocalOptions configure a LocalIssuer; all but KeyFile are required.
type LocalOptions struct {
	// Issuer is the issuer's URL with the path under which the handler is
	// mounted, such as http://127.0.0.1:8080/issuer; no slash at its end.
	Issuer string
	// Audience stands in the tokens.
	Audience string
	Now      func() time.Time
	// Entropy makes the key. It must be unpredictable outside tests.
	Entropy io.Reader
	// KeyFile keeps the key (PKCS #8 PEM, mode 0600), so that tokens outlive
	// the program; empty is a key that dies with it.
	KeyFile string
}

// LocalIssuer is an OpenID Connect issuer for `milepost demo` and `milepost
// serve --dev`: whoever holds it makes tokens for anybody, so it never runs
// beside real data that others can reach. Its tokens pass through the same
// Verifier as all others.
type LocalIssuer struct {
	options LocalOptions
	path    string // of the issuer's URL, without a slash at its end
	signer  jose.Signer
	documents
}

// NewLocalIssuer loads the key of the key file, or makes one (and the file).
func NewLocalIssuer(o LocalOptions) (*LocalIssuer, error) {
	at, err := url.Parse(o.Issuer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("authn: local issuer: %w", err)
	case at.Host == "" || at.RawQuery != "" || at.Fragment != "" || strings.HasSuffix(o.Issuer, "/"):
		return nil, fmt.Errorf("authn: local issuer %q must be scheme://host/path without query or last slash", o.Issuer)
	case o.Audience == "" || o.Now == nil || o.Entropy == nil:
		return nil, errors.New("authn: a local issuer needs audience, clock and entropy")
	}
	key, err := localKey(o.KeyFile, o.Entropy)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		return nil, fmt.Errorf("authn: local issuer: %w", err)
	}
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
	if err != nil {
		return nil, fmt.Errorf("authn: local issuer: %w", err)
	}
	about, err := discoveryDocument(o.Issuer, []string{string(jose.ES256)})
	if err != nil {
		return nil, err
	}
	return &LocalIssuer{options: o, path: at.Path, signer: signer, documents: documents{about: about, keys: keys}}, nil
}

// Path is where the handler is to be mounted: the path of the issuer's URL and
// a slash.
func (l *LocalIssuer) Path() string { return l.path + "/" }

// ServeHTTP answers the discovery document and the public key, under Path.
func (l *LocalIssuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := l.document(r.URL.Path)
	if body == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) //nolint:gosec // one of two documents of our own; a reader who has gone needs no answer
}

// document returns what stands at a path, or nil.
func (l *LocalIssuer) document(path string) []byte {
	below, ok := strings.CutPrefix(path, l.path)
	if !ok {
		return nil
	}
	return l.at(below)
}

// Keys returns the public key as a JSON Web Key Set, for FixedKeys.
func (l *LocalIssuer) Keys() string { return string(l.keys) }

// Token returns a signed token that names subject and holds from now for ttl
// (more than zero, at most MaxLocalTTL).
func (l *LocalIssuer) Token(subject string, ttl time.Duration) (string, error) {
	switch {
	case subject == "" || len(subject) > MaxSubjectBytes:
		return "", fmt.Errorf("authn: a subject has 1 to %d bytes", MaxSubjectBytes)
	case ttl <= 0 || ttl > MaxLocalTTL:
		return "", fmt.Errorf("authn: a token may live up to %s, not %s", MaxLocalTTL, ttl)
	}
	now := l.options.Now()
	token, err := jwt.Signed(l.signer).Claims(jwt.Claims{
		Issuer:    l.options.Issuer,
		Subject:   subject,
		Audience:  jwt.Audience{l.options.Audience},
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		Expiry:    jwt.NewNumericDate(now.Add(ttl)),
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("authn: local token: %w", err)
	}
	return token, nil
}

// Client returns an HTTP client for Options.HTTPClient that this issuer
// answers in process, so that verification works before (and without) a
// listener. It reaches nothing else.
func (l *LocalIssuer) Client() *http.Client {
	return &http.Client{Transport: inProcess{issuer: l.options.Issuer, documents: l.documents}}
}

// inProcess answers for one issuer and reaches nothing.
type inProcess struct {
	issuer    string
	documents documents
}

// RoundTrip answers with the issuer's documents.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	below, ok := strings.CutPrefix(r.URL.String(), t.issuer)
	body := t.documents.at(below)
	if !ok || body == nil {
		return nil, fmt.Errorf("authn: the issuer's documents are known without a request, but not %s", r.URL.Redacted())
	}
	return jsonResponse(r, body), nil
}
