package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

type (
	request  = events.APIGatewayV2HTTPRequest
	response = events.APIGatewayV2HTTPResponse
)

// get is a request as the gateway hands it over.
func get(path string) request {
	e := request{Version: "2.0", RouteKey: "$default", RawPath: path, Headers: map[string]string{"host": "api.example.org"}}
	e.RequestContext.Stage, e.RequestContext.DomainName, e.RequestContext.RequestID = "$default", "api.example.org", "gateway"
	e.RequestContext.HTTP = events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: "GET", Path: path, Protocol: "HTTP/1.1", SourceIP: "203.0.113.9"}
	return e
}

func with(e request, change func(*request)) request {
	change(&e)
	return e
}

func header(name, value string) request {
	return with(get("/"), func(e *request) { e.Headers[name] = value })
}

func start(t testing.TB, h http.Handler, change func(*lambdahttp.Options)) (lambdahttp.Func, *bytes.Buffer) {
	t.Helper()
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	o := lambdahttp.Options{Catalogs: catalogs, Logger: slog.New(slog.NewTextHandler(log, nil)), NewRequestID: func() string { return "req_1" }}
	if change != nil {
		change(&o)
	}
	f, err := lambdahttp.New(h, o)
	if err != nil {
		t.Fatal(err)
	}
	return f, log
}

func send(t testing.TB, f lambdahttp.Func, event any) response {
	t.Helper()
	payload, ok := event.(json.RawMessage)
	if !ok {
		var err error
		if payload, err = json.Marshal(event); err != nil {
			t.Fatal(err)
		}
	}
	got, err := f(t.Context(), payload)
	if err != nil {
		t.Fatalf("the function returned a Go error: %v", err)
	}
	return got
}

// bare answers by the adapter alone; a panic or an error is a status of 0.
func bare(h http.Handler, e request) (out response) {
	defer func() {
		if recover() != nil {
			out = response{}
		}
	}()
	out, err := httpadapter.NewV2(h).ProxyWithContext(context.Background(), e)
	if err != nil {
		return response{}
	}
	return out
}

// show answers what a handler sees of one header.
func show(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%q", r.Header.Values(name)) }
}

// tell answers one line about a request.
func tell(about func(r *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, about(r)) }
}

// trap is something in which the adapter by itself differs from a net/http
// server.
type trap struct {
	name   string
	event  request
	h      http.Handler
	status int
	body   string // exact, or the code of a problem
}

func nothing(http.ResponseWriter, *http.Request) {}

func method(m string) request {
	return with(get("/"), func(e *request) { e.RequestContext.HTTP.Method = m })
}

func headersAndRefusals() []trap {
	nothing := http.HandlerFunc(nothing)
	return []trap{
		{"If-Match with a comma", header("if-match", `"a,b"`), show("If-Match"), 200, `["\"a,b\""]`},
		{"Idempotency-Key with a comma", header("idempotency-key", "k1,  k2"), show("Idempotency-Key"), 200, `["k1,  k2"]`},
		{"Date", header("date", "Mon, 02 Jan 2006 15:04:05 GMT"), show("Date"), 200, `["Mon, 02 Jan 2006 15:04:05 GMT"]`},
		{"Accept-Language", header("accept-language", "zh-CN,zh;q=0.9, en;q=0.5"), show("Accept-Language"), 200, `["zh-CN,zh;q=0.9, en;q=0.5"]`},
		{"header twice in two cases", with(header("x-a", "1"), func(e *request) { e.Headers["X-A"] = "2" }), show("X-A"), 200, `["2,1"]`},
		{"Host is no header", get("/"), show("Host"), 200, `[]`},
		{"cookies are one header", with(get("/"), func(e *request) { e.Cookies = []string{"a=1", "b=2"} }), show("Cookie"), 200, `["a=1; b=2"]`},
		{"cookies twice (sam local)", with(header("Cookie", "a=1; b=2"), func(e *request) { e.Cookies = []string{"a=1", "b=2"} }), show("Cookie"), 200, `["a=1; b=2"]`},
		{"bad escape", get("/50%zz"), nothing, 400, lambdahttp.CodeAddress},
		{"cut escape", get("/50%"), nothing, 400, lambdahttp.CodeAddress},
		{"control character in path", get("/a\x01b"), nothing, 400, lambdahttp.CodeAddress},
		{"line end in path", get("/a\r\nb"), nothing, 400, lambdahttp.CodeAddress},
		{"control character in query", with(get("/"), func(e *request) { e.RawQueryString = "q=\x00" }), nothing, 400, lambdahttp.CodeAddress},
		{"control character in header", header("x-a", "b\x00"), nothing, 400, lambdahttp.CodeHeader},
		{"line end in header", header("x-a", "b\r\nx: y"), nothing, 400, lambdahttp.CodeHeader},
		{"strange header name", header("x a", "b"), nothing, 400, lambdahttp.CodeHeader},
		{"line end in cookie", with(get("/"), func(e *request) { e.Cookies = []string{"a=1\n"} }), nothing, 400, lambdahttp.CodeHeader},
		{"method with a space", method("GET /x"), nothing, 400, lambdahttp.CodeAddress},
		{"bad base64", with(method("POST"), func(e *request) { e.Body, e.IsBase64Encoded = "not base64!", true }), nothing, 400, lambdahttp.CodeBase64},
	}
}

