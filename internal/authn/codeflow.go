package authn

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// maxIDTokenBytes is the longest ID token that is looked at. Some issuers put
// hundreds of groups into it.
const maxIDTokenBytes = 64 << 10

// Revealer holds a secret that no log shows.
type Revealer interface{ Reveal() string }

// CodeFlowOptions configure a CodeFlow. All but ClientSecret and HTTPClient are
// required.
type CodeFlowOptions struct {
	Verifier Options // Audience is the client's id
	// ClientSecret is nil, or reveals "", for a public client.
	ClientSecret Revealer
	// RedirectURL is where the issuer sends browsers back to.
	RedirectURL string
}

// CodeFlow signs people in at an issuer: OpenID Connect's authorization code
// flow with PKCE (S256), state and nonce. Of the tokens it takes issuer and
// subject, and forgets them. It asks the issuer on first use, and is safe for
// use by several goroutines.
type CodeFlow struct {
	options  CodeFlowOptions
	verifier *Verifier
	client   *http.Client // for codes; never follows, never remembers
}

// Attempt is one sign-in on its way: what the browser that began it must bring
// back. All are unpredictable and used once.
type Attempt struct {
	State, Nonce string
	Verifier     string // of PKCE: 43 to 128 characters of base64url
	Again        bool   // the issuer shall ask who it is, even where it knows
}

// NewCodeFlow checks the options; it does not talk to the issuer.
func NewCodeFlow(o CodeFlowOptions) (*CodeFlow, error) {
	v, err := NewVerifier(o.Verifier)
	if err != nil {
		return nil, err
	}
	back, err := url.Parse(o.RedirectURL)
	if err != nil || back.Host == "" || back.Fragment != "" {
		return nil, fmt.Errorf("authn: redirect address %q is no URL", o.RedirectURL)
	}
	return &CodeFlow{options: o, verifier: v, client: codeClient(o.Verifier.HTTPClient)}, nil
}

