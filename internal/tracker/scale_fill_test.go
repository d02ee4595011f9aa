package tracker_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker/trackertest"
)

// milestonesEach is how many milestones an award of a large portfolio has.
const milestonesEach = 20

// scaled is an office with a large portfolio in a SQLite file.
type scaled struct {
	*trackertest.Office
	sqlite     *sqlite.Store
	path       string
	milestones int
	due        []int // how many come due on the first, second … day after that on which it was filled
	day        civil.Date
	took       time.Duration // to fill

	platforms []ident.Platform
	rules     attention.Rules
	base      award.Document
	ids       *ident.Source
}

// scale is how many milestones a large portfolio has: MILEPOST_SCALE, 100,000
// where everything is checked, else so few that nobody waits.
func scale(tb testing.TB, otherwise int) int {
	tb.Helper()
	switch text := os.Getenv("MILEPOST_SCALE"); {
	case text != "":
		n, err := strconv.Atoi(text)
		if err != nil || n < 1000 {
			tb.Fatalf("MILEPOST_SCALE is %q, want a number of milestones, at least 1000", text)
		}
		return n
	case os.Getenv("MILEPOST_CI") != "":
		return 100_000
	}
	return otherwise
}

// fill makes an office whose programme has so many milestones, all up to date,
// of which due[k] come due on day k + 1. Commands would take hours: what they
// would have left is written as it is, but for the awards' one journal entry,
// which names no milestone. wrap, which may be nil, is put around the store.
func fill(tb testing.TB, milestones int, wrap func(store.Store) store.Store, due ...int) *scaled {
	tb.Helper()
	began := time.Now()
	x := &scaled{path: filepath.Join(tb.TempDir(), "scale.db"), milestones: milestones, due: due}
	x.sqlite = openFile(tb, x.path, "FULL")
	var s store.Store = x.sqlite
	if wrap != nil {
		s = wrap(s)
	}
	x.Office = trackertest.New(tb, store.Counted(s))
	x.day = x.Today()
	x.ids = ident.NewSource(x.Clock.Now, trackertest.NewEntropy("scale"))
	for n := range 10 {
		x.platforms = append(x.platforms, x.NewPlatform(fmt.Sprint("SCALE-", n), x.Payee))
	}
	x.base = x.Document([]award.MilestoneDraft{}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "1000000", "M20")})
	x.base.Project = ""
	x.rules = rulesOf(tb, x)
	x.write(tb)
	for _, suffix := range []string{"", "-wal"} { // what follows is not to pay for what was filled unsynced
		syncFile(tb, x.path+suffix)
	}
	x.took = time.Since(began)
	return x
}

func openFile(tb testing.TB, path, synchronous string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), sqlite.Options{Path: path, Now: time.Now, Synchronous: synchronous})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func syncFile(tb testing.TB, path string) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// rulesOf are those by which the office's programme is measured.
func rulesOf(tb testing.TB, x *scaled) attention.Rules {
	tb.Helper()
	c, err := civil.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return attention.Rules{
		Calendar: c, CalendarVersion: "cn-2026.0", AttentionFrom: trackertest.Day("2020-01-01"),
		Ladder: func(k attention.Kind, _ int) (attention.Ladder, error) {
			for _, l := range attention.DefaultLadders() {
				if l.Kind == k {
					return l, nil
				}
			}
			return attention.Ladder{}, fmt.Errorf("no ladder for %s", k)
		},
	}
}

