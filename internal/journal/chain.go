package journal

import (
	"iter"

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

// Verify reads the texts of an aggregate's entries in order and returns the
// first fault of Next, or that the chain does not end at head: with
// journal.chain.cut where entries are missing at the end, journal.chain.broken
// where the last one differs. An error from texts comes back as it is.
func Verify(aggregate string, head Head, texts iter.Seq2[string, error]) error {
	var at Head
	for text, err := range texts {
		if err != nil {
			return err
		}
		if at, _, err = at.Next(aggregate, text); err != nil {
			return err
		}
	}
	switch {
	case at.Seq != head.Seq:
		return fault.New(fault.Internal, "journal.chain.cut", "aggregate", aggregate, "seq", head.Seq, "found", at.Seq)
	case at.Hash != head.Hash:
		return fault.New(fault.Internal, "journal.chain.broken", "aggregate", aggregate, "seq", at.Seq)
	}
	return nil
}
