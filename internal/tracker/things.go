package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ThingsQuery asks for milestones, tranches, payments or refunds in the order
// of effective due dates, or planned ones where nobody owes anything.
type ThingsQuery struct {
	Programme ident.Programme    `json:"programme,omitempty"`
	Platform  ident.Platform     `json:"platform,omitempty"`
	Half      string             `json:"half,omitempty"`    // open (default), closed or all; State tells it where given
	State     string             `json:"state,omitempty"`   // exact
	States    []string           `json:"states,omitempty"`  // any of these, within the half
	Outcome   award.Outcome      `json:"outcome,omitempty"` // of decided milestones
	Award     ident.Award        `json:"award,omitempty"`   // one award's
	By        ident.Person       `json:"by,omitempty"`      // an extension asked for by
	Payee     ident.Organisation `json:"payee,omitempty"`   // of the award
	From      civil.Date         `json:"from,omitzero"`     // of the date sorted by
	To        civil.Date         `json:"to,omitzero"`       // included
	// Since and Until (included) are of the date on which a milestone was
	// decided, a payment was paid, or an extension was asked for; what has no
	// such date is left out. Refused for tranches and refunds.
	Since civil.Date `json:"since,omitzero"`
	Until civil.Date `json:"until,omitzero"`
	// Owed leaves what owes this, whatever Half and State say; Mine of it what
	// waits for the caller.
	Owed        attention.Kind `json:"owed,omitempty"`
	Mine        bool           `json:"mine,omitzero"`
	NewestFirst bool           `json:"newestFirst,omitzero"` // the latest date first
}

// within is the range of dates to read: sort keys are date#id.
func (q ThingsQuery) within() store.Range {
	r := store.Range{From: q.From.String()}
	if !q.To.IsZero() {
		r.To = q.To.AddDays(1).String()
	}
	if r.To != "" && r.From > r.To {
		r.From = r.To // nothing: no key is a bare date
	}
	return r
}

// sortedFrom is the query where nothing is sorted by a date before Since.
func (q ThingsQuery) sortedFrom() ThingsQuery {
	q.From = civil.Max(q.From, q.Since)
	return q
}

// sortedTo is the query where nothing is sorted by a date after Until.
func (q ThingsQuery) sortedTo() ThingsQuery {
	if q.To.IsZero() || !q.Until.IsZero() && q.Until.Before(q.To) {
		q.To = q.Until
	}
	return q
}

// happened reports whether a date lies between Since and Until.
func (q ThingsQuery) happened(on civil.Date) bool {
	return q.Since.IsZero() && q.Until.IsZero() || !on.IsZero() && !on.Before(q.Since) && (q.Until.IsZero() || !on.After(q.Until))
}

// dates refuses ranges that end before they begin.
func (q ThingsQuery) dates(dated bool) error {
	var wrong []fault.Field
	for _, r := range []struct {
		from, to civil.Date
		pointer  string
	}{{q.From, q.To, "/to"}, {q.Since, q.Until, "/until"}} {
		if !r.to.IsZero() && r.to.Before(r.from) {
			wrong = append(wrong, fault.At(r.pointer, "date.before", "earliest", r.from.String()))
		}
	}
	if !dated && (!q.Since.IsZero() || !q.Until.IsZero()) {
		return badValue("since", q.Since.String())
	}
	return fault.InvalidFields(wrong...)
}

// ThingRow is a thing in a list with the award that it belongs to.
type ThingRow[V any] struct {
	Thing      V               `json:"thing"`
	Number     string          `json:"number"` // of the award
	AwardTitle portfolio.Names `json:"awardTitle"`
	Programme  Named           `json:"programme"`
	Platform   *Named          `json:"platform,omitempty"`
	Project    *Named          `json:"project,omitempty"`
	Payee      *Named          `json:"payee,omitempty"` // of the award, for a payment
	Owner      *Named          `json:"owner,omitempty"` // the person who owes something on it
}