// write writes the awards, three to a transaction, past the synced store.
func (x *scaled) write(tb testing.TB) {
	fast := openFile(tb, x.path, "OFF")
	awards := x.milestones / milestonesEach
	var next atomic.Int64
	var all sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for from := int(next.Add(3)) - 3; from < awards; from = int(next.Add(3)) - 3 {
				var ops []store.Op
				for n := from; n < min(from+3, awards); n++ {
					records, err := x.award(n, awards)
					if err != nil {
						tb.Error(err)
						return
					}
					for _, r := range records {
						item, err := r.Item(1)
						if err != nil {
							tb.Error(err)
							return
						}
						ops = append(ops, store.PutOp(item, store.Absent))
					}
				}
				if err := fast.Transact(tb.Context(), fmt.Sprint("scale", from), ops...); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if tb.Failed() {
		tb.FailNow()
	}
}

// scatter is a number below of that follows from n and looks random.
func scatter(n, of int) int {
	h := uint64(n)*0x9E3779B97F4A7C15 + 0x1234567
	h ^= h >> 31
	h *= 0xBF58476D1CE4E5B9
	return int((h >> 33) % uint64(of))
}

// coming returns on which days, from 1, milestones of an award come due. Those
// of a day lie in awards far apart, two in each where there are awards enough.
func (x *scaled) coming(n, awards int) []int {
	var days []int
	for k, due := range x.due {
		used := min(awards, max(1, due/2))
		j := (n*used + awards - 1) / awards // the first of used whose place is n or after
		if j >= used || j*awards/used != n {
			continue
		}
		for range (j+1)*due/used - j*due/used {
			days = append(days, k+1)
		}
	}
	return days
}

// dueDate is a date on which a milestone is due that comes due on one of the
// days ahead: one of its rungs lies there. For day 0 none does.
func (x *scaled) dueDate(day, seed int, start civil.Date) civil.Date {
	rungs := []int{-30, -7, 1, 15, 30}
	if day > 0 {
		return x.day.AddDays(day - rungs[seed%len(rungs)])
	}
	on := start.AddDays(45*(seed%milestonesEach+1) + scatter(seed, 20))
	for {
		free := true
		for _, r := range rungs {
			away := on.AddDays(r).Sub(x.day)
			free = free && (away < 1 || away > len(x.due))
		}
		if free {
			return on
		}
		on = on.AddDays(1)
	}
}

// award is what an award's activation and its life until today left behind.
func (x *scaled) award(n, awards int) ([]schema.Record, error) {
	d := x.base
	d.Number, d.Platform = fmt.Sprintf("SC-%07d", n), x.platforms[scatter(n, len(x.platforms))]
	d.Title = portfolio.Names{ZH: fmt.Sprintf("概念验证项目第%d号", n), EN: fmt.Sprintf("Proof of concept %d", n)}
	start := x.day.AddDays(scatter(n, 1000) - 900)
	coming := x.coming(n, awards)
	d.StartOn, d.EndOn = start.AddDays(-1), start
	d.Milestones = nil
	for i := range milestonesEach {
		day := 0
		if i < len(coming) {
			day = coming[i]
		}
		m := trackertest.Milestone(fmt.Sprint("M", i+1), x.dueDate(day, n*milestonesEach+i, start).String())
		m.Deliverable = "a report of what was measured, with the raw data and the calibration of the instruments"
		m.Criteria = append(m.Criteria, award.Criterion{ID: "C2", Text: "the measurements are repeated by a second laboratory"})
		d.Milestones = append(d.Milestones, m)
		d.StartOn, d.EndOn = civil.Min(d.StartOn, m.DueOn.AddDays(-40)), civil.Max(d.EndOn, m.DueOn)
	}
	t := x.base.Tranches[0]
	t.PlannedOn = d.EndOn
	d.Tranches = []award.TrancheDraft{t}
	id, err := x.ids.New(ident.PrefixAward)
	if err != nil {
		return nil, err
	}
	drafted := award.Award{
		ID: ident.Award(id), State: award.Submitted, Document: d, DraftedBy: []ident.Person{x.People[trackertest.Manager]},
		SubmittedBy: x.People[trackertest.Manager], SubmittedOn: civil.Min(d.StartOn, x.day), Origin: award.Live,
	}
	actor := award.Actor{Person: x.People[trackertest.Manager2], Roles: []portfolio.Role{portfolio.ProgrammeManager}}
	made, err := drafted.Activate(actor, nil, award.Facts{}, x.ids.New, drafted.SubmittedOn)
	if err != nil {
		return nil, err
	}
	for i := range made.Milestones {
		if i >= len(coming) {
			x.live(&made.Milestones[i], n*milestonesEach+i)
		}
	}
	return x.records(made)
}

// live brings a milestone to a state that its date makes likely.
func (x *scaled) live(m *award.Milestone, seed int) {
	fate, ago := scatter(seed+1, 100), x.day.Sub(m.DueOn)
	switch {
	case ago <= 0 && ago > -60:
		m.State, m.StartedOn = award.InProgress, m.OpenedOn
	case ago > 0 && fate < 85:
		m.State, m.OpenedOn, m.MetOn = award.Decided, m.DueOn, m.DueOn
		m.Rounds = []award.Round{{
			From: award.InProgress, SubmittedBy: x.People[trackertest.Operator], SubmittedByOrg: x.Payee, SubmittedOn: m.DueOn,
			Answers: []award.Answer{{Criterion: "C1", Text: "yes"}, {Criterion: "C2", Text: "yes"}}, Statement: "done",
			End: award.RoundDecided, EndedBy: x.People[trackertest.Manager], EndedOn: m.DueOn, Outcome: award.Met,
		}}
	case ago > 90 && fate < 90: // every rung of the decision has been reached
		m.State, m.OpenedOn = award.MilestoneSubmitted, m.DueOn
		m.Rounds = []award.Round{{
			From: award.InProgress, SubmittedBy: x.People[trackertest.Operator], SubmittedByOrg: x.Payee, SubmittedOn: m.DueOn,
			Answers: []award.Answer{{Criterion: "C1", Text: "yes"}, {Criterion: "C2", Text: "yes"}}, Statement: "done",
		}}
	}
}

// records are the items of an active award whose things are watched until
// today.
func (x *scaled) records(made award.Activation) ([]schema.Record, error) {
	a, setting := made.Award, schema.SettingOf(made.Award.Document)
	records := []schema.Record{schema.AwardRecord(a)}
	open := 0
	for _, m := range made.Milestones {
		w, err := x.watch(m.Need(portfolio.PlatformOperator, "", ""), m.OpenedOn)
		if err != nil {
			return nil, err
		}
		m.Watch = w
		if schema.MilestoneOpen(m) {
			open++
		}
		records = append(records, schema.MilestoneRecord(m, setting))
	}
	for _, t := range made.Tranches { // its gate is still to be met
		open++
		records = append(records, schema.TrancheRecord(t, setting))
	}
	for _, p := range a.Document.Parties() {
		records = append(records, schema.PartyRecord(schema.Party{Award: a.ID, Party: p}, schema.Open))
	}
	e := journal.Entry{
		Aggregate: string(a.ID), Seq: 1, At: x.Clock.Now().UTC().Format(journal.AtLayout), On: a.ActivatedOn, Command: "activateAward", Origin: string(award.Live),
		Actor: journal.Actor{Person: string(a.ActivatedBy)}, Events: []journal.Event{{Kind: "award.activated", V: 1, Thing: string(a.ID), Is: 1}},
	}
	text, hash, err := e.Seal()
	head := schema.Head{Seq: 1, Hash: hash, State: string(a.State), Open: open, Totals: &made.Totals}
	return append(records, schema.HeadRecord(string(a.ID), head), schema.JournalRecord(e, text, hash, a.Document.Programme)), err
}

func (x *scaled) watch(need *attention.Need, opened civil.Date) (attention.Watch, error) {
	w, _, err := attention.Watch{}.Follow(need, opened, x.rules)
	if err != nil {
		return w, err
	}
	w, _, err = w.Sweep(x.day, x.rules)
	return w, err
}
