package tracker_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// walkable is what Verify asks of a store.
type walkable interface {
	store.Store
	store.Walker
}

// verified verifies the whole store of an office.
func verified(t testing.TB, o *trackertest.Office) tracker.VerifyReport {
	t.Helper()
	report, err := tracker.Verify(t.Context(), tracker.VerifyOptions{Store: o.Store.(walkable), Blobs: o.Blobs})
	if err != nil {
		t.Fatalf("Verify = %v, want a report", err)
	}
	return report
}

// busy is an office in which every kind of thing is, in many states.
type busy struct {
	*trackertest.Office
	a, b     trackertest.Active
	paid     tracker.PaymentRef
	evidence tracker.EvidenceRef
}

func newBusy(t testing.TB, s store.Store) busy {
	t.Helper()
	o := trackertest.New(t, s)
	x := busy{Office: o}
	x.a = o.ActiveAward(
		[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-06-01"), trackertest.Milestone("M3", "2026-09-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "20"), trackertest.Tranche(2, "2026-06-01", "80", "M1", "M2"), trackertest.Tranche(3, "2026-09-01", "50", "M3")})
	x.b = o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-05-01", "10", "M1")}, o.OnNoPlatform)
	o.Draft(o.Document(nil, nil))
	x.evidence = o.Upload(x.a.M("M1"), "a report")
	o.Announce(x.a.M("M2"), "never sent")
	o.Clock.Set(trackertest.Day("2026-03-20"))
	o.SubmitWith(x.a.M("M1"), []ident.Evidence{x.evidence.Evidence})
	o.SendBack(x.a.M("M1"), "")
	o.Meet(x.a.M("M1"))
	ask := o.Ask(x.a.M("M2"), "2026-07-01")
	must(t)(o.Tracker.GrantExtension(o.Ctx, o.Call(trackertest.Manager2), ask, tracker.ExtensionGrant{}))
	o.Ask(x.a.M("M3"), "2026-10-01")
	o.Meet(x.a.M("M2"))
	x.paid = o.PayOut(x.a.Tr(2))
	o.Refund(x.paid, "5")
	o.Request(x.a.Tr(1))
	o.Approve(x.a.Tr(1))
	must(t)(o.Tracker.StopPayment(o.Ctx, o.Call(trackertest.Finance), o.Instruct(x.a.Tr(1)), tracker.Reason{Reason: "typing error"}))
	o.Instruct(x.a.Tr(1))
	o.Submit(x.b.M("M1"), trackertest.Lead)
	o.Decide(x.b.M("M1"), award.PartiallyMet)
	must(t)(o.Tracker.CreateOrganisation(o.Ctx, o.Call(trackertest.Manager), portfolio.Organisation{
		Names: portfolio.Names{EN: "Coded"}, Kind: portfolio.Company, Identifiers: []portfolio.Identifier{{Scheme: "X", ID: "42"}},
	}, o.Programme))
	keyed := o.Call(trackertest.Operator)
	keyed.Key, keyed.Fingerprint = "a key", "what was asked"
	must(t)(o.Tracker.StartMilestone(o.Ctx, keyed, x.a.M("M3")))
	return x
}

// must returns a function that takes a command's results and fails on a fault.
func must(t testing.TB) func(tracker.Receipt, error) tracker.Receipt {
	t.Helper()
	return func(r tracker.Receipt, err error) tracker.Receipt {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected fault: %v", err)
		}
		return r
	}
}

func TestVerifyACleanStore(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := newBusy(t, s)
		r := verified(t, o.Office)
		if r.Wrong != nil {
			t.Fatalf("Verify names %v, want nothing wrong", r.Wrong)
		}
		if r.Awards != 3 || r.Evidence != 1 || r.Opening != 0 || r.Ledger != 4 || r.Entries < 60 || r.Things < 50 {
			t.Errorf("Verify counted %+v", r)
		}
	})
}

// tampering is a change behind the tracker's back, and the code that names it.
type tampering struct {
	name string
	do   func(t *testing.T, o busy)
	code string
	at   string // what the finding's thing must contain
}

