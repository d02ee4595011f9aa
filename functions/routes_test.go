package functions

import (
	"os"
	"strings"
	"testing"

	yaml "github.com/oasdiff/yaml3"
)

// routes are those of the gateway: the function of each method and path.
type routes map[string]string

// templateRoutes reads the routes of template.yaml.
func templateRoutes(t *testing.T) routes {
	t.Helper()
	text, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	out := routes{}
	for _, name := range names() {
		var function struct {
			Events map[string]struct {
				Type       string
				Properties struct {
					Method string `yaml:"Method"`
					Path   string `yaml:"Path"`
				} `yaml:"Properties"`
			} `yaml:"Events"`
		}
		r := doc.Resources[resourceOf(name, "Function")]
		if r.Type != "AWS::Serverless::Function" || r.Properties.Decode(&function) != nil {
			t.Fatalf("template.yaml has no function %s", name)
		}
		for _, e := range function.Events {
			if at := e.Properties.Method + " " + e.Properties.Path; e.Properties.Path != "" {
				if out[at] != "" {
					t.Errorf("%s is a route of %s and of %s", at, out[at], name)
				}
				out[at] = name
			}
		}
	}
	return out
}

// function is the function that the gateway calls: that of the most specific
// route.
func (r routes) function(t *testing.T, method, path string) string {
	t.Helper()
	if name := r[method+" "+path]; name != "" {
		return name
	}
	for end := strings.LastIndexByte(path, '/'); end >= 0; end = strings.LastIndexByte(path[:end], '/') {
		if name := r[method+" "+path[:end]+"/{proxy+}"]; name != "" {
			return name
		}
	}
	t.Fatalf("the gateway has no route for %s %s", method, path)
	return ""
}

// Where requests go: what is large and seldom asked for to the annex, all else
// of the API to api.
func TestRoutes(t *testing.T) {
	r := templateRoutes(t)
	for at, want := range map[string]string{
		"GET /api/v1/me": "api", "POST /api/v1/imports": "annex", "POST /api/v1/imports/plan": "annex", "GET /api/v1/imports": "api",
		"GET /api/v1/imports/imp_1/rows": "api", "POST /api/v1/imports/imp_1/apply": "api", "GET /api/docs": "annex", "GET /api/docs/swagger-ui.css": "annex",
		"GET /api/openapi.json": "api", "GET /readyz": "api", "GET /": "console", "GET /awards/awd_1": "console",
		"GET /imports/new": "annex", "POST /imports/new": "annex", "GET /imports": "console", "GET /imports/imp_1": "console", "POST /imports/imp_1/apply": "console",
		"POST /session/sign-out": "console", "GET /assets/console.css": "console",
	} {
		method, path, _ := strings.Cut(at, " ")
		if got := r.function(t, method, path); got != want {
			t.Errorf("%s goes to %s, want %s", at, got, want)
		}
	}
}

// resourceOf is what the template calls a function, or a thing of it.
func resourceOf(name, kind string) string { return strings.ToUpper(name[:1]) + name[1:] + kind }
