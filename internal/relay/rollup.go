package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// RollupName is the name of the subscriber that keeps figures.
const RollupName = "rollup"

// Rollup keeps what each award counts for, and the sums of cells, platforms
// and programmes. An award is read as it stands, not added up from its
// entries: whatever the order, an award's figures are those of its state, and
// a sum is made anew of its members.
type Rollup struct {
	writer
	calendars *calendars
}

// RollupOptions are what a Rollup stands on.
type RollupOptions struct {
	Store   store.Store
	Now     func() time.Time
	Entropy io.Reader
	Sleep   func(ctx context.Context, d time.Duration) error // nil waits in real time
}

// NewRollup returns the subscriber that keeps figures.
func NewRollup(o RollupOptions) *Rollup {
	return &Rollup{writer: newWriter(o.Store, o.Now, o.Entropy, o.Sleep), calendars: &calendars{store: o.Store}}
}

// Name is rollup.
func (s *Rollup) Name() string { return RollupName }

// Follows awards alone.
func (s *Rollup) Follows(aggregate string) bool { return ident.Prefix(aggregate) == ident.PrefixAward }

// Drops everything: it is all made again.
func (s *Rollup) Drops(key store.Key) bool {
	return schema.IsSummary(key) || schema.IsSum(key)
}

// memo is what the subscriber notes with its position in an award.
type memo struct {
	Cell schema.Cell `json:"cell"`
	Hash string      `json:"hash"` // of the figures
	// Left are cells in which the award was before: they are summed as well.
	Left []schema.Cell `json:"left,omitempty"`
}

func memoOf(text string) (memo, error) {
	var m memo
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), &m, json.RejectUnknownMembers(true)); err != nil {
		return m, fault.Wrap(err, "internal.error")
	}
	return m, nil
}

// Handle reads the award and writes what it counts for, unless that is what
// stands there.
func (s *Rollup) Handle(ctx context.Context, d Delivery) (Effect, error) {
	was, err := memoOf(d.Memo)
	if err != nil {
		return Effect{}, err
	}
	things, err := s.things(ctx, d)
	if err != nil {
		return Effect{}, err
	}
	document := things.Award.Document
	figures, err := rollup.Of(things, s.rolled(ctx, document.Programme))
	if err != nil {
		return Effect{}, err
	}
	last := d.Entries[len(d.Entries)-1].Seq
	summary := schema.Summary{Award: things.Award.ID, Cell: schema.CellOf(document.Programme, document.Platform), Seq: last, Figures: figures}
	is := memo{Cell: summary.Cell}
	if is.Hash, err = hashOf(figures); err != nil {
		return Effect{}, err
	}
	fromNothing := d.Entries[0].Seq == 1
	if is.Cell == was.Cell && is.Hash == was.Hash && !fromNothing {
		return Effect{Memo: d.Memo}, nil
	}
	var ops []store.Op
	if was.Cell != is.Cell && was.Cell != (schema.Cell{}) {
		is.Left = slices.Concat(was.Left, []schema.Cell{was.Cell})
		ops = append(ops, store.DeleteOp(schema.SummaryKey(was.Cell, summary.Award), store.Anything))
	}
	put, err := setOp(schema.SummaryRecord(summary), last)
	if err != nil {
		return Effect{}, err
	}
	text, err := json.Marshal(is)
	if err != nil {
		return Effect{}, fault.Wrap(err, "internal.error")
	}
	return Effect{Ops: append(ops, put), Memo: string(text), Settle: true}, nil
}

func hashOf(f rollup.Figures) (string, error) {
	text, err := schema.Canonical(f)
	if err != nil {
		return "", fault.Wrap(err, "internal.error")
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}
