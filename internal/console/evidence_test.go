package console_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/console"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// chosen is a file in a form.
type chosen struct{ name, mediaType, content string }

// postFiles sends a form with files, as a browser does.
func (h *house) postFiles(persona, path string, fields url.Values, files ...chosen) answer {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if name != "files" {
				_ = w.WriteField(name, v)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="files"; filename="` + f.name + `"`}, "Content-Type": {f.mediaType},
		})
		if err != nil {
			h.t.Fatal(err)
		}
		_, _ = io.WriteString(part, f.content)
	}
	if err := w.Close(); err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	a := h.send(persona, r)
	if strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") && a.Code != http.StatusSeeOther {
		h.wellMade("en", path, a)
	}
	return a
}

const pngHead = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

func (h *house) evidenceOf(ref tracker.MilestoneRef) []tracker.EvidenceView {
	h.t.Helper()
	m, err := h.Tracker.Milestone(h.Ctx, h.Call(trackertest.Manager), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	return m.Evidence
}

// An operator submits a milestone with two files in one form: inbox, form,
// check, done.
func TestSubmitWithTwoFiles(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	inbox := h.get(trackertest.Operator, "/")
	if got := inbox.page.Find(`a[href="` + page + `/submit"]`).Text(); !strings.HasPrefix(got, "Submit") {
		t.Errorf("the inbox offers %q", got)
	}
	form := h.sees(trackertest.Operator, page+"/submit")
	for _, want := range []string{"0 of 2 to do", "Evidence to do", "Statement optional"} {
		if !strings.Contains(form.text(), want) {
			t.Errorf("the task list lacks %q: %s", want, form.text())
		}
	}
	files := []chosen{{"报告 1.pdf", "application/pdf", "%PDF-1.7 measured"}, {"curve.png", "image/png", pngHead}}
	fields := h.fill(form, page+"/submit", "answers/0/text", "it works", "answers/1/text", "2.1 times", "form_step", "check")
	check := h.postFiles(trackertest.Operator, page+"/submit", fields, files...)
	if check.Code != http.StatusOK || !strings.Contains(check.text(), "报告 1.pdf") || !strings.Contains(check.text(), "Decide the submission") || !strings.Contains(check.text(), "2026-03-16") {
		t.Fatalf("the check = %d %s", check.Code, check.text())
	}
	if got := h.MilestoneNow(a.M("M1")).State; got != award.Planned {
		t.Errorf("checking made it %s", got)
	}
	again := h.postFiles(trackertest.Operator, page+"/submit", fields, files...)
	if got := len(h.evidenceOf(a.M("M1"))); got != 2 || again.Code != http.StatusOK {
		t.Errorf("sent twice it made %d files, %d", got, again.Code)
	}
	carried := h.fill(check, page+"/submit")
	done := h.post(trackertest.Operator, page+"/submit", carried)
	if done.Code != http.StatusSeeOther {
		t.Fatalf("submitting = %d %s", done.Code, done.text())
	}
	m := h.MilestoneNow(a.M("M1"))
	if len(m.Rounds) != 1 || len(m.Rounds[0].Evidence) != 2 || m.Rounds[0].Answers[1].Text != "2.1 times" {
		t.Errorf("submitted %+v", m.Rounds)
	}
	got := h.get(trackertest.Operator, page)
	for _, want := range []string{"Milestone submitted", "To undo it, use", "See the receipt", "2026-03-16"} {
		if !strings.Contains(got.text(), want) {
			t.Errorf("afterwards the page lacks %q: %s", want, got.text())
		}
	}
	sum := sha256.Sum256([]byte(files[0].content))
	for _, e := range h.evidenceOf(a.M("M1")) {
		if e.FileName == "报告 1.pdf" && (e.SHA256 != hex.EncodeToString(sum[:]) || e.MediaType != "application/pdf" || e.Kind != award.OtherFile) || e.FileName == "curve.png" && e.Kind != award.Photo {
			t.Errorf("kept %+v", e)
		}
	}
}

// What was typed survives an upload, and a file that is not taken.
func TestAnswersSurviveUploads(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	form := h.get(trackertest.Operator, page+"/submit")
	got := h.postFiles(trackertest.Operator, page+"/submit", h.fill(form, page+"/submit", "answers/0/text", "it works", "form_step", "upload"),
		chosen{"report.pdf", "application/pdf", "%PDF-1.7"})
	fields := h.fill(got, page+"/submit")
	if got.Code != http.StatusOK || fields.Get("answers/0/text") != "it works" || len(fields["evidence"]) != 1 {
		t.Fatalf("uploaded = %d %v", got.Code, fields)
	}
	before := len(h.evidenceOf(a.M("M1")))
	for _, test := range []struct {
		file chosen
		want string
	}{
		{chosen{"run.exe", "application/x-msdownload", "MZ"}, "run.exe: Files of type"},
		{chosen{"page.html", "text/html", "<script>alert(1)</script>"}, "page.html: Files of type"},
		{chosen{"drawing.svg", "image/svg+xml", "<svg/>"}, "drawing.svg: Files of type"},
		{chosen{"empty.pdf", "application/pdf", ""}, "empty.pdf: The file is empty."},
		{chosen{"report.pdf", "application/pdf", "no PDF at all"}, "report.pdf: The content is not of the declared type"},
		{chosen{"../../etc/notes.txt", "text/plain", "\x00\x01"}, "notes.txt: The content is not of the declared type"},
	} {
		got = h.postFiles(trackertest.Operator, page+"/submit", h.fill(got, page+"/submit", "form_step", "check"), test.file)
		if text := got.page.Find(`#errors a[href="#f-files"]`).Text(); got.Code != http.StatusUnprocessableEntity || !strings.Contains(text, test.want) {
			t.Errorf("%s = %d %q", test.file.name, got.Code, text)
		}
		if fields := h.fill(got, page+"/submit"); fields.Get("answers/0/text") != "it works" || len(fields["evidence"]) != 1 {
			t.Errorf("%s lost %v", test.file.name, fields)
		}
	}
	if after := len(h.evidenceOf(a.M("M1"))); after != before {
		t.Errorf("refused files left %d records", after-before)
	}
	// An answer is missing: said at its field.
	got = h.postFiles(trackertest.Operator, page+"/submit", h.fill(got, page+"/submit", "form_step", "check"))
	if text := got.page.Find(`#errors a[href="#f-answers%2f1%2ftext"]`).Text(); got.Code != http.StatusUnprocessableEntity || text != "Answer to C2: This is required." {
		t.Errorf("an answer is missing = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	// Without a file where one is needed.
	m1 := h.fill(got, page+"/submit", "answers/1/text", "fast", "form_step", "check")
	m1.Del("evidence")
	if got := h.postFiles(trackertest.Operator, page+"/submit", m1); got.page.Find(`#errors a[href="#f-evidence"]`).Length() != 1 {
		t.Errorf("without evidence = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "milepost-upload-*")); len(left) != 0 {
		t.Errorf("uploads are left on the disk: %v", left)
	}
}

// The same file given twice is kept once, and its giver is told.
func TestTheSameFileIsKeptOnce(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	const told = "minutes.txt: This file is there already. It is kept once."
	minutes := chosen{"minutes.txt", "", "agreed"}
	count := func(where string, got answer, want int) {
		t.Helper()
		if n := strings.Count(got.text(), told); got.Code != http.StatusOK || n != want || len(h.evidenceOf(a.M("M1"))) != 1 {
			t.Errorf("%s = %d, told %d times, with %d files: %s", where, got.Code, n, len(h.evidenceOf(a.M("M1"))), got.text())
		}
	}
	add := h.get(trackertest.Operator, page+"/evidence")
	count("twice in one form", h.postFiles(trackertest.Operator, page+"/evidence", h.fill(add, page+"/evidence"), minutes, minutes), 1)
	add = h.get(trackertest.Operator, page+"/evidence")
	count("again", h.postFiles(trackertest.Operator, page+"/evidence", h.fill(add, page+"/evidence"), minutes), 1)
	form := h.get(trackertest.Operator, page+"/submit")
	fields := h.fill(form, page+"/submit", "answers/0/text", "it works", "answers/1/text", "twice", "form_step", "upload")
	form = h.postFiles(trackertest.Operator, page+"/submit", fields, minutes)
	count("with a submission", form, 1)
	fields.Set("form_step", "check")
	count("before the last look", h.postFiles(trackertest.Operator, page+"/submit", fields, minutes), 1)
	count("nothing new", h.postFiles(trackertest.Operator, page+"/submit", fields), 0)

	sum := sha256.Sum256([]byte("agreed"))
	script := h.post(trackertest.Operator, page+"/evidence/announce", url.Values{
		"form_key": {strings.Repeat("c", 32)}, "name": {"minutes.txt"}, "size": {"6"}, "sha256": {hex.EncodeToString(sum[:])},
	})
	var out struct {
		Done *struct{ ID string }
	}
	if err := json.Unmarshal(script.Body.Bytes(), &out); err != nil || out.Done == nil || out.Done.ID != string(h.evidenceOf(a.M("M1"))[0].ID) {
		t.Errorf("by script it is %s", script.Body)
	}
}

func TestUploadsAreBounded(t *testing.T) {
	h := houseOf(t, trackertest.New(t, nil), func(o *console.Options) { o.Files.MaxSize = 1000 })
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	form := h.get(trackertest.Operator, page+"/evidence")
	large := chosen{"large.txt", "text/plain", strings.Repeat("x", 1001)}
	got := h.postFiles(trackertest.Operator, page+"/evidence", h.fill(form, page+"/evidence"), large, chosen{"small.txt", "text/plain", "small"})
	if text := got.page.Find("#errors").Text(); got.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "large.txt: The file is too large") || strings.Contains(text, "small.txt") {
		t.Errorf("one of two is too large = %d %s", got.Code, text)
	}
	if n := len(h.evidenceOf(a.M("M1"))); n != 1 {
		t.Errorf("%d files, want the small one", n)
	}
	huge := chosen{"huge.txt", "text/plain", strings.Repeat("x", 2<<20)}
	if got := h.postFiles(trackertest.Operator, page+"/evidence", h.fill(form, page+"/evidence"), huge); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.page.Find("#errors").Text(), "together") {
		t.Errorf("a huge form = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	if got := h.postFiles(trackertest.Auditor, page+"/evidence", url.Values{"form_key": {strings.Repeat("a", 32)}}, large); got.page.Find(".why").Length() == 0 || got.page.Find("main form").Length() != 0 {
		t.Errorf("an auditor's file = %d %s", got.Code, got.text())
	}
}

func TestEvidencePages(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	add := h.sees(trackertest.Lead, page+"/evidence")
	if got := h.postFiles(trackertest.Lead, page+"/evidence", h.fill(add, page+"/evidence")); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.text(), "Choose a file first") {
		t.Errorf("no file = %d %s", got.Code, got.text())
	}
	if got := h.postFiles(trackertest.Lead, page+"/evidence", h.fill(add, page+"/evidence", "kind", "minutes"), chosen{"minutes.txt", "", "<b>agreed</b>"}, chosen{"curve.png", "", pngHead}); got.Code != http.StatusSeeOther {
		t.Fatalf("uploading = %d %s", got.Code, got.text())
	}
	var text, picture tracker.EvidenceView
	for _, e := range h.evidenceOf(a.M("M1")) {
		if e.FileName == "minutes.txt" {
			text = e
		} else {
			picture = e
		}
	}
	at := func(e tracker.EvidenceView) string {
		return "/awards/" + string(a.ID) + "/evidence/" + string(e.Milestone) + "/" + string(e.ID)
	}
	got := h.sees(trackertest.Manager, at(text))
	if got.page.Find("pre").Text() != "<b>agreed</b>" || !strings.Contains(got.text(), text.SHA256) || !strings.Contains(got.text(), "Minutes") {
		t.Errorf("the text's page says %s", got.text())
	}
	if got := h.sees(trackertest.Manager, at(picture)); got.page.Find(`img[src="`+at(picture)+`/content?show=1"]`).Length() != 1 {
		t.Error("the picture is not shown")
	}
	for path, want := range map[string]string{at(text) + "/content": "attachment", at(text) + "/content?show=1": "attachment", at(picture) + "/content?show=1": "inline", at(picture) + "/content": "attachment"} {
		got := h.send(trackertest.Manager, httptest.NewRequest(http.MethodGet, path, nil))
		head := got.Header()
		if got.Code != http.StatusOK || !strings.HasPrefix(head.Get("Content-Disposition"), want) || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s = %d %v", path, got.Code, head)
		}
	}
	for _, path := range []string{at(text), at(text) + "/content", at(text) + "/erase"} {
		if got := h.get(trackertest.Operator2, path); got.Code != http.StatusNotFound {
			t.Errorf("GET %s by another's operator = %d", path, got.Code)
		}
	}

	replace := h.sees(trackertest.Operator, page+"/evidence?replaces="+string(text.ID))
	fields := h.fill(replace, page+"/evidence")
	if got := h.postFiles(trackertest.Operator, page+"/evidence", fields, chosen{"v2.txt", "", "agreed again"}, chosen{"v3.txt", "", "x"}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("two files for one = %d", got.Code)
	}
	if got := h.postFiles(trackertest.Operator, page+"/evidence", fields, chosen{"v2.txt", "", "agreed again"}); got.Code != http.StatusSeeOther {
		t.Fatalf("replacing = %d %s", got.Code, got.text())
	}
	got = h.sees(trackertest.Operator, at(text))
	if !strings.Contains(got.text(), "Superseded") || !strings.Contains(got.text(), "v2.txt") {
		t.Errorf("the old version's page says %s", got.text())
	}

	if got := h.get(trackertest.Operator, at(text)+"/erase"); got.Code != http.StatusForbidden {
		t.Errorf("an operator erases: %d", got.Code)
	}
	bad := h.post(trackertest.Manager, at(text)+"/erase", h.fill(h.sees(trackertest.Manager, at(text)+"/erase"), at(text)+"/erase"))
	if bad.Code != http.StatusUnprocessableEntity || bad.page.Find(`#errors a[href="#f-reason"]`).Length() != 1 {
		t.Errorf("without a reason = %d %s", bad.Code, bad.text())
	}
	h.does(trackertest.Manager, at(text)+"/erase", at(text)+"/erase", "reason", "an identity card")
	if got := h.sees(trackertest.Manager, at(text)); !strings.Contains(got.text(), "Another person carries it out") || got.page.Find(`a[href$="/erase"]`).Length() != 0 {
		t.Errorf("who asked sees %s", got.text())
	}
	h.does(trackertest.Manager2, at(text)+"/erase", at(text)+"/erase")
	got = h.sees(trackertest.Manager, at(text))
	if !strings.Contains(got.text(), "Erased") || got.page.Find("pre").Length() != 0 || !strings.Contains(got.text(), text.SHA256) {
		t.Errorf("erased: %s", got.text())
	}
	if got := h.get(trackertest.Manager, at(text)+"/content"); got.Code != http.StatusConflict {
		t.Errorf("erased content = %d", got.Code)
	}
}

