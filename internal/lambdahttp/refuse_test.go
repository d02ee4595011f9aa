package lambdahttp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/lambdahttp"
)

func TestEventOfAnotherShape(t *testing.T) {
	f, log := start(t, http.NotFoundHandler(), nil)
	for name, tt := range map[string]struct{ payload, logged string }{
		"nothing":        {``, "it has no fields"},
		"null":           {`null`, "requestContext.http.method is missing; it has no fields"},
		"text":           {`"x"`, "cannot unmarshal string"},
		"list":           {`[]`, "cannot unmarshal array"},
		"empty":          {`{}`, "requestContext.http.method is missing"},
		"cut":            {`{"version":"2.0"`, "unexpected end"},
		"REST API":       {`{"resource":"/","httpMethod":"GET","path":"/","requestContext":{"stage":"p"}}`, `\"httpMethod\", \"path\", \"requestContext\"`},
		"payload 1.0":    {`{"version":"1.0","requestContext":{"http":{"method":"GET"}}}`, "version is another"},
		"schedule":       {`{"scheduledAt":"2026-01-01T00:00:00Z","schedule":"secret"}`, `\"schedule\", \"scheduledAt\"`},
		"stream":         {`{"Records":[{"dynamodb":{}}]}`, `\"Records\"`},
		"wrong type":     {`{"version":"2.0","headers":"x","requestContext":{"http":{"method":"GET"}}}`, "headers"},
		"number for map": {`{"version":"2.0","requestContext":7}`, "requestContext"},
		"many fields":    {`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1}`, "and more"},
	} {
		log.Reset()
		got := send(t, f, json.RawMessage(tt.payload))
		if got.StatusCode != 400 || codeOf(got) != lambdahttp.CodeShape {
			t.Errorf("%s: %d %s, want 400 %s", name, got.StatusCode, got.Body, lambdahttp.CodeShape)
		}
		if line := log.String(); !strings.Contains(line, tt.logged) || !strings.Contains(line, "level=ERROR") || strings.Contains(line, "secret") {
			t.Errorf("%s: the log says %s, want an error with %s", name, line, tt.logged)
		}
	}
}

// What an authorizer adds is not read: some of it would not decode.
func TestAuthorizerIsIgnored(t *testing.T) {
	f, _ := start(t, tell(func(*http.Request) string { return "ok" }), nil)
	got := send(t, f, json.RawMessage(`{"version":"2.0","rawPath":"/","requestContext":{"authorizer":{"jwt":{"claims":{"n":7}}},"http":{"method":"GET"}}}`))
	if got.StatusCode != 200 || got.Body != "ok" {
		t.Errorf("%d %s, want 200 ok", got.StatusCode, got.Body)
	}
}

func TestProblemDocument(t *testing.T) {
	f, log := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "req_handler")
		w.Header().Set("Set-Cookie", "a=1")
		fmt.Fprint(w, "half of an ans")
		panic("boom\nforged=line")
	}), nil)
	payload, err := json.Marshal(header("accept-language", "en"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "aws-1"})
	got, err := f(ctx, payload)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(got.Body), &document); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"type": "urn:milepost:problem:internal.error", "title": "Internal Server Error", "status": 500.0, "code": "internal.error", "requestId": "req_handler",
		"detail": "Something went wrong on our side and the operation was not completed. Please try again later; if it goes on, give the request id to your administrator.",
	}
	if diff := cmp.Diff(want, document); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if got.StatusCode != 500 || got.Headers["Content-Type"] != "application/problem+json" || got.Headers["X-Request-Id"] != "req_handler" || len(got.Cookies) != 0 {
		t.Errorf("%d %v %v", got.StatusCode, got.Headers, got.Cookies)
	}
	line := log.String()
	for _, part := range []string{"requestId=req_handler", "awsRequestId=aws-1", "code=internal.error", "boom", "refuse_test.go", "level=ERROR"} {
		if !strings.Contains(line, part) {
			t.Errorf("the log lacks %s: %s", part, line)
		}
	}
	if strings.Count(line, "\n") != 1 {
		t.Errorf("the log has more than one line: %s", line)
	}
	if again := send(t, f, get("/")); again.StatusCode != 500 {
		t.Errorf("the next request: %d, want 500", again.StatusCode)
	}
	bad, _ := start(t, http.NotFoundHandler(), nil)
	if got := send(t, bad, get("/%")); got.Headers["X-Request-Id"] != "req_1" {
		t.Errorf("X-Request-Id = %s, want req_1", got.Headers["X-Request-Id"])
	}
	head := get("/%")
	head.RequestContext.HTTP.Method = "HEAD"
	if got := send(t, bad, head); got.StatusCode != 400 || got.Body != "" {
		t.Errorf("HEAD: %d %q, want 400 and no body", got.StatusCode, got.Body)
	}
}

