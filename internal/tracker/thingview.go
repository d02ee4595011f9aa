package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// viewer makes views of an award's things for one caller.
type viewer struct {
	t     *Tracker
	call  Call
	on    civil.Date
	award award.Award
}

func late(w attention.Watch, on civil.Date) int {
	if w.Current == nil {
		return 0
	}
	return w.Current.DaysLate(on)
}

// actions are those that the caller may give on a thing of the award.
func (v viewer) actions(kind, id string, watch attention.Watch, legal []Action) ([]Action, error) {
	if v.award.State != award.Active && kind != access.KindPayment && kind != access.KindRefund {
		return []Action{}, nil
	}
	r := resourceOf(v.award, kind, id)
	if o := watch.Current; o != nil && onSide(o.Role, v.t.authority.Roles(v.call.Principal, r)) {
		legal = append(legal[:len(legal):len(legal)], ActionAcknowledge)
	}
	return v.t.actions(v.call, r, legal...)
}

func (v viewer) milestone(item store.Item) (MilestoneView, error) {
	m, err := schema.Decode[award.Milestone](item, schema.TypeMilestone)
	if err != nil {
		return MilestoneView{}, err
	}
	legal := m.Legal()
	if m.State != award.Cancelled {
		legal = append(legal, ActionAddEvidence)
	}
	out := MilestoneView{Milestone: m, Version: item.Version, Outcome: m.Outcome(), DaysLate: late(m.Watch, v.on)}
	out.Actions, err = v.actions(access.KindMilestone, string(m.ID), m.Watch, legal)
	return out, err
}

func (v viewer) tranche(item store.Item) (TrancheView, error) {
	t, err := schema.Decode[award.Tranche](item, schema.TypeTranche)
	if err != nil {
		return TrancheView{}, err
	}
	out := TrancheView{Tranche: t, Version: item.Version, PartlyPaid: t.PartlyPaid(), DaysLate: late(t.Watch, v.on)}
	out.Actions, err = v.actions(access.KindTranche, string(t.ID), t.Watch, t.State.Legal())
	return out, err
}

func (v viewer) extension(item store.Item) (ExtensionView, error) {
	e, err := schema.Decode[award.Extension](item, schema.TypeExtension)
	if err != nil {
		return ExtensionView{}, err
	}
	out := ExtensionView{Extension: e, Version: item.Version, DaysLate: late(e.Watch, v.on)}
	out.Actions, err = v.actions(access.KindExtension, string(e.ID), e.Watch, e.State.Legal())
	return out, err
}

func (v viewer) payment(item store.Item) (PaymentView, error) {
	p, err := schema.Decode[award.Payment](item, schema.TypePayment)
	if err != nil {
		return PaymentView{}, err
	}
	legal := p.State.Legal()
	if p.State == award.Paid {
		legal = append(legal, ActionRecordRefund)
	}
	out := PaymentView{Payment: p, Version: item.Version}
	out.Actions, err = v.actions(access.KindPayment, string(p.ID), attention.Watch{}, legal)
	return out, err
}

func (v viewer) refund(item store.Item) (RefundView, error) {
	r, err := schema.Decode[award.Refund](item, schema.TypeRefund)
	if err != nil {
		return RefundView{}, err
	}
	out := RefundView{Refund: r, Version: item.Version}
	out.Actions, err = v.actions(access.KindRefund, string(r.ID), attention.Watch{}, r.State.Legal())
	return out, err
}

func (v viewer) evidence(item store.Item) (EvidenceView, error) {
	e, err := schema.Decode[award.Evidence](item, schema.TypeEvidence)
	if err != nil {
		return EvidenceView{}, err
	}
	e.State = e.StateAt(v.t.now())
	out := EvidenceView{Evidence: e, Version: item.Version}
	out.Actions, err = v.actions(access.KindEvidence, string(e.ID), attention.Watch{}, e.State.Legal())
	return out, err
}

// view reads one thing of an award that the caller may view.
func (t *Tracker) view(ctx context.Context, c Call, id ident.Award, key store.Key, a access.Action, kind, thing string) (viewer, store.Item, error) {
	v := viewer{t: t, call: c, on: t.Today()}
	if !ident.Valid(ident.PrefixAward, string(id)) || ident.Prefix(thing) == "" {
		return v, store.Item{}, errNotFound()
	}
	items, err := t.read(ctx, c, schema.RootKey(string(id)), key)
	if err != nil {
		return v, store.Item{}, storeFault(err)
	}
	if items[0] == nil || items[1] == nil {
		return v, store.Item{}, errNotFound()
	}
	if v.award, err = decodeAward(*items[0]); err != nil {
		return v, store.Item{}, err
	}
	return v, *items[1], t.authority.Require(c.Principal, a, resourceOf(v.award, kind, thing))
}

// Milestone returns a milestone with its evidence. What was announced and not
// confirmed for a day is shown as expired.
func (t *Tracker) Milestone(ctx context.Context, c Call, ref MilestoneRef) (MilestoneView, error) {
	v, item, err := t.view(ctx, c, ref.Award, ref.key(), access.ViewMilestone, access.KindMilestone, string(ref.Milestone))
	if err != nil {
		return MilestoneView{}, err
	}
	out, err := v.milestone(item)
	if err != nil {
		return out, err
	}
	may, err := t.may(c, access.ViewEvidence, resourceOf(v.award, access.KindEvidence, ""))
	if err != nil || !may {
		return out, err
	}
	items, err := readRange(ctx, t.store, string(ref.Award), schema.EvidenceRange(ref.Milestone))
	if err != nil {
		return out, err
	}
	out.Evidence = []EvidenceView{}
	for _, item := range items {
		if out.Evidence, err = appended(out.Evidence, item, v.evidence); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Tranche returns a tranche.
func (t *Tracker) Tranche(ctx context.Context, c Call, ref TrancheRef) (TrancheView, error) {
	v, item, err := t.view(ctx, c, ref.Award, ref.key(), access.ViewTranche, access.KindTranche, string(ref.Tranche))
	if err != nil {
		return TrancheView{}, err
	}
	return v.tranche(item)
}

// Extension returns an extension.
func (t *Tracker) Extension(ctx context.Context, c Call, ref ExtensionRef) (ExtensionView, error) {
	v, item, err := t.view(ctx, c, ref.Award, ref.key(), access.ViewMilestone, access.KindExtension, string(ref.Extension))
	if err != nil {
		return ExtensionView{}, err
	}
	return v.extension(item)
}

// Payment returns a payment.
func (t *Tracker) Payment(ctx context.Context, c Call, ref PaymentRef) (PaymentView, error) {
	v, item, err := t.view(ctx, c, ref.Award, ref.key(), access.ViewPayment, access.KindPayment, string(ref.Payment))
	if err != nil {
		return PaymentView{}, err
	}
	return v.payment(item)
}

// Refund returns a refund.
func (t *Tracker) Refund(ctx context.Context, c Call, ref RefundRef) (RefundView, error) {
	v, item, err := t.view(ctx, c, ref.Award, schema.RefundKey(ref.Award, ref.Refund), access.ViewPayment, access.KindRefund, string(ref.Refund))
	if err != nil {
		return RefundView{}, err
	}
	return v.refund(item)
}

// Evidence returns evidence of a milestone.
func (t *Tracker) Evidence(ctx context.Context, c Call, ref EvidenceRef) (EvidenceView, error) {
	v, item, err := t.view(ctx, c, ref.Award, ref.key(), access.ViewEvidence, access.KindEvidence, string(ref.Evidence))
	if err != nil {
		return EvidenceView{}, err
	}
	return v.evidence(item)
}
