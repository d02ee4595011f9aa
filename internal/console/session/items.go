package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// errGone says that a session was ended while a request was under way. It does
// not come back.
var errGone = errors.New("session: ended meanwhile")

const (
	attempts = 8  // tries of a write whose outcome is not known
	rounds   = 24 // tries of a change that others were faster than: each round, one of them was done
)

// items keeps sessions as items of the store: what scs wants of a store, and
// the limits of time, on our clock.
type items struct {
	store     store.Store
	now       func() time.Time
	ids       *ident.Source
	log       *slog.Logger
	idle, max time.Duration
}

func newItems(o Options) *items {
	return &items{store: o.Store, now: o.Now, ids: ident.NewSource(o.Now, o.Entropy), log: o.Logger, idle: o.Idle, max: o.Max}
}

// found is what a request found in the store.
type found struct {
	hash    string            // of the token
	version int64             // of the item; 0: there is none
	session schema.Session    // as read, or as written since
	known   map[string]string // the values of which this request started from
	lapsed  bool              // the token names no session, or one that is over
	renewed bool              // the deletion must find the session, so that it is used once
}

func foundIn(ctx context.Context) *found {
	if c, ok := from(ctx); ok {
		return c.found
	}
	return &found{}
}

// over reports whether a session has ended.
func (t *items) over(s schema.Session, now time.Time) bool {
	return now.Unix() >= t.ends(s)
}

// ends is when a session ends if it is not used any more.
func (t *items) ends(s schema.Session) int64 {
	life := t.max
	if s.Values[subjectValue] == "" {
		life = preSession
	}
	return min(s.Begun+seconds(life), s.Seen+seconds(t.idle))
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// FindCtx reads a session: one read of the store.
func (t *items) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	f := foundIn(ctx)
	read, err := t.store.Get(ctx, schema.SessionKey(hash))
	if err != nil {
		return nil, false, fmt.Errorf("session: %w", err)
	}
	if read[0] == nil {
		f.lapsed = true
		return nil, false, nil
	}
	s, err := schema.Decode[schema.Session](*read[0], schema.TypeSession)
	if err != nil { // of another version, say: signing in again is all that helps
		t.log.ErrorContext(ctx, "session not readable", "error", err.Error())
		f.lapsed = true
		return nil, false, nil
	}
	if t.over(s, t.now()) {
		f.lapsed = true
		return nil, false, nil
	}
	f.hash, f.version, f.session, f.known = hash, read[0].Version, s, s.Values
	b, err := json.Marshal(s.Values)
	return b, true, err
}

// CommitCtx writes a session. A new one must not be there yet; one that was
// found must still be: a session that was ended meanwhile stays so (errGone),
// and what other requests changed in it meanwhile is kept.
func (t *items) CommitCtx(ctx context.Context, hash string, b []byte, _ time.Time) error {
	var values map[string]string
	if err := json.Unmarshal(b, &values); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	f := foundIn(ctx)
	now := t.now().Unix()
	if f.version == 0 || f.hash != hash {
		err := t.write(ctx, f, hash, 0, schema.Session{Begun: now, Seen: now, Values: values})
		f.known = values
		return err
	}
	current, version := f.session, f.version
	for range rounds {
		next := schema.Session{Begun: current.Begun, Seen: max(now, current.Seen), Values: merged(f.known, values, current.Values)}
		err := t.write(ctx, f, hash, version, next)
		failed, ok := errors.AsType[*store.ConditionError](err)
		if !ok {
			f.known = values
			return err
		}
		other := failed.Failed[0].Current
		if other == nil {
			return errGone
		}
		if current, err = schema.Decode[schema.Session](*other, schema.TypeSession); err != nil {
			return err
		}
		version = other.Version
	}
	return fmt.Errorf("session: %w", store.ErrContended)
}

// merged is what others made of values, with the changes of this request.
func merged(read, mine, others map[string]string) map[string]string {
	out := maps.Clone(others)
	if out == nil {
		out = map[string]string{}
	}
	for name, value := range mine {
		if was, ok := read[name]; !ok || was != value {
			out[name] = value
		}
	}
	for name := range read {
		if _, ok := mine[name]; !ok {
			delete(out, name)
		}
	}
	return out
}

