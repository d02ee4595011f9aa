package tracker

import (
	"cmp"
	"context"
	"errors"
	"time"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	// attempts is how often a command that lost a race is loaded and decided
	// again before the caller is asked to.
	attempts = 10
	// asks is how often one transaction of unknown outcome is sent again.
	asks = 4
	// remember is how long an Idempotency-Key holds.
	remember = 30 * 24 * time.Hour
	// backOff is the wait after the first ask of unknown outcome, and the
	// shortest window after a lost race; both double.
	backOff = 5 * time.Millisecond
	// maxRaceWait bounds the wait after a lost race.
	maxRaceWait = 800 * time.Millisecond
)

// commit runs a command: decide loads, decides and says what to write; then
// one transaction writes it all with the aggregate's head, one journal item
// and the idempotency record. A lost race is loaded and decided again, so
// decide must rest on nothing but what it loads.
func (t *Tracker) commit(ctx context.Context, c Call, command string, decide func(*work) error) (Receipt, error) {
	for n := 1; ; n++ {
		began := t.now()
		receipt, err := t.attempt(ctx, c, command, decide)
		var lost *store.ConditionError
		if !errors.As(err, &lost) && !errors.Is(err, store.ErrContended) {
			return receipt, err
		}
		c.ahead = nil // what was read is past
		if n == attempts {
			return Receipt{}, fault.New(fault.Busy, "store.contended")
		}
		if err := t.sleep(ctx, t.raceWait(n, t.now().Sub(began))); err != nil {
			return Receipt{}, storeFault(err)
		}
	}
}

// raceWait is the wait after the n-th lost race, counted from 1, of an attempt
// that took so long. Those who lost the same race come back at different times,
// by the clock's finest digits, within a window that doubles: from what their
// attempts take, since so many can be served in it, up to maxRaceWait.
func (t *Tracker) raceWait(n int, took time.Duration) time.Duration {
	window := min(max(took, backOff)<<n, maxRaceWait)
	digits := uint64(t.now().UnixNano()) * 0x9e3779b97f4a7c15
	return window/8 + time.Duration(digits>>32)*(window-window/8)>>32
}

// attempt returns store errors that mean "again" as they are, and every other
// error as a fault.
func (t *Tracker) attempt(ctx context.Context, c Call, command string, decide func(*work) error) (Receipt, error) {
	now := t.now()
	c.ahead = t.fresh(c)
	w := &work{ctx: ctx, t: t, call: c, command: command, at: now, on: civil.BusinessDate(now), written: map[store.Key]bool{}}
	if err := decide(w); err != nil {
		var again *replay
		if errors.As(err, &again) {
			return t.receiptOf(ctx, again.record.Aggregate, again.record.Seq)
		}
		if torn, readErr := w.torn(err); readErr != nil || torn {
			return Receipt{}, cmp.Or(readErr, store.ErrContended)
		}
		return Receipt{}, err
	}
	if c.foreseen != nil {
		return Receipt{}, w.foresee(c.foreseen)
	}
	entry, sealed, err := w.seal()
	if err != nil {
		return Receipt{}, err
	}
	token, err := t.ids.New("t")
	if err != nil {
		return Receipt{}, fault.Wrap(err, "internal.error")
	}
	if err := t.transact(ctx, token, w, sealed); err != nil {
		return Receipt{}, err
	}
	t.committed(entry.Aggregate)
	return newReceipt(entry), nil
}

// seal adds what every command writes: head, journal item, idempotency record.
func (w *work) seal() (journal.Entry, string, error) {
	if len(w.events) == 0 || w.aggregate == "" {
		return journal.Entry{}, "", fault.Wrap(errors.New("tracker: "+w.command+" did nothing"), "internal.error")
	}
	entry := journal.Entry{
		Aggregate: w.aggregate, Seq: w.head.Seq + 1, At: stamp(w.at), On: w.on, Command: w.command,
		Actor:  journal.Actor{Person: string(w.call.Principal.Person), System: w.call.System},
		Origin: string(w.t.origin), Request: w.call.Request, Events: w.events, Prev: w.head.Hash,
	}
	text, hash, err := entry.Seal()
	if err != nil {
		return entry, "", fault.Wrap(err, "internal.error")
	}
	w.head.Seq, w.head.Hash = entry.Seq, hash
	if err := w.place(schema.HeadRecord(w.aggregate, w.head)); err != nil {
		return entry, "", err
	}
	record := schema.JournalRecord(entry, text, hash, w.programme)
	if w.t.outbox {
		record = schema.Undelivered(record, entry)
	}
	w.items[record.Key] = nil // absent, or another command wins the head first
	if err := w.place(record); err != nil {
		return entry, "", err
	}
	if w.call.Key == "" {
		return entry, hash, nil
	}
	return entry, hash, w.place(schema.IdempotencyRecord(w.call.Principal.Person, w.call.Key, schema.Idempotency{
		Fingerprint: w.call.Fingerprint, Status: 200, Aggregate: entry.Aggregate, Seq: entry.Seq,
	}, w.at.Add(remember).Unix()))
}

