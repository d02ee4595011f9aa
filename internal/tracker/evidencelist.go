package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// AwardEvidence lists the evidence of all of an award's milestones, milestone
// by milestone.
func (t *Tracker) AwardEvidence(ctx context.Context, c Call, id ident.Award, p PageRequest) (Page[EvidenceView], error) {
	page := Page[EvidenceView]{Items: []EvidenceView{}}
	if !ident.Valid(ident.PrefixAward, string(id)) {
		return page, errNotFound()
	}
	r := newReading(ctx, t, c)
	a, err := need[award.Award](r, schema.RootKey(string(id)), schema.TypeAward)
	if err != nil {
		return page, err
	}
	if err := t.authority.Require(c.Principal, access.ViewEvidence, resourceOf(a, access.KindEvidence, "")); err != nil {
		return page, err
	}
	items, next, err := r.strongPage("evidence "+string(id), struct{}{}, store.Query{Partition: string(id), Range: schema.AwardEvidenceRange()}, p)
	if err != nil {
		return page, err
	}
	page.Next = next
	v := viewer{t: t, call: c, on: t.Today(), award: a}
	for _, item := range items {
		if page.Items, err = appended(page.Items, item, v.evidence); err != nil {
			return page, err
		}
	}
	return page, nil
}
