package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func grantOf(role portfolio.Role, scope string) portfolio.Grant {
	return portfolio.Grant{Role: role, Scope: portfolio.Scope{Kind: role.ScopeKind(), ID: scope}}
}

func personOf(subject string) portfolio.Person {
	return portfolio.Person{Names: portfolio.Names{EN: subject}, Logins: []portfolio.Login{trackertest.Login(subject)}}
}

func personNow(t *testing.T, o *trackertest.Office, persona string) portfolio.Person {
	t.Helper()
	return storedThing[portfolio.Person](t, o, schema.PersonKey(o.People[persona]), schema.TypePerson)
}

// membershipIn finds the last membership that a persona was given in a scope.
func membershipIn(t *testing.T, o *trackertest.Office, persona, scope string) portfolio.Membership {
	t.Helper()
	var last portfolio.Membership
	for _, m := range personNow(t, o, persona).Memberships {
		if m.Scope.ID == scope {
			last = m
		}
	}
	return last
}

// The first administrator is made once.
func TestInitialiseOnce(t *testing.T) {
	o := trackertest.New(t, nil, trackertest.Empty())
	if grants := o.Call(trackertest.Administrator).Principal.Grants; len(grants) != 1 || grants[0].Role != portfolio.Administrator {
		t.Errorf("the first administrator holds %+v", grants)
	}
	before := o.HeadNow(schema.Deployment)
	for _, login := range []portfolio.Login{trackertest.Login("another"), trackertest.Login(trackertest.Administrator)} {
		_, err := o.Tracker.Initialise(o.Ctx, portfolio.Names{EN: "Another"}, login)
		expectFault(t, "again as "+login.Subject, err, fault.Conflict, "deployment.initialised")
	}
	if after := o.HeadNow(schema.Deployment); after != before {
		t.Errorf("the head went from %+v to %+v", before, after)
	}
	_, err := o.Tracker.Authenticated(o.Ctx, trackertest.Login("another"))
	expectFault(t, "a login that nobody has", err, fault.Forbidden, "auth.unknownPerson")
}

// A person is recorded with logins that nobody else has.
func TestCreatePerson(t *testing.T) {
	o := trackertest.New(t, nil)
	admin := o.Call(trackertest.Administrator)
	for _, test := range []struct {
		name   string
		change func(*portfolio.Person)
		fields []string
	}{
		{"login taken", func(p *portfolio.Person) { p.Logins = append(p.Logins, trackertest.Login(trackertest.Manager)) }, []string{"/logins/1 person.loginTaken"}},
		{"login twice", func(p *portfolio.Person) { p.Logins = append(p.Logins, p.Logins[0]) }, []string{"/logins/1 field.notUnique"}},
		{"no login", func(p *portfolio.Person) { p.Logins = nil }, []string{"/logins field.outOfRange"}},
		{"no name", func(p *portfolio.Person) { p.Names = portfolio.Names{} }, []string{"/names field.required"}},
		{"unknown organisation", func(p *portfolio.Person) { p.Organisation = "org_01K3ZZZZZZ0000000000000000" }, []string{"/organisation reference.unknown"}},
		{"organisation that is none", func(p *portfolio.Person) { p.Organisation = ident.Organisation(o.Programme) }, []string{"/organisation reference.unknown"}},
	} {
		in := personOf("newcomer")
		test.change(&in)
		_, err := o.Tracker.CreatePerson(o.Ctx, admin, in)
		expectInvalid(t, test.name, err, test.fields...)
	}
	if _, err := o.Tracker.Authenticated(o.Ctx, trackertest.Login("newcomer")); err == nil {
		t.Error("a refused person has a login")
	}
	forged := personOf("newcomer")
	forged.ID = o.People[trackertest.Manager]
	forged.Memberships = []portfolio.Membership{{ID: "mem_1", Role: portfolio.Administrator, Scope: portfolio.Scope{Kind: portfolio.InDeployment, ID: "dep"}, State: portfolio.MembershipActive}}
	r, err := o.Tracker.CreatePerson(o.Ctx, admin, forged)
	expectDone(t, "create", r, err)
	c, err := o.Tracker.Authenticated(o.Ctx, trackertest.Login("newcomer"))
	if err != nil || c.Person.ID == forged.ID || len(c.Principal.Grants) != 0 {
		t.Errorf("created as %+v, %v: a person brings neither id nor roles", c.Person, err)
	}
	_, err = o.Tracker.CreatePerson(o.Ctx, o.Call(trackertest.Manager), personOf("other"))
	expectFault(t, "by a manager", err, fault.Forbidden, "access.forbidden")
}

