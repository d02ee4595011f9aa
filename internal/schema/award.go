package schema

import (
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// Head is the small item that every command on an aggregate writes under its
// version: the end of its journal, and for an award its state and sums.
type Head struct {
	Seq    int64         `json:"seq"`
	Hash   string        `json:"hash"` // of the last journal entry
	State  string        `json:"state,omitempty"`
	Open   int           `json:"open,omitzero"`   // open things, at most award.MaxOpen
	Ledger int64         `json:"ledger,omitzero"` // last sequence of the ledger
	Totals *award.Totals `json:"totals,omitempty"`
}

// HeadRecord places an aggregate's head.
func HeadRecord(aggregate string, h Head) Record {
	return Record{Type: TypeHead, Key: HeadKey(aggregate), Value: h}
}

// Setting is where an award's things are listed.
type Setting struct {
	Programme ident.Programme
	Place     string // the platform, or the project where there is none
}

// SettingOf returns the setting of an award.
func SettingOf(d award.Document) Setting {
	if d.Platform != "" {
		return Setting{d.Programme, string(d.Platform)}
	}
	return Setting{d.Programme, string(d.Project)}
}

// AwardRecord places an award's root.
func AwardRecord(a award.Award) Record {
	s, status := SettingOf(a.Document), OpenOrClosed(!a.State.Ended())
	number := Normalise(a.Document.Number) + "#" + string(a.ID)
	r := Record{Type: TypeAward, Key: RootKey(string(a.ID)), Value: a, Index: [store.Indexes]store.Key{
		store.Scope:   {PK: AwardsAt(s.Place, status), SK: number},
		store.Program: {PK: AwardsAt(string(s.Programme), status), SK: number},
	}}
	if a.State == award.Submitted {
		r.Index[store.Work] = proposed(s.Programme, a.SubmittedOn, string(a.ID))
	}
	return r
}

// Status is the half of a listing that a thing stands in.
type Status string

// The two halves.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// OpenOrClosed returns Open for true.
func OpenOrClosed(open bool) Status {
	if open {
		return Open
	}
	return Closed
}

// AwardsAt is the partition of the awards of a programme, platform or project.
func AwardsAt(scope string, s Status) string { return "A#" + scope + "#" + string(s) }

// Waiting is the partition of what a role owes in a programme or at a place;
// role "" holds the open things that nobody owes anything on.
func Waiting(role portfolio.Role, scope string) string {
	if role == "" {
		role = "-"
	}
	return "W#" + string(role) + "#" + scope
}

// Paused is the partition of what a role owes once its clock runs again.
func Paused(role portfolio.Role, scope string) string { return "Z#" + string(role) + "#" + scope }

// Done is the partition of the things that are over.
func Done(scope string) string { return "D#" + scope }

// listing gives the index entries of an award's thing: its place in the
// worklist, and in the lists of its setting by effective due date, or by
// planned where nobody owes anything.
func listing(a ident.Award, id string, s Setting, open bool, planned civil.Date, w attention.Watch) [store.Indexes]store.Key {
	var index [store.Indexes]store.Key
	at := func(list func(string) string, on civil.Date) {
		sk := on.String() + "#" + id
		index[store.Scope] = store.Key{PK: list(s.Place), SK: sk}
		index[store.Program] = store.Key{PK: list(string(s.Programme)), SK: sk}
	}
	o := w.Current
	switch {
	case !open:
		at(Done, planned)
	case o == nil:
		at(func(scope string) string { return Waiting("", scope) }, planned)
	case o.Paused:
		at(func(scope string) string { return Paused(o.Role, scope) }, o.EffectiveOn)
	default:
		at(func(scope string) string { return Waiting(o.Role, scope) }, o.EffectiveOn)
	}
	if o != nil && !o.NextOn.IsZero() {
		index[store.Work] = store.Key{PK: Shard(a), SK: o.NextOn.String() + "#" + string(a) + "#" + id}
	}
	return index
}

// MilestoneOpen reports whether a milestone still stands in the open lists.
func MilestoneOpen(m award.Milestone) bool {
	switch m.State {
	case award.Cancelled:
		return false
	case award.Decided:
		return m.Watch.Current != nil // a consequence is still to be decided
	}
	return true
}

// MilestoneRecord places a milestone.
func MilestoneRecord(m award.Milestone, s Setting) Record {
	return Record{Type: TypeMilestone, Key: MilestoneKey(m.Award, m.ID), Value: m,
		Index: listing(m.Award, string(m.ID), s, MilestoneOpen(m), m.DueOn, m.Watch)}
}

// TrancheOpen reports whether a tranche still stands in the open lists.
func TrancheOpen(t award.Tranche) bool {
	return t.State != award.Settled && t.State != award.TrancheCancelled
}

// TrancheRecord places a tranche.
func TrancheRecord(t award.Tranche, s Setting) Record {
	return Record{Type: TypeTranche, Key: TrancheKey(t.Award, t.ID), Value: t,
		Index: listing(t.Award, string(t.ID), s, TrancheOpen(t), t.PlannedOn, t.Watch)}
}

// ExtensionOpen reports whether an extension is undecided.
func ExtensionOpen(e award.Extension) bool { return e.State == award.ExtensionRequested }

// ExtensionRecord places an extension.
func ExtensionRecord(e award.Extension, s Setting) Record {
	return Record{Type: TypeExtension, Key: ExtensionKey(e.Award, e.ID), Value: e,
		Index: listing(e.Award, string(e.ID), s, ExtensionOpen(e), e.RequestedOn, e.Watch)}
}

// PaymentOpen reports whether a payment is on its way to the bank.
func PaymentOpen(p award.Payment) bool { return p.State == award.Instructed }

// PaymentRecord places a payment, which is found by its reference.
func PaymentRecord(p award.Payment, s Setting) Record {
	r := Record{Type: TypePayment, Key: PaymentKey(p.Award, p.ID), Value: p,
		Index: listing(p.Award, string(p.ID), s, PaymentOpen(p), p.InstructedOn, attention.Watch{})}
	r.Index[store.Work] = moneyFoundAt(s.Programme, p.Reference, string(p.ID))
	return r
}

// RefundRecord places a refund, which is found by the bank's reference.
func RefundRecord(r award.Refund, s Setting) Record {
	out := Record{Type: TypeRefund, Key: RefundKey(r.Award, r.ID), Value: r,
		Index: listing(r.Award, string(r.ID), s, false, r.ReceivedOn, attention.Watch{})}
	out.Index[store.Work] = moneyFoundAt(s.Programme, r.Reference, string(r.ID))
	return out
}

// EvidenceRecord places evidence; it is listed with its milestone only.
func EvidenceRecord(e award.Evidence) Record {
	return Record{Type: TypeEvidence, Key: EvidenceKey(e.Award, e.Milestone, e.ID), Value: e}
}

// Party lists an award under an organisation or project that takes part.
type Party struct {
	Award ident.Award `json:"award"`
	award.Party
}

// PartyRecord places a party; status is the award's.
func PartyRecord(p Party, status Status) Record {
	id, list := string(p.Organisation), PartiesOf(p.Organisation)
	if p.Project != "" {
		id, list = string(p.Project), AwardsAt(string(p.Project), status)
	}
	r := Record{Type: TypeParty, Key: store.Key{PK: string(p.Award), SK: "4#pty#" + id}, Value: p}
	r.Index[store.Scope] = store.Key{PK: list, SK: string(p.Award)}
	return r
}

// PartiesOf is the partition of the awards that an organisation takes part in.
func PartiesOf(o ident.Organisation) string { return "O#" + string(o) }

// LedgerRecord places a ledger entry.
func LedgerRecord(a ident.Award, e ledger.Entry) Record {
	return Record{Type: TypeLedger, Key: LedgerKey(a, e.Seq), Value: e}
}
