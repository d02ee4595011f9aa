package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/authn"
	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

type nobody struct{}

func (nobody) Verify(context.Context, string) (authn.Identity, error) {
	return authn.Identity{}, nil
}

// An operation by itself checks requests against what the document says.
func TestAloneAsInTheDocument(t *testing.T) {
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(Options{Tracker: &tracker.Tracker{}, Verifier: nobody{}, Catalogs: catalogs, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		NewRequestID: func() string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	whole := a.described()
	bodies := 0
	for _, e := range a.entries {
		if e.answer == nil {
			continue
		}
		_, document := a.alone(e)
		for path, item := range document.Paths {
			for method, o := range byMethod(item) {
				want := byMethod(whole.Paths[path])[method]
				if diff := cmp.Diff(requestOf(t, whole, want), requestOf(t, document, o)); diff != "" {
					t.Errorf("%s %s: the request differs (-in the document +alone):\n%s", method, path, diff)
				}
				if o.RequestBody != nil {
					bodies++
				}
			}
		}
	}
	if bodies < 50 {
		t.Errorf("%d operations with a body compared", bodies)
	}
}

func byMethod(p *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for method, o := range map[string]*huma.Operation{"GET": p.Get, "POST": p.Post, "PUT": p.Put} {
		if o != nil {
			all[method] = o
		}
	}
	return all
}

// requestOf is what an operation takes, with every reference followed.
func requestOf(t *testing.T, document *huma.OpenAPI, o *huma.Operation) any {
	t.Helper()
	text, err := json.Marshal(map[string]any{"parameters": o.Parameters, "body": o.RequestBody})
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return followed(t, document, plain, 0)
}

func followed(t *testing.T, document *huma.OpenAPI, v any, depth int) any {
	t.Helper()
	if depth > 100 {
		t.Fatal("a request holds itself")
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = followed(t, document, v[i], depth+1)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			text, err := json.Marshal(document.Components.Schemas.SchemaFromRef(ref))
			if err != nil {
				t.Fatal(err)
			}
			var to any
			if err := json.Unmarshal(text, &to); err != nil || to == nil {
				t.Fatalf("%s: %v", ref, err)
			}
			return followed(t, document, to, depth+1)
		}
		for name := range v {
			v[name] = followed(t, document, v[name], depth+1)
		}
	}
	return v
}
