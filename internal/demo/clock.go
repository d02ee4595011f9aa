package demo

import (
	"sync"
	"time"

	"milepost/internal/civil"
)

// Clock tells the real time, except while a story is told: then it stands
// where it was set. It is safe for concurrent use.
type Clock struct {
	now func() time.Time // the real time
	mu  sync.Mutex
	at  time.Time // zero: the real time
}

// NewClock returns a clock that tells the real time.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now is the time that the clock tells.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return c.now()
	}
	return c.at
}

// Set stops the clock at a time of a business date in Shanghai.
func (c *Clock) Set(d civil.Date, sinceMidnight time.Duration) {
	y, m, day := d.Time().Date()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Date(y, m, day, 0, 0, 0, 0, civil.Shanghai).Add(sinceMidnight)
}

// Release lets the clock tell the real time again.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Time{}
}
