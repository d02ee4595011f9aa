package session_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/authn/authntest"
	"milepost/internal/console/session"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// counting counts what is asked of a store.
type counting struct {
	store.Store
	reads, writes atomic.Int64
}

func (c *counting) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, keys...)
}

func (c *counting) Transact(ctx context.Context, token string, ops ...store.Op) error {
	c.writes.Add(1)
	return c.Store.Transact(ctx, token, ops...)
}

const localIssuer = "http://127.0.0.1/issuer"

// personas are two, and one whom nobody knows.
func personas(context.Context) ([]session.Persona, error) {
	person := func(subject string, role portfolio.Role) session.Persona {
		return session.Persona{Login: portfolio.Login{Issuer: localIssuer, Subject: subject}, Names: portfolio.Names{EN: subject}, Role: role}
	}
	return []session.Persona{person("manager", portfolio.ProgrammeManager), person("auditor", portfolio.Auditor),
		person("manager2", portfolio.ProgrammeManager), person("stranger", "")}, nil
}

// site is a console of a few pages, over HTTP.
type site struct {
	*httptest.Server
	*clock
	db       *sqlite.Store
	store    *counting
	sessions *session.Sessions
	log      *bytes.Buffer
	issuer   *authntest.Issuer // nil without
}

type option func(*session.Options)

// newSite opens a site where one chooses a persona; options change it.
func newSite(t testing.TB, change ...option) *site {
	t.Helper()
	s := &site{clock: &clock{}, log: &bytes.Buffer{}}
	s.at.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	var err error
	if s.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: sqlite.Memory, Now: s.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	s.store = &counting{Store: s.db}
	var handler atomic.Value
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.Load().(http.Handler).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	o := session.Options{
		Store: s.store, Now: s.now, Entropy: rand.Reader, PublicURL: s.URL, Personas: personas,
		Logger: slog.New(slog.NewJSONHandler(&locked{to: s.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Known: func(_ context.Context, l portfolio.Login) error {
			if l.Subject == "stranger" {
				return fault.New(fault.Forbidden, "auth.unknownPerson")
			}
			return nil
		},
	}
	for _, c := range change {
		c(&o)
	}
	if s.sessions, err = session.New(o); err != nil {
		t.Fatal(err)
	}
	handler.Store(s.sessions.Wrap(s.pages(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	return s
}

// newIssued opens a site where one signs in at an issuer.
func newIssued(t testing.TB, change ...option) *site {
	t.Helper()
	var issuer *authntest.Issuer
	s := newSite(t, append([]option{func(o *session.Options) {
		issuer = authntest.New(t, o.Now)
		flow, err := authn.NewCodeFlow(authn.CodeFlowOptions{
			Verifier:    authn.Options{Issuer: issuer.URL, Audience: authntest.Client, Now: o.Now},
			RedirectURL: o.PublicURL + session.Callback,
		})
		if err != nil {
			t.Fatal(err)
		}
		o.Provider, o.Personas = flow, nil
	}}, change...)...)
	s.issuer = issuer
	return s
}

type locked struct {
	mu sync.Mutex
	to io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// pages answer what a test asks of a session, without a page's looks.
func (s *site) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		l, ok := session.Login(r.Context())
		if !ok {
			http.Redirect(w, r, session.PageFor(r), http.StatusSeeOther)
			return
		}
		_, _ = io.WriteString(w, l.Subject)
	})
	mux.HandleFunc(session.Page, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.RawQuery) })
	mux.HandleFunc("POST /flash", func(_ http.ResponseWriter, r *http.Request) {
		_ = s.sessions.Flash(r.Context(), map[string]string{"text": r.FormValue("v")})
	})
	mux.HandleFunc("/take", func(w http.ResponseWriter, r *http.Request) {
		var v map[string]string
		if s.sessions.Take(r.Context(), &v) {
			_, _ = io.WriteString(w, v["text"])
		}
	})
	mux.HandleFunc("POST /put", func(w http.ResponseWriter, r *http.Request) {
		if err := s.sessions.Put(r.Context(), r.FormValue("k"), r.FormValue("v")); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, s.sessions.Get(r.Context(), r.FormValue("k")))
	})
	return mux
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	t    testing.TB
	site *site
	*http.Client
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer.
type page struct {
	status   int
	location string
	body     string
	header   http.Header
	cookies  []*http.Cookie
}

func (b *browser) do(method, address string, form url.Values, header ...string) page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site.URL + address
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header.Get("Location"), string(text), answer.Header, answer.Cookies()}
}

func (b *browser) get(address string, header ...string) page {
	b.t.Helper()
	return b.do(http.MethodGet, address, nil, header...)
}

func (b *browser) post(address string, pairs ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, address, form)
}

// follow follows redirects to the end.
func (b *browser) follow(p page) page {
	b.t.Helper()
	for range 10 {
		if p.location == "" {
			return p
		}
		p = b.get(p.location)
	}
	b.t.Fatal("redirects without end")
	return p
}

// be signs in as a persona.
func (b *browser) be(subject string) *browser {
	b.t.Helper()
	if p := b.post(session.PersonaPath, "persona", subject); p.status != http.StatusSeeOther || strings.Contains(p.location, "problem") {
		b.t.Fatalf("sign in as %s: %d to %q", subject, p.status, p.location)
	}
	return b
}

func (b *browser) wantWho(want string) {
	b.t.Helper()
	if p := b.get("/who"); p.status != http.StatusOK || p.body != want {
		b.t.Errorf("who: %d %q to %q, want %q", p.status, p.body, p.location, want)
	}
}

func (b *browser) wantNobody() page {
	b.t.Helper()
	p := b.get("/who")
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, session.Page) {
		b.t.Errorf("who: %d %q to %q, want nobody", p.status, p.body, p.location)
	}
	return p
}

// token is the browser's, "" for none.
func (b *browser) token() string {
	at, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == session.Cookie {
			return c.Value
		}
	}
	return ""
}

// with puts a token into the browser.
func (b *browser) with(token string) *browser {
	at, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Jar.SetCookies(at, []*http.Cookie{{Name: session.Cookie, Value: token, Path: "/"}})
	return b
}

// stored lists the sessions in the store.
func (s *site) stored(t testing.TB) (all []store.Item) {
	t.Helper()
	err := s.db.Walk(context.Background(), 0, 1, nil, func(i store.Item) error {
		if schema.Transient(i.Key) {
			all = append(all, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// problem is the problem that a page leads to, "" for none.
func problem(t testing.TB, p page) string {
	t.Helper()
	u, err := url.Parse(p.location)
	if err != nil || u.Path != session.Page || p.status != http.StatusSeeOther {
		t.Errorf("%d %q to %q, want the sign-in page", p.status, p.body, p.location)
		return ""
	}
	return u.Query().Get("problem")
}

// logged reports whether a text stands in the log.
func (s *site) logged(text string) bool { return strings.Contains(s.log.String(), text) }

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