func waitingFor(roles ...portfolio.Role) []partitionsOf {
	var out []partitionsOf
	for _, role := range roles {
		out = append(out, func(scope string) string { return schema.Waiting(role, scope) })
	}
	return out
}

func pausedFor(roles ...portfolio.Role) []partitionsOf {
	var out []partitionsOf
	for _, role := range roles {
		out = append(out, func(scope string) string { return schema.Paused(role, scope) })
	}
	return out
}

// nobody stands for the role where nothing is owed.
const nobody portfolio.Role = ""

// milestoneLists are the partitions in which milestones of a state stand.
func milestoneLists(state string) ([]partitionsOf, bool) {
	payee := []portfolio.Role{portfolio.PlatformOperator, portfolio.ProjectLead, nobody}
	switch award.MilestoneState(state) {
	case award.Planned, award.InProgress, award.Returned:
		return append(waitingFor(payee...), pausedFor(payee[:2]...)...), true
	case award.MilestoneSubmitted:
		return waitingFor(portfolio.ProgrammeManager), true
	case award.Decided:
		return append(waitingFor(portfolio.ProgrammeManager), schema.Done), true
	case award.Cancelled:
		return []partitionsOf{schema.Done}, true
	}
	return append(waitingFor(append(payee, portfolio.ProgrammeManager)...), pausedFor(payee[:2]...)...), false
}

func trancheLists(state string) ([]partitionsOf, bool) {
	switch award.TrancheState(state) {
	case award.Scheduled:
		return waitingFor(portfolio.PlatformOperator, portfolio.ProjectLead, nobody), true
	case award.Requested:
		return waitingFor(portfolio.ProgrammeManager), true
	case award.Approved:
		return waitingFor(portfolio.Finance, nobody), true
	case award.Settled, award.TrancheCancelled:
		return []partitionsOf{schema.Done}, true
	}
	return waitingFor(append(owners(), nobody)...), false
}

func paymentLists(state string) ([]partitionsOf, bool) {
	switch award.PaymentState(state) {
	case award.Instructed:
		return waitingFor(nobody), true
	case award.Paid, award.ReturnedByBank, award.Stopped, award.PaymentReversed:
		return []partitionsOf{schema.Done}, true
	}
	return waitingFor(nobody), false
}

func refundLists(state string) ([]partitionsOf, bool) {
	switch award.RefundState(state) {
	case award.Recorded, award.RefundReversed:
		return []partitionsOf{schema.Done}, true
	}
	return nil, false
}

// Milestones lists milestones that the caller may view.
func (t *Tracker) Milestones(ctx context.Context, c Call, q ThingsQuery, p PageRequest) (Page[ThingRow[MilestoneView]], error) {
	return things(ctx, t, c, q, p, kindListing[MilestoneView]{kind: access.KindMilestone, view: access.ViewMilestone, lists: milestoneLists, make: viewer.milestone,
		state: func(m MilestoneView) string { return string(m.State) }, outcome: func(m MilestoneView) award.Outcome { return m.Outcome },
		when: func(m MilestoneView) civil.Date { return m.DecidedOn() }})
}

// Tranches lists tranches that the caller may view.
func (t *Tracker) Tranches(ctx context.Context, c Call, q ThingsQuery, p PageRequest) (Page[ThingRow[TrancheView]], error) {
	return things(ctx, t, c, q, p, kindListing[TrancheView]{kind: access.KindTranche, view: access.ViewTranche, lists: trancheLists, make: viewer.tranche,
		state: func(t TrancheView) string { return string(t.State) }})
}

// Payments lists payments that the caller may view.
func (t *Tracker) Payments(ctx context.Context, c Call, q ThingsQuery, p PageRequest) (Page[ThingRow[PaymentView]], error) {
	return things(ctx, t, c, q, p, kindListing[PaymentView]{kind: access.KindPayment, view: access.ViewPayment, lists: paymentLists, make: viewer.payment,
		state: func(p PaymentView) string { return string(p.State) }, when: func(p PaymentView) civil.Date { return p.PaidOn },
		reach: ThingsQuery.sortedTo}) // by when they were instructed: nothing is paid before
}

