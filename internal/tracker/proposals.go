package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ProposalKind is what waits for a second person.
type ProposalKind string

// The kinds of proposals.
const (
	ProposedAward  ProposalKind = "award"  // submitted for activation
	ProposedChange ProposalKind = "change" // of a programme's terms or of a ladder
	ProposedImport ProposalKind = "import" // prepared, to be applied
)

// Proposal is what one person proposed and another is to put in force; an
// import without history is put in force by who prepared it.
type Proposal struct {
	Kind      ProposalKind         `json:"kind"`
	ID        string               `json:"id"` // of the award, programme or import
	Programme Named                `json:"programme"`
	Platform  *Named               `json:"platform,omitempty"` // of an award
	Number    string               `json:"number,omitempty"`   // of an award
	Title     portfolio.Names      `json:"title,omitzero"`     // of an award
	Amount    money.Amount         `json:"amount,omitzero"`    // of an award
	Change    portfolio.ChangeKind `json:"change,omitempty"`
	Ladder    string               `json:"ladder,omitempty"` // the kind of obligation whose ladder changes
	Files     []string             `json:"files,omitempty"`  // of an import
	By        *Named               `json:"by,omitempty"`
	On        civil.Date           `json:"on"` // business date of the proposal
}

// ProposalsQuery asks for proposals that wait for the caller, or for those that
// the caller made and somebody else is to decide.
type ProposalsQuery struct {
	Programme ident.Programme `json:"programme,omitempty"`
	Own       bool            `json:"own,omitzero"`
}

// Proposals lists what waits for a second person in the caller's programmes,
// the longest waiting first: what the caller may put in force, or, with Own,
// what waits for another. Its reads do not grow with what the programmes hold.
func (t *Tracker) Proposals(ctx context.Context, c Call, q ProposalsQuery, p PageRequest) (Page[Proposal], error) {
	return t.proposals(c, q).page(ctx, t, c, p)
}

// ProposalsFor counts the proposals that wait for the caller, up to a number;
// more says that there are more than that.
func (t *Tracker) ProposalsFor(ctx context.Context, c Call, most int) (count int, more bool, err error) {
	return t.proposals(c, ProposalsQuery{}).count(ctx, t, c, most)
}

func (t *Tracker) proposals(c Call, q ProposalsQuery) listing[Proposal] {
	l := listing[Proposal]{
		name: "proposals", query: q, narrow: "programme",
		keep: q.keep,
		then: func(f *found) []store.Key {
			p, err := f.proposal()
			if err != nil {
				return nil
			}
			return append(personKeys(p.by), present([]store.Key{schema.RootKey(string(p.programme)), schema.RootKey(string(p.platform))})...)
		},
		row: func(f *found) (Proposal, error) {
			p, err := f.proposal()
			row := p.Proposal
			row.Programme, row.Platform, row.By = *f.named(string(p.programme)), f.named(string(p.platform)), f.named(string(p.by))
			return row, err
		},
	}
	var in []string
	for _, a := range []access.Action{access.ActivateAward, access.ConfirmProgrammeChange, access.ApplyImport} {
		for _, s := range t.authority.Scopes(c.Principal, a) {
			if s.Kind == portfolio.InProgramme && (q.Programme == "" || s.ID == string(q.Programme)) && !slices.Contains(in, s.ID) {
				in = append(in, s.ID)
				l.sources = append(l.sources, source{index: store.Work, partition: schema.Proposals(ident.Programme(s.ID))})
			}
		}
	}
	return l
}

// proposed is a proposal with what tells whose it is.
type proposed struct {
	Proposal
	programme ident.Programme
	platform  ident.Platform
	by        ident.Person
	// action puts it in force, on a resource; allows, which may be nil, says
	// who of those that may.
	action   access.Action
	resource access.Resource
	allows   func(award.Actor) bool
	// alone says that who proposed it puts it in force, and nobody else.
	alone bool
}

// proposal is what an entry's item proposes.
func (f *found) proposal() (proposed, error) {
	root := f.item.PK
	switch ident.Prefix(root) {
	case ident.PrefixAward:
		a, err := decodeAward(*f.item)
		d := a.Document
		return proposed{Proposal: Proposal{Kind: ProposedAward, ID: root, Number: d.Number, Title: d.Title, Amount: d.Amount, On: a.SubmittedOn},
			programme: d.Programme, platform: d.Platform, by: a.SubmittedBy, action: access.ActivateAward, resource: awardResource(a), allows: a.Activates}, err
	case ident.PrefixProgramme:
		p, err := schema.Decode[portfolio.Programme](*f.item, schema.TypeProgramme)
		if err != nil || p.Pending == nil {
			return proposed{}, err
		}
		out := proposed{Proposal: Proposal{Kind: ProposedChange, ID: root, Change: p.Pending.Kind, On: p.Pending.On},
			programme: p.ID, by: p.Pending.By, action: access.ConfirmProgrammeChange, resource: programmeResource(p.ID)}
		if l := p.Pending.Ladder; l != nil {
			out.Ladder = l.Kind
		}
		return out, nil
	default:
		i, err := schema.Decode[schema.Import](*f.item, schema.TypeImport)
		return proposed{Proposal: Proposal{Kind: ProposedImport, ID: root, Files: i.Files, On: i.PreparedOn},
			programme: i.Programme, by: i.PreparedBy, action: access.ApplyImport, resource: importResource(i), alone: !i.History}, err
	}
}

func (q ProposalsQuery) keep(f *found) (verdict, error) {
	p, err := f.proposal()
	if err != nil || p.Kind == "" {
		return hidden, err
	}
	may, err := f.t.may(f.call, p.action, p.resource)
	if err != nil || !may {
		return hidden, err
	}
	own := p.by == f.call.Principal.Person
	if q.Own {
		return seen(true, own && !p.alone, nil)
	}
	return seen(true, own == p.alone && (p.allows == nil || p.allows(f.t.actor(f.call, p.resource))), nil)
}
