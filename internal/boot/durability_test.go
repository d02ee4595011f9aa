package boot

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// An answer to a command leaves the server only after a sync of its write. The
// same check must fail where the store does not sync. Package store/sqlite has
// the same of the store alone.
func TestAnswersFollowTheSync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatal("MILEPOST_CI is set and there is no strace to watch the syncs with")
		}
		t.Log("not run: no strace to watch the syncs with")
		return
	}
	if err := traced(t, strace, "FULL"); err != nil {
		t.Errorf("synchronous=FULL: %v", err)
	}
	if err := traced(t, strace, "OFF"); err == nil || !strings.Contains(err.Error(), "before it was synced") {
		t.Errorf("synchronous=OFF = %v, want it caught, or the check proves nothing", err)
	}
}

// traced sends commands to a server under strace, and checks its system calls.
func traced(t *testing.T, strace, synchronous string) error {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	const writers, each = 4, 6
	s := serveAwards(t, writers, synchronous, strace, "-f", "-s", "8192", "-o", trace, "-e", "trace=fsync,fdatasync,pwrite64,write")
	var all sync.WaitGroup
	requests := make([][]string, writers)
	for n := range writers {
		c := newClient(t, s, n)
		all.Go(func() {
			for range each {
				id, err := c.command()
				if err != nil {
					t.Error(err)
					return
				}
				requests[n] = append(requests[n], id)
			}
		})
	}
	all.Wait()
	s.stop()
	text, err := os.ReadFile(trace)
	if err != nil || t.Failed() {
		t.Fatalf("no trace: %v", err)
	}
	var failures []error
	for _, ids := range requests {
		for _, id := range ids {
			failures = append(failures, checkAnswer(strings.Split(string(text), "\n"), id))
		}
	}
	return errors.Join(failures...)
}

var (
	callBegins = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)`)
	callEnds   = regexp.MustCompile(`(?:^(\d+) +<\.\.\. (\w+) resumed>.*|\)) += (-?\d+)`)
)

// checkAnswer demands that what a request wrote, which bears its id, was written
// to a file, and that a sync of that file began after this write had ended and
// ended before the answer, which bears the id too, began. Lines are those of
// strace -f, and their order is that of time.
func checkAnswer(lines []string, id string) error {
	files, synced := map[string]bool{}, false                  // written to
	syncing, writing := map[string]bool{}, map[string]string{} // by thread
	for _, line := range lines {
		begins, ends := callBegins.FindStringSubmatch(line), callEnds.FindStringSubmatch(line)
		if begins != nil {
			thread, call, fd := begins[1], begins[2], begins[3]
			switch {
			case call == "write" && strings.Contains(line, `"HTTP/1.1 2`) && strings.Contains(line, id):
				if len(files) == 0 {
					return fmt.Errorf("request %s was answered before it was written", id)
				}
				if !synced {
					return fmt.Errorf("request %s was answered before it was synced", id)
				}
				return nil
			case call == "pwrite64" && (strings.Contains(line, id[:16]) || strings.Contains(line, id[16:])): // it may lie across two pages
				writing[thread] = fd
			case strings.HasSuffix(call, "sync"):
				syncing[thread] = files[fd]
			}
		}
		if ends == nil {
			continue
		}
		thread := strings.Fields(line)[0]
		done := !strings.HasPrefix(ends[3], "-")
		if fd := writing[thread]; fd != "" && done {
			files[fd] = true
		}
		synced = synced || syncing[thread] && done
		delete(writing, thread)
		delete(syncing, thread)
	}
	return fmt.Errorf("the trace does not show the answer to request %s", id)
}

// The check passes and fails as it should.
func TestCheckAnswer(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	answer := "\n7 write(9, \"HTTP/1.1 200 OK\\r\\nX-Request-Id: " + id + "\"..., 20) = 20"
	for _, test := range []struct {
		name, before string
		good         bool
	}{
		{"synced", "8 pwrite64(5, \"x" + id + "\", 9, 0) = 9\n8 fdatasync(5) = 0", true},
		{"across two pages", "8 pwrite64(5, \"x" + id[:20] + "\", 9, 0) = 9\n8 fdatasync(5) = 0", true},
		{"interrupted by others", "8 pwrite64(5, \"" + id + "\", 9, 0 <unfinished ...>\n9 --- SIGURG ---\n8 <... pwrite64 resumed>) = 9\n8 fsync(5) = 0", true},
		{"not synced", "8 pwrite64(5, \"" + id + "\", 9, 0) = 9", false},
		{"sync of another file", "8 pwrite64(5, \"" + id + "\", 9, 0) = 9\n8 fsync(6) = 0", false},
		{"sync failed", "8 pwrite64(5, \"" + id + "\", 9, 0) = 9\n8 fsync(5) = -1 EIO (Input/output error)", false},
		{"sync began before the write", "9 fsync(5 <unfinished ...>\n8 pwrite64(5, \"" + id + "\", 9, 0) = 9\n9 <... fsync resumed>) = 0", false},
		{"sync has not ended", "8 pwrite64(5, \"" + id + "\", 9, 0) = 9\n9 fsync(5 <unfinished ...>", false},
		{"never written", "8 fsync(5) = 0", false},
	} {
		if err := checkAnswer(strings.Split(test.before+answer, "\n"), id); (err == nil) != test.good {
			t.Errorf("%s: check = %v, want good %t", test.name, err, test.good)
		}
	}
}
