// Package store provides the storage port: one table of items with strong
// reads by key, queries within a partition, three sparse indexes, and
// transactions with conditions. Its promises are those of DynamoDB, limits
// included, so that an adapter on something stronger refuses what DynamoDB
// would refuse. Package storetest holds every adapter to them.
package store

import (
	"context"
	"fmt"
)

// Key names an item: all items of one partition (PK) sort by SK in byte order.
type Key struct{ PK, SK string }

// String is the key for logs and errors.
func (k Key) String() string { return k.PK + "/" + k.SK }

// Index names one of the three secondary indexes. Indexes hold keys only and
// are sparse: an item without an entry for an index is not in it.
type Index int

// The indexes. What each holds is package schema's business.
const (
	Work    Index = iota // what comes due
	Scope                // by platform, person, organisation
	Program              // by programme
	Indexes              // how many there are
)

// Item is what is stored under a key.
type Item struct {
	Key
	Version int64        // ≥ 1; set by the writer, compared by conditions
	Index   [Indexes]Key // the item's entry in each index; a zero Key means none
	Expires int64        // Unix seconds after which the store may delete it; 0 never. Until deleted it is returned and fails Absent
	Body    []byte       // a JSON object in the subset that CheckBody accepts
}

// Range selects sort keys From ≤ SK ≤ To in byte order; an empty To means no
// upper bound. From above To is refused.
type Range struct{ From, To string }

// Prefix returns the range of sort keys that begin with p.
func Prefix(p string) Range { return Range{From: p, To: p + "\U0010FFFF"} }

// Query asks for a page of a partition.
type Query struct {
	Partition  string
	Range      Range
	Descending bool
	Limit      int  // items evaluated, 1..MaxPage; 0 means MaxPage
	After      *Key // resume position: the last key of the page before
}

// Page is an answer to Query. It may be short, even empty, while Next is set:
// only a nil Next ends a listing.
type Page struct {
	Items []Item
	Next  *Key
}

// IndexQuery asks for a page of an index partition.
type IndexQuery struct {
	Index      Index
	Partition  string
	Range      Range
	Descending bool
	Limit      int
	After      *Entry
}

// Entry is one line of an index: where it stands there and the item it leads
// to. Together they are a resume position.
type Entry struct {
	At   Key // index partition and sort key
	Item Key
}

// IndexPage is an answer to QueryIndex; Next as in Page.
type IndexPage struct {
	Entries []Entry
	Next    *Entry
}

// Condition is what a transaction demands of an item before it.
type Condition struct {
	kind    conditionKind
	version int64
}

type conditionKind int

const (
	anything conditionKind = iota
	absent
	present
	versionIs
)

// Conditions.
var (
	Anything = Condition{kind: anything} // no demand; not allowed on a Check
	Absent   = Condition{kind: absent}
	Present  = Condition{kind: present}
)

// VersionIs demands that the item is there with exactly this version.
func VersionIs(v int64) Condition { return Condition{kind: versionIs, version: v} }

// IsAnything reports whether c is Anything.
func (c Condition) IsAnything() bool { return c.kind == anything }

// IsAbsent reports whether c is Absent.
func (c Condition) IsAbsent() bool { return c.kind == absent }

// IsPresent reports whether c is Present.
func (c Condition) IsPresent() bool { return c.kind == present }

// Version returns the version that c demands, if it demands one.
func (c Condition) Version() (int64, bool) { return c.version, c.kind == versionIs }

// Holds reports whether the condition holds on the item now stored, nil for
// none.
func (c Condition) Holds(current *Item) bool {
	switch c.kind {
	case absent:
		return current == nil
	case present:
		return current != nil
	case versionIs:
		return current != nil && current.Version == c.version
	case anything:
	}
	return true
}

// String names the condition for logs.
func (c Condition) String() string {
	switch c.kind {
	case absent:
		return "absent"
	case present:
		return "present"
	case versionIs:
		return fmt.Sprintf("version %d", c.version)
	case anything:
	}
	return "anything"
}

// Verb says what an operation of a transaction does.
type Verb int

// The verbs.
const (
	Put Verb = iota
	Delete
	Check
)

// Op is one operation of a transaction. Put uses the whole Item, Delete and
// Check its Key alone.
type Op struct {
	Verb Verb
	If   Condition
	Item Item
}

// PutOp stores an item, in place of what its key holds.
func PutOp(item Item, cond Condition) Op { return Op{Verb: Put, If: cond, Item: item} }

// DeleteOp deletes the item of a key.
func DeleteOp(key Key, cond Condition) Op { return Op{Verb: Delete, If: cond, Item: Item{Key: key}} }

// CheckOp demands a condition of an item without writing it.
func CheckOp(key Key, cond Condition) Op { return Op{Verb: Check, If: cond, Item: Item{Key: key}} }

// Reader is the reading half of the port.
type Reader interface {
	// Get returns 1 to MaxGet items in the order asked, nil where absent. Each
	// is strongly read; together they are no snapshot: every item that a
	// decision rests on must be written or Checked at the version read.
	Get(ctx context.Context, keys ...Key) ([]*Item, error)
	// Query is strong but read-committed: during a transaction it may show
	// some of its writes and not others. A page holds at most 1 MB.
	Query(ctx context.Context, q Query) (Page, error)
	// QueryIndex is eventually consistent: an entry may be missing, or stand
	// for a state that is past.
	QueryIndex(ctx context.Context, q IndexQuery) (IndexPage, error)
}

// Store is the port that request functions use.
type Store interface {
	Reader
	// Transact does all operations or none: 1 to MaxOps, MaxTransact bytes,
	// one per key. Token names the attempt: the same call may be repeated with
	// the same token and content after ErrUnknownOutcome, for ten minutes, and
	// takes effect once. A call of one operation is a plain conditional write:
	// its repetition may do the write again or, where the condition no longer
	// holds, answer *ConditionError with what it wrote itself as the current
	// item. Errors: *ConditionError, ErrContended, ErrUnavailable,
	// ErrUnknownOutcome, ErrTokenReused, *LimitError; others wrap the adapter's.
	Transact(ctx context.Context, token string, ops ...Op) error
}

// Walker is for maintenance only: verify, backup, copy, rebuild, re-index.
type Walker interface {
	// Walk calls f with every item of a segment out of so many, in no stated
	// order within it, beginning after a key; f's error stops it and is
	// returned. It is no snapshot.
	Walk(ctx context.Context, segment, of int, after *Key, f func(Item) error) error
}