// The script announces, sends and confirms; it is told why something is
// refused.
func TestScriptUploads(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	content := "%PDF-1.7 by script"
	sum := sha256.Sum256([]byte(content))
	fields := url.Values{"form_key": {strings.Repeat("b", 32)}, "name": {"report.pdf"}, "size": {"18"}, "sha256": {hex.EncodeToString(sum[:])}, "kind": {""}}
	decoded := func(a answer) map[string]any {
		out := map[string]any{}
		if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil {
			t.Fatalf("%d %s: %v", a.Code, a.Body, err)
		}
		return out
	}
	announced := decoded(h.post(trackertest.Operator, page+"/evidence/announce", fields))
	if again := decoded(h.post(trackertest.Operator, page+"/evidence/announce", fields)); again["url"] != announced["url"] {
		t.Errorf("announced twice: %v and %v", announced, again)
	}
	put := func(body string) answer {
		return h.send(trackertest.Operator, httptest.NewRequest(http.MethodPut, announced["url"].(string), strings.NewReader(body)))
	}
	if got := put("%PDF-1.7 something else"); got.Code != http.StatusUnprocessableEntity || decoded(got)["error"] == "" {
		t.Errorf("another file = %d %s", got.Code, got.Body)
	}
	if got := put(content); got.Code != http.StatusNoContent {
		t.Fatalf("sending = %d %s", got.Code, got.Body)
	}
	done := decoded(h.post(trackertest.Operator, announced["confirm"].(string), url.Values{"form_key": {strings.Repeat("b", 32)}}))
	if done["sha256"] != hex.EncodeToString(sum[:]) || done["name"] != "report.pdf" {
		t.Errorf("confirmed %v", done)
	}
	fields.Set("name", "run.exe")
	if got := h.post(trackertest.Operator, page+"/evidence/announce", fields); got.Code != http.StatusUnprocessableEntity || !strings.Contains(decoded(got)["error"].(string), "not accepted") {
		t.Errorf("a program = %d %s", got.Code, got.Body)
	}
	if got := h.post(trackertest.Auditor, page+"/evidence/announce", fields); got.Code != http.StatusForbidden {
		t.Errorf("an auditor = %d", got.Code)
	}
}

