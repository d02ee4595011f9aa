package functions

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// longJournal makes an auditor of the programme, and writes what was done there
// in a month: fifty entries as large as the largest drafts, more than an answer
// holds.
func (w *world) longJournal(t *testing.T) {
	t.Helper()
	w.admitAuditor(t)
	data, err := json.Marshal(map[string]string{"text": strings.Repeat("x", 250<<10)})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 50 {
		e := journal.Entry{
			Aggregate: string(w.programme), Seq: int64(10_000 + n), At: fmt.Sprintf("2026-05-02T00:00:%02d.000Z", n), On: civil.MustParse("2026-05-02"),
			Command: "keep", Origin: "live", Actor: journal.Actor{System: "test"}, Prev: strings.Repeat("0", 64),
			Events: []journal.Event{{Kind: "programme.kept", V: 1, Thing: string(w.programme), Data: data}},
		}
		text, hash, err := e.Seal()
		if err != nil {
			t.Fatal(err)
		}
		item, err := schema.JournalRecord(e, text, hash, w.programme).Item(1)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.store.Transact(t.Context(), rand.Text(), store.PutOp(item, store.Absent)); err != nil {
			t.Fatal(err)
		}
	}
}

// admitAuditor registers the auditor by the administrator's commands.
func (w *world) admitAuditor(t *testing.T) {
	t.Helper()
	authority, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	tr := tracker.New(tracker.Options{Store: w.store, Authority: authority, Now: w.issuer.clock.now, Entropy: rand.Reader})
	c, err := tr.Authenticated(t.Context(), portfolio.Login{Issuer: w.issuer.url, Subject: administrator})
	if err != nil {
		t.Fatal(err)
	}
	r, err := tr.CreatePerson(t.Context(), c, portfolio.Person{
		Names: portfolio.Names{EN: auditor}, Logins: []portfolio.Login{{Issuer: w.issuer.url, Subject: auditor}},
	})
	if err == nil {
		role := portfolio.Auditor
		_, err = tr.GrantMembership(t.Context(), c, ident.Person(r.Things[0].ID), portfolio.Grant{
			Role: role, Scope: portfolio.Scope{Kind: role.ScopeKind(), ID: string(w.programme)},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}
