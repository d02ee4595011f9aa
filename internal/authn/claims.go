package authn

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4/jwt"
)

// claims are the parts of a verified token that decide whether it is meant for
// us and now. Times are read by go-jose, which knows leeway.
type claims struct {
	jwt.Claims
	TokenUse     string          `json:"token_use"`
	ClientID     string          `json:"client_id"`
	Events       json.RawMessage `json:"events"`
	Confirmation json.RawMessage `json:"cnf"`
}

// check returns nil where a token with a good signature and issuer is meant
// for audience, names a subject and holds at now; else auth.invalid or
// auth.expired.
func check(token *oidc.IDToken, audience string, now time.Time, leeway time.Duration) error {
	var c claims
	if err := token.Claims(&c); err != nil {
		return invalid(fmt.Errorf("authn: claims: %w", err))
	}
	switch {
	case !c.meantFor(audience):
		return invalid(fmt.Errorf("authn: audience %q, client %q", c.Audience, c.ClientID))
	case token.Subject == "" || len(token.Subject) > MaxSubjectBytes:
		return invalid(errors.New("authn: subject is empty or too long"))
	case c.Events != nil:
		return invalid(errors.New("authn: a logout or event token is no bearer token"))
	case c.Confirmation != nil:
		return invalid(errors.New("authn: the token is bound to its sender's key"))
	case c.Expiry == nil:
		return invalid(errors.New("authn: the token never expires"))
	}
	err := c.ValidateWithLeeway(jwt.Expected{Time: now}, leeway)
	switch {
	case errors.Is(err, jwt.ErrExpired):
		return expired(err)
	case err != nil:
		return invalid(err)
	}
	return nil
}

// meantFor reports whether audience is in aud. Access tokens of Amazon Cognito
// have no aud: they say token_use "access" and name the app in client_id.
func (c claims) meantFor(audience string) bool {
	if len(c.Audience) == 0 {
		return c.TokenUse == "access" && c.ClientID == audience
	}
	return c.Audience.Contains(audience)
}
