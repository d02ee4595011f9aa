package tracker

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Foreseen is what a command would do, were it given now: the things that it
// would change, as they are and as they would be.
type Foreseen struct {
	Milestones []Foresight[award.Milestone]
	Tranches   []Foresight[award.Tranche]
	Extensions []Foresight[award.Extension]
}

// Foresight is a thing before and after a command; Was is nil where the command
// makes it.
type Foresight[V any] struct {
	Was *V
	Is  V
}

// Foresee gives a command on an award without writing anything: run gives it
// with the call that it is handed, and what refuses it is returned. It promises
// nothing, since others may be quicker; a key of the call is not used up.
func (t *Tracker) Foresee(ctx context.Context, c Call, run func(context.Context, Call) (Receipt, error)) (Foreseen, error) {
	var out Foreseen
	c.foreseen, c.Key, c.Fingerprint = &out, "", ""
	_, err := run(ctx, c)
	return out, err
}

// foresee notes what the work would write.
func (w *work) foresee(out *Foreseen) error {
	*out = Foreseen{}
	for _, op := range w.writes {
		if op.Verb != store.Put {
			continue
		}
		kind, err := schema.TypeOf(op.Item)
		if err == nil {
			switch kind {
			case schema.TypeMilestone:
				err = foresight(w, &out.Milestones, op.Item, kind)
			case schema.TypeTranche:
				err = foresight(w, &out.Tranches, op.Item, kind)
			case schema.TypeExtension:
				err = foresight(w, &out.Extensions, op.Item, kind)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func foresight[V any](w *work, list *[]Foresight[V], item store.Item, kind string) error {
	var f Foresight[V]
	var err error
	if f.Is, err = schema.Decode[V](item, kind); err != nil {
		return err
	}
	if before := w.items[item.Key]; before != nil {
		was, err := schema.Decode[V](*before, kind)
		if err != nil {
			return err
		}
		f.Was = &was
	}
	*list = append(*list, f)
	return nil
}
