package s3_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/blob"
	"milepost/internal/blob/s3"
	"milepost/internal/fault"
)

var evidence = []byte("%PDF-1.7 evidence")

// use sends a ticket as a browser would: its headers and a body.
func use(t *testing.T, ticket *blob.Ticket, body []byte, change func(*http.Request)) (status int, code string) {
	t.Helper()
	r, err := http.NewRequest(ticket.Method, ticket.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range ticket.Headers {
		if name != "Content-Length" { // that of the body, always
			r.Header.Set(name, value)
		}
	}
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ = strings.Cut(string(text), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return answer.StatusCode, code
}

func TestTicket(t *testing.T) {
	f := newFake(t)
	now := time.Date(2026, 3, 4, 5, 6, 7, 890, time.UTC)
	f.SetClock(func() time.Time { return now })
	s := f.open(t, func(o *s3.Options) { o.Now = func() time.Time { return now }; o.TicketLife = 5 * time.Minute })
	a := announce(evidence)
	ticket, err := s.Ticket(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(ticket.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.Query().Get("X-Amz-SignedHeaders"), "content-length;content-type;host;x-amz-checksum-sha256"; got != want {
		t.Errorf("signed headers %s, want %s", got, want)
	}
	if got := u.Query().Get("X-Amz-Expires"); got != "300" {
		t.Errorf("expires in %s s, want 300", got)
	}
	sum := sha256.Sum256(evidence)
	want := &blob.Ticket{
		Method: "PUT", URL: ticket.URL, ExpiresAt: time.Date(2026, 3, 4, 5, 11, 7, 0, time.UTC),
		Headers: map[string]string{"Content-Length": "17", "Content-Type": "application/pdf", "X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum[:])},
	}
	if diff := cmp.Diff(want, ticket); diff != "" {
		t.Errorf("ticket (-want +got):\n%s", diff)
	}
	for range 2 { // and again: the same content changes nothing
		if status, code := use(t, ticket, evidence, nil); status != http.StatusOK {
			t.Fatalf("used: %d %s", status, code)
		}
	}
	f.SetClock(time.Now)
	s = f.open(t, nil)
	if info, err := s.Stat(t.Context(), a.SHA256); err != nil || info.Size != a.Size {
		t.Errorf("Stat = %v, %v", info, err)
	}
}

// tampering is a use of a ticket that is not what it was given for, and what
// comes of it.
type tampering struct {
	name   string
	body   []byte
	change func(*http.Request)
	fake   func(*fake)
	code   string
}

func tamperings() []tampering {
	other := []byte("%PDF-1.7 EVIDENCE")
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	query := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			q := r.URL.Query()
			q.Set(name, value)
			r.URL.RawQuery = q.Encode()
		}
	}
	later := func(d time.Duration) func(*fake) {
		return func(f *fake) { f.SetClock(func() time.Time { return time.Now().Add(d) }) }
	}
	sum := sha256.Sum256(other)
	return []tampering{
		{"other content", other, nil, nil, "BadDigest"},
		{"other content and its checksum", other, set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(sum[:])), nil, "SignatureDoesNotMatch"},
		{"longer content", append(bytes.Clone(evidence), 'x'), nil, nil, "SignatureDoesNotMatch"},
		{"no content", nil, nil, nil, "SignatureDoesNotMatch"},
		{"no checksum", evidence, func(r *http.Request) { r.Header.Del("X-Amz-Checksum-Sha256") }, nil, "SignatureDoesNotMatch"},
		{"no checksum signed", other, func(r *http.Request) {
			r.Header.Del("X-Amz-Checksum-Sha256")
			query("X-Amz-SignedHeaders", "content-length;content-type;host")(r)
		}, nil, "SignatureDoesNotMatch"},
		{"other type", evidence, set("Content-Type", "text/html"), nil, "SignatureDoesNotMatch"},
		{"no type", evidence, func(r *http.Request) { r.Header.Del("Content-Type") }, nil, "SignatureDoesNotMatch"},
		{"public", evidence, set("X-Amz-Acl", "public-read"), nil, "HeadersNotSigned"},
		{"redirected object", evidence, set("X-Amz-Website-Redirect-Location", "https://other.example"), nil, "HeadersNotSigned"},
		{"other key", evidence, func(r *http.Request) { r.URL.Path += "x" }, nil, "SignatureDoesNotMatch"},
		{"other bucket", evidence, func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, bucket, "b", 1) }, nil, "SignatureDoesNotMatch"},
		{"other host", evidence, func(r *http.Request) { r.Host = "other.example" }, nil, "SignatureDoesNotMatch"},
		{"other method", evidence, func(r *http.Request) { r.Method = http.MethodDelete }, nil, "SignatureDoesNotMatch"},
		{"longer life", evidence, query("X-Amz-Expires", "86400"), nil, "SignatureDoesNotMatch"},
		{"no life", evidence, query("X-Amz-Expires", ""), nil, "AuthorizationQueryParametersError"},
		{"later date", evidence, query("X-Amz-Date", time.Now().UTC().Add(time.Minute).Format("20060102T150405Z")), nil, "SignatureDoesNotMatch"},
		{"other signature", evidence, query("X-Amz-Signature", strings.Repeat("0", 64)), nil, "SignatureDoesNotMatch"},
		{"no signature", evidence, func(r *http.Request) { r.URL.RawQuery = "" }, nil, "AuthorizationQueryParametersError"},
		{"one more parameter", evidence, query("acl", ""), nil, "SignatureDoesNotMatch"},
		{"just in time", evidence, nil, later(s3.DefaultTicketLife - 5*time.Second), ""},
		{"too late", evidence, nil, later(s3.DefaultTicketLife + time.Second), "AccessDenied"},
	}
}

