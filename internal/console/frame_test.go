package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker/trackertest"
)

func TestStrangersSignInAndComeBack(t *testing.T) {
	h := newHouse(t)
	a := h.get("", "/overdue?late=1-7")
	if got, want := a.Header().Get("Location"), "/sign-in?return=%2Foverdue%3Flate%3D1-7"; a.Code != http.StatusSeeOther || got != want {
		t.Errorf("a stranger gets %d to %s, want %s", a.Code, got, want)
	}
	page := h.get("", a.Header().Get("Location"))
	if got := page.page.Find(`input[name="return"]`).AttrOr("value", ""); got != "/overdue?late=1-7" {
		t.Errorf("the sign-in page returns to %q", got)
	}
	if n := page.page.Find(`button[name="persona"]`).Length(); n != len(h.People) {
		t.Errorf("%d personas of %d", n, len(h.People))
	}
}

func TestHeadersAndAssets(t *testing.T) {
	h := newHouse(t)
	a := h.sees(trackertest.Manager, "/")
	csp := a.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("CSP is %q", csp)
	}
	if a.page.Find("body > a").First().AttrOr("href", "") != "#main" {
		t.Error("no skip link")
	}
	a.page.Find("link[href^='/assets/'], img, script").Each(func(_ int, s *goquery.Selection) {
		path := s.AttrOr("href", s.AttrOr("src", ""))
		if got := h.send("", httptest.NewRequest(http.MethodGet, path, nil)); got.Code != http.StatusOK || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("GET %s = %d", path, got.Code)
		}
	})
}

// Assets go over the wire compressed to browsers that take that, and are the
// same file to both kinds.
func TestAssetsAreCompressed(t *testing.T) {
	h := newHouse(t)
	path := h.get("", "/sign-in").page.Find("link[rel=stylesheet]").AttrOr("href", "")
	plain := h.send("", httptest.NewRequest(http.MethodGet, path, nil))
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	packed := h.send("", r)
	if got := packed.Header().Get("Content-Encoding"); got != "gzip" || packed.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("Content-Encoding is %q, Vary %q", got, packed.Header().Get("Vary"))
	}
	if got, whole := packed.Body.Len(), plain.Body.Len(); got > whole/3 {
		t.Errorf("compressed to %d of %d bytes", got, whole)
	}
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil || string(content) != plain.Body.String() {
		t.Errorf("the compressed file is another: %d bytes, %v", len(content), err)
	}
}

func TestNothingHere(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/nowhere", "/awards/awd_00000000000000000000000000", "/awards/x"} {
		a := h.get(trackertest.Manager, path)
		if a.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d", path, a.Code)
		}
		if a.page.Find("nav a").Length() == 0 || a.page.Find("form[role=search]").Length() == 0 {
			t.Errorf("GET %s leaves its reader without a way on", path)
		}
	}
	if a := h.get("", "/nowhere"); a.Code != http.StatusNotFound || a.page.Find("nav a").Length() != 0 || strings.Contains(a.text(), "search") {
		t.Errorf("a stranger at no address: %d %s", a.Code, a.text())
	}
}

// What is no text is refused before it reaches a list or a record, and is no
// failure of ours.
func TestWhatIsNoText(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/awards/%ff", "/awards?programme=%ff", "/awards?%ff=1", "/search?q=%e4%b8", "/overdue?platform=%zz"} {
		a := h.get(trackertest.Manager, path)
		if a.Code != http.StatusBadRequest || !strings.Contains(a.text(), "percent signs") {
			t.Errorf("GET %s = %d %s", path, a.Code, a.text())
		}
		if path == "/awards/%ff" && a.page.Find("nav").Length() == 0 {
			t.Errorf("GET %s has no way back", path)
		}
	}
	if a := h.get("", "/sign-in?return=%ff"); a.Code != http.StatusBadRequest {
		t.Errorf("the sign-in page = %d", a.Code)
	}
	for _, fields := range []url.Values{{"notice": {"\xff"}}, {"\xff": {"x"}}} {
		fields.Set("form_key", strings.Repeat("0", 32))
		if a := h.post(trackertest.Manager, "/notices", fields); a.Code != http.StatusBadRequest {
			t.Errorf("POST %q = %d", fields, a.Code)
		}
	}
}