// ticketing is a storage to which browsers send files themselves.
type ticketing struct {
	blob.Store
	now func() time.Time
}

func (s ticketing) In(space string) blob.Store { return ticketing{s.Store.In(space), s.now} }

func (s ticketing) Ticket(_ context.Context, a blob.Announcement) (*blob.Ticket, error) {
	return &blob.Ticket{Method: http.MethodPut, URL: "https://bucket.test/" + a.SHA256, ExpiresAt: s.now().Add(10 * time.Minute),
		Headers: map[string]string{"X-Checksum": a.SHA256, "Content-Length": strconv.FormatInt(a.Size, 10)}}, nil
}

func (ticketing) Link(_ context.Context, sha256, mediaType, disposition string) (string, error) {
	return "https://bucket.test/" + sha256 + "?" + url.Values{"as": {mediaType + " " + disposition}}.Encode(), nil
}

// pastFunction is a house behind a function: 4 MB at once, and a storage to
// which browsers send files themselves.
func pastFunction(t *testing.T) *house {
	t.Helper()
	office := trackertest.New(t, nil, trackertest.With(func(o *tracker.Options) { o.Blobs = ticketing{o.Blobs, o.Now} }))
	return houseOf(t, office, func(o *console.Options) { o.UploadOrigin, o.MaxBody = "https://bucket.test", 4<<20 })
}

