package boot

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker/trackertest"
)

const (
	perSecond = 100 // commands: the load at which roll-ups are timed
	settling  = 300 // commands at the start that are not counted
)

// BenchmarkServeRollup gives a server a hundred commands a second, each of
// which changes figures, and looks into its file for when an entry of the
// journal has had its effect: sums written, entry out of the outbox. It counts
// from before the request was sent, so a little more than from the commit.
//
//	go test -run '^$' -bench ServeRollup -benchtime 3000x ./internal/boot
func BenchmarkServeRollup(b *testing.B) {
	s := serveAwards(b, clients, "")
	db, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(s.dir, DatabaseFile), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	w := &watch{db: db}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() { w.look(ctx) })
	var all []*submitter
	for n := range clients {
		all = append(all, newSubmitter(b, s, n))
	}
	steady(b, all, settling, w) // the start: a first sweep, the journal so far
	w.end()
	w.reset()
	before := cpu(b, s.pid)
	b.ResetTimer()
	steady(b, all, b.N, w)
	took := b.Elapsed()
	w.end()
	used := cpu(b, s.pid) - before
	stop()
	beside.Wait()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/took.Seconds(), "commands/s")
	b.ReportMetric(1000*used.Seconds()/float64(b.N), "cpu-ms/command") // of the server, its relay included
	latencies(b, "answer", w.answers)
	latencies(b, "rollup", w.took)
}

// steady has the submitters give so many commands, evenly.
func steady(b *testing.B, all []*submitter, commands int, w *watch) {
	b.Helper()
	beats := make(chan struct{}, commands)
	var wait sync.WaitGroup
	for _, c := range all {
		wait.Go(func() {
			for range beats {
				if err := c.command(w); err != nil {
					b.Error(err)
				}
			}
		})
	}
	next := time.Now()
	for range commands {
		time.Sleep(time.Until(next))
		beats <- struct{}{}
		next = next.Add(time.Second / perSecond)
	}
	close(beats)
	wait.Wait()
}

// cpu is the processor time that a process has used, 0 where the kernel does not
// tell.
func cpu(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // from the third on
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		b.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // ticks of a hundredth
}

// submitter submits milestones of an award of its own, and takes that back.
type submitter struct {
	s         *served
	a         trackertest.Active
	operator  string
	number, n int
	seq       int64
	version   [21]int
}

func newSubmitter(b *testing.B, s *served, n int) *submitter {
	b.Helper()
	c := &submitter{s: s, a: s.awards[n], operator: s.token(b, trackertest.Operator), number: n}
	db, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(s.dir, DatabaseFile), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	items, err := db.Get(b.Context(), schema.HeadKey(string(c.a.ID)))
	if err != nil || items[0] == nil {
		b.Fatalf("no head: %v", err)
	}
	head, err := schema.Decode[schema.Head](*items[0], schema.TypeHead)
	if err != nil {
		b.Fatal(err)
	}
	c.seq = head.Seq
	for i := range c.version {
		c.version[i] = 1
	}
	return c
}

func (c *submitter) command(w *watch) error {
	which := c.n/2%20 + 1
	verb, body := "/submit", `{"answers":[{"criterion":"C1","text":"yes"}]}`
	if c.n%2 == 1 {
		verb, body = "/withdraw", ""
	}
	c.n++
	path := "/awards/" + string(c.a.ID) + "/milestones/" + string(c.a.Milestones[fmt.Sprint("M", which)])
	began := time.Now()
	_, err := c.s.do("POST", path+verb, c.operator, fmt.Sprintf("%q", fmt.Sprint(c.version[which])), fmt.Sprintf("rollup-%d-%d-%d", os.Getpid(), c.number, c.n), body)
	if err != nil {
		return err
	}
	c.version[which]++
	c.seq++
	w.add(schema.JournalKey(string(c.a.ID), c.seq), began)
	return nil
}

// watch waits until entries have left the outbox.
type watch struct {
	db store.Reader

	mu            sync.Mutex
	pending       map[store.Key]time.Time
	answers, took []time.Duration
}

func (w *watch) add(entry store.Key, began time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending == nil {
		w.pending = map[store.Key]time.Time{}
	}
	w.pending[entry] = began
	w.answers = append(w.answers, time.Since(began))
}

// look looks for as long as ctx lasts.
func (w *watch) look(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
		w.mu.Lock()
		keys := make([]store.Key, 0, len(w.pending))
		for k := range w.pending {
			if len(keys) < store.MaxGet {
				keys = append(keys, k)
			}
		}
		w.mu.Unlock()
		if len(keys) == 0 {
			continue
		}
		items, err := w.db.Get(ctx, keys...)
		if err != nil {
			continue
		}
		w.mu.Lock()
		for i, item := range items {
			if item != nil && item.Index[store.Work] == (store.Key{}) {
				w.took = append(w.took, time.Since(w.pending[keys[i]]))
				delete(w.pending, keys[i])
			}
		}
		w.mu.Unlock()
	}
}

// reset forgets what has been.
func (w *watch) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers, w.took = nil, nil
}

// end waits for what is pending, ten seconds at most.
func (w *watch) end() {
	for range 1000 {
		w.mu.Lock()
		left := len(w.pending)
		w.mu.Unlock()
		if left == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
