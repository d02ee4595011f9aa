package session_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/authn"
	"milepost/internal/authn/authntest"
	"milepost/internal/console/session"
	"milepost/internal/portfolio"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/storetest"
)

// From a page, over the issuer, back to the page, as the person whom the API's
// tokens name.
func TestSignInAtTheIssuer(t *testing.T) {
	var asked []portfolio.Login
	s := newIssued(t, func(o *session.Options) {
		known := o.Known
		o.Known = func(ctx context.Context, l portfolio.Login) error { asked = append(asked, l); return known(ctx, l) }
	})
	b := s.browser(t)
	page, err := url.Parse(b.get("/who?tab=money").location)
	if err != nil || page.Path != session.Page {
		t.Fatalf("to %q, %v", page, err)
	}
	start := b.get(session.SignInPath + "?return=" + url.QueryEscape(page.Query().Get("return")))
	to, err := url.Parse(start.location)
	if err != nil || start.status != http.StatusSeeOther || !strings.HasPrefix(start.location, s.issuer.URL+"/authorize?") {
		t.Fatalf("start: %d to %q", start.status, start.location)
	}
	q := to.Query()
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) != 43 {
			t.Errorf("%s = %q", name, q.Get(name))
		}
		q.Del(name)
	}
	want := url.Values{"client_id": {authntest.Client}, "redirect_uri": {s.URL + session.Callback}, "response_type": {"code"},
		"scope": {"openid"}, "code_challenge_method": {"S256"}}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Errorf("asked of the issuer (-want +got):\n%s", diff)
	}
	back := b.get(b.get(start.location).location)
	if back.location != "/who?tab=money" || back.header.Get("Referrer-Policy") != "no-referrer" || back.header.Get("Cache-Control") != "no-store" {
		t.Errorf("back: %d to %q, %v", back.status, back.location, back.header)
	}
	b.wantWho("somebody")
	if diff := cmp.Diff([]portfolio.Login{{Issuer: s.issuer.URL, Subject: "somebody"}}, asked); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
	forms, headers := s.issuer.Codes()
	if len(forms) != 1 || headers[0] != "" || forms[0].Get("client_id") != authntest.Client || forms[0].Has("client_secret") {
		t.Errorf("codes: %v %v", forms, headers)
	}
	stored := s.stored(t)
	if len(stored) != 1 || strings.Contains(string(stored[0].Body), "pending") {
		t.Errorf("left: %s", asJSON(stored))
	}
}

func TestAnotherAccount(t *testing.T) {
	s := newIssued(t)
	to, err := url.Parse(s.browser(t).get(session.SignInPath + "?account=other").location)
	if err != nil || to.Query().Get("prompt") != "login" {
		t.Errorf("to %q, %v", to, err)
	}
}

// begin starts a sign-in and returns where the issuer sends the browser back to.
func (b *browser) begin() string {
	b.t.Helper()
	return b.get(b.get(session.SignInPath + "?return=/who").location).location
}

