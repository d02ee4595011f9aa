package console

import (
	"slices"

	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// placeMove is a step of the state table of a platform, a project or a
// programme: what it leads to is said before it is taken.
type placeMove struct {
	Form     *form
	Trail    []link
	Kind     string // platform, project or programme
	Command  portfolio.Command
	Name     portfolio.Names
	Code     string
	From, To string
	Reason   bool     // one must be given
	Back     []string // commands that take it back; none: it is for good
	Effects  []string // in the reader's language
	Waits    []placeWait
	Page     string
}

// placeWait is something that the step holds up, with the list of it.
type placeWait struct {
	Text, Href string
}

// commands that need a reason, by the thing and the command.
func needsReason(kind string, command portfolio.Command) bool {
	switch command {
	case portfolio.CommandSuspend, portfolio.CommandRectify, portfolio.CommandClose, portfolio.CommandTerminate:
		return true
	}
	return kind == "programme"
}

// stepOf is a command of a state table from a state: where it leads, and what
// leads back from there. The fault is move.illegal.
func stepOf[S ~string](kind string, table []portfolio.Move[S], from S, command portfolio.Command) (placeMove, error) {
	to, err := portfolio.Next(kind, table, from, command)
	if err != nil {
		return placeMove{}, err
	}
	m := placeMove{Kind: kind, Command: command, From: string(from), To: string(to), Reason: needsReason(kind, command)}
	for _, back := range table {
		if back.From == to && back.To == from {
			m.Back = append(m.Back, string(back.Command))
		}
	}
	return m, nil
}

// Danger says that the step stops something or is for good.
func (m placeMove) Danger() bool {
	return slices.Contains([]portfolio.Command{portfolio.CommandSuspend, portfolio.CommandClose, portfolio.CommandTerminate}, m.Command)
}

// moveCommands are the commands of a table, each once, in its order.
func moveCommands[S ~string](table []portfolio.Move[S]) []portfolio.Command {
	var out []portfolio.Command
	for _, m := range table {
		if !slices.Contains(out, m.Command) {
			out = append(out, m.Command)
		}
	}
	return out
}

// effects are the sentences that say what a step does, as many as there are.
func (q *request) effects(kind string, command portfolio.Command) []string {
	var out []string
	for _, n := range []string{"1", "2", "3"} {
		id := "console." + kind + ".effect." + string(command) + "." + n
		if q.console.Catalogs.Has(q.lang, id) {
			out = append(out, q.text(id))
		}
	}
	return out
}

// waits are what stands still while nothing is approved or paid.
func (q *request) waits(f placeFigures) []placeWait {
	var out []placeWait
	add := func(n int, what, href string) {
		if n > 0 {
			out = append(out, placeWait{Text: q.text("console.place.waits."+what, "count", n), Href: href})
		}
	}
	add(f.Active, "active", f.List("awards", "state", "active"))
	add(f.Requested, "requested", f.List("tranches", "queue", "requested"))
	add(f.Approved, "approved", f.List("tranches", "queue", "pay"))
	return out
}

// movable are the commands that a reader may give, as the buttons of a page.
type movable struct {
	Kind  string
	Page  string
	State string
	Steps []portfolio.Command
	Edit  bool
	None  string // id of the text that says why there is no step; empty where there is one
}

// movableOf sorts the actions of a view.
func movableOf[S ~string](kind, page string, state S, legal []portfolio.Command, actions []tracker.Action) movable {
	m := movable{Kind: kind, Page: page, State: string(state)}
	for _, a := range actions {
		switch {
		case a == "edit":
			m.Edit = true
		case slices.Contains(legal, a):
			m.Steps = append(m.Steps, a)
		}
	}
	switch {
	case len(legal) == 0:
		m.None = "console.place.step.over"
	case len(m.Steps) == 0:
		m.None = "console.place.step.managers"
	}
	return m
}
