package portfolio

import (
	"slices"

	"milepost/internal/fault"
)

// Command is the name of a move, as it stands in URLs and journals.
type Command string

// Move is one row of a state table: command leads from a state to a state.
type Move[S ~string] struct {
	From    S
	Command Command
	To      S
}

// LegalIn lists the commands that a table allows in a state, in the table's
// order and each once.
func LegalIn[S ~string](moves []Move[S], state S) []Command {
	legal := []Command{}
	for _, m := range moves {
		if m.From == state && !slices.Contains(legal, m.Command) {
			legal = append(legal, m.Command)
		}
	}
	return legal
}

// Next returns the state to which command leads from a state; where the table
// has two, the first. What is not in the table is the fault move.illegal with
// thing, state, command and the legal commands.
func Next[S ~string](thing string, moves []Move[S], from S, command Command) (S, error) {
	for _, m := range moves {
		if m.From == from && m.Command == command {
			return m.To, nil
		}
	}
	return from, Illegal(thing, string(from), command, LegalIn(moves, from))
}

// Illegal is the fault move.illegal: command is refused on a thing in a state,
// in which only the legal commands are taken.
func Illegal(thing, state string, command Command, legal []Command) error {
	names := make([]string, len(legal))
	for i, c := range legal {
		names[i] = string(c)
	}
	return fault.New(fault.Conflict, "move.illegal", "thing", thing, "state", state, "command", string(command), "legal", names)
}

// NotYet is the fault command.notYet: the command belongs to a later version.
func NotYet(command Command) error {
	return fault.New(fault.Conflict, "command.notYet", "command", string(command))
}