// The way back from a failure stays within the console, whatever the browser
// says where it came from.
func TestWayBackStaysHere(t *testing.T) {
	h := newHouse(t)
	for from, want := range map[string]string{
		"http://example.com/awards?half=all": "/awards?half=all", "http://example.com//other.example/x": "/", "http://example.com/%5Cother.example": "/",
		"http://other.example/awards": "/", "http://example.com/nowhere": "/",
	} {
		r := httptest.NewRequest(http.MethodGet, "http://example.com/nowhere", nil)
		r.Header.Set("Referer", from)
		a := h.send(trackertest.Manager, r)
		if got := a.page.Find("main a").First().AttrOr("href", ""); a.Code != http.StatusNotFound || got != want {
			t.Errorf("from %s the way back is %q (%d), want %q", from, got, a.Code, want)
		}
	}
}

// A post from another site is refused before anything is read.
func TestOtherSitesCannotPost(t *testing.T) {
	h := newHouse(t)
	r := httptest.NewRequest(http.MethodPost, "/overdue", strings.NewReader("x=1"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := h.send(trackertest.Manager, r); a.Code != http.StatusForbidden {
		t.Errorf("a post from elsewhere = %d", a.Code)
	}
}

// The navigation has the places where somebody's roles let them find something,
// and hides none that holds something for them.
func TestNavigationHasWhatRolesFind(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h) // something is in every list
	h.SubmitWith(a.M("M1"), []ident.Evidence{h.Upload(a.M("M1"), "measured").Evidence})
	h.Decide(a.M("M1"), award.Met)
	h.Ask(a.M("M2"), "2027-01-01")
	h.Request(a.Tr(1))
	all := strings.Fields("/ /overview /overdue /milestones /awards /tranches /payments /extensions /platforms /projects /organisations /programmes /audit /imports /admin")
	for persona, hidden := range map[string]string{
		trackertest.Administrator: "/overview /overdue /milestones /awards /tranches /payments /extensions /platforms /projects /audit /imports",
		trackertest.Manager:       "", trackertest.Finance: "", trackertest.Head: "", trackertest.Auditor: "",
		trackertest.Operator: "/audit /imports /admin", trackertest.Lead: "/platforms /programmes /audit /imports /admin",
		trackertest.Stranger: "/overview /overdue /milestones /awards /tranches /payments /extensions /platforms /projects /organisations /programmes /audit /imports /admin",
	} {
		none := strings.Fields(hidden)
		var got, want []string
		h.get(persona, "/").page.Find("#nav a").Each(func(_ int, s *goquery.Selection) { got = append(got, s.AttrOr("href", "")) })
		for _, path := range all {
			if !slices.Contains(none, path) {
				want = append(want, path)
				continue
			}
			if rows := h.get(persona, path).page.Find("main tbody tr"); rows.Length() != 0 {
				t.Errorf("%s is not led to %s, where there is %s", persona, path, rows.First().Text())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is led elsewhere (-want +got):\n%s", persona, diff)
		}
	}
}

// Who sees nobody's roles and opens the administration is told so.
func TestAdministrationOfOthers(t *testing.T) {
	h := newHouse(t)
	gatedAward(h)
	for _, persona := range []string{trackertest.Lead, trackertest.Operator, trackertest.Stranger} {
		for _, path := range []string{"/admin", "/admin/members", "/admin/people", "/admin/access"} {
			got := h.sees(persona, path)
			if !strings.Contains(got.text(), "Your roles do not show you who holds which role") || got.page.Find("main table, main form, main a.button").Length() != 0 {
				t.Errorf("%s opens %s: %s", persona, path, got.text())
			}
		}
		if got := h.sees(persona, "/admin"); got.page.Find(`main a[href="/admin/people"], main a[href="/admin/members"], main a[href="/admin/access"]`).Length() != 0 {
			t.Errorf("%s is led on: %s", persona, got.text())
		}
	}
}
