package console

import (
	"cmp"
	"slices"
	"strconv"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// awardRoutes are an award: summary, money, people, documents, journal, receipts.
func (c *Console) awardRoutes(m routes) {
	m.page("GET /awards/{award}", c.award)
	m.page("GET /awards/{award}/money", c.awardMoney)
	m.page("GET /awards/{award}/people", c.awardPeople)
	m.page("GET /awards/{award}/documents", c.awardDocuments)
	m.page("GET /awards/{award}/journal", c.awardJournal)
	m.page("GET /awards/{award}/receipts/{sequence}", c.receipt)
}

// awardHead is an award with what stands above each of its tabs.
type awardHead struct {
	tracker.AwardView
	Page  string // address of the award
	Tabs  []link
	Today civil.Date
}

// Named is what the award calls something by its id.
func (h awardHead) Named(id any) tracker.Named {
	if n, ok := h.Names[textOf(id)]; ok {
		return n
	}
	return tracker.Named{ID: textOf(id), Names: portfolio.Names{ZH: textOf(id), EN: textOf(id)}}
}

// May reports whether the reader's roles permit something in the award.
func (h awardHead) May(action string) bool {
	return slices.Contains(h.Permissions, access.Action(action))
}

// Begun reports whether the award is past its draft, so that it has money and
// things of its own.
func (h awardHead) Begun() bool { return h.Totals != nil }

// Can reports whether the reader may give a command on the award as it stands.
func (h awardHead) Can(command string) bool { return hasAction(h.Actions, tracker.Action(command)) }

// openAward reads the award of the address, for one of its tabs.
func (q *request) openAward(current string) (awardHead, error) {
	view, err := q.tracker().Award(q.Context(), q.call, ident.Award(q.PathValue("award")))
	if err != nil {
		return awardHead{}, err
	}
	h := awardHead{AwardView: view, Page: at("awards", view.ID), Today: q.today}
	for _, t := range []struct {
		name  string
		shown bool
	}{
		{"", true}, {"money", h.Begun() && h.May("viewLedger")}, {"people", true}, {"documents", true}, {"journal", h.May("viewJournal")},
	} {
		if t.shown {
			h.Tabs = append(h.Tabs, link{Href: at("awards", view.ID, t.name), Text: q.text("console.award.tab." + cmp.Or(t.name, "summary")), Current: t.name == current})
		}
	}
	return h, nil
}

// awardPage is the summary of an award.
type awardPage struct {
	awardHead
	Waits      []awardWait
	MoreWaits  int
	Next       *awardWait // the first that waits on the reader
	Milestones []awardMilestone
	Tranches   []awardTranche
	Author     bool // the reader drafted or submitted it, so another person activates it
	OfPayee    bool // the reader belongs to the payee, so another person activates it
	Draft      awardDraft
	Lacks      []fieldFault // what keeps a draft from being submitted, where the reader may
}

// mostWaits bounds what the top of an award's page says is waiting.
const mostWaits = 5

func (c *Console) award(q *request) error {
	h, err := q.openAward("")
	if err != nil {
		return err
	}
	v := awardPage{awardHead: h, Draft: draftOf(h.Document)}
	if v.Lacks, err = q.beforeSubmit(h); err != nil {
		return err
	}
	v.Author = slices.Contains(h.DraftedBy, q.call.Person.ID) || h.SubmittedBy == q.call.Person.ID
	v.OfPayee = h.Document.Payee != "" && q.call.Person.Organisation == h.Document.Payee
	if v.Waits, err = q.awardWaits(h); err != nil {
		return err
	}
	if i := slices.IndexFunc(v.Waits, func(w awardWait) bool { return w.Do != "" }); i >= 0 {
		v.Next = &v.Waits[i]
	}
	if over := len(v.Waits) - mostWaits; over > 0 {
		v.Waits, v.MoreWaits = v.Waits[:mostWaits], over
	}
	v.Milestones, v.Tranches = h.milestones(), q.tranches(h)
	return q.show("award", plainTitle(q, h), v)
}

// plainTitle is the title of an award's page: number and name.
func plainTitle(q *request, h awardHead) string {
	return h.Document.Number + " " + h.Document.Title.In(string(q.lang))
}

// awardWait is something of an award that waits, and on whom.
type awardWait struct {
	Kind      attention.Kind
	Thing     string
	ID        string
	Code      string
	Title     string
	Href      string
	Do        string // address of the form that moves it on, empty where the reader may not
	Role      portfolio.Role
	Owner     *tracker.Named
	Owners    owners // who owe it together, where nobody is responsible
	DueOn     civil.Date
	Effective civil.Date
	Late      int
	Left      int
	Paused    bool
	AtBank    bool // only what the bank did is to be recorded
	owing     owing
}

// awardWaits are what is owed in an award: what the reader can move on first,
// then by its due date.
func (q *request) awardWaits(h awardHead) ([]awardWait, error) {
	var out []awardWait
	var owed []owing
	add := func(w awardWait, o *attention.Obligation, actions []tracker.Action) {
		if o == nil {
			return
		}
		w.Kind, w.Role, w.DueOn, w.Effective, w.Paused = o.Kind, o.Role, o.DueOn, o.EffectiveOn, o.Paused
		w.Late, w.Left = o.DaysLate(q.today), o.EffectiveOn.Sub(q.today)
		if o.Person != "" {
			n := h.Named(o.Person)
			w.Owner = &n
		}
		if step, command := moveOf(o.Kind); step != "" && hasAction(actions, command) && !slices.Contains(o.Except, q.call.Principal.Person) {
			w.Do = w.Href + "/" + step
			if o.Kind == attention.PayTranche {
				w.Do = to(at("awards", h.ID, "payments", "new"), "tranche", w.ID)
			}
		}
		w.owing = owingOf(o, h.ID, string(h.Document.Platform), string(h.Document.Programme))
		out, owed = append(out, w), append(owed, w.owing)
	}
	for _, m := range h.Milestones {
		add(awardWait{Thing: access.KindMilestone, ID: string(m.ID), Code: m.Code, Title: m.Title, Href: at("awards", h.ID, "milestones", m.ID)}, m.Watch.Current, m.Actions)
	}
	for _, t := range h.Tranches {
		add(awardWait{Thing: access.KindTranche, ID: string(t.ID), Code: strconv.Itoa(t.Number), Href: at("awards", h.ID, "tranches", t.ID), AtBank: t.AtBank()}, t.Watch.Current, t.Actions)
	}
	for _, e := range h.Extensions {
		m := h.milestone(e.Milestone)
		add(awardWait{Thing: access.KindExtension, ID: string(e.ID), Code: m.Code, Title: m.Title, Href: at("awards", h.ID, "extensions", e.ID)}, e.Watch.Current, e.Actions)
	}
	slices.SortStableFunc(out, func(a, b awardWait) int { return a.Effective.Compare(b.Effective) })
	if err := q.readOwners(owed...); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Owners = q.owners(out[i].owing)
	}
	return out, nil
}

