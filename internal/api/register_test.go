package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"milepost/internal/api"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// bare is an API that nothing was asked of yet.
func bare(t testing.TB) *api.API {
	t.Helper()
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	office := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	return bareOn(t, office, catalogs)
}

func bareOn(t testing.TB, office *trackertest.Office, catalogs *i18n.Catalogs) *api.API {
	t.Helper()
	a, err := api.New(api.Options{Tracker: office.Tracker, Verifier: verifier{}, Catalogs: catalogs, Now: time.Now,
		Logger: slog.New(slog.NewJSONHandler(io.Discard, nil)), NewRequestID: func() string { return "req" }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// operations lists what a document describes, as method and path.
func operations(t testing.TB, a *api.API) []string {
	t.Helper()
	text, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			all = append(all, method+" "+path)
		}
	}
	return all
}

func call(a http.Handler, operation string) (status int, body string) {
	method, path, _ := strings.Cut(operation, " ")
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, httptest.NewRequest(method, strings.NewReplacer("{", "", "}", "").Replace(path), nil))
	return answer.Code, answer.Body.String()
}

// Operations are registered as they are called: every one can be, first and at
// the same time as others, and asks for a token before anything else.
func TestEveryOperationIsRegisteredWhenCalled(t *testing.T) {
	all := operations(t, bare(t))
	if len(all) < 100 {
		t.Fatalf("%d operations", len(all))
	}
	a := bare(t)
	var group sync.WaitGroup
	for range 2 {
		for _, operation := range all {
			group.Go(func() {
				if status, body := call(a, operation); status != http.StatusUnauthorized || !strings.Contains(body, "auth.missing") {
					t.Errorf("%s = %d %s", operation, status, body)
				}
			})
		}
	}
	group.Wait()
	if want, got := document(t, bare(t)), document(t, a); want != got {
		t.Error("the document differs after operations were called")
	}
}

// What an unregistered operation needs no types for is answered without them.
func TestRouterAnswersBeforeRegistering(t *testing.T) {
	a := bare(t)
	for operation, want := range map[string]string{
		"DELETE /api/v1/awards":  "request.methodNotAllowed",
		"GET /api/v1/awardz":     "request.pathNotFound",
		"POST /api/openapi.yaml": "request.methodNotAllowed",
	} {
		if _, body := call(a, operation); !strings.Contains(body, want) || fault.New(fault.NotFound, want).Code != want {
			t.Errorf("%s = %s, want %s", operation, body, want)
		}
	}
}

// BenchmarkStart measures what a program does before it listens, what the
// first call of an operation adds, and what all of them hold in memory.
func BenchmarkStart(b *testing.B) {
	catalogs, err := i18n.New()
	if err != nil {
		b.Fatal(err)
	}
	office := trackertest.New(b, store.Counted(trackertest.Memory(b)))
	all := operations(b, bareOn(b, office, catalogs))
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bareOn(b, office, catalogs)
		}
	})
	b.Run("document", func(b *testing.B) {
		for b.Loop() {
			operations(b, bareOn(b, office, catalogs))
		}
	})
	b.Run("first", func(b *testing.B) { // the mean over all operations
		var a *api.API
		var before, after runtime.MemStats
		for b.Loop() {
			a = bareOn(b, office, catalogs)
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			for _, operation := range all {
				call(a, operation)
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/float64(len(all)), "µs/first-call")
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-all")
		runtime.KeepAlive(a)
	})
}
