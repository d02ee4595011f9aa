package tracker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/ledger"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// work is one attempt at one command: what it read, and what it will write.
// Everything that a decision rests on is either written under the version
// read or checked at it.
type work struct {
	ctx       context.Context
	t         *Tracker
	call      Call
	command   string
	at        time.Time
	on        civil.Date
	aggregate string
	programme ident.Programme // lists the journal entry; may be empty
	head      schema.Head
	items     map[store.Key]*store.Item // as read; nil where absent
	minted    map[string]bool           // ids made by this attempt: what is theirs is absent without a look
	writes    []store.Op
	written   map[store.Key]bool
	events    []journal.Event
}

// replay says that the caller's key has had its effect before.
type replay struct{ record schema.Idempotency }

func (*replay) Error() string { return "tracker: replay" }

// load reads items that were not read before, in as few gets as the port
// allows. The first load of a command with a key looks that up too.
func (w *work) load(keys ...store.Key) error {
	first := w.items == nil
	if first {
		w.items = map[store.Key]*store.Item{}
		if w.call.Key != "" {
			keys = append(keys, w.idempotencyKey())
		}
	}
	missing := make([]store.Key, 0, len(keys))
	for _, k := range keys {
		if _, seen := w.items[k]; !seen {
			item, known := w.call.ahead[k]
			w.items[k] = item
			if !known && !w.unborn(k) {
				missing = append(missing, k)
			}
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), store.MaxGet)
		items, err := w.t.store.Get(w.ctx, missing[:n]...)
		if err != nil {
			return storeFault(err)
		}
		for i, item := range items {
			w.items[missing[i]] = item
		}
		missing = missing[n:]
	}
	if first && w.call.Key != "" {
		return w.replayed()
	}
	return nil
}

// unborn reports whether a key is that of something which this attempt makes.
func (w *work) unborn(k store.Key) bool {
	if w.minted[k.PK] {
		return true
	}
	for part := range strings.SplitSeq(k.SK, "#") {
		if w.minted[part] {
			return true
		}
	}
	return false
}

// torn reports whether a refusal may rest on what never stood together: what
// was read in several looks, or in one of several keys, is no snapshot, and
// nothing that a refusal rests on is checked by a transaction. Where every item
// is still as read, all of them stood together in between.
func (w *work) torn(refusal error) (bool, error) {
	f, ok := errors.AsType[*fault.Error](refusal)
	if !ok {
		return false, nil
	}
	switch f.Kind {
	case fault.Conflict, fault.Invalid, fault.Forbidden:
	case fault.Internal:
		if f.Cause != nil { // what was read does not contradict itself: something failed
			return false, nil
		}
	default:
		return false, nil
	}
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(w.items)), w.unborn)
	for chunk := range slices.Chunk(keys, store.MaxGet) {
		items, err := w.t.store.Get(w.ctx, chunk...)
		if err != nil {
			return false, storeFault(err)
		}
		for i, item := range items {
			if item == nil != (w.items[chunk[i]] == nil) || item != nil && item.Version != w.version(chunk[i]) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (w *work) idempotencyKey() store.Key {
	return schema.IdempotencyKey(w.call.Principal.Person, w.call.Key)
}

func (w *work) replayed() error {
	item := w.items[w.idempotencyKey()]
	if item == nil || item.Expires <= w.at.Unix() {
		return nil
	}
	record, err := schema.Decode[schema.Idempotency](*item, schema.TypeIdempotency)
	if err != nil {
		return err
	}
	if record.Fingerprint != w.call.Fingerprint {
		return fault.New(fault.Invalid, "idempotency.reused")
	}
	return &replay{record}
}

// find returns the thing under a key, which it loads if need be; false where
// it is absent.
func find[T any](w *work, key store.Key, kind string) (T, bool, error) {
	var none T
	if err := w.load(key); err != nil {
		return none, false, err
	}
	item := w.items[key]
	if item == nil {
		return none, false, nil
	}
	v, err := schema.Decode[T](*item, kind)
	return v, err == nil, err
}

// must is find where absence is the caller's mistake: 404.
func must[T any](w *work, key store.Key, kind string) (T, error) {
	v, ok, err := find[T](w, key, kind)
	if err == nil && !ok {
		err = errNotFound()
	}
	return v, err
}

// begin makes the command one of an aggregate, whose head it loads beside
// other keys. The head is absent where the aggregate is being created.
func (w *work) begin(aggregate string, keys ...store.Key) error {
	w.aggregate = aggregate
	if err := w.load(append(keys, schema.HeadKey(aggregate))...); err != nil {
		return err
	}
	head, _, err := find[schema.Head](w, schema.HeadKey(aggregate), schema.TypeHead)
	w.head = head
	return err
}

// create begins a command that makes a new aggregate with an id of a prefix.
func (w *work) create(prefix string) (string, error) {
	id, err := w.id(prefix)
	if err != nil {
		return "", err
	}
	return id, w.begin(id)
}

// id makes an id for a part of the aggregate.
func (w *work) id(prefix string) (string, error) {
	id, err := w.t.ids.New(prefix)
	if err != nil {
		return "", fault.Wrap(err, "internal.error")
	}
	if w.minted == nil {
		w.minted = map[string]bool{}
	}
	w.minted[id] = true
	return id, nil
}

// version is the version of an item as read, 0 where absent.
func (w *work) version(key store.Key) int64 {
	if item := w.items[key]; item != nil {
		return item.Version
	}
	return 0
}

// match holds the caller's If-Match against the thing under a key.
func (w *work) match(key store.Key) error { return w.matches(w.version(key)) }

// matchHead holds the caller's If-Match against the aggregate's sequence.
func (w *work) matchHead() error { return w.matches(w.head.Seq) }

func (w *work) matches(current int64) error {
	if w.call.IfMatch == nil || *w.call.IfMatch == current {
		return nil
	}
	return fault.New(fault.PreconditionFailed, "precondition.failed", "current", current)
}

// require asks access whether the caller may do this here.
func (w *work) require(a access.Action, r access.Resource) error {
	if w.call.System != "" {
		return nil
	}
	return w.t.authority.Require(w.call.Principal, a, r)
}

// put writes a thing and journals how it changed as an event of a kind; data,
// which may be nil, says what the change itself does not, such as a reason.
// thing is its name in the journal.
func (w *work) put(thing string, r schema.Record, kind string, data any) error {
	if err := w.load(r.Key); err != nil {
		return err
	}
	before, err := schema.Value(w.items[r.Key])
	if err != nil {
		return err
	}
	after, err := schema.Canonical(r.Value)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	changes, err := journal.Diff(before, after)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	was := w.version(r.Key)
	if err := w.place(r); err != nil {
		return err
	}
	return w.event(journal.Event{Kind: kind, Thing: thing, Was: was, Is: was + 1, Changes: changes}, data)
}

// place writes an item that the journal does not tell of, since it follows
// from others: names, unique values, memberships beside their member.
func (w *work) place(r schema.Record) error {
	if w.written[r.Key] {
		return fault.Wrap(fmt.Errorf("tracker: %s written twice", r.Key), "internal.error")
	}
	if err := w.load(r.Key); err != nil {
		return err
	}
	was, condition := w.version(r.Key), store.Absent
	if was > 0 {
		condition = store.VersionIs(was)
	}
	item, err := r.Item(was + 1)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	w.written[r.Key] = true
	w.writes = append(w.writes, store.PutOp(item, condition))
	return nil
}

// remove deletes an item that follows from others, such as a name.
func (w *work) remove(key store.Key) error {
	if err := w.load(key); err != nil {
		return err
	}
	if was := w.version(key); was > 0 && !w.written[key] {
		w.written[key] = true
		w.writes = append(w.writes, store.DeleteOp(key, store.VersionIs(was)))
	}
	return nil
}

// check demands that an item is still as read when the command commits. An
// item that is written needs none.
func (w *work) check(key store.Key) {
	if w.written[key] {
		return
	}
	w.written[key] = true
	condition := store.Absent
	if was := w.version(key); was > 0 {
		condition = store.VersionIs(was)
	}
	w.writes = append(w.writes, store.CheckOp(key, condition))
}

// claim takes a value that only one thing may have; code is the refusal where
// another has it.
func (w *work) claim(u schema.Unique, pointer, code string) error {
	r := schema.UniqueRecord(u)
	held, ok, err := find[schema.Unique](w, r.Key, schema.TypeUnique)
	if err != nil {
		return err
	}
	if ok && held.Thing == u.Thing && held.Value == u.Value {
		return nil
	}
	if ok && held.Thing != u.Thing {
		return fault.InvalidFields(fault.At(pointer, code, "value", u.Value))
	}
	return w.place(r)
}

// event journals something that changed no thing by itself, such as a rung.
func (w *work) event(e journal.Event, data any) error {
	e.V = 1
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return fault.Wrap(err, "internal.error")
		}
		e.Data = raw
	}
	w.events = append(w.events, e)
	return nil
}

