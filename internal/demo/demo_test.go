package demo_test

import (
	"context"
	"testing"
	"time"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/blob"
	blobfs "milepost/internal/blob/fs"
	"milepost/internal/demo"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
)

type zeros struct{ n byte }

func (z *zeros) Read(p []byte) (int, error) {
	for i := range p {
		z.n += 37
		p[i] = z.n
	}
	return len(p), nil
}

func seeded(t *testing.T, now time.Time) (*tracker.Tracker, *sqlite.Store) {
	t.Helper()
	ctx := context.Background()
	clock := demo.NewClock(func() time.Time { return now })
	s, err := sqlite.Open(ctx, sqlite.Options{Path: sqlite.Memory, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	files := blob.DefaultPolicy()
	blobs, err := blobfs.Open(blobfs.Options{Dir: t.TempDir(), MaxSize: files.MaxSize, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	authority, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	tr := tracker.New(tracker.Options{
		Store: s, Blobs: blobs, Files: files, Authority: authority, Now: clock.Now, Entropy: &zeros{}, Secret: make([]byte, 32), Origin: award.Demo,
	})
	started := time.Now()
	if _, err := demo.Seed(ctx, demo.Options{Tracker: tr, Store: s, Clock: clock, Issuer: issuer, Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Logf("seeded in %s", time.Since(started))
	return tr, s
}

// told is what a story left behind, by kind and state.
func told(t *testing.T, s *sqlite.Store) map[string]int {
	t.Helper()
	counts := map[string]int{}
	count := func(kind, state string) { counts[kind]++; counts[kind+" "+state]++ }
	err := s.Walk(context.Background(), 0, 1, nil, func(item store.Item) error {
		if v, err := schema.Decode[award.Award](item, schema.TypeAward); err == nil {
			count("award", string(v.State))
		}
		if v, err := schema.Decode[award.Milestone](item, schema.TypeMilestone); err == nil {
			count("milestone", string(v.State))
			if v.State == award.Decided {
				counts["outcome "+string(v.Outcome())]++
				counts["settlement "+string(v.Settlement)]++
			}
			watched(counts, v.Watch)
		}
		if v, err := schema.Decode[award.Tranche](item, schema.TypeTranche); err == nil {
			count("tranche", string(v.State))
			if v.State == award.Approved && v.Paid.Sign() > 0 {
				counts["tranche partly paid"]++
			}
			if v.State == award.Scheduled && v.Refused != "" {
				counts["tranche refused"]++
			}
			watched(counts, v.Watch)
		}
		if v, err := schema.Decode[portfolio.Programme](item, schema.TypeProgramme); err == nil {
			if v.Pending != nil {
				count("change", string(v.Pending.Kind))
			}
			if v.Extensions != portfolio.DefaultExtensionLimits() {
				counts["change confirmed"]++
			}
		}
		if v, err := schema.Decode[award.Payment](item, schema.TypePayment); err == nil {
			count("payment", string(v.State))
		}
		if v, err := schema.Decode[award.Extension](item, schema.TypeExtension); err == nil {
			count("extension", string(v.State))
		}
		if v, err := schema.Decode[award.Refund](item, schema.TypeRefund); err == nil {
			count("refund", string(v.State))
		}
		if v, err := schema.Decode[award.Evidence](item, schema.TypeEvidence); err == nil {
			count("evidence", string(v.State))
		}
		if _, err := schema.Decode[portfolio.Platform](item, schema.TypePlatform); err == nil {
			counts["platform"]++
		}
		if _, err := schema.Decode[portfolio.Project](item, schema.TypeProject); err == nil {
			counts["project"]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func watched(counts map[string]int, w attention.Watch) {
	if w.Current == nil {
		return
	}
	if w.Current.Baseline != nil {
		counts["baselined"]++
	}
	for _, m := range w.Current.Rungs {
		counts["rung "+m.Rung]++
		counts["level "+string(m.Level)]++
	}
}

func TestSeedTellsEveryState(t *testing.T) {
	_, s := seeded(t, today(t))
	counts := told(t, s)
	for what, want := range map[string]int{"award": 24, "milestone": 120, "platform": 5, "project": 20} {
		if counts[what] != want {
			t.Errorf("%d × %s, want %d", counts[what], what, want)
		}
	}
	for _, what := range []string{
		"award draft", "award submitted", "award active", "award closed",
		"milestone planned", "milestone inProgress", "milestone submitted", "milestone returned", "milestone decided", "milestone cancelled",
		"outcome met", "outcome partiallyMet", "outcome notMet",
		"settlement remainder", "settlement retry", "settlement terminate", "settlement accept",
		"tranche scheduled", "tranche requested", "tranche approved", "tranche settled", "tranche cancelled", "tranche partly paid", "tranche refused",
		"payment instructed", "payment paid", "payment returned", "payment stopped", "payment reversed",
		"extension requested", "extension granted", "extension refused", "extension withdrawn", "extension lapsed",
		"refund recorded", "evidence confirmed", "baselined", "change ladder", "change confirmed",
		"rung before30", "rung before7", "rung after1", "rung after15", "rung after30", "rung after5", "rung after10",
		"level owner", "level manager", "level head",
	} {
		if counts[what] == 0 {
			t.Errorf("nothing is %s", what)
		}
	}
}

func TestSeedFillsEveryBucket(t *testing.T) {
	tr, _ := seeded(t, today(t))
	ctx := context.Background()
	call, err := tr.Authenticated(ctx, portfolio.Login{Issuer: issuer, Subject: demo.Auditor})
	if err != nil {
		t.Fatal(err)
	}
	page, err := tr.Attention(ctx, call, tracker.AttentionQuery{Status: tracker.StatusOverdue}, tracker.PageRequest{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range page.Items {
		switch {
		case r.DaysLate > 90:
			counts["over 90"]++
		case r.DaysLate > 30:
			counts["31 to 90"]++
		case r.DaysLate > 7:
			counts["8 to 30"]++
		default:
			counts["1 to 7"]++
		}
	}
	for _, name := range []string{"over 90", "31 to 90", "8 to 30", "1 to 7"} {
		if counts[name] < 2 {
			t.Errorf("%d things are %s days late, want some", counts[name], name)
		}
	}
}

// The story rests on working days, so it is told on the days that are most
// unlike others; and what it leaves behind verifies.
func TestSeedOnAnyDay(t *testing.T) {
	if testing.Short() {
		t.Skip("several seedings")
	}
	for _, day := range []string{"2026-02-20", "2026-10-04", "2026-12-31", "2027-03-01"} {
		t.Run(day, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, day+"T01:30:00+08:00")
			if err != nil {
				t.Fatal(err)
			}
			_, s := seeded(t, now)
			report, err := tracker.Verify(context.Background(), tracker.VerifyOptions{Store: s})
			if err != nil || report.Wrong != nil {
				t.Errorf("Verify: %v, %v", report.Wrong, err)
			}
			if counts := told(t, s); counts["award"] != 24 || counts["milestone"] != 120 {
				t.Errorf("%d awards and %d milestones, want 24 and 120", counts["award"], counts["milestone"])
			}
		})
	}
}

func today(t *testing.T) time.Time {
	t.Helper()
	return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
}

const issuer = "http://127.0.0.1/issuer"
