package lambdatest

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is one run of the binary with a Runtime API of its own, so that a
// late call of one that was ended cannot be taken for another's.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	server  *httptest.Server
	idle    chan time.Time   // when it asked for work; at most one
	work    chan *invocation // taken by the /next that waits
	done    chan struct{}    // closed at its end; then exit is set
	exit    error
	asked   time.Time // when it asked for the work that it still waits for; else zero

	mu        sync.Mutex
	current   *invocation // handed over and not answered
	initError []byte
}

// invocation is one event on its way.
type invocation struct {
	id       string
	payload  []byte
	timeout  time.Duration
	deadline time.Time
	answer   chan Result // takes one
}

// exitError says how a process ended by itself.
type exitError struct{ cause error }

// Error is as Lambda says it.
func (e *exitError) Error() string {
	if e.cause == nil {
		return "Runtime exited without providing a reason"
	}
	return "Runtime exited with error: " + e.cause.Error()
}

// initError is what a process reported before it ended.
type initError struct{ body []byte }

// Error is the report.
func (e *initError) Error() string { return string(e.body) }

// environment is what Lambda sets, changed and completed by env.
func environment(binary string, env map[string]string) []string {
	all := map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDLAMBDATEST", "AWS_SECRET_ACCESS_KEY": "lambdatest", "AWS_REGION": "cn-north-1", "AWS_DEFAULT_REGION": "cn-north-1",
		"AWS_LAMBDA_FUNCTION_NAME": "lambdatest", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/lambdatest", "AWS_LAMBDA_LOG_STREAM_NAME": "lambdatest", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"LAMBDA_TASK_ROOT": filepath.Dir(binary), "LAMBDA_RUNTIME_DIR": "/var/runtime", "_HANDLER": "bootstrap",
		"LANG": "en_US.UTF-8", "TZ": ":UTC", "PATH": "/usr/local/bin:/usr/bin:/bin",
	}
	for name, value := range env {
		all[name] = value
	}
	var out []string
	for name, value := range all {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

// start starts a process; await says when it is ready.
func start(binary string, env []string, log *os.File) (*process, error) {
	p := &process{idle: make(chan time.Time, 1), work: make(chan *invocation), done: make(chan struct{})}
	p.server = httptest.NewServer(p.api())
	p.cmd = exec.Command(binary)
	p.cmd.Dir = filepath.Dir(binary)
	p.cmd.Env = append(slices.Clone(env), "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(p.server.URL, "http://"))
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children end with it
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		p.server.Close()
		return nil, fmt.Errorf("lambdatest: %w", err)
	}
	go func() {
		p.exit = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// await waits until the process asks for work, and says when it did.
func (p *process) await(limit time.Duration) (time.Time, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	if p.asked.IsZero() {
		select {
		case <-p.done:
		case <-timer.C:
			return time.Time{}, fmt.Errorf("no call of /next within %.2f seconds", limit.Seconds())
		case p.asked = <-p.idle:
		}
	}
	select {
	case <-p.done:
		return time.Time{}, p.ended()
	default:
		return p.asked, nil
	}
}

// ended says how it ended.
func (p *process) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.initError != nil {
		return &initError{body: p.initError}
	}
	return &exitError{cause: p.exit}
}

// invoke hands work to a process that awaits it; alive says whether the
// process is there to be asked again.
func (p *process) invoke(i *invocation) (r Result, alive bool) {
	began := time.Now()
	p.asked = time.Time{}
	i.deadline = began.Add(i.timeout)
	timer := time.NewTimer(i.timeout)
	defer timer.Stop()
	defer func() { r.Duration = time.Since(began) }()
	work := p.work
	for {
		select {
		case work <- i:
			work = nil // handed over
		case r = <-i.answer:
			return r, true
		case <-timer.C:
			return failed(i.id, "Sandbox.Timedout", fmt.Sprintf("Task timed out after %.2f seconds", i.timeout.Seconds())), false
		case <-p.done:
			select {
			case r = <-i.answer: // its last word
				return r, false
			default:
				return failed(i.id, "Runtime.ExitError", p.ended().Error()), false
			}
		}
	}
}

// kill ends the process and what it started, and waits for its end.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may have ended
	<-p.done
	p.server.CloseClientConnections()
	p.server.Close()
}

// peak is the largest resident size so far, from /proc; the system's account
// of ended children includes what their parent had.
func (p *process) peak() int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if value, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			fields := bytes.Fields(value)
			kilobytes, err := strconv.ParseInt(string(fields[0]), 10, 64)
			if err == nil {
				return kilobytes << 10
			}
		}
	}
	return 0
}
