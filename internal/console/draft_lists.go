package console

import (
	"context"
	"slices"
	"unicode/utf8"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// draftLists are what a draft chooses from, as far as its writer may see it.
type draftLists struct {
	Platforms, Projects, Organisations, Persons  []option
	Payees, Funders, ForFunder, ForPayee         []optionGroup // the last two in groups, who fits first
	MoreOrganisations, MorePersons, MoreProjects bool          // there are more: they are looked up by name
	Currencies, Instruments, Bases, Sources      []option
	Types, Kinds                                 []option
}

// draftLists reads them. What is chosen already is among them.
func (q *request) draftLists(f *form, h *awardHead) (draftLists, error) {
	programme := ident.Programme(f.Value("programme"))
	l := draftLists{
		Instruments: options(q, "instrument", instruments()...), Bases: options(q, "paymentBasis", award.OnMilestone, award.Advance),
		Types: options(q, "milestoneType", award.Delivery, award.Assessment, award.Approval, award.Reporting, award.Financing, award.PaymentMilestone),
		Kinds: options(q, "trancheKind", award.Initial, award.Interim, award.Final),
	}
	for _, s := range []award.FundingSource{award.Fiscal, award.Donation, award.Social} {
		l.Sources = append(l.Sources, option{Value: string(s), Text: q.text("console.award.source." + string(s))})
	}
	l.Currencies = q.currencyChoices()
	l.Currencies = q.withCurrency(l.Currencies, f.unit().Code())
	var err error
	fit := q.newDraftFit(f)
	l.Platforms, _, err = choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
		return q.tracker().Platforms(ctx, q.call, programme, p)
	}, func(p tracker.PlatformView) option {
		fit.onPlatform(p.Platform)
		return option{Value: string(p.ID), Text: q.in(p.Names)}
	})
	if err != nil {
		return l, err
	}
	if l.Projects, l.MoreProjects, err = q.projectOptions(programme, f.Value("find/project"), fit); err != nil {
		return l, err
	}
	l.Organisations, l.MoreOrganisations, err = choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
		return q.tracker().Organisations(ctx, q.call, f.Value("find/organisation"), p)
	}, func(o tracker.OrganisationView) option {
		fit.government[string(o.ID)] = o.Kind == portfolio.Government
		return option{Value: string(o.ID), Text: o.Names.In(string(q.lang))}
	})
	if err != nil {
		return l, err
	}
	l.Persons, l.MorePersons, err = choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return q.tracker().Persons(ctx, q.call, f.Value("find/person"), p)
	}, func(p tracker.PersonView) option {
		fit.onPerson(p.Person)
		return option{Value: string(p.ID), Text: p.Names.In(string(q.lang))}
	})
	if err != nil {
		return l, err
	}
	if l.MorePersons || f.Value("find/person") != "" {
		if err := fit.members(&l); err != nil {
			return l, err
		}
	}
	l.MoreOrganisations, l.MorePersons = l.MoreOrganisations || f.Value("find/organisation") != "", l.MorePersons || f.Value("find/person") != ""
	l.MoreProjects = l.MoreProjects || f.Value("find/project") != ""
	q.keepChosen(&l, f, h)
	fit.group(&l)
	return l, nil
}

// projectOptions are a programme's projects, or those that a text finds.
func (q *request) projectOptions(in ident.Programme, text string, fit *draftFit) ([]option, bool, error) {
	if utf8.RuneCountInString(text) >= 2 {
		found, err := q.tracker().Search(q.Context(), q.call, tracker.SearchQuery{Text: text, Type: access.KindProject, Programme: in}, q.paging())
		var out []option
		for _, r := range found.Items {
			out = append(out, option{Value: r.ID, Text: r.Code + " " + q.in(r.Names)})
		}
		return out, found.Next != "", err
	}
	return choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ProjectView], error) {
		return q.tracker().Projects(ctx, q.call, tracker.ProjectsQuery{Programme: in}, p)
	}, func(p tracker.ProjectView) option {
		fit.onProject(p.Project)
		return option{Value: string(p.ID), Text: p.Code + " " + p.Title.In(string(q.lang))}
	})
}

// keepChosen adds what the form names and the lists do not hold, so that
// showing the form again drops no choice.
func (q *request) keepChosen(l *draftLists, f *form, h *awardHead) {
	add := func(list *[]option, id string, name func() (string, error)) {
		if id == "" || slices.ContainsFunc(*list, func(o option) bool { return o.Value == id }) {
			return
		}
		if h != nil {
			if n, ok := h.Names[id]; ok {
				*list = append(*list, option{Value: id, Text: n.Names.In(string(q.lang))})
				return
			}
		}
		text, err := name()
		if err == nil { // what cannot be read is refused when it is sent
			*list = append(*list, option{Value: id, Text: text})
		}
	}
	organisation := func(id string) func() (string, error) {
		return func() (string, error) {
			o, err := q.tracker().Organisation(q.Context(), q.call, ident.Organisation(id))
			return o.Names.In(string(q.lang)), err
		}
	}
	person := func(id string) func() (string, error) {
		return func() (string, error) {
			p, err := q.tracker().Person(q.Context(), q.call, ident.Person(id))
			return p.Names.In(string(q.lang)), err
		}
	}
	ids := []string{f.Value("payee")}
	for _, i := range f.rows("fundingLines") {
		ids = append(ids, f.Value(rowName("fundingLines", i, "funder")))
	}
	for _, id := range ids {
		add(&l.Organisations, id, organisation(id))
	}
	for _, name := range []string{"responsible/funder", "responsible/payee"} {
		add(&l.Persons, f.Value(name), person(f.Value(name)))
	}
	add(&l.Projects, f.Value("project"), func() (string, error) {
		p, err := q.tracker().Project(q.Context(), q.call, ident.Project(f.Value("project")))
		return p.Code + " " + p.Title.In(string(q.lang)), err
	})
}
