package api

import (
	"context"
	"strings"
	"unicode"

	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type newProgrammeInput struct {
	Body tracker.NewProgramme
}

type programmeTermsInput struct {
	ProgrammePath
	Body tracker.ProgrammeTerms
}

type programmeReasonInput struct {
	ProgrammePath
	Body reasonBody
}

type programmeNoteInput struct {
	ProgrammePath
	Body *noteBody
}

type ladderInput struct {
	ProgrammePath
	Kind attention.Kind `path:"kind" doc:"The kind of obligation"`
	Body ladderBody
}

// ladderBody is a ladder as it is set: its version is given out.
type ladderBody struct {
	AllowedDays  int              `json:"allowedDays,omitempty" doc:"Working days to the due date; absent where the thing has one itself" minimum:"0" maximum:"250"`
	RollRestDays bool             `json:"rollRestDays,omitempty" doc:"Taken from the programme; what is sent is passed over"`
	Rungs        []attention.Rung `json:"rungs" doc:"In the order of their days"`
	Reason       string           `json:"reason,omitempty" doc:"Why, for who confirms" maxLength:"8000"`
}

func (a *API) programmes() {
	act(a, operation{
		id: "createProgramme", method: "POST", path: "/programmes", tag: tagProgrammes, result: creates("/programmes/"),
		summary: "Create a programme",
		does:    "Makes an open programme with the default ladders. Its managers say the rest.",
		who:     "administrator",
		codes:   []string{"422 programme.codeTaken"},
		example: example("code", "POC-2026", "names", example("en", "Proof of concept 2026"), "goLiveOn", "2026-01-01"),
	}, func(ctx context.Context, c tracker.Call, in *newProgrammeInput) (tracker.Receipt, error) {
		return a.options.Tracker.CreateProgramme(ctx, c, in.Body)
	})
	act(a, operation{
		id: "editProgramme", method: "PUT", path: "/programmes/{programme}", tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: "Replace a programme's terms",
		does: "Replaces the terms whole; the code stays. Names and the founding document are in force at once. Dates, thresholds, limits " +
			"and rest days that differ from those in force become the programme's pending change, which another person confirms.",
		who:   "programmeManager of the programme",
		codes: []string{"409 programme.changePending"},
		example: example("names", example("en", "Proof of concept 2026"), "goLiveOn", "2026-01-01",
			"separationAbove", []any{example("amount", "1000000.00", "currency", "CNY")},
			"extensions", example("count", 3, "totalDays", 365, "daysBeforeDue", 0), "rollRestDays", false, "reason", "Resolution 3 of the board."),
	}, func(ctx context.Context, c tracker.Call, in *programmeTermsInput) (tracker.Receipt, error) {
		return a.options.Tracker.EditProgramme(ctx, c, in.Programme, in.Body)
	})
	a.moveProgramme("suspend", "Stops activation, approval and payment in the programme.", a.options.Tracker.SuspendProgramme)
	a.moveProgramme("resume", "Ends the suspension.", a.options.Tracker.ResumeProgramme)
	a.moveProgramme("close", "Closes a suspended programme for good.", a.options.Tracker.CloseProgramme)
	a.programmeChanges()
}

// programmeChanges registers what takes two people.
func (a *API) programmeChanges() {
	t := a.options.Tracker
	act(a, operation{
		id: "setLadder", method: "PUT", path: "/programmes/{programme}/ladders/{kind}", tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: "Propose a ladder",
		does: "Proposes a new version of the ladder of a kind of obligation: the programme's pending change, which another person confirms. " +
			"Obligations that are open keep theirs. The ETag is the programme's.",
		who:     "programmeManager of the programme",
		codes:   []string{"409 programme.changePending"},
		example: example("allowedDays", 10, "rungs", []any{example("id", "after1", "offset", 1, "unit", "working", "level", "owner", "asks", "overdue")}),
	}, func(ctx context.Context, c tracker.Call, in *ladderInput) (tracker.Receipt, error) {
		return t.SetLadder(ctx, c, in.Programme, attention.Ladder{Kind: in.Kind, AllowedDays: in.Body.AllowedDays, Rungs: in.Body.Rungs},
			tracker.Reason{Reason: in.Body.Reason})
	})
	act(a, operation{
		id: "confirmProgrammeChange", method: "POST", path: "/programmes/{programme}/change/confirm", tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: "Confirm a programme's pending change", does: "Puts the pending change in force.",
		who:   "programmeManager or head of the programme who did not propose it",
		codes: []string{"403 separation.proposerConfirms", "409 programme.noChange"},
	}, func(ctx context.Context, c tracker.Call, in *ProgrammePath) (tracker.Receipt, error) {
		return t.ConfirmProgrammeChange(ctx, c, in.Programme)
	})
	act(a, operation{
		id: "dropProgrammeChange", method: "POST", path: "/programmes/{programme}/change/drop", tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: "Drop a programme's pending change", does: "Ends the pending change; what is in force stays.",
		who:   "programmeManager or head of the programme, who proposed it too",
		codes: []string{"409 programme.noChange"},
	}, func(ctx context.Context, c tracker.Call, in *programmeNoteInput) (tracker.Receipt, error) {
		return t.DropProgrammeChange(ctx, c, in.Programme, in.Body.reason())
	})
}

type programmeMove func(context.Context, tracker.Call, ident.Programme, tracker.Reason) (tracker.Receipt, error)

func (a *API) moveProgramme(command, does string, move programmeMove) {
	act(a, operation{
		id: command + "Programme", method: "POST", path: "/programmes/{programme}/" + command, tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: title(command) + " a programme", does: does,
		who:     "programmeManager of the programme",
		example: example("reason", "The founding document is under revision."),
	}, func(ctx context.Context, c tracker.Call, in *programmeReasonInput) (tracker.Receipt, error) {
		return move(ctx, c, in.Programme, in.Body.reason())
	})
}

// title writes a command as a word in English: takeBack is "Take back".
func title(command string) string {
	var b strings.Builder
	for i, r := range command {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteString(" " + string(unicode.ToLower(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
