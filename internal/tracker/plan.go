package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Plan is what somebody owes with the days on which the ladder is climbed.
type Plan struct {
	Obligation *attention.Obligation // nil where nothing is owed
	Rungs      []attention.Planned
	// Extensions is what the programme allows, which whoever asks for one may
	// know though the programme may not be theirs to view.
	Extensions portfolio.ExtensionLimits
}

// PlanMilestone returns what is owed on a milestone as it is, and as it would be
// if an extension moved its due date. A zero date asks for no second plan.
func (t *Tracker) PlanMilestone(ctx context.Context, c Call, ref MilestoneRef, dueOn civil.Date) (now, then Plan, err error) {
	at := t.now()
	w := &work{ctx: ctx, t: t, call: c, at: at, on: civil.BusinessDate(at), written: map[store.Key]bool{}}
	aw, err := w.openAward(ref.Award, ref.key())
	if err != nil {
		return now, then, err
	}
	aw.resource.Kind, aw.resource.ID = access.KindMilestone, string(ref.Milestone)
	if err := w.require(access.ViewMilestone, aw.resource); err != nil {
		return now, then, err
	}
	m, err := must[award.Milestone](w, ref.key(), schema.TypeMilestone)
	if err != nil {
		return now, then, err
	}
	if now, err = aw.plan(m.Watch.Current); err != nil || dueOn.IsZero() {
		return now, then, err
	}
	granted := m.ApplyGrant(dueOn)
	d := aw.award.Document
	next, _, err := m.Watch.Follow(granted.Need(aw.operator(), d.Responsible.Funder, d.Responsible.Payee), aw.on, aw.rules)
	if err != nil {
		return now, then, fault.Wrap(err, "internal.error")
	}
	then, err = aw.plan(next.Current)
	return now, then, err
}

func (aw *awardWork) plan(o *attention.Obligation) (Plan, error) {
	p := Plan{Obligation: o, Extensions: aw.programme.Extensions}
	if o == nil {
		return p, nil
	}
	var err error
	if p.Rungs, err = o.Planned(aw.rules); err != nil {
		return Plan{}, fault.Wrap(err, "internal.error")
	}
	return p, nil
}