// What the issuer answers is believed only as far as it is for this sign-in of
// this client, now.
func TestHostileAnswers(t *testing.T) {
	claim := func(name string, value any) func(*authntest.Settings) {
		return func(s *authntest.Settings) { s.Claims = func(c map[string]any) { c[name] = value } }
	}
	tests := []struct {
		name, want string
		set        func(*authntest.Settings)
	}{
		{"wrong nonce", "refused", claim("nonce", "other")},
		{"no nonce", "refused", func(s *authntest.Settings) { s.Claims = func(c map[string]any) { delete(c, "nonce") } }},
		{"for another client", "refused", claim("aud", "other")},
		{"for two, made out to the other", "refused", func(s *authntest.Settings) {
			s.Claims = func(c map[string]any) { c["aud"], c["azp"] = []string{authntest.Client, "other"}, "other" }
		}},
		{"for two, made out to nobody", "refused", claim("aud", []string{authntest.Client, "other"})},
		{"of another issuer", "refused", claim("iss", "https://evil.example")},
		{"expired", "refused", claim("exp", 1_000_000_000)},
		{"without end", "refused", func(s *authntest.Settings) { s.Claims = func(c map[string]any) { delete(c, "exp") } }},
		{"not yet", "refused", claim("nbf", 4_000_000_000)},
		{"of nobody", "refused", claim("sub", "")},
		{"an access token", "refused", claim("token_use", "access")},
		{"a foreign key", "refused", func(s *authntest.Settings) { s.ForeignKey = true }},
		{"no ID token", "refused", func(s *authntest.Settings) { s.NoIDToken = true }},
		{"a client of another secret", "refused", func(s *authntest.Settings) { s.Secret = "hidden" }},
		{"codes answered 400", "refused", func(s *authntest.Settings) { s.CodeStatus = http.StatusBadRequest }},
		{"codes answered 500", "issuer", func(s *authntest.Settings) { s.CodeStatus = http.StatusInternalServerError }},
		{"codes sent elsewhere", "refused", func(s *authntest.Settings) { s.CodeMoved = "http://127.0.0.1:1/token" }},
		{"cancelled", "denied", func(s *authntest.Settings) { s.Error = "access_denied" }},
		{"issuer in trouble", "issuer", func(s *authntest.Settings) { s.Error = "temporarily_unavailable" }},
		{"some other error", "refused", func(s *authntest.Settings) { s.Error = "invalid_scope" }},
		{"somebody unknown here", "unknown", func(s *authntest.Settings) { s.Subject = "stranger" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newIssued(t)
			s.issuer.Set(tt.set)
			b := s.browser(t)
			back := b.begin()
			p := b.get(back)
			if got := problem(t, p); got != tt.want || !strings.Contains(p.location, "return=%2Fwho") {
				t.Errorf("to %q, want problem %s and the page", p.location, tt.want)
			}
			b.wantNobody()
			if again := b.get(back); problem(t, again) != "stale" { // it counts once, whatever came of it
				t.Errorf("again: to %q", again.location)
			}
			if !s.logged("sign-in failed") {
				t.Error("the log says nothing")
			}
			s.issuer.Set(func(s *authntest.Settings) { *s = authntest.Settings{Subject: "somebody"} })
			if b.follow(b.get(session.SignInPath+"?return=/who")).body != "somebody" {
				t.Error("a good sign-in afterwards fails")
			}
		})
	}
	s := newIssued(t)
	b := s.browser(t)
	if p := b.get(b.begin() + "&iss=https%3A%2F%2Fevil.example"); problem(t, p) != "refused" { // RFC 9207
		t.Errorf("an answer of another issuer: to %q", p.location)
	}
}

// The state belongs to the browser that began.
func TestStateOfAnotherBrowser(t *testing.T) {
	s := newIssued(t)
	attacker, victim := s.browser(t), s.browser(t)
	back := attacker.begin() // with the attacker's code: the victim would be signed in as them
	if p := victim.get(back); problem(t, p) != "stale" {
		t.Errorf("the victim: to %q", p.location)
	}
	victim.begin()
	if p := victim.get(back); problem(t, p) != "stale" {
		t.Errorf("the victim, who has begun too: to %q", p.location)
	}
	victim.wantNobody()
	for _, query := range []string{"", "?code=x", "?state=", "?state=x&code=y", "?error=access_denied"} {
		if p := victim.get(session.Callback + query); problem(t, p) != "stale" {
			t.Errorf("callback%s: to %q", query, p.location)
		}
	}
	attacker.follow(attacker.get(back))
	attacker.wantWho("somebody")
}

// A code of one sign-in does not fit the state of another of the same browser.
func TestCodesSwapped(t *testing.T) {
	s := newIssued(t)
	b := s.browser(t)
	first, second := b.begin(), b.begin()
	one, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	two, err := url.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	p := b.get(session.Callback + "?" + url.Values{"state": {one.Query().Get("state")}, "code": {two.Query().Get("code")}}.Encode())
	if problem(t, p) != "refused" {
		t.Errorf("to %q", p.location)
	}
	b.wantNobody()
}

