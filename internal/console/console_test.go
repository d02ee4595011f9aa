package console_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/console"
	"milepost/internal/i18n"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// fake answers with rows; today is 2026-11-22.
type fake struct {
	late, soon []tracker.AttentionRow
	err        error
}

func (fake) Today() civil.Date { return civil.MustParse("2026-11-22") }

func (f fake) Attention(_ context.Context, _ tracker.Call, q tracker.AttentionQuery, p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
	rows := f.late
	if q.Status == tracker.StatusDueSoon {
		rows = f.soon
	}
	from := len(p.Cursor) * p.Limit // one character a page
	page := tracker.Page[tracker.AttentionRow]{Items: rows[min(from, len(rows)):min(from+p.Limit, len(rows))]}
	if from+p.Limit < len(rows) {
		page.Next = p.Cursor + "x"
	}
	return page, f.err
}

func row(n, daysLate int) tracker.AttentionRow {
	due := civil.MustParse("2026-11-22").AddDays(-daysLate)
	r := tracker.AttentionRow{
		Thing: "milestone", ID: fmt.Sprintf("mst_%d", n), Title: "原理样机", Code: "M2", Number: fmt.Sprintf("DEMO-%03d", n),
		AwardTitle: portfolio.Names{ZH: "硅光调制器", EN: "Modulator"}, Kind: attention.Deliver, Role: portfolio.PlatformOperator,
		DueOn: due, EffectiveOn: due, DaysLate: max(daysLate, 0), Level: attention.ToOwner, GatedAmount: money.MustParse("2220000.50"),
		Platform: &tracker.Named{Names: portfolio.Names{ZH: "硅光平台", EN: "Photonics platform"}},
	}
	if daysLate > 0 {
		r.FlaggedOn = due.AddDays(1)
	}
	if daysLate > 30 {
		r.Level = attention.ToHead
	}
	return r
}

// several has one row late by 1, 7, 8, 30, 31, 90 and 91 days, and one due
// today, in 3 and in 30 days.
func several() fake {
	f := fake{}
	for i, n := range []int{91, 90, 31, 30, 8, 7, 1} {
		f.late = append(f.late, row(i, n))
	}
	f.late[0].Person = &tracker.Named{Names: portfolio.Names{ZH: "林若溪", EN: "Lin Ruoxi"}}
	f.late[0].Baseline = &attention.Baseline{}
	f.late[1].Thing, f.late[1].Code, f.late[1].Title, f.late[1].Kind = "tranche", "2", "", attention.PayTranche
	f.late[2].Thing, f.late[2].Kind, f.late[2].GatedAmount = "extension", attention.DecideExtension, money.Amount{}
	f.late[3].DueOn = f.late[3].EffectiveOn.AddDays(-1)
	for i, n := range []int{0, -3, -30} {
		f.soon = append(f.soon, row(100+i, n))
	}
	return f
}

func handler(t *testing.T, f fake, demo bool) *console.Console {
	t.Helper()
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	o := console.Options{Tracker: f, Catalogs: catalogs, Logger: slog.New(slog.DiscardHandler), Demo: demo}
	if demo {
		o.Reader = func(context.Context) (tracker.Call, error) { return tracker.Call{}, nil }
	}
	c, err := console.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(t *testing.T, h http.Handler, path string, header ...string) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, page
}

func TestPageInBothLanguages(t *testing.T) {
	tests := []struct{ lang, heading, days, owner, asks, amount, exact, level, platform string }{
		{"en", "Due and overdue", "91 days", "Lin Ruoxi", "Deliver the milestone", "2.22", "CNY 2,220,000.50", "Head", "Photonics platform"},
		{"zh-CN", "到期与逾期", "91 天", "林若溪", "提交里程碑", "222.00", "2,220,000.50元", "负责人", "硅光平台"},
	}
	for _, tt := range tests {
		w, page := get(t, handler(t, several(), true), "/?lang="+tt.lang)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", tt.lang, w.Code)
		}
		if lang, _ := page.Find("html").Attr("lang"); lang != tt.lang {
			t.Errorf("the page says it is in %q, want %q", lang, tt.lang)
		}
		first := page.Find("#late").Closest("section").Find("tbody tr").First()
		for what, want := range map[string][2]string{
			"h1": {page.Find("h1").Text(), tt.heading}, "days": {squeezed(first.Find("td").Eq(0)), tt.days},
			"what": {first.Find(".what strong").Text(), tt.asks}, "owner": {first.Find("td").Eq(4).Find("span").Text(), tt.owner},
			"amount": {first.Find("data").Text(), tt.amount}, "exact": {first.Find("data").AttrOr("title", ""), tt.exact},
			"level": {squeezed(first.Find(".level")), tt.level}, "platform": {first.Find(".award small span").Last().Text(), tt.platform},
			"due": {first.Find("time").AttrOr("datetime", ""), "2026-08-23"}, "as of": {page.Find(".asof time").AttrOr("datetime", ""), "2026-11-22"},
		} {
			if want[0] != want[1] {
				t.Errorf("%s: %s is %q, want %q", tt.lang, what, want[0], want[1])
			}
		}
	}
}

