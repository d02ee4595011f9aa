package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/console"
	"milepost/internal/deadline"
	"milepost/internal/store"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker/trackertest"
)

// A store that does not answer ends a page in words, wherever it stops: with
// the session, with who is asking, with what is asked for, with the frame.
func TestAStoreThatHangsEndsInAPage(t *testing.T) {
	var left atomic.Int64 // calls until it hangs; more than there are
	left.Store(1 << 40)
	s := storetest.Hung(trackertest.Memory(t), func() bool { return left.Add(-1) < 0 })
	h := houseOf(t, trackertest.New(t, s), func(o *console.Options) { o.Limits.Work = 20 * time.Millisecond })
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1")})
	h.signIn(trackertest.Manager)
	for _, answered := range []int64{0, 1, 2, 4, 6} {
		for lang, want := range map[string]string{"en": "This cannot be done now", "zh-CN": "现在无法完成"} {
			for _, path := range []string{"/", "/milestones", "/overview"} {
				left.Store(answered)
				page := h.getIn(lang, trackertest.Manager, path)
				if page.Code != http.StatusServiceUnavailable || page.Header().Get("Retry-After") == "" || !strings.Contains(page.text(), want) || page.page.Find("main a.button").Length() != 2 {
					t.Errorf("%s after %d answers (%s) = %d %s", path, answered, lang, page.Code, page.text())
				}
			}
		}
	}
	left.Store(1 << 40)
	h.get(trackertest.Manager, "/notices")
}

// until notes when the work on a request has to end.
type until struct {
	store.Store
	at atomic.Pointer[time.Time]
}

func (u *until) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if at, ok := ctx.Deadline(); ok {
		u.at.Store(&at)
	}
	return u.Store.Get(ctx, keys...)
}

// Files and what is read whole are given more time than a page.
func TestFilesAndExportsTakeLonger(t *testing.T) {
	watched := &until{Store: trackertest.Memory(t)}
	h := houseOf(t, trackertest.New(t, watched), func(o *console.Options) { o.Limits = deadline.Limits{Work: time.Minute, Files: time.Hour} })
	h.signIn(trackertest.Manager)
	form := httptest.NewRequest(http.MethodPost, "/awards/awd_x/milestones/mst_x/submit", strings.NewReader("--b--"))
	form.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	for _, test := range []struct {
		r    *http.Request
		slow bool
	}{
		{httptest.NewRequest(http.MethodGet, "/milestones", nil), false},
		{httptest.NewRequest(http.MethodGet, "/imports", nil), false},
		{httptest.NewRequest(http.MethodPost, "/awards/awd_x/milestones/mst_x/start", nil), false},
		{httptest.NewRequest(http.MethodGet, "/milestones?format=csv", nil), true},
		{httptest.NewRequest(http.MethodGet, "/awards/awd_x/journal?whole=yes", nil), true},
		{httptest.NewRequest(http.MethodGet, "/awards/awd_x/evidence/mst_x/evd_x/content", nil), true},
		{httptest.NewRequest(http.MethodPost, "/imports/imp_x/apply", nil), true},
		{httptest.NewRequest(http.MethodPost, "/admin/sweeps", nil), true},
		{form, true},
	} {
		h.send(trackertest.Manager, test.r)
		at := watched.at.Swap(nil)
		if at == nil {
			t.Errorf("%s %s has no end", test.r.Method, test.r.URL)
			continue
		}
		if slow := time.Until(*at) > 10*time.Minute; slow != test.slow {
			t.Errorf("%s %s: the time of files is %v, want %v", test.r.Method, test.r.URL, slow, test.slow)
		}
	}
}
