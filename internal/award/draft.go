package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// NewDraft returns a draft award. The document may be incomplete: see
// Document.CheckDraft.
func NewDraft(id ident.Award, document Document, actor Actor) (Award, error) {
	if err := document.CheckDraft(); err != nil {
		return Award{}, err
	}
	return Award{ID: id, State: Draft, Document: document.Clone(), DraftedBy: []ident.Person{actor.Person}, Origin: Live}, nil
}

// Clone returns a copy that shares no slice with d; absent lists become empty
// ones, since stored JSON knows no null.
func (d Document) Clone() Document {
	d.FundingLines = list(d.FundingLines)
	d.Milestones = list(d.Milestones)
	d.Tranches = list(d.Tranches)
	for i := range d.Milestones {
		d.Milestones[i].Criteria = list(d.Milestones[i].Criteria)
	}
	for i := range d.Tranches {
		d.Tranches[i].Gates = list(d.Tranches[i].Gates)
		d.Tranches[i].Split = slices.Clone(d.Tranches[i].Split)
	}
	return d
}

// list returns a copy that is never nil.
func list[T any](values []T) []T { return append([]T{}, values...) }

// Edit replaces the document of a draft.
func (a Award) Edit(actor Actor, document Document) (Award, error) {
	next, err := a.State.Next(CommandEdit)
	if err == nil {
		err = document.CheckDraft()
	}
	if err != nil {
		return a, err
	}
	a.State, a.Document = next, document.Clone()
	if !slices.Contains(a.DraftedBy, actor.Person) {
		a.DraftedBy = append(slices.Clone(a.DraftedBy), actor.Person)
	}
	return a, nil
}

// Submit hands a complete draft to its activator.
func (a Award) Submit(actor Actor, facts Facts, on civil.Date) (Award, error) {
	next, err := a.State.Next(CommandSubmit)
	if err == nil {
		err = a.Document.Check(facts)
	}
	if err != nil {
		return a, err
	}
	a.State, a.SubmittedBy, a.SubmittedOn, a.ReturnedFor = next, actor.Person, on, ""
	return a, nil
}

// TakeBack makes a submitted award a draft again, by one of those who drafted
// or submitted it (award.takeBackByOthers).
func (a Award) TakeBack(actor Actor) (Award, error) {
	next, err := a.State.Next(CommandTakeBack)
	if err != nil {
		return a, err
	}
	if !slices.Contains(a.authors(), actor.Person) {
		return a, fault.New(fault.Forbidden, "award.takeBackByOthers")
	}
	return a.asDraft(next, ""), nil
}

// ReturnToDraft sends a submitted award back to its drafters with a reason.
func (a Award) ReturnToDraft(reason string) (Award, error) {
	next, err := a.State.Next(CommandReturnToDraft)
	if err == nil {
		err = portfolio.NeedReason(reason)
	}
	if err != nil {
		return a, err
	}
	return a.asDraft(next, reason), nil
}

// asDraft keeps the submitter among the drafters, so that who has handed an
// award in never activates a later version of it.
func (a Award) asDraft(next State, reason string) Award {
	a.DraftedBy = a.authors()
	a.State, a.SubmittedBy, a.SubmittedOn, a.ReturnedFor = next, "", civil.Date{}, reason
	return a
}

// Discard ends a draft; its number is free again.
func (a Award) Discard() (Award, error) {
	next, err := a.State.Next(CommandDiscard)
	if err != nil {
		return a, err
	}
	a.State = next
	return a, nil
}

// authors lists all who drafted or submitted the award.
func (a Award) authors() []ident.Person {
	authors := list(a.DraftedBy)
	if a.SubmittedBy != "" && !slices.Contains(authors, a.SubmittedBy) {
		authors = append(authors, a.SubmittedBy)
	}
	return authors
}

// Works returns nil where the award takes moves on its milestones, tranches
// and payments: where it is active (award.notActive).
func (a Award) Works() error {
	if a.State == Active {
		return nil
	}
	return fault.New(fault.Conflict, "award.notActive", "award", a.Document.Number, "state", string(a.State))
}
