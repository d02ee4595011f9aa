package session_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/console/session"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// The cookie is what a browser keeps safe, and the store has its hash alone.
func TestCookie(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	p := b.post(session.PersonaPath, "persona", "manager", "return", "/who?x=1")
	if p.status != http.StatusSeeOther || p.location != "/who?x=1" || len(p.cookies) != 1 {
		t.Fatalf("sign-in: %d to %q with %v", p.status, p.location, p.cookies)
	}
	want := fmt.Sprintf("milepost=%s; Path=/; HttpOnly; SameSite=Lax", b.token())
	if got := p.header.Get("Set-Cookie"); got != want || len(b.token()) != 43 {
		t.Errorf("Set-Cookie = %q, want %q", got, want)
	}
	if p.header.Get("Cache-Control") != "no-store" || p.header.Get("Referrer-Policy") != "no-referrer" || p.header.Get("Vary") != "Cookie" {
		t.Errorf("headers: %v", p.header)
	}
	b.wantWho("manager")
	for _, i := range s.stored(t) {
		if text := asJSON(i) + string(i.Body); strings.Contains(text, b.token()) {
			t.Errorf("the store holds the token: %s", text)
		}
	}
	if strings.Contains(s.log.String(), b.token()) || !s.logged("signed in") {
		t.Errorf("log: %s", s.log)
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t, func(o *session.Options) { o.Secure = true })
	p := s.browser(t).post(session.PersonaPath, "persona", "manager")
	got := p.header.Get("Set-Cookie")
	if !strings.HasPrefix(got, "__Host-milepost=") || !strings.HasSuffix(got, "; Path=/; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("Set-Cookie = %q", got)
	}
	// The other name opens nothing: whoever can set cookies without Secure could
	// choose who one is.
	_, token, _ := strings.Cut(strings.Split(got, ";")[0], "=")
	if p := s.browser(t).get("/who", "Cookie", "milepost="+token); p.status == http.StatusOK {
		t.Error("the cookie without prefix signs in")
	}
	if p := s.browser(t).get("/who", "Cookie", "__Host-milepost="+token); p.body != "manager" {
		t.Errorf("who: %d %q", p.status, p.body)
	}
}

// A request of a stranger reads and writes nothing, one with a session reads
// once, and use is recorded every five minutes.
func TestReadsAndWrites(t *testing.T) {
	s := newSite(t)
	cost := func(b *browser, path string) string {
		reads, writes := s.store.reads.Load(), s.store.writes.Load()
		b.get(path)
		return fmt.Sprintf("%d+%d", s.store.reads.Load()-reads, s.store.writes.Load()-writes)
	}
	stranger, b := s.browser(t), s.browser(t).be("manager")
	for _, step := range []struct {
		b     *browser
		after time.Duration
		want  string
	}{
		{stranger, 0, "0+0"}, {s.browser(t).with("short"), 0, "0+0"}, {s.browser(t).with(strings.Repeat("A", 43)), 0, "1+0"},
		{b, 0, "1+0"}, {b, time.Minute, "1+0"}, {b, 3 * time.Minute, "1+0"}, {b, time.Minute, "1+1"}, {b, 0, "1+0"}, {b, time.Hour, "1+1"},
	} {
		s.advance(step.after)
		if got := cost(step.b, "/who"); got != step.want {
			t.Errorf("%s later: %s reads+writes, want %s", step.after, got, step.want)
		}
	}
	stranger.wantNobody()
	if n := len(s.stored(t)); n != 1 {
		t.Errorf("%d sessions, want the one of who signed in", n)
	}
}

func TestIdle(t *testing.T) {
	s := newSite(t, func(o *session.Options) { o.Idle, o.Max = time.Hour, 5*time.Hour })
	b := s.browser(t).be("manager")
	for range 4 {
		s.advance(59 * time.Minute)
		b.wantWho("manager")
	}
	s.advance(time.Hour)
	if p := b.wantNobody(); p.location != "/sign-in?problem=lapsed&return=%2Fwho" {
		t.Errorf("an idle session leads to %q", p.location)
	}
	s.advance(-2 * time.Minute)
	b.wantWho("manager") // it was the clock, not the cookie
}

