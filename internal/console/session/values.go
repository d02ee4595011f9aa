package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Limits of what a session holds, in bytes. A session is read with every
// request.
const (
	MaxFlash  = 4 << 10
	MaxValue  = 8 << 10
	MaxValues = 32 << 10 // all values of a session
)

// Names of values.
const (
	issuerValue   = "issuer"
	subjectValue  = "subject"
	flashValue    = "flash"
	pendingPrefix = "pending."
)

// ErrTooLarge says that a session cannot hold a value.
var ErrTooLarge = errors.New("session: too large")

var errOutside = errors.New("session: used outside of Wrap")

// Flash keeps a message for the next page, in place of one that was not taken
// yet: anything that encoding/json can write in MaxFlash bytes.
func (s *Sessions) Flash(ctx context.Context, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("session: flash: %w", err)
	}
	return s.put(ctx, flashValue, string(text), MaxFlash)
}

// Take takes the message out of the session, into what v points to, and
// reports whether there was one that fits.
func (s *Sessions) Take(ctx context.Context, v any) bool {
	if _, ok := from(ctx); !ok {
		return false
	}
	text := s.manager.GetString(ctx, flashValue)
	if text == "" {
		return false
	}
	s.manager.Remove(ctx, flashValue)
	return json.Unmarshal([]byte(text), v) == nil
}

// put changes a session only where the value is another: every change is a
// write.
func (s *Sessions) put(ctx context.Context, name, value string, most int) error {
	if _, ok := from(ctx); !ok {
		return errOutside
	}
	if len(value) > most {
		return fmt.Errorf("%w: %s has %d bytes, at most %d", ErrTooLarge, name, len(value), most)
	}
	size := len(name) + len(value)
	for _, other := range s.manager.Keys(ctx) {
		if other != name {
			size += len(other) + len(s.manager.GetString(ctx, other))
		}
	}
	if size > MaxValues {
		return fmt.Errorf("%w: with %s it would hold %d bytes, at most %d", ErrTooLarge, name, size, MaxValues)
	}
	if s.manager.Exists(ctx, name) && s.manager.GetString(ctx, name) == value {
		return nil
	}
	s.manager.Put(ctx, name, value)
	return nil
}