// A ticket is good for the announced content and nothing else. gofakes3
// alone takes what strict refuses here.
func TestTicketAndTampering(t *testing.T) {
	for _, tt := range tamperings() {
		f := newFake(t)
		ticket, err := f.open(t, nil).Ticket(t.Context(), announce(evidence))
		if err != nil {
			t.Fatal(err)
		}
		if tt.fake != nil {
			tt.fake(f)
		}
		status, code := use(t, ticket, tt.body, tt.change)
		if code != tt.code || (status == http.StatusOK) != (tt.code == "") {
			t.Errorf("%s: %d %s, want %s", tt.name, status, code, tt.code)
		}
		if keys := f.keys(t); (len(keys) == 0) != (tt.code != "") {
			t.Errorf("%s: the bucket holds %v", tt.name, keys)
		}
	}
}

func TestTicketRefuses(t *testing.T) {
	s := newFake(t).open(t, nil)
	good := announce(evidence)
	for code, change := range map[string]func(*blob.Announcement){
		blob.CodeHashMalformed: func(a *blob.Announcement) { a.SHA256 = "../../x" },
		blob.CodeSizeDiffers:   func(a *blob.Announcement) { a.Size = -1 },
		blob.CodeTooLarge:      func(a *blob.Announcement) { a.Size = 1<<20 + 1 },
	} {
		a := good
		change(&a)
		if ticket, err := s.Ticket(t.Context(), a); fault.CodeOf(err) != code || ticket != nil {
			t.Errorf("Ticket = %v, %v, want %s", ticket, err, code)
		}
	}
}

// A ticket says that it ends when the role's credentials do.
func TestTicketOfExpiringCredentials(t *testing.T) {
	f := newFake(t)
	now := time.Now().UTC().Truncate(time.Second)
	until := now.Add(2 * time.Minute)
	s := f.open(t, func(o *s3.Options) {
		o.Config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey, SessionToken: "token/of+role=", CanExpire: true, Expires: until}, nil
		})
		o.Now = func() time.Time { return now }
	})
	ticket, err := s.Ticket(t.Context(), announce(evidence))
	if err != nil || !ticket.ExpiresAt.Equal(until) || !strings.Contains(ticket.URL, "X-Amz-Security-Token=") {
		t.Fatalf("Ticket = %+v, %v; want it to end at %v", ticket, err, until)
	}
	if status, code := use(t, ticket, evidence, nil); status != http.StatusOK {
		t.Errorf("used: %d %s", status, code)
	}
}

// The middleware itself: an ordinary upload with a body or headers changed on
// the way is refused, so that the suite above stands on something.
func TestStrictRefusesWhatIsChangedOnTheWay(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*http.Request)
		code   string
	}{
		"body":      {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("CONTENT")) }, "XAmzContentSHA256Mismatch"},
		"checksum":  {func(r *http.Request) { r.Header.Del("X-Amz-Checksum-Sha256") }, "SignatureDoesNotMatch"},
		"key":       {func(r *http.Request) { r.URL.Path += "x" }, "SignatureDoesNotMatch"},
		"header":    {func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, "HeadersNotSigned"},
		"signature": {func(r *http.Request) { r.Header.Del("Authorization") }, "AuthorizationQueryParametersError"},
		"unchanged": {func(*http.Request) {}, ""},
	} {
		f := newFake(t)
		f.Before(func(_ http.ResponseWriter, r *http.Request) bool { tt.change(r); return false })
		err := f.open(t, nil).Put(t.Context(), announce([]byte("content")), strings.NewReader("content"))
		if (err == nil) != (tt.code == "") || tt.code != "" && (len(f.Refusals()) == 0 || f.Refusals()[0] != tt.code) {
			t.Errorf("%s: Put = %v, refused with %v, want %s", name, err, f.Refusals(), tt.code)
		}
	}
}
