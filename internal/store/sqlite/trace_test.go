package sqlite_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// syscall is a system call of a trace; begun and ended are line numbers, which
// stand for time.
type syscall struct {
	name, args   string
	begun, ended int
	failed       bool
}

// fd is the file that the call was about.
func (c syscall) fd() string {
	fd, _, _ := strings.Cut(c.args, ",")
	return strings.TrimSpace(fd)
}

var (
	wholeCall   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (-?\d+)`)
	callBegins  = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	callResumes = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)`)
	noCall      = regexp.MustCompile(`^\d+ +(\+\+\+|---|<\.\.\. \w+ resumed>.* = \?|\w+\(.*\) += \?)`)
)

// parseTrace reads the output of strace -f -o.
func parseTrace(text string) ([]syscall, error) {
	var calls []syscall
	open := map[string]syscall{} // by thread
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch m := []string(nil); {
		case match(&m, wholeCall, line):
			calls = append(calls, syscall{m[2], m[3], n, n, strings.HasPrefix(m[4], "-")})
		case match(&m, callBegins, line):
			open[m[1]] = syscall{name: m[2], args: m[3], begun: n}
		case match(&m, callResumes, line):
			c, ok := open[m[1]]
			if !ok || c.name != m[2] {
				return nil, fmt.Errorf("line %d resumes what did not begin: %.100s", n+1, line)
			}
			c.args, c.ended, c.failed = c.args+m[3], n, strings.HasPrefix(m[4], "-")
			calls = append(calls, c)
			delete(open, m[1])
		case noCall.MatchString(line):
		default:
			return nil, fmt.Errorf("line %d is unknown: %.100s", n+1, line)
		}
	}
	return calls, nil
}

func match(m *[]string, re *regexp.Regexp, line string) bool {
	*m = re.FindStringSubmatch(line)
	return *m != nil
}

var acknowledged = regexp.MustCompile(`acknowledged\[([\d-]+)\]`)

// checkTrace demands of every acknowledgement that the item's content was
// written to a file before, and that a sync of that file began after this write
// and ended before the acknowledgement began.
func checkTrace(calls []syscall) error {
	var failures []error
	acks := 0
	for _, ack := range calls {
		m := acknowledged.FindStringSubmatch(ack.args)
		if ack.name != "write" || m == nil {
			continue
		}
		acks++
		written, ok := firstWrite(calls, marker(m[1]))
		switch {
		case !ok || written.ended >= ack.begun:
			failures = append(failures, fmt.Errorf("%s is acknowledged before it was written", m[1]))
		case !synced(calls, written, ack):
			failures = append(failures, fmt.Errorf("%s is acknowledged before it was synced", m[1]))
		}
	}
	if want := durabilityWriters * durabilityUpdates; acks != want {
		failures = append(failures, fmt.Errorf("the trace shows %d acknowledgements, want %d", acks, want))
	}
	return errors.Join(failures...)
}

func firstWrite(calls []syscall, text string) (first syscall, found bool) {
	for _, c := range calls {
		if c.name == "pwrite64" && !c.failed && strings.Contains(c.args, text) && (!found || c.begun < first.begun) {
			first, found = c, true
		}
	}
	return first, found
}

func synced(calls []syscall, written, ack syscall) bool {
	for _, c := range calls {
		isSync := c.name == "fsync" || c.name == "fdatasync"
		if isSync && !c.failed && c.fd() == written.fd() && c.begun > written.ended && c.ended < ack.begun {
			return true
		}
	}
	return false
}

// TestCheckTrace shows the check good and bad traces.
func TestCheckTrace(t *testing.T) {
	acks := func(before string) string {
		var b strings.Builder
		for w := range durabilityWriters {
			for n := range durabilityUpdates {
				id := fmt.Sprintf("%d-%d", w, n)
				fmt.Fprintln(&b, strings.ReplaceAll(before, "ID", id))
				fmt.Fprintf(&b, "7 write(1, \"%s\\n\", 20) = 20\n", acknowledgement(id))
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		name, before string
		good         bool
	}{
		{"synced", "8 pwrite64(5, \"x written[ID]\", 9, 0) = 9\n8 fdatasync(5) = 0", true},
		{"interrupted by others", "8 pwrite64(5, \"written[ID]\", 9, 0 <unfinished ...>\n9 --- SIGURG ---\n8 <... pwrite64 resumed>) = 9\n8 fsync(5) = 0", true},
		{"not synced", "8 pwrite64(5, \"written[ID]\", 9, 0) = 9", false},
		{"sync of another file", "8 pwrite64(5, \"written[ID]\", 9, 0) = 9\n8 fsync(6) = 0", false},
		{"sync failed", "8 pwrite64(5, \"written[ID]\", 9, 0) = 9\n8 fsync(5) = -1 EIO (Input/output error)", false},
		{"sync began before the write", "9 fsync(5 <unfinished ...>\n8 pwrite64(5, \"written[ID]\", 9, 0) = 9\n9 <... fsync resumed>) = 0", false},
		{"never written", "8 fsync(5) = 0", false},
	} {
		calls, err := parseTrace(acks(test.before))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if err := checkTrace(calls); (err == nil) != test.good {
			t.Errorf("%s: check = %v, want good %t", test.name, err, test.good)
		}
	}
}