func tamperings() []tampering {
	head := func(change func(*schema.Head)) func(*testing.T, busy) {
		return func(t *testing.T, o busy) { rewrite(t, o, schema.HeadKey(string(o.a.ID)), schema.TypeHead, change) }
	}
	return []tampering{
		{"a byte of a journal text", func(t *testing.T, o busy) {
			rewrite(t, o, schema.JournalKey(string(o.a.ID), 3), schema.TypeJournal, func(j *schema.JournalText) {
				j.Text = strings.Replace(j.Text, `"origin":"live"`, `"origin":"love"`, 1)
			})
		}, "verify.chain", "7#000000000003"},
		{"a journal text with its hash", func(t *testing.T, o busy) {
			rewrite(t, o, schema.JournalKey(string(o.a.ID), 3), schema.TypeJournal, func(j *schema.JournalText) {
				j.Text = strings.Replace(j.Text, `"origin":"live"`, `"origin":"love"`, 1)
				j.Hash = hashOf(j.Text)
			})
		}, "verify.chain", "7#000000000004"},
		{"a journal item deleted", func(t *testing.T, o busy) { erase(t, o, schema.JournalKey(string(o.a.ID), 5)) }, "verify.chain", "7#"},
		{"the end of the journal cut", func(t *testing.T, o busy) {
			erase(t, o, schema.JournalKey(string(o.a.ID), o.HeadNow(string(o.a.ID)).Seq))
		}, "verify.chain", "7#"},
		{"the index of a journal item", func(t *testing.T, o busy) {
			key := schema.JournalKey(string(o.a.ID), 2)
			put(t, o, item(t, o, key), func(i *store.Item) {
				i.Index[store.Scope].PK = "JA#" + string(o.People[trackertest.Finance]) + "#2026-03"
			})
		}, "verify.index", "7#"},
		{"a body", func(t *testing.T, o busy) {
			rewrite(t, o, milestoneKey(o.a.M("M3")), schema.TypeMilestone, func(m *award.Milestone) { m.Title = "another" })
		}, "verify.thingDiffers", "mst_"},
		{"a due date", func(t *testing.T, o busy) {
			rewrite(t, o, milestoneKey(o.a.M("M3")), schema.TypeMilestone, func(m *award.Milestone) { m.DueOn = m.DueOn.AddDays(1) })
		}, "verify.thingDiffers", "mst_"},
		{"an unknown member", func(t *testing.T, o busy) {
			i := item(t, o, milestoneKey(o.a.M("M3")))
			put(t, o, i, func(i *store.Item) { i.Body = bytes.Replace(i.Body, []byte(`"code":`), []byte(`"cod":"","code":`), 1) })
		}, "verify.item", "mst_"},
		{"an unknown encoding", func(t *testing.T, o busy) {
			put(t, o, item(t, o, milestoneKey(o.a.M("M3"))), func(i *store.Item) { i.Body = bytes.Replace(i.Body, []byte(`"v":1`), []byte(`"v":2`), 1) })
		}, "verify.item", "mst_"},
		{"a version", func(t *testing.T, o busy) {
			put(t, o, item(t, o, milestoneKey(o.a.M("M3"))), func(i *store.Item) { i.Version++ })
		}, "verify.thingVersion", "mst_"},
		{"a thing deleted", func(t *testing.T, o busy) { erase(t, o, schema.TrancheKey(o.a.ID, o.a.Tranches[3])) }, "verify.thingMissing", "trn_"},
		{"a thing invented", func(t *testing.T, o busy) {
			tr := o.TrancheNow(o.a.Tr(1))
			tr.ID = "trn_01KNEQQC20KMNWZEPMDB5KWW6J"
			plant(t, o, schema.TrancheRecord(tr, schema.Setting{Programme: o.Programme, Place: string(o.Platform)}))
		}, "verify.thingUntold", "trn_"},
		{"an index key", func(t *testing.T, o busy) {
			put(t, o, item(t, o, schema.TrancheKey(o.a.ID, o.a.Tranches[1])), func(i *store.Item) { i.Index[store.Work].SK = "2030-01-01" + i.Index[store.Work].SK[10:] })
		}, "verify.index", "trn_"},
		{"an index key removed", func(t *testing.T, o busy) {
			put(t, o, item(t, o, milestoneKey(o.a.M("M3"))), func(i *store.Item) { i.Index[store.Program] = store.Key{} })
		}, "verify.index", "mst_"},
		{"an expiry", func(t *testing.T, o busy) {
			put(t, o, item(t, o, milestoneKey(o.a.M("M3"))), func(i *store.Item) { i.Expires = 4102444800 })
		}, "verify.item", "mst_"},
		{"a total", head(func(h *schema.Head) { h.Totals.Paid = money.MustParse("79.00") }), "verify.totals", "0"},
		{"the number of open things", head(func(h *schema.Head) { h.Open-- }), "verify.open", "0"},
		{"a head's state", head(func(h *schema.Head) { h.State = "closed" }), "verify.head", "0"},
		{"the end of the ledger", head(func(h *schema.Head) { h.Ledger++ }), "verify.head", "0"},
		{"a head deleted", func(t *testing.T, o busy) { erase(t, o, schema.HeadKey(string(o.a.ID))) }, "verify.head", "1"},
		{"a ledger entry forged", func(t *testing.T, o busy) {
			e := ledgerEntry(t, o, 2)
			e.Seq = 9
			plant(t, o, schema.LedgerRecord(o.a.ID, e))
		}, "verify.thingUntold", "ledger/9"},
		{"a ledger entry's amount", func(t *testing.T, o busy) {
			e := ledgerEntry(t, o, 2)
			for n := range e.Postings {
				e.Postings[n].Amount = e.Postings[n].Amount.Neg()
			}
			plant(t, o, schema.LedgerRecord(o.a.ID, e))
		}, "verify.thingDiffers", "ledger/2"},
		{"an agreement number freed", func(t *testing.T, o busy) { erase(t, o, schema.UniqueKey("agreementNumber", "", "HT-001")) }, "verify.unique", "awd_"},
		{"a number held for another", func(t *testing.T, o busy) {
			rewrite(t, o, schema.UniqueKey("agreementNumber", "", "HT-001"), schema.TypeUnique, func(u *schema.Unique) { u.Thing = string(o.b.ID) })
		}, "verify.unique", "awd_"},
		{"a number held for nothing", func(t *testing.T, o busy) {
			plant(t, o, schema.UniqueRecord(schema.Unique{Kind: "agreementNumber", Value: "HT-999", Thing: string(o.a.ID)}))
		}, "verify.unique", "h#"},
		{"a bank reference freed", func(t *testing.T, o busy) {
			erase(t, o, schema.UniqueKey("bankReference", "treasury", "BANK-"+string(o.paid.Payment)))
		}, "verify.unique", "pay_"},
		{"a bank reference held for nothing", func(t *testing.T, o busy) {
			plant(t, o, schema.UniqueRecord(schema.Unique{Kind: "bankReference", Scope: "treasury", Value: "X", Thing: "pay_9", Award: o.a.ID, Programme: o.Programme}))
		}, "verify.unique", "h#"},
		{"a bank reference held for a payment with another", func(t *testing.T, o busy) {
			plant(t, o, schema.UniqueRecord(schema.Unique{Kind: "bankReference", Scope: "treasury", Value: "X", Thing: string(o.paid.Payment), Award: o.paid.Award, Programme: o.Programme}))
		}, "verify.unique", "h#"},
		{"an organisation's code freed", func(t *testing.T, o busy) { erase(t, o, schema.UniqueKey("organisationCode", "X", "42")) }, "verify.unique", "org_"},
		{"a project's code freed", func(t *testing.T, o busy) {
			erase(t, o, schema.UniqueKey("projectCode", string(o.Programme), "PRJ-1"))
		}, "verify.unique", "prj_"},
		{"a login freed", func(t *testing.T, o busy) {
			erase(t, o, schema.LoginKey(trackertest.Issuer, trackertest.Finance))
		}, "verify.login", trackertest.Finance},
		{"a login given to another", func(t *testing.T, o busy) {
			rewrite(t, o, schema.LoginKey(trackertest.Issuer, trackertest.Finance), schema.TypeLogin, func(l *schema.Login) { l.Person = o.People[trackertest.Manager] })
		}, "verify.login", ""},
		{"a name", func(t *testing.T, o busy) {
			rewrite(t, o, schema.NameKey(schema.TypeAward, string(o.a.ID), string(o.Programme)), schema.TypeName, func(n *schema.Name) { n.Text = "HT-777" })
		}, "verify.name", "awd_"},
		{"a role in the person alone", func(t *testing.T, o busy) {
			rewrite(t, o, schema.PersonKey(o.People[trackertest.Stranger]), schema.TypePerson, func(p *portfolio.Person) {
				p.Memberships = append(p.Memberships, portfolio.Membership{ID: "mem_1", Role: portfolio.Finance, State: portfolio.MembershipActive,
					Scope: portfolio.Scope{Kind: portfolio.InProgramme, ID: string(o.Programme)}, From: trackertest.Day("2026-01-01"), GrantedOn: trackertest.Day("2026-01-01")})
			})
		}, "verify.member", "per_"},
		{"a person's organisation", func(t *testing.T, o busy) {
			rewrite(t, o, schema.PersonKey(o.People[trackertest.Stranger]), schema.TypePerson, func(p *portfolio.Person) { p.Organisation = o.City })
		}, "verify.thingDiffers", "per_"},
		{"a person invented", func(t *testing.T, o busy) {
			p := portfolio.Person{ID: "per_01KNEQQC20KMNWZEPMDB5KWW6J", Names: portfolio.Names{EN: "x"}, Logins: []portfolio.Login{}, Memberships: []portfolio.Membership{}}
			plant(t, o, schema.PersonRecord(p))
			plant(t, o, schema.NameRecords(schema.Name{Type: schema.TypePerson, Thing: string(p.ID), Programme: "-", Text: "x", Names: p.Names})[0])
		}, "verify.thingUntold", "per_"},
		{"a key whose command is gone", func(t *testing.T, o busy) {
			key := schema.IdempotencyKey(o.People[trackertest.Operator], "a key")
			rewrite(t, o, key, schema.TypeIdempotency, func(i *schema.Idempotency) { i.Seq = 999 })
		}, "verify.idempotency", "h#"},
		{"bytes of evidence gone", func(t *testing.T, o busy) {
			e := busyEvidence(t, o)
			if err := o.Blobs.In(string(e.ID)).Remove(t.Context(), e.SHA256); err != nil {
				t.Fatal(err)
			}
		}, "verify.evidence", "evd_"},
	}
}

