package authn

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// FixedKeys returns an HTTP client for Options.HTTPClient that answers for an
// issuer with a JSON Web Key Set (RFC 7517) told beforehand: for programs that
// cannot reach the issuer. Such keys do not follow a rotation. The set must
// hold public keys only, each with its alg. The client reaches nothing else.
func FixedKeys(issuer, keySet string) (*http.Client, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(keySet), &set); err != nil {
		return nil, fmt.Errorf("authn: key set: %w", err)
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("authn: the key set is empty")
	}
	var algorithms []string
	for _, key := range set.Keys {
		if !key.Valid() || !key.IsPublic() || !slices.Contains(asymmetric([]string{key.Algorithm}), key.Algorithm) {
			return nil, fmt.Errorf("authn: key %q is no public key with an algorithm that is taken", key.KeyID)
		}
		algorithms = append(algorithms, key.Algorithm)
	}
	keys, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("authn: key set: %w", err)
	}
	about, err := discoveryDocument(issuer, algorithms)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: inProcess{issuer: issuer, documents: documents{about: about, keys: keys}}}, nil
}

// Where an issuer's documents stand below its URL.
const (
	aboutPath = "/.well-known/openid-configuration"
	keysPath  = "/jwks.json"
)

// documents are what an issuer answers.
type documents struct {
	about []byte // the discovery document
	keys  []byte // the JSON Web Key Set
}

// at returns what stands at a path below the issuer's URL, or nil.
func (d documents) at(path string) []byte {
	switch path {
	case aboutPath:
		return d.about
	case keysPath:
		return d.keys
	}
	return nil
}

func discoveryDocument(issuer string, algorithms []string) ([]byte, error) {
	about, err := json.Marshal(map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              issuer + keysPath,
		"id_token_signing_alg_values_supported": algorithms,
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
	})
	if err != nil {
		return nil, fmt.Errorf("authn: discovery document: %w", err)
	}
	return about, nil
}
