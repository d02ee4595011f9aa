package lambdahttp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seen is what a handler can tell of a request.
type seen struct {
	Method, Path, Query, Host string
	Header                    http.Header
	Body                      []byte
	Length                    int64
}

// mirror answers what it has seen, in the way that the query asks for.
func mirror(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	header := r.Header.Clone()
	header.Del("User-Agent") // of Go's client
	header.Del("Accept-Encoding")
	if len(body) == 0 {
		header.Del("Content-Length") // "0" or absent: the gateway does not say
	}
	out, err := json.Marshal(seen{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Host: r.Host, Header: header, Body: body, Length: r.ContentLength})
	if err != nil {
		panic(err)
	}
	w.Header().Set("X-Seen", base64.StdEncoding.EncodeToString(out))
	switch r.URL.Query().Get("do") {
	case "type":
		w.Header().Set("Content-Type", "application/json")
	case "cookies":
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
	case "none":
		w.WriteHeader(http.StatusNoContent)
	case "twice":
		w.WriteHeader(http.StatusConflict)
		w.WriteHeader(http.StatusOK)
		w.Header().Set("X-Late", "1")
	case "not modified":
		w.WriteHeader(http.StatusNotModified)
	case "redirect":
		http.Redirect(w, r, "../x?y=1", http.StatusSeeOther)
	case "file":
		http.ServeContent(w, r, "", testTime, bytes.NewReader(body))
		return
	case "silent":
		return
	case "encoded":
		w.Header().Set("Content-Encoding", "br")
	case "untyped":
		w.Header()["Content-Type"] = nil
	case "pieces":
		_, _ = io.WriteString(w, "<")
		_, _ = io.WriteString(w, "html>")
	}
	_, _ = w.Write(body)
}

// reply is what a caller gets.
type reply struct {
	Status  int
	Body    string
	Header  map[string]string
	Cookies []string
	Seen    seen
}

// The same request through a net/http server and through the function is seen
// and answered the same.
func TestSameAsServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(mirror))
	defer server.Close()
	f, _ := start(t, http.HandlerFunc(mirror), nil)
	host := strings.TrimPrefix(server.URL, "http://")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	rapid.Check(t, func(rt *rapid.T) {
		method := rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}).Draw(rt, "method")
		path := "/" + rapid.StringMatching(`([a-zA-Z0-9_?#:;@&=+$,. "<>^|合-]{0,6}/?){0,4}`).Draw(rt, "path")
		do := rapid.SampledFrom([]string{"", "type", "cookies", "none", "twice", "not modified", "redirect", "file", "silent", "encoded", "untyped", "pieces"}).Draw(rt, "do")
		query := "do=" + url.QueryEscape(do) + rapid.StringMatching(`(&[a-z]{1,3}(=[a-z0-9%,;?/+-]{0,6})?){0,3}`).Draw(rt, "query")
		headers := rapid.MapOfN(rapid.SampledFrom([]string{"If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language", "Date", "Range", "Authorization", "X-A", "Content-Type"}),
			rapid.StringMatching(`[!-~]([ -~]{0,12}[!-~])?`), 0, 5).Draw(rt, "headers")
		cookies := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,3}=[a-z0-9]{1,5}`), 0, 3).Draw(rt, "cookies")
		var body []byte
		if method != "GET" && method != "HEAD" {
			body = rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, "body")
		}

		e := with(get(path), func(e *request) {
			e.RequestContext.HTTP.Method, e.RawQueryString, e.Headers["host"], e.Cookies = method, query, host, cookies
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), len(body) > 0
		})
		r, err := http.NewRequest(method, server.URL, bytes.NewReader(body))
		if err != nil {
			rt.Fatal(err)
		}
		r.URL.Path, r.URL.RawQuery = path, query
		for name, value := range headers {
			r.Header.Set(name, value)
			e.Headers[strings.ToLower(name)] = value
		}
		if len(cookies) > 0 {
			r.Header.Set("Cookie", strings.Join(cookies, "; "))
		}
		want, got := overTheWire(rt, client, r), throughTheFunction(rt, send(t, f, e))
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Errorf("%s %s?%s (-server +function):\n%s", method, path, query, diff)
		}
	})
}

func overTheWire(t *rapid.T, client *http.Client, r *http.Request) reply {
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{Status: answer.StatusCode, Body: string(body), Header: map[string]string{}, Cookies: answer.Header["Set-Cookie"]}
	for name, values := range answer.Header {
		out.Header[name] = strings.Join(values, ",")
	}
	return told(t, out)
}

func throughTheFunction(t *rapid.T, answer response) reply {
	out := reply{Status: answer.StatusCode, Body: answer.Body, Header: answer.Headers, Cookies: answer.Cookies}
	if answer.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		out.Body = string(body)
	}
	if len(out.Cookies) == 0 {
		out.Cookies = nil
	}
	return told(t, out)
}

// told takes out of a reply what was seen, and what the connection adds.
func told(t *rapid.T, r reply) reply {
	text, err := base64.StdEncoding.DecodeString(r.Header["X-Seen"])
	if err != nil || json.Unmarshal(text, &r.Seen) != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	for _, name := range []string{"X-Seen", "Date", "Content-Length", "Set-Cookie"} {
		delete(r.Header, name)
	}
	return r
}

// Whatever comes, the function answers; it never fails or panics.
func TestAnythingIsAnswered(t *testing.T) {
	f, _ := start(t, http.HandlerFunc(mirror), nil)
	rapid.Check(t, func(rt *rapid.T) {
		e := with(get(rapid.String().Draw(rt, "path")), func(e *request) {
			e.RequestContext.HTTP.Method = rapid.String().Draw(rt, "method")
			e.RequestContext.HTTP.SourceIP = rapid.String().Draw(rt, "address")
			e.RequestContext.DomainName = rapid.String().Draw(rt, "domain")
			e.RawQueryString = rapid.String().Draw(rt, "query")
			e.Headers = rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(rt, "headers")
			e.Cookies = rapid.SliceOfN(rapid.String(), 0, 2).Draw(rt, "cookies")
			e.Body, e.IsBase64Encoded = rapid.String().Draw(rt, "body"), rapid.Bool().Draw(rt, "encoded")
		})
		got := send(t, f, e)
		if got.StatusCode < 200 || got.StatusCode > 499 {
			rt.Errorf("%d %s", got.StatusCode, got.Body)
		}
	})
}

func FuzzEvent(f *testing.F) {
	answer, _ := start(f, http.HandlerFunc(mirror), nil)
	for _, seed := range []string{``, `{}`, `null`, `{"version":"2.0","requestContext":{"http":{"method":"GET"}}}`,
		`{"version":"2.0","rawPath":"/%","headers":{"a":"b"},"cookies":["a"],"body":"!","isBase64Encoded":true,"requestContext":{"http":{"method":"POST"}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		got, err := answer(t.Context(), payload)
		if err != nil || got.StatusCode < 200 || got.StatusCode >= 500 {
			t.Errorf("%q: %d %s, %v", payload, got.StatusCode, got.Body, err)
		}
	})
}
