package boot

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	copyBatch   = 100     // items compared together
	copyBytes   = 1 << 20 // of their bodies
	copyWorkers = 8       // batches under way
	copyWriters = 4       // writes under way in a batch, in DynamoDB
)

// CopyReport says what a copy did, and whether both places hold the same now.
type CopyReport struct {
	Items   int `json:"items"`   // in the source
	Written int `json:"written"` // the others were there already
	Extra   int `json:"extra"`   // in the target alone
	Differ  int `json:"differ"`  // other in the target after all: somebody writes
}

// Same reports whether both places hold the same items.
func (r CopyReport) Same() bool { return r.Extra == 0 && r.Differ == 0 }

// CopyOptions say what is copied where.
type CopyOptions struct {
	From, To string // data folders, or dynamodb:TABLE
	Endpoint string // of an emulator; "" is AWS
	Progress func(done int)
}

// Copy copies every item of one place to another. What is there already is not
// written again, so a copy that was broken off goes on by being started again.
// An item that is newer in the target is never replaced (copy.targetNewer).
// Afterwards both are compared item by item. Files of evidence are not items;
// sessions are left out on both sides, because who is signed in at one place is
// not at the other.
func Copy(ctx context.Context, o CopyOptions) (_ CopyReport, err error) {
	if o.From == o.To {
		return CopyReport{}, fault.New(fault.Invalid, "cli.copySame")
	}
	from, err := openStore(ctx, o.From, o.Endpoint, false)
	if err != nil {
		return CopyReport{}, err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	to, err := openStore(ctx, o.To, o.Endpoint, true)
	if err != nil {
		return CopyReport{}, err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	return CopyStore(ctx, from, to, to.table, o.Progress)
}

// CopyStore is Copy between opened stores. singly has items written one by
// one, which costs half as much in DynamoDB.
func CopyStore(ctx context.Context, from, to Walking, singly bool, progress func(done int)) (CopyReport, error) {
	c := &copying{to: to, singly: singly, ids: ident.NewSource(time.Now, rand.Reader), progress: progress}
	if progress == nil {
		c.progress = func(int) {}
	}
	if err := inBatches(ctx, from, c.batch); err != nil {
		return CopyReport{}, err
	}
	report := CopyReport{Items: int(c.done.Load()), Written: int(c.written.Load())}
	var extra, differ atomic.Int64
	err := inBatches(ctx, to, func(ctx context.Context, items []store.Item) error {
		originals, err := from.Get(ctx, keysOf(items)...)
		for i, original := range originals {
			switch {
			case original == nil:
				extra.Add(1)
			case !sameItem(*original, items[i]):
				differ.Add(1)
			}
		}
		return err
	})
	report.Extra, report.Differ = int(extra.Load()), int(differ.Load())
	return report, err
}

// copying is a copy on its way.
type copying struct {
	to            store.Store
	singly        bool
	ids           *ident.Source
	done, written atomic.Int64
	progress      func(int)
}

// batch writes those items that the target does not hold.
func (c *copying) batch(ctx context.Context, items []store.Item) error {
	held, err := c.to.Get(ctx, keysOf(items)...)
	if err != nil {
		return err
	}
	var ops []store.Op
	for i, item := range items {
		switch old := held[i]; {
		case old == nil:
			ops = append(ops, store.PutOp(item, store.Absent))
		case sameItem(*old, item):
		case old.Version > item.Version:
			return fault.New(fault.Conflict, "copy.targetNewer", "item", item.String())
		default:
			ops = append(ops, store.PutOp(item, store.VersionIs(old.Version)))
		}
	}
	if err := c.write(ctx, ops); err != nil {
		return err
	}
	c.written.Add(int64(len(ops)))
	c.progress(int(c.done.Add(int64(len(items)))))
	return nil
}

func (c *copying) write(ctx context.Context, ops []store.Op) error {
	if len(ops) == 0 {
		return nil
	}
	if !c.singly {
		return c.transact(ctx, ops...)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(copyWriters)
	for _, op := range ops {
		g.Go(func() error { return c.transact(ctx, op) })
	}
	return g.Wait()
}

func (c *copying) transact(ctx context.Context, ops ...store.Op) error {
	token, err := c.ids.New("t")
	if err != nil {
		return err
	}
	return c.to.Transact(ctx, token, ops...)
}

// inBatches hands every item of a store but transient ones on, some batches at a time.
func inBatches(ctx context.Context, from store.Walker, do func(context.Context, []store.Item) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(copyWorkers)
	var batch []store.Item
	size := 0
	hand := func() {
		items := batch
		batch, size = nil, 0
		g.Go(func() error { return do(ctx, items) })
	}
	err := from.Walk(ctx, 0, 1, nil, func(item store.Item) error {
		if schema.Transient(item.Key) {
			return ctx.Err()
		}
		if len(batch) == copyBatch || len(batch) > 0 && size+len(item.Body) > copyBytes {
			hand()
		}
		batch, size = append(batch, item), size+len(item.Body)
		return ctx.Err()
	})
	if err == nil && len(batch) > 0 {
		hand()
	}
	if failed := g.Wait(); failed != nil {
		return failed // the walk ends because of it
	}
	return err
}

func keysOf(items []store.Item) []store.Key {
	keys := make([]store.Key, len(items))
	for i := range items {
		keys[i] = items[i].Key
	}
	return keys
}

// sameItem reports whether two items are equal, however their bodies are
// spaced and ordered.
func sameItem(a, b store.Item) bool {
	return a.Key == b.Key && a.Version == b.Version && a.Index == b.Index && a.Expires == b.Expires &&
		(bytes.Equal(a.Body, b.Body) || reflect.DeepEqual(valueOf(a.Body), valueOf(b.Body)))
}

func valueOf(body []byte) (v any) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil // a store returns JSON only
	}
	return v
}

// Every returns a function that is true at most once in a span of time, so
// that progress is told and not poured out.
func Every(span time.Duration) func() bool {
	var next atomic.Int64
	next.Store(time.Now().Add(span).UnixNano())
	return func() bool {
		due, now := next.Load(), time.Now()
		return now.UnixNano() >= due && next.CompareAndSwap(due, now.Add(span).UnixNano())
	}
}
