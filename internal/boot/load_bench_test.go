package boot

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/civil"
	"milepost/internal/tracker/trackertest"
)

const clients = 16

// BenchmarkServe has 16 clients ask a server with a file and every commit
// synced, over loopback: seven reads and three commands in ten, then commands
// alone. Latencies are those that clients see while all of them ask as fast as
// they are answered. commits/command counts the server's synced commits, those of the
// relay and of the sweep included.
//
//	go test -run '^$' -bench 'Serve$' -benchtime 4000x ./internal/boot
func BenchmarkServe(b *testing.B) {
	s := serveAwards(b, clients, "")
	var all []*client
	for n := range clients {
		all = append(all, newClient(b, s, n))
	}
	b.Run("mixed", func(b *testing.B) { load(b, s, all, 3) })
	b.Run("commands", func(b *testing.B) { load(b, s, all, 10) })
}

// load has the clients do b.N requests, of which so many in ten are commands.
func load(b *testing.B, s *served, all []*client, commands int) {
	var next atomic.Int64
	var wait sync.WaitGroup
	before := s.stats(b)
	b.ResetTimer()
	for _, c := range all {
		c.reads, c.writes = nil, nil
		wait.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if err := c.request(rand.IntN(10) < commands); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	took := b.Elapsed()
	after := s.stats(b)
	var reads, writes []time.Duration
	for _, c := range all {
		reads, writes = append(reads, c.reads...), append(writes, c.writes...)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/took.Seconds(), "requests/s")
	latencies(b, "read", reads)
	latencies(b, "command", writes)
	b.ReportMetric(float64(after.Commits-before.Commits)/float64(max(1, len(writes))), "commits/command")
	b.ReportMetric(memory(b, s.pid, "VmRSS"), "MB-rss")
	b.ReportMetric(memory(b, s.pid, "VmHWM"), "MB-rss-peak")
}

func latencies(b *testing.B, of string, times []time.Duration) {
	if len(times) == 0 {
		return
	}
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(times[len(times)/2]), "ms-"+of+"-p50")
	b.ReportMetric(ms(times[len(times)*99/100]), "ms-"+of+"-p99")
	b.ReportMetric(ms(times[len(times)-1]), "ms-"+of+"-worst")
}

// memory reads a line of the kernel's account of a process, in MB.
func memory(b *testing.B, pid int, line string) float64 {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0 // not on Linux
	}
	m := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		b.Fatalf("no %s in %s", line, text)
	}
	kilobytes, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kilobytes) / 1024
}

// client works on an award of its own and reads what anybody reads.
type client struct {
	s                   *served
	award               trackertest.Active
	operator, manager   string // tokens
	number, sent        int
	tags                map[string]string // of things, as last seen
	requested           bool              // the ungated tranche
	reads, writes       []time.Duration
	today               civil.Date
	milestones, tranche string // paths
}

func newClient(tb testing.TB, s *served, n int) *client {
	tb.Helper()
	a := s.awards[n%len(s.awards)]
	base := "/awards/" + string(a.ID)
	return &client{
		s: s, award: a, number: n, tags: map[string]string{}, today: civil.BusinessDate(time.Now()),
		operator: s.token(tb, trackertest.Operator), manager: s.token(tb, trackertest.Manager),
		milestones: base + "/milestones/", tranche: base + "/tranches/" + string(a.Tranches[1]),
	}
}

func (c *client) request(command bool) error {
	began := time.Now()
	if command {
		if _, err := c.command(); err != nil {
			return err
		}
		c.writes = append(c.writes, time.Since(began))
		return nil
	}
	paths := []string{
		"/awards/" + string(c.award.ID), "/awards/" + string(c.award.ID), "/attention?status=open", "/attention?mine=true",
		c.milestones + string(c.award.Milestones["M1"]), "/awards?limit=20",
	}
	token := []string{c.operator, c.manager}[rand.IntN(2)]
	_, err := c.s.do("GET", paths[rand.IntN(len(paths))], token, "", "", "")
	c.reads = append(c.reads, time.Since(began))
	return err
}

// command forecasts a milestone, or asks for a tranche and takes that back. It
// returns the id that the server gave the request.
func (c *client) command() (string, error) {
	c.sent++
	path, command, body := c.milestones+string(c.award.Milestones[fmt.Sprint("M", 1+rand.IntN(20))]), "/forecast", fmt.Sprintf(`{"forecastOn":%q}`, c.today.AddDays(rand.IntN(300)))
	if c.sent%4 == 0 {
		path, command, body = c.tranche, "/request", ""
		if c.requested {
			command = "/takeBack"
		}
		c.requested = !c.requested
	}
	tag, seen := c.tags[path]
	if !seen {
		tag = `"1"` // as activation left it
	}
	headers, err := c.s.do("POST", path+command, c.operator, tag, fmt.Sprintf("key-%d-%d-%d", os.Getpid(), c.number, c.sent), body)
	if err != nil {
		return "", err
	}
	c.tags[path] = headers.Get("ETag")
	return headers.Get("X-Request-Id"), nil
}
