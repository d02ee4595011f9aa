package award

import "milepost/internal/portfolio"

// Moves is the state table of an award. Closed is reached by opening history
// only.
func Moves() []portfolio.Move[State] {
	return []portfolio.Move[State]{
		{From: Draft, Command: CommandEdit, To: Draft},
		{From: Draft, Command: CommandSubmit, To: Submitted},
		{From: Draft, Command: CommandDiscard, To: Discarded},
		{From: Submitted, Command: CommandTakeBack, To: Draft},
		{From: Submitted, Command: CommandReturnToDraft, To: Draft},
		{From: Submitted, Command: CommandActivate, To: Active},
	}
}

// Legal lists the commands that an award in state s takes.
func (s State) Legal() []Command { return portfolio.LegalIn(Moves(), s) }

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s State) Next(command Command) (State, error) { return next("award", Moves(), s, command) }

// MilestoneMoves is the state table of a milestone. Withdraw goes back to the
// state before the submission, which is one of the two.
func MilestoneMoves() []portfolio.Move[MilestoneState] {
	return []portfolio.Move[MilestoneState]{
		{From: Planned, Command: CommandStart, To: InProgress},
		{From: Planned, Command: CommandSubmit, To: MilestoneSubmitted},
		{From: Planned, Command: CommandForecast, To: Planned},
		{From: Planned, Command: CommandAskExtension, To: Planned},
		{From: InProgress, Command: CommandSubmit, To: MilestoneSubmitted},
		{From: InProgress, Command: CommandForecast, To: InProgress},
		{From: InProgress, Command: CommandAskExtension, To: InProgress},
		{From: Returned, Command: CommandSubmit, To: MilestoneSubmitted},
		{From: Returned, Command: CommandForecast, To: Returned},
		{From: Returned, Command: CommandAskExtension, To: Returned},
		{From: MilestoneSubmitted, Command: CommandWithdraw, To: InProgress},
		{From: MilestoneSubmitted, Command: CommandWithdraw, To: Returned},
		{From: MilestoneSubmitted, Command: CommandReturn, To: Returned},
		{From: MilestoneSubmitted, Command: CommandDecide, To: Decided},
		{From: Decided, Command: CommandSettle, To: Decided},
		{From: Decided, Command: CommandReopen, To: MilestoneSubmitted},
	}
}

// Legal lists the commands that a milestone in state s takes.
func (s MilestoneState) Legal() []Command { return portfolio.LegalIn(MilestoneMoves(), s) }

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s MilestoneState) Next(command Command) (MilestoneState, error) {
	return next("milestone", MilestoneMoves(), s, command)
}

// TrancheMoves is the state table of a tranche. Reopening a gate and
// withdrawing the approval lead back to scheduled; pay is the bookkeeping of
// the payment that completes it.
func TrancheMoves() []portfolio.Move[TrancheState] {
	return []portfolio.Move[TrancheState]{
		{From: Scheduled, Command: CommandRequest, To: Requested},
		{From: Requested, Command: CommandTakeBack, To: Scheduled},
		{From: Requested, Command: CommandRefuse, To: Scheduled},
		{From: Requested, Command: CommandApprove, To: Approved},
		{From: Requested, Command: CommandReopen, To: Scheduled},
		{From: Approved, Command: CommandWithdrawApproval, To: Scheduled},
		{From: Approved, Command: CommandReopen, To: Scheduled},
		{From: Approved, Command: CommandInstruct, To: Approved},
		{From: Approved, Command: CommandPay, To: Settled},
		{From: Settled, Command: CommandReverse, To: Approved},
	}
}

// Legal lists the commands that people give to a tranche in state s; what
// milestones and payments do to it is left out.
func (s TrancheState) Legal() []Command {
	return without(portfolio.LegalIn(TrancheMoves(), s), CommandReopen, CommandPay, CommandReverse)
}

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s TrancheState) Next(command Command) (TrancheState, error) {
	return next("tranche", TrancheMoves(), s, command)
}

// PaymentMoves is the state table of a payment.
func PaymentMoves() []portfolio.Move[PaymentState] {
	return []portfolio.Move[PaymentState]{
		{From: Instructed, Command: CommandMarkPaid, To: Paid},
		{From: Instructed, Command: CommandMarkReturned, To: ReturnedByBank},
		{From: Instructed, Command: CommandStop, To: Stopped},
		{From: Paid, Command: CommandReverse, To: PaymentReversed},
	}
}

// Legal lists the commands that a payment in state s takes.
func (s PaymentState) Legal() []Command { return portfolio.LegalIn(PaymentMoves(), s) }

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s PaymentState) Next(command Command) (PaymentState, error) {
	return next("payment", PaymentMoves(), s, command)
}

// RefundMoves is the state table of a refund.
func RefundMoves() []portfolio.Move[RefundState] {
	return []portfolio.Move[RefundState]{{From: Recorded, Command: CommandReverse, To: RefundReversed}}
}

// Legal lists the commands that a refund in state s takes.
func (s RefundState) Legal() []Command { return portfolio.LegalIn(RefundMoves(), s) }

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s RefundState) Next(command Command) (RefundState, error) {
	return next("refund", RefundMoves(), s, command)
}

// ExtensionMoves is the state table of an extension. Lapse is what submitting
// the milestone does to it.
func ExtensionMoves() []portfolio.Move[ExtensionState] {
	return []portfolio.Move[ExtensionState]{
		{From: ExtensionRequested, Command: CommandGrant, To: ExtensionGranted},
		{From: ExtensionRequested, Command: CommandRefuse, To: ExtensionRefused},
		{From: ExtensionRequested, Command: CommandWithdraw, To: ExtensionWithdrawn},
		{From: ExtensionRequested, Command: CommandLapse, To: ExtensionLapsed},
	}
}

// Legal lists the commands that people give to an extension in state s.
func (s ExtensionState) Legal() []Command {
	return without(portfolio.LegalIn(ExtensionMoves(), s), CommandLapse)
}

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s ExtensionState) Next(command Command) (ExtensionState, error) {
	return next("extension", ExtensionMoves(), s, command)
}

// EvidenceMoves is the state table of evidence.
func EvidenceMoves() []portfolio.Move[EvidenceState] {
	return []portfolio.Move[EvidenceState]{
		{From: Announced, Command: CommandConfirm, To: Confirmed},
		{From: Confirmed, Command: CommandSupersede, To: Superseded},
		{From: Confirmed, Command: CommandAskErase, To: Confirmed},
		{From: Confirmed, Command: CommandErase, To: Erased},
		{From: Superseded, Command: CommandAskErase, To: Superseded},
		{From: Superseded, Command: CommandErase, To: Erased},
	}
}

// Legal lists the commands that evidence in state s takes.
func (s EvidenceState) Legal() []Command { return portfolio.LegalIn(EvidenceMoves(), s) }

// Next returns the state to which command leads, or move.illegal, or
// command.notYet.
func (s EvidenceState) Next(command Command) (EvidenceState, error) {
	return next("evidence", EvidenceMoves(), s, command)
}
