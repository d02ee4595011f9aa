package console

import (
	"bytes"
	"crypto/rand"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/i18n"
)

var update = flag.Bool("update", false, "write testdata/pages.txt")

// listed is a mux that only notes what is read.
type listed []string

func (p *listed) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	if path, ok := strings.CutPrefix(pattern, "GET "); ok {
		*p = append(*p, path)
	}
}

// testdata/pages.txt is every page there is: the browser tests open each of them.
func TestPagesAreListed(t *testing.T) {
	var list listed
	c := &Console{}
	c.routes(routes{&list, c})
	slices.Sort(list)
	const name = "testdata/pages.txt"
	got := strings.Join(list, "\n") + "\n"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what is served (-update writes it): %s", name, diff)
	}
}

// A panic of one page is an error of that page, told in its language and logged
// with where it was.
func TestPanicsArePages(t *testing.T) {
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	c, err := New(Options{
		Catalogs: catalogs, Now: time.Now, Entropy: rand.Reader, NewRequestID: func() string { return "request-7" },
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	m := routes{mux, c}
	m.stranger("GET /broken", func(*request) error { panic("of a screen") })
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/broken", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "request-7") || strings.Contains(w.Body.String(), "of a screen") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "panic: of a screen") || !strings.Contains(log.String(), "routes_test.go") {
		t.Errorf("log %s", log.String())
	}
}
