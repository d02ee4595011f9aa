package lambdahttp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
)

// testTime is the time of change of a file.
var testTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func bareFunction(h http.Handler) any { return httpadapter.NewV2(h).ProxyWithContext }

// invoke calls a function as the runtime does, from bytes to bytes.
func invoke(b *testing.B, function any, e request) {
	payload, err := json.Marshal(e)
	if err != nil {
		b.Fatal(err)
	}
	handler := lambda.NewHandler(function)
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := handler.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}

// The shim's cost beside the bare adapter's, the runtime's JSON included in
// both.
func BenchmarkCall(b *testing.B) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		_, _ = io.Copy(w, r.Body)
	})
	for _, size := range []int{0, 2 << 10, 4 << 20} {
		e := with(get("/api/v1/awards"), func(e *request) {
			e.RequestContext.HTTP.Method, e.Body = "POST", strings.Repeat(`{"a":1}`, size/7)
			for _, name := range []string{"accept", "accept-language", "authorization", "content-type", "idempotency-key", "if-match", "user-agent", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"} {
				e.Headers[name] = "some value, another"
			}
		})
		f, _ := start(b, h, nil)
		b.Run(fmt.Sprintf("shim/%d", size), func(b *testing.B) { invoke(b, f, e) })
		b.Run(fmt.Sprintf("bare/%d", size), func(b *testing.B) { invoke(b, bareFunction(h), e) })
	}
}
