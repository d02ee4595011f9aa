package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type instructionBody struct {
	Lines        []award.PaymentLine `json:"lines" doc:"Each tranche once"`
	Payee        ident.Organisation  `json:"payee" doc:"The award's payee"`
	PayerAccount string              `json:"payerAccount" doc:"The office's own name for the account; never an account number"`
	Reference    string              `json:"reference" doc:"What stands on the instruction"`
}

type (
	instructionInput struct {
		AwardPath
		Body instructionBody
	}
	paidInput struct {
		PaymentPath
		Body tracker.PaidEntry
	}
	paymentReasonInput struct {
		PaymentPath
		Body reasonBody
	}
)

const whoPays = "finance of its programme"

func payment(command, does, who string, codes ...string) operation {
	return operation{
		method: "POST", path: "/awards/{award}/payments/{payment}/" + command, tag: tagMoney, match: matchThing, key: keyRequired,
		result: changes("payment"), does: does, who: who, codes: append([]string{"409 award.notActive", "409 tranche.overdrawn"}, codes...),
	}
}

func named(o operation, id, summary string) operation {
	o.id, o.summary = id, summary
	return o
}

func (a *API) payments() {
	t := a.options.Tracker
	act(a, operation{
		id: "instructPayment", method: "POST", path: "/awards/{award}/payments", tag: tagMoney, match: matchParent, key: keyRequired,
		result:  createsPart("payment.instructed", "/awards/{award}/payments/"),
		summary: "Instruct a payment",
		does:    "Orders a payment of approved tranches. Their gates are checked again in the same transaction.",
		who:     whoPays + ", not who approved the tranches",
		codes: []string{"403 separation.approverInstructs", "409 award.notActive", "409 award.tooManyOpen", "409 tranche.gatesNotMet", "409 tranche.overdrawn",
			"409 programme.notOpen", "409 platform.notReleasing"},
		example: example("lines", []any{example("tranche", "trn_01K5A7Q2M9X4T8R6W3B1C0D2E5", "amount", example("amount", "1200000.00", "currency", "CNY"))},
			"payee", "org_01K5A7Q2M9X4T8R6W3B1C0D2E5", "payerAccount", "treasury-1", "reference", "SH-POC-2026-017 tranche 1"),
	}, func(ctx context.Context, c tracker.Call, in *instructionInput) (tracker.Receipt, error) {
		return t.InstructPayment(ctx, c, in.Award, award.Instruction{
			Lines: in.Body.Lines, Payee: in.Body.Payee, PayerAccount: in.Body.PayerAccount, Reference: in.Body.Reference,
		})
	})
	paid := named(payment("paid", "Records that the bank paid. A tranche paid in full is settled. One bank reference pays once.", whoPays,
		"422 payment.bankReferenceTaken"), "markPaymentPaid", "Record a payment as paid")
	paid.example = example("bankReference", "ICBC-20261021-0031", "paidOn", "2026-10-21")
	act(a, paid, func(ctx context.Context, c tracker.Call, in *paidInput) (tracker.Receipt, error) {
		return t.MarkPaymentPaid(ctx, c, in.ref(), in.Body)
	})
	a.paymentWithReason(named(payment("returned", "Records that the bank sent the money back. The tranches stay approved.", whoPays),
		"markPaymentReturned", "Record a payment as returned by the bank"), t.MarkPaymentReturned)
	a.paymentWithReason(named(payment("stop", "Records that the instruction was stopped before the bank paid.", whoPays),
		"stopPayment", "Stop a payment"), t.StopPayment)
	a.paymentWithReason(named(payment("reverse", "Takes a recorded payment back. Settled tranches are approved again.",
		whoPays+", neither who instructed nor who recorded it", "403 separation.recorderReverses", "409 payment.refunded"),
		"reversePayment", "Reverse a payment"), t.ReversePayment)
}

func (a *API) paymentWithReason(o operation, do func(context.Context, tracker.Call, tracker.PaymentRef, tracker.Reason) (tracker.Receipt, error)) {
	o.example = example("reason", "The account is closed.")
	act(a, o, func(ctx context.Context, c tracker.Call, in *paymentReasonInput) (tracker.Receipt, error) {
		return do(ctx, c, in.ref(), in.Body.reason())
	})
}
