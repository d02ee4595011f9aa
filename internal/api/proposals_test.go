package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

// What one person proposed is listed for the others who may put it in force,
// and counted where they are told who they are, until one of them does.
func TestProposals(t *testing.T) {
	d := open(t)
	document := d.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	id := string(d.Draft(document))
	submitted := d.must(ask{as: trackertest.Manager, path: "/awards/" + id + "/submit", match: d.do(ask{as: trackertest.Manager, path: "/awards/" + id}).etag(t)})
	type seen struct {
		Listed []string
		Count  int
	}
	listed := func(persona, query string) (out seen) {
		t.Helper()
		page := into[struct{ Items []struct{ Kind, ID string } }](t, d.must(ask{as: persona, path: "/proposals" + query}))
		for _, p := range page.Items {
			out.Listed = append(out.Listed, p.Kind+" "+p.ID)
		}
		out.Count = into[struct{ Proposals int }](t, d.must(ask{as: persona, path: "/me"})).Proposals
		return out
	}
	one := []string{"award " + id}
	for _, tt := range []struct {
		persona, query string
		want           seen
	}{
		{trackertest.Manager2, "", seen{one, 1}},
		{trackertest.Manager2, "?programme=" + string(d.Programme), seen{one, 1}},
		{trackertest.Manager2, "?programme=prg_00000000000000000000000000", seen{nil, 1}},
		{trackertest.Manager2, "?own=true", seen{nil, 1}},
		{trackertest.Manager, "", seen{}},
		{trackertest.Manager, "?own=true", seen{one, 0}},
		{trackertest.Finance, "", seen{}},
		{trackertest.Operator, "", seen{}},
		{trackertest.Stranger, "", seen{}},
	} {
		if diff := cmp.Diff(tt.want, listed(tt.persona, tt.query)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", tt.persona, tt.query, diff)
		}
	}
	d.must(ask{as: trackertest.Manager2, path: "/awards/" + id + "/activate", match: submitted.etag(t), key: "activate"})
	if diff := cmp.Diff(seen{}, listed(trackertest.Manager2, "")); diff != "" {
		t.Errorf("after it is in force (-want +got):\n%s", diff)
	}
}