func TestVerifyNamesWhatWasTamperedWith(t *testing.T) {
	for _, c := range tamperings() {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			o := newBusy(t, nil)
			c.do(t, o)
			got := verified(t, o.Office).Wrong
			if got == nil || got.Code != c.code {
				t.Fatalf("Verify names %v, want %s", got, c.code)
			}
			if thing, _ := got.Args["thing"].(string); !strings.Contains(thing, c.at) {
				t.Errorf("Verify names %v, want a thing like %s", got, c.at)
			}
		})
	}
}

// swapped gives other bytes than were asked for.
type swapped struct{ blob.Store }

type content struct{ *bytes.Reader }

func (content) Close() error { return nil }

func (s swapped) In(string) blob.Store { return s }

func (s swapped) Open(context.Context, string) (io.ReadSeekCloser, blob.Info, error) {
	return content{bytes.NewReader([]byte("a forgery"))}, blob.Info{}, nil
}

func TestVerifyReadsEvidence(t *testing.T) {
	o := newBusy(t, nil)
	r, err := tracker.Verify(t.Context(), tracker.VerifyOptions{Store: o.Store.(walkable), Blobs: swapped{o.Blobs}})
	if err != nil || r.Wrong == nil || r.Wrong.Code != "verify.evidence" {
		t.Errorf("Verify = %v, %v, want verify.evidence", r.Wrong, err)
	}
	r, err = tracker.Verify(t.Context(), tracker.VerifyOptions{Store: o.Store.(walkable)})
	if err != nil || r.Wrong != nil || r.Evidence != 0 {
		t.Errorf("Verify without blobs = %+v, %v, want nothing wrong and no evidence read", r, err)
	}
}
