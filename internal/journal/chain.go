package journal

import (
	"milepost/internal/fault"
)

// Head is where an aggregate's chain ends: the sequence and hash of its last
// entry; zero before the first. The aggregate's head item keeps it.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash,omitempty"`
}

// Next returns the head and the entry after h that text is. Faults:
// journal.entry.unreadable, journal.chain.otherAggregate, journal.chain.gap
// (another sequence than the next), and journal.chain.broken, which names the
// entry before: its text is not the one that this entry was chained to.
func (h Head) Next(aggregate, text string) (Head, Entry, error) {
	e, err := Open(text)
	switch {
	case err != nil:
		return h, Entry{}, fault.Wrap(err, "journal.entry.unreadable", "aggregate", aggregate, "seq", h.Seq+1)
	case e.Aggregate != aggregate:
		return h, Entry{}, fault.New(fault.Internal, "journal.chain.otherAggregate", "aggregate", aggregate, "seq", e.Seq, "other", e.Aggregate)
	case e.Seq != h.Seq+1:
		return h, Entry{}, fault.New(fault.Internal, "journal.chain.gap", "aggregate", aggregate, "seq", h.Seq+1, "found", e.Seq)
	case e.Prev != h.Hash:
		return h, Entry{}, fault.New(fault.Internal, "journal.chain.broken", "aggregate", aggregate, "seq", h.Seq)
	}
	return Head{Seq: e.Seq, Hash: Hash(text)}, e, nil
}
