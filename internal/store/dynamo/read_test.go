package dynamo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
)

const (
	rawA    = `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"M":{"n":{"N":"1"},"list":{"L":[{"S":"x"},{"BOOL":true}]},"m":{"M":{}}}}}`
	rawKeyB = `{"pk":{"S":"p"},"sk":{"S":"b"}}`
	rawKeyC = `{"pk":{"S":"p"},"sk":{"S":"c"}}`
)

// left answers a BatchGetItem with items, and keys that were not looked up.
func left(items, keys string) step {
	return answer(`{"Responses":{"table":[` + items + `]},"UnprocessedKeys":{"table":{"Keys":[` + keys + `]}}}`)
}

func TestGetUnprocessed(t *testing.T) {
	s, seen := scripted(t,
		left("", rawKeyB+","+rawKeyC),
		left(rawA, rawKeyB+","+rawKeyC),
		left("", rawKeyB),
		left(rawB, ""),
	)
	got, err := s.Get(t.Context(), otherB().Key, store.Key{PK: "p", SK: "c"}, itemA().Key)
	if err != nil {
		t.Fatalf("Get = %v", err)
	}
	a := itemA()
	a.Body = []byte(`{"list":["x",true],"m":{},"n":1}`) // names in order
	if diff := cmp.Diff([]*store.Item{otherB(), nil, &a}, got); diff != "" {
		t.Errorf("Get (-want +got):\n%s", diff)
	}
	wantKeys := []string{
		`[{"pk":{"S":"p"},"sk":{"S":"b"}},{"pk":{"S":"p"},"sk":{"S":"c"}},{"pk":{"S":"p"},"sk":{"S":"a"}}]`,
		`[` + rawKeyB + `,` + rawKeyC + `]`,
		`[` + rawKeyB + `,` + rawKeyC + `]`,
		`[` + rawKeyB + `]`,
	}
	for n, want := range wantKeys {
		if diff := cmp.Diff(decoded(t, want), decoded(t, seen.requests()[n].field("RequestItems", "table", "Keys"))); diff != "" {
			t.Errorf("keys of request %d (-want +got):\n%s", n, diff)
		}
		if got := seen.requests()[n].field("RequestItems", "table", "ConsistentRead"); got != "true" {
			t.Errorf("ConsistentRead of request %d = %s, want true", n, got)
		}
	}
	ms := time.Millisecond
	if diff := cmp.Diff([]time.Duration{25 * ms / 2, 25 * ms / 2, 25 * ms}, seen.waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestGetGivesUp(t *testing.T) {
	s, seen := scripted(t, left("", rawKeyB))
	if _, err := s.Get(t.Context(), itemA().Key, itemB().Key); !errors.Is(err, store.ErrContended) {
		t.Errorf("Get = %v, want %v", err, store.ErrContended)
	}
	if len(seen.requests()) != 8 {
		t.Errorf("%d requests, want 8", len(seen.requests()))
	}
}

// The SDK retries reads by itself, four attempts in all.
func TestReadsAreRetried(t *testing.T) {
	throttle := fault(400, "ThrottlingException", "")
	crash := fault(500, "InternalServerError", "")
	reads := map[string]func(*testing.T, *dynamo.Store) error{
		"get": func(t *testing.T, s *dynamo.Store) error { _, err := s.Get(t.Context(), itemA().Key); return err },
		"get many": func(t *testing.T, s *dynamo.Store) error {
			_, err := s.Get(t.Context(), itemA().Key, itemB().Key)
			return err
		},
		"query": func(t *testing.T, s *dynamo.Store) error {
			_, err := s.Query(t.Context(), store.Query{Partition: "p"})
			return err
		},
		"index": func(t *testing.T, s *dynamo.Store) error {
			_, err := s.QueryIndex(t.Context(), store.IndexQuery{Partition: "p"})
			return err
		},
		"walk": func(t *testing.T, s *dynamo.Store) error {
			return s.Walk(t.Context(), 0, 1, nil, func(store.Item) error { return nil })
		},
		"check": func(t *testing.T, s *dynamo.Store) error {
			return s.Transact(t.Context(), "token", store.CheckOp(itemA().Key, store.Absent))
		},
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			s, seen := scripted(t, throttle, crash, hangup, answer(`{}`))
			if err := read(t, s); err != nil || len(seen.requests()) != 4 {
				t.Errorf("after three faults: %v and %d requests, want nil and 4", err, len(seen.requests()))
			}
			s, seen = scripted(t, throttle)
			if err := read(t, s); outcome(err) != "contended" || len(seen.requests()) != 4 {
				t.Errorf("throttled: %v and %d requests, want %v and 4", err, len(seen.requests()), store.ErrContended)
			}
			s, seen = scripted(t, cut(200), cut(400), cut(500), answer(`{}`))
			if err := read(t, s); err != nil || len(seen.requests()) != 4 {
				t.Errorf("after three cut answers: %v and %d requests, want nil and 4", err, len(seen.requests()))
			}
			for what, fails := range map[string]step{"crashing": crash, "lost": hangup, "cut": cut(200), "a refusal cut": cut(400)} {
				s, seen = scripted(t, fails)
				if err := read(t, s); outcome(err) != "unavailable" || len(seen.requests()) != 4 {
					t.Errorf("%s: %v and %d requests, want %v and 4", what, err, len(seen.requests()), store.ErrUnavailable)
				}
			}
			s, seen = scripted(t, fault(400, "AccessDeniedException", ""))
			if err := read(t, s); outcome(err) != "error" || len(seen.requests()) != 1 {
				t.Errorf("without rights: %v and %d requests, want an error and 1", err, len(seen.requests()))
			}
		})
	}
}

// What the table holds may be of another make; that is an error, no panic.
func TestDamagedItems(t *testing.T) {
	for name, raw := range map[string]string{
		"no sort key":          `{"pk":{"S":"p"},"v":{"N":"1"},"b":{"M":{}}}`,
		"number as key":        `{"pk":{"N":"1"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"M":{}}}`,
		"no version":           `{"pk":{"S":"p"},"sk":{"S":"a"},"b":{"M":{}}}`,
		"fraction as version":  `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1.5"},"b":{"M":{}}}`,
		"no body":              `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"}}`,
		"text as body":         `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"S":"{}"}}`,
		"null within":          `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"M":{"x":{"NULL":true}}}}`,
		"set within":           `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"M":{"x":{"SS":["a"]}}}}`,
		"fraction within":      `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"b":{"M":{"x":{"L":[{"N":"0.5"}]}}}}`,
		"text as expiry":       `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"ttl":{"S":"1"},"b":{"M":{}}}`,
		"half an index entry":  `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"x1pk":{"S":"1"},"b":{"M":{}}}`,
		"binary in index keys": `{"pk":{"S":"p"},"sk":{"S":"a"},"v":{"N":"1"},"x2pk":{"S":"1"},"x2sk":{"B":"AA=="},"b":{"M":{}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scripted(t, answer(`{"Item":`+raw+`,"Items":[`+raw+`]}`))
			if _, err := s.Get(t.Context(), itemA().Key); err == nil {
				t.Error("Get = nil, want an error")
			}
			if _, err := s.Query(t.Context(), store.Query{Partition: "p"}); err == nil {
				t.Error("Query = nil, want an error")
			}
		})
	}
}