// transact sends the transaction, again with the same token while its outcome
// is unknown; if it stays so, the journal tells. Once an outcome was unknown,
// only a failed condition says that nothing was written: what others hold, or
// what is out of reach, may come after a write.
func (t *Tracker) transact(ctx context.Context, token string, w *work, hash string) error {
	var err error
	var lost *store.ConditionError
	unknown, wait := false, backOff
	for range asks {
		err = t.store.Transact(ctx, token, w.writes...)
		unknown = unknown || errors.Is(err, store.ErrUnknownOutcome)
		if err == nil || !unknown || errors.As(err, &lost) || t.sleep(ctx, wait) != nil {
			break
		}
		wait *= 2
	}
	if err == nil {
		return nil
	}
	if unknown {
		// A condition may have failed on what this very command wrote before.
		// Without an ask of unknown outcome it has written nothing: an entry
		// that says the same is a twin's.
		switch done, readErr := t.journaled(ctx, w.aggregate, w.head.Seq, hash); {
		case readErr == nil && done:
			return nil
		case readErr != nil, lost == nil:
			return storeFault(store.ErrUnknownOutcome)
		}
	}
	if lost != nil || errors.Is(err, store.ErrContended) {
		return err
	}
	return storeFault(err)
}

func (t *Tracker) journaled(ctx context.Context, aggregate string, seq int64, hash string) (bool, error) {
	items, err := t.store.Get(ctx, schema.JournalKey(aggregate, seq))
	if err != nil || items[0] == nil {
		return false, err
	}
	j, err := schema.Decode[schema.JournalText](*items[0], schema.TypeJournal)
	return err == nil && j.Hash == hash, err
}

// stamp writes an instant as the journal does: UTC, milliseconds.
func stamp(at time.Time) string { return at.UTC().Format(journal.AtLayout) }

// Receipt says what a command did, built from its journal item alone so that
// a replay is identical.
type Receipt struct {
	Aggregate string         `json:"aggregate"`
	Sequence  int64          `json:"sequence"`
	At        string         `json:"at"` // UTC, RFC 3339
	On        civil.Date     `json:"on"` // business date
	Command   string         `json:"command"`
	Things    []ReceiptThing `json:"things,omitempty"` // at most maxReceiptThings, else Counts alone
	Counts    map[string]int `json:"counts"`           // events by kind
	TakeBack  []string       `json:"takeBack,omitempty"`
}

// ReceiptThing is a thing that the command changed, with its new version.
type ReceiptThing struct {
	ID      string `json:"id"`
	Event   string `json:"event"`
	Version int64  `json:"version"`
}

const maxReceiptThings = 10

// takeBack names, for each event, the command that takes it back.
func takeBack(kind string) string {
	switch kind {
	case "milestone.submitted":
		return "withdraw"
	case "milestone.decided":
		return "reopen"
	case "award.submitted":
		return "takeBack"
	case "tranche.requested":
		return "takeBack"
	case "tranche.approved":
		return "withdrawApproval"
	case "payment.instructed":
		return "stop"
	case "payment.paid", "refund.recorded":
		return "reverse"
	case "extension.requested":
		return "withdraw"
	case "programme.changeProposed":
		return "dropChange"
	case "member.granted":
		return "revoke"
	}
	return ""
}

func newReceipt(e journal.Entry) Receipt {
	r := Receipt{Aggregate: e.Aggregate, Sequence: e.Seq, At: e.At, On: e.On, Command: e.Command, Counts: map[string]int{}}
	for _, ev := range e.Events {
		r.Counts[ev.Kind]++
		if len(ev.Changes) > 0 {
			r.Things = append(r.Things, ReceiptThing{ID: ev.Thing, Event: ev.Kind, Version: ev.Is})
		}
		if back := takeBack(ev.Kind); back != "" {
			r.TakeBack = append(r.TakeBack, back)
		}
	}
	if len(r.Things) > maxReceiptThings {
		r.Things = nil
	}
	return r
}

func (t *Tracker) receiptOf(ctx context.Context, aggregate string, seq int64) (Receipt, error) {
	e, err := t.entry(ctx, aggregate, seq)
	if err != nil {
		return Receipt{}, err
	}
	return newReceipt(e), nil
}

// entry reads one journal entry.
func (t *Tracker) entry(ctx context.Context, aggregate string, seq int64) (journal.Entry, error) {
	items, err := t.store.Get(ctx, schema.JournalKey(aggregate, seq))
	if err != nil {
		return journal.Entry{}, storeFault(err)
	}
	if items[0] == nil {
		return journal.Entry{}, errNotFound()
	}
	return openEntry(*items[0])
}

func openEntry(item store.Item) (journal.Entry, error) {
	j, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
	if err != nil {
		return journal.Entry{}, err
	}
	e, err := journal.Open(j.Text)
	if err != nil {
		return e, fault.Wrap(err, "item.unreadable", "item", item.String())
	}
	return e, nil
}
