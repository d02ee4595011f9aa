package functions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/blob/s3/s3test"
	"milepost/internal/ident"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// announced is what the console tells its script of a file.
type announced struct {
	Method, URL, Confirm string
	Headers              map[string]string
}

// browser sends files as a page's script does: the browser asks the storage
// first whether the page may, and keeps the answer from it otherwise.
type browser struct {
	*surfer
	page string
	key  string
}

func (b *browser) announces(content []byte) announced {
	b.t.Helper()
	sum := sha256.Sum256(content)
	r, err := b.client.PostForm(b.url+b.page+"/evidence/announce", url.Values{
		"form_key": {b.key}, "name": {"report.pdf"}, "size": {strconv.Itoa(len(content))}, "sha256": {hex.EncodeToString(sum[:])},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	var out announced
	if err := json.NewDecoder(r.Body).Decode(&out); err != nil || r.StatusCode != http.StatusOK {
		b.t.Fatalf("announced: %d, %v", r.StatusCode, err)
	}
	return out
}

// sends asks for leave and sends; readable is whether the page gets to read the
// answer.
func (b *browser) puts(to announced, origin string, content []byte) (status int, code string, readable bool) {
	b.t.Helper()
	do := func(method string, body []byte, header map[string]string) (int, http.Header, string) {
		r, err := http.NewRequest(method, to.URL, bytes.NewReader(body))
		if err != nil {
			b.t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		for name, value := range header {
			r.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			b.t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		return answer.StatusCode, answer.Header, string(text)
	}
	var names []string
	for name := range to.Headers {
		names = append(names, strings.ToLower(name))
	}
	allowed, leave, _ := do(http.MethodOptions, nil, map[string]string{"Access-Control-Request-Method": to.Method, "Access-Control-Request-Headers": strings.Join(names, ",")})
	if allowed != http.StatusOK || leave.Get("Access-Control-Allow-Origin") != origin {
		return 0, "", false
	}
	status, header, text := do(to.Method, content, to.Headers)
	_, code, _ = strings.Cut(text, "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return status, code, header.Get("Access-Control-Allow-Origin") == origin
}

// Files too large for a function go from the browser to the bucket, under the
// CORS rule of template.yaml, and come back from it.
func TestBrowsersSendFilesPastTheFunction(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "uploads past the console's function")
		return
	}
	h := newHouse(t)
	template, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := s3test.TemplateRules(template, h.url)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]s3test.Rule{{Origins: []string{h.url}, Methods: []string{"PUT"}, Headers: []string{"content-type", "x-amz-checksum-sha256"}}}, rules); diff != "" {
		t.Errorf("the bucket's rules (-want +got):\n%s", diff)
	}
	h.files.SetRules(rules)
	operator := h.as("operator-at-issuer")
	operator.sends(operator.get(h.page), h.page+"/start", "")
	content := append([]byte("%PDF-1.7 "), bytes.Repeat([]byte("measured "), 12<<20/9)...)
	b := &browser{operator, h.page, strings.Repeat("b", 32)}

	form, err := operator.client.Get(h.url + h.page + "/evidence")
	if err != nil {
		t.Fatal(err)
	}
	policy := form.Header.Get("Content-Security-Policy")
	page := operator.page(form, nil)
	to := b.announces(content)
	if origin := h.env["AWS_ENDPOINT_URL_S3"]; !strings.Contains(policy, "connect-src 'self' "+origin+";") || !strings.HasPrefix(to.URL, origin+"/") {
		t.Errorf("the policy is %q, and the file goes to %s", policy, to.URL)
	}

	tampered := bytes.Clone(content)
	tampered[5<<20] ^= 1
	if status, code, readable := b.puts(to, h.url, tampered); status != http.StatusBadRequest || code != "BadDigest" || !readable {
		t.Errorf("other bytes: %d %s, readable %v", status, code, readable)
	}
	if status, _, _ := b.puts(to, "https://other.example", content); status != 0 {
		t.Errorf("a page of another site sends: %d", status)
	}
	h.files.SetClock(func() time.Time { return time.Now().Add(11 * time.Minute) })
	if status, code, readable := b.puts(to, h.url, content); status != http.StatusForbidden || code != "AccessDenied" || !readable {
		t.Errorf("eleven minutes later: %d %s, readable %v", status, code, readable)
	}
	h.files.SetClock(time.Now)
	if status, code, _ := b.puts(b.announces(content), h.url, content); status != http.StatusOK {
		t.Fatalf("sent: %d %s", status, code)
	}
	var done struct {
		ID   ident.Evidence
		Href string
	}
	confirmed, err := operator.client.PostForm(h.url+to.Confirm, url.Values{"form_key": {b.key}})
	if err == nil {
		err = json.NewDecoder(confirmed.Body).Decode(&done)
		_ = confirmed.Body.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.office.Tracker.Evidence(h.office.Ctx, h.office.Call(trackertest.Operator), tracker.EvidenceRef{Award: h.award.ID, Milestone: h.award.Milestones["M1"], Evidence: done.ID})
	if err != nil || e.State != award.Confirmed || e.Size != int64(len(content)) {
		t.Errorf("what was sent is %+v, %v", e, err)
	}

	got, err := h.as("manager-at-issuer").client.Get(h.url + done.Href + "/content")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	_ = got.Body.Close()
	if at := got.Request.URL; err != nil || !bytes.Equal(text, content) || !strings.HasPrefix(at.String(), h.env["AWS_ENDPOINT_URL_S3"]) ||
		at.Query().Get("response-content-disposition") != `attachment; filename=report.pdf` {
		t.Errorf("%d bytes came back from %s, %v", len(text), at, err)
	}

	// A form of so much is refused with a page, and what was typed stays.
	refused, err := operator.sendsFile(page, h.page+"/evidence", "report.pdf", content[:4<<20+100<<10])
	if err != nil {
		t.Fatal(err)
	}
	text, err = io.ReadAll(refused.Body)
	_ = refused.Body.Close()
	if err != nil || refused.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(text), "at most 4 MB at once") {
		t.Errorf("4.1 MB through the function: %d %s, %v", refused.StatusCode, text, err)
	}
}
