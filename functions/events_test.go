package functions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/ident"
	"milepost/internal/store/dynamo/dynamotest"
)

// recorded is an event of events/ and what it gets, in the order in which they
// are played on one empty deployment.
type recordedEvent struct {
	file   string
	status int    // of an HTTP answer; 0 where it is none
	want   string // stands in the answer, or in the failure
	fails  bool   // the invocation fails, so that Lambda tries again and then keeps the event
}

func recordedEvents() []recordedEvent {
	return []recordedEvent{
		{"api/livez", 200, `"status":"ok"`, false},
		{"api/readyz", 200, `"status":"ok"`, false},
		{"api/no-token", 401, "auth.", false},
		{"api/forged-token", 401, "auth.invalid", false},
		{"api/me", 200, `"administrator"`, false}, // the first administrator's first request
		{"api/create-programme", 201, "programme.created", false},
		{"api/create-programme-base64", 201, "programme.created", false}, // the same again: a replay
		{"api/attention", 200, `"items":[]`, false},
		{"api/openapi", 200, `"openapi":"3.1.0"`, false},
		{"api/bad-base64", 400, "request.bodyNotBase64", false},
		{"api/no-body", 400, "request.", false},
		{"api/unknown-route", 404, "request.pathNotFound", false},
		{"api/unknown-query", 422, "request.", false},
		{"api/bad-escape", 400, "request.addressUnread", false},
		{"api/control-in-header", 400, "request.headerUnread", false},
		{"api/schedule", 400, "event.otherShape", false},
		{"api/rest-api-v1", 400, "event.otherShape", false},

		{"annex/docs", 200, "Swagger", false},
		{"annex/docs-file-unknown", 404, "request.pathNotFound", false},
		{"annex/plan-no-token", 401, "auth.missing", false},
		{"annex/plan", 403, "access.forbidden", false}, // the administrator manages no programme
		{"annex/plan-not-a-form", 415, "request.formExpected", false},
		{"annex/prepare-no-key", 428, "idempotency.required", false},
		{"annex/bad-base64", 400, "request.bodyNotBase64", false},
		{"annex/unknown-route", 404, "request.pathNotFound", false},
		{"annex/other-shape", 400, "event.otherShape", false},

		{"console/home", 303, "", false},
		{"console/home-en", 200, `no sign-in service is set up`, false},
		{"console/asset-unknown", 404, "", false},
		{"console/post", 404, "There is nothing here", false},
		{"console/bad-base64", 400, "request.bodyNotBase64", false},
		{"console/other-shape", 400, "event.otherShape", false},

		{"sweep/daily", 0, `"remaining":0`, false},
		{"sweep/continued", 0, `"remaining":0`, false},
		{"sweep/past-day", 0, `"skipped":"its day is past`, false},
		{"sweep/future-day", 0, "sweep.future", true},
		{"sweep/no-time", 0, "scheduledTime is missing", true},
		{"sweep/bad-time", 0, "is no time", true},
		{"sweep/too-often", 0, "continuation 21", true},
		{"sweep/other-shape", 0, "no JSON object with scheduledTime", true},

		{"relay/journal", 0, `{"batchItemFailures":[]}`, false},
		{"relay/unknown-aggregate", 0, `{"batchItemFailures":[]}`, false},
		{"relay/not-journal", 0, `{"batchItemFailures":[]}`, false},
		{"relay/poison", 0, `{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439002"}]}`, false},
		{"relay/poison-shape", 0, `{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439002"}]}`, false},
		{"relay/no-sequence-number", 0, "has no sequence number", true},
		{"relay/empty", 0, `{"batchItemFailures":[]}`, false},
		{"relay/scan", 0, `{"batchItemFailures":[]}`, false},
		{"relay/other-shape", 0, "neither Records nor a task", true},
		{"relay/no-object", 0, "no JSON object with Records", true},

		// Last, since they are about a journal that no command has written.
		{"api/too-large", 500, "Ask for less with limit and page on", false},
		{"api/too-large-paged", 200, `"next":"`, false},
	}
}

// Every file of events/ is played, and nothing else.
func TestEveryEventFileIsPlayed(t *testing.T) {
	files, err := filepath.Glob("../events/*/*")
	if err != nil {
		t.Fatal(err)
	}
	var there, played []string
	for _, f := range files {
		there = append(there, strings.TrimPrefix(filepath.ToSlash(f), "../events/"))
	}
	for _, e := range recordedEvents() {
		played = append(played, e.file+".json")
	}
	slices.Sort(there)
	slices.Sort(played)
	if diff := cmp.Diff(played, there); diff != "" {
		t.Errorf("recordedEvents and events/ differ (-played +there):\n%s", diff)
	}
}

// The events through the handlers in this process.
func TestEventsThroughHandlers(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "events/ through the handlers")
		return
	}
	w := newWorld(t, newIssuer(t))
	play(t, w, w.handlers(t))
}

// The events through the bootstraps as they are deployed.
func TestEventsThroughBootstraps(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "events/ through the bootstraps")
		return
	}
	w := newWorld(t, newIssuer(t))
	play(t, w, w.bootstraps(t))
}

func play(t *testing.T, w *world, functions map[string]invoker) {
	t.Helper()
	for _, e := range recordedEvents() {
		if e.file == "api/too-large" {
			w.longJournal(t)
		}
		payload := w.event(t, e.file)
		name, _, _ := strings.Cut(e.file, "/")
		got := functions[name](payload, 90*time.Second)
		// A caller asks again where the store was out of reach, as a busy
		// emulator with megabytes to read can be for some seconds.
		for tries := 0; tries < 10 && strings.Contains(string(got.body), "problem:store.unavailable"); tries++ {
			got = functions[name](payload, 90*time.Second)
		}
		if e.fails != (got.failure != "") {
			t.Errorf("%s: answer %.300s, failure %q", e.file, got.body, got.failure)
			continue
		}
		told := string(got.body) + got.failure
		if e.status != 0 {
			var answer struct {
				StatusCode int
				Body       string
			}
			if err := json.Unmarshal(got.body, &answer); err != nil || answer.StatusCode != e.status {
				t.Errorf("%s: %.300s, want status %d", e.file, got.body, e.status)
			}
			told = answer.Body
		}
		if e.file == "api/create-programme" {
			w.programme = ident.Programme(anID.FindString(told))
		}
		if !strings.Contains(told, e.want) {
			t.Errorf("%s: %.400s, want %s in it", e.file, told, e.want)
		}
	}
}

// event reads a recorded event, with a token that holds and, for the sweep,
// the day that it is.
func (w *world) event(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../events", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	return []byte(strings.NewReplacer("MILEPOST_TOKEN", w.issuer.token(t, administrator), "2026-05-01T21:30:00Z", now, "MILEPOST_AUDITOR", w.issuer.token(t, auditor), "MILEPOST_PROGRAMME", string(w.programme)).Replace(string(text)))
}
