package s3_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost/internal/blob/s3"
)

// A link gives the content under the name and type that it was made for, to
// whoever has it, for a minute.
func TestLink(t *testing.T) {
	f := newFake(t)
	s := f.open(t, nil)
	a := announce(evidence)
	if err := s.Put(t.Context(), a, bytes.NewReader(evidence)); err != nil {
		t.Fatal(err)
	}
	link, err := s.Link(t.Context(), a.SHA256, "application/pdf", `attachment; filename="report.pdf"`)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("X-Amz-Expires") != "60" || q.Get("response-content-type") != "application/pdf" || q.Get("response-content-disposition") != `attachment; filename="report.pdf"` {
		t.Errorf("the link says %v", q)
	}
	get := func(link string) (int, string) {
		r, err := http.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(text)
	}
	if status, text := get(link); status != http.StatusOK || text != string(evidence) {
		t.Errorf("the link gives %d %s", status, text)
	}
	q.Set("response-content-disposition", "inline")
	other := *u
	other.RawQuery = q.Encode()
	if status, text := get(other.String()); status != http.StatusForbidden {
		t.Errorf("shown in the page instead of saved: %d %s", status, text)
	}
	f.SetClock(func() time.Time { return time.Now().Add(2 * time.Minute) })
	if status, text := get(link); status != http.StatusForbidden || !strings.Contains(text, "expired") {
		t.Errorf("two minutes later: %d %s", status, text)
	}
}

// Where tickets lead, by what the environment says of bucket and region.
func TestOrigin(t *testing.T) {
	f := newFake(t)
	for _, tt := range []struct{ bucket, region, endpoint, want string }{
		{"milepost-evidence-1a2b", "cn-north-1", "", "https://milepost-evidence-1a2b.s3.cn-north-1.amazonaws.com.cn"},
		{"milepost-evidence-1a2b", "cn-northwest-1", "", "https://milepost-evidence-1a2b.s3.cn-northwest-1.amazonaws.com.cn"},
		{"milepost-evidence-1a2b", "eu-central-1", "", "https://milepost-evidence-1a2b.s3.eu-central-1.amazonaws.com"},
		{"milepost-evidence-1a2b", "us-east-1", "", "https://milepost-evidence-1a2b.s3.us-east-1.amazonaws.com"},
		{"milepost-evidence-1a2b", "us-gov-west-1", "", "https://milepost-evidence-1a2b.s3.us-gov-west-1.amazonaws.com"},
		{"with.dots", "eu-central-1", "", "https://s3.eu-central-1.amazonaws.com"},
		{bucket, region, f.server.URL, f.server.URL},
	} {
		s := f.open(t, func(o *s3.Options) { o.Bucket, o.Config.Region, o.Endpoint = tt.bucket, tt.region, tt.endpoint })
		got, err := s.Origin(t.Context())
		if err != nil || got != tt.want {
			t.Errorf("Origin of %s in %s = %s, %v; want %s", tt.bucket, tt.region, got, err, tt.want)
		}
		ticket, err := s.Ticket(t.Context(), announce(evidence))
		if err != nil || !strings.HasPrefix(ticket.URL, got+"/") {
			t.Errorf("a ticket of %s in %s leads to %s, %v", tt.bucket, tt.region, ticket.URL, err)
		}
	}
}

// The stand-in for S3 asks of pages what a bucket's rules ask, so that tests of
// uploads by browsers stand on something.
func TestBucketKeepsItsRules(t *testing.T) {
	const page = "https://milepost.example.org"
	f := newFake(t)
	ask := func(origin, method, headers string) http.Header {
		r, err := http.NewRequest(http.MethodOptions, f.server.URL+"/"+bucket+"/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", method)
		r.Header.Set("Access-Control-Request-Headers", headers)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if (answer.StatusCode == http.StatusOK) != (answer.Header.Get("Access-Control-Allow-Origin") != "") {
			t.Errorf("%s %s %s: %d with %v", origin, method, headers, answer.StatusCode, answer.Header)
		}
		return answer.Header
	}
	if got := ask(page, "PUT", "content-type,x-amz-checksum-sha256"); got.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("an allowed page may not: %v", got)
	}
	for _, tt := range [][3]string{
		{"https://other.example", "PUT", "content-type"}, {page, "DELETE", "content-type"}, {page, "GET", ""},
		{page, "PUT", "content-type,x-amz-acl"}, {"null", "PUT", ""}, {"", "PUT", ""},
	} {
		if got := ask(tt[0], tt[1], tt[2]); got.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v may: %v", tt, got)
		}
	}
	ticket, err := f.open(t, nil).Ticket(t.Context(), announce(evidence))
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]string{page: page, "https://other.example": ""} {
		for _, body := range [][]byte{evidence, []byte("%PDF-1.7 EVIDENCE")} { // refusals are told to the page as well
			r, err := http.NewRequest(ticket.Method, ticket.URL, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range ticket.Headers {
				r.Header.Set(name, value)
			}
			r.Header.Set("Origin", origin)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if got := answer.Header.Values("Access-Control-Allow-Origin"); len(got) > 1 || slices.Contains(got, "*") || answer.Header.Get("Access-Control-Allow-Origin") != want {
				t.Errorf("a page of %s reads an answer of status %d under %q, want %q", origin, answer.StatusCode, got, want)
			}
		}
	}
}
