package tracker_test

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// check says everything in which what was told and what is stored differ.
func (s *storm) check() []string {
	s.t.Helper()
	entries := s.journaled()
	for command, sends := range s.byCommand() {
		s.checkCommand(command, sends, entries)
	}
	report, err := tracker.Verify(s.o.Ctx, tracker.VerifyOptions{Store: s.o.Store.(walkable), Blobs: s.o.Blobs})
	if err != nil {
		s.t.Fatal(err)
	}
	if report.Wrong != nil {
		s.add("verify: %v", report.Wrong)
	}
	return s.wrong
}

func (s *storm) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// journaled are the entries of all journals by the request that made them.
func (s *storm) journaled() map[string][]journal.Entry {
	entries := map[string][]journal.Entry{}
	err := s.o.Store.(walkable).Walk(s.o.Ctx, 0, 1, nil, func(i store.Item) error {
		if kind, _ := schema.TypeOf(i); kind != schema.TypeJournal {
			return nil
		}
		j, err := schema.Decode[schema.JournalText](i, schema.TypeJournal)
		if err != nil {
			return err
		}
		e, err := journal.Open(j.Text)
		entries[e.Request] = append(entries[e.Request], e)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return entries
}

func (s *storm) byCommand() map[string][]told {
	out := map[string][]told{}
	for _, now := range s.told {
		out[now.command] = append(out[now.command], now)
	}
	return out
}

// checkCommand holds all sends of one command against what they left behind.
func (s *storm) checkCommand(command string, sends []told, entries map[string][]journal.Entry) {
	var left []journal.Entry
	for _, now := range sends {
		own := entries[now.call.Request]
		if code := fault.CodeOf(now.err); now.err != nil && code != "store.unknownOutcome" && code != "request.cancelled" && len(own) > 0 {
			s.add("told that nothing was saved, and done: %s, %s: %v", now.call.Request, now.step, now.err)
		}
		left = append(left, own...)
	}
	last := sends[len(sends)-1]
	what := fmt.Sprintf("%s, %s, key %q, told %v", command, last.step, last.call.Key, last.err)
	switch {
	case len(left) > 1:
		s.add("doubled: %s: %d entries", what, len(left))
	case last.err == nil && len(left) == 0:
		s.add("lost: %s: no entry", what)
	case last.err == nil && (left[0].Aggregate != last.receipt.Aggregate || left[0].Seq != last.receipt.Sequence):
		s.add("misled: %s: entry %s/%d, receipt of %s/%d", what, left[0].Aggregate, left[0].Seq, last.receipt.Aggregate, last.receipt.Sequence)
	case last.err != nil && fault.KindOf(last.err) != fault.Busy && len(left) > 0:
		s.add("refused, and done: %s", what)
	case last.err == nil && last.call.Key != "":
		s.replay(what, last)
	}
}

// replay sends a command that was acknowledged again: the answer is the same.
func (s *storm) replay(what string, last told) {
	m := s.awards[0].M("M1")
	ctx, tally := store.WithTally(context.WithoutCancel(s.o.Ctx))
	again, err := s.o.Tracker.StartMilestone(ctx, last.call, m) // the key tells, not the command
	if diff := cmp.Diff(last.receipt, again, cmpopts.EquateComparable(civil.Date{})); err != nil || diff != "" || tally.ItemsWritten != 0 {
		s.add("replayed: %s: %v, %d items written, receipts (-first +again):\n%s", what, err, tally.ItemsWritten, diff)
	}
}
