package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"milepost/internal/blob/s3/s3test"
)

// faulty is a bucket to whose uploads by pages something happens on the way.
type faulty struct {
	*s3test.Bucket
	mu   sync.Mutex
	what string
	left int           // of the uploads that it happens to
	held chan struct{} // closed when uploads go on; nil where they do
}

func (f *faulty) set(what string, n int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch what {
	case "tamper", "cut", "late":
		f.what, f.left = what, n
	case "hold":
		f.held = make(chan struct{})
	case "release":
		close(f.held)
		f.held = nil
	default:
		return fmt.Errorf("uploadhost: %q is nothing that could happen", what)
	}
	return nil
}

// next is what happens to the next upload.
func (f *faulty) next() (what string, held chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left > 0 {
		f.left--
		what = f.what
	}
	return what, f.held
}

// ServeHTTP has what was said happen to a page's upload, and hands it on.
func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut || r.Header.Get("Origin") == "" {
		f.Bucket.ServeHTTP(w, r)
		return
	}
	what, held := f.next()
	if held != nil {
		<-held
	}
	switch what {
	case "cut":
		_, _ = io.CopyN(io.Discard, r.Body, 1<<20) // some of it, and then nobody is there
		panic(http.ErrAbortHandler)
	case "tamper":
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) == 0 {
			panic(http.ErrAbortHandler)
		}
		body[len(body)/2] ^= 1
		r.Body = io.NopCloser(bytes.NewReader(body))
	case "late":
		f.SetClock(func() time.Time { return time.Now().Add(time.Hour) })
		defer f.SetClock(time.Now)
	}
	f.Bucket.ServeHTTP(w, r)
}
