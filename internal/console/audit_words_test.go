package console_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/blob/fs"
	"milepost/internal/demo"
	"milepost/internal/ident"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// demoHouse is the console over what the demo shows.
func demoHouse(t *testing.T) *house {
	t.Helper()
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	clock := demo.NewClock(func() time.Time { return now })
	o := &trackertest.Office{T: t, Ctx: t.Context(), Store: trackertest.Memory(t), Clock: trackertest.NewClock(trackertest.Day("2026-11-23")), People: map[string]ident.Person{}}
	policy := blob.DefaultPolicy()
	blobs, err := fs.Open(fs.Options{Dir: filepath.Join(t.TempDir(), "blobs"), MaxSize: policy.MaxSize, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	if o.Authority, err = access.New(); err != nil {
		t.Fatal(err)
	}
	o.Tracker = tracker.New(tracker.Options{
		Store: o.Store, Blobs: blobs, Files: policy, Authority: o.Authority, Now: clock.Now, Entropy: trackertest.NewEntropy("demo"),
		Secret: make([]byte, 32), Origin: award.Demo,
	})
	personas, err := demo.Seed(t.Context(), demo.Options{Tracker: o.Tracker, Store: o.Store, Clock: clock, Issuer: trackertest.Issuer, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range personas {
		o.People[p.Subject] = ""
	}
	return houseOf(t, o)
}

// rawCode is an id, or a code as programs write it.
var rawCode = regexp.MustCompile(`[a-z]{3}_[0-9A-Z]{26}|\b[a-z]+[A-Z][A-Za-z]+\b|\b(` + strings.Join([]string{
	"terms", "ladder", "deliver", "rework", "remind", "overdue", "escalate", "owner", "manager", "head", "calendar", "working", "open", "suspended", "closed",
	"programme", "platform", "deployment", "award", "active", "revoked", "finance", "auditor", "prepared", "applying", "applied", "create", "candidate",
	"approved", "operating", "commissioned", "proposed", "underway", "release", "initial", "interim", "final", "fiscal", "donation", "municipal", "district",
	"demo", "live", "import", "payment", "approval", "refund", "sweep", "after[0-9]+", "before[0-9]+",
}, "|") + `)\b|^/`)

// written is what somebody wrote, which may hold any word: names in English,
// titles in both languages, the names of files.
func written(label string) bool {
	return slices.ContainsFunc([]string{"名称", "文件", "标准", "里程碑", "佐证", "拨付条件"}, func(w string) bool { return strings.HasPrefix(label, w) })
}

// Every entry of every journal of the demo is told in words: no id and no code
// stands in what changed, in what is said beside, or in its heading.
func TestEntriesAreToldInWords(t *testing.T) {
	h := demoHouse(t)
	subjects := map[string]bool{"deployment": true}
	for _, path := range []string{"/programmes", "/platforms", "/projects", "/organisations", "/awards", "/imports"} {
		for _, show := range []string{"", "?status=all"} {
			h.getIn("zh-CN", "auditor", path+show).page.Find("main a[href]").Each(func(_ int, a *goquery.Selection) {
				if id := strings.TrimPrefix(a.AttrOr("href", ""), path+"/"); ident.Prefix(id) != "" {
					subjects[id] = true
				}
			})
		}
	}
	entries, pages, told := 0, 0, map[string]bool{}
	for id := range subjects {
		for seq := 1; ; seq++ {
			path := fmt.Sprintf("/audit/%s/%d", id, seq)
			page := h.getIn("zh-CN", "auditor", path)
			if page.Code != http.StatusOK {
				break
			}
			entries++
			if head := page.page.Find("main h1").Text(); rawCode.MatchString(head) {
				t.Errorf("%s is headed %q", path, head)
			}
			for {
				pages++
				entryInWords(t, path, page, told)
				if path = page.page.Find("nav.pages a[rel=next]").AttrOr("href", ""); path == "" {
					break
				}
				page = h.getIn("zh-CN", "auditor", path)
			}
		}
	}
	if entries < 100 || pages == entries || !told["预警规则生效"] || !told["变更提出"] || !told["角色授予"] || !told["导入完成"] {
		t.Errorf("%d entries of %d subjects on %d pages tell of %v", entries, len(subjects), pages, told)
	}
}

// entryInWords fails where a page of an entry tells of an event in codes; it
// notes the kinds of events.
func entryInWords(t *testing.T, path string, page answer, told map[string]bool) {
	t.Helper()
	page.page.Find("main section.card").Each(func(_ int, s *sel) {
		kind := s.Find("h2").Text()
		told[kind] = true
		s.Find("p > bdi").Each(func(_ int, p *sel) {
			if p.Closest("details").Length() == 0 && !strings.Contains(p.Text(), "·") && regexp.MustCompile(`[a-z]{3}_[0-9A-Z]{26}`).MatchString(p.Text()) {
				t.Errorf("%s says of %s %q", path, kind, p.Text())
			}
		})
		s.Find("dl.changes > div").Each(func(_ int, d *sel) {
			label, value := d.Find("dt").Text(), d.Find("dd").Text()
			if raw := rawCode.FindString(label); raw != "" || !written(label) && rawCode.MatchString(value) {
				t.Errorf("%s says of %s %q: %q", path, kind, label, value)
			}
		})
	})
}
