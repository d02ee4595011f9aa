package api_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// A search answers in pages, and says where the text stands, in whichever
// language and width it was typed.
func TestSearchByTitles(t *testing.T) {
	d := open(t)
	for range 3 {
		doc := d.Document(nil, nil)
		doc.Title = portfolio.Names{ZH: "面向数据中心的硅光芯片", EN: "Silicon photonics"}
		d.Draft(doc)
	}
	for typed, want := range map[string]schema.Match{
		"硅光":    {In: "zh", Before: "面向数据中心的", Found: "硅光", After: "芯片"},
		"ＰＨＯＴＯ": {In: "en", Before: "Silicon ", Found: "photo", After: "nics"},
	} {
		path, rows := "/search?type=award&limit=2&q="+url.QueryEscape(typed), 0
		for next := path; next != ""; {
			var page tracker.Page[tracker.SearchResult]
			if err := json.Unmarshal(d.do(ask{as: trackertest.Manager, path: next}).body, &page); err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Items {
				rows++
				if diff := cmp.Diff(want, r.Match); diff != "" || r.Type != "award" || r.Code == "" || r.Programme != d.Programme {
					t.Errorf("%q finds %+v (-want +got):\n%s", typed, r, diff)
				}
			}
			if next = ""; page.Next != "" {
				next = path + "&cursor=" + url.QueryEscape(page.Next)
			}
		}
		if rows != 3 {
			t.Errorf("%q finds %d", typed, rows)
		}
	}
	if got := d.do(ask{as: trackertest.Operator2, path: "/search?q=" + url.QueryEscape("硅光")}); strings.TrimSpace(string(got.body)) != `{"items":[]}` {
		t.Errorf("another's operator finds %s", got.body)
	}
}