// Where the storage takes files itself, the script is sent there, and what
// comes through the function is bounded.
func TestUploadsPastTheFunction(t *testing.T) {
	h := pastFunction(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	hash := strings.Repeat("0a", 32)
	fields := url.Values{"form_key": {strings.Repeat("b", 32)}, "name": {"report.pdf"}, "size": {"50000000"}, "sha256": {hash}}
	got := h.post(trackertest.Operator, page+"/evidence/announce", fields)
	var to struct {
		URL     string
		Headers map[string]string
		Seconds int
		Confirm string
	}
	if err := json.Unmarshal(got.Body.Bytes(), &to); err != nil || to.URL != "https://bucket.test/"+hash || to.Seconds != 600 {
		t.Errorf("announced = %d %s", got.Code, got.Body)
	}
	if diff := cmp.Diff(map[string]string{"X-Checksum": hash}, to.Headers); diff != "" { // scripts may not set the length
		t.Errorf("headers for the script (-want +got):\n%s", diff)
	}
	if got := h.post(trackertest.Operator, to.Confirm, url.Values{"form_key": {strings.Repeat("b", 32)}}); got.Code != http.StatusConflict {
		t.Errorf("confirmed before it arrived = %d %s", got.Code, got.Body)
	}
	form := h.get(trackertest.Operator, page+"/evidence")
	if csp := form.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' https://bucket.test;") {
		t.Errorf("the policy is %s", csp)
	}
	large := chosen{"large.txt", "text/plain", strings.Repeat("x", 5<<20)}
	if got := h.postFiles(trackertest.Operator, page+"/evidence", h.fill(form, page+"/evidence"), large); !strings.Contains(got.page.Find("#errors").Text(), "4 MB") {
		t.Errorf("5 MB through the function = %d %s", got.Code, got.text())
	}
	submit := h.get(trackertest.Operator, page+"/submit")
	got = h.postFiles(trackertest.Operator, page+"/submit", h.fill(submit, page+"/submit", "answers/0/text", "it works", "form_step", "check"), large)
	if h.fill(got, page+"/submit").Get("answers/0/text") != "it works" || got.Code != http.StatusUnprocessableEntity {
		t.Errorf("a form with too much = %d %s", got.Code, got.text())
	}
}

