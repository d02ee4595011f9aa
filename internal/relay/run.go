package relay

import (
	"context"
	"time"
)

// Bell takes wake-ups from the commit path and hands them to Run. It never
// waits: what does not fit is found in the outbox.
type Bell struct{ woken chan string }

// NewBell returns a bell that holds so many wake-ups.
func NewBell(size int) *Bell { return &Bell{woken: make(chan string, size)} }

// Ring says that something was journaled on an aggregate.
func (b *Bell) Ring(aggregate string) {
	select {
	case b.woken <- aggregate:
	default:
	}
}

// Wakes is what Run listens to.
func (b *Bell) Wakes() <-chan string { return b.woken }

// maxBatch is how many wake-ups are delivered together.
const maxBatch = 256

// Run delivers what it is woken for, and at the start and every so often what
// stands in the outbox, until ctx ends.
func (r *Relay) Run(ctx context.Context, wake <-chan string) {
	for ctx.Err() == nil {
		if err := r.Scan(ctx); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "relay scan", "error", err.Error())
		}
		timer := time.NewTimer(r.every)
		r.listen(ctx, wake, timer.C)
		timer.Stop()
	}
}

// listen delivers wake-ups until it is time to scan.
func (r *Relay) listen(ctx context.Context, wake <-chan string, scan <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-scan:
			return
		case first, ok := <-wake:
			if !ok {
				wake = nil
				continue
			}
			rest(ctx)
			batch := gather(first, wake)
			for i, err := range r.Deliver(ctx, batch...) {
				if err != nil && ctx.Err() == nil {
					r.log.WarnContext(ctx, "not delivered", "aggregate", batch[i], "error", err.Error())
				}
			}
		}
	}
}

// gatherFor is how long a wake-up waits for others, of which those on the same
// aggregate are delivered with it. Without it the relay writes once for each
// command of a busy server, and its commits take turns with theirs.
const gatherFor = 100 * time.Millisecond

func rest(ctx context.Context) {
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// gather takes what else has come.
func gather(first string, wake <-chan string) []string {
	batch, seen := []string{first}, map[string]bool{first: true}
	for range maxBatch {
		select {
		case next, ok := <-wake:
			if !ok {
				return batch
			}
			if !seen[next] {
				seen[next] = true
				batch = append(batch, next)
			}
		default:
			return batch
		}
	}
	return batch
}