// follow journals what attention says of a thing that is about to be written
// under a key.
func (w *work) follow(thing string, key store.Key, events []attention.Event) error {
	was := w.version(key)
	for _, e := range events {
		if err := w.event(journal.Event{Kind: string(e.Kind), Thing: thing, Was: was, Is: was + 1}, e); err != nil {
			return err
		}
	}
	return nil
}

// stamp numbers the next entry of the award's ledger.
func (w *work) stamp() ledger.Stamp {
	return ledger.Stamp{Seq: w.head.Ledger + 1, At: stamp(w.at), On: w.on}
}

// post appends an entry to the award's ledger; it takes a constructor's
// results as they are.
func (w *work) post(e ledger.Entry, err error) error {
	if err != nil {
		return err
	}
	w.head.Ledger = e.Seq
	w.items[schema.LedgerKey(ident.Award(w.aggregate), e.Seq)] = nil // the head says that it is the next
	return w.put(fmt.Sprintf("ledger/%d", e.Seq), schema.LedgerRecord(ident.Award(w.aggregate), e), "ledger.posted", nil)
}

// posted reads the ledger entry that a reversal takes back.
func (w *work) posted(seq int64) (ledger.Entry, error) {
	return must[ledger.Entry](w, schema.LedgerKey(ident.Award(w.aggregate), seq), schema.TypeLedger)
}

func storeFault(err error) error {
	var limit *store.LimitError
	switch {
	case errors.Is(err, store.ErrContended):
		return fault.New(fault.Busy, "store.contended")
	case errors.Is(err, store.ErrUnavailable):
		return &fault.Error{Kind: fault.Busy, Code: "store.unavailable", Cause: err}
	case errors.Is(err, store.ErrUnknownOutcome):
		return fault.New(fault.Busy, "store.unknownOutcome")
	case errors.As(err, &limit):
		f := fault.New(fault.TooLarge, "store.tooLarge", "what", limit.What, "got", limit.Got, "max", limit.Max)
		f.Cause = err
		return f
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f := fault.New(fault.Busy, "request.cancelled")
		f.Cause = err
		return f
	}
	return fault.Wrap(err, "internal.error")
}
