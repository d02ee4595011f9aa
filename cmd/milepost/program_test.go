package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

const demoReady = `(?s)(http://[0-9.:]+)/  .*Ctrl-C stops it`

func TestDemo(t *testing.T) {
	demo := start(t, nil, demoReady, "demo", "--listen", "127.0.0.1:0")
	for path, want := range map[string]string{
		"/livez": `"ok"`, "/readyz": `"ok"`, "/version": `"version"`, "/": "试用环境", "/sign-in?lang=en": "Choose who you want to be",
		"/api/docs": "<html", "/issuer/.well-known/openid-configuration": `"issuer"`,
	} {
		answer, err := http.Get(demo.url + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("GET %s = %d, %v; want 200 with %q in %.200s", path, answer.StatusCode, err, want, text)
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	inbox, err := browser.PostForm(demo.url+"/session/persona", url.Values{"persona": {"manager"}, "return": {"/"}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(inbox.Body)
	inbox.Body.Close()
	if err != nil || inbox.StatusCode != http.StatusOK || !strings.Contains(string(text), "待您处理") {
		t.Errorf("signing in as a manager = %d, %v: %.200s", inbox.StatusCode, err, text)
	}
	for _, persona := range []string{"manager", "manager2", "finance", "head", "operator_bci", "lead", "auditor", "admin"} {
		demo.ask(http.StatusOK, "GET", "/api/v1/me", demo.token(persona), "", nil, nil)
	}
	if code := demo.stop(); code != exitDone {
		t.Errorf("exit code %d after a stop, want 0: %s", code, demo.err)
	}
	if !strings.HasSuffix(demo.out.String(), "Stopped.\n") {
		t.Errorf("the output does not end with the stop: %q", demo.out)
	}
}

// attentionRow is what the story needs of a row.
type attentionRow struct {
	ID, Award, Number string
	Version           int64
}

// The story of one instalment over HTTP: asked for by the lead, approved by a
// manager who decided no gate of it, paid by finance, read by the auditor, and
// not there for another platform's operator.
func TestStoryOfATranche(t *testing.T) {
	demo := start(t, nil, demoReady, "demo", "--listen", "127.0.0.1:0")
	var waiting struct{ Items []attentionRow }
	lead, finance := demo.token("lead"), demo.token("finance")
	demo.ask(http.StatusOK, "GET", "/api/v1/attention?mine=true&kind=requestTranche", lead, "", nil, &waiting)
	if len(waiting.Items) == 0 {
		t.Fatal("no tranche waits for the lead")
	}
	row := waiting.Items[0]
	award := "/api/v1/awards/" + row.Award
	tranche := award + "/tranches/" + row.ID
	tag := demo.ask(http.StatusOK, "POST", tranche+"/request", lead, fmt.Sprintf(`"%d"`, row.Version), nil, nil).Get("ETag")
	demo.ask(http.StatusForbidden, "POST", tranche+"/approve", demo.token("manager"), tag, map[string]any{}, nil) // decided its gate
	demo.ask(http.StatusOK, "POST", tranche+"/approve", demo.token("manager2"), tag, map[string]any{}, nil)

	var page struct {
		Document struct{ Payee string }
		Tranches []struct {
			ID       string
			Approved map[string]string
		}
	}
	tag = demo.ask(http.StatusOK, "GET", award, finance, "", nil, &page).Get("ETag")
	var line map[string]any
	for _, tr := range page.Tranches {
		if tr.ID == row.ID {
			line = map[string]any{"tranche": tr.ID, "kind": "release", "amount": tr.Approved}
		}
	}
	made := demo.ask(http.StatusCreated, "POST", award+"/payments", finance, tag, map[string]any{
		"lines": []any{line}, "payee": page.Document.Payee, "payerAccount": "DEMO-TREASURY-01", "reference": "story",
	}, nil)
	demo.ask(http.StatusOK, "POST", made.Get("Location")+"/paid", finance, made.Get("ETag"), map[string]any{
		"bankReference": "STORY-1", "paidOn": time.Now().UTC().Add(8 * time.Hour).Format(time.DateOnly),
	}, nil)

	auditor := demo.token("auditor")
	var after struct {
		Tranches []struct{ ID, State string }
	}
	demo.ask(http.StatusOK, "GET", award, auditor, "", nil, &after)
	for _, tr := range after.Tranches {
		if tr.ID == row.ID && tr.State != "settled" {
			t.Errorf("the tranche is %s after its payment, want settled", tr.State)
		}
	}
	demo.ask(http.StatusOK, "GET", award+"/ledger", auditor, "", nil, nil)
	demo.ask(http.StatusForbidden, "POST", tranche+"/request", auditor, `"1"`, nil, nil)
	demo.ask(http.StatusNotFound, "GET", award, demo.token("operator_bci"), "", nil, nil)
}

func TestServeDev(t *testing.T) {
	dir := t.TempDir()
	server := start(t, nil, `Listening on (http://[0-9.:]+)`, "serve", "--data", dir, "--dev", "--listen", "127.0.0.1:0", "--log-level", "error")
	if !strings.Contains(server.err.String(), "WARNING: development mode") {
		t.Errorf("no warning of --dev: %s", server.err)
	}
	if code, _, text := command(t, nil, "init", "--data", dir, "--admin", "alice"); code != exitDone {
		t.Fatalf("init = %d: %s", code, text)
	}
	code, token, text := command(t, nil, "token", "--data", dir, "alice")
	if code != exitDone {
		t.Fatalf("token = %d: %s", code, text)
	}
	token = strings.TrimSpace(token)
	server.ask(http.StatusOK, "GET", "/api/v1/me", token, "", nil, nil)
	server.ask(http.StatusUnauthorized, "GET", "/api/v1/me", token+"x", "", nil, nil)
	env := map[string]string{"MILEPOST_SERVER": server.url, "MILEPOST_TOKEN": token}
	if code, out, text := command(t, env, "sweep", "--json"); code != exitDone || !strings.Contains(out, `"flagged":0`) {
		t.Errorf("sweep = %d: %s %s", code, out, text)
	}
	if code := server.stop(); code != exitDone {
		t.Errorf("exit code %d after a stop, want 0: %s", code, server.err)
	}
	if code, _, text := command(t, env, "attention"); code != exitBusy || !strings.Contains(text, "cli.serverUnreachable") {
		t.Errorf("attention without a server = %d: %s", code, text)
	}
}

// A demo may keep its data; what it leaves behind can be read without a server,
// backed up, restored and verified.
func TestDemoKeepsItsDataWhereAsked(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a whole portfolio to disk")
	}
	dir, copied := t.TempDir(), t.TempDir()
	demo := start(t, nil, demoReady, "demo", "--listen", "127.0.0.1:0", "--data", dir)
	if code := demo.stop(); code != exitDone {
		t.Fatalf("exit code %d: %s", code, demo.err)
	}
	local := []string{"--data", dir, "--as", "auditor", "--issuer", demo.url + "/issuer"}
	code, out, text := command(t, nil, append([]string{"attention", "--overdue", "--json"}, local...)...)
	var rows []attentionRow
	if err := json.Unmarshal([]byte(out), &rows); code != exitDone || err != nil || len(rows) < 20 {
		t.Errorf("attention = %d with %d rows, %v: %s", code, len(rows), err, text)
	}
	code, out, text = command(t, nil, append([]string{"export", "milestones"}, local...)...)
	if lines := strings.Count(out, "\r\n"); code != exitDone || lines != 121 || !strings.HasPrefix(out, "\ufeffAward,Code,") {
		t.Errorf("export = %d with %d lines, want 121: %.60q %s", code, lines, out, text)
	}
	if code, _, text = command(t, nil, "backup", "--data", dir, copied); code != exitDone {
		t.Errorf("backup = %d: %s", code, text)
	}
	if code, out, text = command(t, nil, "verify", "--data", copied); code != exitDone || !strings.Contains(out, "awards 24") {
		t.Errorf("verify = %d: %s %s", code, out, text)
	}
	if code, out, text = command(t, nil, "verify", "--data", copied, "--only", rows[0].Award); code != exitDone || !strings.Contains(out, "aggregates 1 (awards 1)") {
		t.Errorf("verify of one award = %d: %s %s", code, out, text)
	}
	if code, _, text = command(t, nil, "verify", "--data", copied, "--only", "awd_00000000000000000000000000"); code != exitNotFound || !strings.Contains(text, "Not found") {
		t.Errorf("verify of an award that is not = %d: %s", code, text)
	}
}