func (h awardHead) milestone(id ident.Milestone) tracker.MilestoneView {
	for _, m := range h.Milestones {
		if m.ID == id {
			return m
		}
	}
	return tracker.MilestoneView{}
}

// awardMilestone is a milestone in its award's table.
type awardMilestone struct {
	tracker.MilestoneView
	Href  string
	Due   dueDate
	Gated []awardLink
	Files int // that were handed in
	Asked *tracker.ExtensionView
}

// awardLink is a word that leads somewhere.
type awardLink struct{ Text, Href string }

func (h awardHead) milestones() []awardMilestone {
	numbers := map[ident.Tranche]int{}
	for _, t := range h.Tranches {
		numbers[t.ID] = t.Number
	}
	var out []awardMilestone
	for _, m := range h.Milestones {
		row := awardMilestone{MilestoneView: m, Href: at("awards", h.ID, "milestones", m.ID), Due: dueOf(m.Milestone)}
		for _, t := range m.Gates {
			row.Gated = append(row.Gated, awardLink{strconv.Itoa(numbers[t]), at("awards", h.ID, "tranches", t)})
		}
		seen := map[ident.Evidence]bool{}
		for _, r := range m.Rounds {
			for _, e := range r.Evidence {
				seen[e] = true
			}
		}
		row.Files = len(seen)
		for i, e := range h.Extensions {
			if e.ID == m.Extension {
				row.Asked = &h.Extensions[i]
			}
		}
		out = append(out, row)
	}
	return out
}

// awardTranche is a tranche in its award's table, with what its gates lack.
type awardTranche struct {
	tracker.TrancheView
	Href  string
	Lacks int
	On    []awardGate
}

// awardGate is a milestone that a tranche waits for.
type awardGate struct {
	Code, Title, Href string
	Holds             bool
	Lacks             string // in the reader's language
}

func (q *request) tranches(h awardHead) []awardTranche {
	var out []awardTranche
	for _, t := range h.Tranches {
		row := awardTranche{TrancheView: t, Href: at("awards", h.ID, "tranches", t.ID)}
		for _, id := range t.Gates {
			m := h.milestone(id)
			g := awardGate{Code: m.Code, Title: m.Title, Href: at("awards", h.ID, "milestones", id), Holds: m.Holds()}
			if !g.Holds {
				row.Lacks++
				g.Lacks = q.lacks(m)
			}
			row.On = append(row.On, g)
		}
		out = append(out, row)
	}
	return out
}

// lacks says what a milestone lacks to hold as a gate.
func (q *request) lacks(m tracker.MilestoneView) string {
	on := ""
	if o := m.Watch.Current; o != nil {
		on = o.EffectiveOn.String()
	}
	switch m.State {
	case award.MilestoneSubmitted:
		return q.text("console.award.lacks.submitted", "on", on)
	case award.Returned:
		return q.text("console.award.lacks.returned", "on", on)
	case award.Decided:
		return q.text("console.award.lacks.decided", "outcome", q.console.Catalogs.Label(q.lang, "milestoneOutcome", string(m.Outcome)))
	case award.Cancelled:
		return q.text("console.award.lacks.cancelled")
	case award.Planned, award.InProgress:
	}
	return q.text("console.award.lacks.open", "on", m.Due().String())
}
