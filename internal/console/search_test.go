package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/portfolio"
	"milepost/internal/tracker/trackertest"
)

func TestSearchLeadsToWhatMayBeSeen(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	page := h.sees(trackertest.Manager, "/search?q=ht-0")
	if got := page.page.Find("main td a").AttrOr("href", ""); got != "/awards/"+string(a.ID) {
		t.Errorf("the search leads to %q", got)
	}
	if got := h.sees(trackertest.Operator2, "/search?q=HT-0"); got.page.Find("main td a").Length() != 0 {
		t.Errorf("somebody else's operator finds %s", got.text())
	}
	if got := h.sees(trackertest.Manager, "/search?q=HT-0&type=platform"); !strings.Contains(got.text(), "Nothing of that number, code, reference, name or title is in your sight.") {
		t.Errorf("an award is found among platforms: %s", got.text())
	}
}

// Whoever holds a bank statement finds the payment and the refund of a line.
func TestSearchLeadsToPayments(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "100")})
	paid := h.PayOut(a.Tr(1))
	refund := h.Refund(paid, "5")
	page := "/awards/" + string(a.ID)
	list := h.sees(trackertest.Finance, "/payments")
	if form := list.page.Find("main form[action='/search']"); form.Find("input[name=q]").Length() != 1 || form.Find("input[name=type]").AttrOr("value", "") != "payment" {
		t.Errorf("the list does not lead to the search: %s", list.text())
	}
	for typed, want := range map[string]string{
		"instalment": page + "/payments/" + string(paid.Payment), "bank-pay": page + "/payments/" + string(paid.Payment), "rf-": page + "/refunds/" + string(refund.Refund),
	} {
		got := h.sees(trackertest.Finance, "/search?q="+typed)
		if links := got.page.Find("main td a"); links.Length() != 1 || links.AttrOr("href", "") != want || got.page.Find("main td mark").Length() != 1 {
			t.Errorf("%q leads to %q, want %q: %s", typed, links.AttrOr("href", ""), want, got.text())
		}
		if h.get(trackertest.Finance, want).Code != http.StatusOK {
			t.Errorf("%s is no page", want)
		}
	}
}

// A title is found by the words in it in either language, whatever the page's;
// what was searched for is marked where it stands, and nothing that somebody
// typed becomes markup.
func TestSearchMarksWhatMatched(t *testing.T) {
	h := newHouse(t)
	d := h.Document(nil, nil)
	d.Title = portfolio.Names{ZH: "面向数据中心的硅光<b>芯片</b>", EN: `Silicon photonics for "data centres"`}
	id := h.Draft(d)
	for _, test := range []struct {
		typed, marked, in string // in: as the row says
		quoted            bool   // beside the title that the page shows
	}{
		{"ht-", "HT-", "Number, code or reference", false},
		{"silicon phot", "Silicon phot", "English name", false},
		{`"data CENTRES"`, "", "", false},
		{"data CENTRES", "data centres", "English name", false},
		{"硅光", "硅光", "Chinese name", true},
		{"芯片", "芯片", "Chinese name", true},
		{"ｐｈｏｔｏｎｉｃｓ　for", "photonics for", "English name", false},
	} {
		a := h.sees(trackertest.Manager, "/search?type=award&q="+url.QueryEscape(test.typed))
		row := a.page.Find("main tbody tr")
		if test.marked == "" {
			if row.Length() != 0 {
				t.Errorf("%q finds %s", test.typed, row.Text())
			}
			continue
		}
		if row.Length() != 1 || row.Find("a").AttrOr("href", "") != "/awards/"+string(id) {
			t.Fatalf("%q finds %d: %s", test.typed, row.Length(), row.Text())
		}
		if got := row.Find("mark"); got.Length() != 1 || got.Text() != test.marked {
			t.Errorf("%q: %q is marked in %d places, want %q in one", test.typed, got.Text(), got.Length(), test.marked)
		}
		if got := row.Find("td").Last().Text(); got != test.in {
			t.Errorf("%q: found in %q, want %q", test.typed, got, test.in)
		}
		if got := row.Find("small mark").Length() == 1; got != test.quoted {
			t.Errorf("%q: quoted beside the title: %t, want %t", test.typed, got, test.quoted)
		}
		if got := row.Find("small bdi").AttrOr("lang", ""); test.quoted && got != "zh-CN" {
			t.Errorf("%q: the Chinese title is in %q", test.typed, got)
		}
		if row.Find("b").Length() != 0 || !strings.Contains(row.Find("a").Text(), "HT-") {
			t.Errorf("%q: %s", test.typed, row.Text())
		}
	}
}

// What does not fit a page is on the next one.
func TestSearchPages(t *testing.T) {
	h := newHouse(t)
	for range 30 {
		h.Draft(h.Document(nil, nil))
	}
	first := h.sees(trackertest.Manager, "/search?type=award&q=ht")
	next := first.page.Find("nav.pages a[rel=next]").AttrOr("href", "")
	if first.page.Find("main tbody tr").Length() != 25 || next == "" {
		t.Fatalf("the first page leads to %q: %s", next, first.text())
	}
	if got := h.sees(trackertest.Manager, next).page.Find("main tbody tr").Length(); got != 5 {
		t.Errorf("the second page shows %d", got)
	}
}

func TestSearchSaysWhatItNeeds(t *testing.T) {
	h := newHouse(t)
	for _, text := range []string{"x", strings.Repeat("长", 150), "<b>", "\u202e", "%00"} {
		a := h.get(trackertest.Manager, "/search?q="+url.QueryEscape(text))
		if a.Code != http.StatusOK || a.page.Find("main b").Length() != 0 {
			t.Errorf("searching %q = %d", text, a.Code)
		}
	}
	if a := h.get(trackertest.Manager, "/search?q=x"); a.page.Find("[role=alert]").Length() != 1 {
		t.Errorf("one character: %s", a.text())
	}
}
