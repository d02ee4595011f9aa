package functions

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/boot/cloud"
	"milepost/internal/civil"
	"milepost/internal/lambdatest"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/dynamo/faultproxy"
	"milepost/internal/tracker/trackertest"
)

// duePortfolio are the items of awards of which every milestone is overdue since
// one day and was never swept: so many awards of 20 milestones each. They are made by
// commands on SQLite, and copied to each table.
func duePortfolio(t *testing.T, awards int) []store.Item {
	t.Helper()
	o := trackertest.New(t, nil)
	for range awards {
		var milestones []award.MilestoneDraft
		for n := range 20 {
			milestones = append(milestones, trackertest.Milestone(fmt.Sprint("M", n+1), "2026-03-04"))
		}
		o.ActiveAward(milestones, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-20", "100", "M1")}, o.OnOtherPlatform)
	}
	var items []store.Item
	walker, ok := o.Store.(store.Walker)
	if !ok {
		t.Fatal("the store does not walk")
	}
	if err := walker.Walk(t.Context(), 0, 1, nil, func(i store.Item) error { items = append(items, i); return nil }); err != nil {
		t.Fatal(err)
	}
	return items
}

// swept is a deployment on which sweeps are tried.
type swept struct {
	*world
	proxy *faultproxy.Proxy
}

func newSwept(t *testing.T, i *issuer, items []store.Item) *swept {
	t.Helper()
	s := &swept{world: newWorld(t, i)}
	s.proxy = faultproxy.Start(t, s.env["AWS_ENDPOINT_URL_DYNAMODB"])
	s.env["AWS_ENDPOINT_URL_DYNAMODB"] = s.proxy.URL()
	s.env["MILEPOST_MAX_WRITE_UNITS"] = "100000" // the emulator's pace is slow enough
	for chunk := range slices.Chunk(items, 50) {
		ops := make([]store.Op, len(chunk))
		for n, item := range chunk {
			ops[n] = store.PutOp(item, store.Absent)
		}
		if err := s.store.Transact(t.Context(), rand.Text(), ops...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// handler is the function, with an instance of its own.
func (s *swept) handler(t *testing.T) lambda.Handler {
	t.Helper()
	host := cloud.New(func(name string) string { return s.env[name] }, &logged{t: t}, s.issuer.clock.now, rand.Reader, func() float64 { return 0.5 })
	f, err := host.Sweep()
	if err != nil {
		t.Fatal(err)
	}
	return lambda.NewHandler(f)
}

func (s *swept) invoker(t *testing.T) invoker {
	t.Helper()
	return inProcess("sweep", s.handler(t))
}

// writes plays what happens at the n-th transaction, from which on the
// schedule holds.
func (s *swept) writes(n int, happens func(), schedule faultproxy.Schedule) {
	var seen atomic.Int64
	s.proxy.Play(func(operation string) faultproxy.Fault {
		if operation != "TransactWriteItems" {
			return faultproxy.None
		}
		switch now := seen.Add(1); {
		case now < int64(n):
			return faultproxy.None
		case now == int64(n):
			happens()
		}
		return schedule(operation)
	})
}

// left is everything that stands in the table, but for the records of who
// swept, and for times and the hashes over them.
func (s *swept) left(t *testing.T) []string {
	t.Helper()
	s.proxy.Play(nil)
	s.proxy.Settle()
	var out []string
	err := s.store.Walk(t.Context(), 0, 1, nil, func(i store.Item) error {
		if kind, err := schema.TypeOf(i); err != nil || kind == schema.TypeSweep {
			return err
		}
		text, err := json.Marshal(map[string]any{"key": i.Key, "version": i.Version, "index": i.Index, "body": json.RawMessage(i.Body)})
		out = append(out, aHash.ReplaceAllString(anAt.ReplaceAllString(string(text), "T"), "H"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (s *swept) scheduled() []byte {
	return fmt.Appendf(nil, `{"scheduledTime":%q,"scheduleArn":"arn:aws-cn:scheduler:cn-north-1:123456789012:schedule/default/milepost-sweep"}`,
		s.issuer.clock.now().UTC().Format(time.RFC3339))
}

// answered is what a run said, which must not have failed.
func answered(t *testing.T, got outcome) cloud.SweepAnswer {
	t.Helper()
	var a cloud.SweepAnswer
	if err := json.Unmarshal(got.body, &a); err != nil || got.failure != "" || a.Failed > 0 {
		t.Errorf("sweep: %s %s", got.body, got.failure)
	}
	return a
}

const untroubled = 10 * time.Minute

// finish plays what runs have invoked themselves with until none does: a busy
// emulator can keep any run from a part.
func (s *swept) finish(t *testing.T) {
	t.Helper()
	for range 20 {
		told := s.used.payloads()
		if len(told) == 0 {
			return
		}
		for _, event := range told {
			_, event, _ = strings.Cut(event, " ")
			answered(t, s.invoker(t)([]byte(event), untroubled))
		}
	}
	t.Error("not done after 20 runs")
}

// awayFromMidnight waits out the last minutes of a day in Shanghai: the runs
// that are compared have to be on one.
func awayFromMidnight() {
	now := time.Now()
	if left := civil.BusinessDate(now).AddDays(1).Time().Add(-8 * time.Hour).Sub(now); left < 3*time.Minute {
		time.Sleep(left)
	}
}

// Two sweeps at once, one event three times, a run that is cut off, one whose
// process is killed, one that runs out of time and goes on, one in bad weather:
// each leaves item by item what one undisturbed run leaves.
func TestSweepsLeaveWhatOneLeaves(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "sweeps on DynamoDB")
		return
	}
	awards := 50
	if testing.Short() {
		awards = 20
	}
	awayFromMidnight()
	i, items := newIssuer(t), duePortfolio(t, awards)
	once := newSwept(t, i, items)
	a := answered(t, once.invoker(t)(once.scheduled(), untroubled))
	once.finish(t)
	want := once.left(t)
	flagged := 0
	for _, item := range want {
		if strings.Contains(item, `"reachedOn":`) {
			flagged++
		}
	}
	if flagged < awards*20 || a.Continued != (a.Remaining > 0) {
		t.Fatalf("the undisturbed run = %+v, %d milestones have flags; want %d", a, flagged, awards*20)
	}
	t.Logf("%d items before, %d after, %d milestones flagged", len(items), len(want), flagged)
	for _, c := range []struct {
		name string
		do   func(t *testing.T, s *swept)
	}{
		{"two at once", twoAtOnce},
		{"three deliveries", threeDeliveries},
		{"cut off, and tried again", cutOff},
		{"killed, and tried again", func(t *testing.T, s *swept) { killed(t, s, awards) }},
		{"out of time", func(t *testing.T, s *swept) { outOfTime(t, s, awards) }},
		{"in bad weather", badWeather},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSwept(t, i, items)
			c.do(t, s)
			s.finish(t)
			if diff := cmp.Diff(want, s.left(t)); diff != "" {
				t.Errorf("left behind (-undisturbed +%s):\n%.4000s", c.name, diff)
			}
		})
	}
}

func twoAtOnce(t *testing.T, s *swept) {
	var both sync.WaitGroup
	for range 2 {
		sweep := s.invoker(t)
		both.Go(func() { answered(t, sweep(s.scheduled(), untroubled)) })
	}
	both.Wait()
}

// threeDeliveries are of one event: two at once, the last much later.
func threeDeliveries(t *testing.T, s *swept) {
	event := s.scheduled()
	var both sync.WaitGroup
	for range 2 {
		sweep := s.invoker(t)
		both.Go(func() { answered(t, sweep(event, untroubled)) })
	}
	both.Wait()
	s.finish(t)
	var a cloud.SweepAnswer
	for range 3 { // where a busy emulator kept the first two from something
		if a = answered(t, s.invoker(t)(event, untroubled)); a.Awards == 0 && a.Flagged == 0 {
			return
		}
	}
	t.Errorf("the last delivery = %+v, want nothing done", a)
}

// cutOff ends the context in the middle of writing; the answers of what was
// under way are lost.
func cutOff(t *testing.T, s *swept) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	event := s.scheduled()
	s.writes(8, cancel, func(string) faultproxy.Fault { return faultproxy.LostAfter })
	if _, err := s.handler(t).Invoke(ctx, event); err == nil {
		t.Error("a run that was cut off says that it is done, so that Lambda would not try again")
	}
	s.proxy.Play(nil)
	if a := answered(t, s.invoker(t)(event, untroubled)); a.Awards == 0 {
		t.Errorf("the run after = %+v, want that something was left for it", a)
	}
}

// killed kills the process of the built bootstrap in the middle of writing.
func killed(t *testing.T, s *swept, awards int) {
	host := lambdatest.Start(t, lambdatest.Build(t, filepath.Join(".", "sweep")), s.env)
	event := s.scheduled()
	var turn atomic.Int64
	s.writes(8, func() { go host.Kill() }, func(string) faultproxy.Fault { // what is on its way arrives, or does not
		if turn.Add(1)%2 == 0 {
			return faultproxy.LostBefore
		}
		return faultproxy.LostAfter
	})
	if r := host.Invoke(event, untroubled); r.FunctionError == "" {
		t.Fatalf("the run that was killed answered %s", r.Body)
	}
	s.proxy.Play(nil)
	r := host.Invoke(event, untroubled)
	a := answered(t, outcome{body: r.Body, failure: r.FunctionError})
	if a.Awards == 0 || a.Awards >= awards || host.Starts() != 2 {
		t.Errorf("the run after = %+v in process %d, want a part in process 2", a, host.Starts())
	}
}

// outOfTime lets a run see, after some writes, that its deadline is near: it
// invokes itself with the same scheduled time, and so on.
func outOfTime(t *testing.T, s *swept, awards int) {
	const behind, within = 3 * time.Minute, 40 * time.Second // as the run sees it: minutes left, then none
	defer s.issuer.clock.back(0)
	s.issuer.clock.back(behind)
	event := s.scheduled()
	var first, last cloud.SweepEvent
	if err := json.Unmarshal(event, &first); err != nil {
		t.Fatal(err)
	}
	done, runs := 0, 0
	for ; event != nil && runs < 10; runs++ {
		s.issuer.clock.back(behind)
		if runs < 3 {
			s.writes(awards/5, func() { s.issuer.clock.back(0) }, func(string) faultproxy.Fault { return faultproxy.None })
		} else {
			s.proxy.Play(nil)
		}
		a := answered(t, s.invoker(t)(event, within))
		done += a.Awards
		event = s.next(t)
		if a.Continued != (event != nil) || a.Continued != (a.Remaining > 0) {
			t.Fatalf("run %d = %+v, and invoked itself with %s", runs, a, event)
		}
		if event == nil {
			continue
		}
		if err := json.Unmarshal(event, &last); err != nil || last.ScheduledTime != first.ScheduledTime || last.Continuation != runs+1 {
			t.Errorf("run %d goes on with %s, want continuation %d of %s", runs, event, runs+1, first.ScheduledTime)
		}
	}
	if runs < 2 || done != awards {
		t.Errorf("%d awards in %d runs, want %d in several", done, runs, awards)
	}
}

// next is the event with which the function invoked itself, nil for none.
func (s *swept) next(t *testing.T) []byte {
	t.Helper()
	switch told := s.used.payloads(); len(told) {
	case 0:
		return nil
	case 1:
		_, event, _ := strings.Cut(told[0], " ")
		return []byte(event)
	default:
		t.Fatalf("one run invoked itself %d times", len(told))
		return nil
	}
}

// badWeather is throttling, conflicts and lost answers, until a run goes on
// with what it could not write.
func badWeather(t *testing.T, s *swept) {
	event := s.scheduled()
	rates := faultproxy.Rates{
		faultproxy.LostBefore: 0.05, faultproxy.LostAfter: 0.1, faultproxy.CrashedAfter: 0.05, faultproxy.CutAnswer: 0.03,
		faultproxy.Throttled: 0.3, faultproxy.Conflict: 0.2, faultproxy.Partial: 0.1,
	}
	s.proxy.Play(faultproxy.Random(1, rates))
	for n := 0; event != nil && n < 20; n++ {
		got := s.invoker(t)(event, untroubled)
		if got.failure == "" {
			event = nil
		} else if !strings.Contains(got.failure, "store.") {
			t.Fatalf("sweep: %s", got.failure)
		}
		if next := s.next(t); next != nil {
			event = next
		}
	}
	if event != nil {
		t.Error("not done after 20 runs")
	}
}
