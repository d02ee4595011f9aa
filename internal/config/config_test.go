package config_test

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/config"
	"milepost/internal/fault"
)

const key = "0123456789abcdef0123456789abcdef"

// env is an environment for tests.
type env map[string]string

func (e env) get(name string) string { return e[name] }

// problems returns the fields of a config.invalid fault as "pointer code".
func problems(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || f.Code != config.CodeInvalid || len(f.Fields) == 0 {
		t.Fatalf("error = %v, want %s with fields", err, config.CodeInvalid)
	}
	var out []string
	for _, field := range f.Fields {
		if field.Args["setting"] == "" || field.Args["setting"] == nil {
			t.Errorf("%s %s names no setting", field.Pointer, field.Code)
		}
		out = append(out, field.Pointer+" "+field.Code)
	}
	return out
}

func TestLoadServe(t *testing.T) {
	got, err := config.LoadServe(config.Flags{"data": "./d/", "listen": "0.0.0.0:80", "public-url": "https://m.example/"}, env{
		"MILEPOST_LISTEN": "127.0.0.1:1", "MILEPOST_ISSUER": "https://id.example/realm/", "MILEPOST_AUDIENCE": "api",
		"MILEPOST_CURSOR_KEY": key, "MILEPOST_MAX_UPLOAD": "2MiB", "MILEPOST_LOG_LEVEL": "warn", "MILEPOST_SHUTDOWN_GRACE": "1m",
	}.get)
	want := config.Serve{Listen: "0.0.0.0:80", PublicURL: "https://m.example", DataDir: "d", Issuer: "https://id.example/realm/",
		Audience: "api", CursorKey: config.NewSecret(key), MaxUpload: 2 << 20, LogLevel: slog.LevelWarn, ShutdownGrace: time.Minute,
		SignIn: config.SignIn{Idle: 2 * time.Hour, Max: 12 * time.Hour}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("LoadServe = %v (-want +got):\n%s", err, diff)
	}
}

func TestLoadServeDefaults(t *testing.T) {
	got, err := config.LoadServe(config.Flags{"data": "d", "dev": "true"}, env{}.get)
	want := config.Serve{Listen: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080", DataDir: "d", Dev: true,
		Audience: "milepost", MaxUpload: 100 << 20, ShutdownGrace: 20 * time.Second,
		SignIn: config.SignIn{Idle: 2 * time.Hour, Max: 12 * time.Hour}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("LoadServe = %v (-want +got):\n%s", err, diff)
	}
}

