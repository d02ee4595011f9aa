package journal

import (
	"maps"
	"slices"

	"milepost/internal/fault"
)

// Replay folds entries into the bodies of the things that they are about. The
// zero Replay has seen nothing.
type Replay struct {
	things map[string]thing
}

type thing struct {
	version int64
	body    []byte // nil once removed
}

// Add makes the changes of an entry's events, all or none. An event that does
// not start at its thing's version is refused (journal.replay.version), a
// change that does not fit as by Apply; the cause is wrapped in
// journal.replay.mismatch, which names entry and thing.
func (r *Replay) Add(e Entry) error {
	changed := map[string]thing{}
	for _, event := range e.Events {
		before := r.things[event.Thing]
		t, again := changed[event.Thing]
		if !again {
			t = before
		}
		if event.Was != before.version || again && event.Is != t.version {
			return fault.New(fault.Internal, "journal.replay.version", "aggregate", e.Aggregate, "seq", e.Seq, "thing", event.Thing)
		}
		body, err := Apply(t.body, event.Changes)
		if err != nil {
			return fault.Wrap(err, "journal.replay.mismatch", "aggregate", e.Aggregate, "seq", e.Seq, "thing", event.Thing)
		}
		changed[event.Thing] = thing{event.Is, body}
	}
	if r.things == nil {
		r.things = map[string]thing{}
	}
	maps.Copy(r.things, changed)
	return nil
}

// Things lists the things that have a body, in order.
func (r *Replay) Things() []string {
	var out []string
	for id, t := range r.things {
		if t.body != nil {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Thing returns a thing's canonical body and its version. The body is nil
// where it was removed or never was, the version 0 where it never was.
func (r *Replay) Thing(id string) (body []byte, version int64) {
	t := r.things[id]
	return slices.Clone(t.body), t.version
}
