package tracker

import (
	"cmp"
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// AwardView is an award with everything in it, as its page shows it.
type AwardView struct {
	award.Award
	Version     int64            `json:"version"` // sequence of the award: its ETag
	Totals      *award.Totals    `json:"totals,omitempty"`
	Open        int              `json:"open"`   // open things
	Ledger      int64            `json:"ledger"` // last sequence of the ledger
	Milestones  []MilestoneView  `json:"milestones"`
	Tranches    []TrancheView    `json:"tranches"`
	Extensions  []ExtensionView  `json:"extensions"`
	Payments    []PaymentView    `json:"payments"`
	Refunds     []RefundView     `json:"refunds"`
	Parties     []award.Party    `json:"parties"`
	Names       map[string]Named `json:"names"` // of what is named by id, as far as known, persons among them
	Actions     []Action         `json:"actions"`
	Permissions []access.Action  `json:"permissions"` // what the caller's roles may do in the award, whatever its state
}

// MilestoneView is a milestone with its version and what the caller may do.
type MilestoneView struct {
	award.Milestone
	Version  int64          `json:"version"`
	Outcome  award.Outcome  `json:"outcome,omitempty"`
	DaysLate int            `json:"daysLate"` // as of today; 0 where nothing is owed
	Evidence []EvidenceView `json:"evidence,omitempty"`
	Actions  []Action       `json:"actions"`
}

// TrancheView is a tranche with its version and what the caller may do.
type TrancheView struct {
	award.Tranche
	Version    int64    `json:"version"`
	PartlyPaid bool     `json:"partlyPaid"`
	DaysLate   int      `json:"daysLate"`
	Actions    []Action `json:"actions"`
}

// ExtensionView is an extension with its version and what the caller may do.
type ExtensionView struct {
	award.Extension
	Version  int64    `json:"version"`
	DaysLate int      `json:"daysLate"`
	Actions  []Action `json:"actions"`
}

// PaymentView is a payment with its version and what the caller may do.
type PaymentView struct {
	award.Payment
	Version int64    `json:"version"`
	Actions []Action `json:"actions"`
}

// RefundView is a refund with its version and what the caller may do.
type RefundView struct {
	award.Refund
	Version int64    `json:"version"`
	Actions []Action `json:"actions"`
}

// EvidenceView is evidence with its version, its state as of now, and what the
// caller may do.
type EvidenceView struct {
	award.Evidence
	Version int64    `json:"version"`
	Actions []Action `json:"actions"`
}

// Award returns an award with its things, by one strong query.
func (t *Tracker) Award(ctx context.Context, c Call, id ident.Award) (AwardView, error) {
	if !ident.Valid(ident.PrefixAward, string(id)) {
		return AwardView{}, errNotFound()
	}
	items, err := readRange(ctx, t.store, string(id), schema.PageRange())
	if err != nil {
		return AwardView{}, err
	}
	v := viewer{t: t, call: c, on: t.Today()}
	i := slices.IndexFunc(items, func(i store.Item) bool { return i.Key == schema.RootKey(string(id)) })
	if i < 0 {
		return AwardView{}, errNotFound()
	}
	if v.award, err = decodeAward(items[i]); err != nil {
		return AwardView{}, err
	}
	if err := t.authority.Require(c.Principal, access.ViewAward, awardResource(v.award)); err != nil {
		return AwardView{}, err
	}
	out, err := v.page(items)
	if err != nil {
		return out, err
	}
	return out, out.name(newReading(ctx, t, c))
}

// page makes the view of an award's items, in the order in which people read
// them.
func (v viewer) page(items []store.Item) (AwardView, error) {
	out := AwardView{Award: v.award, Milestones: []MilestoneView{}, Tranches: []TrancheView{}, Extensions: []ExtensionView{},
		Payments: []PaymentView{}, Refunds: []RefundView{}, Parties: []award.Party{}}
	for _, item := range items {
		if err := v.add(&out, item); err != nil {
			return out, err
		}
	}
	slices.SortFunc(out.Milestones, func(a, b MilestoneView) int {
		return cmp.Or(a.DueOn.Compare(b.DueOn), cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(out.Tranches, func(a, b TrancheView) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID)) })
	legal := v.award.State.Legal()
	if v.award.State == award.Active {
		legal = append(legal, ActionInstruct)
	}
	resource := awardResource(v.award)
	out.Permissions = v.t.authority.Actions(v.call.Principal, resource)
	var err error
	out.Actions, err = v.t.actions(v.call, resource, legal...)
	return out, err
}

// add puts one item into the view.
func (v viewer) add(out *AwardView, item store.Item) error {
	var err error
	switch kindOfItem(item.Key) {
	case access.KindMilestone:
		out.Milestones, err = appended(out.Milestones, item, v.milestone)
	case access.KindTranche:
		out.Tranches, err = appended(out.Tranches, item, v.tranche)
	case access.KindExtension:
		out.Extensions, err = appended(out.Extensions, item, v.extension)
	case access.KindPayment:
		out.Payments, err = appended(out.Payments, item, v.payment)
	case access.KindRefund:
		out.Refunds, err = appended(out.Refunds, item, v.refund)
	default:
		kind, e := schema.TypeOf(item)
		switch {
		case e != nil:
			err = e
		case kind == schema.TypeHead:
			var h schema.Head
			h, err = schema.Decode[schema.Head](item, kind)
			out.Version, out.Totals, out.Open, out.Ledger = h.Seq, h.Totals, h.Open, h.Ledger
		case kind == schema.TypeParty:
			var p schema.Party
			p, err = schema.Decode[schema.Party](item, kind)
			out.Parties = append(out.Parties, p.Party)
		}
	}
	return err
}

func appended[V any](list []V, item store.Item, view func(store.Item) (V, error)) ([]V, error) {
	one, err := view(item)
	return append(list, one), err
}

// name adds the names of what the award names.
func (v *AwardView) name(r *reading) error {
	keys := append(nameKeys(v.Document), personKeys(v.people()...)...)
	for _, p := range v.Document.Parties() {
		keys = append(keys, present([]store.Key{schema.RootKey(string(p.Organisation))})...)
	}
	if err := r.load(keys...); err != nil {
		return err
	}
	v.Names = map[string]Named{}
	for _, key := range keys {
		v.Names[key.PK] = *r.named(key.PK)
	}
	return nil
}

// people are the persons who acted on the award or owe something in it.
func (v *AwardView) people() []ident.Person {
	ids := slices.Concat(v.DraftedBy, []ident.Person{v.SubmittedBy, v.ActivatedBy})
	owner := func(w attention.Watch) {
		if w.Current != nil {
			ids = append(ids, w.Current.Person)
			if a := w.Current.Ack; a != nil {
				ids = append(ids, a.By)
			}
		}
	}
	for _, m := range v.Milestones {
		for _, r := range m.Rounds {
			ids = append(ids, r.SubmittedBy, r.EndedBy)
			for _, x := range r.Reopened {
				ids = append(ids, x.By, x.WasBy)
			}
		}
		ids = append(ids, m.SettledBy)
		owner(m.Watch)
	}
	for _, t := range v.Tranches {
		ids = append(ids, t.RequestedBy, t.ApprovedBy)
		owner(t.Watch)
	}
	for _, e := range v.Extensions {
		ids = append(ids, e.RequestedBy, e.DecidedBy)
		owner(e.Watch)
	}
	for _, p := range v.Payments {
		ids = append(ids, p.InstructedBy, p.RecordedBy, p.ReversedBy)
	}
	for _, r := range v.Refunds {
		ids = append(ids, r.RecordedBy, r.ReversedBy)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id ident.Person) bool { return id == "" })
}
