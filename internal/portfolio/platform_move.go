package portfolio

import (
	"milepost/internal/civil"
	"milepost/internal/fault"
)

// PlatformMoves is the state table of a platform.
func PlatformMoves() []Move[PlatformState] {
	return []Move[PlatformState]{
		{PlatformCandidate, CommandApprove, PlatformApproved},
		{PlatformApproved, CommandOperate, PlatformOperating},
		{PlatformOperating, CommandSuspend, PlatformSuspended},
		{PlatformSuspended, CommandResume, PlatformOperating},
		{PlatformOperating, CommandRectify, PlatformUnderRectification},
		{PlatformUnderRectification, CommandRectified, PlatformOperating},
		{PlatformCandidate, CommandClose, PlatformClosed},
		{PlatformApproved, CommandClose, PlatformClosed},
		{PlatformOperating, CommandClose, PlatformClosed},
		{PlatformSuspended, CommandClose, PlatformClosed},
		{PlatformUnderRectification, CommandClose, PlatformClosed},
	}
}

// Legal lists the commands that a platform in state s takes.
func (s PlatformState) Legal() []Command { return LegalIn(PlatformMoves(), s) }

// Next returns the state to which command leads, or move.illegal.
func (s PlatformState) Next(command Command) (PlatformState, error) {
	return Next("platform", PlatformMoves(), s, command)
}

// Move takes the platform through one command of its table on a business
// date. Suspending, rectifying and closing need a reason.
func (p Platform) Move(command Command, reason string, on civil.Date) (Platform, error) {
	next, err := p.State.Next(command)
	if err != nil {
		return p, err
	}
	if err := checkReason(reason, command == CommandSuspend || command == CommandRectify || command == CommandClose); err != nil {
		return p, err
	}
	p.State, p.StateReason, p.StateChanged = next, reason, on
	return p, nil
}

func checkReason(reason string, required bool) error {
	if required {
		return NeedReason(reason)
	}
	var f Findings
	f.Text("/reason", reason, MaxText)
	return f.Err()
}

// Releases returns nil where the platform lets tranches be approved and
// payments be instructed: unless it is suspended or closed
// (platform.notReleasing).
func (p Platform) Releases() error {
	if p.State != PlatformSuspended && p.State != PlatformClosed {
		return nil
	}
	return fault.New(fault.Conflict, "platform.notReleasing", "platform", p.Code, "state", string(p.State))
}

// Activates returns nil where the platform lets an award be activated: where
// it is operating (platform.notOperating).
func (p Platform) Activates() error {
	if p.State == PlatformOperating {
		return nil
	}
	return fault.New(fault.Conflict, "platform.notOperating", "platform", p.Code, "state", string(p.State))
}

// Check returns all fields at fault of a platform.
func (p Platform) Check() error {
	var f Findings
	f.Required("/code", p.Code, MaxCode)
	OneOf(&f, "/kind", p.Kind, ProofOfConcept, PilotBase, OpenInnovationCentre, TechTransferOrganisation)
	f.Names("/names", p.Names)
	f.Text("/sector", p.Sector, MaxTitle)
	f.Text("/region", p.Region, MaxTitle)
	f.Required("/operator", string(p.Operator), MaxCode)
	f.Text("/responsible", string(p.Responsible), MaxCode)
	return f.Err()
}

// Holds reports whether the enrolment is in force on a business date.
func (e Enrolment) Holds(on civil.Date) bool {
	return !on.Before(e.From) && (e.To.IsZero() || !on.After(e.To))
}

// Check returns all fields at fault of an enrolment.
func (e Enrolment) Check() error {
	var f Findings
	f.Required("/programme", string(e.Programme), MaxCode)
	f.Required("/platform", string(e.Platform), MaxCode)
	OneOf(&f, "/origin", e.Origin, Commissioned, SelfInitiated)
	f.Date("/from", e.From)
	if !e.To.IsZero() && e.To.Before(e.From) {
		f.Add("/to", "date.before", "earliest", e.From.String())
	}
	if e.Ceiling != nil && e.Ceiling.Sign() <= 0 {
		f.Add("/ceiling/amount", "amount.notPositive")
	}
	if e.Ceiling != nil && e.Ceiling.Unit().IsZero() {
		f.Add("/ceiling/currency", "currency.missing")
	}
	return f.Err()
}
