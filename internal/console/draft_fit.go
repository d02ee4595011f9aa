package console

import (
	"slices"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// optionGroup are choices under a heading.
type optionGroup struct {
	Text    string
	Options []option
}

// draftFit tells who fits a place of an award that is drafted, and is offered
// first. As responsible persons those whose roles are all of the other side, and
// auditors, are not offered; of organisations all are. It rests on what the lists
// have read anyway.
type draftFit struct {
	q             *request
	programme     ident.Programme
	platform      ident.Platform     // chosen, empty for none
	payee         ident.Organisation // chosen, empty for none
	platforms     []string           // of the programme
	payees        map[string]bool    // who operate its platforms and lead its projects
	government    map[string]bool    // organisations of that kind
	funds, audits map[string]bool    // organisations with a person in such a role
	manages, does map[string]bool    // persons for the funder, and for the payee
	funding       map[string]bool    // persons in a role that decides about money or reads everything, anywhere
	delivering    map[string]bool    // persons in any other role
	chosen        []string           // persons that stay in the lists, wherever they belong
}

func (q *request) newDraftFit(f *form) *draftFit {
	set := func() map[string]bool { return map[string]bool{} }
	return &draftFit{
		q: q, programme: ident.Programme(f.Value("programme")), platform: ident.Platform(f.Value("platform")), payee: ident.Organisation(f.Value("payee")),
		payees: set(), government: set(), funds: set(), audits: set(), manages: set(), does: set(),
		funding: set(), delivering: set(), chosen: []string{f.Value("responsible/funder"), f.Value("responsible/payee")},
	}
}

// onPlatform notes a platform of the programme.
func (d *draftFit) onPlatform(p portfolio.Platform) {
	d.platforms = append(d.platforms, string(p.ID))
	d.payees[string(p.Operator)] = true
}

// onProject notes a project of the programme.
func (d *draftFit) onProject(p portfolio.Project) {
	d.payees[string(p.Lead)] = true
}

// onPerson notes in which roles a person is.
func (d *draftFit) onPerson(p portfolio.Person) {
	for _, m := range p.Memberships {
		if m.Holds(d.q.today) {
			d.inRole(string(p.ID), p.Organisation, m.Role, m.Scope)
		}
	}
}

// inRole notes a role of a person; organisation is empty where it is not known.
func (d *draftFit) inRole(person string, organisation ident.Organisation, role portfolio.Role, in portfolio.Scope) {
	if role.Money() || role == portfolio.Auditor {
		d.funding[person] = true
	}
	if !role.Money() {
		d.delivering[person] = true
	}
	switch {
	case role.Money() && in.ID == string(d.programme):
		d.manages[person], d.funds[string(organisation)] = true, true
	case role == portfolio.Auditor:
		d.audits[string(organisation)] = true
	case d.payee != "" && organisation != "" && organisation != d.payee:
	case role == portfolio.ProjectLead, d.platform == "" && slices.Contains(d.platforms, in.ID), d.platform != "" && in.ID == string(d.platform):
		d.does[person] = true
	}
}

// members notes who is in a role of the programme and of the chosen platform,
// and adds them to the persons: of a list that is cut off they are not all in
// it. Two scopes are read, whole.
func (d *draftFit) members(l *draftLists) error {
	scopes := []portfolio.Scope{{Kind: portfolio.InProgramme, ID: string(d.programme)}}
	if d.platform != "" {
		scopes = append(scopes, portfolio.Scope{Kind: portfolio.InPlatform, ID: string(d.platform)})
	}
	for _, in := range scopes {
		members, err := d.q.tracker().Members(d.q.Context(), d.q.call, in)
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Forbidden {
			return err
		}
		for _, m := range members {
			for _, role := range m.Roles {
				d.inRole(string(m.Person), "", portfolio.Role(role), in)
			}
			if id := string(m.Person); len(m.Roles) > 0 && !slices.ContainsFunc(l.Persons, func(o option) bool { return o.Value == id }) {
				l.Persons = append(l.Persons, option{Value: id, Text: d.q.in(m.Name)})
			}
		}
	}
	return nil
}

// group puts the lists of people and organisations into groups: who fits, and
// the others.
func (d *draftFit) group(l *draftLists) {
	l.Payees = d.fitting(l.Organisations, "console.draft.fit.payee", func(id string) bool { return d.payees[id] })
	l.Funders = d.fitting(l.Organisations, "console.draft.fit.funder", func(id string) bool { return d.funds[id] || d.government[id] && !d.audits[id] })
	forFunder := d.without(l.Persons, func(id string) bool { return d.delivering[id] && !d.manages[id] })
	l.ForFunder = d.fitting(forFunder, "console.draft.fit.forFunder", func(id string) bool { return d.manages[id] })
	forPayee := d.without(l.Persons, func(id string) bool { return d.funding[id] && !d.does[id] })
	l.ForPayee = d.fitting(forPayee, "console.draft.fit.forPayee", func(id string) bool { return d.does[id] })
}

// without are the persons but those of the other side; whoever was chosen stays.
func (d *draftFit) without(all []option, other func(string) bool) []option {
	return slices.DeleteFunc(slices.Clone(all), func(o option) bool { return other(o.Value) && !slices.Contains(d.chosen, o.Value) })
}

func (d *draftFit) fitting(all []option, heading string, fits func(string) bool) []optionGroup {
	first, others := optionGroup{Text: d.q.text(heading)}, optionGroup{Text: d.q.text("console.draft.fit.others")}
	for _, o := range all {
		if fits(o.Value) {
			first.Options = append(first.Options, o)
		} else {
			others.Options = append(others.Options, o)
		}
	}
	return slices.DeleteFunc([]optionGroup{first, others}, func(g optionGroup) bool { return len(g.Options) == 0 })
}
