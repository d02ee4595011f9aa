package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"milepost/internal/blob"
	"milepost/internal/blob/s3"
	"milepost/internal/fault"
)

// failing makes the first n requests of a method fail.
func failing(f *fake, method string, n int64, fail http.HandlerFunc) *atomic.Int64 {
	met := &atomic.Int64{}
	f.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || met.Add(1) > n {
			return false
		}
		_, _ = io.Copy(io.Discard, r.Body)
		fail(w, r)
		return true
	})
	return met
}

func busy(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func stuck(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestRetries(t *testing.T) {
	for name, fail := range map[string]http.HandlerFunc{"busy": busy, "cut": cut, "stuck": stuck} {
		f := newFake(t)
		s := f.open(t, func(o *s3.Options) {
			if name == "stuck" {
				o.Timeout = 400 * time.Millisecond
			}
		})
		a := announce([]byte("content"))
		met := failing(f, http.MethodPut, 2, fail)
		if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil || met.Load() != 3 {
			t.Errorf("%s: Put = %v after %d requests, want 3", name, err, met.Load())
		}
		met = failing(f, http.MethodHead, 3, fail)
		if _, err := s.Stat(t.Context(), a.SHA256); err != nil || met.Load() != 4 {
			t.Errorf("%s: Stat = %v after %d requests, want 4", name, err, met.Load())
		}
		met = failing(f, http.MethodDelete, 100, fail)
		if err := s.Remove(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeFailed || met.Load() != 4 {
			t.Errorf("%s: Remove = %v after %d requests, want %s after 4", name, err, met.Load(), blob.CodeFailed)
		}
	}
}

// An answer that ends early is asked for again.
func TestReadIsRetried(t *testing.T) {
	f := newFake(t)
	s := f.open(t, nil)
	a := announce([]byte("content"))
	if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{2: "content", 100: ""} {
		met := failing(f, http.MethodGet, n, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "7")
			w.Header().Set("Content-Range", "bytes 0-6/7")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "con")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		r, _, err := s.Open(t.Context(), a.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if string(got) != want || (err == nil) != (want != "") || want == "" && (fault.CodeOf(err) != blob.CodeFailed || met.Load() != 4) {
			t.Errorf("%d cut answers: %q, %v after %d requests", n, got, err, met.Load())
		}
	}
}

func TestReadFindsAnotherObject(t *testing.T) {
	f := newFake(t)
	s := f.open(t, nil)
	a := announce([]byte("content"))
	read := func(between func()) error {
		t.Helper()
		if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Open(t.Context(), a.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		between()
		_, err = io.ReadAll(r)
		return err
	}
	if err := read(func() { _ = s.Remove(t.Context(), a.SHA256) }); !errors.Is(err, fault.New(fault.NotFound, blob.CodeAbsent)) {
		t.Errorf("removed meanwhile: %v, want %s", err, blob.CodeAbsent)
	}
	replaced := func() {
		f.Before(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || r.Header.Get("If-Match") == "" {
				return false // gofakes3 does not look at it
			}
			w.WriteHeader(http.StatusPreconditionFailed)
			return true
		})
	}
	if err := read(replaced); fault.CodeOf(err) != blob.CodeFailed {
		t.Errorf("replaced meanwhile: %v, want %s", err, blob.CodeFailed)
	}
	whole := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "content") } // ignores the range
	if err := read(func() { failing(f, http.MethodGet, 1, whole) }); fault.CodeOf(err) != blob.CodeFailed {
		t.Errorf("another range: %v, want %s", err, blob.CodeFailed)
	}
}

// What lies at a content's key with another checksum is not that content.
func TestStatComparesTheChecksum(t *testing.T) {
	f := newFake(t)
	s := f.open(t, nil)
	a := announce([]byte("content"))
	if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	for checksum, want := range map[string]string{
		"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=": blob.CodeFailed,
		"": "", // an object put by other means may have none
	} {
		f.Before(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Length", "7")
			w.Header().Set("X-Amz-Checksum-Sha256", checksum)
			return true
		})
		if _, err := s.Stat(t.Context(), a.SHA256); fault.CodeOf(err) != want {
			t.Errorf("Stat with checksum %q = %v, want %q", checksum, err, want)
		}
	}
}

func TestWrongBucketAndCredentials(t *testing.T) {
	f := newFake(t)
	a := announce([]byte("content"))
	put := func(s *s3.Store) error { return s.Put(t.Context(), a, strings.NewReader("content")) }
	for name, change := range map[string]func(*s3.Options){
		"bucket": func(o *s3.Options) { o.Bucket = "another-bucket" },
		"secret": func(o *s3.Options) {
			o.Config.Credentials = credentials.NewStaticCredentialsProvider(accessKey, "wrong", "")
		},
		"region":  func(o *s3.Options) { o.Config.Region = "eu-west-1" },
		"address": func(o *s3.Options) { o.Endpoint = "http://127.0.0.1:1" },
	} {
		s := f.open(t, change)
		if err := put(s); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("wrong %s: Put = %v, want %s", name, err, blob.CodeFailed)
		}
		if err := s.CheckBucket(t.Context()); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("wrong %s: CheckBucket = %v, want %s", name, err, blob.CodeFailed)
		}
		if name == "bucket" {
			continue // the answer to HEAD does not say which of the two is absent
		}
		if _, err := s.Stat(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("wrong %s: Stat = %v, want %s", name, err, blob.CodeFailed)
		}
	}
	if err := f.open(t, nil).CheckBucket(t.Context()); err != nil {
		t.Errorf("CheckBucket = %v", err)
	}
}

// A service that never answers costs no more than the attempts' timeouts.
func TestDeadService(t *testing.T) {
	dead := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer dead.Close()
	s := newFake(t).open(t, func(o *s3.Options) { o.Endpoint, o.Timeout = dead.URL, 50*time.Millisecond })
	began := time.Now()
	if _, err := s.Stat(t.Context(), announce(nil).SHA256); fault.CodeOf(err) != blob.CodeFailed {
		t.Errorf("Stat = %v, want %s", err, blob.CodeFailed)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Stat took %v", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := s.Put(ctx, announce([]byte("x")), strings.NewReader("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put = %v, want %v", err, context.DeadlineExceeded)
	}
}