func TestLoadServeTellsAllProblems(t *testing.T) {
	got, err := config.LoadServe(config.Flags{"listen": ":80", "max-upload": "big", "colour": "red"}, env{
		"MILEPOST_DEV": "perhaps", "MILEPOST_ISSUER": "http://id.example", "MILEPOST_CURSOR_KEY": "short-secret",
		"MILEPOST_LOG_LEVEL": "loud", "MILEPOST_SHUTDOWN_GRACE": "1h", "MILEPOST_PUBLIC_URL": "m.example",
	}.get)
	want := []string{
		"MILEPOST_LISTEN config.hostMissing",
		"MILEPOST_DATA config.required",
		"MILEPOST_DEV config.booleanMalformed",
		"MILEPOST_CURSOR_KEY config.secretTooShort",
		"MILEPOST_MAX_UPLOAD config.sizeMalformed",
		"MILEPOST_LOG_LEVEL config.notOneOf",
		"MILEPOST_SHUTDOWN_GRACE config.durationMalformed",
		"MILEPOST_PUBLIC_URL config.urlMalformed",
		"MILEPOST_ISSUER config.urlNotHTTPS",
		"MILEPOST_AUDIENCE config.required",
		"--colour config.flagUnknown",
	}
	if diff := cmp.Diff(want, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(config.Serve{}, got); diff != "" {
		t.Errorf("a refused configuration is not empty:\n%s", diff)
	}
	f, _ := errors.AsType[*fault.Error](err)
	for _, field := range f.Fields {
		for name, value := range field.Args {
			if text, ok := value.(string); ok && strings.Contains(text, "short-secret") {
				t.Errorf("%s tells the secret in %s", field.Pointer, name)
			}
		}
	}
	if got := f.Fields[0].Args["setting"]; got != "--listen" {
		t.Errorf("the listen problem names %v, want --listen", got)
	}
	if got := f.Fields[1].Args["setting"]; got != "--data / MILEPOST_DATA" {
		t.Errorf("the data problem names %v, want both names", got)
	}
}

func TestServeRules(t *testing.T) {
	good := env{"MILEPOST_DATA": "d", "MILEPOST_ISSUER": "https://id.example", "MILEPOST_AUDIENCE": "api"}
	dev := env{"MILEPOST_DATA": "d", "MILEPOST_DEV": "1"}
	tests := []struct {
		name, variable, value string
		base                  env
		want                  []string
	}{
		{"port 0", "MILEPOST_LISTEN", "127.0.0.1:0", good, nil},
		{"IPv6", "MILEPOST_LISTEN", "[::1]:80", good, nil},
		{"all addresses, told so", "MILEPOST_LISTEN", "0.0.0.0:80", good, nil},
		{"no port", "MILEPOST_LISTEN", "127.0.0.1", good, []string{"MILEPOST_LISTEN config.addressMalformed"}},
		{"port too high", "MILEPOST_LISTEN", "127.0.0.1:65536", good, []string{"MILEPOST_LISTEN config.addressMalformed"}},
		{"port by name", "MILEPOST_LISTEN", "127.0.0.1:http", good, []string{"MILEPOST_LISTEN config.addressMalformed"}},
		{"dev on loopback", "MILEPOST_LISTEN", "localhost:80", dev, nil},
		{"dev on IPv6 loopback", "MILEPOST_LISTEN", "[::1]:80", dev, nil},
		{"dev on all addresses", "MILEPOST_LISTEN", "0.0.0.0:80", dev, []string{"MILEPOST_LISTEN config.notLoopback"}},
		{"dev on a name", "MILEPOST_LISTEN", "localhost.example.org:80", dev, []string{"MILEPOST_LISTEN config.notLoopback"}},
		{"dev with issuer", "MILEPOST_ISSUER", "https://id.example", dev, []string{"MILEPOST_ISSUER config.conflict"}},
		{"issuer on this machine", "MILEPOST_ISSUER", "http://127.0.0.1:9/realm", good, nil},
		{"issuer with query", "MILEPOST_ISSUER", "https://id.example?x=1", good, []string{"MILEPOST_ISSUER config.urlMalformed"}},
		{"issuer with password", "MILEPOST_ISSUER", "https://a:b@id.example", good, []string{"MILEPOST_ISSUER config.urlMalformed"}},
		{"issuer without scheme", "MILEPOST_ISSUER", "id.example", good, []string{"MILEPOST_ISSUER config.urlMalformed"}},
		{"audience with a space", "MILEPOST_AUDIENCE", "a b", good, []string{"MILEPOST_AUDIENCE config.textMalformed"}},
		{"least upload", "MILEPOST_MAX_UPLOAD", "1024", good, nil},
		{"no upload", "MILEPOST_MAX_UPLOAD", "0", good, []string{"MILEPOST_MAX_UPLOAD config.sizeMalformed"}},
		{"too much upload", "MILEPOST_MAX_UPLOAD", "6GiB", good, []string{"MILEPOST_MAX_UPLOAD config.sizeMalformed"}},
		{"overflow", "MILEPOST_MAX_UPLOAD", "9223372036854775807GiB", good, []string{"MILEPOST_MAX_UPLOAD config.sizeMalformed"}},
		{"decimal unit", "MILEPOST_MAX_UPLOAD", "10MB", good, []string{"MILEPOST_MAX_UPLOAD config.sizeMalformed"}},
		{"public URL with path", "MILEPOST_PUBLIC_URL", "https://m.example/app", good, []string{"MILEPOST_PUBLIC_URL config.urlMalformed"}},
		{"no grace", "MILEPOST_SHUTDOWN_GRACE", "20", good, []string{"MILEPOST_SHUTDOWN_GRACE config.durationMalformed"}},
	}
	for _, tt := range tests {
		e := env{tt.variable: tt.value}
		for name, value := range tt.base {
			if name != tt.variable {
				e[name] = value
			}
		}
		_, err := config.LoadServe(nil, e.get)
		if diff := cmp.Diff(tt.want, problems(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if err != nil && strings.Contains(tt.name, "password") {
			f, _ := errors.AsType[*fault.Error](err)
			if got := f.Fields[0].Args["got"]; got != "[redacted]@id.example" {
				t.Errorf("%s: got = %v", tt.name, got)
			}
		}
	}
}

func TestLoadDemo(t *testing.T) {
	got, err := config.LoadDemo(nil, env{"MILEPOST_DATA": "/srv/real"}.get)
	want := config.Demo{Listen: "127.0.0.1:8080", MaxUpload: 100 << 20, ShutdownGrace: 20 * time.Second}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("LoadDemo = %v (-want +got):\n%s", err, diff)
	}
	_, err = config.LoadDemo(config.Flags{"listen": "10.0.0.1:80", "data": ""}, env{}.get)
	want2 := []string{"--data config.textMalformed", "MILEPOST_LISTEN config.notLoopback"}
	if diff := cmp.Diff(want2, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLoadClient(t *testing.T) {
	tests := []struct {
		name  string
		flags config.Flags
		env   env
		want  config.Client
		wrong []string
	}{
		{"server", nil, env{"MILEPOST_SERVER": "https://m.example/", "MILEPOST_TOKEN": key},
			config.Client{Server: "https://m.example", Token: config.NewSecret(key)}, nil},
		{"data", config.Flags{"data": "d"}, env{}, config.Client{DataDir: "d"}, nil},
		{"data flag over server variable", config.Flags{"data": "d"}, env{"MILEPOST_SERVER": "https://m.example"},
			config.Client{DataDir: "d"}, nil},
		{"server flag over data variable", config.Flags{"server": "https://m.example"}, env{"MILEPOST_DATA": "d", "MILEPOST_TOKEN": key},
			config.Client{Server: "https://m.example", Token: config.NewSecret(key)}, nil},
		{"both flags", config.Flags{"server": "https://m.example", "data": "d"}, env{"MILEPOST_TOKEN": key},
			config.Client{}, []string{"MILEPOST_DATA config.conflict"}},
		{"both variables", nil, env{"MILEPOST_SERVER": "https://m.example", "MILEPOST_DATA": "d", "MILEPOST_TOKEN": key},
			config.Client{}, []string{"MILEPOST_DATA config.conflict"}},
		{"neither", nil, env{}, config.Client{}, []string{"MILEPOST_DATA config.required"}},
		{"no token", config.Flags{"server": "https://m.example"}, env{}, config.Client{}, []string{"MILEPOST_TOKEN config.required"}},
	}
	for _, tt := range tests {
		got, err := config.LoadClient(tt.flags, tt.env.get)
		if diff := cmp.Diff(tt.wrong, problems(t, err)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestLoadFunctionAndJob(t *testing.T) {
	e := env{"MILEPOST_TABLE": "t", "MILEPOST_BUCKET": "b", "MILEPOST_ISSUER": "https://id.example", "MILEPOST_AUDIENCE": "api", "MILEPOST_CURSOR_KEY": key,
		"AWS_REGION": "cn-north-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL_DYNAMODB": "http://host.docker.internal:8000",
		"MILEPOST_FIRST_ADMINISTRATOR": "248289761001", "AWS_LAMBDA_FUNCTION_VERSION": "7"}
	at := config.AWS{Region: "cn-north-1", AccessKey: "a", SecretKey: config.NewSecret("s"), DynamoDB: "http://host.docker.internal:8000"}
	got, err := config.LoadFunction(e.get)
	want := config.Function{AWS: at, Table: "t", Bucket: "b", Issuer: "https://id.example", Audience: "api", CursorKey: config.NewSecret(key), MaxUpload: 100 << 20,
		FirstAdministrator: "248289761001", Version: "7"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("LoadFunction = %v (-want +got):\n%s", err, diff)
	}
	_, err = config.LoadFunction(env{}.get)
	service := []string{"AWS_SECRET_ACCESS_KEY config.required", "AWS_REGION config.required", "AWS_ACCESS_KEY_ID config.required"}
	missing := append(slices.Clone(service), "MILEPOST_TABLE config.required", "MILEPOST_BUCKET config.required", "MILEPOST_ISSUER config.required",
		"MILEPOST_AUDIENCE config.required", "MILEPOST_CURSOR_KEY config.required")
	if diff := cmp.Diff(missing, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	job, err := config.LoadJob(e.get)
	if diff := cmp.Diff(config.Job{AWS: at, Table: "t", WriteUnits: config.DefaultWriteUnits}, job); err != nil || diff != "" {
		t.Errorf("LoadJob = %v (-want +got):\n%s", err, diff)
	}
	_, err = config.LoadJob(env{"AWS_ENDPOINT_URL_DYNAMODB": "localhost:8000", "MILEPOST_MAX_WRITE_UNITS": "many"}.get)
	wrong := append(slices.Clone(service), "AWS_ENDPOINT_URL_DYNAMODB config.urlMalformed", "MILEPOST_TABLE config.required", "MILEPOST_MAX_WRITE_UNITS config.sizeMalformed")
	if diff := cmp.Diff(wrong, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if _, err := config.LoadPage(env{"MILEPOST_LOG_LEVEL": "loud"}.get); len(problems(t, err)) != 1 {
		t.Errorf("LoadPage = %v, want one problem", err)
	}
}

// Whatever is told: either no problem and a configuration that keeps the
// promises of its fields, or problems; and dev never listens to the network.
func TestServeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "true", "127.0.0.1:80", "0.0.0.0:80", ":80", "[::ffff:127.0.0.1]:80", "d", "https://id.example", "5m", "1MiB", "debug"}))
		e := env{}
		for _, name := range []string{"LISTEN", "PUBLIC_URL", "DATA", "DEV", "ISSUER", "AUDIENCE", "MAX_UPLOAD", "LOG_LEVEL", "SHUTDOWN_GRACE"} {
			if rapid.Bool().Draw(t, "set "+name) {
				e["MILEPOST_"+name] = value.Draw(t, name)
			}
		}
		c, err := config.LoadServe(nil, e.get)
		switch {
		case err != nil:
			if fault.CodeOf(err) != config.CodeInvalid || c.Listen != "" {
				t.Fatalf("LoadServe = %+v, %v", c, err)
			}
		case c.Listen == "" || strings.HasPrefix(c.Listen, ":") || c.DataDir == "" || c.Audience == "" || c.MaxUpload <= 0 || c.ShutdownGrace <= 0:
			t.Fatalf("LoadServe = %+v", c)
		case c.Dev != (c.Issuer == ""):
			t.Fatalf("dev %t with issuer %q", c.Dev, c.Issuer)
		case c.Dev && strings.HasPrefix(c.Listen, "0.0.0.0"):
			t.Fatalf("dev listens at %s", c.Listen)
		}
	})
}
