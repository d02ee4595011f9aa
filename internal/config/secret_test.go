package config_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"milepost/internal/config"
)

func TestSecretIsNeverShown(t *testing.T) {
	secret := config.NewSecret("hunter2-hunter2")
	outer := struct {
		Key     config.Secret
		Pointer *config.Secret
		Map     map[string]config.Secret
		hidden  config.Secret
	}{secret, &secret, map[string]config.Secret{"k": secret}, secret}
	_ = outer.hidden

	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("started", "secret", secret, "config", outer, "pointer", &secret)
	}
	document, err := json.Marshal(map[string]any{"secret": secret, "config": outer})
	if err != nil {
		t.Fatal(err)
	}
	markup, err := xml.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"log": log.String(), "JSON": string(document), "XML": string(markup),
		"error": fmt.Errorf("with %w", fmt.Errorf("%v", secret)).Error(), "String": secret.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		texts[verb] = fmt.Sprintf(verb, secret)
		texts["struct "+verb] = fmt.Sprintf(verb, outer)
		texts["pointer "+verb] = fmt.Sprintf(verb, &outer)
	}
	for way, text := range texts {
		if strings.Contains(text, "hunter2") || strings.Contains(strings.ToLower(text), "68756e74657232") {
			t.Errorf("%s shows the secret: %s", way, text)
		}
	}
	for _, way := range []string{"log", "JSON", "XML", "%v", "%#v", "String"} {
		if !strings.Contains(texts[way], "[redacted]") {
			t.Errorf("%s = %s, want [redacted] in it", way, texts[way])
		}
	}
}

func TestSecret(t *testing.T) {
	var absent config.Secret
	a := config.NewSecret("a")
	if !absent.IsZero() || absent.Reveal() != "" || !absent.Equal(config.NewSecret("")) || absent.String() != "[redacted]" {
		t.Error("the zero value is not an absent secret")
	}
	if a.IsZero() || a.Reveal() != "a" || !a.Equal(config.NewSecret("a")) || a.Equal(config.NewSecret("b")) || a.Equal(absent) {
		t.Error("a secret does not keep its value")
	}
}
