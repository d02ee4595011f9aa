package relay

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"milepost/internal/schema"
	"milepost/internal/store"
)

// SubscriberStatus is how far one subscriber has come.
type SubscriberStatus struct {
	Subscriber string `json:"subscriber"`
	// Waiting counts the entries that it has not had, those of parked
	// aggregates aside; Oldest is when the first of them was recorded, Lag how
	// long ago that is.
	Waiting int           `json:"waiting"`
	Oldest  string        `json:"oldest,omitempty"`
	Lag     time.Duration `json:"lagNanos"`
	Through string        `json:"through,omitempty"` // see schema.Followed
	Parked  []ParkedAt    `json:"parked"`
}

// ParkedAt is an aggregate of which a subscriber refuses an entry.
type ParkedAt struct {
	Aggregate string `json:"aggregate"`
	Seq       int64  `json:"seq"` // of the entry refused
	Since     string `json:"since"`
	Tries     int    `json:"tries"`
	Code      string `json:"code,omitempty"`
	Detail    string `json:"detail"`
}

// Status tells of each subscriber what it has not had yet, and what it
// refuses.
func (r *Relay) Status(ctx context.Context) ([]SubscriberStatus, error) {
	found, err := r.outbox(ctx, maxScan)
	if err != nil {
		return nil, err
	}
	out := make([]SubscriberStatus, len(r.subs))
	for i, s := range r.subs {
		st := SubscriberStatus{Subscriber: s.Name()}
		if st.Parked, err = r.parked(ctx, s.Name()); err != nil {
			return nil, err
		}
		if st.Waiting, st.Oldest, err = r.behind(ctx, s, found); err != nil {
			return nil, err
		}
		if at, err := time.Parse(time.RFC3339, st.Oldest); err == nil {
			st.Lag = r.now().Sub(at)
		}
		followed, _, err := stored[schema.Followed](ctx, r.store, schema.FollowedKey(s.Name()), schema.TypeFollowed)
		if err != nil {
			return nil, err
		}
		st.Through = followed.Through
		out[i] = st
	}
	return out, nil
}

// behind counts the entries of the outbox that a subscriber has not had, and
// tells when the oldest was recorded.
func (r *Relay) behind(ctx context.Context, s Subscription, found map[string][]waiting) (int, string, error) {
	var followed []string
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if s.Follows(id) {
			followed = append(followed, id)
		}
	}
	count, oldest := 0, ""
	for chunk := range slices.Chunk(followed, store.MaxGet) {
		keys := make([]store.Key, len(chunk))
		for i, id := range chunk {
			keys[i] = schema.PositionKey(s.Name(), id)
		}
		items, err := r.store.Get(ctx, keys...)
		if err != nil {
			return 0, "", err
		}
		for i, id := range chunk {
			var p schema.Position
			if items[i] != nil {
				if p, err = schema.Decode[schema.Position](*items[i], schema.TypePosition); err != nil {
					return 0, "", err
				}
			}
			if p.Parked != "" {
				continue
			}
			for _, w := range found[id] {
				if w.seq <= p.Seq {
					continue
				}
				if count++; oldest == "" || w.at < oldest {
					oldest = w.at
				}
			}
		}
	}
	return count, oldest, nil
}

func (r *Relay) parked(ctx context.Context, subscriber string) ([]ParkedAt, error) {
	out := []ParkedAt{}
	q := store.IndexQuery{Index: store.Work, Partition: schema.Parked(subscriber)}
	for {
		page, err := r.store.QueryIndex(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			p, _, err := stored[schema.Position](ctx, r.store, e.Item, schema.TypePosition)
			if err != nil {
				return nil, err
			}
			if p.Parked != "" {
				out = append(out, ParkedAt{p.Aggregate, p.Seq + 1, p.Parked, p.Tries, p.Error, p.Detail})
			}
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	slices.SortFunc(out, func(a, b ParkedAt) int {
		return cmp.Or(strings.Compare(a.Since, b.Since), strings.Compare(a.Aggregate, b.Aggregate))
	})
	return out, nil
}
