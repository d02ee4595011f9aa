package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type extensionBody struct {
	Cause      award.Cause      `json:"cause"`
	Reason     string           `json:"reason"`
	AskedDueOn civil.Date       `json:"askedDueOn"`
	Evidence   []ident.Evidence `json:"evidence,omitempty" doc:"Required once the due date has passed"`
}

type (
	extensionRequestInput struct {
		MilestonePath
		Body extensionBody
	}
	grantInput struct {
		ExtensionPath
		Body *tracker.ExtensionGrant
	}
	refusalInput struct {
		ExtensionPath
		Body tracker.ExtensionRefusal
	}
)

func extension(command, does, who string, codes ...string) operation {
	return operation{
		id: command + "Extension", method: "POST", path: "/awards/{award}/extensions/{extension}/" + command, tag: tagExtensions,
		match: matchThing, result: changes("extension"), summary: title(command) + " (extension)", does: does, who: who,
		codes: append([]string{"409 award.notActive"}, codes...),
	}
}

func (a *API) extensions() {
	t := a.options.Tracker
	act(a, operation{
		id: "askExtension", method: "POST", path: "/awards/{award}/milestones/{milestone}/extensions", tag: tagExtensions,
		match: matchParent, result: createsPart("extension.requested", "/awards/{award}/extensions/"),
		summary: "Ask for a later due date",
		does:    "Asks for a later due date of a milestone. Asked by the due date it stops the clock while undecided, the first time.",
		who:     whoDelivers,
		codes: []string{"409 award.notActive", "409 extension.afterSubmission", "409 extension.undecided", "409 extension.tooMany", "409 extension.tooManyAsked",
			"409 extension.tooLate"},
		example: example("cause", "procurement", "reason", "The laser arrives in June.", "askedDueOn", "2026-11-30"),
	}, func(ctx context.Context, c tracker.Call, in *extensionRequestInput) (tracker.Receipt, error) {
		return t.AskExtension(ctx, c, in.ref(), award.ExtensionRequest{
			Cause: in.Body.Cause, Reason: in.Body.Reason, AskedDueOn: in.Body.AskedDueOn, Evidence: in.Body.Evidence,
		})
	})
	who := "programmeManager of its programme, not who asked nor anybody of the payee's organisation"
	act(a, extension("grant", "Moves the due date: to what was asked for, or to an earlier date with a reason.", who,
		"403 separation.requesterDecides", "403 separation.payeeDecides"),
		func(ctx context.Context, c tracker.Call, in *grantInput) (tracker.Receipt, error) {
			var body tracker.ExtensionGrant
			if in.Body != nil {
				body = *in.Body
			}
			return t.GrantExtension(ctx, c, in.ref(), body)
		})
	refuse := extension("refuse", "Leaves the due date. The days of waiting are given back.", who, "403 separation.requesterDecides", "403 separation.payeeDecides")
	refuse.example = example("reason", "The delay was foreseeable.")
	act(a, refuse, func(ctx context.Context, c tracker.Call, in *refusalInput) (tracker.Receipt, error) {
		return t.RefuseExtension(ctx, c, in.ref(), in.Body)
	})
	act(a, extension("withdraw", "Takes the request back.", "the organisation that asked", "403 extension.withdrawByOthers"),
		func(ctx context.Context, c tracker.Call, in *ExtensionPath) (tracker.Receipt, error) {
			return t.WithdrawExtension(ctx, c, in.ref())
		})
}