// A sign-in counts once, even where the issuer takes codes twice: one after the
// other, and two at once.
func TestReplay(t *testing.T) {
	s := newIssued(t)
	s.issuer.Set(func(s *authntest.Settings) { s.Reuse = true })
	b := s.browser(t)
	back := b.begin()
	before := b.token()
	if p := b.get(back); p.location != "/who" {
		t.Fatalf("to %q", p.location)
	}
	after := b.token()
	thief := s.browser(t).with(before) // knows the address, and the cookie it was answered to
	if p := thief.get(back); problem(t, p) != "stale" {
		t.Errorf("again: to %q", p.location)
	}
	thief.wantNobody()
	if p := b.get(back); problem(t, p) != "stale" || b.token() != after {
		t.Errorf("again in the same browser: to %q", p.location)
	}
	b.wantWho("somebody")

	for range 20 {
		b := s.browser(t)
		back, token := b.begin(), b.token()
		var wg sync.WaitGroup
		good := make(chan string, 4)
		for range cap(good) {
			wg.Go(func() {
				if p := s.browser(t).with(token).get(back); p.location == "/who" {
					good <- p.location
				}
			})
		}
		wg.Wait()
		if len(good) != 1 {
			t.Fatalf("%d of four sign-ins at once with one answer succeed", len(good))
		}
	}
}

// The issuer is asked on first use; where it is down, there is a page.
func TestIssuerDown(t *testing.T) {
	s := newIssued(t)
	s.issuer.Set(func(s *authntest.Settings) { s.Down = true })
	b := s.browser(t)
	if p := b.get(session.SignInPath + "?return=/who"); problem(t, p) != "issuer" || p.location != "/sign-in?problem=issuer&return=%2Fwho" {
		t.Errorf("to %q", p.location)
	}
	if len(s.stored(t)) != 0 {
		t.Error("a sign-in that was not begun is kept")
	}
	s.issuer.Set(func(s *authntest.Settings) { s.Down = false })
	s.advance(2 * time.Second)
	back := b.begin()
	s.issuer.Close()
	if p := b.get(back); problem(t, p) != "issuer" {
		t.Errorf("gone before the code: to %q", p.location)
	}
	b.wantNobody()
}

// One has a quarter of an hour to sign in, in a few tabs at once.
func TestPendingSignIns(t *testing.T) {
	s := newIssued(t)
	b := s.browser(t)
	late := b.begin()
	if got, want := s.stored(t)[0].Expires, s.now().Add(15*time.Minute).Unix(); got != want {
		t.Errorf("what was begun expires at %d, want %d", got, want)
	}
	s.advance(15 * time.Minute)
	if p := b.get(late); problem(t, p) != "stale" {
		t.Errorf("too late: to %q", p.location)
	}
	var backs []string
	for range 6 {
		backs = append(backs, b.begin())
		s.advance(time.Second)
	}
	for n, back := range backs[:2] {
		if p := b.get(back); problem(t, p) != "stale" {
			t.Errorf("%d: to %q", n, p.location)
		}
	}
	if p := b.get(backs[2]); p.location != "/who" {
		t.Errorf("the third of six: to %q", p.location)
	}
	b.wantWho("somebody")
}

// A sign-in that fails leaves a session that is signed in as it was.
func TestFailedSignInWhileSignedIn(t *testing.T) {
	s := newIssued(t)
	b := s.browser(t)
	b.follow(b.get(session.SignInPath))
	s.issuer.Set(func(s *authntest.Settings) { s.Subject = "stranger" })
	if p := b.get(b.begin()); problem(t, p) != "unknown" {
		t.Errorf("to %q", p.location)
	}
	b.wantWho("somebody")
	s.issuer.Set(func(s *authntest.Settings) { s.Subject = "another" })
	b.follow(b.get(session.SignInPath))
	b.wantWho("another")
}

