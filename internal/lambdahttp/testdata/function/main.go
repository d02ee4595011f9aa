// Command function serves a few routes through package lambdahttp, for its
// tests.
package main

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	mux.HandleFunc("GET /big", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("\"", lambdahttp.DefaultMaxResponse))
	})
	mux.HandleFunc("GET /largest", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", lambdahttp.DefaultMaxResponse-400))
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	catalogs, err := i18n.New()
	if err != nil {
		panic(err)
	}
	function, err := lambdahttp.New(mux, lambdahttp.Options{
		Catalogs: catalogs, Logger: slog.New(slog.NewJSONHandler(os.Stdout, nil)), NewRequestID: func() string { return "req_1" }, Margin: 300 * time.Millisecond,
	})
	if err != nil {
		panic(err)
	}
	lambda.Start(function)
}
