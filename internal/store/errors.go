package store

import (
	"errors"
	"fmt"
)

// ErrContended says that others kept changing the same items; nothing was
// written and the same call may be tried again.
var ErrContended = errors.New("store: contended")

// ErrUnknownOutcome says that the commit may or may not have happened.
var ErrUnknownOutcome = errors.New("store: unknown outcome")

// ErrUnavailable says that the store could not be reached, or gave no answer to
// a read; nothing was written and the same call may be tried again.
var ErrUnavailable = errors.New("store: unavailable")

// ErrTokenReused says that the token names a transaction of other content;
// nothing was written.
var ErrTokenReused = errors.New("store: token reused with other content")

// ConditionError says that conditions failed; nothing was written. Failed has
// at least one entry, and holds every failed operation that the adapter knows.
type ConditionError struct{ Failed []FailedOp }

// FailedOp is an operation whose condition failed, by its place in the call,
// with the item now stored (nil for none).
type FailedOp struct {
	Op      int
	Key     Key
	Current *Item
}

// Error names the first failed operation.
func (e *ConditionError) Error() string {
	f := e.Failed[0]
	return fmt.Sprintf("store: condition failed on op %d (%s), %d in all", f.Op, f.Key, len(e.Failed))
}

// On returns the failed operation on a key, if there is one.
func (e *ConditionError) On(key Key) (FailedOp, bool) {
	for _, f := range e.Failed {
		if f.Key == key {
			return f, true
		}
	}
	return FailedOp{}, false
}

// LimitError says that a call is refused before it reaches the adapter.
type LimitError struct {
	What string // which limit, such as "item bytes"
	Key  Key    // zero where the call as a whole is meant
	Got  int64
	Max  int64
}

// Error names the limit, the item and both numbers.
func (e *LimitError) Error() string {
	return fmt.Sprintf("store: %s of %s: %d, at most %d", e.What, e.Key, e.Got, e.Max)
}
