package portfolio

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// ChangeKind is what a pending change of a programme is about.
type ChangeKind string

// The kinds of change that take two people.
const (
	ChangeTerms  ChangeKind = "terms"
	ChangeLadder ChangeKind = "ladder"
)

// Thresholds are the terms of a programme that say what is late and who has to
// decide it: one person proposes them, another one confirms. Dates
// are among them, since they change what is flagged.
type Thresholds struct {
	GoLiveOn        civil.Date      `json:"goLiveOn"`
	AttentionFrom   civil.Date      `json:"attentionFrom"`
	SeparationAbove []money.Amount  `json:"separationAbove"`
	Extensions      ExtensionLimits `json:"extensions"`
	RollRestDays    bool            `json:"rollRestDays"`
}

// Equal reports whether both say the same.
func (t Thresholds) Equal(o Thresholds) bool {
	return t.GoLiveOn == o.GoLiveOn && t.AttentionFrom == o.AttentionFrom && t.Extensions == o.Extensions &&
		t.RollRestDays == o.RollRestDays && slices.Equal(t.SeparationAbove, o.SeparationAbove)
}

// LadderTerms are a ladder as it is proposed. What its words mean, and whether
// they are a ladder, is package attention's to say.
type LadderTerms struct {
	Kind        string      `json:"kind"` // of obligation
	AllowedDays int         `json:"allowedDays"`
	Rungs       []RungTerms `json:"rungs"`
}

// RungTerms is one step of LadderTerms.
type RungTerms struct {
	ID     string `json:"id"`
	Offset int    `json:"offset"`
	Unit   string `json:"unit"`
	Level  string `json:"level"`
	Asks   string `json:"asks"`
}

// PendingChange waits in a programme for another person than who proposed it.
type PendingChange struct {
	Kind   ChangeKind   `json:"kind"`
	Terms  *Thresholds  `json:"terms,omitempty"`  // of ChangeTerms: all of them, as they will be
	Ladder *LadderTerms `json:"ladder,omitempty"` // of ChangeLadder
	By     ident.Person `json:"by"`
	On     civil.Date   `json:"on"` // business date
	Reason string       `json:"reason,omitempty"`
}

// Thresholds returns those in force.
func (p Programme) Thresholds() Thresholds {
	return Thresholds{p.GoLiveOn, p.AttentionFrom, p.SeparationAbove, p.Extensions, p.RollRestDays}
}

// With returns the programme with other thresholds.
func (p Programme) With(t Thresholds) Programme {
	p.GoLiveOn, p.AttentionFrom, p.Extensions, p.RollRestDays = t.GoLiveOn, t.AttentionFrom, t.Extensions, t.RollRestDays
	p.SeparationAbove = append([]money.Amount{}, t.SeparationAbove...)
	return p
}

// Propose keeps a change until another person confirms it. One waits at a time
// (programme.changePending).
func (p Programme) Propose(c PendingChange) (Programme, error) {
	if p.Pending != nil {
		return p, fault.New(fault.Conflict, "programme.changePending", "programme", p.Code, "kind", string(p.Pending.Kind))
	}
	var f Findings
	f.Text("/reason", c.Reason, MaxText)
	if err := f.Err(); err != nil {
		return p, err
	}
	if c.Terms != nil {
		if err := p.With(*c.Terms).Check(); err != nil {
			return p, err
		}
	}
	p.Pending = &c
	return p, nil
}

// ConfirmChange ends the wait by another person than who proposed the change
// (separation.proposerConfirms), and applies terms; a ladder is the caller's
// to number and keep.
func (p Programme) ConfirmChange(by ident.Person) (Programme, PendingChange, error) {
	next, c, err := p.DropChange()
	if err != nil {
		return p, c, err
	}
	if by == c.By {
		return p, c, fault.New(fault.Forbidden, "separation.proposerConfirms", "person", string(by), "thing", p.Code)
	}
	if c.Terms != nil {
		next = next.With(*c.Terms)
	}
	return next, c, next.Check()
}

// DropChange ends the wait and changes nothing else (programme.noChange).
func (p Programme) DropChange() (Programme, PendingChange, error) {
	if p.Pending == nil {
		return p, PendingChange{}, fault.New(fault.Conflict, "programme.noChange", "programme", p.Code)
	}
	c := *p.Pending
	p.Pending = nil
	return p, c, nil
}
