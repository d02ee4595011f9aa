package authn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/sync/singleflight"
)

// DefaultLeeway is how far the issuer's clock may differ from ours.
const DefaultLeeway = 30 * time.Second

// Options configure a Verifier. Issuer, Audience and Now are required.
type Options struct {
	// Issuer is the issuer's URL, exactly as its tokens and its discovery
	// document say it.
	Issuer string
	// Audience is who tokens must be meant for: aud, or client_id in access
	// tokens of Amazon Cognito.
	Audience string
	// HTTPClient asks the issuer; nil is a client of its own with a timeout of
	// five seconds.
	HTTPClient *http.Client
	// Now is the real time; waiting times are counted by it too.
	Now func() time.Time
	// Leeway for exp, nbf and iat; zero is DefaultLeeway.
	Leeway time.Duration
}

// Verifier verifies bearer tokens of one issuer. It asks the issuer on first
// use, so that an issuer that is down does not keep a program from starting.
// It is safe for use by several goroutines.
type Verifier struct {
	options Options
	client  *http.Client
	asking  singleflight.Group

	mu      sync.Mutex
	known   *provider // nil until the issuer has answered once
	failure error     // of the last try, nil after a success
	retryAt time.Time
}

// NewVerifier checks the options; it does not talk to the issuer.
func NewVerifier(o Options) (*Verifier, error) {
	issuer, err := url.Parse(o.Issuer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("authn: issuer: %w", err)
	case issuer.Host == "" || (issuer.Scheme != "https" && issuer.Scheme != "http"):
		return nil, fmt.Errorf("authn: issuer %q is no http or https URL", o.Issuer)
	case o.Audience == "":
		return nil, errors.New("authn: no audience")
	case o.Now == nil:
		return nil, errors.New("authn: no clock")
	}
	if o.Leeway == 0 {
		o.Leeway = DefaultLeeway
	}
	client := issuerClient(o.HTTPClient, issuer.Scheme == "https", o.Now)
	return &Verifier{options: o, client: client}, nil
}

// Authenticate verifies the bearer token of a request's headers.
func (v *Verifier) Authenticate(ctx context.Context, header http.Header) (Identity, error) {
	token, err := Bearer(header)
	if err != nil {
		return Identity{}, err
	}
	return v.Verify(ctx, token)
}

// Verify verifies a token: signature by a key of the issuer, issuer, audience,
// times. It fails with auth.invalid, auth.expired, or auth.issuerUnreachable
// where the issuer has to be asked and does not answer.
func (v *Verifier) Verify(ctx context.Context, token string) (Identity, error) {
	verified, err := v.verified(ctx, token, MaxTokenBytes)
	if err != nil {
		return Identity{}, err
	}
	return Identity{Issuer: v.options.Issuer, Subject: verified.Subject}, nil
}

// verified verifies a token of at most so many bytes.
func (v *Verifier) verified(ctx context.Context, token string, most int) (*oidc.IDToken, error) {
	if err := checkShape(token, most); err != nil {
		return nil, invalid(err)
	}
	p, err := v.provider(ctx)
	if err != nil {
		return nil, err
	}
	keys := &observedKeys{KeySet: p.keys}
	verified, err := oidc.NewVerifier(v.options.Issuer, keys, p.config()).Verify(ctx, token)
	if err != nil {
		if keys.unanswered() {
			return nil, unreachable(keys.err)
		}
		return nil, invalid(err)
	}
	return verified, check(verified, v.options.Audience, v.options.Now(), v.options.Leeway)
}

// Ready reports whether the issuer has answered: nil, or
// auth.issuerUnreachable.
func (v *Verifier) Ready(ctx context.Context) error {
	_, err := v.provider(ctx)
	return err
}

// observedKeys remembers why keys could not be had, because go-oidc flattens
// that error to text. One is made for each verification.
type observedKeys struct {
	oidc.KeySet
	err error
}

// VerifySignature is that of the key set inside.
func (k *observedKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	k.err = err
	return payload, err
}

// unanswered reports whether the signature is undecided: the issuer gave no
// keys, or the caller did not wait for them.
func (k *observedKeys) unanswered() bool {
	_, silent := errors.AsType[*noAnswerError](k.err)
	return silent || errors.Is(k.err, context.Canceled) || errors.Is(k.err, context.DeadlineExceeded)
}
