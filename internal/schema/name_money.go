package schema

import (
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/store"
)

// MoneyNamed is the partition of the work index in which the payments and
// refunds of a programme stand by what they are found by: a payment by its
// reference and, once paid, by the bank's, which the item carries that holds it
// for the payment; a refund by the bank's.
func MoneyNamed(p ident.Programme) string { return NamesOf(TypePayment, string(p)) }

// moneyFoundAt is where a payment or refund is found by a reference; nowhere
// where it has none.
func moneyFoundAt(p ident.Programme, reference, thing string) store.Key {
	text := Normalise(reference)
	if text == "" {
		return store.Key{}
	}
	return store.Key{PK: MoneyNamed(p), SK: foundAt(text, thing)}
}

// FindPayment is Name.Find of a payment's references.
func FindPayment(p award.Payment, text string) (m Match, rank Rank, first string, ok bool) {
	return find(text, string(p.ID), []place{reference(InCode, p.Reference), reference(InBank, p.BankReference)}, nil)
}

// FindRefund is Name.Find of a refund's reference.
func FindRefund(r award.Refund, text string) (m Match, rank Rank, first string, ok bool) {
	return find(text, string(r.ID), []place{reference(InCode, r.Reference)}, nil)
}

func reference(in, whole string) place { return place{in: in, whole: whole, text: Normalise(whole)} }
