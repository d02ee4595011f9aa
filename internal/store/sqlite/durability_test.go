package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

// durabilityEnv makes this test binary the program under strace.
const durabilityEnv = "MILEPOST_TEST_DURABILITY"

func TestMain(m *testing.M) {
	if setting, ok := os.LookupEnv(durabilityEnv); ok {
		if err := writeAndAcknowledge(setting); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	durabilityWriters = 6
	durabilityUpdates = 8
)

// writeAndAcknowledge commits items of which each holds a marker, and tells
// standard output of each in one write once the commit was answered.
func writeAndAcknowledge(setting string) error {
	synchronous, path, _ := strings.Cut(setting, ":")
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Now: noon, Synchronous: synchronous})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	failures := make(chan error, durabilityWriters*durabilityUpdates)
	for w := range durabilityWriters {
		wg.Go(func() {
			for n := range durabilityUpdates {
				id := fmt.Sprintf("%d-%d", w, n)
				i := item("p"+id, "1", 1)
				i.Body = fmt.Appendf(nil, `{"text":"%s"}`, marker(id))
				if err := s.Transact(context.Background(), id, store.PutOp(i, store.Absent)); err != nil {
					failures <- err
					continue
				}
				fmt.Println(acknowledgement(id))
			}
		})
	}
	wg.Wait()
	close(failures)
	for err := range failures {
		return err
	}
	return s.Close()
}

func marker(id string) string          { return "written[" + id + "]" }
func acknowledgement(id string) string { return "acknowledged[" + id + "]" }

func TestAnswersFollowTheSync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatal("MILEPOST_CI is set and there is no strace to watch the syncs with")
		}
		t.Log("not run: no strace to watch the syncs with")
		return
	}
	if err := checkTrace(traceOf(t, strace, "FULL")); err != nil {
		t.Errorf("synchronous=FULL: %v", err)
	}
	// The check must be able to fail.
	err = checkTrace(traceOf(t, strace, "OFF"))
	if err == nil || !strings.Contains(err.Error(), "before it was synced") {
		t.Errorf("synchronous=OFF = %v, want it caught, or the check proves nothing", err)
	}
}

// traceOf runs this binary under strace and returns the system calls it made.
func traceOf(t *testing.T, strace, synchronous string) []syscall {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	trace := filepath.Join(folder, "trace")
	cmd := exec.Command(strace, "-f", "-s", "8192", "-o", trace, "-e", "trace=fsync,fdatasync,pwrite64,write", program)
	cmd.Env = append(os.Environ(), durabilityEnv+"="+synchronous+":"+filepath.Join(folder, "db"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("strace = %v: %s", err, out)
	}
	if got := strings.Count(string(out), "acknowledged["); got != durabilityWriters*durabilityUpdates {
		t.Fatalf("%d acknowledgements, want %d", got, durabilityWriters*durabilityUpdates)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := parseTrace(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return calls
}