// What is too large for one answer comes from the storage as well, for whoever
// may see it; what is not, and pictures in pages, through the console.
func TestDownloadsPastTheFunction(t *testing.T) {
	h := pastFunction(t)
	a := gatedAward(h)
	small, large := h.Upload(a.M("M1"), "a small file"), h.Upload(a.M("M1"), strings.Repeat("large ", 1<<20))
	content := func(persona string, ref tracker.EvidenceRef) answer {
		return h.get(persona, "/awards/"+string(ref.Award)+"/evidence/"+string(ref.Milestone)+"/"+string(ref.Evidence)+"/content")
	}
	if got := content(trackertest.Manager, small); got.Code != http.StatusOK || got.Body.String() != "a small file" {
		t.Errorf("a small file = %d %s", got.Code, got.Body)
	}
	got := content(trackertest.Manager, large)
	to, err := url.Parse(got.Header().Get("Location"))
	if err != nil || got.Code != http.StatusSeeOther || to.Host != "bucket.test" || !strings.HasPrefix(to.Query().Get("as"), "text/plain attachment; filename=") {
		t.Errorf("a large file = %d to %v, %v", got.Code, to, err)
	}
	if got := content(trackertest.Operator2, large); got.Code != http.StatusNotFound {
		t.Errorf("a large file of others = %d to %s", got.Code, got.Header().Get("Location"))
	}
}

