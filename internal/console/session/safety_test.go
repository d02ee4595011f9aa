package session_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost/internal/console/session"
	"milepost/internal/store"
	"milepost/internal/store/storetest"
)

// A token that somebody else chose, or knew before, is worth nothing after the
// sign-in.
func TestFixation(t *testing.T) {
	s := newIssued(t)
	chosen := strings.Repeat("C", 43)
	victim := s.browser(t).with(chosen)
	victim.follow(victim.get(session.SignInPath))
	if victim.token() == chosen {
		t.Error("the session took a token that a browser brought")
	}
	s.browser(t).with(chosen).wantNobody()

	// A session that was begun by another, who knows its token.
	attacker := s.browser(t)
	attacker.get(session.SignInPath)
	known := attacker.token()
	if known == "" {
		t.Fatal("there is no session before the sign-in")
	}
	victim = s.browser(t).with(known)
	victim.wantNobody()
	end := victim.follow(victim.get(session.SignInPath + "?return=/who"))
	if end.body != "somebody" || victim.token() == known {
		t.Errorf("signed in as %q under %q", end.body, victim.token())
	}
	attacker.wantNobody()
}

// Being somebody else is another session, and nothing of the first comes along.
func TestAnotherPersona(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	b.post("/put", "k", "draft", "v", "of the manager")
	b.post("/flash", "v", "of the manager")
	before := b.token()
	b.be("auditor").wantWho("auditor")
	if b.token() == before || b.get("/get?k=draft").body != "" || b.get("/take").body != "" {
		t.Error("the session of one persona went on as that of another")
	}
	s.browser(t).with(before).wantNobody()
}

func TestPersonaRefusals(t *testing.T) {
	s := newSite(t)
	cross := map[string][]string{
		"of another site":     {"Sec-Fetch-Site", "cross-site"},
		"of a sister site":    {"Sec-Fetch-Site", "same-site"},
		"with its origin":     {"Origin", "https://evil.example"},
		"by a name of theirs": {"Host", "evil.example", "Origin", "http://evil.example"},
		"by no name":          {"Host", "10.0.0.1"},
	}
	for name, header := range cross {
		b := s.browser(t)
		p := b.do(http.MethodPost, session.PersonaPath, map[string][]string{"persona": {"manager"}}, header...)
		if p.status != http.StatusForbidden || len(p.cookies) > 0 {
			t.Errorf("a form %s: %d with %v", name, p.status, p.cookies)
		}
	}
	for _, host := range []string{"localhost:80", "LOCALHOST", "[::1]:80", "127.0.0.9", strings.TrimPrefix(s.URL, "http://")} {
		p := s.browser(t).do(http.MethodPost, session.PersonaPath, map[string][]string{"persona": {"manager"}}, "Host", host)
		if p.status != http.StatusSeeOther {
			t.Errorf("by %s: %d", host, p.status)
		}
	}
	b := s.browser(t)
	if p := b.post(session.PersonaPath, "persona", "nobody", "return", "/who"); problem(t, p) != "persona" || !strings.Contains(p.location, "return=%2Fwho") {
		t.Errorf("nobody: to %q", p.location)
	}
	if p := b.post(session.PersonaPath, "persona", "stranger"); problem(t, p) != "unknown" {
		t.Errorf("a stranger: to %q", p.location)
	}
	if p := b.post(session.PersonaPath, "persona", strings.Repeat("x", 9000)); p.status != http.StatusBadRequest {
		t.Errorf("a big form: %d", p.status)
	}
	b.wantNobody()
	for path, allow := range map[string]string{session.PersonaPath: "POST", session.SignOutPath: "POST"} {
		if p := b.get(path); p.status != http.StatusMethodNotAllowed || p.header.Get("Allow") != allow {
			t.Errorf("GET %s: %d, Allow %q", path, p.status, p.header.Get("Allow"))
		}
	}
	if p := b.get(session.SignInPath); p.status != http.StatusNotFound { // there is no issuer
		t.Errorf("GET %s: %d", session.SignInPath, p.status)
	}
}

