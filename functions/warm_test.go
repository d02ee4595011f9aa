package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"milepost/internal/authn"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/lambdatest"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// warmUp is how many rounds are not counted: the emulator compiles itself.
const warmUp = 60

// BenchmarkWarm reports how long invocations of the built api bootstrap take
// beside those of a handler that uses AWS's client alone: one GetItem for a
// read, one TransactWriteItems of the same items for a command; and, "look",
// after one BatchGetItem of the keys that the command reads first. All take
// turns, on the same emulator. Medians of the rounds:
//
//	scripts/dynamodb-local run -- go test ./functions -run '^$' -bench Warm -benchtime 400x -timeout 30m
func BenchmarkWarm(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	if b.N == 1 { // the framework's own try
		return
	}
	w := newWarm(b)
	took := map[string][]time.Duration{}
	for n := range warmUp + b.N {
		for _, turn := range w.round(n + 1) { // 0 was recorded
			if n%2 == 0 {
				slices.Reverse(turn.both)
			}
			for _, one := range turn.both {
				d := one.do()
				if n >= warmUp {
					took[turn.name+one.suffix] = append(took[turn.name+one.suffix], d)
				}
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, name := range []string{"read", "start", "submit", "decide", "approve"} {
		ours, bare, look := median(took[name]), median(took[name+bareSuffix]), median(took[name+lookSuffix])
		b.ReportMetric(ours, "ms-"+name)
		b.ReportMetric(bare, "ms-"+name+"-bare")
		b.ReportMetric(look, "ms-"+name+"-look")
		b.ReportMetric(ours/bare, "×-"+name)
		b.ReportMetric(ours/look, "×-"+name+"-look")
	}
}

func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2].Microseconds()) / 1000
}

// warm is an office on DynamoDB Local, served by both bootstraps.
type warm struct {
	b         *testing.B
	office    *trackertest.Office
	api, bare *lambdatest.Host
	tokens    map[string]string
	award     trackertest.Active
	used      int // milestones of the award that are through
}

const perAward = 20

func newWarm(b *testing.B) *warm {
	b.Helper()
	client, table := dynamotest.Table(b)
	db, err := dynamo.Open(b.Context(), dynamo.Options{Table: table, Client: client, Jitter: func() float64 { return 0 }})
	if err != nil {
		b.Fatal(err)
	}
	yesterday := civil.BusinessDate(time.Now()).AddDays(-1)
	w := &warm{b: b, tokens: map[string]string{}, used: perAward}
	w.office = trackertest.New(b, db, trackertest.On(yesterday.String()), trackertest.With(func(o *tracker.Options) { o.Outbox = true }))
	local, err := authn.NewLocalIssuer(authn.LocalOptions{Issuer: trackertest.Issuer, Audience: audience, Now: time.Now, Entropy: trackertest.NewEntropy(b.TempDir())})
	if err != nil {
		b.Fatal(err)
	}
	for _, who := range []string{trackertest.Operator, trackertest.Manager, trackertest.Manager2} {
		if w.tokens[who], err = local.Token(trackertest.Login(who).Subject, 24*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	env := map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "milepost", "AWS_SECRET_ACCESS_KEY": "milepost", "AWS_ENDPOINT_URL_DYNAMODB": os.Getenv(dynamotest.Env),
		"MILEPOST_TABLE": table, "MILEPOST_BUCKET": bucket, "MILEPOST_CURSOR_KEY": cursorKey, "MILEPOST_LOG_LEVEL": "info", "GOGC": "400",
		"MILEPOST_ISSUER": trackertest.Issuer, "MILEPOST_ISSUER_KEYS": local.Keys(), "MILEPOST_AUDIENCE": audience,
		"BARE_ITEMS": filepath.Join(b.TempDir(), "items.json"),
	}
	binary := lambdatest.Build(b, "api")
	w.record(binary, env)
	w.api = lambdatest.Start(b, binary, env)
	w.bare = lambdatest.Start(b, lambdatest.Build(b, filepath.Join("testdata", "sdkwrite")), env)
	w.bareDoes(map[string]any{"Do": "seed"})
	return w
}

// record has one milestone go its way behind a proxy, and keeps what each of
// its commands writes.
func (w *warm) record(binary string, env map[string]string) {
	type sent struct{ Look, Write json.RawMessage }
	all := map[string]sent{}
	var mu sync.Mutex
	var last sent
	to := proxyTo(w.b, env["AWS_ENDPOINT_URL_DYNAMODB"])
	proxy := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in struct {
			TransactItems json.RawMessage
			RequestItems  map[string]struct{ Keys json.RawMessage }
		}
		if err == nil && json.Unmarshal(body, &in) == nil {
			mu.Lock()
			if in.TransactItems != nil {
				last.Write = in.TransactItems
			}
			if keys := in.RequestItems[env["MILEPOST_TABLE"]].Keys; keys != nil && last.Look == nil { // the first look
				last.Look = keys
			}
			mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		to.ServeHTTP(out, r)
	}))
	defer proxy.Close()
	through := map[string]string{}
	for name, value := range env {
		through[name] = value
	}
	through["AWS_ENDPOINT_URL_DYNAMODB"] = proxy.URL
	w.api = lambdatest.Start(w.b, binary, through)
	for _, turn := range w.round(0) {
		mu.Lock()
		last = sent{}
		mu.Unlock()
		turn.ours()
		mu.Lock()
		all[turn.name] = last
		mu.Unlock()
	}
	text, err := json.Marshal(all)
	if err == nil {
		err = os.WriteFile(env["BARE_ITEMS"], text, 0o600)
	}
	if err != nil {
		w.b.Fatal(err)
	}
}

