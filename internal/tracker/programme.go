package tracker

import (
	"context"
	"fmt"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// NewProgramme is what an administrator says of a programme: its code and
// names. Its managers say the rest, two at a time, with EditProgramme.
type NewProgramme struct {
	Code          string          `json:"code"`
	Names         portfolio.Names `json:"names"`
	GoLiveOn      civil.Date      `json:"goLiveOn,omitzero"`      // default: today
	AttentionFrom civil.Date      `json:"attentionFrom,omitzero"` // default: goLiveOn
}

// CreateProgramme makes an open programme with the default ladders. Items:
// root, one per ladder, code, name and words, head, journal.
func (t *Tracker) CreateProgramme(ctx context.Context, c Call, in NewProgramme) (Receipt, error) {
	return t.commit(ctx, c, "createProgramme", func(w *work) error {
		id, err := w.create(ident.PrefixProgramme)
		if err != nil {
			return err
		}
		if err := w.require(access.CreateProgramme, deploymentResource()); err != nil {
			return err
		}
		p := portfolio.Programme{
			ID: ident.Programme(id), Code: in.Code, Names: in.Names, State: portfolio.ProgrammeOpen,
			GoLiveOn: in.GoLiveOn, AttentionFrom: in.AttentionFrom,
			SeparationAbove: portfolio.DefaultSeparation(), Extensions: portfolio.DefaultExtensionLimits(),
			Ladders: map[string]int{}, CreatedBy: c.Principal.Person,
		}
		if p.GoLiveOn.IsZero() {
			p.GoLiveOn = w.on
		}
		if p.AttentionFrom.IsZero() {
			p.AttentionFrom = p.GoLiveOn
		}
		w.programme = p.ID
		w.head.State = string(p.State)
		for _, l := range attention.DefaultLadders() {
			p.Ladders[string(l.Kind)] = l.Version
			if err := w.put(ladderThing(l), schema.LadderRecord(p.ID, l), "ladder.set", nil); err != nil {
				return err
			}
		}
		if err := p.Check(); err != nil {
			return err
		}
		if err := w.put(id, schema.ProgrammeRecord(p), "programme.created", nil); err != nil {
			return err
		}
		if err := w.claim(schema.Unique{Kind: "programmeCode", Value: p.Code, Thing: id}, "/code", "programme.codeTaken"); err != nil {
			return err
		}
		return w.rename(nil, p)
	})
}

// onProgramme runs a command on a programme that its caller may give.
func (t *Tracker) onProgramme(ctx context.Context, c Call, command string, id ident.Programme, a access.Action, decide func(*work, portfolio.Programme) error) (Receipt, error) {
	return t.commit(ctx, c, command, func(w *work) error {
		if err := w.begin(string(id), schema.RootKey(string(id))); err != nil {
			return err
		}
		p, err := must[portfolio.Programme](w, schema.RootKey(string(id)), schema.TypeProgramme)
		if err != nil {
			return err
		}
		if err := w.require(a, programmeResource(p.ID)); err != nil {
			return err
		}
		if err := w.match(schema.RootKey(string(id))); err != nil {
			return err
		}
		w.programme = p.ID
		return decide(w, p)
	})
}

// Reason says why something is done.
type Reason struct {
	Reason string `json:"reason"`
}

// SuspendProgramme suspends a programme, which then refuses activation,
// approval and payment.
func (t *Tracker) SuspendProgramme(ctx context.Context, c Call, id ident.Programme, in Reason) (Receipt, error) {
	return t.moveProgramme(ctx, c, "suspendProgramme", "programme.suspended", id, in, portfolio.Programme.Suspend)
}

// ResumeProgramme opens a suspended programme again.
func (t *Tracker) ResumeProgramme(ctx context.Context, c Call, id ident.Programme, in Reason) (Receipt, error) {
	return t.moveProgramme(ctx, c, "resumeProgramme", "programme.resumed", id, in, portfolio.Programme.Resume)
}

// CloseProgramme closes a suspended programme for good.
func (t *Tracker) CloseProgramme(ctx context.Context, c Call, id ident.Programme, in Reason) (Receipt, error) {
	return t.moveProgramme(ctx, c, "closeProgramme", "programme.closed", id, in, portfolio.Programme.Close)
}

func (t *Tracker) moveProgramme(ctx context.Context, c Call, command, event string, id ident.Programme, in Reason, move func(portfolio.Programme, string, civil.Date) (portfolio.Programme, error)) (Receipt, error) {
	return t.onProgramme(ctx, c, command, id, access.MoveProgramme, func(w *work, p portfolio.Programme) error {
		next, err := move(p, in.Reason, w.on)
		if err != nil {
			return err
		}
		w.head.State = string(next.State)
		return w.put(string(id), schema.ProgrammeRecord(next), event, in)
	})
}

func ladderThing(l attention.Ladder) string { return fmt.Sprintf("ladder/%s/%d", l.Kind, l.Version) }

func deploymentResource() access.Resource {
	return access.Resource{Deployment: true}
}

func programmeResource(p ident.Programme) access.Resource {
	return access.Resource{Kind: access.KindProgramme, ID: string(p), Programmes: []ident.Programme{p}}
}
