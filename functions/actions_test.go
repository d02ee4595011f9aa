package functions

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	yaml "github.com/oasdiff/yaml3"

	"milepost/internal/civil"
	"milepost/internal/store/dynamo/dynamotest"
)

// byLambda are the rights that Lambda itself uses on a function's behalf, and
// for what: no request of ours shows them.
func byLambda() map[string]string {
	return map[string]string{
		"logs:CreateLogStream":      "the log",
		"logs:PutLogEvents":         "the log",
		"sqs:SendMessage":           "events that failed",
		"dynamodb:DescribeStream":   "the event source mapping",
		"dynamodb:GetRecords":       "the event source mapping",
		"dynamodb:GetShardIterator": "the event source mapping",
		"dynamodb:ListStreams":      "the event source mapping",
	}
}

// Every right that a function's role gives is used, and every one that is used
// is given: the template against the requests of a whole story.
func TestRolesGiveWhatIsUsed(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the rights of the roles")
		return
	}
	i := newIssuer(t)
	w := newWorld(t, i)
	d := &deployed{world: w, t: t, routes: templateRoutes(t), functions: w.handlers(t)}
	d.later = d.functions
	s := &story{deployment: d, t: t, issuer: i, today: civil.BusinessDate(time.Now())}
	i.clock.back(30 * 24 * time.Hour)
	s.begin()
	i.clock.back(0)
	s.hurried(d)
	s.end()
	d.ask("GET", "/readyz", nil, nil)
	d.functions["relay"](w.event(t, "relay/journal"), time.Minute)

	given := roles(t)
	delete(given, "console") // TestPeopleUseTheConsole, and what annex does there
	for name, given := range given {
		used := slices.Sorted(maps.Keys(w.used.needed[name]))
		if name == "annex" {
			given = slices.DeleteFunc(given, func(right string) bool { return !slices.Contains(used, right) })
		}
		if diff := cmp.Diff(used, given); diff != "" {
			t.Errorf("role of %s (-used by its requests +given by template.yaml):\n%s", name, diff)
		}
	}
}

// hurried has the sweep run out of time: it hands what remains to itself.
func (s *story) hurried(d *deployed) {
	s.t.Helper()
	payload := fmt.Sprintf(`{"scheduledTime":%q,"continuation":4}`, time.Now().UTC().Format(time.RFC3339))
	got := d.functions["sweep"]([]byte(payload), 30*time.Second)
	if got.failure != "" || !strings.Contains(string(got.body), `"continued":true`) {
		s.t.Errorf("a sweep without time: %s %s", got.body, got.failure)
	}
	want := []string{"/2015-03-31/functions/milepost-sweep/invocations?Qualifier=live " + strings.Replace(payload, `"continuation":4`, `"continuation":5`, 1)}
	if diff := cmp.Diff(want, d.used.payloads()); diff != "" {
		s.t.Errorf("handed to Lambda (-want +got):\n%s", diff)
	}
}

// roles reads what template.yaml gives each function, without what Lambda uses
// by itself, as the recorder writes it.
func roles(t *testing.T) map[string][]string {
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
	out := map[string][]string{}
	for _, name := range names() {
		var role roleProperties
		r := doc.Resources[resourceOf(name, "Role")]
		if r.Type != "AWS::IAM::Role" {
			t.Fatalf("template.yaml has no role of %s", name)
		}
		if err := r.Properties.Decode(&role); err != nil {
			t.Fatal(err)
		}
		out[name] = role.given(t)
	}
	return out
}

// roleProperties is what is read of an AWS::IAM::Role.
type roleProperties struct {
	Policies []struct {
		PolicyDocument struct {
			Statement []struct {
				Action   yaml.Node `yaml:"Action"`
				Resource yaml.Node `yaml:"Resource"`
			} `yaml:"Statement"`
		} `yaml:"PolicyDocument"`
	} `yaml:"Policies"`
}

// given lists the rights as the recorder writes them, sorted.
func (r roleProperties) given(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, p := range r.Policies {
		for _, s := range p.PolicyDocument.Statement {
			var actions []string
			if s.Action.Decode(&actions) != nil {
				actions = []string{s.Action.Value}
			}
			for _, action := range actions {
				if byLambda()[action] == "" {
					out = append(out, rights(t, action, s.Resource.Value)...)
					for _, resource := range s.Resource.Content {
						out = append(out, rights(t, action, resource.Value)...)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// rights are an action on what a resource of the template names.
func rights(t *testing.T, action, resource string) []string {
	t.Helper()
	switch {
	case resource == "": // a list
		return nil
	case resource == "Table.Arn":
		return []string{action + " table"}
	case resource == "${Table.Arn}/index/*":
		return []string{action + " ix1", action + " ix2", action + " ix3"}
	case strings.HasPrefix(resource, "${Table.Arn}/index/"):
		return []string{action + " " + strings.TrimPrefix(resource, "${Table.Arn}/index/")}
	case resource == "${Evidence.Arn}/*":
		return []string{action + " object"}
	case resource == "Evidence.Arn":
		return []string{action + " bucket"}
	case strings.Contains(resource, ":function:"):
		return []string{action + " function"}
	}
	t.Errorf("%s on %s: say in this test what that is", action, resource)
	return nil
}
