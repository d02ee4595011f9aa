package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// CreateAward stores a draft: one item with the whole document. Items: root,
// number, name and words, head, journal, key.
func (t *Tracker) CreateAward(ctx context.Context, c Call, in award.Document) (Receipt, error) {
	return t.commit(ctx, c, "createAward", func(w *work) error {
		id, err := w.create(ident.PrefixAward)
		if err != nil {
			return err
		}
		aw, err := w.draftIn(award.Award{ID: ident.Award(id), Document: in})
		if err != nil {
			return err
		}
		a, err := award.NewDraft(ident.Award(id), in, aw.actor)
		if err := fault.Gather(err, documentFits(in)); err != nil {
			return aw.orNumberTaken(err, award.Award{ID: ident.Award(id), Document: in})
		}
		a.Origin = t.origin
		return aw.putDraft(award.Award{}, a, "award.drafted", nil)
	})
}

// draftIn opens the programme of a document that is being drafted. Who may not
// draft there is answered as if the programme were not there.
func (w *work) draftIn(a award.Award) (*awardWork, error) {
	if !ident.Valid(ident.PrefixProgramme, string(a.Document.Programme)) {
		return nil, fault.InvalidFields(fault.At("/programme", "reference.unknown", "value", string(a.Document.Programme)))
	}
	if err := w.require(access.DraftAward, programmeResource(a.Document.Programme)); err != nil {
		return nil, err
	}
	return w.awardIn(a)
}

// onDraft runs a command on an award that is not active yet.
func (t *Tracker) onDraft(ctx context.Context, c Call, command string, id ident.Award, a access.Action, decide func(*awardWork) error) (Receipt, error) {
	return t.onAward(ctx, c, command, id, a, access.KindAward, string(id), nil, func(aw *awardWork) error {
		if err := aw.matchHead(); err != nil {
			return err
		}
		return decide(aw)
	})
}

// ReplaceAward replaces a draft whole. Items: root, head, journal, key; and
// the number, name and words where they change.
func (t *Tracker) ReplaceAward(ctx context.Context, c Call, id ident.Award, in award.Document) (Receipt, error) {
	return t.onDraft(ctx, c, "replaceAward", id, access.DraftAward, func(aw *awardWork) error {
		if in.Programme != aw.award.Document.Programme {
			return fault.InvalidFields(fault.At("/programme", "award.programmeFixed"))
		}
		a, err := aw.award.Edit(aw.actor, in)
		if err := fault.Gather(err, documentFits(in)); err != nil {
			return aw.orNumberTaken(err, award.Award{ID: id, Document: in})
		}
		return aw.putDraft(aw.award, a, "award.edited", nil)
	})
}

// putDraft writes a draft; its number, and what it is found by, move with it.
func (aw *awardWork) putDraft(was, a award.Award, event string, data any) error {
	aw.head.State = string(a.State)
	if err := aw.put(string(a.ID), schema.AwardRecord(a), event, data); err != nil {
		return err
	}
	if err := aw.renumber(was.Document.Number, a); err != nil {
		return err
	}
	return aw.rename(was, a)
}

func (aw *awardWork) renumber(before string, a award.Award) error {
	after := a.Document.Number
	if before == after {
		return nil
	}
	if err := aw.claimNumber(a); err != nil {
		return err
	}
	if old := schema.UniqueKey(uniqueAgreement, "", before); before != "" && old != schema.UniqueKey(uniqueAgreement, "", after) {
		return aw.remove(old)
	}
	return nil
}

const uniqueAgreement = "agreementNumber"

func (aw *awardWork) claimNumber(a award.Award) error {
	return aw.claim(schema.Unique{Kind: uniqueAgreement, Value: a.Document.Number, Thing: string(a.ID)}, "/number", "award.numberTaken")
}

// orNumberTaken says of a draft that is refused also that its number is taken,
// so that all is said at once.
func (aw *awardWork) orNumberTaken(err error, a award.Award) error {
	var f portfolio.Findings
	if f.Required("/number", a.Document.Number, portfolio.MaxCode); f.Err() != nil {
		return err
	}
	return fault.Gather(err, aw.claimNumber(a))
}