// Refunds lists refunds that the caller may view; all of them are closed.
func (t *Tracker) Refunds(ctx context.Context, c Call, q ThingsQuery, p PageRequest) (Page[ThingRow[RefundView]], error) {
	if q.Half == "" {
		q.Half = ClosedHalf
	}
	return things(ctx, t, c, q, p, kindListing[RefundView]{kind: access.KindRefund, view: access.ViewPayment, lists: refundLists, make: viewer.refund,
		state: func(r RefundView) string { return string(r.State) }})
}

// outcomes are what a milestone is decided as.
func outcomes() []award.Outcome {
	return []award.Outcome{award.Met, award.PartiallyMet, award.NotMet}
}

// kindListing is what differs between the lists of an award's things.
type kindListing[V any] struct {
	kind  string
	view  access.Action
	lists func(state string) (lists []partitionsOf, known bool) // of a state; the open ones where it is none
	make  func(viewer, store.Item) (V, error)
	state func(V) string
	// outcome is that of a milestone; nil where things have none.
	outcome func(V) award.Outcome
	// when is the date that Since and Until are of, and by who asked for an
	// extension; nil where things have none.
	when func(V) civil.Date
	by   func(V) ident.Person
	// reach narrows the dates sorted by to those that Since and Until leave;
	// nil where they leave any.
	reach func(ThingsQuery) ThingsQuery
}

// wants reports whether a thing passes the filters that its view tells.
func (k kindListing[V]) wants(q ThingsQuery, v V) bool {
	return (q.State == "" || q.State == k.state(v)) && (len(q.States) == 0 || slices.Contains(q.States, k.state(v))) &&
		(q.Outcome == "" || q.Outcome == k.outcome(v)) && (k.when == nil || q.happened(k.when(v))) &&
		(q.By == "" || k.by != nil && q.By == k.by(v))
}

// partitions are those of the half, or of the state, that is asked for.
func (k kindListing[V]) partitions(q ThingsQuery) ([]partitionsOf, error) {
	if q.Outcome != "" && (k.outcome == nil || !slices.Contains(outcomes(), q.Outcome)) {
		return nil, badValue("outcome", string(q.Outcome), texts(outcomes())...)
	}
	if q.Owed != "" || q.Mine {
		if !slices.Contains(attention.Kinds(), q.Owed) || !owable(k.kind) {
			return nil, badValue("owed", string(q.Owed))
		}
		roles := owing(q.Owed)
		return append(waitingFor(roles...), pausedFor(roles...)...), nil
	}
	status, err := halves(q.Half)
	if err != nil {
		return nil, err
	}
	lists, known := k.lists(q.State)
	switch {
	case q.State != "" && !known:
		return nil, badValue("state", q.State)
	case known:
		return lists, nil
	case !slices.Contains(status, schema.Open):
		return []partitionsOf{schema.Done}, nil
	case slices.Contains(status, schema.Closed):
		return append(lists, schema.Done), nil
	}
	return lists, nil
}

// owable reports whether somebody can owe something on a kind of thing.
func owable(kind string) bool {
	return kind == access.KindMilestone || kind == access.KindTranche || kind == access.KindExtension
}

// owner is the person who owes something on a thing; nil for nobody, and where
// all members of a role do.
func (f *found) owner(kind string) *Named {
	if !owable(kind) {
		return nil
	}
	th, err := f.thing()
	if err != nil || th.watch.Current == nil {
		return nil
	}
	return f.named(string(th.watch.Current.Person))
}

func (f *found) keysOfOwner(kind string) []store.Key {
	if !owable(kind) {
		return nil
	}
	return f.keysOfObligation()
}

// payee is who a payment goes to; nil for other things.
func (f *found) payee(kind string) *Named {
	a, ok, err := f.root()
	if kind != access.KindPayment || !ok || err != nil {
		return nil
	}
	return f.named(string(a.Document.Payee))
}