func TestAbsoluteEnd(t *testing.T) {
	s := newSite(t, func(o *session.Options) { o.Idle, o.Max = 2*time.Hour, 3*time.Hour })
	b := s.browser(t).be("manager")
	for range 2 {
		s.advance(89 * time.Minute)
		b.wantWho("manager")
	}
	s.advance(2 * time.Minute)
	b.wantNobody()
	// However it was used: a change of it does not lengthen its life.
	b = s.browser(t).be("manager")
	for n := range 17 {
		s.advance(10 * time.Minute)
		b.post("/put", "k", "a", "v", fmt.Sprint(n))
	}
	b.wantWho("manager")
	s.advance(10 * time.Minute)
	b.wantNobody()
}

// The item says when the store may delete it: never before the session is over.
func TestExpires(t *testing.T) {
	s := newSite(t, func(o *session.Options) { o.Idle, o.Max = time.Hour, 90*time.Minute })
	b := s.browser(t).be("manager")
	begun := s.now()
	for _, want := range []time.Time{begun.Add(time.Hour), begun.Add(90 * time.Minute)} {
		if got := s.stored(t)[0].Expires; got != want.Unix() {
			t.Errorf("expires %s, want %s", time.Unix(got, 0).UTC(), want)
		}
		s.advance(44 * time.Minute)
		b.wantWho("manager")
	}
}

func TestSignOut(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	token := b.token()
	p := b.post(session.SignOutPath)
	if p.location != "/sign-in?done=signedOut" || b.token() != "" {
		t.Errorf("sign-out: %d to %q, cookie %q", p.status, p.location, b.token())
	}
	b.wantNobody()
	s.browser(t).with(token).wantNobody()
	if n := len(s.stored(t)); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	if p := b.post(session.SignOutPath); p.location != "/sign-in?done=signedOut" { // a page that was open in another tab
		t.Errorf("sign-out again: %d to %q", p.status, p.location)
	}
}

func TestTwoBrowsersDoNotMix(t *testing.T) {
	s := newSite(t)
	one, other := s.browser(t).be("manager"), s.browser(t).be("auditor")
	one.post("/put", "k", "density", "v", "compact")
	one.post("/flash", "v", "for one")
	one.wantWho("manager")
	other.wantWho("auditor")
	if p := other.get("/get?k=density"); p.body != "" {
		t.Errorf("the other's density: %q", p.body)
	}
	if p := other.get("/take"); p.body != "" {
		t.Errorf("the other takes %q", p.body)
	}
	one.post(session.SignOutPath)
	other.wantWho("auditor")
}

func TestValues(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	if p := b.get("/take"); p.body != "" {
		t.Errorf("takes %q of nothing", p.body)
	}
	b.post("/flash", "v", "one")
	b.post("/flash", "v", "结清")
	if p := b.get("/take"); p.body != "结清" {
		t.Errorf("takes %q", p.body)
	}
	if p := b.get("/take"); p.body != "" {
		t.Errorf("takes %q twice", p.body)
	}
	for _, v := range []string{"compact", "a\x00b", strings.Repeat("结", session.MaxValue/3), ""} {
		if p := b.post("/put", "k", "d", "v", v); p.status != http.StatusOK {
			t.Errorf("put %q: %d", v, p.status)
		}
		if p := b.get("/get?k=d"); p.body != v {
			t.Errorf("get = %q, want %q", p.body, v)
		}
	}
	if p := b.post("/put", "k", "big", "v", strings.Repeat("x", session.MaxValue+1)); p.status != http.StatusBadRequest {
		t.Errorf("put too much: %d", p.status)
	}
	full := 0
	for n := range 6 {
		if p := b.post("/put", "k", fmt.Sprint("n", n), "v", strings.Repeat("x", 8000)); p.status == http.StatusBadRequest {
			full++
		}
	}
	if full != 2 { // 32 KiB hold four
		t.Errorf("%d of six values were refused", full)
	}
	b.wantWho("manager")
}

