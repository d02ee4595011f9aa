package lambdahttp_test

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost/internal/lambdahttp"
	"milepost/internal/lambdatest"
)

// In a process of its own under the Runtime API: nothing a request does ends
// the process or fails the invocation.
func TestAsAProcess(t *testing.T) {
	host := lambdatest.Start(t, lambdatest.Build(t, filepath.Join("testdata", "function")), nil)
	ask := func(event any, timeout time.Duration) response {
		t.Helper()
		payload, ok := event.(string)
		if !ok {
			data, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			payload = string(data)
		}
		r := host.Invoke([]byte(payload), timeout)
		var out response
		if err := json.Unmarshal(r.Body, &out); err != nil || r.FunctionError != "" {
			t.Fatalf("%.200s: %s %.200s, %v", payload, r.FunctionError, r.Body, err)
		}
		return out
	}
	image := []byte{0xff, 0xd8, 0xff, 0x00}
	for _, tt := range []struct {
		name   string
		event  any
		status int
		body   string // exact, or a problem's code
	}{
		{"binary", with(get("/echo"), func(e *request) {
			e.RequestContext.HTTP.Method, e.Body, e.IsBase64Encoded = "POST", base64.StdEncoding.EncodeToString(image), true
		}), 200, base64.StdEncoding.EncodeToString(image)},
		{"panic", get("/panic"), 500, "internal.error"},
		{"too large", get("/big"), 500, lambdahttp.CodeTooLarge},
		{"bad escape", get("/%"), 400, lambdahttp.CodeAddress},
		{"schedule", `{"scheduledAt":"2026-01-01T00:00:00Z"}`, 400, lambdahttp.CodeShape},
		{"no JSON", `{"version":`, 400, lambdahttp.CodeShape},
		{"nothing", ``, 400, lambdahttp.CodeShape},
		{"unknown", get("/unknown"), 404, "404 page not found\n"},
	} {
		if got := ask(tt.event, 20*time.Second); got.StatusCode != tt.status || got.Body != tt.body && codeOf(got) != tt.body {
			t.Errorf("%s: %d %.200s, want %d %s", tt.name, got.StatusCode, got.Body, tt.status, tt.body)
		}
	}
	if got := ask(get("/largest"), 20*time.Second); got.StatusCode != 200 || len(got.Body) < 6_000_000 {
		t.Errorf("the largest answer: %d with %d bytes", got.StatusCode, len(got.Body))
	}
	if got := ask(get("/slow"), time.Second); got.StatusCode != 503 {
		t.Errorf("at the deadline: %d, want the handler's 503", got.StatusCode)
	}
	if n := host.Starts(); n != 1 {
		t.Errorf("%d processes, want one", n)
	}
	if log := host.Logs(); !strings.Contains(log, "boom") || !strings.Contains(log, "scheduledAt") {
		t.Errorf("the log lacks the panic or the odd event: %s", log)
	}
}
