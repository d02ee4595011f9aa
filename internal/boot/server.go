package boot

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Timeouts of a connection. A route that moves files sets its own deadlines.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute
	writeTimeout      = 2 * time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// Listen opens the address that the program serves; port 0 takes a free one.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", address)
}

// Serve answers requests until ctx ends, then lets those under way finish
// within grace. It returns nil after a stop that was asked for.
func Serve(ctx context.Context, l net.Listener, h http.Handler, grace time.Duration, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(within)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("stopped before every request was answered", "grace", grace.String())
		err = server.Close()
	}
	return err
}

// serveAndSweep is Serve with the daily sweep, the purge of what has
// expired and the relay beside it, which have ended when it returns. What was not delivered by then stands in the
// outbox, which the next start looks through.
func serveAndSweep(ctx context.Context, app *App, l net.Listener, h http.Handler, grace time.Duration, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() {
		Daily{Now: app.Now, Wait: wait, Run: sweeper(app, log), Logger: log}.Keep(ctx)
	})
	beside.Go(func() {
		keepPurged(ctx, app, log)
	})
	beside.Go(func() { app.relay.Run(ctx, app.bell.Wakes()) })
	err := Serve(ctx, l, h, grace, log)
	stop()
	beside.Wait()
	return err
}
