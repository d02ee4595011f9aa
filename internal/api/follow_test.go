package api_test

import (
	"net/http"
	"testing"

	"milepost/internal/award"
	"milepost/internal/relay"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// follow brings what is made of the journal up to date.
func (d *desk) follow() {
	d.t.Helper()
	r := relay.New(relay.Options{
		Store: d.Store, Now: d.Clock.Now, Entropy: trackertest.NewEntropy("relay"),
		Subscribers: []relay.Subscription{
			{Subscriber: relay.NewRollup(relay.RollupOptions{Store: d.Store, Now: d.Clock.Now, Entropy: trackertest.NewEntropy("rollup")})},
			{Subscriber: relay.NewNotices(d.Store)},
			{Subscriber: relay.NewAnchor(d.Store, d.Clock.Now, trackertest.NewEntropy("anchor"), nil)},
		},
	})
	for _, name := range []string{relay.RollupName, relay.NoticesName, relay.AnchorName} {
		if _, err := r.Rebuild(d.Ctx, name); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := r.Scan(d.Ctx); err != nil {
		d.t.Fatal(err)
	}
}

// Figures, notices and anchors over HTTP, as the document says.
func TestWhatFollowsFromTheJournal(t *testing.T) {
	d := open(t)
	d.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-03")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "M1")})
	d.Clock.Set(trackertest.Day("2026-03-04"))
	if _, err := d.Tracker.Sweep(d.Ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		t.Fatal(err)
	}
	d.follow()
	programme := string(d.Programme)

	type portfolio struct {
		Awards map[string]int
		TrueAt string
		Parts  []object
	}
	if p := into[portfolio](t, d.must(ask{as: trackertest.Manager, path: "/portfolio?parts=true"})); p.Awards["active"] != 1 || p.TrueAt == "" || len(p.Parts) != 1 {
		t.Errorf("the portfolio is %+v", p)
	}
	if p := into[portfolio](t, d.must(ask{as: trackertest.Operator, path: "/portfolio?programme=" + programme + "&platform=" + string(d.Platform)})); p.Awards["active"] != 1 || p.Parts != nil {
		t.Errorf("the platform's figures are %+v", p)
	}

	type notices struct {
		Items []struct {
			ID     string
			Unread bool
			Code   string
		}
	}
	unread := into[notices](t, d.must(ask{as: trackertest.Operator, path: "/notices?unread=true&limit=10"}))
	if len(unread.Items) != 1 || !unread.Items[0].Unread || unread.Items[0].Code != "M1" {
		t.Fatalf("the operator is told %+v", unread)
	}
	read := "/notices/" + unread.Items[0].ID + "/read"
	for range 2 {
		if got := d.must(ask{as: trackertest.Operator, method: "POST", path: read}); got.status != http.StatusNoContent || len(got.body) != 0 {
			t.Errorf("read = %d %s", got.status, got.body)
		}
	}
	if left := into[notices](t, d.must(ask{as: trackertest.Operator, path: "/notices?unread=true"})); len(left.Items) != 0 {
		t.Errorf("unread after reading: %+v", left)
	}
	if all := into[notices](t, d.must(ask{as: trackertest.Operator, path: "/notices"})); len(all.Items) != 1 || all.Items[0].Unread {
		t.Errorf("all after reading: %+v", all)
	}

	days := into[struct{ Items []tracker.AnchorDay }](t, d.must(ask{as: trackertest.Auditor, path: "/anchors?programme=" + programme + "&from=2026-03-01&to=2026-03-04"}))
	if len(days.Items) == 0 || days.Items[0].Hash == "" || len(days.Items[0].Sealed) == 0 {
		t.Errorf("the anchors are %+v", days)
	}

	d.hold([]refusal{
		{"another's notice", ask{as: trackertest.Manager, method: "POST", path: read}, http.StatusNotFound, "thing.notFound", nil},
		{"no notice's id", ask{as: trackertest.Operator, method: "POST", path: "/notices/1/read"}, http.StatusNotFound, "thing.notFound", nil},
		{"a platform outside", ask{as: trackertest.Operator2, path: "/portfolio?platform=" + string(d.Platform)}, http.StatusNotFound, "thing.notFound", nil},
		{"anchors of too long", ask{as: trackertest.Auditor, path: "/anchors?programme=" + programme + "&from=2020-01-01&to=2026-01-01"},
			http.StatusUnprocessableEntity, "request.invalid", []string{"query:/from date.before"}},
		{"anchors outside", ask{as: trackertest.Stranger, path: "/anchors?programme=" + programme}, http.StatusNotFound, "thing.notFound", nil},
	})
}
