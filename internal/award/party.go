package award

import (
	"slices"

	"milepost/internal/ident"
)

// PartyRole is what a party is to an award.
type PartyRole string

// The roles of parties.
const (
	PayeeParty       PartyRole = "payee"
	FunderParty      PartyRole = "funder"
	ParticipantParty PartyRole = "participant"
	ProjectParty     PartyRole = "project"
)

// Party is an organisation with all its roles in an award, or the project; one
// of the two ids is set.
type Party struct {
	Organisation ident.Organisation `json:"organisation,omitempty"`
	Project      ident.Project      `json:"project,omitempty"`
	Roles        []PartyRole        `json:"roles"`
}

// Parties lists the parties that a document names, each once: payee, funders,
// project.
func (d Document) Parties() []Party {
	parties := []Party{}
	add := func(organisation ident.Organisation, role PartyRole) {
		if organisation == "" {
			return
		}
		i := slices.IndexFunc(parties, func(p Party) bool { return p.Organisation == organisation })
		if i < 0 {
			parties = append(parties, Party{Organisation: organisation, Roles: []PartyRole{role}})
			return
		}
		if !slices.Contains(parties[i].Roles, role) {
			parties[i].Roles = append(parties[i].Roles, role)
		}
	}
	add(d.Payee, PayeeParty)
	for _, l := range d.FundingLines {
		add(l.Funder, FunderParty)
	}
	if d.Project != "" {
		parties = append(parties, Party{Project: d.Project, Roles: []PartyRole{ProjectParty}})
	}
	return parties
}