// A value that is put again as it is costs no write.
func TestPutAgain(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	b.post("/put", "k", "density", "v", "compact")
	writes := s.store.writes.Load()
	b.post("/put", "k", "density", "v", "compact")
	if got := s.store.writes.Load() - writes; got != 0 {
		t.Errorf("%d writes", got)
	}
}

func TestChoices(t *testing.T) {
	s := newSite(t)
	got, err := s.sessions.Choices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, g := range got.Groups {
		for _, p := range g.Personas {
			lines = append(lines, string(g.Role)+" "+p.Login.Subject)
		}
	}
	want := []string{"programmeManager manager", "programmeManager manager2", "auditor auditor", " stranger"}
	if diff := cmp.Diff(want, lines); diff != "" || got.Provider || got.None() {
		t.Errorf("%+v (-want +got):\n%s", got, diff)
	}
	if got, err := newIssued(t).sessions.Choices(t.Context()); err != nil || !got.Provider || len(got.Groups) > 0 || got.None() {
		t.Errorf("at an issuer: %+v, %v", got, err)
	}
}

// Where nobody can sign in there is no session, and nothing is read.
func TestNobodyCanSignIn(t *testing.T) {
	s := newSite(t, func(o *session.Options) { o.Personas, o.Known = nil, nil })
	b := s.browser(t).with(strings.Repeat("A", 43))
	b.wantNobody()
	if p := b.post(session.SignOutPath); p.status != http.StatusNotFound {
		t.Errorf("sign-out: %d", p.status)
	}
	if c, err := s.sessions.Choices(t.Context()); err != nil || !c.None() || s.store.reads.Load() != 0 {
		t.Errorf("%+v, %v, %d reads", c, err, s.store.reads.Load())
	}
}

func TestNew(t *testing.T) {
	good := newSite(t)
	for name, change := range map[string]option{
		"store": func(o *session.Options) { o.Store = nil }, "clock": func(o *session.Options) { o.Now = nil },
		"entropy": func(o *session.Options) { o.Entropy = nil }, "log": func(o *session.Options) { o.Logger = nil },
		"who knows": func(o *session.Options) { o.Known = nil }, "life": func(o *session.Options) { o.Max = -1 },
	} {
		o := session.Options{Store: good.store, Now: good.now, Entropy: rand.Reader, Logger: slog.New(slog.DiscardHandler), Personas: personas,
			Known: func(context.Context, portfolio.Login) error { return nil }}
		change(&o)
		if _, err := session.New(o); err == nil {
			t.Errorf("New without %s", name)
		}
	}
}

// Every problem has a text in both languages.
func TestProblemsHaveTexts(t *testing.T) {
	for _, lang := range []string{"en", "zh-CN"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "i18n", "catalog", lang, "console.signin.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for _, p := range session.Problems() {
			if texts["console.signin.problem."+string(p)] == nil {
				t.Errorf("%s: problem %s has no text", lang, p)
			}
		}
		known := map[string]bool{}
		for _, p := range session.Problems() {
			known[string(p)] = true
		}
		for id := range texts {
			if code, ok := strings.CutPrefix(id, "console.signin.problem."); ok && !known[code] {
				t.Errorf("%s: nothing reports %s", lang, code)
			}
		}
	}
}

// An item that cannot be read is no session: who has its token signs in again.
func TestUnreadableSession(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	item := s.stored(t)[0]
	item.Body, item.Version = []byte(`{"type":"session","v":9,"is":{}}`), item.Version+1
	if err := s.db.Transact(t.Context(), "spoil", store.PutOp(item, store.Anything)); err != nil {
		t.Fatal(err)
	}
	if p := b.wantNobody(); problem(t, p) != "lapsed" || !s.logged("session not readable") {
		t.Errorf("to %q, log %s", p.location, s.log)
	}
	b.be("auditor").wantWho("auditor")
}

// A store that does not answer is no session that has ended.
func TestStoreDown(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	if p := b.get("/who"); p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" {
		t.Errorf("who: %d %q", p.status, p.body)
	}
	if p := s.browser(t).post(session.PersonaPath, "persona", "manager"); problem(t, p) != "unavailable" || len(p.cookies) > 0 {
		t.Errorf("sign-in: to %q with %v", p.location, p.cookies)
	}
}
