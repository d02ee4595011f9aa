package award

import (
	"slices"

	"milepost/internal/portfolio"
)

// Command is the name of a move, as it stands in URLs and journals.
type Command = portfolio.Command

// The commands.
const (
	CommandEdit             Command = "edit"
	CommandSubmit           Command = "submit"
	CommandTakeBack         Command = "takeBack"
	CommandReturnToDraft    Command = "returnToDraft"
	CommandDiscard          Command = "discard"
	CommandActivate         Command = "activate"
	CommandStart            Command = "start"
	CommandForecast         Command = "forecast"
	CommandAskExtension     Command = "askExtension"
	CommandWithdraw         Command = "withdraw"
	CommandReturn           Command = "return"
	CommandDecide           Command = "decide"
	CommandSettle           Command = "settle"
	CommandReopen           Command = "reopen"
	CommandRequest          Command = "request"
	CommandRefuse           Command = "refuse"
	CommandApprove          Command = "approve"
	CommandWithdrawApproval Command = "withdrawApproval"
	CommandPay              Command = "pay"
	CommandInstruct         Command = "instruct"
	CommandMarkPaid         Command = "markPaid"
	CommandMarkReturned     Command = "markReturned"
	CommandStop             Command = "stop"
	CommandReverse          Command = "reverse"
	CommandGrant            Command = "grant"
	CommandLapse            Command = "lapse"
	CommandConfirm          Command = "confirm"
	CommandSupersede        Command = "supersede"
	CommandAskErase         Command = "askErase"
	CommandErase            Command = "erase"
)

// The commands of later work, refused with command.notYet in every state.
const (
	CommandCancel    Command = "cancel"
	CommandReinstate Command = "reinstate"
	CommandSuspend   Command = "suspend"
	CommandResume    Command = "resume"
	CommandClose     Command = "close"
	CommandAmend     Command = "amend"
	CommandCorrect   Command = "correct"
)

// Later lists the commands that belong to later work.
func Later() []Command {
	return []Command{CommandCancel, CommandReinstate, CommandSuspend, CommandResume, CommandClose, CommandAmend, CommandCorrect}
}

// NotYet is the fault command.notYet.
func NotYet(command Command) error { return portfolio.NotYet(command) }

// state is a state that knows its legal commands.
type state interface {
	~string
	Legal() []Command
}

func next[S state](thing string, moves []portfolio.Move[S], from S, command Command) (S, error) {
	if slices.Contains(Later(), command) {
		return from, NotYet(command)
	}
	to, err := portfolio.Next(thing, moves, from, command)
	if err != nil {
		return from, portfolio.Illegal(thing, string(from), command, from.Legal())
	}
	return to, nil
}

func without(commands []Command, left ...Command) []Command {
	return slices.DeleteFunc(commands, func(c Command) bool { return slices.Contains(left, c) })
}
