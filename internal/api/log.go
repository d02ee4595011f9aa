package api

import (
	"log/slog"
	"net/http"

	"milepost/internal/store"
)

// recorder remembers the status and size of an answer.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int64
}

// Unwrap gives http.ResponseController the writer inside.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader writes the header once; an informational status is not it.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes part of the body.
func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// logged writes one line for each request: no path, query, header or body of
// the caller's stands in it, only what this program knows by name.
func (a *API) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, tally := store.WithTally(r.Context())
		rec := &recorder{ResponseWriter: w}
		defer func() {
			x := visitOf(ctx)
			attrs := []slog.Attr{
				slog.String("requestId", x.id), slog.String("method", knownMethod(r.Method)), slog.String("operation", x.operationID()),
				slog.Int("status", rec.status), slog.Float64("ms", float64(a.options.Now().Sub(x.started).Microseconds())/1000),
				slog.Int64("itemsRead", tally.ItemsRead+tally.IndexKeys), slog.Int64("itemsWritten", tally.ItemsWritten),
				slog.Int64("bytes", rec.bytes),
			}
			if person := x.call.Principal.Person; person != "" {
				attrs = append(attrs, slog.String("actor", string(person)))
			}
			if x.code != "" {
				attrs = append(attrs, slog.String("code", x.code))
			}
			if x.reason != nil && x.cause == nil {
				attrs = append(attrs, slog.String("reason", x.reason.Error()))
			}
			level := slog.LevelInfo
			if x.cause != nil {
				level = slog.LevelError
				attrs = append(attrs, slog.String("error", x.cause.Error()))
			}
			a.options.Logger.LogAttrs(ctx, level, "request", attrs...)
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

func (x *visit) operationID() string {
	if x.operation == nil {
		return ""
	}
	return x.operation.id
}

// knownMethod keeps a caller's inventions out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