func (f *found) keysOfPayee(kind string) []store.Key {
	a, ok, err := f.root()
	if kind != access.KindPayment || !ok || err != nil {
		return nil
	}
	return present([]store.Key{schema.RootKey(string(a.Document.Payee))})
}

// owes reports whether what is asked for is owed on a thing of an award.
func (q ThingsQuery) owes(f *found, a award.Award) (bool, error) {
	if q.Owed == "" {
		return true, nil
	}
	th, err := f.thing()
	if o := th.watch.Current; err != nil || o == nil || o.Kind != q.Owed {
		return false, err
	}
	if !q.Mine {
		return true, nil
	}
	return f.owedByCaller(a, th)
}

// thingSources are one award's own things, or those of every scope in which the
// caller may view them.
func (r *reading) thingSources(q ThingsQuery, in narrowing, view access.Action, lists []partitionsOf) ([]source, error) {
	if q.Award == "" {
		return r.sources(view, in, lists...)
	}
	if !ident.Valid(ident.PrefixAward, string(q.Award)) {
		return nil, nil
	}
	return []source{{own: ofAward(q.Award, lists...)}}, nil
}

func things[V any](ctx context.Context, t *Tracker, c Call, q ThingsQuery, p PageRequest, k kindListing[V]) (Page[ThingRow[V]], error) {
	lists, err := k.partitions(q)
	if err == nil {
		err = q.dates(k.when != nil)
	}
	if err != nil {
		return Page[ThingRow[V]]{}, err
	}
	in := narrowing{Programme: q.Programme, Platform: q.Platform}
	r := newReading(ctx, t, c)
	sources, err := r.thingSources(q, in, k.view, lists)
	if err != nil {
		return Page[ThingRow[V]]{}, err
	}
	within := q.within()
	if k.reach != nil {
		within = k.reach(q).within()
	}
	view := func(f *found) (V, award.Award, error) {
		a, _, err := f.root()
		if err != nil {
			var none V
			return none, a, err
		}
		v, err := k.make(viewer{t: t, call: c, on: t.Today(), award: a}, *f.item)
		return v, a, err
	}
	return listing[ThingRow[V]]{
		name: "things " + k.kind, query: q, sources: sources, narrow: "programme, platform, state", within: within, descending: q.NewestFirst,
		pass: func(item store.Key) bool { return kindOfItem(item) == k.kind },
		also: func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		rests: func(f *found) []store.Key {
			if !q.Mine {
				return nil
			}
			return f.keysOfOwner(k.kind)
		},
		keep: func(f *found) (verdict, error) {
			a, ok, err := f.root()
			if err != nil || !ok {
				return hidden, err
			}
			may, err := t.may(c, k.view, resourceOf(a, k.kind, ""))
			if err != nil || !may {
				return hidden, err
			}
			owed, err := q.owes(f, a)
			if err != nil || !owed {
				return filtered, err
			}
			v, _, err := view(f)
			if err != nil {
				return hidden, err
			}
			return seen(true, in.holds(a.Document) && (q.Award == "" || q.Award == a.ID) && (q.Payee == "" || q.Payee == a.Document.Payee) && k.wants(q, v), nil)
		},
		then: func(f *found) []store.Key {
			return append(append(f.nameKeysOfAward(), f.keysOfOwner(k.kind)...), f.keysOfPayee(k.kind)...)
		},
		row: func(f *found) (ThingRow[V], error) {
			v, a, err := view(f)
			d := a.Document
			return ThingRow[V]{Thing: v, Number: d.Number, AwardTitle: d.Title, Programme: *f.named(string(d.Programme)),
				Platform: f.named(string(d.Platform)), Project: f.named(string(d.Project)), Payee: f.payee(k.kind), Owner: f.owner(k.kind)}, err
		},
	}.page(ctx, t, c, p)
}
