package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"
)

func TestStrictAndStill(t *testing.T) {
	h := handler(t, several(), true)
	w, page := get(t, h, "/?lang=en")
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; img-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("CSP is %q", csp)
	}
	if n := page.Find("script, style, [style], iframe, form").Length(); n != 0 {
		t.Errorf("%d elements that the policy refuses or the page does not need", n)
	}
	if n := page.Find(`img:not([alt]), a:not([href]), th:not([scope]), svg:not([aria-hidden])`).Length(); n != 0 {
		t.Errorf("%d elements without what assistive technology needs", n)
	}
	if page.Find("body > a").First().AttrOr("href", "") != "#main" || page.Find("main#main h1").Length() != 1 {
		t.Error("no skip link to a main part with one heading")
	}
	page.Find("link[href^='/assets/'], img").Each(func(_ int, s *goquery.Selection) {
		path := s.AttrOr("href", s.AttrOr("src", ""))
		if a, _ := get(t, h, path); a.Code != http.StatusOK || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("GET %s = %d", path, a.Code)
		}
	})
	post := httptest.NewRecorder()
	h.ServeHTTP(post, httptest.NewRequest(http.MethodPost, "/", nil))
	if post.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST / = %d, want 405", post.Code)
	}
}

// Every text of the page is in the catalog, and nothing of the other language
// stands in it without saying so.
func TestEveryTextIsTranslated(t *testing.T) {
	for _, path := range []string{"/", "/?show=soon", "/?show=31-90"} {
		for _, demo := range []bool{true, false} {
			_, page := get(t, handler(t, several(), demo), path, "Accept-Language", "en")
			page.Find("[lang=zh-CN]").Each(func(_ int, s *goquery.Selection) {
				if goquery.NodeName(s) != "html" {
					s.SetText("")
				}
			})
			text := page.Find("body").Text()
			if i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); i >= 0 {
				t.Errorf("GET %s (demo %t) shows Chinese in English: %.40s", path, demo, text[i:])
			}
			if i := strings.Index(text, "console."); i >= 0 {
				t.Errorf("GET %s (demo %t) shows an id: %.40s", path, demo, text[i:])
			}
			if strings.Contains(page.Find("body").Text(), "<no value>") {
				t.Errorf("GET %s shows a missing value", path)
			}
		}
	}
}
