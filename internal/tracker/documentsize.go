package tracker

import (
	"bytes"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// What the journal entry of an activation holds beside the document that goes
// and the things that come of it, in bytes: itself, what a thing has that its
// draft had not, and a gate in both of its ends.
const (
	entrySize = 16 << 10
	thingSize = 1200
	gateSize  = 90
)

// documentFits refuses a draft that could be stored and then neither replaced
// nor activated, because the journal entry of that would be larger than an item
// may be; and ids that are none, which no key could hold.
func documentFits(d award.Document) error {
	if err := wellFormed(d); err != nil {
		return err
	}
	canonical, err := schema.Canonical(d)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	size := 2*quotedSize(canonical) + entrySize + thingSize*(len(d.Milestones)+len(d.Tranches))
	for _, t := range d.Tranches {
		size += gateSize * len(t.Gates)
	}
	if size > store.MaxItem {
		return fault.New(fault.TooLarge, "award.tooLarge", "size", size>>10, "max", store.MaxItem>>10)
	}
	return nil
}

// quotedSize is what JSON text takes as a string within an item, as the store
// charges it.
func quotedSize(text []byte) int {
	n := len(text)
	for _, special := range []string{`"`, `\`, ",", "[", "{"} {
		n += bytes.Count(text, []byte(special))
	}
	return n
}

// wellFormed refuses what stands for an id in a document and has not the form
// of one.
func wellFormed(d award.Document) error {
	var f portfolio.Findings
	for _, r := range documentReferences(d) {
		if !r.known {
			f.Add(r.pointer, r.code, "value", clipped(r.value))
		}
	}
	return f.Err()
}

// documentReferences are all that a document refers to. What is required and
// missing is for the document's check to say.
func documentReferences(d award.Document) []reference {
	var refs []reference
	add := func(r reference) {
		if r.value != "" {
			refs = append(refs, r)
		}
	}
	add(rootReference("/payee", ident.PrefixOrganisation, d.Payee))
	add(enrolmentReference("/platform", d.Platform, d.Programme))
	add(rootReference("/project", ident.PrefixProject, d.Project))
	for i, l := range d.FundingLines {
		add(rootReference(pointer("/fundingLines/%d/funder", i), ident.PrefixOrganisation, l.Funder))
	}
	add(personReference("/responsible/funder", d.Responsible.Funder))
	add(personReference("/responsible/payee", d.Responsible.Payee))
	return refs
}