func squeezed(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestCountsByDaysLate(t *testing.T) {
	_, page := get(t, handler(t, several(), true), "/?lang=en")
	var got []string
	page.Find(".bucket a").Each(func(_ int, s *goquery.Selection) { got = append(got, squeezed(s)+" "+s.AttrOr("href", "")) })
	want := []string{
		"All overdue 7 items /", "1–7 days late 2 items /?show=1-7", "8–30 days late 2 items /?show=8-30",
		"31–90 days late 2 items /?show=31-90", "Over 90 days late 1 item /?show=over90", "Due within 30 days 3 items /?show=soon",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the cards say\n%q, want\n%q", got, want)
	}
	for path, rows := range map[string]int{"/?show=1-7": 2, "/?show=over90": 1, "/?show=soon": 3, "/": 10, "/?show=nonsense": 10} {
		_, page := get(t, handler(t, several(), true), path)
		if n := page.Find("tbody tr").Length(); n != rows {
			t.Errorf("GET %s shows %d rows, want %d", path, n, rows)
		}
	}
}

func TestPagesOfAList(t *testing.T) {
	f := fake{}
	for i := range 130 {
		f.late = append(f.late, row(i, 5))
	}
	h := handler(t, f, true)
	for path, want := range map[string][3]string{
		"/?lang=en":                  {"25", "", "/?page=2"},
		"/?lang=en&page=3":           {"25", "/?page=2", "/?page=4"},
		"/?lang=en&page=6":           {"5", "/?page=5", ""},
		"/?lang=en&page=99":          {"5", "/?page=5", ""},
		"/?lang=en&page=-1":          {"25", "", "/?page=2"},
		"/?lang=en&show=1-7&page=2":  {"25", "/?show=1-7", "/?page=3&show=1-7"},
		"/?lang=en&show=8-30&page=2": {"0", "", ""},
	} {
		_, page := get(t, h, path)
		late := page.Find("#late").Closest("section")
		got := [3]string{fmt.Sprint(late.Find("tbody tr").Length()), late.Find("a[rel=prev]").AttrOr("href", ""), late.Find("a[rel=next]").AttrOr("href", "")}
		if got != want {
			t.Errorf("GET %s: rows, previous, next = %q, want %q", path, got, want)
		}
	}
}

func TestNothingToShow(t *testing.T) {
	_, page := get(t, handler(t, fake{}, true), "/?lang=en")
	if got := page.Find(".empty").First().Text(); got != "Nothing is overdue." {
		t.Errorf("the empty page says %q", got)
	}
	w, _ := get(t, handler(t, fake{err: errors.New("secret")}, true), "/?lang=en")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("a failure answers %d: %s", w.Code, w.Body)
	}
	w, page = get(t, handler(t, several(), false), "/?lang=en")
	if w.Code != http.StatusOK || page.Find("h1").Text() != "Milepost is running" || page.Find("table").Length() != 0 {
		t.Errorf("without a reader the page is %d: %s", w.Code, page.Find("main").Text())
	}
}

func TestLanguageIsKept(t *testing.T) {
	h := handler(t, several(), true)
	w, _ := get(t, h, "/?lang=en")
	cookie := w.Result().Cookies()[0]
	if cookie.Value != "en" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %+v", cookie)
	}
	for _, tt := range []struct{ cookie, accept, want string }{
		{"en", "zh-CN", "en"}, {"", "en-GB", "en"}, {"", "fr", "zh-CN"}, {"nonsense", "en", "en"},
	} {
		header := []string{"Accept-Language", tt.accept}
		if tt.cookie != "" {
			header = append(header, "Cookie", cookie.Name+"="+tt.cookie)
		}
		if _, page := get(t, h, "/", header...); page.Find("html").AttrOr("lang", "") != tt.want {
			t.Errorf("with cookie %q and %q the page is in %s, want %s", tt.cookie, tt.accept, page.Find("html").AttrOr("lang", ""), tt.want)
		}
	}
	_, page := get(t, h, "/?lang=en&show=soon&evil=1")
	if href := page.Find(".languages a").AttrOr("href", ""); href != "/?lang=zh-CN&show=soon" {
		t.Errorf("the other language is at %q", href)
	}
}
