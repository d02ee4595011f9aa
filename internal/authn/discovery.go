package authn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	renewAfter      = time.Hour        // keys withdrawn by the issuer are forgotten at the latest then
	retryUnknown    = time.Second      // after a failure, while nothing is known of the issuer
	retryKnown      = time.Minute      // after a failure to renew; what is known goes on being used
	discoverWithin  = 10 * time.Second // for one try
	discoveryFlight = "discovery"
)

// provider is what the issuer's discovery document told, and its keys.
type provider struct {
	keys       oidc.KeySet
	algorithms []string
	endpoints  endpoints
	renewAt    time.Time
}

// config checks signature algorithm and issuer only: audience and times follow
// in check, with rules that go-oidc does not have.
func (p *provider) config() *oidc.Config {
	return &oidc.Config{SupportedSigningAlgs: p.algorithms, SkipClientIDCheck: true, SkipExpiryCheck: true}
}

// provider returns what is known of the issuer and asks it first where nothing
// is known, or for too long. Callers who come at the same time share one try.
func (v *Verifier) provider(ctx context.Context) (*provider, error) {
	if p, failure := v.remembered(); p != nil || failure != nil {
		return p, failure
	}
	done := v.asking.DoChan(discoveryFlight, func() (any, error) {
		// One caller who leaves must not spoil it for the others.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoverWithin)
		defer cancel()
		p, err := v.discover(ctx)
		return v.remember(p, err)
	})
	select {
	case <-ctx.Done():
		return nil, unreachable(ctx.Err())
	case answer := <-done:
		p, _ := answer.Val.(*provider)
		return p, answer.Err
	}
}

// remembered returns what callers get without asking the issuer; both are nil
// where it has to be asked.
func (v *Verifier) remembered() (*provider, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.options.Now()
	switch {
	case v.known != nil && now.Before(v.known.renewAt):
		return v.known, nil
	case v.failure == nil || !now.Before(v.retryAt):
		return nil, nil
	case v.known != nil:
		return v.known, nil
	default:
		return nil, v.failure
	}
}

// remember keeps the outcome of a try and returns what callers get.
func (v *Verifier) remember(p *provider, err error) (*provider, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.options.Now()
	if err == nil {
		p.renewAt = now.Add(renewAfter)
		v.known, v.failure = p, nil
		return p, nil
	}
	v.failure = unreachable(err)
	if v.known != nil {
		v.retryAt = now.Add(retryKnown)
		return v.known, nil
	}
	v.retryAt = now.Add(retryUnknown)
	return nil, v.failure
}

func (v *Verifier) discover(ctx context.Context) (*provider, error) {
	ctx = oidc.ClientContext(ctx, v.client)
	found, err := oidc.NewProvider(ctx, v.options.Issuer)
	if err != nil {
		return nil, err
	}
	var document struct {
		endpoints
		KeysURL    string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := found.Claims(&document); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(document.KeysURL, "https://") && !strings.HasPrefix(document.KeysURL, "http://") {
		return nil, fmt.Errorf("authn: the issuer's jwks_uri is %q", document.KeysURL)
	}
	return &provider{
		keys:       oidc.NewRemoteKeySet(ctx, document.KeysURL),
		algorithms: asymmetric(document.Algorithms),
		endpoints:  document.safe(v.options.Issuer),
	}, nil
}

// asymmetric keeps the signature algorithms that need the issuer's private
// key: none and HMAC never verify, whatever the issuer advertises. RS256, which
// every issuer must have, stands in for an empty list.
func asymmetric(advertised []string) []string {
	accepted := []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512,
		oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
	var out []string
	for _, name := range advertised {
		if slices.Contains(accepted, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return []string{oidc.RS256}
	}
	return out
}
