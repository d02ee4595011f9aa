package lambdatest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"milepost/internal/lambdatest"
)

// binary is the function of testdata, built by the first test.
func binary(t testing.TB) string {
	t.Helper()
	builtOnce.Do(func() {
		from := lambdatest.Build(t, filepath.Join("testdata", "function"))
		data, err := os.ReadFile(from) // the folder of one test goes with it
		if err != nil {
			t.Fatal(err)
		}
		built = data
	})
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, built, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	builtOnce sync.Once
	built     []byte
)

const second = time.Second

type answer struct {
	Text     string
	PID      int
	ID, ARN  string
	Trace    string
	Deadline int64
}

func ask(t testing.TB, h *lambdatest.Host, text string) (answer, lambdatest.Result) {
	t.Helper()
	r := h.Invoke(fmt.Appendf(nil, `{"Text":%q}`, text), 5*second)
	var a answer
	if err := json.Unmarshal(r.Body, &a); err != nil || r.FunctionError != "" || a.Text != text {
		t.Fatalf("Invoke = %s %s, %v", r.FunctionError, r.Body, err)
	}
	return a, r
}

func TestInvoke(t *testing.T) {
	h := lambdatest.Start(t, binary(t), nil)
	first, cold := ask(t, h, "你好")
	again, warm := ask(t, h, "again")
	if cold.Init <= 0 || warm.Init != 0 || first.PID != again.PID || h.Starts() != 1 {
		t.Errorf("init %v and %v, processes %d and %d, %d starts; want one cold start", cold.Init, warm.Init, first.PID, again.PID, h.Starts())
	}
	if first.ID == again.ID || !strings.HasPrefix(first.ARN, "arn:aws-cn:lambda:") || !strings.HasPrefix(first.Trace, "Root=1-") {
		t.Errorf("context %+v and %+v", first, again)
	}
	if first.Deadline < 3000 || first.Deadline > 5000 {
		t.Errorf("deadline in %d ms, want almost 5,000", first.Deadline)
	}
	if warm.Duration <= 0 || warm.Duration > 5*second {
		t.Errorf("duration %v", warm.Duration)
	}
	for _, part := range []string{"starting", "handling 你好", "handling again"} {
		if !strings.Contains(h.Logs(), part) {
			t.Errorf("the log lacks %q: %s", part, h.Logs())
		}
	}
}

// What fails, how, and whether the process goes on.
func TestFailures(t *testing.T) {
	path := binary(t)
	for _, tt := range []struct {
		event         string
		timeout       time.Duration
		errorType     string
		message       string
		processSpared bool
	}{
		{`{"Do":"error"}`, 5 * second, "errorString", "refused", true},
		{`{"Do":7}`, 5 * second, "UnmarshalTypeError", "cannot unmarshal", true},
		{`{`, 5 * second, "errorString", "unexpected EOF", true},
		{`{"Do":"panic"}`, 5 * second, "string", "boom", false},
		{`{"Do":"exit","Size":4}`, 5 * second, "Runtime.ExitError", "Runtime exited with error: exit status 4", false},
		{`{"Do":"exit"}`, 5 * second, "Runtime.ExitError", "Runtime exited without providing a reason", false},
		{`{"Do":"sleep"}`, 200 * time.Millisecond, "Sandbox.Timedout", "Task timed out after 0.20 seconds", false},
		{`{"Do":"big","Size":6291456}`, 5 * second, "Function.ResponseSizeTooLarge", "6291456", false},
		{`{"Do":"stream"}`, 5 * second, "errorString", "connection lost", true},
	} {
		h := lambdatest.Start(t, path, nil)
		before, _ := ask(t, h, "before")
		r := h.Invoke([]byte(tt.event), tt.timeout)
		errorType, message := r.Error()
		if r.FunctionError != lambdatest.Unhandled || errorType != tt.errorType || !strings.Contains(message, tt.message) {
			t.Errorf("%s: %q %s, want %s %s", tt.event, r.FunctionError, r.Body, tt.errorType, tt.message)
		}
		if tt.timeout < second && (r.Duration < tt.timeout || r.Duration > tt.timeout+second) {
			t.Errorf("%s took %v, want %v", tt.event, r.Duration, tt.timeout)
		}
		after, next := ask(t, h, "after")
		if spared := before.PID == after.PID; spared != tt.processSpared || spared != (next.Init == 0) {
			t.Errorf("%s: the process goes on: %t, want %t; init %v", tt.event, spared, tt.processSpared, next.Init)
		}
	}
}

func TestDeadlineIsTold(t *testing.T) {
	h := lambdatest.Start(t, binary(t), nil)
	ask(t, h, "warm")
	// The function answers at the deadline, which is when it is killed: either
	// may be first.
	r := h.Invoke([]byte(`{"Do":"until deadline"}`), 300*time.Millisecond)
	if errorType, _ := r.Error(); r.Duration < 250*time.Millisecond || r.FunctionError == "" && !strings.Contains(string(r.Body), "deadline exceeded") || r.FunctionError != "" && errorType != "Sandbox.Timedout" {
		t.Errorf("%s %s after %v", r.FunctionError, r.Body, r.Duration)
	}
}