func addressesAndAnswers() []trap {
	return []trap{
		{"question mark in a segment", get("/a?admin=1"), tell(func(r *http.Request) string { return r.URL.Path + " " + r.URL.RawQuery }), 200, "/a?admin=1 "},
		{"hash in a segment", get("/a#b"), tell(func(r *http.Request) string { return r.URL.Path + " " + r.URL.Fragment }), 200, "/a#b "},
		{"two slashes", get("//other.example/x"), tell(func(r *http.Request) string { return r.Host + " " + r.URL.String() }), 200, "api.example.org //other.example/x"},
		{"no host in the URL", get("/x"), tell(func(r *http.Request) string { return r.URL.String() + " " + r.RequestURI }), 200, "/x /x"},
		{"lower-case method", method("get"), tell(func(r *http.Request) string { return r.Method }), 200, "get"},
		{"port of IPv4", get("/"), tell(func(r *http.Request) string { return r.RemoteAddr }), 200, "203.0.113.9:0"},
		{"port of IPv6", with(get("/"), func(e *request) { e.RequestContext.HTTP.SourceIP = "2001:db8::1" }), tell(func(r *http.Request) string { return r.RemoteAddr }), 200, "[2001:db8::1]:0"},
		{"no address", with(get("/"), func(e *request) { e.RequestContext.HTTP.SourceIP = "" }), tell(func(r *http.Request) string { return r.RemoteAddr }), 200, "0.0.0.0:0"},
		{"custom Host", with(get("/"), func(e *request) { e.Headers["host"] = "127.0.0.1:3000" }), tell(func(r *http.Request) string { return r.Host }), 200, "127.0.0.1:3000"},
		{"nothing written", get("/"), http.HandlerFunc(nothing), 200, ""},
		{"panic", get("/"), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), 500, "internal.error"},
		{"abort", get("/"), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), 500, "internal.error"},
		{"no status", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(0) }), 500, "internal.error"},
		{"HEAD has no body", method("HEAD"), tell(func(*http.Request) string { return "body" }), 200, ""},
		{"first status wins", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.WriteHeader(200) }), 404, ""},
		{"status after body", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x"); w.WriteHeader(500) }), 200, "x"},
		{"early hints", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103) }), 200, ""},
		{"flush commits", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			w.WriteHeader(500)
		}), 200, ""},
		{"204 has no body", get("/"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204); fmt.Fprint(w, "x") }), 204, ""},
	}
}

// A row that the bare adapter passes too proves nothing.
func TestTraps(t *testing.T) {
	for _, tt := range slices.Concat(headersAndRefusals(), addressesAndAnswers()) {
		f, _ := start(t, tt.h, nil)
		passes := func(got response) bool {
			if tt.status < 400 || tt.body == "" {
				return got.StatusCode == tt.status && got.Body == tt.body
			}
			return got.StatusCode == tt.status && codeOf(got) == tt.body
		}
		if got := send(t, f, tt.event); !passes(got) {
			t.Errorf("%s: %d %s, want %d %s", tt.name, got.StatusCode, got.Body, tt.status, tt.body)
		}
		if got := bare(tt.h, tt.event); passes(got) {
			t.Errorf("%s: the bare adapter passes as well: the row proves nothing", tt.name)
		}
	}
}

// What the adapter does well must stay so.
func TestPlainRequests(t *testing.T) {
	image := string([]byte{0x89, 'P', 'N', 'G', 0xff, 0x00, 0xfe})
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	cookies := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Cookie")
		w.Header().Set("X-Bad", "a\r\nb")
		w.WriteHeader(201)
		w.Header().Set("X-Late", "1")
	})
	query := tell(func(r *http.Request) string { return strings.Join(r.URL.Query()["a"], "|") + r.URL.Path })
	for _, tt := range []struct {
		name  string
		event request
		h     http.Handler
		want  response
	}{
		{"binary out and in", with(get("/"), func(e *request) {
			e.RequestContext.HTTP.Method, e.Body, e.IsBase64Encoded = "PUT", base64.StdEncoding.EncodeToString([]byte(image)), true
		}), echo, response{StatusCode: 200, Body: base64.StdEncoding.EncodeToString([]byte(image)), IsBase64Encoded: true, Headers: map[string]string{"Content-Type": "application/octet-stream"}}},
		{"text in", with(get("/"), func(e *request) { e.Body = "纯文本" }), echo,
			response{StatusCode: 200, Body: "纯文本", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"cookies, several values", get("/"), cookies,
			response{StatusCode: 201, Cookies: []string{"a=1", "b=2"}, Headers: map[string]string{"Vary": "Accept,Cookie", "X-Bad": "a  b"}}},
		{"query several times", with(get("/p"), func(e *request) { e.RawQueryString = "a=1&a=2%2C3" }), query,
			response{StatusCode: 200, Body: "1|2,3/p", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"query of parameters alone", with(get("/p"), func(e *request) { e.QueryStringParameters = map[string]string{"a": "x&y"} }), query,
			response{StatusCode: 200, Body: "x&y/p", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"empty path", with(get(""), func(e *request) {}), query,
			response{StatusCode: 200, Body: "/", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"path of the context alone", with(get("/x"), func(e *request) { e.RawPath = "" }), query,
			response{StatusCode: 200, Body: "/x", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"path without slash", get("x"), query,
			response{StatusCode: 200, Body: "/x", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
		{"Chinese path", get("/%E5%90%88同"), query,
			response{StatusCode: 200, Body: "/合同", Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}},
	} {
		f, _ := start(t, tt.h, nil)
		got := send(t, f, tt.event)
		if tt.want.Cookies == nil {
			tt.want.Cookies = []string{}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func codeOf(r response) string {
	var p struct{ Code string }
	_ = json.Unmarshal([]byte(r.Body), &p)
	return p.Code
}
