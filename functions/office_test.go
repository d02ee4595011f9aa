package functions

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/boot"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// ask is a request of the story.
type ask struct {
	as          string // subject
	method      string // "" is GET, or POST with a body, a version or a key
	path        string // below /api/v1
	body        any    // marshalled; a string is sent as it is, as plain text
	match       string // If-Match
	key         string // Idempotency-Key
	wantRefused bool
}

// reply is an answer.
type reply struct {
	Status int
	Header map[string]string
	Body   string
}

func (r reply) id() string {
	return r.Header["Location"][strings.LastIndex(r.Header["Location"], "/")+1:]
}

// deployment is a running product, whichever host it has.
type deployment interface {
	ask(method, path string, header map[string]string, body []byte) reply
	sweep() (flagged int)
	relay()
	items() store.Walker
	clock() *clock
	arrive() // in the present, where the clock is the real one
}

func kept(name string) bool {
	return !slices.Contains([]string{"Date", "Content-Length", "X-Request-Id"}, name)
}

// served is the local program: SQLite behind a real listener.
type served struct {
	t      *testing.T
	issuer *issuer
	app    *boot.App
	server *httptest.Server
}

func newServed(t *testing.T, i *issuer) *served {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	app, err := boot.Open(t.Context(), boot.Place{Logger: log, Now: i.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	i.clock.back(30 * 24 * time.Hour)
	login := portfolio.Login{Issuer: i.url, Subject: administrator}
	if _, err := app.Tracker.Initialise(t.Context(), portfolio.Names{ZH: administrator}, login); err != nil {
		t.Fatal(err)
	}
	verifier, err := authn.NewVerifier(authn.Options{Issuer: i.url, Audience: audience, Now: i.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := boot.Site{App: app, Verifier: verifier, Catalogs: catalogs, Logger: log, Version: "1"}.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, issuer: i, app: app, server: httptest.NewServer(handler)}
	t.Cleanup(s.server.Close)
	return s
}

func (s *served) ask(method, path string, header map[string]string, body []byte) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, s.server.URL+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	out := reply{Status: answer.StatusCode, Header: map[string]string{}, Body: string(text)}
	for name := range answer.Header {
		if kept(name) {
			out.Header[name] = strings.Join(answer.Header.Values(name), ",")
		}
	}
	return out
}

func (s *served) sweep() int {
	report, err := s.app.Tracker.Sweep(s.t.Context(), tracker.SweepRequest{By: tracker.Call{System: "sweep"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return report.Flagged
}

func (s *served) clock() *clock { return s.issuer.clock }

func (s *served) arrive() {}

func (s *served) relay() {
	entropy := trackertest.NewEntropy("relay of the story")
	r := relay.New(relay.Options{Store: s.app.Store, Now: time.Now, Entropy: entropy, Subscribers: []relay.Subscription{
		{Subscriber: relay.NewRollup(relay.RollupOptions{Store: s.app.Store, Now: time.Now, Entropy: entropy})},
		{Subscriber: relay.NewNotices(s.app.Store)},
		{Subscriber: relay.NewAnchor(s.app.Store, time.Now, entropy, nil)},
	}})
	if err := r.Scan(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) items() store.Walker { return s.app.Store }

// deployed is the functions on DynamoDB.
type deployed struct {
	*world
	t         *testing.T
	routes    routes
	functions map[string]invoker
	later     map[string]invoker // from when the clock is the real one
}

func (d *deployed) clock() *clock { return d.issuer.clock }

func (d *deployed) arrive() { d.functions = d.later }

func (d *deployed) ask(method, path string, header map[string]string, body []byte) reply {
	d.t.Helper()
	path, query, _ := strings.Cut(path, "?")
	lower := map[string]string{}
	for name, value := range header {
		lower[strings.ToLower(name)] = value
	}
	payload, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": lower,
		"requestContext":  map[string]any{"stage": "$default", "http": map[string]string{"method": method, "path": path, "sourceIp": "203.0.113.7"}},
		"isBase64Encoded": len(body) > 0, "body": base64.StdEncoding.EncodeToString(body),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	got := d.functions[d.routes.function(d.t, method, path)](payload, time.Minute)
	var answer struct {
		StatusCode      int
		Headers         map[string]string
		Body            string
		IsBase64Encoded bool
	}
	if err := json.Unmarshal(got.body, &answer); err != nil || got.failure != "" {
		d.t.Fatalf("%s %s: %s %s", method, path, got.body, got.failure)
	}
	if answer.IsBase64Encoded {
		text, err := base64.StdEncoding.DecodeString(answer.Body)
		if err != nil {
			d.t.Fatal(err)
		}
		answer.Body = string(text)
	}
	maps.DeleteFunc(answer.Headers, func(name, _ string) bool { return !kept(name) })
	return reply{answer.StatusCode, answer.Headers, answer.Body}
}

func (d *deployed) sweep() int {
	d.t.Helper()
	payload := fmt.Sprintf(`{"scheduledTime":%q}`, time.Now().UTC().Format(time.RFC3339))
	got := d.functions["sweep"]([]byte(payload), 5*time.Minute)
	var answer struct{ Flagged, Remaining int }
	if err := json.Unmarshal(got.body, &answer); err != nil || got.failure != "" || answer.Remaining > 0 {
		d.t.Fatalf("sweep: %s %s", got.body, got.failure)
	}
	return answer.Flagged
}

func (d *deployed) relay() {
	d.t.Helper()
	if got := d.functions["relay"]([]byte(`{"task":"scan"}`), 5*time.Minute); got.failure != "" {
		d.t.Fatalf("relay: %s", got.failure)
	}
}

func (d *deployed) items() store.Walker { return d.store }
