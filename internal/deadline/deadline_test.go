package deadline_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"milepost/internal/deadline"
)

// A request that waits ends when its time is over; one that is slow has more.
func TestBound(t *testing.T) {
	limits := deadline.Limits{Work: time.Millisecond, Files: time.Hour}
	h := limits.Bound(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if until, ok := r.Context().Deadline(); ok && time.Until(until) > time.Minute {
			t.Log("has the time of files")
			return
		}
		<-r.Context().Done()
		if err := r.Context().Err(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ends with %v", err)
		}
		if r.URL.Path != "/page" {
			t.Errorf("%s has no more time than a page", r.URL.Path)
		}
	}), func(r *http.Request) bool { return r.URL.Path == "/file" })
	for _, path := range []string{"/page", "/file"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
}

// timed is a writer with deadlines.
type timed struct {
	http.ResponseWriter
	read, write time.Time
	err         error
}

func (w *timed) SetReadDeadline(at time.Time) error  { w.read = at; return w.err }
func (w *timed) SetWriteDeadline(at time.Time) error { w.write = at; return w.err }

func TestExtend(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := &timed{ResponseWriter: httptest.NewRecorder()}
	if err := (deadline.Limits{}).Extend(w, now); err != nil || w.read != now.Add(15*time.Minute) || w.write != w.read {
		t.Errorf("reads until %s, writes until %s, %v", w.read, w.write, err)
	}
	if err := (deadline.Limits{}).Extend(httptest.NewRecorder(), now); err != nil {
		t.Errorf("a writer without deadlines: %v", err)
	}
	w.err = errors.New("broken")
	if err := (deadline.Limits{}).Extend(w, now); !errors.Is(err, w.err) {
		t.Errorf("a writer that fails: %v", err)
	}
}