// SubmitAward hands a complete draft to its activator; what is not complete is
// refused with everything that it lacks. Items: root, head,
// journal, key.
func (t *Tracker) SubmitAward(ctx context.Context, c Call, id ident.Award) (Receipt, error) {
	return t.onDraft(ctx, c, "submitAward", id, access.DraftAward, func(aw *awardWork) error {
		a, err := aw.award.Submit(aw.actor, award.Facts{}, aw.on)
		refers := aw.references()
		if refers == nil {
			refers = aw.enrolled()
		}
		if err := fault.Gather(err, refers); err != nil {
			return err
		}
		return aw.putDraft(aw.award, a, "award.submitted", nil)
	})
}

// TakeBackAward makes a submitted award a draft again, by its authors.
func (t *Tracker) TakeBackAward(ctx context.Context, c Call, id ident.Award) (Receipt, error) {
	return t.onDraft(ctx, c, "takeBackAward", id, access.DraftAward, func(aw *awardWork) error {
		a, err := aw.award.TakeBack(aw.actor)
		if err != nil {
			return err
		}
		return aw.putDraft(aw.award, a, "award.takenBack", nil)
	})
}

// ReturnAward sends a submitted award back to its drafters.
func (t *Tracker) ReturnAward(ctx context.Context, c Call, id ident.Award, in Reason) (Receipt, error) {
	return t.onDraft(ctx, c, "returnAward", id, access.ActivateAward, func(aw *awardWork) error {
		a, err := aw.award.ReturnToDraft(in.Reason)
		if err != nil {
			return err
		}
		return aw.putDraft(aw.award, a, "award.returned", in)
	})
}

// DiscardAward ends a draft; its number is free again. Items: root, number,
// name and words, head, journal, key.
func (t *Tracker) DiscardAward(ctx context.Context, c Call, id ident.Award, in Reason) (Receipt, error) {
	return t.onDraft(ctx, c, "discardAward", id, access.DraftAward, func(aw *awardWork) error {
		a, err := aw.award.Discard()
		if err != nil {
			return err
		}
		if err := portfolio.NeedReason(in.Reason); err != nil {
			return err
		}
		aw.head.State = string(a.State)
		if err := aw.put(string(a.ID), schema.AwardRecord(a), "award.discarded", in); err != nil {
			return err
		}
		if err := aw.remove(schema.UniqueKey(uniqueAgreement, "", a.Document.Number)); err != nil {
			return err
		}
		return aw.rename(aw.award, a)
	})
}

// Activation is the decision that makes an award active.
type Activation struct {
	Paper *award.DecisionPaper `json:"paper,omitempty"`
}

// ActivateAward makes a submitted award active, by another person than its
// drafters. Items: root, one per milestone, tranche and party, head, journal,
// key.
func (t *Tracker) ActivateAward(ctx context.Context, c Call, id ident.Award, in Activation) (Receipt, error) {
	return t.onDraft(ctx, c, "activateAward", id, access.ActivateAward, func(aw *awardWork) error {
		if err := aw.references(); err != nil {
			return err
		}
		if err := aw.enrolled(); err != nil {
			return err
		}
		if err := aw.activates(); err != nil {
			return err
		}
		made, err := aw.award.Activate(aw.actor, in.Paper, award.Facts{}, aw.id, aw.on)
		if err != nil {
			return err
		}
		return aw.putActivation(made, "award.activated")
	})
}

// putActivation writes what an award became.
func (aw *awardWork) putActivation(made award.Activation, event string) error {
	aw.award = made.Award
	aw.head.State, aw.head.Totals = string(made.Award.State), &made.Totals
	if err := aw.put(string(aw.award.ID), schema.AwardRecord(aw.award), event, nil); err != nil {
		return err
	}
	for _, m := range made.Milestones {
		if err := aw.putMilestone(m, "milestone.created"); err != nil {
			return err
		}
	}
	for _, tr := range made.Tranches {
		if err := aw.putTranche(tr, "tranche.created"); err != nil {
			return err
		}
	}
	return aw.putParties()
}

func (aw *awardWork) putParties() error {
	status := schema.OpenOrClosed(!aw.award.State.Ended())
	for _, p := range aw.award.Document.Parties() {
		r := schema.PartyRecord(schema.Party{Award: aw.award.ID, Party: p}, status)
		if err := aw.put("party/"+r.Key.SK[len("4#pty#"):], r, "party.added", nil); err != nil {
			return err
		}
	}
	return nil
}

func decodeAward(item store.Item) (award.Award, error) {
	return schema.Decode[award.Award](item, schema.TypeAward)
}
