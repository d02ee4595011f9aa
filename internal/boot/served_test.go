package boot

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/civil"
	"milepost/internal/i18n"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// Environment variables that make this test binary the server of a data folder.
const (
	servedFolder = "MILEPOST_TEST_SERVED"
	servedSync   = "MILEPOST_TEST_SYNCHRONOUS"
)

// TestServed is no test: it is what `serve` does, in a process of its own, so
// that its memory and its system calls are not mixed with those of its clients.
// It prints its address, then its store's counts for each line that it is sent,
// and stops once there are no more.
func TestServed(t *testing.T) {
	dir := os.Getenv(servedFolder)
	if dir == "" {
		return
	}
	ctx, stop := context.WithCancel(t.Context())
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	app, err := Open(ctx, Place{DataDir: dir, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	if s := os.Getenv(servedSync); s != "" {
		unsafely(t, app, dir, s)
	}
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	id := testIdentity(t, dir)
	h, err := Site{App: app, Verifier: id.Verifier, Catalogs: catalogs, Logger: log, Version: "test", Ready: id.Verifier.Ready}.Handler()
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("http://" + l.Addr().String())
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			_ = json.NewEncoder(os.Stdout).Encode(app.Store.Stats())
		}
		stop()
	}()
	if err := serveAndSweep(ctx, app, l, h, time.Minute, log); err != nil {
		t.Error(err)
	}
	if err := app.Close(); err != nil {
		t.Error(err)
	}
}

// unsafely has the program go on with a store that does not wait for the disk.
func unsafely(t *testing.T, app *App, dir, synchronous string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(dir, DatabaseFile), Now: app.Now, Synchronous: synchronous})
	if err != nil {
		t.Fatal(err)
	}
	authority, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	app.Store, app.closers = s, append(app.closers, s.Close)
	app.Tracker = tracker.New(tracker.Options{
		Store: store.Counted(s), Blobs: app.Blobs, Files: blob.DefaultPolicy(), Authority: authority,
		Now: app.Now, Entropy: rand.Reader, Secret: make([]byte, 32),
	})
}

func testIdentity(tb testing.TB, dir string) Identity {
	tb.Helper()
	id, err := LocalIdentity(trackertest.Issuer, filepath.Join(dir, KeyFile), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// served is a server of a data folder, and what its clients need.
type served struct {
	url, dir string
	pid      int
	office   *trackertest.Office
	awards   []trackertest.Active
	stdin    io.WriteCloser
	stdout   *bufio.Scanner
	stop     func()
	client   *http.Client
}

// serveAwards fills a data folder with awards of twenty milestones and serves
// it, under a command such as strace where one is given.
func serveAwards(tb testing.TB, awards int, synchronous string, under ...string) *served {
	tb.Helper()
	s := &served{dir: tb.TempDir(), client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	s.furnish(tb, awards)
	program, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	args := slices.Concat(under, []string{program, "-test.run=^TestServed$"})
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), servedFolder+"="+s.dir, servedSync+"="+synchronous)
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if s.stdin, err = cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	s.pid, s.stdout = cmd.Process.Pid, bufio.NewScanner(out)
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		s.stdin.Close()
		for s.stdout.Scan() {
		}
		if err := cmd.Wait(); err != nil {
			text, _ := os.ReadFile(log.Name())
			tb.Errorf("the server: %v: %s", err, text)
		}
		log.Close()
	}
	tb.Cleanup(s.stop)
	if !s.stdout.Scan() || !strings.HasPrefix(s.stdout.Text(), "http://127.0.0.1:") {
		tb.Fatalf("the server says %q", s.stdout.Text())
	}
	s.url = s.stdout.Text() + "/api/v1"
	return s
}

// furnish makes an office with awards of which nothing comes due while they are
// served.
func (s *served) furnish(tb testing.TB, awards int) {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), sqlite.Options{Path: filepath.Join(s.dir, DatabaseFile), Now: time.Now})
	if err != nil {
		tb.Fatal(err)
	}
	today := civil.BusinessDate(time.Now())
	s.office = trackertest.New(tb, db, trackertest.On(today.String()))
	var milestones []award.MilestoneDraft
	for n := range 20 {
		milestones = append(milestones, trackertest.Milestone(fmt.Sprint("M", n+1), today.AddDays(200+n).String()))
	}
	last := today.AddDays(300)
	tranches := []award.TrancheDraft{trackertest.Tranche(1, today.String(), "100000"), trackertest.Tranche(2, last.String(), "200000", "M20")}
	for range awards {
		s.awards = append(s.awards, s.office.ActiveAward(milestones, tranches, func(d *award.Document) { d.StartOn, d.EndOn = today.AddDays(-100), last }))
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// stats are the counts of the server's store.
func (s *served) stats(tb testing.TB) (stats sqlite.Stats) {
	tb.Helper()
	_, err := io.WriteString(s.stdin, "stats\n")
	if err != nil || !s.stdout.Scan() {
		tb.Fatalf("the server does not answer: %v, %v", err, s.stdout.Err())
	}
	if err := json.Unmarshal(s.stdout.Bytes(), &stats); err != nil {
		tb.Fatal(err)
	}
	return stats
}

// token is one of a persona.
func (s *served) token(tb testing.TB, persona string) string {
	tb.Helper()
	token, err := testIdentity(tb, s.dir).Local.Token(persona, time.Hour)
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// do sends a request, with If-Match and a key where a version is given, and
// returns the headers of the answer, which must be 200.
func (s *served) do(method, path, token, tag, key, body string) (http.Header, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if tag != "" {
		r.Header.Set("If-Match", tag)
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s = %d: %s", method, path, answer.StatusCode, text)
	}
	return answer.Header, err
}
