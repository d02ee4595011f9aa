package api_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/openapi.yaml")

func TestOpenAPIDocumentIsCommitted(t *testing.T) {
	got := []byte(document(t, open(t).api))
	file := filepath.Join("..", "..", "docs", "openapi.yaml")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/openapi.yaml is not what the code says; run go test ./internal/api -run OpenAPI -update and read the difference (-committed +code):\n%s",
			cmp.Diff(string(want), string(got)))
	}
}

func TestOpenAPIDocumentIsTheSameEveryTime(t *testing.T) {
	if diff := cmp.Diff(document(t, open(t).api), document(t, open(t).api)); diff != "" {
		t.Errorf("two documents differ:\n%s", diff)
	}
}
