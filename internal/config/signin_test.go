package config_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/config"
	"milepost/internal/fault"
)

func TestSignIn(t *testing.T) {
	got, err := config.LoadServe(config.Flags{"session-idle": "30m", "session-max": "8h"}, env{
		"MILEPOST_DATA": "d", "MILEPOST_ISSUER": "https://id.example", "MILEPOST_AUDIENCE": "api", "MILEPOST_PUBLIC_URL": "https://m.example",
		"MILEPOST_CONSOLE_CLIENT": "console", "MILEPOST_CONSOLE_SECRET": "s3cret",
	}.get)
	want := config.SignIn{ClientID: "console", ClientSecret: config.NewSecret("s3cret"), Idle: 30 * time.Minute, Max: 8 * time.Hour}
	if diff := cmp.Diff(want, got.SignIn); err != nil || diff != "" {
		t.Errorf("SignIn: %v (-want +got):\n%s", err, diff)
	}
	if text, err := json.Marshal(got); err != nil || strings.Contains(string(text), "s3cret") {
		t.Errorf("the configuration tells its secret: %s, %v", text, err)
	}
}

func TestSignInRules(t *testing.T) {
	base := env{"MILEPOST_DATA": "d", "MILEPOST_ISSUER": "https://id.example", "MILEPOST_AUDIENCE": "api",
		"MILEPOST_CONSOLE_CLIENT": "console", "MILEPOST_PUBLIC_URL": "https://m.example"}
	tests := []struct {
		name   string
		change env
		want   []string
	}{
		{"good", nil, nil},
		{"default URL on this machine", env{"MILEPOST_PUBLIC_URL": ""}, nil},
		{"no URL behind a network address", env{"MILEPOST_PUBLIC_URL": "", "MILEPOST_LISTEN": "0.0.0.0:80"}, []string{"MILEPOST_PUBLIC_URL config.required"}},
		{"no URL for a port that is not known", env{"MILEPOST_PUBLIC_URL": "", "MILEPOST_LISTEN": "127.0.0.1:0"}, []string{"MILEPOST_PUBLIC_URL config.required"}},
		{"URL without https", env{"MILEPOST_PUBLIC_URL": "http://m.example"}, []string{"MILEPOST_PUBLIC_URL config.urlNotHTTPS"}},
		{"plain loopback URL", env{"MILEPOST_PUBLIC_URL": "http://127.0.0.1:8080"}, nil},
		{"client with a space", env{"MILEPOST_CONSOLE_CLIENT": "a b"}, []string{"MILEPOST_CONSOLE_CLIENT config.textMalformed"}},
		{"secret without client", env{"MILEPOST_CONSOLE_CLIENT": "", "MILEPOST_CONSOLE_SECRET": "x"}, []string{"MILEPOST_CONSOLE_CLIENT config.required"}},
		{"secret with a line end", env{"MILEPOST_CONSOLE_SECRET": "hush-hush\n"}, []string{"MILEPOST_CONSOLE_SECRET config.textMalformed"}},
		{"client in dev", env{"MILEPOST_DEV": "1", "MILEPOST_ISSUER": ""}, []string{"MILEPOST_CONSOLE_CLIENT config.conflict"}},
		{"no client", env{"MILEPOST_CONSOLE_CLIENT": "", "MILEPOST_PUBLIC_URL": "", "MILEPOST_LISTEN": "0.0.0.0:80"}, nil},
		{"idle too short", env{"MILEPOST_SESSION_IDLE": "1m"}, []string{"MILEPOST_SESSION_IDLE config.durationMalformed"}},
		{"longer idle than at most", env{"MILEPOST_SESSION_IDLE": "3h", "MILEPOST_SESSION_MAX": "2h"}, []string{"MILEPOST_SESSION_IDLE config.durationMalformed"}},
		{"shorter than the default idle", env{"MILEPOST_SESSION_MAX": "1h"}, nil},
		{"at most too long, told once", env{"MILEPOST_SESSION_MAX": "169h"}, []string{"MILEPOST_SESSION_MAX config.durationMalformed"}},
		{"at most no duration, told once", env{"MILEPOST_SESSION_MAX": "long"}, []string{"MILEPOST_SESSION_MAX config.durationMalformed"}},
	}
	for _, tt := range tests {
		e := maps.Clone(base)
		maps.Copy(e, tt.change)
		got, err := config.LoadServe(nil, e.get)
		if diff := cmp.Diff(tt.want, problems(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if err == nil && got.SignIn.Idle > got.SignIn.Max {
			t.Errorf("%s: %s idle, %s at most", tt.name, got.SignIn.Idle, got.SignIn.Max)
		}
		f, _ := errors.AsType[*fault.Error](err)
		if f != nil && strings.Contains(f.Error(), "hush-hush") {
			t.Errorf("%s: the fault tells the secret: %v", tt.name, f)
		}
	}
}

// The console's function is told nothing but its log level as long as nobody
// can sign in, and everything that pages stand on where they can.
func TestLoadPage(t *testing.T) {
	got, err := config.LoadPage(env{"MILEPOST_LOG_LEVEL": "warn"}.get)
	if err != nil || got.SignIn.ClientID != "" || got.Function.Table != "" {
		t.Errorf("LoadPage = %+v, %v", got, err)
	}
	_, err = config.LoadPage(env{"MILEPOST_CONSOLE_CLIENT": "console"}.get)
	told := problems(t, err)
	for _, want := range []string{"MILEPOST_PUBLIC_URL config.required", "MILEPOST_TABLE config.required", "MILEPOST_ISSUER config.required"} {
		if !strings.Contains(strings.Join(told, "; "), want) {
			t.Errorf("problems %q lack %s", told, want)
		}
	}
	got, err = config.LoadPage(env{
		"MILEPOST_CONSOLE_CLIENT": "console", "MILEPOST_PUBLIC_URL": "https://m.example", "MILEPOST_TABLE": "t", "MILEPOST_BUCKET": "b",
		"MILEPOST_ISSUER": "https://id.example", "MILEPOST_AUDIENCE": "api", "MILEPOST_CURSOR_KEY": key,
		"AWS_REGION": "r", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
	}.get)
	if err != nil || got.PublicURL != "https://m.example" || got.Function.Table != "t" || got.SignIn.Max != 12*time.Hour {
		t.Errorf("LoadPage = %+v, %v", got, err)
	}
}
