package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"milepost/internal/api"
	"milepost/internal/authn"
	"milepost/internal/fault"
	"milepost/internal/tracker/trackertest"
)

// A log line says who did what, how it went and what it cost; nothing that a
// caller wrote stands in it.
func TestLogTellsNoSecrets(t *testing.T) {
	d := open(t)
	a := d.active()
	d.log.Reset()
	secret := "hunter2"
	d.must(ask{as: trackertest.Operator, method: "POST", path: "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"]) + "/start", match: 1,
		header: map[string]string{"User-Agent": secret}})
	d.do(ask{as: trackertest.Manager, path: "/awards?token=" + secret, body: `{"` + secret + `":1}`})
	d.do(ask{as: secret, path: "/" + secret})
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines for 3 requests:\n%s", len(lines), d.log)
	}
	if strings.Contains(d.log.String(), secret) || strings.Contains(d.log.String(), "Bearer") {
		t.Errorf("a caller's text is in the log:\n%s", d.log)
	}
	var line struct {
		RequestID, Method, Operation, Actor string
		Status, ItemsRead, ItemsWritten     int
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Operation != "startMilestone" || line.Actor != string(d.People[trackertest.Operator]) || line.Status != 200 || line.ItemsWritten != 3 ||
		line.ItemsRead == 0 || line.RequestID == "" || line.Method != "POST" {
		t.Errorf("the line of a start is %s", lines[0])
	}
}

type broken struct{ err error }

func (b broken) Verify(context.Context, string) (authn.Identity, error) {
	if b.err == nil {
		panic("a secret detail")
	}
	return authn.Identity{}, b.err
}

func TestStrangersHearNothing(t *testing.T) {
	for name, err := range map[string]error{"panic": nil, "error": errors.New("a secret detail")} {
		d := open(t, func(o *api.Options) { o.Verifier = broken{err} })
		got := d.do(ask{as: "x", path: "/awards", body: "{}"})
		if got.status != 500 || strings.Contains(string(got.body), "secret") || into[api.Problem](t, got).Code != "internal.error" {
			t.Errorf("%s = %d %s", name, got.status, got.body)
		}
		if !strings.Contains(d.log.String(), "a secret detail") || !strings.Contains(d.log.String(), `"level":"ERROR"`) {
			t.Errorf("%s: the log does not say why:\n%s", name, d.log)
		}
	}
}

// That something is out of reach says nothing to whoever looks after it: the
// log says why, and the caller hears nothing of that.
func TestLogSaysWhyItIsBusy(t *testing.T) {
	cause := &fault.Error{Kind: fault.Busy, Code: authn.CodeIssuerUnreachable, Cause: errors.New("no route to a secret host")}
	d := open(t, func(o *api.Options) { o.Verifier = broken{cause} })
	got := d.do(ask{as: "x", path: "/awards", body: "{}"})
	if got.status != 503 || strings.Contains(string(got.body), "secret") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if line := d.log.String(); !strings.Contains(line, `"reason":"no route to a secret host"`) || !strings.Contains(line, `"level":"INFO"`) {
		t.Errorf("the log does not say why:\n%s", line)
	}
}

func TestCrossOriginIsRefused(t *testing.T) {
	d := open(t)
	d.hold([]refusal{{"another site", ask{as: trackertest.Manager, path: "/awards", body: "{}", header: map[string]string{"Sec-Fetch-Site": "cross-site"}},
		403, "request.crossOrigin", nil}})
}

func TestProbes(t *testing.T) {
	ready := errors.New("not yet")
	d := open(t, func(o *api.Options) { o.Ready = func(context.Context) error { return ready } })
	for path, want := range map[string]int{"//livez": 200, "//readyz": 503, "//version": 200} {
		if got := d.do(ask{path: path}); got.status != want {
			t.Errorf("%s = %d %s, want %d", path, got.status, got.body, want)
		}
	}
	ready = nil
	if got := d.do(ask{path: "//readyz"}); got.status != 200 {
		t.Errorf("/readyz = %d %s, want 200", got.status, got.body)
	}
}

func TestDocumentationWorksOffline(t *testing.T) {
	d := open(t)
	page := d.must(ask{path: "//api/docs"})
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self' 'sha256-") || strings.Contains(policy, "https:") {
		t.Errorf("policy %q", policy)
	}
	for _, at := range []string{"src=", "href="} {
		for rest := string(page.body); ; {
			_, found, ok := strings.Cut(rest, at+`"`)
			if !ok {
				break
			}
			link, after, _ := strings.Cut(found, `"`)
			rest = after
			if got := d.must(ask{path: "/" + link}); len(got.body) == 0 {
				t.Errorf("%s is empty", link)
			}
		}
	}
	for _, path := range []string{"//api/openapi.yaml", "//api/openapi.json"} {
		if got := d.must(ask{path: path}); !strings.Contains(string(got.body), "createAward") {
			t.Errorf("%s = %.80s", path, got.body)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	d := open(t)
	for _, path := range []string{"/awards", "//livez", "//nothing"} {
		got := d.do(ask{path: path})
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.header.Get(name), want)
			}
		}
		if got.status == http.StatusUnauthorized && got.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: no challenge", path)
		}
	}
}