func TestInitFails(t *testing.T) {
	path := binary(t)
	for init, want := range map[string]struct{ errorType, message, log string }{
		"exit":   {"Runtime.ExitError", "exit status 3", "TABLE is not set"},
		"panic":  {"Runtime.ExitError", "exit status 2", "cannot start"},
		"report": {"Config", "TABLE is not set", "starting"},
	} {
		h := lambdatest.Start(t, path, map[string]string{"INIT": init})
		for n := 1; n <= 2; n++ { // each invocation tries anew
			r := h.Invoke([]byte(`{}`), 5*second)
			if errorType, message := r.Error(); r.FunctionError != lambdatest.Unhandled || errorType != want.errorType || !strings.Contains(message, want.message) || h.Starts() != n {
				t.Errorf("%s: %s %s after %d starts, want %s %s", init, r.FunctionError, r.Body, h.Starts(), want.errorType, want.message)
			}
		}
		if !strings.Contains(h.Logs(), want.log) {
			t.Errorf("%s: the log says %s", init, h.Logs())
		}
		if _, err := h.ColdStart(); err == nil {
			t.Errorf("%s: ColdStart = nil", init)
		}
	}
	h := lambdatest.Start(t, filepath.Join(t.TempDir(), "absent"), nil)
	if r := h.Invoke([]byte(`{}`), second); r.FunctionError == "" {
		t.Errorf("no binary: %s", r.Body)
	}
}

func TestBigPayloads(t *testing.T) {
	h := lambdatest.Start(t, binary(t), nil)
	text := strings.Repeat("x", lambdatest.MaxPayload-1000)
	ask(t, h, text)
	r := h.Invoke(fmt.Appendf(nil, `{"Text":%q}`, text+strings.Repeat("x", 1000)), 5*second)
	if errorType, _ := r.Error(); errorType != "RequestTooLargeException" {
		t.Errorf("too large: %s", r.Body)
	}
	r = h.Invoke(fmt.Appendf(nil, `{"Do":"big","Size":%d}`, lambdatest.MaxPayload-2), 5*second)
	if r.FunctionError != "" || len(r.Body) != lambdatest.MaxPayload {
		t.Errorf("as large as may be: %s, %d bytes", r.FunctionError, len(r.Body))
	}
}

func TestAnsweringTwice(t *testing.T) {
	h := lambdatest.Start(t, binary(t), nil)
	if r := h.Invoke([]byte(`{"Do":"twice"}`), 5*second); string(r.Body) != `"first"` {
		t.Errorf("%s %s, want the first answer", r.FunctionError, r.Body)
	}
	ask(t, h, "after")
	if strings.Contains(h.Logs(), "not as it should be") {
		t.Errorf("log: %s", h.Logs())
	}
}

func TestColdStartAndMemory(t *testing.T) {
	h := lambdatest.Start(t, binary(t), nil)
	first, err := h.ColdStart()
	second, errAgain := h.ColdStart()
	if err != nil || errAgain != nil || first <= 0 || second <= 0 || h.Starts() != 2 {
		t.Fatalf("ColdStart = %v, %v and %v, %v after %d starts", first, err, second, errAgain, h.Starts())
	}
	small := h.PeakMemory()
	if r := h.Invoke([]byte(`{"Do":"allocate","Size":104857600}`), 10*time.Second); string(r.Body) != "104857600" || r.Init != 0 || h.Starts() != 2 {
		t.Errorf("Invoke = %s, init %v, %d starts", r.Body, r.Init, h.Starts())
	}
	if large := h.PeakMemory(); small < 1<<20 || small > 60<<20 || large < 100<<20 || large > small+140<<20 {
		t.Errorf("peak %d bytes, with 100 MB more %d", small, large)
	}
	t.Logf("first /next after %v and %v; %d KB", first, second, small>>10)
}

// The process sees Lambda's variables and the given ones, and none of the
// test's.
func TestEnvironment(t *testing.T) {
	t.Setenv("LAMBDATEST_LEAK", "1")
	h := lambdatest.Start(t, binary(t), map[string]string{"TABLE": "milepost", "AWS_REGION": "eu-west-1"})
	var env []string
	if err := json.Unmarshal(h.Invoke([]byte(`{"Do":"environment"}`), 5*second).Body, &env); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"TABLE=milepost", "AWS_REGION=eu-west-1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512"} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is not in %v", want, env)
		}
	}
	if slices.ContainsFunc(env, func(s string) bool { return strings.HasPrefix(s, "LAMBDATEST_LEAK") || strings.HasPrefix(s, "HOME=") }) {
		t.Errorf("the test's variables are in %v", env)
	}
}

func BenchmarkWarm(b *testing.B) {
	h := lambdatest.Start(b, binary(b), nil)
	ask(b, h, "warm")
	for b.Loop() {
		ask(b, h, "again")
	}
}
