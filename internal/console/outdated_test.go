package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/tracker/trackertest"
)

// rawName is a name as programs write it, not as people read it.
var rawName = regexp.MustCompile(`^/|^[a-z]+[A-Z]|/|_`)

// The page of a form that is out of date says what changed, who did it and what
// one was about to send, all in words, in both languages.
func TestOutOfDateIsInWords(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		path         string
		theirs, mine []string
		want         map[string][]string // by language: labels and values
	}{
		{
			"/platforms/" + string(h.Platform) + "/edit",
			[]string{"platform/sector", "cells"}, []string{"platform/region", "Pudong"},
			map[string][]string{"en": {"manager2", "Field", "cells", "Region", "Pudong", "Name (Chinese)"}, "zh-CN": {"manager2", "领域", "cells", "地区", "Pudong", "名称（中文）"}},
		},
		{
			"/organisations/" + string(h.Payee) + "/edit",
			[]string{"region", "Minhang"}, []string{"names/en", "Other"},
			map[string][]string{"en": {"you may not see who", "Name (English)", "Other", "Kind"}, "zh-CN": {"您无权查看是谁", "名称（英文）", "Other"}},
		},
	} {
		for lang, want := range test.want {
			page := h.get(trackertest.Manager, test.path)
			theirs := append([]string{}, test.theirs...)
			theirs[1] += lang
			h.does(trackertest.Manager2, test.path, test.path, theirs...)
			old := h.postIn(lang, trackertest.Manager, test.path, h.fill(page, test.path, test.mine...))
			if old.Code != http.StatusPreconditionFailed {
				t.Fatalf("POST %s out of date = %d: %s", test.path, old.Code, old.text())
			}
			for _, w := range want {
				if !strings.Contains(old.text(), w) {
					t.Errorf("%s (%s) lacks %q: %s", test.path, lang, w, old.text())
				}
			}
			inWords(t, old)
		}
	}
}

// inWords asserts that no label of a page is a raw name.
func inWords(t *testing.T, a answer) {
	t.Helper()
	a.page.Find("main dt").Each(func(_ int, s *goquery.Selection) {
		if rawName.MatchString(s.Text()) {
			t.Errorf("a label is %q", s.Text())
		}
	})
}

// A decision on what another person decided meanwhile changes nothing and says
// who did what.
func TestDecidedMeanwhile(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	form := h.get(trackertest.Manager, page+"/decide")
	fields := h.fill(form, page+"/decide", "outcome", "notMet", "reasons/0/text", "mine")
	h.does(trackertest.Manager2, page+"/decide", page+"/decide", "outcome", "met")
	now := h.MilestoneNow(a.M("M1"))
	got := h.post(trackertest.Manager, page+"/decide", fields)
	if got.Code != http.StatusConflict && got.Code != http.StatusPreconditionFailed {
		t.Fatalf("decided meanwhile = %d: %s", got.Code, got.text())
	}
	for _, want := range []string{"manager2", "Milestone decided", "Outcome", "Met", "Not met", "Reason 1", "mine"} {
		if !strings.Contains(got.text(), want) {
			t.Errorf("lacks %q: %s", want, got.text())
		}
	}
	inWords(t, got)
	if got.page.Find(`a[href="`+page+`"]`).Length() == 0 {
		t.Error("no way to what it is now")
	}
	if h.MilestoneNow(a.M("M1")).State != now.State {
		t.Error("it was decided again")
	}
}

// A form that is sent twice has one effect, and the second answer is that of
// the first: what was done, not that it cannot be done.
func TestSentTwice(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	fields := h.fill(h.get(trackertest.Manager, page+"/decide"), page+"/decide", "outcome", "met")
	first := h.post(trackertest.Manager, page+"/decide", fields)
	before := h.HeadNow(string(a.ID)).Hash
	second := h.post(trackertest.Manager, page+"/decide", fields)
	if first.Code != http.StatusSeeOther || second.Code != http.StatusSeeOther || second.Header().Get("Location") != first.Header().Get("Location") {
		t.Fatalf("sent once = %d to %s, twice = %d to %s: %.300s", first.Code, first.Header().Get("Location"), second.Code, second.Header().Get("Location"), second.text())
	}
	if said := h.get(trackertest.Manager, second.Header().Get("Location")).page.Find(".banner.good").Text(); !strings.Contains(said, "Milestone decided") {
		t.Errorf("the second answer says %q", said)
	}
	if after := h.HeadNow(string(a.ID)).Hash; after != before {
		t.Errorf("sent twice, it had two effects: %s, %s", before, after)
	}
}
