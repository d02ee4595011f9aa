package authn

import (
	"errors"
	"net/http"
	"strings"
)

// MaxTokenBytes is the longest token that is looked at.
const MaxTokenBytes = 8 << 10

// Bearer returns the token of an Authorization header (RFC 6750 §2.1). No
// such header, or one of another scheme, is auth.missing; two headers, or a
// token that cannot be a compact JWS of at most MaxTokenBytes, is auth.invalid.
func Bearer(header http.Header) (string, error) {
	values := header.Values("Authorization")
	switch len(values) {
	case 0:
		return "", missing()
	case 1:
	default:
		return "", invalid(errors.New("authn: several Authorization headers"))
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", missing()
	}
	token := strings.Trim(rest, " ")
	if err := checkShape(token, MaxTokenBytes); err != nil {
		return "", invalid(err)
	}
	return token, nil
}

// checkShape refuses what cannot be a compact JWS of at most so many bytes
// before any of it is decoded: three base64url parts, none empty. The JSON forms of JWS are refused by it
// too.
func checkShape(token string, most int) error {
	if token == "" {
		return errors.New("authn: empty token")
	}
	if len(token) > most {
		return errors.New("authn: token is too long")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("authn: token is not of three parts")
	}
	for _, part := range parts {
		if part == "" {
			return errors.New("authn: token has an empty part")
		}
		if strings.ContainsFunc(part, notBase64URL) {
			return errors.New("authn: token is not base64url")
		}
	}
	return nil
}

func notBase64URL(r rune) bool {
	switch {
	case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_':
		return false
	}
	return true
}
