package trackertest

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func named(name string) portfolio.Names { return portfolio.Names{ZH: name, EN: name} }

func (o *Office) administrator() {
	o.T.Helper()
	r := o.did(o.Tracker.Initialise(o.Ctx, named(Administrator), Login(Administrator)))
	for _, t := range r.Things {
		if t.Event == "person.created" {
			o.People[Administrator] = ident.Person(t.ID)
		}
	}
}

// Person creates a person of an organisation, who may be none (""), with the
// login of that name.
func (o *Office) Person(persona string, of ident.Organisation) ident.Person {
	o.T.Helper()
	r := o.did(o.Tracker.CreatePerson(o.Ctx, o.Call(Administrator), portfolio.Person{
		Names: named(persona), Organisation: of, Logins: []portfolio.Login{Login(persona)},
	}))
	id := ident.Person(r.Things[0].ID)
	o.People[persona] = id
	return id
}

// Grant gives a persona a role by the administrator.
func (o *Office) Grant(persona string, role portfolio.Role, scope string) tracker.Receipt {
	o.T.Helper()
	return o.did(o.Tracker.GrantMembership(o.Ctx, o.Call(Administrator), o.People[persona], portfolio.Grant{
		Role: role, Scope: portfolio.Scope{Kind: role.ScopeKind(), ID: scope},
	}))
}

// NewProgramme creates an open programme of that code, of which Manager and
// the further personas are programme managers.
func (o *Office) NewProgramme(code string, change func(*tracker.NewProgramme), managers ...string) ident.Programme {
	o.T.Helper()
	in := tracker.NewProgramme{Code: code, Names: named("Programme " + code)}
	if change != nil {
		change(&in)
	}
	p := ident.Programme(o.did(o.Tracker.CreateProgramme(o.Ctx, o.Call(Administrator), in)).Aggregate)
	for _, m := range managers {
		o.Grant(m, portfolio.ProgrammeManager, string(p))
	}
	return p
}

// Agree has Manager2 confirm what Manager proposed of Office.Programme.
func (o *Office) Agree() tracker.Receipt {
	o.T.Helper()
	return o.did(o.Tracker.ConfirmProgrammeChange(o.Ctx, o.Call(Manager2), o.Programme))
}

// Organisation creates a legal person.
func (o *Office) Organisation(name string, kind portfolio.OrganisationKind) ident.Organisation {
	o.T.Helper()
	r := o.did(o.Tracker.CreateOrganisation(o.Ctx, o.Call(Manager), portfolio.Organisation{Names: named(name), Kind: kind}, o.Programme))
	return ident.Organisation(r.Aggregate)
}

// NewPlatform creates an operating platform, enrolled in Office.Programme.
func (o *Office) NewPlatform(code string, operator ident.Organisation) ident.Platform {
	o.T.Helper()
	id := ident.Platform(o.did(o.Tracker.CreatePlatform(o.Ctx, o.Call(Manager), tracker.NewPlatform{
		Platform:  portfolio.Platform{Code: code, Kind: portfolio.ProofOfConcept, Names: named("Platform " + code), Sector: "photonics", Operator: operator},
		Enrolment: portfolio.Enrolment{Programme: o.Programme, Origin: portfolio.Commissioned, From: civil.MustParse("2020-01-01")},
	})).Aggregate)
	for _, command := range []portfolio.Command{portfolio.CommandApprove, portfolio.CommandOperate} {
		o.did(o.Tracker.MovePlatform(o.Ctx, o.Call(Manager), id, command, tracker.Reason{}))
	}
	return id
}

// NewProject creates a project that is underway in Office.Programme, on the
// platforms, of which the first is host.
func (o *Office) NewProject(code string, lead ident.Organisation, platforms ...ident.Platform) ident.Project {
	o.T.Helper()
	p := portfolio.Project{Programme: o.Programme, Code: code, Title: named("Project " + code), Lead: lead, Platforms: platforms,
		Sector: "photonics", Source: portfolio.Matching}
	if len(platforms) > 0 {
		p.Host = platforms[0]
	}
	id := ident.Project(o.did(o.Tracker.CreateProject(o.Ctx, o.Call(Manager), p)).Aggregate)
	for _, command := range []portfolio.Command{portfolio.CommandApprove, portfolio.CommandStart} {
		o.did(o.Tracker.MoveProject(o.Ctx, o.Call(Manager), id, command, tracker.Reason{}))
	}
	return id
}

func (o *Office) furnish(terms func(*tracker.NewProgramme)) {
	o.T.Helper()
	o.Person(Manager, "")
	o.Person(Manager2, "")
	o.Programme = o.NewProgramme("POC", func(p *tracker.NewProgramme) {
		p.GoLiveOn = civil.MustParse("2020-01-01")
		terms(p)
	}, Manager, Manager2)
	o.City = o.Organisation("City", portfolio.Government)
	o.Payee = o.Organisation("University", portfolio.University)
	o.OtherPayee = o.Organisation("Institute", portfolio.Institute)
	for _, p := range []struct {
		persona string
		of      ident.Organisation
		role    portfolio.Role
	}{
		{Finance, o.City, portfolio.Finance}, {Finance2, o.City, portfolio.Finance},
		{Head, o.City, portfolio.Head}, {Auditor, "", portfolio.Auditor},
	} {
		o.Person(p.persona, p.of)
		o.Grant(p.persona, p.role, string(o.Programme))
	}
	o.Platform = o.NewPlatform("PLT-1", o.Payee)
	o.OtherPlatform = o.NewPlatform("PLT-2", o.OtherPayee)
	o.Project = o.NewProject("PRJ-1", o.Payee, o.Platform)
	o.LoneProject = o.NewProject("PRJ-2", o.Payee)
	o.Person(Operator, o.Payee)
	o.Grant(Operator, portfolio.PlatformOperator, string(o.Platform))
	o.Person(Operator2, o.OtherPayee)
	o.Grant(Operator2, portfolio.PlatformOperator, string(o.OtherPlatform))
	o.Person(Lead, o.Payee)
	o.Person(Stranger, "")
}
