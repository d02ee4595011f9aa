// Package authn says who is asking: it verifies OpenID Connect bearer tokens
// of one issuer, and signs people in there. What a person may do is package
// access's business; a token contributes its issuer and subject and nothing
// else.
package authn

import (
	"errors"
	"strings"

	"milepost/internal/fault"
)

// Codes of the faults of this package.
const (
	CodeMissing           = "auth.missing"
	CodeInvalid           = "auth.invalid"
	CodeExpired           = "auth.expired"
	CodeIssuerUnreachable = "auth.issuerUnreachable"
	CodeDenied            = "auth.denied"
)

// MaxSubjectBytes is the longest subject accepted (OpenID Connect Core §2).
const MaxSubjectBytes = 255

// Identity is a person as their issuer names them. Issuer is always the
// configured issuer, letter by letter, so that (issuer, subject) is a key.
type Identity struct {
	Issuer  string
	Subject string
}

// Challenge returns the WWW-Authenticate header value (RFC 6750 §3) that goes
// with a fault of this package, or "" where err is no refusal of a caller.
func Challenge(err error) string {
	switch fault.CodeOf(err) {
	case CodeMissing:
		return `Bearer`
	case CodeInvalid, CodeExpired:
		return `Bearer error="invalid_token"`
	default:
		return ""
	}
}

func missing() error { return fault.New(fault.Unauthenticated, CodeMissing) }

func invalid(reason error) error { return refused(CodeInvalid, reason) }

func expired(reason error) error { return refused(CodeExpired, reason) }

// refused keeps the reason as the cause: it is for logs and never reaches the
// caller. No reason made here or in go-oidc holds the token itself.
func refused(code string, reason error) error {
	return &fault.Error{Kind: fault.Unauthenticated, Code: code, Cause: short(reason)}
}

func unreachable(reason error) error {
	return &fault.Error{Kind: fault.Busy, Code: CodeIssuerUnreachable, Cause: short(reason)}
}

// short bounds a reason, because go-oidc quotes whole answers of the issuer.
func short(reason error) error {
	const most = 400
	if reason == nil || len(reason.Error()) <= most {
		return reason
	}
	return errors.New(strings.ToValidUTF8(reason.Error()[:most], "") + "…")
}
