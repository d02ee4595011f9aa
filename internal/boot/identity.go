package boot

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"time"

	"milepost/internal/authn"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

// DevIssuer is the name under which `serve --dev` and the commands beside it
// know logins. It is no address: tokens are verified in process, so it stays
// the same wherever the program listens.
const DevIssuer = "http://127.0.0.1:8080/issuer"

// DevAudience stands in tokens of the local issuer.
const DevAudience = "milepost"

// Identity is who vouches for callers: a configured OIDC issuer, or the local
// one, which exists only under demo and serve --dev.
type Identity struct {
	Issuer   string
	Verifier *authn.Verifier
	Local    *authn.LocalIssuer // nil where Issuer is somebody else's
}

// OIDC returns the identity of a configured issuer.
func OIDC(issuer, audience string, now func() time.Time) (Identity, error) {
	v, err := authn.NewVerifier(authn.Options{Issuer: issuer, Audience: audience, Now: now})
	return Identity{Issuer: issuer, Verifier: v}, err
}

// LocalIdentity returns the identity of a local issuer, which keeps its key in
// keyFile, or nowhere where that is empty.
func LocalIdentity(issuer, keyFile string, now func() time.Time) (Identity, error) {
	local, err := authn.NewLocalIssuer(authn.LocalOptions{
		Issuer: issuer, Audience: DevAudience, Now: now, Entropy: rand.Reader, KeyFile: keyFile,
	})
	if err != nil {
		return Identity{}, err
	}
	v, err := authn.NewVerifier(authn.Options{Issuer: issuer, Audience: DevAudience, HTTPClient: local.Client(), Now: now})
	return Identity{Issuer: issuer, Verifier: v, Local: local}, err
}

// DevToken makes a token with the key that `serve --dev` keeps in a data
// folder. Without that key the fault is token.noDevKey: a token nobody would
// accept helps nobody.
func DevToken(dataDir, subject string, life time.Duration) (string, error) {
	issuer, err := devIssuer(dataDir)
	if err != nil {
		return "", err
	}
	return issuer.Token(subject, life)
}

// DevKeys is the public half of that key as a JSON Web Key Set.
func DevKeys(dataDir string) (string, error) {
	issuer, err := devIssuer(dataDir)
	if err != nil {
		return "", err
	}
	return issuer.Keys(), nil
}

func devIssuer(dataDir string) (*authn.LocalIssuer, error) {
	file := filepath.Join(dataDir, KeyFile)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.Conflict, "token.noDevKey", "folder", dataDir)
	}
	id, err := LocalIdentity(DevIssuer, file, time.Now)
	return id.Local, err
}

func loginOf(issuer, subject string) portfolio.Login {
	return portfolio.Login{Issuer: issuer, Subject: subject}
}

func namesOf(name string) portfolio.Names { return portfolio.Names{ZH: name} }
