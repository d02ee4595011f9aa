package tracker

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// evidenceOf counts the evidence of a milestone, as far as it matters. The head
// that was read before is written under its version: who announces meanwhile
// has the other count again.
func (t *Tracker) evidenceOf(ctx context.Context, ref MilestoneRef) (int, error) {
	n := 0
	q := store.Query{Partition: string(ref.Award), Range: schema.EvidenceRange(ref.Milestone), Limit: award.MaxEvidence}
	for {
		page, err := t.store.Query(ctx, q)
		if err != nil {
			return 0, storeFault(err)
		}
		n += len(page.Items)
		if page.Next == nil || n >= award.MaxEvidence {
			return n, nil
		}
		q.After = page.Next
	}
}
