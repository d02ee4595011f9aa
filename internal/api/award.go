package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type draftInput struct {
	Body award.Document
}

type replaceInput struct {
	AwardPath
	Body award.Document
}

type awardReasonInput struct {
	AwardPath
	Body reasonBody
}

type activationInput struct {
	AwardPath
	Body *tracker.Activation
}

func (a *API) awards() {
	document := exampleDocument()
	act(a, operation{
		id: "createAward", method: "POST", path: "/awards", tag: tagAwards, result: result{kind: resultAward, location: "/awards/"},
		summary: "Draft an award",
		does: "Stores a draft with its milestones and tranches in one document. It may be incomplete: number, title, programme and " +
			"currency are enough. The ETag of an award is its sequence, which every command on the award raises.",
		who:   "programmeManager of the programme",
		codes: []string{"422 award.numberTaken"}, example: document,
	}, func(ctx context.Context, c tracker.Call, in *draftInput) (tracker.Receipt, error) {
		return a.options.Tracker.CreateAward(ctx, c, in.Body)
	})
	act(a, operation{
		id: "replaceAward", method: "PUT", path: "/awards/{award}", tag: tagAwards, match: matchThing,
		summary: "Replace a draft",
		does:    "Replaces the whole document of a draft.",
		who:     "programmeManager of its programme",
		codes:   []string{"422 award.numberTaken"}, example: document,
	}, func(ctx context.Context, c tracker.Call, in *replaceInput) (tracker.Receipt, error) {
		return a.options.Tracker.ReplaceAward(ctx, c, in.Award, in.Body)
	})
	awardCommand(a, "submit", "Hands a complete draft to whoever activates it. Everything that is wrong with the document is told at once.",
		"programmeManager of its programme", nil, a.options.Tracker.SubmitAward)
	awardCommand(a, "takeBack", "Makes a submitted award a draft again.",
		"programmeManager of its programme who drafted or submitted it", []string{"403 award.takeBackByOthers"}, a.options.Tracker.TakeBackAward)
	a.awardWithReason("return", "Sends a submitted award back to its drafters with a reason.",
		"programmeManager of its programme", a.options.Tracker.ReturnAward)
	a.awardWithReason("discard", "Ends a draft. Its number is free again.",
		"programmeManager of its programme", a.options.Tracker.DiscardAward)
	act(a, operation{
		id: "activateAward", method: "POST", path: "/awards/{award}/activate", tag: tagAwards, match: matchThing, key: keyRequired,
		summary: "Activate an award",
		does: "Makes a submitted award active: its milestones and tranches become things of their own. The platform must operate, " +
			"the project be approved or underway, the programme be open.",
		who: "programmeManager of its programme who neither drafted nor submitted it",
		codes: []string{"403 separation.drafterActivates", "403 separation.payeeDecides", "409 programme.notOpen", "409 platform.notOperating",
			"409 project.notUnderway", "409 award.tooManyOpen"},
	}, func(ctx context.Context, c tracker.Call, in *activationInput) (tracker.Receipt, error) {
		var body tracker.Activation
		if in.Body != nil {
			body = *in.Body
		}
		return a.options.Tracker.ActivateAward(ctx, c, in.Award, body)
	})
	for _, later := range []award.Command{award.CommandSuspend, award.CommandResume, award.CommandClose, award.CommandAmend} {
		notYet[AwardPath](a, later, "Award", "/awards/{award}/"+string(later), tagAwards)
	}
}

func awardCommand(a *API, command, does, who string, codes []string, do func(context.Context, tracker.Call, ident.Award) (tracker.Receipt, error)) {
	act(a, operation{
		id: command + "Award", method: "POST", path: "/awards/{award}/" + command, tag: tagAwards, match: matchThing,
		summary: title(command) + " (award)", does: does, who: who, codes: codes,
	}, func(ctx context.Context, c tracker.Call, in *AwardPath) (tracker.Receipt, error) {
		return do(ctx, c, in.Award)
	})
}

func (a *API) awardWithReason(command, does, who string, do func(context.Context, tracker.Call, ident.Award, tracker.Reason) (tracker.Receipt, error)) {
	act(a, operation{
		id: command + "Award", method: "POST", path: "/awards/{award}/" + command, tag: tagAwards, match: matchThing,
		summary: title(command) + " (award)", does: does, who: who,
		example: example("reason", "The second tranche needs a gate."),
	}, func(ctx context.Context, c tracker.Call, in *awardReasonInput) (tracker.Receipt, error) {
		return do(ctx, c, in.Award, in.Body.reason())
	})
}

// notYet registers a command that later versions will have, so that who asks
// for it is told so. The answer is the same whatever the thing.
func notYet[P any](a *API, command award.Command, noun, path, tag string) {
	act(a, operation{
		id: string(command) + noun, method: "POST", path: path, tag: tag, result: result{kind: resultNothing},
		summary: title(string(command)) + ": not in this version",
		does:    "Always answers command.notYet: this command comes in a later version.",
		who:     "nobody yet", codes: []string{"409 command.notYet"},
	}, func(context.Context, tracker.Call, *P) (tracker.Receipt, error) {
		return tracker.Receipt{}, award.NotYet(command)
	})
}

// exampleDocument is an award as it may be drafted.
func exampleDocument() map[string]any {
	amount := func(s string) map[string]any { return example("amount", s, "currency", "CNY") }
	return example(
		"number", "SH-POC-2026-017", "title", example("en", "Silicon photonics interposer"),
		"programme", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5", "platform", "plt_01K5A7Q2M9X4T8R6W3B1C0D2E5",
		"payee", "org_01K5A7Q2M9X4T8R6W3B1C0D2E5", "instrument", "grant", "basis", "milestone", "amount", amount("1200000.00"),
		"fundingLines", []any{example("id", "F1", "funder", "org_01K5A7Q2M9X4T8R6W3B1C0D2E6", "source", "fiscal", "fiscalYear", 2026, "amount", amount("1200000.00"))},
		"startOn", "2026-03-01", "endOn", "2027-02-28",
		"milestones", []any{example("code", "M1", "title", "Test chip measured", "type", "delivery", "dueOn", "2026-09-30", "needEvidence", true,
			"criteria", []any{example("id", "C1", "text", "Insertion loss below 1 dB")})},
		"tranches", []any{example("number", 1, "kind", "final", "plannedOn", "2026-10-15", "amount", amount("1200000.00"), "gates", []any{"M1"})},
	)
}
