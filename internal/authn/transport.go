package authn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	maxAnswerBytes = 1 << 20
	keepAnswer     = 10 * time.Second // unknown key ids make us ask at most this often
	keepFailure    = time.Second
	askWithin      = 5 * time.Second
)

// noAnswerError says that the issuer did not give an answer one can use.
type noAnswerError struct{ reason error }

// Error gives the reason.
func (e *noAnswerError) Error() string {
	return "authn: no answer from the issuer: " + e.reason.Error()
}

// Unwrap returns the reason.
func (e *noAnswerError) Unwrap() error { return e.reason }

// issuerClient returns a client like base (nil: a plain one) that asks through
// an issuerTransport.
func issuerClient(base *http.Client, secure bool, now func() time.Time) *http.Client {
	client := &http.Client{}
	if base != nil {
		*client = *base
	}
	if client.Timeout == 0 {
		client.Timeout = askWithin
	}
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	client.Transport = &issuerTransport{next: next, secure: secure, now: now, answers: map[string]answer{}}
	return client
}

// issuerTransport stands between go-oidc and the issuer. It turns everything
// but a short JSON document with status 200 into a noAnswerError; keeps an
// https issuer from sending us to http; and remembers answers for a moment, so
// that tokens with invented key ids, which make go-oidc fetch the keys again,
// do not become a flood of requests.
type issuerTransport struct {
	next   http.RoundTripper
	secure bool
	now    func() time.Time

	mu      sync.Mutex
	answers map[string]answer // by URL: the discovery document, the keys
}

type answer struct {
	body  []byte
	err   error
	until time.Time
}

// RoundTrip answers from memory or asks the issuer.
func (t *issuerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	url := r.URL.String()
	t.mu.Lock()
	known, ok := t.answers[url]
	t.mu.Unlock()
	if !ok || !t.now().Before(known.until) {
		body, redirect, err := t.ask(r)
		if redirect != nil {
			return redirect, nil
		}
		known = t.keep(url, body, err)
	}
	if known.err != nil {
		return nil, known.err
	}
	return jsonResponse(r, known.body), nil
}

func jsonResponse(r *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

func (t *issuerTransport) keep(url string, body []byte, err error) answer {
	a := answer{body: body, err: err, until: t.now().Add(keepAnswer)}
	if err != nil {
		a.until = t.now().Add(keepFailure)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers[url] = a
	return a
}

// ask returns the issuer's document, or its redirect for the client to follow.
func (t *issuerTransport) ask(r *http.Request) (body []byte, redirect *http.Response, err error) {
	if t.secure && r.URL.Scheme != "https" {
		return nil, nil, &noAnswerError{fmt.Errorf("an https issuer sent us to %s", r.URL.Scheme)}
	}
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, nil, &noAnswerError{err}
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return nil, response, nil
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes+1))
	switch {
	case err != nil:
		return nil, nil, &noAnswerError{err}
	case response.StatusCode != http.StatusOK:
		return nil, nil, &noAnswerError{fmt.Errorf("status %d", response.StatusCode)}
	case len(body) > maxAnswerBytes:
		return nil, nil, &noAnswerError{fmt.Errorf("more than %d bytes", maxAnswerBytes)}
	case !json.Valid(body):
		return nil, nil, &noAnswerError{fmt.Errorf("no JSON")}
	}
	return body, nil, nil
}