// Where one request cannot hold much and no storage takes files, the field says
// so to everybody; where a storage does, to those without script.
func TestLimitsAreSaidBesideTheField(t *testing.T) {
	bounded := houseOf(t, trackertest.New(t, nil), func(o *console.Options) { o.MaxBody = 4 << 20 })
	for _, tt := range []struct {
		h              *house
		each, noScript string
		together       bool
	}{
		{newHouse(t), "at most 100 MB", "", false},
		{bounded, "at most 4 MB", "", true},
		{pastFunction(t), "at most 100 MB", "together at most 4 MB", false},
	} {
		page := milestoneAt(gatedAward(tt.h), "M1")
		for _, path := range []string{page + "/evidence", page + "/submit", page + "/extend"} {
			got := tt.h.get(trackertest.Operator, path)
			hint := got.page.Find("#h-files")
			noScript := hint.Find("noscript").Text()
			hint.Find("noscript").Remove()
			if text := hint.Text(); !strings.Contains(text, tt.each) || strings.Contains(text, "together") != tt.together ||
				!strings.Contains(noScript, tt.noScript) || (noScript == "") != (tt.noScript == "") {
				t.Errorf("%s says %q, without script %q", path, text, noScript)
			}
			if form := got.page.Find("form[data-upload]"); form.AttrOr("data-upload", "") != page+"/evidence/announce" || got.page.Find("script[src*=upload]").Length() != 1 {
				t.Errorf("%s is not the script's", path)
			}
		}
	}
}

// A file whose confirmation was lost on the way is announced again, and there.
func TestAnnouncedAgainAfterItArrived(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page, content := milestoneAt(a, "M1"), "%PDF-1.7 a report"
	sum := sha256.Sum256([]byte(content))
	fields := url.Values{"form_key": {strings.Repeat("b", 32)}, "name": {"report.pdf"}, "size": {strconv.Itoa(len(content))}, "sha256": {hex.EncodeToString(sum[:])}}
	var to struct {
		URL, Confirm string
		Done         struct{ ID, SHA256 string }
	}
	announce := func() {
		t.Helper()
		to.URL = ""
		if got := h.post(trackertest.Operator, page+"/evidence/announce", fields); json.Unmarshal(got.Body.Bytes(), &to) != nil || got.Code != http.StatusOK {
			t.Fatalf("announced = %d %s", got.Code, got.Body)
		}
	}
	announce()
	h.send(trackertest.Operator, httptest.NewRequest(http.MethodPut, to.URL, strings.NewReader(content)))
	h.post(trackertest.Operator, to.Confirm, url.Values{"form_key": {strings.Repeat("b", 32)}})
	announce()
	if to.URL != "" || to.Done.SHA256 != hex.EncodeToString(sum[:]) {
		t.Fatalf("announced again: %+v", to)
	}
	// The page for files is sent with what the script has kept, and leads back.
	form := h.get(trackertest.Operator, page+"/evidence")
	if got := h.post(trackertest.Operator, page+"/evidence", h.fill(form, page+"/evidence", "kept", to.Done.ID)); got.Code != http.StatusSeeOther || got.Header().Get("Location") != page {
		t.Errorf("sent with what was kept = %d to %s", got.Code, got.Header().Get("Location"))
	}
	if got := h.post(trackertest.Operator, page+"/evidence", h.fill(form, page+"/evidence", "kept", "evd_01K3ZZZZZZ0000000000000000")); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("sent with what is nobody's = %d to %s", got.Code, got.Header().Get("Location"))
	}
	fields.Set("sha256", strings.Repeat("0a", 32))
	fields.Set("size", strconv.Itoa(101<<20))
	if got := h.post(trackertest.Operator, page+"/evidence/announce", fields); !strings.Contains(got.Body.String(), "at most 100 MB") {
		t.Errorf("too large = %d %s", got.Code, got.Body)
	}
}
