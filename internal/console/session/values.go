package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Limits of what a session holds, in bytes. A session is read with every
// request.
const (
	MaxFlash  = 4 << 10
	MaxValue  = 8 << 10
	MaxValues = 32 << 10 // all values of a session
	MaxName   = 64       // of a value
)

// Names of values. Those of callers have a prefix.
const (
	issuerValue   = "issuer"
	subjectValue  = "subject"
	flashValue    = "flash"
	pendingPrefix = "pending."
	valuePrefix   = "v."
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

// Put keeps a value of at most MaxValue bytes under a name: ASCII letters,
// digits, '.', '-' and '_', at most MaxName. Bytes that are no UTF-8 are
// replaced. It is gone with the session.
func (s *Sessions) Put(ctx context.Context, name, value string) error {
	if !validName(name) {
		return fmt.Errorf("session: %q is no name of a value", name)
	}
	return s.put(ctx, valuePrefix+name, strings.ToValidUTF8(value, "\uFFFD"), MaxValue)
}

// Get returns a value, "" where there is none.
func (s *Sessions) Get(ctx context.Context, name string) string {
	if _, ok := from(ctx); !ok {
		return ""
	}
	return s.manager.GetString(ctx, valuePrefix+name)
}

// Remove removes a value.
func (s *Sessions) Remove(ctx context.Context, name string) {
	if _, ok := from(ctx); ok {
		s.manager.Remove(ctx, valuePrefix+name)
	}
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

func validName(name string) bool {
	if name == "" || len(name) > MaxName {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
			return false
		}
		return true
	})
}
