// Package s3test gives tests a bucket over HTTP that refuses what Amazon S3
// refuses. In front of gofakes3, which takes nearly everything, it checks
// signatures, their expiry, headers that should be signed, bodies against their
// checksums, and which pages of other origins may send what (CORS).
package s3test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Options say what a bucket is called and whose signatures it takes. All but
// CORS are required.
type Options struct {
	Bucket, AccessKey, SecretKey, Region string
	// CORS are the rules for pages of other origins; none lets nobody in.
	CORS []Rule
}

// Meeting is what happens to a request before it is looked at; true ends it.
type Meeting func(w http.ResponseWriter, r *http.Request) bool

// Bucket answers requests as Amazon S3 does. It is written from its
// documentation, without the SDK, and is safe for concurrent use.
type Bucket struct {
	options Options
	backend *s3mem.Backend
	next    http.Handler

	mu       sync.Mutex
	clock    func() time.Time
	cors     []Rule
	met      Meeting
	refusals []string
}

// New makes an empty bucket that lives in memory; now is its clock.
func New(o Options, now func() time.Time) (*Bucket, error) {
	b := &Bucket{options: o, backend: s3mem.New(), clock: now, cors: o.CORS}
	if err := b.backend.CreateBucket(o.Bucket); err != nil {
		return nil, err
	}
	b.next = gofakes3.New(b.backend, gofakes3.WithLogger(gofakes3.DiscardLog()), gofakes3.WithoutVersioning()).Server()
	return b, nil
}

// SetClock sets the bucket's clock, by which signatures expire.
func (b *Bucket) SetClock(now func() time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = now
}

func (b *Bucket) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock()
}

// SetRules sets the rules for pages of other origins.
func (b *Bucket) SetRules(rules []Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cors = rules
}

// Before has something happen to every request from now on; nil for nothing.
func (b *Bucket) Before(m Meeting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.met = m
}

// Refusals are the codes of what was refused so far.
func (b *Bucket) Refusals() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.refusals...)
}

// Keys lists what the bucket holds.
func (b *Bucket) Keys() ([]string, error) {
	list, err := b.backend.ListBucket(b.options.Bucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, object := range list.Contents {
		out = append(out, object.Key)
	}
	return out, nil
}

// ServeHTTP refuses a request or hands it on.
func (b *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	met := b.met
	b.mu.Unlock()
	if met != nil && met(w, r) {
		return
	}
	if r.Method == http.MethodOptions {
		b.preflight(w, r)
		return
	}
	out := b.crossOrigin(w, r)
	b.answer(out, r)
	out.finish()
}

// answer refuses a request or hands it on to gofakes3.
func (b *Bucket) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.refuse(w, http.StatusBadRequest, "IncompleteBody", "The request ended early")
		return
	}
	if code, message := b.signature(r); code != "" {
		b.refuse(w, http.StatusForbidden, code, message)
		return
	}
	if code := content(r, body); code != "" {
		b.refuse(w, http.StatusBadRequest, code, "The content is not that of its checksum")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.next.ServeHTTP(w, r)
}

func (b *Bucket) refuse(w http.ResponseWriter, status int, code, message string) {
	b.mu.Lock()
	b.refusals = append(b.refusals, code)
	b.mu.Unlock()
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message) // a client that has gone needs none
}
