package functions

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/authn/authntest"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker/trackertest"
)

// gateway stands before a function as API Gateway does: a request becomes an
// event, and the answer a response, cookies included.
func gateway(t *testing.T, to routes, functions map[string]invoker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		call := functions[to.function(t, r.Method, r.URL.Path)]
		headers := map[string]string{"host": r.Host}
		for name := range r.Header {
			if name != "Cookie" {
				headers[strings.ToLower(name)] = strings.Join(r.Header.Values(name), ",")
			}
		}
		var cookies []string
		for _, c := range r.Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		payload, err := json.Marshal(map[string]any{
			"version": "2.0", "routeKey": "$default", "rawPath": r.URL.EscapedPath(), "rawQueryString": r.URL.RawQuery, "headers": headers, "cookies": cookies,
			"requestContext":  map[string]any{"stage": "$default", "domainName": r.Host, "http": map[string]string{"method": r.Method, "path": r.URL.Path, "sourceIp": "203.0.113.7"}},
			"isBase64Encoded": len(body) > 0, "body": base64.StdEncoding.EncodeToString(body),
		})
		if err != nil {
			t.Error(err)
		}
		if len(payload) > 6<<20 { // what Lambda is called with
			http.Error(w, `{"message":"Request Entity Too Large"}`, http.StatusRequestEntityTooLarge)
			return
		}
		got := call(payload, time.Minute)
		var a struct {
			StatusCode      int
			Headers         map[string]string
			Cookies         []string
			Body            string
			IsBase64Encoded bool
		}
		if err := json.Unmarshal(got.body, &a); err != nil || got.failure != "" {
			t.Errorf("%s %s: %s %s", r.Method, r.URL, got.body, got.failure)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		for name, value := range a.Headers {
			w.Header().Set(name, value)
		}
		for _, c := range a.Cookies {
			w.Header().Add("Set-Cookie", c)
		}
		w.WriteHeader(a.StatusCode)
		text := []byte(a.Body)
		if a.IsBase64Encoded {
			if text, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
				t.Error(err)
			}
		}
		_, _ = w.Write(text)
	})
}

// surfer is somebody with a browser before the console's function.
type surfer struct {
	t      *testing.T
	url    string
	client *http.Client
}

func (s *surfer) page(r *http.Response, err error) *goquery.Document {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if r.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s = %d: %s", r.Request.Method, r.Request.URL, r.StatusCode, doc.Find("main").Text())
	}
	return doc
}

func (s *surfer) get(path string) *goquery.Document {
	s.t.Helper()
	return s.page(s.client.Get(s.url + path))
}

// sends fills the form that posts to an address and sends it, with a file of
// some content where there is one.
func (s *surfer) sends(page *goquery.Document, action, file string, pairs ...string) *goquery.Document {
	s.t.Helper()
	if file == "" {
		return s.page(s.client.PostForm(s.url+action, s.filled(page, action, pairs...)))
	}
	return s.page(s.sendsFile(page, action, "report.pdf", []byte(file), pairs...))
}