func TestSignOutOfAnotherSite(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	if p := b.do(http.MethodPost, session.SignOutPath, nil, "Sec-Fetch-Site", "cross-site"); p.status != http.StatusForbidden {
		t.Errorf("sign-out: %d", p.status)
	}
	if p := b.get(session.SignOutPath); p.status != http.StatusMethodNotAllowed {
		t.Errorf("sign-out by a link: %d", p.status)
	}
	b.wantWho("manager")
}

// Only addresses of this site lead on after a sign-in.
func TestLocal(t *testing.T) {
	for _, address := range []string{"/", "/who", "/awards/awd_1?tab=money&q=%E7%BB%93", "/a/", "/a%20b", "/sign-in-help"} {
		if got := session.Local(address); got != address {
			t.Errorf("Local(%q) = %q", address, got)
		}
	}
	for _, address := range []string{
		"", "//evil.example", `/\evil.example`, `\\evil.example`, `\/evil.example`, "https://evil.example", "https:evil.example", "javascript:alert(1)",
		"/%2F%2Fevil.example", "/%2Fevil.example", "/%5Cevil.example", "/%5c%5cevil.example", "///evil.example", "/a//evil.example", "/a/../..//evil.example",
		"/./who", "/a/../who", "/%2e%2e/who", "who", "evil.example", "/\t/evil.example", "/\n/evil.example", "/%09/evil.example", "/%0d%0aSet-Cookie:x", "/ /evil.example",
		"/who#//evil.example", "/\x00", "/\x7f", "/a\xff", "/sign-in", "/sign-in?return=/sign-in", "/session/sign-in", "/session/callback?code=x", "@evil.example", "/%zz",
		"/" + strings.Repeat("a", 2048),
	} {
		if got := session.Local(address); got != "/" {
			t.Errorf("Local(%q) = %q", address, got)
		}
	}
}

