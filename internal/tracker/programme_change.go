package tracker

import (
	"cmp"
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ProgrammeTerms are what a programme's managers may change: names and founding
// document at once, the rest (portfolio.Thresholds) by two of them.
type ProgrammeTerms struct {
	Names            portfolio.Names           `json:"names"`
	FoundingDocument string                    `json:"foundingDocument,omitempty"`
	GoLiveOn         civil.Date                `json:"goLiveOn"`
	AttentionFrom    civil.Date                `json:"attentionFrom,omitzero"` // default: goLiveOn
	SeparationAbove  []money.Amount            `json:"separationAbove"`
	Extensions       portfolio.ExtensionLimits `json:"extensions"`
	RollRestDays     bool                      `json:"rollRestDays"`
	Reason           string                    `json:"reason,omitempty"` // why thresholds change, for who confirms
}

func (in ProgrammeTerms) thresholds() portfolio.Thresholds {
	return portfolio.Thresholds{
		GoLiveOn: in.GoLiveOn, AttentionFrom: cmp.Or(in.AttentionFrom, in.GoLiveOn),
		SeparationAbove: append([]money.Amount{}, in.SeparationAbove...), Extensions: in.Extensions, RollRestDays: in.RollRestDays,
	}
}

// EditProgramme replaces a programme's terms. Names and the founding document
// are in force at once; thresholds that differ from those in force wait for
// ConfirmProgrammeChange by another person. Items: root, head, journal, key; the
// name and words where they change.
func (t *Tracker) EditProgramme(ctx context.Context, c Call, id ident.Programme, in ProgrammeTerms) (Receipt, error) {
	return t.onProgramme(ctx, c, "editProgramme", id, access.EditProgramme, func(w *work, p portfolio.Programme) error {
		terms := in.thresholds()
		next := p
		next.Names, next.FoundingDocument = in.Names, in.FoundingDocument
		if err := next.With(terms).Check(); err != nil {
			return err
		}
		if err := w.rename(p, next); err != nil {
			return err
		}
		if terms.Equal(p.Thresholds()) {
			return w.put(string(id), schema.ProgrammeRecord(next), "programme.edited", nil)
		}
		next, err := next.Propose(portfolio.PendingChange{
			Kind: portfolio.ChangeTerms, Terms: &terms, By: c.Principal.Person, On: w.on, Reason: in.Reason,
		})
		if err != nil {
			return err
		}
		if next.Names == p.Names && next.FoundingDocument == p.FoundingDocument {
			return w.put(string(id), schema.ProgrammeRecord(next), "programme.changeProposed", nil)
		}
		if err := w.put(string(id), schema.ProgrammeRecord(next), "programme.edited", nil); err != nil {
			return err
		}
		was := w.version(schema.RootKey(string(id)))
		return w.event(journal.Event{Kind: "programme.changeProposed", Thing: string(id), Was: was, Is: was + 1}, nil)
	})
}

// SetLadder proposes a new version of the ladder of a kind of obligation, for
// another person to confirm; rest days are treated as the programme says.
// Items: root, head, journal, key.
func (t *Tracker) SetLadder(ctx context.Context, c Call, id ident.Programme, l attention.Ladder, in Reason) (Receipt, error) {
	return t.onProgramme(ctx, c, "setLadder", id, access.EditLadder, func(w *work, p portfolio.Programme) error {
		if !slices.Contains(attention.Kinds(), l.Kind) {
			return errNotFound()
		}
		if err := l.Check(); err != nil {
			return err
		}
		next, err := p.Propose(portfolio.PendingChange{
			Kind: portfolio.ChangeLadder, Ladder: ladderTerms(l), By: c.Principal.Person, On: w.on, Reason: in.Reason,
		})
		if err != nil {
			return err
		}
		return w.put(string(id), schema.ProgrammeRecord(next), "programme.changeProposed", nil)
	})
}

// ConfirmProgrammeChange puts the pending change in force, by another person
// than who proposed it. Obligations that are open keep the ladder they opened
// with. Items: root, head, journal, key; the ladder, or every ladder where rest
// days are treated otherwise from now on.
func (t *Tracker) ConfirmProgrammeChange(ctx context.Context, c Call, id ident.Programme) (Receipt, error) {
	return t.onProgramme(ctx, c, "confirmProgrammeChange", id, access.ConfirmProgrammeChange, func(w *work, p portfolio.Programme) error {
		next, change, err := p.ConfirmChange(c.Principal.Person)
		if err != nil {
			return err
		}
		if change.Ladder != nil {
			err = w.setLadder(&next, ladderOf(*change.Ladder))
		} else if next.RollRestDays != p.RollRestDays {
			err = w.rollLadders(&next)
		}
		if err != nil {
			return err
		}
		return w.put(string(id), schema.ProgrammeRecord(next), "programme.changeConfirmed", nil)
	})
}

// DropProgrammeChange ends the pending change without effect, by who proposed
// it or who could confirm it. Items: root, head, journal, key.
func (t *Tracker) DropProgrammeChange(ctx context.Context, c Call, id ident.Programme, in Reason) (Receipt, error) {
	return t.onProgramme(ctx, c, "dropProgrammeChange", id, access.ConfirmProgrammeChange, func(w *work, p portfolio.Programme) error {
		next, _, err := p.DropChange()
		if err != nil {
			return err
		}
		var f portfolio.Findings
		f.Text("/reason", in.Reason, portfolio.MaxText)
		if err := f.Err(); err != nil {
			return err
		}
		return w.put(string(id), schema.ProgrammeRecord(next), "programme.changeDropped", in)
	})
}

// setLadder gives the ladder of a kind its next version, which obligations that
// open from now on follow.
func (w *work) setLadder(p *portfolio.Programme, l attention.Ladder) error {
	l.Version, l.RollRestDays = p.Ladders[string(l.Kind)]+1, p.RollRestDays
	if err := l.Check(); err != nil {
		return err
	}
	p.Ladders = with(p.Ladders, string(l.Kind), l.Version)
	return w.put(ladderThing(l), schema.LadderRecord(p.ID, l), "ladder.set", nil)
}

// rollLadders gives every ladder of p a version that treats rest days as p does.
func (w *work) rollLadders(p *portfolio.Programme) error {
	key := func(k attention.Kind, later int) store.Key {
		return schema.LadderKey(p.ID, string(k), p.Ladders[string(k)]+later)
	}
	var keys []store.Key
	for _, k := range attention.Kinds() {
		keys = append(keys, key(k, 0), key(k, 1))
	}
	if err := w.load(keys...); err != nil {
		return err
	}
	for _, k := range attention.Kinds() {
		l, err := must[attention.Ladder](w, key(k, 0), schema.TypeLadder)
		if err != nil {
			return err
		}
		if err := w.setLadder(p, l); err != nil {
			return err
		}
	}
	return nil
}

// ladderTerms is a ladder as a programme keeps it until it is confirmed.
func ladderTerms(l attention.Ladder) *portfolio.LadderTerms {
	terms := portfolio.LadderTerms{Kind: string(l.Kind), AllowedDays: l.AllowedDays, Rungs: []portfolio.RungTerms{}}
	for _, r := range l.Rungs {
		terms.Rungs = append(terms.Rungs, portfolio.RungTerms{ID: r.ID, Offset: r.Offset, Unit: string(r.Unit), Level: string(r.Level), Asks: r.Asks})
	}
	return &terms
}

// ladderOf is the ladder that was proposed, before it has a version.
func ladderOf(terms portfolio.LadderTerms) attention.Ladder {
	l := attention.Ladder{Kind: attention.Kind(terms.Kind), AllowedDays: terms.AllowedDays}
	for _, r := range terms.Rungs {
		l.Rungs = append(l.Rungs, attention.Rung{ID: r.ID, Offset: r.Offset, Unit: attention.Unit(r.Unit), Level: attention.Level(r.Level), Asks: r.Asks})
	}
	return l
}
