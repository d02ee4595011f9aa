package api

import (
	"context"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// organisationBody is a legal person as it is recorded.
type organisationBody struct {
	Within      ident.Programme            `json:"within" doc:"The programme as whose manager you record it"`
	Names       portfolio.Names            `json:"names"`
	Kind        portfolio.OrganisationKind `json:"kind"`
	Region      string                     `json:"region,omitempty" doc:"A GB/T 2260 code or a name"`
	Identifiers []portfolio.Identifier     `json:"identifiers,omitempty" doc:"Codes by scheme; CN-USCC is checked by its check digit"`
}

func (b organisationBody) organisation() portfolio.Organisation {
	return portfolio.Organisation{Names: b.Names, Kind: b.Kind, Region: b.Region, Identifiers: b.Identifiers}
}

type newOrganisationInput struct {
	Body organisationBody
}

type organisationInput struct {
	OrganisationPath
	Body organisationBody
}

func (a *API) organisations() {
	body := example("within", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5", "names", example("en", "Institute of Photonics"), "kind", "institute",
		"identifiers", []any{example("scheme", "XI-LEI", "id", "506700GE1G29325QX363")})
	act(a, operation{
		id: "createOrganisation", method: "POST", path: "/organisations", tag: tagOrganisations, result: creates("/organisations/"),
		summary: "Record an organisation",
		does:    "Records a legal person. A code belongs to one organisation.",
		who:     "programmeManager of a programme",
		codes:   []string{"422 organisation.codeTaken"}, example: body,
	}, func(ctx context.Context, c tracker.Call, in *newOrganisationInput) (tracker.Receipt, error) {
		return a.options.Tracker.CreateOrganisation(ctx, c, in.Body.organisation(), in.Body.Within)
	})
	act(a, operation{
		id: "editOrganisation", method: "PUT", path: "/organisations/{organisation}", tag: tagOrganisations, match: matchThing, result: changes("organisation"),
		summary: "Replace what is known of an organisation",
		does:    "Replaces names, kind, region and codes whole. A code is never taken away; one that comes later is added.",
		who:     "programmeManager of a programme",
		codes:   []string{"422 organisation.codeTaken"}, example: body,
	}, func(ctx context.Context, c tracker.Call, in *organisationInput) (tracker.Receipt, error) {
		return a.options.Tracker.EditOrganisation(ctx, c, in.Organisation, in.Body.organisation(), in.Body.Within)
	})
}
