package trackertest

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"sync"
	"time"

	"milepost/internal/civil"
)

// Clock is a clock that stands still until it is set. It is safe for
// concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock returns a clock that stands at 09:00 in Shanghai on a date.
func NewClock(on civil.Date) *Clock {
	c := &Clock{}
	c.Set(on)
	return c
}

// Now returns the instant at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set puts the clock to 09:00 in Shanghai on a date.
func (c *Clock) Set(on civil.Date) { c.SetTime(on.Time().Add(time.Hour)) }

// SetTime puts the clock to an instant.
func (c *Clock) SetTime(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.SetTime(c.Now().Add(d)) }

// NewEntropy returns bytes that look random and follow from the seed.
func NewEntropy(seed string) io.Reader { return &entropy{seed: []byte(seed)} }

type entropy struct {
	mu    sync.Mutex
	seed  []byte
	block uint64
	left  []byte
}

// Read fills p.
func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for n := 0; n < len(p); {
		if len(e.left) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(e.seed, e.block))
			e.block++
			e.left = sum[:]
		}
		took := copy(p[n:], e.left)
		e.left, n = e.left[took:], n+took
	}
	return len(p), nil
}
