package sqlite

import (
	"bytes"
	"database/sql"
	"errors"

	"milepost/internal/store"
)

// member does one transaction of a batch inside a savepoint. The answer is for
// its caller; the error says that the whole batch must be given up.
func (b *batchTx) member(r *request) (answer, failed error) {
	if err := b.exec(b.s.savepoint); err != nil {
		return nil, err
	}
	wrote, answer, err := b.apply(r)
	if err != nil {
		return nil, err
	}
	if answer != nil {
		if err := b.exec(b.s.rollbackSavepoint); err != nil {
			return nil, err
		}
	}
	if err := b.exec(b.s.release); err != nil {
		return nil, err
	}
	if wrote {
		b.written++
	}
	return answer, nil
}

func (b *batchTx) apply(r *request) (wrote bool, answer, failed error) {
	known, err := b.token(r.token)
	switch {
	case err != nil:
		return false, nil, err
	case known != nil && bytes.Equal(known, r.content):
		return false, nil, nil // done before, and only the answer was lost
	case known != nil:
		return false, store.ErrTokenReused, nil
	}
	if answer, err := b.conditions(r.ops); answer != nil || err != nil {
		return false, answer, err
	}
	for _, op := range r.ops {
		if op.Verb == store.Check {
			continue
		}
		wrote = true
		if err := b.perform(op); err != nil {
			return false, nil, err
		}
	}
	if !wrote {
		return false, nil, nil // checks alone leave nothing to do twice
	}
	return true, nil, b.exec(b.s.keepToken, r.token, r.content, b.now.Unix())
}

// conditions answers a *store.ConditionError that names every condition that
// does not hold.
func (b *batchTx) conditions(ops []store.Op) (answer, failed error) {
	var all []store.FailedOp
	for n, op := range ops {
		holds, err := b.holds(op)
		if err != nil {
			return nil, err
		}
		if holds {
			continue
		}
		current, err := b.current(op.Item.Key)
		if err != nil {
			return nil, err
		}
		all = append(all, store.FailedOp{Op: n, Key: op.Item.Key, Current: current})
	}
	if all == nil {
		return nil, nil
	}
	return &store.ConditionError{Failed: all}, nil
}

// holds reads no more than the version, which the key's index leads to; bodies
// are read for answers only.
func (b *batchTx) holds(op store.Op) (bool, error) {
	if op.If.IsAnything() {
		return true, nil
	}
	var stored store.Item
	err := b.row(b.s.version, op.Item.PK, op.Item.SK).Scan(&stored.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return op.If.Holds(nil), nil
	}
	return op.If.Holds(&stored), err
}

func (b *batchTx) current(key store.Key) (*store.Item, error) {
	item, err := scanItem(b.row(b.s.get, key.PK, key.SK).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &item, nil
}

func (b *batchTx) perform(op store.Op) error {
	if op.Verb == store.Delete {
		return b.exec(b.s.remove, op.Item.PK, op.Item.SK)
	}
	return b.exec(b.s.put, putArguments(op.Item)...)
}
