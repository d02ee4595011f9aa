package exchange

import (
	"context"
	"time"

	"milepost/internal/fault"
)

const (
	// maxReading is how many imports a Gate lets be read at a time.
	maxReading = 2
	// readingPatience is how long others wait for one to end.
	readingPatience = 20 * time.Second
)

// Gate bounds how many imports are read at a time: a workbook takes many times
// its size in memory. Whoever enters has the files already, so that nobody
// waits for the network of somebody else.
type Gate struct {
	slots    chan struct{}
	patience time.Duration
}

// NewGate returns a gate through which nobody has gone yet.
func NewGate() *Gate { return newGate(maxReading, readingPatience) }

func newGate(slots int, patience time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, slots), patience: patience}
}

// Enter waits for a turn, which leave ends. It fails with import.busy where
// none comes soon, or ctx ends.
func (g *Gate) Enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, g.patience)
	defer cancel()
	select {
	case g.slots <- struct{}{}:
		return func() { <-g.slots }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Busy, "import.busy")
	}
}
