package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// Opened is an award with history: active or closed, with the state that its
// past left. Nothing of it was decided here, so its decisions and payments name
// no person but who applied them.
type Opened struct {
	Award      Award
	Milestones []Milestone
	Tranches   []Tranche
	Payments   []Payment
	Totals     Totals
}

// Open builds an award from a complete document and its history. An accepted
// milestone is decided met, submitted on the day it was delivered, and the
// tranches whose gates then all hold are settled by opening payments of that
// day. A decision after a decision is an opening reopening; what was paid stays
// paid. A terminated or completed award is closed at its last event, its
// undecided milestones and unsettled tranches cancelled. Nobody applies what
// they prepared (separation.drafterActivates), and all dates are before the
// go-live (opening.afterGoLive).
func Open(document Document, history History, by Opener) (Opened, error) {
	a := Award{
		ID: by.Award, State: Active, Document: document.Clone(), DraftedBy: []ident.Person{by.Drafter}, SubmittedBy: by.Drafter,
		ActivatedBy: by.Actor.Person, ActivatedOn: history.activatedOn(document), Origin: by.Origin, Opening: &by.Source,
	}
	a.SubmittedOn = a.ActivatedOn
	err := first(a.mayActivate(by.Actor), document.Check(by.Facts), history.check(document, by.GoLiveOn))
	if err != nil {
		return Opened{}, err
	}
	o := opening{by: by, unpaid: history.Unpaid, last: a.ActivatedOn}
	o.milestones, o.tranches, err = document.things(a.ID, by.Mint, a.ActivatedOn)
	if err != nil {
		return Opened{}, err
	}
	for _, e := range history.sorted() {
		if err := o.apply(e); err != nil {
			return Opened{}, err
		}
	}
	if o.closing != "" {
		a.State, a.Closing, a.ClosedOn = Closed, o.closing, o.last
		o.close()
	}
	a.Document = a.Document.core()
	totals, err := TotalsOf(document.Amount, o.tranches)
	return Opened{a, o.milestones, o.tranches, o.payments, totals}, err
}

// opening is an award on its way through its history.
type opening struct {
	by         Opener
	unpaid     []int
	milestones []Milestone
	tranches   []Tranche
	payments   []Payment
	closing    Closing
	last       civil.Date
}

func (o *opening) apply(e HistoryEvent) error {
	o.last = civil.Max(o.last, e.On)
	switch e.Kind {
	case HistoryTerminated:
		o.closing = Terminated
	case HistoryCompleted:
		o.closing = Completed
	case HistoryReverted:
		o.closing = ""
	case HistoryPaid:
		i := slices.IndexFunc(o.tranches, func(t Tranche) bool { return t.Number == e.Tranche })
		return o.settle(&o.tranches[i], e)
	case HistoryStarted, HistoryDelivered, HistoryAccepted, HistoryRejected:
		i := slices.IndexFunc(o.milestones, func(m Milestone) bool { return m.Code == e.Milestone })
		o.milestones[i] = o.milestones[i].relive(e)
		o.milestones[i].Opening = e.source(o.by)
		return o.regate(o.milestones[i], e)
	}
	return nil
}

// regate brings the tranches that name a milestone up to date, and pays those
// whose last gate came to hold.
func (o *opening) regate(m Milestone, e HistoryEvent) error {
	for i := range o.tranches {
		t := &o.tranches[i]
		if !slices.Contains(t.Gates, m.ID) {
			continue
		}
		next, err := t.WithGates(o.milestones, e.On)
		if err != nil {
			return err
		}
		*t = next
		if !t.Locked && t.State == Scheduled && !slices.Contains(o.unpaid, t.Number) {
			if err := o.settle(t, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle pays a tranche whole on the day of an event.
func (o *opening) settle(t *Tranche, e HistoryEvent) error {
	if t.State != Scheduled || t.Locked {
		return fault.New(fault.Conflict, "opening.notPayable", "tranche", t.Number, "state", string(t.State), "date", e.On.String())
	}
	id, err := o.by.Mint(ident.PrefixPayment)
	if err != nil {
		return err
	}
	source := e.source(o.by)
	t.State, t.Approved, t.Paid, t.Opening = Settled, t.Amount, t.Amount, source
	t.ApprovedOn, t.SettledOn, t.OpenedOn = e.On, e.On, e.On
	o.payments = append(o.payments, Payment{
		ID: ident.Payment(id), Award: t.Award, State: Paid,
		Lines: []PaymentLine{{Tranche: t.ID, Kind: Release, Amount: t.Amount}}, Amount: t.Amount,
		InstructedOn: e.On, PaidOn: e.On, RecordedBy: o.by.Actor.Person, RecordedOn: o.by.On,
		Refunded: money.Zero(t.Amount.Unit()), Opening: source,
	})
	return nil
}

func (e HistoryEvent) source(by Opener) *OpeningSource {
	source := e.Source
	if source == (OpeningSource{}) {
		source = by.Source
	}
	return &source
}

// close ends what the history left open.
func (o *opening) close() {
	for i := range o.milestones {
		m := &o.milestones[i]
		switch {
		case m.State != Decided:
			m.State, m.OpenedOn = Cancelled, o.last
		case !m.Holds():
			m.Settlement, m.SettledOn = Accept, o.last
			if o.closing == Terminated {
				m.Settlement = Terminate
			}
		}
	}
	for i := range o.tranches {
		if t := &o.tranches[i]; t.State != Settled {
			t.State, t.OpenedOn = TrancheCancelled, civil.Date{}
		}
	}
}
