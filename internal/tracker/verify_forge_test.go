package tracker_test

import (
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/journal"
	"milepost/internal/ledger"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// forgery is a command that no tracker would do, written as one would: journal,
// chain, head and things all agree. Only the rules between things tell.
type forgery struct {
	name  string
	code  string
	actor string
	kind  string // of the event
	thing string // in the journal
	do    func(o busy) schema.Record
	head  func(h *schema.Head)
	event func(e *journal.Event)
}

func forgeries() []forgery {
	milestone := func(code string, change func(m *award.Milestone)) func(busy) schema.Record {
		return func(o busy) schema.Record {
			m := o.MilestoneNow(o.a.M(code))
			change(&m)
			return schema.MilestoneRecord(m, schema.Setting{Programme: o.Programme, Place: string(o.Platform)})
		}
	}
	tranche := func(n int, change func(t *award.Tranche)) func(busy) schema.Record {
		return func(o busy) schema.Record {
			tr := o.TrancheNow(o.a.Tr(n))
			change(&tr)
			return schema.TrancheRecord(tr, schema.Setting{Programme: o.Programme, Place: string(o.Platform)})
		}
	}
	later := func(d civil.Date) civil.Date { return d.AddDays(30) }
	return []forgery{
		{name: "a due date moved without a grant", code: "verify.dates", kind: "milestone.forecast",
			do: milestone("M3", func(m *award.Milestone) { m.DueOn = later(m.DueOn) })},
		{name: "a due date moved as if granted", code: "verify.dates", kind: "milestone.extended",
			do: milestone("M3", func(m *award.Milestone) { m.DueOn = later(m.DueOn) })},
		{name: "a baseline moved", code: "verify.dates", kind: "milestone.extended",
			do: milestone("M3", func(m *award.Milestone) { m.BaselineOn = later(m.BaselineOn) })},
		{name: "a gate of a paid tranche not met", code: "verify.gates", kind: "milestone.decided", actor: trackertest.Manager2,
			do: milestone("M2", func(m *award.Milestone) { m.Rounds[0].Outcome = award.NotMet })},
		{name: "a gate left out", code: "verify.gates", kind: "tranche.created",
			do: tranche(3, func(t *award.Tranche) { t.Gates, t.Locked, t.Ungated = nil, false, true })},
		{name: "a tranche approved behind a locked gate", code: "verify.gates", kind: "tranche.approved", actor: trackertest.Manager2,
			do: tranche(3, func(t *award.Tranche) { t.State, t.Approved = award.Approved, t.Amount })},
		{name: "a tranche raised", code: "verify.amounts", kind: "tranche.created",
			do: tranche(3, func(t *award.Tranche) { t.Amount = money.MustParse("51") })},
		{name: "more paid than approved", code: "verify.amounts", kind: "tranche.paid",
			do: tranche(1, func(t *award.Tranche) { t.Paid = money.MustParse("21") })},
		{name: "paid without a payment", code: "verify.amounts", kind: "tranche.paid",
			do: tranche(1, func(t *award.Tranche) { t.Instructed, t.Paid = money.Zero(money.CNY), t.Instructed })},
		{name: "nothing owed on what waits", code: "verify.attention", kind: "milestone.forecast",
			do: milestone("M3", func(m *award.Milestone) { m.Watch.Current = nil })},
		{name: "a decision by who submitted", code: "verify.separation", kind: "milestone.decided", actor: trackertest.Operator,
			do: milestone("M1", func(m *award.Milestone) { m.Rounds[0].EndedBy = "per_1" })},
		{name: "an approval by the payee", code: "verify.separation", kind: "tranche.refused", actor: trackertest.Lead,
			do: tranche(3, func(t *award.Tranche) { t.Refused = "x" })},
		{name: "a change that does not fit", code: "verify.replay", kind: "tranche.refused",
			do:    tranche(3, func(t *award.Tranche) { t.Refused = "x" }),
			event: func(e *journal.Event) { e.Changes[0].From = []byte(`"y"`) }},
		{name: "a ledger entry for nothing", code: "verify.ledger", kind: "ledger.posted", thing: "ledger/5",
			head: func(h *schema.Head) { h.Ledger = 5 },
			do: func(o busy) schema.Record {
				e, _ := ledger.Approve(ledger.Stamp{Seq: 5, At: "2026-03-20T01:00:00.000Z", On: o.Today()}, o.a.Tranches[3], money.MustParse("50"))
				return schema.LedgerRecord(o.a.ID, e)
			}},
		// the list of its project, in which it stands as open, is the first to tell
		{name: "a closed award with open things", code: "verify.index", kind: "award.closed",
			head: func(h *schema.Head) { h.State = "closed" },
			do: func(o busy) schema.Record {
				a, _ := schema.Decode[award.Award](item(o.T.(testing.TB), o, schema.RootKey(string(o.a.ID))), schema.TypeAward)
				a.State = award.Closed
				return schema.AwardRecord(a)
			}},
	}
}

func TestVerifyNamesWhatBreaksARule(t *testing.T) {
	for _, f := range forgeries() {
		t.Run(strings.ReplaceAll(f.name, " ", "_"), func(t *testing.T) {
			o := newBusy(t, nil)
			forge(t, o, string(o.a.ID), f)
			got := verified(t, o.Office).Wrong
			if got == nil || got.Code != f.code {
				t.Fatalf("Verify names %v, want %s", got, f.code)
			}
		})
	}
}

func TestVerifyNamesWhoGrantedThemselvesARole(t *testing.T) {
	o := newBusy(t, nil)
	self := o.People[trackertest.Manager]
	p, err := schema.Decode[portfolio.Person](item(t, o, schema.PersonKey(self)), schema.TypePerson)
	if err != nil {
		t.Fatal(err)
	}
	scope := portfolio.Scope{Kind: portfolio.InProgramme, ID: string(o.Programme)}
	p.Memberships = append(p.Memberships, portfolio.Membership{ID: "mem_9", Role: portfolio.Finance, Scope: scope, From: o.Today(),
		State: portfolio.MembershipActive, GrantedBy: self, GrantedOn: o.Today()})
	plant(t, o, schema.PersonRecord(p))
	forge(t, o, string(o.Programme), forgery{kind: "member.granted", actor: trackertest.Manager, thing: "member/" + string(self), do: func(busy) schema.Record {
		return schema.MemberRecord(schema.Member{Person: self, Scope: scope, Memberships: p.Memberships})
	}})
	if got := verified(t, o.Office).Wrong; got == nil || got.Code != "verify.separation" {
		t.Errorf("Verify names %v, want verify.separation", got)
	}
}

// forge writes what a command would write.
func forge(t testing.TB, o busy, aggregate string, f forgery) {
	t.Helper()
	r := f.do(o)
	was := int64(0)
	var before []byte
	if items, err := o.Store.Get(t.Context(), r.Key); err == nil && items[0] != nil {
		was = items[0].Version
		before, _ = schema.Value(items[0])
	}
	after, err := schema.Canonical(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := journal.Diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	thing := f.thing
	if thing == "" {
		thing = r.Key.SK[strings.LastIndexByte(r.Key.SK, '#')+1:]
	}
	if r.Key == schema.RootKey(aggregate) {
		thing = aggregate
	}
	event := journal.Event{Kind: f.kind, V: 1, Thing: thing, Was: was, Is: was + 1, Changes: changes}
	if f.event != nil {
		f.event(&event)
	}
	head := o.HeadNow(aggregate)
	actor := journal.Actor{System: "forger"}
	if f.actor != "" {
		actor = journal.Actor{Person: string(o.People[f.actor])}
	}
	e := journal.Entry{Aggregate: aggregate, Seq: head.Seq + 1, At: "2026-03-20T01:00:00.000Z", On: o.Today(), Actor: actor,
		Command: "forge", Origin: "live", Events: []journal.Event{event}, Prev: head.Hash}
	text, hash, err := e.Seal()
	if err != nil {
		t.Fatal(err)
	}
	head.Seq, head.Hash = e.Seq, hash
	if f.head != nil {
		f.head(&head)
	}
	for _, w := range []struct {
		record  schema.Record
		version int64
	}{{r, was + 1}, {schema.HeadRecord(aggregate, head), head.Seq}, {schema.JournalRecord(e, text, hash, o.Programme), 1}} {
		i, err := w.record.Item(w.version)
		if err != nil {
			t.Fatal(err)
		}
		transact(t, o, store.PutOp(i, store.Anything))
	}
}