// The yardsticks: a GetItem or the transaction, and the same keys read before.
const (
	bareSuffix = "-bare"
	lookSuffix = "-look"
)

// turn is one thing done by both.
type turn struct {
	name string
	ours func() time.Duration
	both []competitor
}

type competitor struct {
	suffix string
	do     func() time.Duration
}

// round follows a fresh milestone and its tranche, one turn after the other.
func (w *warm) round(n int) []turn {
	if w.used == perAward {
		w.used = 0
		var milestones []award.MilestoneDraft
		var tranches []award.TrancheDraft
		for i := 1; i <= perAward; i++ {
			m := trackertest.Milestone(fmt.Sprint("M", i), "2027-06-01")
			m.Deliverable = strings.Repeat("a report of what was shown ", 8)
			milestones, tranches = append(milestones, m), append(tranches, trackertest.Tranche(i, "2027-07-01", "100000", m.Code))
		}
		w.award = w.office.ActiveAward(milestones, tranches)
	}
	w.used++
	number := w.used
	milestone, tranche := w.award.M(fmt.Sprint("M", number)), w.award.Tr(number)
	at := "/api/v1/awards/" + string(w.award.ID)
	m, tr := at+"/milestones/"+string(milestone.Milestone), at+"/tranches/"+string(tranche.Tranche)
	version := "1"
	command := func(name, who, path, body string) turn {
		return w.turn(name, n, func() time.Duration {
			var took time.Duration
			took, version = w.apiDoes(who, http.MethodPost, path, version, fmt.Sprintf("%s of round %06d", strings.ReplaceAll(name, " ", "-"), n), body)
			return took
		})
	}
	restart := func() time.Duration { // the tranche's own versions
		_, version = w.apiDoes(trackertest.Operator, http.MethodGet, tr, "", "", "")
		took, next := w.apiDoes(trackertest.Operator, http.MethodPost, tr+"/request", version, fmt.Sprintf("request-of-round-%06d", n), "")
		version = next
		return took
	}
	read := w.turn("read", n, func() time.Duration {
		took, _ := w.apiDoes(trackertest.Operator, http.MethodGet, tr, "", "", "")
		return took
	})
	read.both[0].do = func() time.Duration {
		return w.bareDoes(map[string]any{"Do": "get", "PK": string(w.award.ID), "SK": "3#" + string(tranche.Tranche)})
	}
	return []turn{
		read,
		command("start", trackertest.Operator, m+"/start", ""),
		command("submit", trackertest.Operator, m+"/submit", `{"statement":"done","answers":[{"criterion":"C1","text":"yes"}]}`),
		command("decide", trackertest.Manager, m+"/decide", `{"outcome":"met","paper":{"number":"2026-118"}}`),
		{name: "request", ours: restart, both: []competitor{{"", restart}}},
		command("approve", trackertest.Manager2, tr+"/approve", `{"paper":{"number":"2026-119"}}`),
	}
}

func (w *warm) turn(name string, n int, ours func() time.Duration) turn {
	bare := func(look bool) func() time.Duration {
		return func() time.Duration {
			return w.bareDoes(map[string]any{"Do": name, "N": fmt.Sprint(n, look), "Look": look})
		}
	}
	return turn{name: name, ours: ours, both: []competitor{{bareSuffix, bare(false)}, {"", ours}, {lookSuffix, bare(true)}}}
}

// apiDoes has the api's bootstrap answer a request, and returns its ETag.
func (w *warm) apiDoes(who, method, path, match, key, body string) (took time.Duration, tag string) {
	w.b.Helper()
	header := map[string]string{"authorization": "Bearer " + w.tokens[who], "accept-language": "en", "host": "abc123.execute-api.eu-west-1.amazonaws.com"}
	if method == http.MethodPost {
		header["if-match"], header["idempotency-key"] = `"`+match+`"`, strings.ReplaceAll(key, " ", "-")
	}
	if body != "" {
		header["content-type"] = "application/json"
	}
	payload, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": method + " /api/v1/{proxy+}", "rawPath": path, "headers": header, "body": body,
		"requestContext": map[string]any{"stage": "$default", "http": map[string]string{"method": method, "path": path, "sourceIp": "203.0.113.7"}},
	})
	if err != nil {
		w.b.Fatal(err)
	}
	r := w.api.Invoke(payload, time.Minute)
	var answer struct {
		StatusCode int
		Headers    map[string]string
		Body       string
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil || answer.StatusCode != http.StatusOK {
		w.b.Fatalf("%s %s: %s", method, path, r.Body)
	}
	return r.Duration, strings.Trim(answer.Headers["Etag"], `"`)
}

func (w *warm) bareDoes(event map[string]any) time.Duration {
	w.b.Helper()
	payload, err := json.Marshal(event)
	if err != nil {
		w.b.Fatal(err)
	}
	r := w.bare.Invoke(payload, time.Minute)
	if r.FunctionError != "" {
		w.b.Fatalf("%s: %s", payload, r.Body)
	}
	return r.Duration
}
