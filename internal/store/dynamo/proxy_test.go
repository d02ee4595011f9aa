package dynamo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/dynamo/faultproxy"
)

// proxied opens a store behind a proxy, and one on the same table without. The
// store does not really wait between attempts.
func proxied(t *testing.T) (behind, direct store.Store, p *faultproxy.Proxy) {
	t.Helper()
	o := dynamotest.Options(t)
	direct, err := dynamo.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p = faultproxy.Start(t, o.Endpoint)
	o.Client, o.Endpoint = nil, p.URL()
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if behind, err = dynamo.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return behind, direct, p
}

// mishaps are the faults that a write meets without waiting for a timeout.
func mishaps() []faultproxy.Fault {
	return slices.DeleteFunc(faultproxy.Faults(), func(f faultproxy.Fault) bool { return f == faultproxy.Stalled || f == faultproxy.Partial })
}

// lostAnswers runs each kind of write through each loss: all succeed, once.
func lostAnswers(t *testing.T) {
	behind, direct, p := proxied(t)
	partition := 0
	for _, m := range mishaps() {
		for name, write := range map[string]func(old, now, other store.Item) []store.Op{
			"put": func(old, now, _ store.Item) []store.Op {
				return []store.Op{store.PutOp(now, store.VersionIs(old.Version))}
			},
			"create":  func(_, _, other store.Item) []store.Op { return []store.Op{store.PutOp(other, store.Absent)} },
			"replace": func(_, now, _ store.Item) []store.Op { return []store.Op{store.PutOp(now, store.Anything)} },
			"transaction": func(old, now, other store.Item) []store.Op {
				return []store.Op{store.PutOp(now, store.VersionIs(old.Version)), store.PutOp(other, store.Absent)}
			},
			"delete of two": func(old, _, other store.Item) []store.Op {
				return []store.Op{store.DeleteOp(old.Key, store.Present), store.PutOp(other, store.Absent)}
			},
		} {
			t.Run(fmt.Sprintf("%s, %s", name, m), func(t *testing.T) {
				partition++
				pk := fmt.Sprintf("p%d", partition)
				old, now, other := numbered(pk, "a", 1), numbered(pk, "a", 2), numbered(pk, "b", 1)
				mustTransact(t, direct, store.PutOp(old, store.Absent))
				ops := write(old, now, other)
				p.Play(faultproxy.InTurn(m, m))
				if err := behind.Transact(t.Context(), rand.Text(), ops...); err != nil {
					t.Fatalf("Transact = %v, want nil", err)
				}
				for _, op := range ops {
					got, err := direct.Get(t.Context(), op.Item.Key)
					if err != nil {
						t.Fatal(err)
					}
					switch {
					case op.Verb == store.Delete && got[0] != nil:
						t.Errorf("%s is still there", op.Item.Key)
					case op.Verb == store.Put && (got[0] == nil || got[0].Version != op.Item.Version):
						t.Errorf("%s = %+v, want version %d", op.Item.Key, got[0], op.Item.Version)
					}
				}
			})
		}
	}
}

// overtaken lets another writer follow on a write whose answer is lost: the
// adapter must not write again, and must not say that nothing was written.
func overtaken(t *testing.T) {
	behind, direct, p := proxied(t)
	mustTransact(t, direct, store.PutOp(numbered("p", "a", 1), store.Absent))
	third := numbered("p", "a", 3)
	p.Then(func(faultproxy.Fault) { mustTransact(t, direct, store.PutOp(third, store.VersionIs(2))) })
	p.Play(faultproxy.InTurn(faultproxy.LostAfter))
	err := behind.Transact(t.Context(), rand.Text(), store.PutOp(numbered("p", "a", 2), store.VersionIs(1)))
	if !errors.Is(err, store.ErrUnknownOutcome) {
		t.Errorf("Transact = %v, want %v", err, store.ErrUnknownOutcome)
	}
	wantVersion(t, direct, third.Key, 3)

	// In a transaction the token tells, and the other's write stays.
	fourth, fifth := numbered("p", "a", 4), numbered("p", "a", 5)
	p.Then(func(faultproxy.Fault) { mustTransact(t, direct, store.PutOp(fifth, store.VersionIs(4))) })
	p.Play(faultproxy.InTurn(faultproxy.LostAfter))
	err = behind.Transact(t.Context(), rand.Text(), store.PutOp(fourth, store.VersionIs(3)), store.PutOp(numbered("p", "b", 1), store.Anything))
	if err != nil {
		t.Errorf("Transact = %v, want nil", err)
	}
	wantVersion(t, direct, fifth.Key, 5)
}

// everyPlan counts an item up through random mishaps: the version counts the
// writes that took effect, so it must equal those reported done, plus at most
// those of unknown outcome.
func everyPlan(t *testing.T) {
	behind, direct, p := proxied(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		key := store.Key{PK: fmt.Sprintf("p%d", run), SK: "n"}
		mustTransact(t, direct, store.PutOp(numbered(key.PK, key.SK, 1), store.Absent))
		known := int64(1)
		for step := range 3 {
			kinds := rapid.SampledFrom(append(mishaps(), faultproxy.None))
			p.Play(faultproxy.InTurn(rapid.SliceOfN(kinds, 0, 6).Draw(rt, "mishaps")...))
			ops := []store.Op{store.PutOp(numbered(key.PK, key.SK, known+1), store.VersionIs(known))}
			if rapid.Bool().Draw(rt, "in company") {
				ops = append(ops, store.PutOp(numbered(key.PK, fmt.Sprint(step), 1), store.Absent))
			}
			err := behind.Transact(t.Context(), rand.Text(), ops...)
			got, getErr := direct.Get(t.Context(), key)
			if getErr != nil {
				rt.Fatal(getErr)
			}
			switch now := got[0].Version; {
			case err == nil && now == known+1, errors.Is(err, store.ErrUnknownOutcome) && (now == known || now == known+1):
				known = now
			default:
				rt.Fatalf("Transact = %v, and version %d after %d", err, now, known)
			}
		}
	})
}

func numbered(pk, sk string, version int64) store.Item {
	return store.Item{Key: store.Key{PK: pk, SK: sk}, Version: version, Body: fmt.Appendf(nil, `{"number":%d,"text":"%s"}`, version, sk)}
}

// mustTransact uses a new token, as all calls here do: the emulator, like AWS,
// remembers tokens across tables.
func mustTransact(t *testing.T, s store.Store, ops ...store.Op) {
	t.Helper()
	if err := s.Transact(t.Context(), rand.Text(), ops...); err != nil {
		t.Errorf("Transact = %v, want nil", err)
	}
}

func wantVersion(t *testing.T, s store.Store, key store.Key, want int64) {
	t.Helper()
	got, err := s.Get(t.Context(), key)
	if err != nil || got[0] == nil || got[0].Version != want {
		t.Errorf("Get(%s) = %+v, %v, want version %d", key, got, err, want)
	}
}
