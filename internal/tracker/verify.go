package tracker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"milepost/internal/blob"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// VerifyOptions say what is verified.
type VerifyOptions struct {
	Store interface {
		store.Store
		store.Walker
	}
	// Blobs holds the content of evidence; nil leaves it unread.
	Blobs blob.Store
	// Progress, which may be nil, hears the number of aggregates done.
	Progress func(aggregates int)
}

// VerifyReport counts what was held against what, and names the first thing
// that does not hold.
type VerifyReport struct {
	Aggregates int `json:"aggregates"` // awards, programmes, platforms …, each with its own journal
	Awards     int `json:"awards"`
	Entries    int `json:"entries"` // of journals: commands
	Events     int `json:"events"`
	// Opening are the events that brought history from before the go-live in,
	// which was not decided here.
	Opening  int `json:"opening"`
	Things   int `json:"things"`   // stored bodies that equal their replay
	Ledger   int `json:"ledger"`   // entries of ledgers
	Unique   int `json:"unique"`   // numbers, codes, references and logins that only one may have
	Evidence int `json:"evidence"` // files whose bytes were read and hashed
	// Wrong is nil where everything holds. Its code begins with "verify.", its
	// arguments are the aggregate, the thing in it, and what was expected and
	// found there.
	Wrong *fault.Error `json:"-"`
}

// Verify replays the whole store and holds all that is in it against what the
// journals tell: chains, replayed state, totals, gates, separations, index
// keys and uniqueness. It stops at the first thing that does not hold, which
// the report names; the error is for what kept it from looking. It holds one
// aggregate, and the ids of persons, in memory. Run it on a store that nobody
// writes to, or on a backup: commands meanwhile may look like faults between
// aggregates.
func Verify(ctx context.Context, o VerifyOptions) (VerifyReport, error) {
	v := newVerifier(ctx, o)
	err := o.Store.Walk(ctx, 0, 1, nil, v.item)
	if err == nil {
		err = v.ended()
	}
	return v.reported(err)
}

// VerifyAggregate verifies one aggregate alone: its journal, its things and
// what they claim. Faults: thing.notFound.
func VerifyAggregate(ctx context.Context, o VerifyOptions, aggregate string) (VerifyReport, error) {
	v := newVerifier(ctx, o)
	head, err := v.get(schema.HeadKey(aggregate))
	if err != nil {
		return v.report, err
	}
	if head == nil {
		return v.report, errNotFound()
	}
	if err = v.aggregate(aggregate); err == nil {
		v.report.Aggregates++
	}
	return v.reported(err)
}

// verifier goes over a store once.
type verifier struct {
	ctx      context.Context
	store    store.Store
	blobs    blob.Store
	progress func(int)
	report   VerifyReport

	headed    string   // the last partition known to have a head
	lastNamed struct { // by which the thing is found whose name was seen last
		of   string
		keys map[store.Key]bool
	}
	told, seen    map[ident.Person]bool               // persons: of whom the deployment's journal tells, whose item was seen
	organisations map[ident.Person]ident.Organisation // of persons that were looked up
}

func newVerifier(ctx context.Context, o VerifyOptions) *verifier {
	v := &verifier{
		ctx: ctx, store: o.Store, blobs: o.Blobs, progress: o.Progress,
		told: map[ident.Person]bool{}, seen: map[ident.Person]bool{},
		organisations: map[ident.Person]ident.Organisation{},
	}
	if v.progress == nil {
		v.progress = func(int) {}
	}
	return v
}

// reported takes a finding into the report; any other error kept the verifier
// from looking.
func (v *verifier) reported(err error) (VerifyReport, error) {
	if wrong, ok := errors.AsType[*fault.Error](err); ok && strings.HasPrefix(wrong.Code, "verify.") {
		v.report.Wrong, err = wrong, nil
	}
	return v.report, err
}

// item takes one item of the walk: an aggregate begins with its head, whatever
// stands outside of aggregates is held against the thing it belongs to. What
// was made out of the journal can be made again, and is left out, as is who is
// signed in.
func (v *verifier) item(item store.Item) error {
	if schema.Derived(item.Key) || schema.Transient(item.Key) {
		return nil
	}
	kind, err := schema.TypeOf(item)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	switch {
	case item.SK == "0":
		v.headed = item.PK
		if err := v.aggregate(item.PK); err != nil {
			return err
		}
		v.report.Aggregates++
		v.progress(v.report.Aggregates)
		return nil
	case kind == schema.TypeUnique:
		return v.uniqueItem(item)
	case kind == schema.TypeLogin:
		return v.loginItem(item)
	case kind == schema.TypeName, kind == schema.TypeWords:
		return v.nameItem(item)
	case kind == schema.TypeIdempotency:
		return v.idempotencyItem(item)
	case kind == schema.TypePerson:
		return v.personItem(item)
	}
	return v.belongs(item.Key)
}

// belongs demands a head beside an item of an aggregate.
func (v *verifier) belongs(key store.Key) error {
	if key.PK == v.headed {
		return nil
	}
	head, err := v.get(schema.HeadKey(key.PK))
	if err != nil {
		return err
	}
	if head == nil {
		return fault.New(fault.Internal, "verify.head", about(key.PK, key.SK, "a head", "none")...)
	}
	v.headed = key.PK
	return nil
}

// ended holds what was counted on the way.
func (v *verifier) ended() error {
	for _, id := range slices.Sorted(maps.Keys(v.seen)) {
		if !v.told[id] {
			return fault.New(fault.Internal, "verify.thingUntold", about(schema.Deployment, string(id), "none", "a person")...)
		}
	}
	return nil
}

// idempotencyItem demands that the command of a record was journaled.
func (v *verifier) idempotencyItem(item store.Item) error {
	record, err := schema.Decode[schema.Idempotency](item, schema.TypeIdempotency)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	entry, err := v.get(schema.JournalKey(record.Aggregate, record.Seq))
	if err == nil && entry == nil {
		err = fault.New(fault.Internal, "verify.idempotency", about(record.Aggregate, item.PK, record.Seq, "none")...)
	}
	return err
}

// get reads one item, nil where absent.
func (v *verifier) get(key store.Key) (*store.Item, error) {
	items, err := v.store.Get(v.ctx, key)
	if err != nil {
		return nil, storeFault(err)
	}
	return items[0], nil
}

// about are the arguments of every finding.
func about(aggregate, thing string, expected, found any) []any {
	return []any{"aggregate", aggregate, "thing", thing, "expected", brief(expected), "found", brief(found)}
}

// brief writes a value as a text names it.
func brief(value any) string {
	s := fmt.Sprint(value)
	if raw, ok := value.([]byte); ok {
		s = string(raw)
	}
	if len(s) > maxBrief {
		s = strings.ToValidUTF8(s[:maxBrief], "") + "…"
	}
	return s
}

const maxBrief = 120

// unreadable is the finding for an item that cannot be what it says.
func unreadable(aggregate string, key store.Key, cause error) error {
	f := fault.New(fault.Internal, "verify.item", about(aggregate, key.SK, "a readable item", fault.CodeOf(cause))...)
	f.Cause = cause
	return f
}
