package portfolio

import (
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// The commands on programmes, platforms and projects.
const (
	CommandSuspend   Command = "suspend"
	CommandResume    Command = "resume"
	CommandClose     Command = "close"
	CommandApprove   Command = "approve"
	CommandOperate   Command = "operate"
	CommandRectify   Command = "rectify"
	CommandRectified Command = "rectified"
	CommandStart     Command = "start"
	CommandAccept    Command = "accept"
	CommandComplete  Command = "complete"
	CommandTerminate Command = "terminate"
	CommandRevoke    Command = "revoke"
)

// ProgrammeMoves is the state table of a programme.
func ProgrammeMoves() []Move[ProgrammeState] {
	return []Move[ProgrammeState]{
		{ProgrammeOpen, CommandSuspend, ProgrammeSuspended},
		{ProgrammeSuspended, CommandResume, ProgrammeOpen},
		{ProgrammeSuspended, CommandClose, ProgrammeClosed},
	}
}

// Legal lists the commands that a programme in state s takes.
func (s ProgrammeState) Legal() []Command { return LegalIn(ProgrammeMoves(), s) }

// Next returns the state to which command leads, or move.illegal.
func (s ProgrammeState) Next(command Command) (ProgrammeState, error) {
	return Next("programme", ProgrammeMoves(), s, command)
}

// Suspend stops activation, approval and payment in the programme.
func (p Programme) Suspend(reason string, on civil.Date) (Programme, error) {
	return p.move(CommandSuspend, reason, on)
}

// Resume ends a suspension.
func (p Programme) Resume(reason string, on civil.Date) (Programme, error) {
	return p.move(CommandResume, reason, on)
}

// Close ends the programme.
func (p Programme) Close(reason string, on civil.Date) (Programme, error) {
	return p.move(CommandClose, reason, on)
}

func (p Programme) move(command Command, reason string, on civil.Date) (Programme, error) {
	next, err := p.State.Next(command)
	if err != nil {
		return p, err
	}
	if err := NeedReason(reason); err != nil {
		return p, err
	}
	p.State, p.StateReason, p.StateChanged = next, reason, on
	return p, nil
}

// Releases returns nil where the programme lets awards be activated, tranches
// approved and payments instructed: where it is open. Else programme.notOpen.
func (p Programme) Releases() error {
	if p.State == ProgrammeOpen {
		return nil
	}
	return fault.New(fault.Conflict, "programme.notOpen", "programme", p.Code, "state", string(p.State))
}

// Above reports whether amount is above the programme's threshold of its
// currency, so that the decider of a gate may not approve the tranche. A
// currency without a threshold counts as above.
func (p Programme) Above(amount money.Amount) bool {
	for _, limit := range p.SeparationAbove {
		if order, err := amount.Cmp(limit); err == nil {
			return order > 0
		}
	}
	return true
}

// DefaultSeparation is the threshold in force until a programme sets its own:
// CNY 1 million.
func DefaultSeparation() []money.Amount { return []money.Amount{money.MustParse("1000000")} }

// Check returns all fields at fault of a programme.
func (p Programme) Check() error {
	var f Findings
	f.Required("/code", p.Code, MaxCode)
	f.Names("/names", p.Names)
	f.Text("/foundingDocument", p.FoundingDocument, MaxTitle)
	f.Date("/goLiveOn", p.GoLiveOn)
	f.Date("/attentionFrom", p.AttentionFrom)
	units := map[money.Unit]bool{}
	for i, a := range p.SeparationAbove {
		at := "/separationAbove/" + strconv.Itoa(i)
		switch {
		case a.Unit().IsZero():
			f.Add(at+"/currency", "currency.missing")
		case a.Sign() < 0:
			f.Add(at+"/amount", "amount.negative")
		case units[a.Unit()]:
			f.Add(at+"/currency", "field.notUnique", "value", a.Unit().Code())
		}
		units[a.Unit()] = true
	}
	p.Extensions.check(&f)
	return f.Err()
}

func (l ExtensionLimits) check(f *Findings) {
	for _, n := range []struct {
		at    string
		value int
	}{{"/extensions/count", l.Count}, {"/extensions/totalDays", l.TotalDays}, {"/extensions/daysBeforeDue", l.DaysBeforeDue}} {
		if n.value < 0 || n.value > 36500 {
			f.Add(n.at, "field.outOfRange", "min", 0, "max", 36500)
		}
	}
}
