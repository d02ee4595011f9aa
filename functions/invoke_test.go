package functions

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/annexhost"
	"milepost/internal/boot/cloud/apihost"
	"milepost/internal/boot/cloud/consolehost"
	"milepost/internal/lambdatest"
)

// names are the functions, each a folder here and in events/.
func names() []string { return []string{"api", "annex", "console", "sweep", "relay"} }

// outcome is what came of an invocation; failure is "" where there was none.
type outcome struct {
	body    []byte
	failure string
}

// invoker invokes a function.
type invoker func(payload []byte, within time.Duration) outcome

// handlers are the functions in this process.
func (w *world) handlers(t testing.TB) map[string]invoker {
	t.Helper()
	host := cloud.New(func(name string) string { return w.env[name] }, &logged{t: t}, w.issuer.clock.now, rand.Reader, func() float64 { return 0.5 })
	out := map[string]invoker{}
	add := func(name string, function any, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		invoke := inProcess(name, lambda.NewHandler(function))
		out[name] = func(payload []byte, within time.Duration) outcome {
			defer w.used.of(name)
			return invoke(payload, within)
		}
	}
	api, err := apihost.New(host)
	add("api", api, err)
	annex, err := annexhost.New(host)
	add("annex", annex, err)
	console, err := consolehost.New(host)
	add("console", console, err)
	sweep, err := host.Sweep()
	add("sweep", sweep, err)
	relay, err := host.Relay()
	add("relay", relay, err)
	return out
}

func inProcess(name string, h lambda.Handler) invoker {
	return func(payload []byte, within time.Duration) outcome {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
			AwsRequestID: "request", InvokedFunctionArn: "arn:aws-cn:lambda:cn-north-1:123456789012:function:milepost-" + name + ":live",
		})
		body, err := h.Invoke(ctx, payload)
		if err != nil {
			return outcome{failure: err.Error()}
		}
		return outcome{body: bytes.TrimSpace(body)}
	}
}

// logged keeps what a function writes until the test fails.
type logged struct {
	t    testing.TB
	once sync.Once
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.once.Do(func() {
		l.t.Cleanup(func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			if text := l.text.String(); l.t.Failed() {
				l.t.Logf("log, its end:\n%s", text[max(0, len(text)-2<<10):])
			}
		})
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// bootstraps are the functions as they are deployed, each a process of its own
// under the Runtime API.
func (w *world) bootstraps(t testing.TB) map[string]invoker {
	t.Helper()
	out := map[string]invoker{}
	for _, name := range names() {
		host := lambdatest.Start(t, lambdatest.Build(t, filepath.Join(".", name)), w.env)
		out[name] = func(payload []byte, within time.Duration) outcome {
			r := host.Invoke(payload, within)
			if r.FunctionError == "" {
				return outcome{body: bytes.TrimSpace(r.Body)}
			}
			var told struct{ ErrorMessage string }
			if json.Unmarshal(r.Body, &told) != nil || told.ErrorMessage == "" {
				return outcome{failure: string(r.Body)}
			}
			return outcome{failure: told.ErrorMessage}
		}
	}
	return out
}
