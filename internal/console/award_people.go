package console

import (
	"cmp"
	"slices"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// awardPeoplePage says who has a part in an award, and by which role.
type awardPeoplePage struct {
	awardHead
	Acts    []awardAct
	Members []awardMember
	Hidden  bool // the reader may not see who holds which role
}

// awardAct is a step of an award's own life and who took it.
type awardAct struct {
	Text string // id
	By   tracker.Named
	On   civil.Date
}

// awardMember is somebody who holds a role that reaches the award.
type awardMember struct {
	Role   portfolio.Role
	Person tracker.Named
	Scope  portfolio.ScopeKind
	In     tracker.Named
	From   civil.Date
	To     civil.Date
}

func (c *Console) awardPeople(q *request) error {
	h, err := q.openAward("people")
	if err != nil {
		return err
	}
	v := awardPeoplePage{awardHead: h}
	for _, p := range h.DraftedBy {
		v.Acts = append(v.Acts, awardAct{Text: "console.award.act.drafted", By: h.Named(p)})
	}
	if h.SubmittedBy != "" {
		v.Acts = append(v.Acts, awardAct{"console.award.act.submitted", h.Named(h.SubmittedBy), h.SubmittedOn})
	}
	if h.ActivatedBy != "" {
		v.Acts = append(v.Acts, awardAct{"console.award.act.activated", h.Named(h.ActivatedBy), h.ActivatedOn})
	}
	d := h.Document
	for _, s := range []portfolio.Scope{
		{Kind: portfolio.InProgramme, ID: string(d.Programme)}, {Kind: portfolio.InPlatform, ID: string(d.Platform)}, {Kind: portfolio.InAward, ID: string(h.ID)},
	} {
		if s.ID == "" {
			continue
		}
		hidden, err := q.addMembers(&v, s)
		if err != nil {
			return err
		}
		v.Hidden = v.Hidden || hidden
	}
	return q.show("award-people", plainTitle(q, h), v)
}

// addMembers adds those who hold a role in a scope today; hidden says that the
// reader may not see them.
func (q *request) addMembers(v *awardPeoplePage, s portfolio.Scope) (hidden bool, err error) {
	members, err := q.tracker().Members(q.Context(), q.call, s)
	if k := fault.KindOf(err); err != nil && (k == fault.Forbidden || k == fault.NotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	in := tracker.Named{ID: s.ID, Names: v.Document.Title}
	if s.Kind != portfolio.InAward {
		in = v.Named(s.ID)
	}
	for _, m := range members {
		for _, has := range m.Memberships {
			if has.Holds(q.today) {
				v.Members = append(v.Members, awardMember{Role: has.Role, Person: tracker.Named{ID: string(m.Person), Names: m.Name}, Scope: s.Kind, In: in, From: has.From, To: has.To})
			}
		}
	}
	slices.SortStableFunc(v.Members, func(a, b awardMember) int {
		return cmp.Compare(slices.Index(portfolio.Roles(), a.Role), slices.Index(portfolio.Roles(), b.Role))
	})
	return false, nil
}

// awardDocumentsPage is what an award rests on: decision papers and evidence.
type awardDocumentsPage struct {
	awardHead
	Papers []awardPaper
	Files  []awardFile
	Hidden bool // the reader may not see evidence
	Pager  pager
}

// awardPaper is a document behind a decision.
type awardPaper struct {
	award.DecisionPaper
	What string // in the reader's language
	Href string
	By   tracker.Named
	On   civil.Date // recorded
}

// awardFile is evidence with its milestone.
type awardFile struct {
	tracker.EvidenceView
	Code, Title string // of the milestone
	First       bool   // of its milestone on this page
	Href        string // of the file's page
	Of          string // of the milestone's
}

func (c *Console) awardDocuments(q *request) error {
	h, err := q.openAward("documents")
	if err != nil {
		return err
	}
	v := awardDocumentsPage{awardHead: h, Papers: q.papers(h)}
	page, err := c.Tracker.AwardEvidence(q.Context(), q.call, h.ID, q.paging())
	switch {
	case fault.KindOf(err) == fault.Forbidden:
		v.Hidden = true
	case err != nil:
		return err
	}
	v.Pager = q.pager(len(page.Items), page.Next)
	var last ident.Milestone
	for _, e := range page.Items {
		m := h.milestone(e.Milestone)
		v.Files = append(v.Files, awardFile{
			EvidenceView: e, Code: m.Code, Title: m.Title, First: e.Milestone != last,
			Href: at("awards", h.ID, "evidence", e.Milestone, e.ID), Of: at("awards", h.ID, "milestones", e.Milestone),
		})
		last = e.Milestone
	}
	return q.show("award-documents", plainTitle(q, h), v)
}

// papers are the documents behind an award's decisions, by when they were
// recorded.
func (q *request) papers(h awardHead) []awardPaper {
	var out []awardPaper
	add := func(p *award.DecisionPaper, id, thing string, by ident.Person, on civil.Date) {
		if p == nil || p.Number == "" {
			return
		}
		subject, href := q.subjectOf(h, thing)
		row := awardPaper{DecisionPaper: *p, What: q.text("console.award.paper."+id, "thing", subject), Href: href, On: on}
		if by != "" {
			row.By = h.Named(by)
		}
		out = append(out, row)
	}
	add(h.Decision, "activation", string(h.ID), h.ActivatedBy, h.ActivatedOn)
	for _, m := range h.Milestones {
		id := string(m.ID)
		for _, r := range m.Rounds {
			add(r.Paper, "decision", id, r.EndedBy, r.EndedOn)
			for _, x := range r.Reopened {
				add(x.Paper, "reopening", id, x.By, x.On)
				add(x.Acceptance, "acceptance", id, x.By, x.On)
			}
		}
		add(m.SettledPaper, "settlement", id, m.SettledBy, m.SettledOn)
	}
	for _, t := range h.Tranches {
		add(t.Paper, "approval", string(t.ID), t.ApprovedBy, t.ApprovedOn)
	}
	for _, e := range h.Extensions {
		add(e.Paper, "extension", string(e.Milestone), e.DecidedBy, e.DecidedOn)
	}
	slices.SortStableFunc(out, func(a, b awardPaper) int { return a.On.Compare(b.On) })
	return out
}
