package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"milepost/internal/api"
	"milepost/internal/apidocs"
	"milepost/internal/authn"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// verifier takes a persona's name between two dots for their token.
type verifier struct{}

func (verifier) Verify(_ context.Context, token string) (authn.Identity, error) {
	parts := strings.Split(token, ".")
	switch parts[1] {
	case "expired":
		return authn.Identity{}, fault.New(fault.Unauthenticated, authn.CodeExpired)
	case "forged":
		return authn.Identity{}, fault.New(fault.Unauthenticated, authn.CodeInvalid)
	}
	return authn.Identity{Issuer: trackertest.Issuer, Subject: parts[1]}, nil
}

// desk is an office behind its API on a real listener. Every answer that
// passes it is held against the OpenAPI document.
type desk struct {
	*trackertest.Office
	t      *testing.T
	api    *api.API
	server *httptest.Server
	router routers.Router
	log    *bytes.Buffer
}

func open(t *testing.T, change ...func(*api.Options)) *desk {
	t.Helper()
	d := &desk{Office: trackertest.New(t, store.Counted(trackertest.Memory(t))), t: t, log: &bytes.Buffer{}}
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	docs, err := apidocs.New()
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int64
	options := api.Options{
		Tracker: d.Tracker, Verifier: verifier{}, Catalogs: catalogs, Now: time.Now, Version: "test",
		Logger:       slog.New(slog.NewJSONHandler(d.log, nil)),
		NewRequestID: func() string { return fmt.Sprintf("req_%04d", requests.Add(1)) },
		Workbooks:    xlsx.Read, Docs: docs,
	}
	for _, c := range change {
		c(&options)
	}
	if d.api, err = api.New(options); err != nil {
		t.Fatal(err)
	}
	if d.router, err = routes(document(t, d.api)); err != nil {
		t.Fatalf("the document: %v", err)
	}
	d.server = httptest.NewServer(d.api)
	t.Cleanup(d.server.Close)
	return d
}

func document(t *testing.T, a *api.API) string {
	t.Helper()
	text, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// routes reads a document once for all tests that have the same.
func routes(document string) (routers.Router, error) {
	read, _ := known.LoadOrStore(document, sync.OnceValues(func() (routers.Router, error) {
		doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
		if err != nil {
			return nil, err
		}
		if err := doc.Validate(context.Background()); err != nil {
			return nil, err
		}
		return gorillamux.NewRouter(doc)
	}))
	return read.(func() (routers.Router, error))()
}

var known sync.Map // of documents

// ask is a request as a test writes it.
type ask struct {
	as      string // persona, "" for nobody
	method  string // default: POST with a body or a version, else GET
	path    string // below /api/v1, or from the root where it begins with //
	body    any    // marshalled; a string is sent as it is
	match   int64  // If-Match, 0 for none
	key     string // Idempotency-Key
	header  map[string]string
	chinese bool
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) etag(t *testing.T) int64 {
	t.Helper()
	var v int64
	if _, err := fmt.Sscanf(r.header.Get("ETag"), "\"%d\"", &v); err != nil {
		t.Fatalf("no ETag in %v", r.header)
	}
	return v
}

func (r reply) id() string {
	location := r.header.Get("Location")
	return location[strings.LastIndex(location, "/")+1:]
}

func into[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return v
}

func (a ask) request(t *testing.T, root string) *http.Request {
	t.Helper()
	var body io.Reader
	switch b := a.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	method := a.method
	if method == "" {
		method = http.MethodGet
		if body != nil || a.match != 0 {
			method = http.MethodPost
		}
	}
	url := root + api.Prefix + a.path
	if rest, ok := strings.CutPrefix(a.path, "//"); ok {
		url = root + "/" + rest
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.as != "" {
		r.Header.Set("Authorization", "Bearer h."+a.as+".s")
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.match != 0 {
		r.Header.Set("If-Match", fmt.Sprintf("%q", fmt.Sprint(a.match)))
	}
	if a.key != "" {
		r.Header.Set("Idempotency-Key", a.key)
	}
	r.Header.Set("Accept-Language", "en")
	if a.chinese {
		r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	}
	for name, value := range a.header {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

// do sends a request and checks its answer against the document.
func (d *desk) do(a ask) reply {
	d.t.Helper()
	r := a.request(d.t, d.server.URL)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	out := reply{response.StatusCode, response.Header, body}
	d.documented(r, out)
	return out
}

// must is do where success is meant.
func (d *desk) must(a ask) reply {
	d.t.Helper()
	r := d.do(a)
	if r.status >= 300 {
		d.t.Fatalf("%s %s as %s = %d %s", a.method, a.path, a.as, r.status, r.body)
	}
	return r
}

// documented fails the test where an answer is not as the document says:
// status, headers, media type, body, and for a problem its code.
func (d *desk) documented(r *http.Request, got reply) {
	d.t.Helper()
	if got.header.Get("X-Request-Id") == "" || got.header.Get("X-Content-Type-Options") != "nosniff" {
		d.t.Errorf("%s %s: request id or security headers missing: %v", r.Method, r.URL.Path, got.header)
	}
	if err := undocumented(d.router, r, got); err != nil {
		d.t.Error(err)
	}
}

// undocumented returns how an answer differs from the document; the router's
// own 404 and 405, probes and pages are not in it.
func undocumented(router routers.Router, r *http.Request, got reply) error {
	route, params, err := router.FindRoute(r)
	if err != nil {
		return nil //nolint:nilerr // the document does not know the route, which is what was asked
	}
	id := route.Operation.OperationID
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 got.status, Header: got.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		return fmt.Errorf("%s: the answer is not as documented: %w\n%s", id, err, got.body)
	}
	if got.status < 400 {
		return nil
	}
	var problem api.Problem
	if err := json.Unmarshal(got.body, &problem); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	about := *route.Operation.Responses.Status(got.status).Value.Description
	_, list, _ := strings.Cut(about, ": ")
	if !slices.Contains(strings.Split(list, ", "), problem.Code) {
		return fmt.Errorf("%s answered %d %s, which its document does not list: %s", id, got.status, problem.Code, about)
	}
	return nil
}

func trackerAward(id string) ident.Award { return ident.Award(id) }

// TrancheVersion reads the version of a tranche, given as a path, out of the
// store.
func (d *desk) TrancheVersion(path string) int64 {
	d.t.Helper()
	parts := strings.Split(path, "/")
	items, err := d.Store.Get(d.Ctx, schema.TrancheKey(ident.Award(parts[2]), ident.Tranche(parts[4])))
	if err != nil || items[0] == nil {
		d.t.Fatalf("no tranche at %s: %v", path, err)
	}
	return items[0].Version
}
