package api

import (
	"context"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

type personBody struct {
	Names        portfolio.Names    `json:"names"`
	Organisation ident.Organisation `json:"organisation,omitempty"`
	Logins       []portfolio.Login  `json:"logins" doc:"How OIDC issuers know the person; a login belongs to one person"`
}

type memberBody struct {
	Person ident.Person    `json:"person"`
	Role   portfolio.Role  `json:"role"`
	Scope  portfolio.Scope `json:"scope" doc:"deployment (its id is dep) for administrator; programme for programmeManager, finance, head and auditor; platform for platformOperator; award for projectLead"`
	From   civil.Date      `json:"from,omitzero" doc:"Default: today"`
	To     civil.Date      `json:"to,omitzero" doc:"The last day; absent for no end"`
}

type (
	newPersonInput struct {
		Body personBody
	}
	memberInput struct {
		Body memberBody
	}
	revokeInput struct {
		Person     ident.Person `path:"person" doc:"The person's id"`
		Membership string       `path:"membership" doc:"The membership's id"`
		Body       reasonBody
	}
)

func (a *API) people() {
	t := a.options.Tracker
	act(a, operation{
		id: "createPerson", method: "POST", path: "/persons", tag: tagPeople, result: createsPart("person.created", "/persons/"),
		summary: "Record a person",
		does:    "Records a natural person with their logins. What they may do is granted by memberships.",
		who:     "administrator; programmeManager",
		example: example("names", example("en", "Chen Yu"), "logins", []any{example("issuer", "https://login.example.org", "subject", "chen.yu")}),
	}, func(ctx context.Context, c tracker.Call, in *newPersonInput) (tracker.Receipt, error) {
		return t.CreatePerson(ctx, c, portfolio.Person{Names: in.Body.Names, Organisation: in.Body.Organisation, Logins: in.Body.Logins})
	})
	act(a, operation{
		id: "grantMembership", method: "POST", path: "/members", tag: tagPeople, result: result{kind: resultNothing},
		summary: "Grant a role",
		does: "Gives a person a role in a scope, from a date to a date. Nobody grants themselves a role; whoever granted a money role " +
			"never holds one in that scope. The membership's id is in the journal and in the person's list.",
		who: "administrator in a programme; programmeManager on its platforms and awards",
		codes: []string{"403 membership.noGrantor", "403 membership.self", "403 membership.grantorHoldsMoney",
			"403 membership.receiverGrantedMoney", "409 membership.already"},
		example: example("person", "per_01K5A7Q2M9X4T8R6W3B1C0D2E5", "role", "finance", "scope", example("kind", "programme", "id", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5")),
	}, func(ctx context.Context, c tracker.Call, in *memberInput) (tracker.Receipt, error) {
		return t.GrantMembership(ctx, c, in.Body.Person, portfolio.Grant{Role: in.Body.Role, Scope: in.Body.Scope, From: in.Body.From, To: in.Body.To})
	})
	act(a, operation{
		id: "revokeMembership", method: "POST", path: "/persons/{person}/memberships/{membership}/revoke", tag: tagPeople, match: matchThing,
		result:  result{kind: resultBumped},
		summary: "Revoke a role",
		does:    "Ends a membership from the next request on. The ETag is the person's.",
		who:     "administrator in a programme; programmeManager on its platforms and awards",
		codes:   []string{"404 membership.unknown"}, example: example("reason", "Has moved to another office."),
	}, func(ctx context.Context, c tracker.Call, in *revokeInput) (tracker.Receipt, error) {
		return t.RevokeMembership(ctx, c, in.Person, in.Membership, in.Body.reason())
	})
}