// filled are the fields of the form that posts to an address, and others.
func (s *surfer) filled(page *goquery.Document, action string, pairs ...string) url.Values {
	s.t.Helper()
	form := page.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool { return f.AttrOr("action", "") == action }).First()
	if form.Length() == 0 {
		s.t.Fatalf("no form posts to %s: %s", action, page.Find("main").Text())
	}
	fields := url.Values{}
	form.Find("input[type=hidden], textarea, input[type=text], input:not([type])").Each(func(_ int, f *goquery.Selection) {
		fields.Add(f.AttrOr("name", ""), f.AttrOr("value", f.Text()))
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return fields
}

// sendsFile is sends with a file of a name, or a form for files with none; the
// answer may be a refusal.
func (s *surfer) sendsFile(page *goquery.Document, action, name string, content []byte, pairs ...string) (*http.Response, error) {
	s.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range s.filled(page, action, pairs...) {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if name != "" {
		part, err := m.CreateFormFile("files", name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.client.Post(s.url+action, m.FormDataContentType(), &body)
}

// house is the console behind the gateway, with people who sign in at an issuer.
type house struct {
	*world
	t      *testing.T
	office *trackertest.Office
	award  trackertest.Active
	page   string // address of its milestone, which needs evidence
	url    string
	login  *authntest.Issuer
}

// newHouse makes a house whose award has one milestone that needs evidence.
func newHouse(t *testing.T) *house {
	t.Helper()
	w := newWorld(t, newIssuer(t))
	h := &house{world: w, t: t, login: authntest.New(t, time.Now), office: trackertest.New(t, w.store, trackertest.On(civil.BusinessDate(time.Now()).String()))}
	office := h.office
	for name, of := range map[string]struct {
		role  portfolio.Role
		scope string
	}{"operator-at-issuer": {portfolio.PlatformOperator, string(office.Platform)}, "manager-at-issuer": {portfolio.ProgrammeManager, string(office.Programme)},
		"second-at-issuer": {portfolio.ProgrammeManager, string(office.Programme)}, "admin-at-issuer": {portfolio.Administrator, schema.Deployment}} {
		organisation := office.Payee
		if of.role == portfolio.ProgrammeManager {
			organisation = office.City
		}
		r, err := office.Tracker.CreatePerson(office.Ctx, office.Call(trackertest.Administrator), portfolio.Person{
			Names: portfolio.Names{ZH: name, EN: name}, Organisation: organisation, Logins: []portfolio.Login{{Issuer: h.login.URL, Subject: name}},
		})
		if err != nil {
			t.Fatal(err)
		}
		office.People[name] = ident.Person(r.Things[0].ID)
		office.Grant(name, of.role, of.scope)
	}
	due := office.Today().AddDays(60).String()
	h.award = office.ActiveAward([]award.MilestoneDraft{trackertest.NeedingEvidence(trackertest.Milestone("M1", due))},
		[]award.TrancheDraft{trackertest.Tranche(1, due, "1000", "M1")}, func(d *award.Document) {
			d.StartOn, d.EndOn = office.Today(), office.Today().AddDays(700)
		})
	h.page = "/awards/" + string(h.award.ID) + "/milestones/" + string(h.award.Milestones["M1"])

	var front http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { front.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	h.url = server.URL
	w.env["MILEPOST_ISSUER"], w.env["MILEPOST_CONSOLE_CLIENT"], w.env["MILEPOST_PUBLIC_URL"] = h.login.URL, authntest.Client, server.URL
	w.env["MILEPOST_FIRST_ADMINISTRATOR"] = ""
	front = gateway(t, templateRoutes(t), w.handlers(t))
	return h
}

// as is somebody who has signed in.
func (h *house) as(subject string) *surfer {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.login.Set(func(s *authntest.Settings) { s.Subject = subject })
	s := &surfer{t: h.t, url: h.url, client: &http.Client{Jar: jar}}
	s.get("/session/sign-in?return=/&lang=en")
	if inbox := s.get("/?lang=en"); inbox.Find("nav#nav").Length() != 1 {
		h.t.Fatalf("%s is not signed in: %s", subject, inbox.Find("main").Text())
	}
	return s
}

// People sign in at the issuer and work in the console behind the gateway, on
// DynamoDB and S3; its role gives what that needs and no more.
func TestPeopleUseTheConsole(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the console behind the gateway")
		return
	}
	h := newHouse(t)
	page := h.page
	operator := h.as("operator-at-issuer")
	operator.sends(operator.get(page), page+"/start", "")
	content := "%PDF-1.7 what was measured"
	task := operator.sends(operator.get(page+"/submit"), page+"/submit", content, "answers/0/text", "it works", "form_step", "check")
	operator.sends(task, page+"/submit", "", "form_step", "")
	if got := h.office.MilestoneNow(h.award.M("M1")); got.State != award.MilestoneSubmitted {
		t.Fatalf("the milestone is %s", got.State)
	}
	manager := h.as("manager-at-issuer")
	file, ok := manager.get(page + "/decide").Find(`a[href*="/evidence/"]`).First().Attr("href")
	if !ok {
		t.Fatal("the decider sees no file")
	}
	manager.get(strings.TrimSuffix(file, "/content"))
	got, err := manager.client.Get(h.url + strings.TrimSuffix(file, "/content") + "/content")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	_ = got.Body.Close()
	if err != nil || string(text) != content {
		t.Errorf("the file came back as %q, %v", text, err)
	}
	erase := strings.TrimSuffix(file, "/content") + "/erase"
	manager.sends(manager.get(erase), erase, "", "reason", "personal data")
	second := h.as("second-at-issuer")
	second.sends(second.get(erase), erase, "")
	manager.get("/overview")
	manager.get("/search?q=HT")
	manager.get("/notices")
	manager.get("/audit")
	admin := h.as("admin-at-issuer")
	admin.sends(admin.get("/admin/sweeps?on="+h.office.Today().String()), "/admin/sweeps", "")
	admin.get("/admin/members")
	manager.imports(h)
	manager.sends(manager.get("/"), "/session/sign-out", "")

	for _, name := range []string{"console", "annex"} {
		used := slices.Sorted(maps.Keys(h.used.needed[name]))
		if diff := cmp.Diff(used, roles(t)[name]); diff != "" {
			t.Errorf("role of %s (-used by its requests +given by template.yaml):\n%s", name, diff)
		}
	}
}
