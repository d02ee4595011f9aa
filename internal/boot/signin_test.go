package boot_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/authn/authntest"
	"milepost/internal/boot"
	"milepost/internal/config"
	"milepost/internal/console/session"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

func openApp(t *testing.T, dir string) *boot.App {
	t.Helper()
	app, err := boot.Open(t.Context(), boot.Place{DataDir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return app
}

// listening serves the sessions that a configuration makes, with a page that
// says who is signed in.
func listening(t *testing.T, app *boot.App, c config.Serve) (address string, sessions *session.Sessions) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.PublicURL = server.URL
	o, err := boot.ServeSessions(c, app, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if sessions, err = session.New(o); err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", sessions.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, _ := session.Login(r.Context())
		w.Header().Set("X-Who", l.Subject)
	}), http.NotFound))
	return server.URL, sessions
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func whoIs(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	answer, err := browser.Get(address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.Header.Get("X-Who")
}

// Under --dev one may be whoever has a login of the local issuer, and nobody
// else.
func TestServeDevSessions(t *testing.T) {
	app := openApp(t, t.TempDir())
	local := func(subject string) portfolio.Login { return portfolio.Login{Issuer: boot.DevIssuer, Subject: subject} }
	if _, err := app.Tracker.Initialise(t.Context(), portfolio.Names{ZH: "admin"}, local("admin")); err != nil {
		t.Fatal(err)
	}
	admin, err := app.Tracker.Authenticated(t.Context(), local("admin"))
	if err != nil {
		t.Fatal(err)
	}
	today := app.Tracker.Today()
	made, err := app.Tracker.CreateProgramme(t.Context(), admin, tracker.NewProgramme{Code: "P", Names: portfolio.Names{ZH: "P"}, GoLiveOn: today})
	if err != nil {
		t.Fatal(err)
	}
	for subject, issuer := range map[string]string{"manager": boot.DevIssuer, "nobody": boot.DevIssuer, "elsewhere": "https://id.example"} {
		l := portfolio.Login{Issuer: issuer, Subject: subject}
		person, err := app.Tracker.CreatePerson(t.Context(), admin, portfolio.Person{Names: portfolio.Names{ZH: subject}, Logins: []portfolio.Login{l}})
		if err != nil {
			t.Fatal(err)
		}
		if subject != "manager" {
			continue
		}
		call, err := app.Tracker.Authenticated(t.Context(), l)
		if err != nil {
			t.Fatal(err, person)
		}
		_, err = app.Tracker.GrantMembership(t.Context(), admin, call.Person.ID, portfolio.Grant{
			Role: portfolio.ProgrammeManager, Scope: portfolio.Scope{Kind: portfolio.InProgramme, ID: made.Aggregate},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	address, sessions := listening(t, app, config.Serve{Dev: true, SignIn: config.SignIn{Idle: time.Hour, Max: time.Hour}})
	choices, err := sessions.Choices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range choices.Groups {
		for _, p := range g.Personas {
			got = append(got, string(g.Role)+" "+p.Login.Subject+" "+p.Names.In("zh"))
		}
	}
	want := []string{"programmeManager manager manager", "administrator admin admin", " nobody nobody"}
	if diff := cmp.Diff(want, got); diff != "" || choices.Provider {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	browser := newBrowser(t)
	for _, step := range []struct{ choose, want string }{{"elsewhere", ""}, {"manager", "manager"}, {"elsewhere", "manager"}, {"nobody", "nobody"}} {
		answer, err := browser.PostForm(address+session.PersonaPath, url.Values{"persona": {step.choose}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := whoIs(t, browser, address); got != step.want {
			t.Errorf("after choosing %s one is %q, want %q", step.choose, got, step.want)
		}
	}
}

// With a client id one signs in at the issuer, as the person whom the API
// knows by the same login.
func TestServeIssuerSessions(t *testing.T) {
	app := openApp(t, t.TempDir())
	issuer := authntest.New(t, time.Now)
	issuer.Set(func(s *authntest.Settings) { s.Secret = "s" })
	c := config.Serve{Issuer: issuer.URL, Audience: "api", SignIn: config.SignIn{
		ClientID: authntest.Client, ClientSecret: config.NewSecret("s"), Idle: time.Hour, Max: time.Hour}}
	address, _ := listening(t, app, c)
	browser := newBrowser(t)
	enter := func() string {
		answer, err := browser.Get(address + session.SignInPath + "?return=/page")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.Request.URL.RequestURI()
	}
	if at := enter(); at != "/sign-in?problem=unknown&return=%2Fpage" || whoIs(t, browser, address) != "" {
		t.Errorf("somebody without a person comes to %s", at)
	}
	if _, err := app.Tracker.Initialise(t.Context(), portfolio.Names{ZH: "x"}, portfolio.Login{Issuer: issuer.URL, Subject: "somebody"}); err != nil {
		t.Fatal(err)
	}
	if at := enter(); at != "/page" || whoIs(t, browser, address) != "somebody" {
		t.Errorf("somebody comes to %s", at)
	}
	o, err := boot.ServeSessions(config.Serve{Issuer: issuer.URL, PublicURL: "https://m.example"}, app, slog.New(slog.DiscardHandler))
	if err != nil || o.Provider != nil || o.Personas != nil || !o.Secure {
		t.Errorf("without a client id: %+v, %v", o, err)
	}
}

// The console of `milepost serve` is signed in to as it is configured.
func TestServedConsole(t *testing.T) {
	dir := t.TempDir()
	if _, err := boot.Initialise(t.Context(), dir, "Alice Adminova", boot.DevIssuer, "alice"); err != nil {
		t.Fatal(err)
	}
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	page := func(browser *http.Client, c config.Serve, form url.Values) string {
		c.DataDir, c.Listen = dir, "127.0.0.1:0"
		host, err := boot.NewHost(t.Context(), c, catalogs, "test", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer host.Close()
		server := httptest.NewServer(host.Handler)
		defer server.Close()
		if form != nil {
			answer, err := browser.PostForm(server.URL+session.PersonaPath, form)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
		}
		answer, err := browser.Get(server.URL + session.Page)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	issuer := authntest.New(t, time.Now)
	browser := newBrowser(t)
	issued := config.Serve{Issuer: issuer.URL, Audience: "api", PublicURL: "http://127.0.0.1:8080"}
	if text := page(browser, config.Serve{Dev: true}, nil); !strings.Contains(text, `value="alice"`) {
		t.Errorf("--dev offers nobody: %s", text)
	}
	if text := page(browser, config.Serve{Dev: true}, url.Values{"persona": {"alice"}}); !strings.Contains(text, session.SignOutPath) {
		t.Errorf("signed in, one cannot sign out: %s", text)
	}
	if text := page(newBrowser(t), issued, nil); strings.Contains(text, session.SignInPath) {
		t.Errorf("without a client id there is a way to sign in: %s", text)
	}
	issued.SignIn.ClientID = authntest.Client
	if text := page(newBrowser(t), issued, nil); !strings.Contains(text, session.SignInPath) {
		t.Errorf("with a client id there is no way to sign in: %s", text)
	}
}

// signedIn puts a session into a store.
func signedIn(t *testing.T, s store.Store, hash string, expires time.Time) store.Key {
	t.Helper()
	item, err := schema.SessionRecord(hash, schema.Session{Begun: 1, Seen: 1, Mark: "m"}, expires.Unix()).Item(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Transact(t.Context(), "session-"+hash, store.PutOp(item, store.Absent)); err != nil {
		t.Fatal(err)
	}
	return item.Key
}

func isThere(t *testing.T, s store.Store, key store.Key) bool {
	t.Helper()
	items, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return items[0] != nil
}

// Who is signed in is neither copied nor backed up, is no difference between
// two places, and nothing for verify.
func TestSessionsStayBehind(t *testing.T) {
	from := filled(t)
	s := openFile(t, from)
	key := signedIn(t, s, "here", time.Now().Add(time.Hour))
	verified(t, from)

	to := filepath.Join(t.TempDir(), "copy")
	first := copied(t, boot.CopyOptions{From: from, To: to})
	other := openFile(t, to)
	there := signedIn(t, other, "there", time.Now().Add(time.Hour))
	if got := copied(t, boot.CopyOptions{From: from, To: to}); !first.Same() || !got.Same() || got.Written != 0 || got.Items != first.Items {
		t.Errorf("copied %+v, then %+v", first, got)
	}
	if isThere(t, other, key) || !isThere(t, other, there) {
		t.Error("a copy carries sessions, or ends them")
	}

	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := boot.Backup(t.Context(), from, backup); err != nil {
		t.Fatal(err)
	}
	if isThere(t, openFile(t, backup), key) {
		t.Error("a session is in the backup")
	}
	if !isThere(t, s, key) {
		t.Error("the backup ended a session")
	}
	verified(t, backup)
	if left, err := filepath.Glob(filepath.Join(backup, "*")); err != nil || strings.Contains(strings.Join(left, " "), "-journal") {
		t.Errorf("the backup holds %q, %v", left, err)
	}
}

func TestPurge(t *testing.T) {
	s := openFile(t, t.TempDir())
	now := time.Now()
	var over, lasting []store.Key
	for n := range 120 {
		over = append(over, signedIn(t, s, fmt.Sprint("over", n), now.Add(-time.Duration(n)*time.Minute)))
	}
	lasting = append(lasting, signedIn(t, s, "lasting", now.Add(time.Minute)))
	if n, err := boot.Purge(t.Context(), s, now); n != len(over) || err != nil {
		t.Errorf("purged %d, %v", n, err)
	}
	for _, key := range over {
		if isThere(t, s, key) {
			t.Errorf("%s is there", key)
		}
	}
	if !isThere(t, s, lasting[0]) {
		t.Error("a session that lasts was purged")
	}
	if n, err := boot.Purge(t.Context(), s, now); n != 0 || err != nil {
		t.Errorf("purged %d again, %v", n, err)
	}
}