func TestTooLarge(t *testing.T) {
	const limit = 10_000
	var sent, wrote int
	body := func(unit string, n int, length bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			if length {
				w.Header().Set("Content-Length", fmt.Sprint(n*len(unit)))
			}
			for sent, wrote = 0, 0; sent < n; sent++ {
				k, err := w.Write([]byte(unit))
				if wrote += k; err != nil {
					return
				}
			}
		})
	}
	for _, tt := range []struct {
		name    string
		h       http.Handler
		status  int
		encoded bool
	}{
		{"fits", body("x", 9_000, false), 200, false},
		{"fits, length declared", body("x", 9_000, true), 200, false},
		{"just over", body("x", 9_990, false), 500, false},
		{"much over", body("0123456789", 1_000_000, false), 500, false},
		{"declared", body("0123456789", 1_000_000, true), 500, false},
		{"Base64 fits", body("\xff", 7_000, false), 200, true},
		{"Base64 is too much", body("\xff", 8_000, false), 500, true},
		{"escapes fit", body(`"`, 4_000, false), 200, false},
		{"markup fits", body("<", 9_000, false), 200, false},
		{"escapes fit only as Base64", body("\x01", 7_000, false), 200, true},
		{"line separators fit only as Base64", body("\u2028", 2_000, false), 200, true},
		{"escapes do not fit", body("\x01", 9_000, false), 500, false},
		{"aborts where it cannot write", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := w.Write([]byte(strings.Repeat("x", limit+1))); err != nil {
				panic(http.ErrAbortHandler)
			}
		}), 500, false},
		{"headers", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-A", strings.Repeat("x", limit)) }), 500, false},
	} {
		f, log := start(t, tt.h, func(o *lambdahttp.Options) { o.MaxResponse = limit })
		payload, err := json.Marshal(get("/"))
		if err != nil {
			t.Fatal(err)
		}
		out, err := lambda.NewHandler(f).Invoke(t.Context(), payload) // as the runtime writes it
		if err != nil {
			t.Fatal(err)
		}
		var got response
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if got.StatusCode != tt.status || len(out) > limit || tt.status == 200 && got.IsBase64Encoded != tt.encoded || wrote > limit {
			t.Errorf("%s: %d with %d bytes, Base64 %t, %d kept; want %d", tt.name, got.StatusCode, len(out), got.IsBase64Encoded, wrote, tt.status)
		}
		if tt.status == 500 && (codeOf(got) != lambdahttp.CodeTooLarge || !strings.Contains(got.Body, `"args":{"max":10000}`) || !strings.Contains(log.String(), "level=WARN")) {
			t.Errorf("%s: %s; log %s", tt.name, got.Body, log)
		}
	}
}

// A server cuts the connection where a handler writes less than it said, so
// that nobody takes the beginning of a file for the whole.
func TestAnswerShorterThanSaid(t *testing.T) {
	said := func(length, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", length)
			fmt.Fprint(w, body)
		})
	}
	for _, tt := range []struct {
		length, body string
		status       int
		want         string
	}{
		{"5", "whole", 200, "whole"},
		{"6", "whole", 500, ""},
		{"1", "", 500, ""},
		{"0", "", 200, ""},
		{"4", "whole", 500, ""}, // as net/http, which takes nothing of a write that goes beyond
		{"x", "whole", 200, "whole"},
	} {
		f, log := start(t, said(tt.length, tt.body), nil)
		got := send(t, f, get("/"))
		if got.StatusCode != tt.status || tt.status == 200 && got.Body != tt.want || tt.status != 200 && (codeOf(got) != "internal.error" || !strings.Contains(log.String(), "level=ERROR")) {
			t.Errorf("%q under a length of %s: %d %q, want %d; log %s", tt.body, tt.length, got.StatusCode, got.Body, tt.status, log)
		}
		if head := send(t, f, method("HEAD")); head.StatusCode != 200 {
			t.Errorf("HEAD of %q under a length of %s: %d", tt.body, tt.length, head.StatusCode)
		}
	}
	f, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "7")
		w.WriteHeader(http.StatusNotModified)
	}), nil)
	if got := send(t, f, get("/")); got.StatusCode != 304 {
		t.Errorf("304 with a length: %d", got.StatusCode)
	}
}

func TestHeadOfALargeFile(t *testing.T) {
	f, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		fmt.Fprint(w, strings.Repeat("x", 100_000))
	}), func(o *lambdahttp.Options) { o.MaxResponse = 10_000 })
	if got := send(t, f, method("HEAD")); got.StatusCode != 200 || got.Headers["Content-Length"] != "100000" || got.Body != "" {
		t.Errorf("HEAD: %d %v, %d bytes", got.StatusCode, got.Headers, len(got.Body))
	}
}

// The estimate of an answer's size is never below what the runtime sends.
func TestSizeIsNeverUnderestimated(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		body, name := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "body"), rapid.StringMatching(`X-[a-z]{1,8}`).Draw(rt, "name")
		text, value := rapid.String().Draw(rt, "text"), rapid.String().Draw(rt, "value")
		limit := rapid.IntRange(300, 1500).Draw(rt, "limit")
		f, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(name, value)
			w.Header().Add("Set-Cookie", value)
			_, _ = w.Write(append([]byte(text), body...))
		}), func(o *lambdahttp.Options) { o.MaxResponse = limit })
		payload, err := json.Marshal(get("/"))
		if err != nil {
			rt.Fatal(err)
		}
		out, err := lambda.NewHandler(f).Invoke(t.Context(), payload)
		var got response
		if err != nil || json.Unmarshal(out, &got) != nil {
			rt.Fatalf("%s, %v", out, err)
		}
		if got.StatusCode == 200 && len(out) > limit {
			rt.Errorf("%d bytes, at most %d", len(out), limit)
		}
	})
}

func TestContextEndsBeforeTheDeadline(t *testing.T) {
	var until time.Time
	var bounded bool
	f, _ := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { until, bounded = r.Context().Deadline() }),
		func(o *lambdahttp.Options) { o.Margin = 2 * time.Second })
	send(t, f, get("/"))
	if bounded {
		t.Errorf("without a deadline of Lambda's there is one: %v", until)
	}
	deadline := time.Now().Add(time.Minute)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	payload, err := json.Marshal(get("/"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f(ctx, payload); err != nil || !until.Equal(deadline.Add(-2*time.Second)) {
		t.Errorf("deadline %v, %v; want 2 s before %v", until, err, deadline)
	}
}

func TestNewRefuses(t *testing.T) {
	if f, err := lambdahttp.New(http.NotFoundHandler(), lambdahttp.Options{}); err == nil || f != nil {
		t.Errorf("New without options = %v, want an error", err)
	}
}
