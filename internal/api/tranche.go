package api

import (
	"context"

	"milepost/internal/tracker"
)

type (
	trancheReasonInput struct {
		TranchePath
		Body reasonBody
	}
	trancheRequestInput struct {
		TranchePath
		Body *tracker.TrancheRequest
	}
	approvalInput struct {
		TranchePath
		Body *tracker.Approval
	}
)

func tranche(command, does, who string, codes ...string) operation {
	return operation{
		id: command + "Tranche", method: "POST", path: "/awards/{award}/tranches/{tranche}/" + command, tag: tagTranches,
		match: matchThing, result: changes("tranche"), summary: title(command) + " (tranche)", does: does, who: who,
		codes: append([]string{"409 award.notActive"}, codes...),
	}
}

// required is an operation that demands an Idempotency-Key.
func required(o operation) operation {
	o.key = keyRequired
	return o
}

func (a *API) tranches() {
	t := a.options.Tracker
	who := "programmeManager of its programme, nobody of the payee's organisation"
	request := required(tranche("request", "Asks for the whole tranche. All its gates must hold. The statement, where there is one, stands before who decides, "+
		"beside the reason for which the request was last sent back.", whoDelivers, "409 tranche.gatesNotMet"))
	request.example, request.bare = example("statement", "The invoice is now with the evidence of M2."), true
	act(a, request, func(ctx context.Context, c tracker.Call, in *trancheRequestInput) (tracker.Receipt, error) {
		var body tracker.TrancheRequest
		if in.Body != nil {
			body = *in.Body
		}
		return t.RequestTranche(ctx, c, in.ref(), body)
	})
	act(a, tranche("takeBack", "Takes the request back.", "who asked for it", "403 tranche.takeBackByOthers"),
		func(ctx context.Context, c tracker.Call, in *TranchePath) (tracker.Receipt, error) {
			return t.TakeBackTranche(ctx, c, in.ref())
		})
	refuse := tranche("refuse", "Sends the request back with a reason.", who, "403 separation.payeeDecides")
	refuse.example = example("reason", "The invoice is missing.")
	act(a, refuse, func(ctx context.Context, c tracker.Call, in *trancheReasonInput) (tracker.Receipt, error) {
		return t.RefuseTranche(ctx, c, in.ref(), in.Body.reason())
	})
	act(a, required(tranche("approve", "Releases the whole tranche for payment. Its gates are checked in the same transaction. Above the programme's "+
		"threshold nobody approves what rests on their own decision.", who+", not who asked for it",
		"403 separation.payeeDecides", "403 separation.requesterApproves", "403 separation.deciderApproves",
		"409 tranche.gatesNotMet", "409 programme.notOpen", "409 platform.notReleasing")),
		func(ctx context.Context, c tracker.Call, in *approvalInput) (tracker.Receipt, error) {
			var body tracker.Approval
			if in.Body != nil {
				body = *in.Body
			}
			return t.ApproveTranche(ctx, c, in.ref(), body)
		})
	withdraw := tranche("withdrawApproval", "Takes the approval back while nothing of it is instructed or paid.", who,
		"403 separation.payeeDecides", "409 tranche.moneyMoved")
	withdraw.id, withdraw.example = "withdrawApproval", example("reason", "The wrong tranche was approved.")
	act(a, withdraw, func(ctx context.Context, c tracker.Call, in *trancheReasonInput) (tracker.Receipt, error) {
		return t.WithdrawApproval(ctx, c, in.ref(), in.Body.reason())
	})
}
