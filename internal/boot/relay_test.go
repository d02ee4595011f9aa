package boot

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// What a program without a server wrote is delivered by the next server, which
// ends its relay when it stops.
func TestTheServerDeliversWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := Initialise(t.Context(), dir, "Alice", "https://id.example.org", "alice"); err != nil {
		t.Fatal(err)
	}
	before, err := RelayStatus(t.Context(), dir)
	if err != nil || left(before) == 0 {
		t.Fatalf("before: %+v, %v; want something to be delivered", before, err)
	}
	app, err := Open(t.Context(), Place{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveAndSweep(ctx, app, l, http.NotFoundHandler(), time.Minute, slog.New(slog.DiscardHandler))
	}()
	for range 1200 {
		if status, err := app.relay.Status(t.Context()); err == nil && left(status) == 0 && status[0].Through != "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := app.Close(); err != nil {
		t.Error(err)
	}
	if after, err := RelayStatus(t.Context(), dir); err != nil || left(after) != 0 {
		t.Errorf("after: %+v, %v; want nothing left", after, err)
	}
}

// left counts what was not delivered.
func left(status []Followed) int {
	n := 0
	for _, s := range status {
		n += s.Waiting
	}
	return n
}
