package authn_test

import (
	"strings"
	"testing"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

// Keys told beforehand verify what their issuer signed, and nothing else,
// without a request.
func TestFixedKeys(t *testing.T) {
	c := newClock()
	const url = "http://127.0.0.1:1/issuer" // nobody listens there
	l := newLocal(t, url, "", c)
	client, err := authn.FixedKeys(url, l.Keys())
	if err != nil {
		t.Fatal(err)
	}
	v, err := authn.NewVerifier(authn.Options{Issuer: url, Audience: audience, Now: c.now, HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.Verify(t.Context(), localToken(t, l)); err != nil || got.Subject != "per_demo" {
		t.Errorf("Verify = %+v, %v", got, err)
	}
	if err := v.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v", err)
	}
	other := newLocal(t, url, "", c)
	if _, err := v.Verify(t.Context(), localToken(t, other)); fault.CodeOf(err) != authn.CodeInvalid {
		t.Errorf("token of another key: %v, want %s", err, authn.CodeInvalid)
	}
	elsewhere := newLocal(t, "http://127.0.0.1:2/issuer", "", c)
	if _, err := v.Verify(t.Context(), localToken(t, elsewhere)); fault.CodeOf(err) != authn.CodeInvalid {
		t.Errorf("token of another issuer: %v, want %s", err, authn.CodeInvalid)
	}
}

func TestFixedKeysRefuses(t *testing.T) {
	good := newLocal(t, "http://127.0.0.1:1/issuer", "", newClock()).Keys()
	for name, set := range map[string]string{
		"nothing":      "",
		"no JSON":      "keys",
		"no keys":      `{"keys":[]}`,
		"no algorithm": strings.Replace(good, `"alg":"ES256"`, `"alg":""`, 1),
		"shared":       `{"keys":[{"kty":"oct","alg":"HS256","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}`,
		"private":      `{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
	} {
		if _, err := authn.FixedKeys("http://127.0.0.1:1/issuer", set); err == nil {
			t.Errorf("%s: FixedKeys = nil error", name)
		}
	}
}
