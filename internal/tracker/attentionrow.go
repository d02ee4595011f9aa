package tracker

import (
	"context"
	"errors"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// AttentionRow is a thing that somebody owes something on, or that is over.
type AttentionRow struct {
	Thing   string `json:"thing"` // milestone, tranche or extension
	ID      string `json:"id"`
	Version int64  `json:"version"`
	State   string `json:"state"`
	// Milestone is the milestone itself, or the one that an extension is for;
	// title and code are its. A tranche's code is its number.
	Milestone  ident.Milestone `json:"milestone,omitempty"`
	Title      string          `json:"title,omitempty"`
	Code       string          `json:"code"`
	Award      ident.Award     `json:"award"`
	Number     string          `json:"number"` // of the award
	AwardTitle portfolio.Names `json:"awardTitle"`
	Programme  Named           `json:"programme"`
	Platform   *Named          `json:"platform,omitempty"`
	Project    *Named          `json:"project,omitempty"`
	Sector     string          `json:"sector,omitempty"`

	Kind   attention.Kind `json:"kind,omitempty"` // of the obligation; empty where it is over
	Role   portfolio.Role `json:"role,omitempty"` // who owes it
	Person *Named         `json:"person,omitempty"`
	// Except are persons whom a separation keeps from it, though they hold the role.
	Except      []ident.Person  `json:"except,omitempty"`
	DueOn       civil.Date      `json:"dueOn,omitzero"`
	EffectiveOn civil.Date      `json:"effectiveOn,omitzero"` // what lateness counts from
	DaysLate    int             `json:"daysLate"`
	Level       attention.Level `json:"level,omitempty"` // the highest that was told; empty: nobody yet
	OpenedOn    civil.Date      `json:"openedOn,omitzero"`
	FlaggedOn   civil.Date      `json:"flaggedOn,omitzero"` // by rule, of the last rung reached
	NextOn      civil.Date      `json:"nextOn,omitzero"`    // of the next rung
	Revision    int             `json:"revision,omitzero"`
	Paused      bool            `json:"paused,omitzero"`
	Provisional bool            `json:"provisional,omitzero"`
	// Barred says that a separation keeps the caller, who holds the role, from
	// it, so that it is owed by others of the role.
	Barred bool `json:"barred,omitzero"`
	// Baseline says that it was overdue when attention began.
	Baseline *attention.Baseline `json:"baseline,omitempty"`
	Ack      *attention.Ack      `json:"ack,omitempty"`
	// GatedAmount is the money at risk: of the tranches that a milestone gates,
	// or what is not paid of the tranche itself. Sums over rows count a tranche
	// several times.
	GatedAmount money.Amount `json:"gatedAmount,omitzero"`
	// Instructed is what of a tranche's is on its way to the bank.
	Instructed money.Amount `json:"instructed,omitzero"`
	// AtBank says that all that is left to pay of a tranche is instructed, so
	// that only what the bank did is to be recorded.
	AtBank bool `json:"atBank,omitzero"`
	// SentBack is why a tranche was last sent back, until it is approved.
	SentBack string   `json:"sentBack,omitempty"`
	Actions  []Action `json:"actions,omitempty"`
}

// thing is what attention watches, whichever of the three kinds it is.
type thing struct {
	kind, id, state, title, code string
	milestone                    ident.Milestone
	watch                        attention.Watch
	due                          civil.Date
	money                        money.Amount
	legal                        []Action     // what it takes, as far as it can tell by itself
	instructed                   money.Amount // of a tranche, and whether that is all that is left to pay
	atBank                       bool
	sentBack                     string // why, of a tranche
}

func (f *found) thing() (thing, error) {
	switch kind := kindOfItem(f.item.Key); kind {
	case access.KindMilestone:
		m, err := schema.Decode[award.Milestone](*f.item, schema.TypeMilestone)
		return thing{kind, string(m.ID), string(m.State), m.Title, m.Code, m.ID, m.Watch, m.Due(), m.GatedAmount, m.Legal(), money.Amount{}, false, ""}, err
	case access.KindTranche:
		t, err := schema.Decode[award.Tranche](*f.item, schema.TypeTranche)
		unpaid, e2 := t.Amount.Sub(t.Paid)
		return thing{kind, string(t.ID), string(t.State), "", numbered(t.Number), "", t.Watch, t.PlannedOn, unpaid, t.State.Legal(), t.Instructed, t.AtBank(), t.Refused}, errors.Join(err, e2)
	case access.KindExtension:
		e, err := schema.Decode[award.Extension](*f.item, schema.TypeExtension)
		m, _, e2 := get[award.Milestone](f.reading, schema.MilestoneKey(e.Award, e.Milestone), schema.TypeMilestone)
		return thing{kind, string(e.ID), string(e.State), m.Title, m.Code, e.Milestone, e.Watch, e.RequestedOn, m.GatedAmount, e.State.Legal(), money.Amount{}, false, ""}, errors.Join(err, e2)
	default:
		return thing{}, fault.New(fault.Internal, "item.otherType", "item", f.item.String(), "type", kind, "expected", "obligation")
	}
}

// root returns the award of an entry, whose root was read with it.
func (f *found) root() (award.Award, bool, error) {
	return get[award.Award](f.reading, schema.RootKey(f.item.PK), schema.TypeAward)
}

func (f *found) nameKeysOfAward() []store.Key {
	a, _, err := f.root()
	if err != nil {
		return nil
	}
	d := a.Document
	return present([]store.Key{schema.RootKey(string(d.Programme)), schema.RootKey(string(d.Platform)), schema.RootKey(string(d.Project))})
}

// keysOfObligation are what a row shows beside: who owes it, and what an
// extension is for.
func (f *found) keysOfObligation() []store.Key {
	th, err := f.thing()
	if err != nil {
		return nil
	}
	var keys []store.Key
	if th.watch.Current != nil {
		keys = personKeys(th.watch.Current.Person)
	}
	if th.kind == access.KindExtension {
		keys = append(keys, schema.MilestoneKey(ident.Award(f.item.PK), th.milestone))
	}
	return keys
}

// resourceOf is an award's thing as access sees it.
func resourceOf(a award.Award, kind, id string) access.Resource {
	r := awardResource(a)
	r.Kind, r.ID = kind, id
	return r
}

func (q AttentionQuery) keep(f *found) (verdict, error) {
	a, ok, err := f.root()
	if err != nil || !ok {
		return hidden, err
	}
	th, err := f.thing()
	if err != nil {
		return hidden, err
	}
	may, err := f.t.may(f.call, access.ViewAttention, resourceOf(a, th.kind, th.id))
	if err != nil || !may {
		return hidden, err
	}
	if q.Others || q.Mine {
		mine, err := f.owedByCaller(a, th)
		if err != nil || q.Others && mine || q.Mine && !mine {
			return filtered, err
		}
	}
	in := narrowing{Programme: q.Programme, Platform: q.Platform}
	return seen(true, in.holds(a.Document) && q.wants(th) && (q.Sector == "" || f.sector(a.Document) == q.Sector), nil)
}

func (q AttentionQuery) wants(th thing) bool {
	o := th.watch.Current
	if o == nil {
		return q.Status == StatusDone && q.Kind == "" && q.Level == "" && q.Person == "" && !q.Baselined
	}
	return (q.Kind == "" || q.Kind == o.Kind) && (q.Role == "" || q.Role == o.Role) && (q.Level == "" || q.Level == o.Told()) &&
		(q.Person == "" || q.Person == o.Person) && (!q.Baselined || o.Baseline != nil)
}

// sector is that of an award's platform, or of its project where it has none.
func (f *found) sector(d award.Document) string {
	if d.Platform != "" {
		p, _, err := get[portfolio.Platform](f.reading, schema.RootKey(string(d.Platform)), schema.TypePlatform)
		if err == nil {
			return p.Sector
		}
	}
	p, _, err := get[portfolio.Project](f.reading, schema.RootKey(string(d.Project)), schema.TypeProject)
	if err != nil {
		return ""
	}
	return p.Sector
}

func attentionRow(f *found, on civil.Date) (AttentionRow, error) {
	a, _, err := f.root()
	if err != nil {
		return AttentionRow{}, err
	}
	th, err := f.thing()
	d := a.Document
	row := AttentionRow{
		Thing: th.kind, ID: th.id, Version: f.item.Version, State: th.state, Milestone: th.milestone, Title: th.title, Code: th.code,
		Award: a.ID, Number: d.Number, AwardTitle: d.Title,
		Programme: *f.named(string(d.Programme)), Platform: f.named(string(d.Platform)), Project: f.named(string(d.Project)), Sector: f.sector(d),
		DueOn: th.due, GatedAmount: th.money, Instructed: th.instructed, AtBank: th.atBank, SentBack: th.sentBack,
	}
	o := th.watch.Current
	if err != nil || o == nil {
		return row, err
	}
	row.Kind, row.Role, row.Person = o.Kind, o.Role, f.named(string(o.Person))
	row.Except = o.Except
	row.DueOn, row.EffectiveOn, row.DaysLate = o.DueOn, o.EffectiveOn, o.DaysLate(on)
	row.Level, row.OpenedOn, row.NextOn, row.Revision = o.Told(), o.OpenedOn, o.NextOn, o.Revision
	row.Barred = slices.Contains(o.Except, f.call.Principal.Person) && slices.Contains(f.t.authority.Roles(f.call.Principal, resourceOf(a, th.kind, th.id)), o.Role)
	row.Paused, row.Provisional, row.Baseline, row.Ack = o.Paused, o.Provisional, o.Baseline, o.Ack
	if n := len(o.Rungs); n > 0 {
		row.FlaggedOn = o.Rungs[n-1].ReachedOn
	}
	row.Actions, err = viewer{t: f.t, call: f.call, award: a}.actions(th.kind, th.id, th.watch, th.legal)
	return row, err
}

// WaitingFor counts what is owed by the caller, up to a number; more says that
// there is more than that.
func (t *Tracker) WaitingFor(ctx context.Context, c Call, most int) (count int, more bool, err error) {
	l, err := t.attentionList(ctx, c, AttentionQuery{Mine: true})
	if err != nil {
		return 0, false, err
	}
	return l.count(ctx, t, c, most)
}
