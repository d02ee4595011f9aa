package repository

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// Where the clock and chance may be read: the wiring, which hands them in, and
// packages that only tests import.
var mayReadClock = map[string]string{
	"boot":                    "the composition root hands time and entropy in",
	"store/storetest":         "test support: Stale, Torn and Flaky take a seed; keys are random so that tests share a table; no program imports it",
	"blob/blobtest":           "test support: random content; no program imports it",
	"authn/authntest":         "test support: makes keys and codes; no program imports it",
	"lambdatest":              "test support: measures a process; no program imports it",
	"store/dynamo/faultproxy": "test support: faults follow from a seed, and some wait; no program imports it",
	"store/dynamo/dynamotest": "test support: waits for a local server and names tables at random; no program imports it",
}

func TestClockAndChanceAreHandedIn(t *testing.T) {
	for _, f := range load(t).files {
		if _, ok := mayReadClock[f.pkg]; ok || !strings.HasPrefix(f.path, "internal/") {
			continue
		}
		for _, path := range []string{"math/rand", "math/rand/v2", "crypto/rand"} {
			if f.importName(path) != "" {
				t.Errorf("%s imports %s: take an io.Reader or an id source as a parameter; internal/boot hands it in", f.path, path)
			}
		}
		clock := f.importName("time")
		if clock == "" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if x, isName := selected(s, ok); isName && x == clock && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
				t.Errorf("%s: time.%s reads the clock: take now func() time.Time or an instant as a parameter; internal/boot hands it in", f.at(n), s.Sel.Name)
			}
			return true
		})
	}
}

func selected(s *ast.SelectorExpr, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return x.Name, true
}

func TestNoFloatNearMoney(t *testing.T) {
	exact := []string{"money", "ledger", "award", "attention"}
	floats := []string{"float32", "float64", "Float32", "Float64", "ParseFloat"}
	for _, f := range load(t).files {
		if !slices.Contains(exact, f.pkg) {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && slices.Contains(floats, id.Name) {
				t.Errorf("%s: %s: money is integers of the minor unit; for ratios use decimal.Decimal", f.at(n), id.Name)
			}
			return true
		})
	}
}