// What is granted and revoked holds with the next request.
func TestGrantAndRevoke(t *testing.T) {
	o := trackertest.New(t, nil)
	edit := func() error {
		_, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Stranger), o.Programme, termsOf(programmeNow(t, o, o.Programme)))
		return err
	}
	expectFault(t, "before", edit(), fault.NotFound, "thing.notFound")
	r := o.Grant(trackertest.Stranger, portfolio.ProgrammeManager, string(o.Programme))
	if r.Aggregate != string(o.Programme) || !tells(journalOf(t, o, r), string(o.People[trackertest.Administrator])) {
		t.Errorf("the grant stands in %s, or does not tell who granted", r.Aggregate)
	}
	if err := edit(); err != nil {
		t.Errorf("granted: %v", err)
	}
	m := membershipIn(t, o, trackertest.Stranger, string(o.Programme))
	revoke := func(persona string, reason tracker.Reason) (tracker.Receipt, error) {
		return o.Tracker.RevokeMembership(o.Ctx, o.Call(persona), o.People[trackertest.Stranger], m.ID, reason)
	}
	_, err := revoke(trackertest.Administrator, tracker.Reason{})
	expectInvalid(t, "revoke without reason", err, "/reason field.required")
	_, err = revoke(trackertest.Manager, tracker.Reason{Reason: "envy"})
	expectFault(t, "revoke by a manager", err, fault.Forbidden, "access.forbidden")
	_, err = revoke(trackertest.Operator2, tracker.Reason{Reason: "envy"})
	expectFault(t, "revoke by who does not see it", err, fault.NotFound, "thing.notFound")
	r, err = revoke(trackertest.Administrator, tracker.Reason{Reason: "left the office"})
	expectDone(t, "revoke", r, err)
	if !tells(journalOf(t, o, r), "left the office") {
		t.Error("the journal does not tell why it was revoked")
	}
	expectFault(t, "after", edit(), fault.NotFound, "thing.notFound")
	_, err = revoke(trackertest.Administrator, tracker.Reason{Reason: "again"})
	expectFault(t, "revoke twice", err, fault.Conflict, "move.illegal")
	members := storedThing[schema.Member](t, o, schema.MemberKey(string(o.Programme), o.People[trackertest.Stranger]), schema.TypeMember)
	if !slices.Equal(members.Memberships, personNow(t, o, trackertest.Stranger).Memberships) {
		t.Errorf("the scope's list says %+v", members)
	}
	admin := o.Call(trackertest.Administrator)
	_, err = o.Tracker.RevokeMembership(o.Ctx, admin, o.People[trackertest.Stranger], "mem_none", tracker.Reason{Reason: "x"})
	expectFault(t, "revoke what is not there", err, fault.NotFound, "thing.notFound")
	_, err = o.Tracker.RevokeMembership(o.Ctx, admin, "per_01K3ZZZZZZ0000000000000000", m.ID, tracker.Reason{Reason: "x"})
	expectFault(t, "revoke of nobody", err, fault.NotFound, "thing.notFound")
}

// The last administrator stays, since nobody could make another.
func TestLastAdministrator(t *testing.T) {
	o := trackertest.New(t, nil)
	admin := trackertest.Administrator
	revoke := func(by string) error {
		m := membershipIn(t, o, admin, "dep")
		_, err := o.Tracker.RevokeMembership(o.Ctx, o.Call(by), o.People[admin], m.ID, tracker.Reason{Reason: "retires"})
		return err
	}
	expectFault(t, "the only one", revoke(admin), fault.Conflict, "membership.lastAdministrator")
	o.Grant(trackertest.Stranger, portfolio.Administrator, "dep")
	if err := revoke(trackertest.Stranger); err != nil {
		t.Errorf("one of two: %v", err)
	}
}

// A membership holds from its first to its last day.
func TestMembershipInTime(t *testing.T) {
	o := trackertest.New(t, nil)
	g := grantOf(portfolio.Auditor, string(o.Programme))
	g.From, g.To = trackertest.Day("2026-04-01"), trackertest.Day("2026-04-30")
	r, err := o.Tracker.GrantMembership(o.Ctx, o.Call(trackertest.Administrator), o.People[trackertest.Stranger], g)
	expectDone(t, "grant", r, err)
	for date, want := range map[string]int{"2026-03-31": 0, "2026-04-01": 1, "2026-04-30": 1, "2026-05-01": 0} {
		o.Clock.Set(trackertest.Day(date))
		if got := len(o.Call(trackertest.Stranger).Principal.Grants); got != want {
			t.Errorf("on %s %d roles, want %d", date, got, want)
		}
	}
	o.Clock.Set(trackertest.Day("2026-05-01"))
	_, err = o.Tracker.RevokeMembership(o.Ctx, o.Call(trackertest.Administrator), o.People[trackertest.Stranger],
		membershipIn(t, o, trackertest.Stranger, string(o.Programme)).ID, tracker.Reason{Reason: "x"})
	expectFault(t, "revoke what has expired", err, fault.Conflict, "move.illegal")
	g.From, g.To = trackertest.Day("2026-05-01"), trackertest.Day("2026-04-30")
	_, err = o.Tracker.GrantMembership(o.Ctx, o.Call(trackertest.Administrator), o.People[trackertest.Stranger], g)
	expectInvalid(t, "ends before it begins", err, "/to date.before")
	o.Grant(trackertest.Stranger, portfolio.Auditor, string(o.Programme))
}

