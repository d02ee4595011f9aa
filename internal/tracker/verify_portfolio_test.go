package tracker_test

import (
	"testing"

	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What is written a second time is journaled as a change of what was there,
// and names follow what they name: each step leaves a store that verifies.
func TestVerifyAfterEachChangeOfThePortfolio(t *testing.T) {
	o := trackertest.New(t, nil)
	tr, ctx := o.Tracker, o.Ctx
	manager := func() tracker.Call { return o.Call(trackertest.Manager) }
	programme := portfolio.Scope{Kind: portfolio.InProgramme, ID: string(o.Programme)}
	stranger := o.People[trackertest.Stranger]
	steps := []struct {
		name string
		do   func() (tracker.Receipt, error)
	}{
		{"grant", func() (tracker.Receipt, error) {
			return tr.GrantMembership(ctx, o.Call(trackertest.Administrator), stranger, portfolio.Grant{Role: portfolio.Auditor, Scope: programme})
		}},
		{"grant a second role in the scope", func() (tracker.Receipt, error) {
			return tr.GrantMembership(ctx, o.Call(trackertest.Administrator), stranger, portfolio.Grant{Role: portfolio.Head, Scope: programme})
		}},
		{"revoke", func() (tracker.Receipt, error) {
			p, err := schema.Decode[portfolio.Person](item(t, busy{Office: o}, schema.PersonKey(stranger)), schema.TypePerson)
			if err != nil {
				t.Fatal(err)
			}
			return tr.RevokeMembership(ctx, o.Call(trackertest.Administrator), stranger, p.Memberships[0].ID, because)
		}},
		{"enrol again", func() (tracker.Receipt, error) {
			return tr.EnrolPlatform(ctx, manager(), o.Platform, portfolio.Enrolment{Programme: o.Programme, Origin: portfolio.SelfInitiated, From: o.Today()})
		}},
		{"edit platform", func() (tracker.Receipt, error) {
			return tr.EditPlatform(ctx, manager(), o.Platform, portfolio.Platform{Kind: portfolio.PilotBase, Names: portfolio.Names{EN: "Renamed"}, Operator: o.Payee})
		}},
		{"edit organisation", func() (tracker.Receipt, error) {
			return tr.EditOrganisation(ctx, manager(), o.Payee, portfolio.Organisation{Names: portfolio.Names{EN: "Renamed"}, Kind: portfolio.University,
				Identifiers: []portfolio.Identifier{{Scheme: "X", ID: "abc"}}}, o.Programme)
		}},
		{"write a code otherwise", func() (tracker.Receipt, error) {
			return tr.EditOrganisation(ctx, manager(), o.Payee, portfolio.Organisation{Names: portfolio.Names{EN: "Renamed"}, Kind: portfolio.University,
				Identifiers: []portfolio.Identifier{{Scheme: "X", ID: "abc"}, {Scheme: "X", ID: "def"}}}, o.Programme)
		}},
		{"link project", func() (tracker.Receipt, error) {
			return tr.EditProject(ctx, manager(), o.Project, portfolio.Project{Title: portfolio.Names{EN: "Renamed"}, Lead: o.Payee, Host: o.Platform,
				Platforms: []ident.Platform{o.Platform, o.OtherPlatform}, Source: portfolio.Clinic})
		}},
		{"move project to its link", func() (tracker.Receipt, error) {
			return tr.EditProject(ctx, manager(), o.Project, portfolio.Project{Title: portfolio.Names{EN: "Renamed"}, Lead: o.Payee, Host: o.OtherPlatform,
				Platforms: []ident.Platform{o.Platform, o.OtherPlatform}, Source: portfolio.Clinic})
		}},
		{"unlink project", func() (tracker.Receipt, error) {
			return tr.EditProject(ctx, manager(), o.Project, portfolio.Project{Title: portfolio.Names{EN: "Renamed"}, Lead: o.Payee,
				Platforms: []ident.Platform{}, Source: portfolio.Clinic})
		}},
		{"set ladder twice", func() (tracker.Receipt, error) {
			l := attention.DefaultLadders()[0]
			for range 2 {
				if r, err := tr.SetLadder(ctx, manager(), o.Programme, l, because); err != nil {
					return r, err
				}
				o.Agree()
			}
			return tr.SetLadder(ctx, manager(), o.Programme, l, because)
		}},
		{"suspend programme", func() (tracker.Receipt, error) { return tr.SuspendProgramme(ctx, manager(), o.Programme, because) }},
		{"resume programme", func() (tracker.Receipt, error) { return tr.ResumeProgramme(ctx, manager(), o.Programme, because) }},
		{"suspend platform", func() (tracker.Receipt, error) {
			return tr.MovePlatform(ctx, manager(), o.Platform, portfolio.CommandSuspend, because)
		}},
	}
	for _, s := range steps {
		if _, err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if got := verified(t, o).Wrong; got != nil {
			t.Fatalf("after %s: %v", s.name, got)
		}
	}
}
