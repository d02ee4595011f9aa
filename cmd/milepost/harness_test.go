package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is what a program writes, read while it goes on.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// running is the program in process, until the test stops it.
type running struct {
	t        *testing.T
	url      string
	out, err *output
	stop     func() int
}

// start runs the program until its output matches; the first group is its URL.
func start(t *testing.T, env map[string]string, ready string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, out: &output{}, err: &output{}}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, args, func(name string) string { return env[name] }, strings.NewReader(""), r.out, r.err)
	}()
	r.stop = sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() { r.stop() })
	pattern := regexp.MustCompile(ready)
	for range 1200 {
		if m := pattern.FindStringSubmatch(r.out.String()); m != nil {
			r.url = m[1]
			return r
		}
		select {
		case c := <-code:
			t.Fatalf("ended with %d: %s", c, r.err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("not ready: %s %s", r.out, r.err)
	return nil
}

// token is that of a persona in the demo's output.
func (r *running) token(persona string) string {
	r.t.Helper()
	m := regexp.MustCompile(`(?m)^` + persona + `=(\S+)$`).FindStringSubmatch(r.out.String())
	if m == nil {
		r.t.Fatalf("no token of %s in %s", persona, r.out)
	}
	return m[1]
}

// ask sends a request and checks the status; the answer goes into v.
func (r *running) ask(want int, method, path, token, match string, body, v any) http.Header {
	r.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	if body == nil {
		text = nil
	}
	request, err := http.NewRequest(method, r.url+path, bytes.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept-Language", "en")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if match != "" {
		request.Header.Set("If-Match", match)
	}
	if method != http.MethodGet {
		request.Header.Set("Idempotency-Key", fmt.Sprintf("%s-%s-%s", r.t.Name(), path, match))
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		r.t.Fatalf("%s %s = %d, want %d: %s %v", method, path, answer.StatusCode, want, got, err)
	}
	if v != nil {
		if err := json.Unmarshal(got, v); err != nil {
			r.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return answer.Header
}

// command runs the program to its end.
func command(t *testing.T, env map[string]string, args ...string) (code int, out, text string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), args, func(name string) string { return env[name] }, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}
