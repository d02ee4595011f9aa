package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

type refundBody struct {
	Payment     ident.Payment     `json:"payment" doc:"The payment of which money came back"`
	Amount      money.Amount      `json:"amount"`
	Reason      string            `json:"reason"`
	Destination award.Destination `json:"destination"`
	Reference   string            `json:"reference" doc:"The bank's"`
	ReceivedOn  civil.Date        `json:"receivedOn"`
}

type (
	newRefundInput struct {
		AwardPath
		Body refundBody
	}
	refundReasonInput struct {
		RefundPath
		Body reasonBody
	}
)

func (a *API) refunds() {
	t := a.options.Tracker
	act(a, operation{
		id: "recordRefund", method: "POST", path: "/awards/{award}/refunds", tag: tagMoney, match: matchParent, key: keyRequired,
		result:  createsPart("refund.recorded", "/awards/{award}/refunds/"),
		summary: "Record a refund",
		does:    "Records money that came back of a paid payment, whose ETag it takes. It never re-opens a tranche.",
		who:     whoPays,
		codes:   []string{"409 award.notActive", "409 refund.paymentNotPaid"},
		example: example("payment", "pay_01K5A7Q2M9X4T8R6W3B1C0D2E5", "amount", example("amount", "5000.00", "currency", "CNY"), "reason", "Unspent",
			"destination", "treasury", "reference", "ICBC-20261120-0007", "receivedOn", "2026-11-20"),
	}, func(ctx context.Context, c tracker.Call, in *newRefundInput) (tracker.Receipt, error) {
		if !ident.Valid(ident.PrefixPayment, string(in.Body.Payment)) {
			return tracker.Receipt{}, fault.InvalidFields(fault.At("/payment", "reference.unknown", "value", ""))
		}
		return t.RecordRefund(ctx, c, tracker.PaymentRef{Award: in.Award, Payment: in.Body.Payment}, award.RefundEntry{
			Amount: in.Body.Amount, Reason: in.Body.Reason, Destination: in.Body.Destination, Reference: in.Body.Reference, ReceivedOn: in.Body.ReceivedOn,
		})
	})
	act(a, operation{
		id: "reverseRefund", method: "POST", path: "/awards/{award}/refunds/{refund}/reverse", tag: tagMoney, match: matchThing, key: keyRequired,
		result:  changes("refund"),
		summary: "Reverse a refund",
		does:    "Takes a recorded refund back.",
		who:     whoPays + ", not who recorded it",
		codes:   []string{"403 separation.recorderReverses", "409 award.notActive"},
		example: example("reason", "Recorded on the wrong payment."),
	}, func(ctx context.Context, c tracker.Call, in *refundReasonInput) (tracker.Receipt, error) {
		return t.ReverseRefund(ctx, c, in.ref(), in.Body.reason())
	})
}