// Signing out leads to the issuer's own sign-out, by a page: a redirect would
// be stopped by form-action 'self'. Here one is signed out before.
func TestSignOutAtTheIssuer(t *testing.T) {
	s := newIssued(t)
	b := s.browser(t)
	b.follow(b.get(session.SignInPath))
	p := b.post(session.SignOutPath)
	query := url.Values{"client_id": {authntest.Client}, "from": {"discovery"}, "logout_uri": {s.URL + "/sign-in?done=signedOut"},
		"post_logout_redirect_uri": {s.URL + "/sign-in?done=signedOut"}}.Encode()
	if want := "0; url=" + s.issuer.URL + "/logout?" + query; p.status != http.StatusOK || p.header.Get("Refresh") != want || b.token() != "" {
		t.Errorf("sign-out: %d, Refresh %q, want %q", p.status, p.header.Get("Refresh"), want)
	}
	if want := `<a href="` + s.issuer.URL + "/logout?" + strings.ReplaceAll(query, "&", "&amp;"); !strings.Contains(p.body, want) {
		t.Errorf("body %s, want %s", p.body, want)
	}
	b.wantNobody()
	if p := b.post(session.SignOutPath); p.location != "/sign-in?done=signedOut" { // nobody was signed in
		t.Errorf("again: %d to %q", p.status, p.location)
	}

	s = newIssued(t, func(o *session.Options) {
		o.Leading = func(w http.ResponseWriter, _ *http.Request, to string) { w.Header().Set("X-To", to) }
	})
	b = s.browser(t)
	b.follow(b.get(session.SignInPath))
	if p := b.post(session.SignOutPath); !strings.HasPrefix(p.header.Get("X-To"), s.issuer.URL+"/logout?") || b.token() != "" {
		t.Errorf("by a page of the console: %v", p.header)
	}
	s.issuer.Set(func(s *authntest.Settings) {
		s.Discovery = func(d map[string]any) { delete(d, "end_session_endpoint") }
	})
	s.advance(2 * time.Hour) // what was discovered is asked again
	b.follow(b.get(session.SignInPath))
	if p := b.post(session.SignOutPath); p.location != "/sign-in?done=signedOut" {
		t.Errorf("an issuer without sign-out: %d to %q", p.status, p.location)
	}
}

// Everything works where the store loses answers.
func TestSignInOnAFlakyStore(t *testing.T) {
	for seed := range uint64(20) {
		s := newIssued(t, func(o *session.Options) { o.Store = storetest.Flaky(o.Store, seed, 3) })
		b := s.browser(t)
		if p := b.follow(b.get(session.SignInPath + "?return=/who")); p.body != "somebody" {
			t.Fatalf("seed %d: %d %q; %s", seed, p.status, p.body, s.log)
		}
		token := b.token()
		b.post(session.SignOutPath)
		s.browser(t).with(token).wantNobody()
	}
}

// On DynamoDB as on SQLite.
func TestOnDynamoDB(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "sessions on DynamoDB")
		return
	}
	db := dynamotest.Open(t)
	s := newIssued(t, func(o *session.Options) { o.Store = db })
	b := s.browser(t)
	if p := b.follow(b.get(session.SignInPath + "?return=/who")); p.body != "somebody" {
		t.Fatalf("%d %q; %s", p.status, p.body, s.log)
	}
	b.post("/flash", "v", "结清")
	b.post("/put", "k", "draft.form", "v", "a=1\x00&b=")
	s.advance(time.Hour)
	if p := b.get("/take"); p.body != "结清" {
		t.Errorf("takes %q", p.body)
	}
	if p := b.get("/get?k=draft.form"); p.body != "a=1\x00&b=" {
		t.Errorf("get = %q", p.body)
	}
	token := b.token()
	b.post(session.SignOutPath)
	s.browser(t).with(token).wantNobody()
}

// No secret is in the log: neither of the client nor of a sign-in.
func TestNothingSecretIsLogged(t *testing.T) {
	var secrets []string
	s := newIssued(t, func(o *session.Options) {
		flow := o.Provider
		o.Provider = spying{flow, func(a authn.Attempt) { secrets = append(secrets, a.State, a.Nonce, a.Verifier) }}
	})
	b := s.browser(t)
	b.follow(b.get(session.SignInPath))
	s.issuer.Set(func(s *authntest.Settings) { s.CodeStatus = http.StatusBadRequest })
	b.get(b.begin())
	forms, _ := s.issuer.Codes()
	for _, f := range forms {
		secrets = append(secrets, f.Get("code"))
	}
	for _, secret := range append(secrets, b.token()) {
		if secret == "" || s.logged(secret) {
			t.Errorf("%q stands in the log: %s", secret, s.log)
		}
	}
	if len(secrets) != 8 {
		t.Errorf("%d secrets", len(secrets))
	}
}

type spying struct {
	session.Provider
	heard func(authn.Attempt)
}

func (p spying) Address(ctx context.Context, a authn.Attempt) (string, error) {
	p.heard(a)
	return p.Provider.Address(ctx, a)
}
