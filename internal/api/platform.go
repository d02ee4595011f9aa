package api

import (
	"context"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// PlatformTerms are what can be changed of a platform.
type PlatformTerms struct {
	Kind        portfolio.PlatformKind `json:"kind"`
	Names       portfolio.Names        `json:"names"`
	Sector      string                 `json:"sector,omitempty"`
	Operator    ident.Organisation     `json:"operator" doc:"The organisation that runs it"`
	Region      string                 `json:"region,omitempty"`
	Responsible ident.Person           `json:"responsible,omitempty"`
}

func (t PlatformTerms) platform(code string) portfolio.Platform {
	return portfolio.Platform{Code: code, Kind: t.Kind, Names: t.Names, Sector: t.Sector, Operator: t.Operator, Region: t.Region, Responsible: t.Responsible}
}

// newPlatformTerms are PlatformTerms with the code, which never changes.
type newPlatformTerms struct {
	Code string `json:"code"`
	PlatformTerms
}

// enrolmentBody puts a platform into a programme.
type enrolmentBody struct {
	Programme ident.Programme  `json:"programme"`
	Origin    portfolio.Origin `json:"origin" doc:"How the platform came into the programme"`
	From      civil.Date       `json:"from"`
	To        civil.Date       `json:"to,omitzero" doc:"The last day; absent for no end"`
	Ceiling   *money.Amount    `json:"ceiling,omitempty" doc:"Of support; absent for none"`
}

func (b enrolmentBody) enrolment() portfolio.Enrolment {
	return portfolio.Enrolment{Programme: b.Programme, Origin: b.Origin, From: b.From, To: b.To, Ceiling: b.Ceiling}
}

type newPlatformBody struct {
	Platform  newPlatformTerms `json:"platform"`
	Enrolment enrolmentBody    `json:"enrolment" doc:"Its first programme"`
}

type newPlatformInput struct {
	Body newPlatformBody
}

type editPlatformBody struct {
	Platform PlatformTerms `json:"platform"`
}

type platformInput struct {
	PlatformPath
	Body editPlatformBody
}

type enrolInput struct {
	PlatformPath
	Body enrolmentBody
}

type platformNoteInput struct {
	PlatformPath
	Body *noteBody
}

func (a *API) platforms() {
	terms := example("kind", "proofOfConcept", "names", example("en", "Photonics platform"), "operator", "org_01K5A7Q2M9X4T8R6W3B1C0D2E5")
	enrolment := example("programme", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5", "origin", "commissioned", "from", "2026-01-01")
	with := example("code", "PLT-001")
	for name, value := range terms {
		with[name] = value
	}
	act(a, operation{
		id: "createPlatform", method: "POST", path: "/platforms", tag: tagPlatforms, result: creates("/platforms/"),
		summary: "Create a platform",
		does:    "Makes a candidate platform, enrolled in a programme.",
		who:     "programmeManager of the programme",
		codes:   []string{"422 platform.codeTaken"}, example: example("platform", with, "enrolment", enrolment),
	}, func(ctx context.Context, c tracker.Call, in *newPlatformInput) (tracker.Receipt, error) {
		p := in.Body.Platform
		return a.options.Tracker.CreatePlatform(ctx, c, tracker.NewPlatform{Platform: p.platform(p.Code), Enrolment: in.Body.Enrolment.enrolment()})
	})
	act(a, operation{
		id: "editPlatform", method: "PUT", path: "/platforms/{platform}", tag: tagPlatforms, match: matchThing, result: changes("platform"),
		summary: "Replace what is known of a platform",
		does:    "Replaces everything but code and state.",
		who:     "programmeManager of one of its programmes",
		example: example("platform", terms),
	}, func(ctx context.Context, c tracker.Call, in *platformInput) (tracker.Receipt, error) {
		return a.options.Tracker.EditPlatform(ctx, c, in.Platform, in.Body.Platform.platform(""))
	})
	act(a, operation{
		id: "enrolPlatform", method: "POST", path: "/platforms/{platform}/enrolments", tag: tagPlatforms, match: matchParent, result: changes("platform"),
		summary: "Enrol a platform",
		does:    "Puts a platform into one more programme, or changes the terms of an enrolment. The ETag is the platform's.",
		who:     "programmeManager of the programme",
		example: enrolment,
	}, func(ctx context.Context, c tracker.Call, in *enrolInput) (tracker.Receipt, error) {
		return a.options.Tracker.EnrolPlatform(ctx, c, in.Platform, in.Body.enrolment())
	})
	a.movePlatform(portfolio.CommandApprove, "Approves a candidate.")
	a.movePlatform(portfolio.CommandOperate, "Says that an approved platform operates: awards on it can be activated.")
	a.movePlatform(portfolio.CommandSuspend, "Suspends an operating platform: activation, approval and payment are refused. Needs a reason.")
	a.movePlatform(portfolio.CommandResume, "Ends the suspension.")
	a.movePlatform(portfolio.CommandRectify, "Puts an operating platform under rectification. Needs a reason.")
	a.movePlatform(portfolio.CommandRectified, "Ends the rectification.")
	a.movePlatform(portfolio.CommandClose, "Closes a platform for good. Needs a reason.")
}

func (a *API) movePlatform(command portfolio.Command, does string) {
	act(a, operation{
		id: string(command) + "Platform", method: "POST", path: "/platforms/{platform}/" + string(command), tag: tagPlatforms,
		match: matchThing, result: changes("platform"), summary: title(string(command)) + " (platform)", does: does,
		who: "programmeManager of one of its programmes",
	}, func(ctx context.Context, c tracker.Call, in *platformNoteInput) (tracker.Receipt, error) {
		return a.options.Tracker.MovePlatform(ctx, c, in.Platform, command, in.Body.reason())
	})
}

// reason is empty where there is no body.
func (b *noteBody) reason() tracker.Reason {
	if b == nil {
		return tracker.Reason{}
	}
	return tracker.Reason{Reason: b.Reason}
}