// codeClient returns a client like base (nil: a plain one) that hands a code
// and a secret to nobody but the address it was given.
func codeClient(base *http.Client) *http.Client {
	client := &http.Client{}
	if base != nil {
		*client = *base
	}
	if client.Timeout == 0 {
		client.Timeout = askWithin
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// Address is where the browser goes to sign in.
func (f *CodeFlow) Address(ctx context.Context, a Attempt) (string, error) {
	config, err := f.config(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if a.Again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return config.AuthCodeURL(a.State, options...), nil
}

func (f *CodeFlow) config(ctx context.Context) (*oauth2.Config, error) {
	p, err := f.verifier.provider(ctx)
	if err != nil {
		return nil, err
	}
	if p.endpoints.Authorization == "" || p.endpoints.Token == "" {
		return nil, unreachable(errors.New("authn: the issuer names no safe endpoints for the code flow"))
	}
	c := &oauth2.Config{
		ClientID: f.options.Verifier.Audience, RedirectURL: f.options.RedirectURL, Scopes: []string{oidc.ScopeOpenID},
		Endpoint: oauth2.Endpoint{AuthURL: p.endpoints.Authorization, TokenURL: p.endpoints.Token, AuthStyle: oauth2.AuthStyleInParams},
	}
	if f.options.ClientSecret != nil {
		c.ClientSecret = f.options.ClientSecret.Reveal()
	}
	// Told, because trying both spends the code. Basic is what an issuer that
	// lists nothing must take (OpenID Connect Discovery §3).
	if c.ClientSecret != "" && (len(p.endpoints.AuthMethods) == 0 || slices.Contains(p.endpoints.AuthMethods, "client_secret_basic")) {
		c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	return c, nil
}

// Redeem turns what the browser came back with into who it is. It fails with
// auth.denied where the issuer or the person said no, auth.issuerUnreachable
// where the issuer does not answer, auth.invalid and auth.expired where what it
// answers does not hold. The caller has found the attempt by its state.
func (f *CodeFlow) Redeem(ctx context.Context, answer url.Values, a Attempt) (Identity, error) {
	issuer := f.options.Verifier.Issuer
	switch {
	case answer.Has("iss") && answer.Get("iss") != issuer: // RFC 9207
		return Identity{}, invalid(fmt.Errorf("authn: the answer is of issuer %q", answer.Get("iss")))
	case answer.Has("error"):
		return Identity{}, refusedAt(answer.Get("error"))
	case answer.Get("code") == "":
		return Identity{}, invalid(errors.New("authn: the issuer sent no code"))
	}
	config, err := f.config(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, f.client), answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Identity{}, exchangeError(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, invalid(errors.New("authn: the issuer sent no ID token"))
	}
	verified, err := f.verifier.verified(ctx, raw, maxIDTokenBytes)
	if err != nil {
		return Identity{}, err
	}
	if err := checkID(verified, f.options.Verifier.Audience, a.Nonce); err != nil {
		return Identity{}, err
	}
	return Identity{Issuer: issuer, Subject: verified.Subject}, nil
}

// refusedAt is the fault for an error that the browser brought back.
func refusedAt(code string) error {
	reason := fmt.Errorf("authn: the issuer says %q", code)
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return refused(CodeDenied, reason)
	case "server_error", "temporarily_unavailable":
		return unreachable(reason)
	}
	return invalid(reason)
}

// exchangeError keeps of an answer to a code its status and code alone: the
// rest is the issuer's text.
func exchangeError(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		if _, sent := errors.AsType[*url.Error](err); sent {
			return unreachable(err)
		}
		return invalid(err)
	}
	reason := fmt.Errorf("authn: the issuer answers a code with status %d, error %q", failed.Response.StatusCode, failed.ErrorCode)
	if failed.Response.StatusCode >= http.StatusInternalServerError || failed.Response.StatusCode == http.StatusTooManyRequests {
		return unreachable(reason)
	}
	return invalid(reason)
}

// checkID holds what an ID token has beyond a bearer token: the nonce of the
// attempt, that it is made out to this client (azp, aud), and that it is no
// access token (token_use, with Amazon Cognito).
func checkID(token *oidc.IDToken, client, nonce string) error {
	var c struct {
		TokenUse string `json:"token_use"`
		Party    string `json:"azp"`
	}
	if err := token.Claims(&c); err != nil {
		return invalid(fmt.Errorf("authn: claims: %w", err))
	}
	switch {
	case nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return invalid(errors.New("authn: the nonce is of another sign-in"))
	case !slices.Contains(token.Audience, client):
		return invalid(fmt.Errorf("authn: an ID token for %q", token.Audience))
	case c.Party != "" && c.Party != client, c.Party == "" && len(token.Audience) > 1:
		return invalid(fmt.Errorf("authn: an ID token for %q, made out to %q", token.Audience, c.Party))
	case c.TokenUse != "" && c.TokenUse != "id":
		return invalid(fmt.Errorf("authn: a token for %q is no ID token", c.TokenUse))
	}
	return nil
}

// Leave is the address at which the issuer ends its own session and leads back
// to an address, false where it has none or does not answer. No token goes
// along: the issuer may ask the person instead.
func (f *CodeFlow) Leave(ctx context.Context, back string) (string, bool) {
	p, err := f.verifier.provider(ctx)
	if err != nil || p.endpoints.EndSession == "" {
		return "", false
	}
	u, err := url.Parse(p.endpoints.EndSession)
	if err != nil {
		return "", false
	}
	q := u.Query()
	q.Set("client_id", f.options.Verifier.Audience)
	q.Set("post_logout_redirect_uri", back)
	q.Set("logout_uri", back) // its name with Amazon Cognito
	u.RawQuery = q.Encode()
	return u.String(), true
}

// endpoints are the addresses of an issuer for people, as far as they are as
// safe as the issuer's own.
type endpoints struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
}

// safe leaves out what is no web address, or plain http of an https issuer.
func (e endpoints) safe(issuer string) endpoints {
	for _, address := range []*string{&e.Authorization, &e.Token, &e.EndSession} {
		plain := strings.HasPrefix(*address, "http://") && strings.HasPrefix(issuer, "http://")
		if !plain && !strings.HasPrefix(*address, "https://") {
			*address = ""
		}
	}
	return e
}