// write writes version+1 of a session, of which version is there (0: none),
// and notes it as found.
func (t *items) write(ctx context.Context, f *found, hash string, version int64, s schema.Session) error {
	mark, err := t.ids.New("s")
	if err != nil {
		return err
	}
	s.Mark = mark
	item, err := schema.SessionRecord(hash, s, t.ends(s)).Item(version + 1)
	if err != nil {
		return err
	}
	condition := store.Absent
	if version > 0 {
		condition = store.VersionIs(version)
	}
	err = t.transact(ctx, mark, store.PutOp(item, condition))
	if failed, ok := errors.AsType[*store.ConditionError](err); ok && isMarked(failed.Failed[0].Current, mark) {
		err = nil // an answer was lost, and the write was repeated
	}
	if err == nil {
		f.hash, f.version, f.session = hash, item.Version, s
	}
	return err
}

func isMarked(item *store.Item, mark string) bool {
	if item == nil {
		return false
	}
	s, err := schema.Decode[schema.Session](*item, schema.TypeSession)
	return err == nil && s.Mark == mark
}

// transact repeats a write whose outcome is not known.
func (t *items) transact(ctx context.Context, token string, op store.Op) (err error) {
	for range attempts {
		err = t.store.Transact(ctx, token, op)
		if !errors.Is(err, store.ErrUnknownOutcome) && !errors.Is(err, store.ErrContended) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// touch records that a session is in use, if that is not known yet. Where
// others write it meanwhile, they record it.
func (t *items) touch(ctx context.Context, f *found) error {
	now := t.now().Unix()
	every := min(seconds(touchEvery), seconds(t.idle)/6)
	if f.version == 0 || now-f.session.Seen < every {
		return nil
	}
	s := f.session
	s.Seen = now
	err := t.write(ctx, f, f.hash, f.version, s)
	if _, ok := errors.AsType[*store.ConditionError](err); ok {
		return nil
	}
	return err
}

// DeleteCtx ends a session. Where it is being renewed, it must still be there:
// of two requests that turn one session into another, one does.
func (t *items) DeleteCtx(ctx context.Context, hash string) error {
	token, err := t.ids.New("s")
	if err != nil {
		return err
	}
	f := foundIn(ctx)
	condition := store.Anything
	if f.renewed {
		condition = store.Present
	}
	unknown := false
	for range attempts {
		err = t.store.Transact(ctx, token, store.DeleteOp(schema.SessionKey(hash), condition))
		unknown = unknown || errors.Is(err, store.ErrUnknownOutcome)
		if !errors.Is(err, store.ErrUnknownOutcome) && !errors.Is(err, store.ErrContended) || ctx.Err() != nil {
			break
		}
	}
	if _, ok := errors.AsType[*store.ConditionError](err); ok {
		if err = errGone; unknown {
			err = nil // it was this very deletion whose answer was lost
		}
	}
	if err == nil {
		f.version = 0
	}
	return err
}

// Find, Commit and Delete are what scs asks for where it has no context; it
// never does here.
func (t *items) Find(hash string) ([]byte, bool, error) { return t.FindCtx(context.Background(), hash) }

// Commit is CommitCtx.
func (t *items) Commit(hash string, b []byte, expiry time.Time) error {
	return t.CommitCtx(context.Background(), hash, b, expiry)
}

// Delete is DeleteCtx.
func (t *items) Delete(hash string) error { return t.DeleteCtx(context.Background(), hash) }

// codec writes the values of a session, which are all texts. The deadline that
// scs counts by its own clock is left out: items knows when a session ends.
type codec struct{}

// Encode returns the values as JSON.
func (codec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	out := make(map[string]string, len(values))
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("session: %s is a %T", name, value)
		}
		out[name] = text
	}
	return json.Marshal(out)
}

// Decode is the way back.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		return time.Time{}, nil, fmt.Errorf("session: %w", err)
	}
	values := make(map[string]any, len(texts))
	for name, text := range texts {
		values[name] = text
	}
	return time.Time{}, values, nil
}