// Nobody grants themselves; who grants money roles holds none; and what is no
// scope is told apart for the administrator alone.
func TestGrantRefuses(t *testing.T) {
	o := trackertest.New(t, nil)
	programme := string(o.Programme)
	grant := func(by, to string, g portfolio.Grant) error {
		_, err := o.Tracker.GrantMembership(o.Ctx, o.Call(by), o.People[to], g)
		return err
	}
	admin, stranger := trackertest.Administrator, trackertest.Stranger
	expectFault(t, "to oneself", grant(admin, admin, grantOf(portfolio.Auditor, programme)), fault.Forbidden, "membership.self")
	expectFault(t, "twice", grant(admin, trackertest.Manager, grantOf(portfolio.ProgrammeManager, programme)), fault.Conflict, "membership.already")
	mismatch := grantOf(portfolio.PlatformOperator, programme)
	mismatch.Scope.Kind = portfolio.InProgramme
	expectInvalid(t, "an operator of a programme", grant(admin, stranger, mismatch), "/scope/kind membership.scopeKind")
	expectInvalid(t, "an unknown role", grant(admin, stranger, portfolio.Grant{Role: "king", Scope: portfolio.Scope{Kind: portfolio.InProgramme, ID: programme}}), "/role field.badValue")
	expectInvalid(t, "another deployment", grant(admin, stranger, grantOf(portfolio.Administrator, programme)), "/scope/id reference.unknown")

	_, err := o.Tracker.GrantMembership(o.Ctx, o.Call(admin), "per_01K3ZZZZZZ0000000000000000", grantOf(portfolio.Auditor, programme))
	expectInvalid(t, "to nobody", err, "/person reference.unknown")
	_, err = o.Tracker.GrantMembership(o.Ctx, o.Call(admin), "", grantOf(portfolio.Auditor, programme))
	expectInvalid(t, "to no id", err, "/person reference.unknown")
	for _, g := range []portfolio.Grant{
		grantOf(portfolio.Auditor, "prg_01K3ZZZZZZ0000000000000000"), grantOf(portfolio.Auditor, string(o.Payee)), grantOf(portfolio.Auditor, ""),
		grantOf(portfolio.Auditor, "dep"), {Role: portfolio.Auditor, Scope: portfolio.Scope{Kind: "city", ID: programme}},
		grantOf(portfolio.PlatformOperator, programme), grantOf(portfolio.ProjectLead, "awd_01K3ZZZZZZ0000000000000000"),
	} {
		expectInvalid(t, "scope "+string(g.Scope.Kind)+" "+g.Scope.ID, grant(admin, stranger, g), "/scope/id reference.unknown")
	}
	// Outside one's scope a thing cannot be told from one that is not there.
	elsewhere := string(o.NewProgramme("ELSE", nil))
	for _, scope := range []string{elsewhere, "prg_01K3ZZZZZZ0000000000000000", ""} {
		expectFault(t, "by a manager in "+scope, grant(trackertest.Manager, stranger, grantOf(portfolio.Auditor, scope)), fault.NotFound, "thing.notFound")
	}
	expectFault(t, "by a manager in their own", grant(trackertest.Manager, stranger, grantOf(portfolio.Auditor, programme)), fault.Forbidden, "access.forbidden")

	// A second administrator who then gets a money role grants none any more,
	// and who granted one never holds one there.
	o.Grant(stranger, portfolio.Administrator, "dep")
	if err := grant(stranger, trackertest.Lead, grantOf(portfolio.Finance, elsewhere)); err != nil {
		t.Fatal(err)
	}
	expectFault(t, "a money role for who granted one there", grant(admin, stranger, grantOf(portfolio.ProgrammeManager, elsewhere)), fault.Forbidden, "membership.receiverGrantedMoney")
	if err := grant(admin, stranger, grantOf(portfolio.Finance, programme)); err != nil {
		t.Fatal(err)
	}
	expectFault(t, "by who holds a money role", grant(stranger, trackertest.Lead, grantOf(portfolio.Auditor, programme)), fault.Forbidden, "membership.grantorHoldsMoney")
}
