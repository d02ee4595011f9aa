package console

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"milepost/internal/i18n"
)

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
	m := routes{http.NewServeMux(), c}
	m.stranger("GET /broken", func(*request) error { panic("of a screen") })
	w := httptest.NewRecorder()
	m.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/broken", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "request-7") || strings.Contains(w.Body.String(), "of a screen") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "panic: of a screen") || !strings.Contains(log.String(), "routes_test.go") {
		t.Errorf("log %s", log.String())
	}
}
