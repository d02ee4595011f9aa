package console_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/blob"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/tracker/trackertest"
)

// lookCookie keeps how somebody wants lists.
const lookCookie = "milepost_look"

// house is the console over an office, and a browser for each persona.
type house struct {
	*trackertest.Office
	t       testing.TB
	handler http.Handler
	cookies map[string][]*http.Cookie // by persona
}

// newHouse makes a console over a new office.
func newHouse(t testing.TB, opts ...trackertest.Option) *house {
	t.Helper()
	return houseOf(t, trackertest.New(t, nil, opts...))
}

func houseOf(t testing.TB, o *trackertest.Office, changes ...func(*console.Options)) *house {
	t.Helper()
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	personas := func(context.Context) ([]session.Persona, error) {
		var out []session.Persona
		for name := range o.People {
			out = append(out, session.Persona{Login: trackertest.Login(name), Names: portfolio.Names{ZH: name}})
		}
		return out, nil
	}
	known := func(ctx context.Context, l portfolio.Login) error {
		_, err := o.Tracker.Authenticated(ctx, l)
		return err
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	sessions, err := session.New(session.Options{
		Store: o.Store, Now: o.Clock.Now, Entropy: rand.Reader, Logger: log, PublicURL: "http://example.com", Personas: personas, Known: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	options := console.Options{
		Tracker: o.Tracker, Catalogs: catalogs, Sessions: sessions, Files: blob.DefaultPolicy(), Now: o.Clock.Now, Entropy: rand.Reader,
		NewRequestID: func() string { return "r1" }, Logger: log, Workbooks: xlsx.Read,
	}
	for _, change := range changes {
		change(&options)
	}
	c, err := console.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return &house{Office: o, t: t, handler: c, cookies: map[string][]*http.Cookie{}}
}

// answer is what came back, read as a page.
type answer struct {
	*httptest.ResponseRecorder
	page *goquery.Document
}

// text is the page's text, its spaces joined.
func (a answer) text() string { return strings.Join(strings.Fields(a.page.Find("main").Text()), " ") }

func (h *house) send(persona string, r *http.Request) answer {
	h.t.Helper()
	if persona != "" && h.cookies[persona] == nil {
		h.signIn(persona)
	}
	for _, c := range h.cookies[persona] {
		r.AddCookie(c)
	}
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", "en")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == lookCookie { // the others are as signing in set them
			h.cookies[persona] = append(slices.DeleteFunc(h.cookies[persona], func(old *http.Cookie) bool { return old.Name == c.Name }), c)
		}
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{w, page}
}

func (h *house) signIn(persona string) {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, session.PersonaPath, strings.NewReader(url.Values{"persona": {persona}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if h.cookies[persona] = w.Result().Cookies(); w.Code != http.StatusSeeOther || len(h.cookies[persona]) == 0 {
		h.t.Fatalf("signing in as %s = %d %s", persona, w.Code, w.Header())
	}
}

// get asks for a page in English, which must be whole and well made.
func (h *house) get(persona, path string) answer {
	h.t.Helper()
	return h.getIn("en", persona, path)
}

func (h *house) getIn(lang, persona, path string) answer {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", lang)
	a := h.send(persona, r)
	if strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") && a.Code != http.StatusSeeOther {
		h.wellMade(lang, path, a)
	}
	return a
}

// sees asks for a page that must be there, in both languages, and returns the
// English one.
func (h *house) sees(persona, path string) answer {
	h.t.Helper()
	for _, lang := range []string{"zh-CN", "en"} {
		if a := h.getIn(lang, persona, path); a.Code != http.StatusOK {
			h.t.Fatalf("GET %s as %s (%s) = %d: %s", path, persona, lang, a.Code, a.text())
		}
	}
	return h.get(persona, path)
}

// post sends a form's fields, in English.
func (h *house) post(persona, path string, fields url.Values) answer {
	h.t.Helper()
	return h.postIn("en", persona, path, fields)
}

func (h *house) postIn(lang, persona, path string, fields url.Values) answer {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", lang)
	a := h.send(persona, r)
	if strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") && a.Code != http.StatusSeeOther {
		h.wellMade(lang, path, a)
	}
	return a
}

// fill are the fields of the form on a page that posts to an address, as they
// stand, with some changed: alternating names and values.
func (h *house) fill(a answer, action string, pairs ...string) url.Values {
	h.t.Helper()
	form := a.page.Find("form").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.AttrOr("action", "") == action }).First()
	if form.Length() == 0 {
		h.t.Fatalf("no form posts to %s; the page says %.400s", action, a.text())
	}
	fields := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, has := s.Attr("name")
		kind := s.AttrOr("type", goquery.NodeName(s))
		_, checked := s.Attr("checked")
		switch {
		case !has, (kind == "checkbox" || kind == "radio") && !checked:
		case kind == "textarea":
			fields.Add(name, s.Text())
		case kind == "select":
			fields.Add(name, s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", "")))
		default:
			fields.Add(name, s.AttrOr("value", ""))
		}
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return fields
}

// does fills and sends the form on the page of an address and follows the
// redirect, which must come.
func (h *house) does(persona, path, action string, pairs ...string) answer {
	h.t.Helper()
	a := h.post(persona, action, h.fill(h.get(persona, path), action, pairs...))
	if a.Code != http.StatusSeeOther {
		h.t.Fatalf("POST %s as %s = %d: %s", action, persona, a.Code, a.text())
	}
	return h.get(persona, a.Header().Get("Location"))
}

// wellMade holds what every page is held to.
func (h *house) wellMade(lang, path string, a answer) {
	h.t.Helper()
	fail := func(format string, args ...any) {
		h.t.Helper()
		h.t.Errorf("%s (%s): %s", path, lang, fmt.Sprintf(format, args...))
	}
	if n := a.page.Find("style, [style], iframe, script:not([src])").Length(); n != 0 {
		fail("%d elements that the policy refuses", n)
	}
	if n := a.page.Find("main#main h1").Length(); n != 1 {
		fail("%d headings of the first rank", n)
	}
	a.page.Find(`img:not([alt]), a:not([href]), th:not([scope]), svg:not([aria-hidden]):not([role])`).Each(func(_ int, s *goquery.Selection) {
		if s.ParentsFiltered("svg").Length() > 0 { // a part of a drawing that says what it is
			return
		}
		html, _ := goquery.OuterHtml(s)
		fail("without what assistive technology needs: %.120s", html)
	})
	a.page.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if id == "" || a.page.Find(`label[for="`+id+`"]`).Length() == 0 && s.AttrOr("aria-label", "") == "" {
			fail("%s %q has no label", goquery.NodeName(s), s.AttrOr("name", ""))
		}
	})
	seen := map[string]bool{}
	a.page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); seen[id] {
			fail("two elements have the id %q", id)
		} else {
			seen[id] = true
		}
	})
	a.page.Find(`form[method="post"]`).Each(func(_ int, s *goquery.Selection) {
		if !strings.HasPrefix(s.AttrOr("action", ""), session.Prefix) && s.Find(`input[name="form_key"]`).Length() != 1 {
			fail("the form to %s has no key", s.AttrOr("action", ""))
		}
	})
	a.page.Find("#errors li a").Each(func(_ int, s *goquery.Selection) {
		if s.Find("bdi").Text() == "" {
			fail("a fault without the name of its field: %s", s.Text())
		}
		id, err := url.PathUnescape(strings.TrimPrefix(s.AttrOr("href", ""), "#"))
		if err != nil || a.page.Find(`[id="`+id+`"]`).Length() == 0 {
			fail("a fault of a field that is not on the page: %s", id)
		}
	})
	for _, bad := range addressesThatBreak(a.page) {
		fail("the address %q does not come back as it went", bad)
	}
	text := a.page.Find("body").Text()
	for _, bad := range []string{"console.", "label.", "fault.", "<no value>", "%!"} {
		if i := strings.Index(text, bad); i >= 0 {
			fail("shows %.60q", text[i:])
		}
	}
	if lang == "en" {
		body := a.page.Find("body").Clone()
		body.Find(`[lang="zh-CN"], .pre`).Each(func(_ int, s *goquery.Selection) { s.SetText("") })
		if text := body.Text(); strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			fail("shows Chinese in English: %.40s", text[i:])
		}
	}
	if size := a.Body.Len(); size > 60<<10 && !strings.Contains(path, "whole=yes") { // what is filed whole is as long as it is
		fail("%d bytes, more than 60 KB", size)
	}
}