// And so do the ways that lead there: whatever is asked for, the browser stays.
func TestNoOpenRedirect(t *testing.T) {
	s, issued := newSite(t), newIssued(t)
	for _, address := range []string{"//evil.example", `/\evil.example`, "https://evil.example/", "/%2F%2Fevil.example"} {
		if p := s.browser(t).post(session.PersonaPath, "persona", "manager", "return", address); p.location != "/" {
			t.Errorf("persona with %q: to %q", address, p.location)
		}
		if p := s.browser(t).post(session.PersonaPath, "persona", "nobody", "return", address); strings.Contains(p.location, "evil") {
			t.Errorf("a refused persona with %q: to %q", address, p.location)
		}
		b := issued.browser(t)
		p := b.do(http.MethodGet, session.SignInPath+"?return="+strings.ReplaceAll(strings.ReplaceAll(address, "%", "%25"), `\`, "%5C"), nil)
		if back := b.get(b.get(p.location).location); back.status != http.StatusSeeOther || back.location != "/" {
			t.Errorf("sign-in with %q: %d to %q", address, back.status, back.location)
		}
	}
}

func TestPageFor(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	for path, want := range map[string]string{
		"/who":       "/sign-in?return=%2Fwho",
		"/who?a=b&c": "/sign-in?return=%2Fwho%3Fa%3Db%26c",
	} {
		if p := b.get(path); p.location != want {
			t.Errorf("GET %s leads to %q, want %q", path, p.location, want)
		}
	}
	if p := b.post("/who"); p.location != "/sign-in" {
		t.Errorf("POST leads to %q", p.location)
	}
}

// Requests of one session at once: each keeps what it changed, and a session
// that one of them ends does not come back by another.
func TestConcurrentRequests(t *testing.T) {
	s := newSite(t)
	b := s.browser(t).be("manager")
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			b.post("/put", "k", fmt.Sprint("k", n), "v", fmt.Sprint(n))
			b.get("/who")
		})
	}
	wg.Wait()
	for n := range 12 {
		if p := b.get(fmt.Sprint("/get?k=k", n)); p.body != fmt.Sprint(n) {
			t.Errorf("k%d = %q", n, p.body)
		}
	}
	b.wantWho("manager")
}

// The worst moment: a request has read the session and changed it, and before
// it is written, another one signs out.
func TestSignedOutMeanwhile(t *testing.T) {
	for _, path := range []string{"/put", "/flash", "/touch"} {
		var once sync.Once
		var meanwhile func()
		s := newSite(t, func(o *session.Options) {
			o.Store = storetest.Hook(o.Store, func(_ context.Context, ops []store.Op) {
				if meanwhile != nil && ops[0].Verb == store.Put {
					once.Do(meanwhile)
				}
			})
		})
		b := s.browser(t).be("manager")
		token := b.token()
		meanwhile = func() { s.browser(t).with(token).post(session.SignOutPath) }
		if path == "/touch" {
			s.advance(10 * time.Minute)
			b.get("/get?k=x")
		} else if p := b.post(path, "k", "x", "v", "y"); p.status != http.StatusOK || len(p.cookies) > 0 {
			t.Errorf("%s: %d with %v", path, p.status, p.cookies)
		}
		if n := len(s.stored(t)); n != 0 {
			t.Errorf("%s: %d sessions", path, n)
		}
		b.wantNobody()
	}
}

// A token that was signed out never signs in again, whatever happens around
// it, and no session ever turns into another's.
func TestSignedOutForGood(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		s := newSite(t, func(o *session.Options) {
			o.Store = storetest.Flaky(o.Store, seed, 3)
			o.Idle, o.Max = 40*time.Minute, 2*time.Hour
		})
		defer s.Close()
		type held struct {
			b     *browser
			who   string // "" for nobody
			until time.Time
			used  time.Time
		}
		browsers := []*held{{b: s.browser(t)}, {b: s.browser(t)}}
		dead := map[string]bool{}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			h := rapid.SampledFrom(browsers).Draw(rt, "browser")
			alive := h.who != "" && s.now().Before(h.until) && s.now().Before(h.used.Add(40*time.Minute))
			switch rapid.SampledFrom([]string{"in", "out", "who", "put", "flash", "wait", "old"}).Draw(rt, "step") {
			case "in":
				if old := h.b.token(); old != "" {
					dead[old] = true
				}
				who := rapid.SampledFrom([]string{"manager", "auditor"}).Draw(rt, "persona")
				h.b.be(who)
				h.who, h.until, h.used = who, s.now().Add(2*time.Hour), s.now()
			case "out":
				if old := h.b.token(); old != "" {
					dead[old] = true
				}
				h.b.post(session.SignOutPath)
				h.who = ""
			case "put":
				h.b.post("/put", "k", "x", "v", fmt.Sprint(rand.Int()))
			case "flash":
				h.b.post("/flash", "v", "x")
			case "wait":
				s.advance(time.Duration(rapid.IntRange(1, 50).Draw(rt, "minutes")) * time.Minute)
				continue
			case "old":
				for token := range dead {
					s.browser(t).with(token).wantNobody()
				}
				continue
			case "who":
				p := h.b.get("/who")
				if got := p.status == http.StatusOK; got && p.body != h.who || got && h.who == "" {
					rt.Fatalf("signed in as %q, should be %q", p.body, h.who)
				}
			}
			if p := h.b.get("/who"); alive && h.who != "" && p.body != h.who && s.now().Before(h.used.Add(30*time.Minute)) && s.now().Before(h.until) {
				rt.Fatalf("%q was signed out: %d to %q", h.who, p.status, p.location)
			}
			if alive {
				h.used = s.now()
			}
		}
		for token := range dead {
			s.browser(t).with(token).wantNobody()
		}
		if t.Failed() {
			rt.Fatal("see above")
		}
	})
}
