// Package functions tests the functions as they are deployed: their handlers
// and their built bootstraps, on DynamoDB Local, a fake of S3 and an issuer.
package functions

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/blob/s3/s3test"
	"milepost/internal/ident"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

const (
	audience  = "milepost"
	bucket    = "evidence"
	cursorKey = "a cursor key of at least 32 bytes."
	// administrator is who comes first.
	administrator = "admin"
	// auditor audits the programme that an event makes.
	auditor = "auditor"
)

// clock is the real one, or as far back as it was set.
type clock struct{ behind atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(-time.Duration(c.behind.Load())) }

func (c *clock) back(d time.Duration) { c.behind.Store(int64(d)) }

// issuer is an OpenID Connect issuer on this machine.
type issuer struct {
	url   string
	clock *clock
	local *authn.LocalIssuer
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i := &issuer{url: server.URL + "/issuer", clock: &clock{}}
	var err error
	if i.local, err = authn.NewLocalIssuer(authn.LocalOptions{Issuer: i.url, Audience: audience, Now: i.clock.now, Entropy: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	mux.Handle(i.local.Path(), i.local)
	return i
}

func (i *issuer) token(t testing.TB, subject string) string {
	t.Helper()
	token, err := i.local.Token(subject, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// world is what the functions find around them.
type world struct {
	t         testing.TB
	issuer    *issuer
	table     string
	store     *dynamo.Store // the table without the recorder
	used      *recorder
	files     *s3test.Bucket
	programme ident.Programme // made by an event, once it is
	env       map[string]string
}

// newWorld makes a world with a table of its own. Where no emulator is named,
// dynamotest.Available has to be asked first.
func newWorld(t testing.TB, i *issuer) *world {
	t.Helper()
	client, table := dynamotest.Table(t)
	db, err := dynamo.Open(t.Context(), dynamo.Options{Table: table, Client: client, Jitter: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, issuer: i, table: table, store: db, used: &recorder{}, files: newBucket(t)}
	w.env = map[string]string{
		"AWS_REGION": "cn-north-1", "AWS_ACCESS_KEY_ID": "milepost", "AWS_SECRET_ACCESS_KEY": "milepost",
		"AWS_ENDPOINT_URL_DYNAMODB": w.recorded(proxyTo(t, os.Getenv(dynamotest.Env)), w.used.dynamo),
		"AWS_ENDPOINT_URL_S3":       w.recorded(w.files, w.used.s3),
		"AWS_ENDPOINT_URL_LAMBDA":   w.recorded(http.HandlerFunc(accepted), w.used.lambda),
		"MILEPOST_TABLE":            table, "MILEPOST_BUCKET": bucket, "MILEPOST_CURSOR_KEY": cursorKey, "MILEPOST_LOG_LEVEL": "info",
		"MILEPOST_ISSUER": i.url, "MILEPOST_AUDIENCE": audience, "MILEPOST_FIRST_ADMINISTRATOR": administrator,
		"AWS_LAMBDA_FUNCTION_VERSION": "1",
	}
	return w
}

// recorded serves a handler and tells of every request before.
func (w *world) recorded(next http.Handler, tell func(*http.Request)) string {
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		tell(r)
		next.ServeHTTP(out, r)
	}))
	w.t.Cleanup(server.Close)
	return server.URL
}

func proxyTo(t testing.TB, address string) http.Handler {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return httputil.NewSingleHostReverseProxy(to)
}

// newBucket is a bucket that takes what functions sign, and nothing else.
func newBucket(t testing.TB) *s3test.Bucket {
	t.Helper()
	b, err := s3test.New(s3test.Options{Bucket: bucket, AccessKey: "milepost", SecretKey: "milepost", Region: "cn-north-1"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// accepted is Lambda's answer to an asynchronous invocation.
func accepted(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Amz-Invocation-Type") != "Event" || !strings.Contains(r.Header.Get("Authorization"), "/cn-north-1/lambda/aws4_request") {
		http.Error(w, "neither asynchronous nor signed", http.StatusForbidden)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
