// Package lambdatest runs a built Lambda function as AWS Lambda does: as a
// process of its own that asks a Runtime API over HTTP for its work, with a
// deadline, cold starts, and an end by force. It is for tests; no program
// imports it.
//
// It differs from Lambda in that a process between two invocations is not
// frozen, that memory is not limited, and that extensions are not known.
package lambdatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// MaxPayload is what Lambda takes as an event or an answer, in bytes.
const MaxPayload = 6 << 20

// initTimeout is how long a process may take to its first /next.
const initTimeout = 10 * time.Second

// Unhandled is the FunctionError of an invocation that failed.
const Unhandled = "Unhandled"

// Result is what came of an invocation.
type Result struct {
	// Body is the answer; of a failure it is the error as JSON with errorType
	// and errorMessage.
	Body []byte
	// FunctionError is Unhandled for a failure, else "".
	FunctionError string
	// Duration is the time from handing the event over to the answer.
	Duration time.Duration
	// Init is the time from the start of the process to its first /next, where
	// the invocation was its first; else 0.
	Init time.Duration
}

// Error returns the errorType and errorMessage of a failure.
func (r Result) Error() (errorType, message string) {
	var e failure
	if r.FunctionError == "" || json.Unmarshal(r.Body, &e) != nil {
		return "", ""
	}
	return e.Type, e.Message
}

// Host runs one function, one invocation at a time.
type Host struct {
	binary string
	env    []string
	log    *os.File // a file, and no pipe, so that what was written is there

	running atomic.Pointer[process] // the one of the invocation under way

	mu      sync.Mutex
	process *process // nil where the next invocation is a cold start
	starts  int
	serial  int
	peak    int64
}

// Start returns a host of a function. binary is what Build made. env is all
// that the process sees of the environment, beside what Lambda sets. The
// process starts with the first invocation, and is gone when the test ends.
func Start(t testing.TB, binary string, env map[string]string) *Host {
	t.Helper()
	absolute, err := filepath.Abs(binary)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(t.TempDir(), "log"), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	h := &Host{binary: absolute, env: environment(absolute, env), log: log}
	t.Cleanup(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.stop()
		if text := h.Logs(); t.Failed() {
			t.Logf("log of %s, its end:\n%s", absolute, text[max(0, len(text)-8<<10):])
		}
		_ = log.Close() // it was only for the processes
	})
	return h
}

// Build builds the package in a folder as it is deployed, for this processor,
// and returns the path of its bootstrap.
func Build(t testing.TB, dir string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-tags", "lambda.norpc", "-o", binary, ".")
	build.Dir = dir
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build in %s: %v\n%s", dir, err, out)
	}
	return binary
}

// Invoke hands an event to the function, starting its process where there is
// none, and waits for the answer until the timeout has passed since it was
// handed over; then the process is killed.
func (h *Host) Invoke(payload []byte, timeout time.Duration) Result {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serial++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", h.serial)
	if len(payload) > MaxPayload {
		return failed(id, "RequestTooLargeException", fmt.Sprintf("%d bytes exceed %d bytes", len(payload), MaxPayload))
	}
	init, err := h.ready()
	if err != nil {
		return initFailed(id, err)
	}
	h.running.Store(h.process)
	defer h.running.Store(nil)
	r, alive := h.process.invoke(&invocation{id: id, payload: payload, timeout: timeout, answer: make(chan Result, 1)})
	r.Init = init
	h.peak = max(h.peak, h.process.peak())
	if !alive {
		h.stop()
	}
	return r
}

// Kill ends the process of the invocation under way, if there is one, as where
// its machine is lost: at once, without notice.
func (h *Host) Kill() {
	if p := h.running.Load(); p != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may have ended
	}
}

// ColdStart starts a new process in place of the one there is, and returns the
// time to its first /next.
func (h *Host) ColdStart() (time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop()
	return h.ready()
}

// Starts is how many processes were started.
func (h *Host) Starts() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.starts
}

// PeakMemory is the largest resident size that any of the processes was seen
// to have, in bytes; 0 where the system does not tell.
func (h *Host) PeakMemory() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.process != nil {
		h.peak = max(h.peak, h.process.peak())
	}
	return h.peak
}

// Logs returns all that the processes wrote so far.
func (h *Host) Logs() string {
	text, err := os.ReadFile(h.log.Name())
	if err != nil {
		return "the log cannot be read: " + err.Error()
	}
	return string(text)
}

// ready has a process that waits for work; init is 0 where it was there.
func (h *Host) ready() (init time.Duration, err error) {
	if h.process != nil {
		if _, err := h.process.await(initTimeout); err == nil {
			return 0, nil
		}
		h.stop() // it ended after its last answer, as after a panic
	}
	h.starts++
	p, err := start(h.binary, h.env, h.log)
	if err != nil {
		return 0, err
	}
	h.process = p
	at, err := p.await(initTimeout)
	if err != nil {
		h.stop()
		return 0, err
	}
	h.peak = max(h.peak, p.peak())
	return at.Sub(p.started), nil
}

// stop ends the process, if there is one, as Lambda does: without notice.
func (h *Host) stop() {
	if h.process != nil {
		h.process.kill()
		h.process = nil
	}
}

// failure is the form of Lambda's errors.
type failure struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func failed(id, errorType, message string) Result {
	body, err := json.Marshal(failure{Type: errorType, Message: "RequestId: " + id + " Error: " + message})
	if err != nil { // two strings
		panic(err)
	}
	return Result{Body: body, FunctionError: Unhandled}
}

// initFailed is the result of an invocation whose process did not come to
// work.
func initFailed(id string, err error) Result {
	if reported, ok := errors.AsType[*initError](err); ok {
		return Result{Body: reported.body, FunctionError: Unhandled}
	}
	if ended, ok := errors.AsType[*exitError](err); ok {
		return failed(id, "Runtime.ExitError", ended.Error())
	}
	return failed(id, "Sandbox.Timedout", err.Error())
}
