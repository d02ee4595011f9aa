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

type ladderInput struct {
	ProgrammePath
	Kind attention.Kind `path:"kind" doc:"The kind of obligation"`
	Body ladderBody
}

// ladderBody is a ladder as it is set: its version is given out.
type ladderBody struct {
	AllowedDays  int              `json:"allowedDays,omitempty" doc:"Working days to the due date; absent where the thing has one itself" minimum:"0" maximum:"250"`
	RollRestDays bool             `json:"rollRestDays,omitempty" doc:"Move an effective due date on a rest day to the next working day"`
	Rungs        []attention.Rung `json:"rungs" doc:"In the order of their days"`
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
		does:    "Replaces names, dates, thresholds and limits whole. The code stays.",
		who:     "programmeManager of the programme",
		example: example("names", example("en", "Proof of concept 2026"), "goLiveOn", "2026-01-01",
			"separationAbove", []any{example("amount", "1000000.00", "currency", "CNY")},
			"extensions", example("count", 3, "totalDays", 365, "daysBeforeDue", 0), "rollRestDays", false),
	}, func(ctx context.Context, c tracker.Call, in *programmeTermsInput) (tracker.Receipt, error) {
		return a.options.Tracker.EditProgramme(ctx, c, in.Programme, in.Body)
	})
	a.moveProgramme("suspend", "Stops activation, approval and payment in the programme.", a.options.Tracker.SuspendProgramme)
	a.moveProgramme("resume", "Ends the suspension.", a.options.Tracker.ResumeProgramme)
	a.moveProgramme("close", "Closes a suspended programme for good.", a.options.Tracker.CloseProgramme)
	act(a, operation{
		id: "setLadder", method: "PUT", path: "/programmes/{programme}/ladders/{kind}", tag: tagProgrammes, match: matchThing, result: changes("programme"),
		summary: "Set a ladder",
		does:    "Gives a kind of obligation a new version of its ladder. Obligations that are open keep theirs. The ETag is the programme's.",
		who:     "programmeManager of the programme",
		example: example("allowedDays", 10, "rungs", []any{example("id", "after1", "offset", 1, "unit", "working", "level", "owner", "asks", "overdue")}),
	}, func(ctx context.Context, c tracker.Call, in *ladderInput) (tracker.Receipt, error) {
		return a.options.Tracker.SetLadder(ctx, c, in.Programme, attention.Ladder{
			Kind: in.Kind, AllowedDays: in.Body.AllowedDays, RollRestDays: in.Body.RollRestDays, Rungs: in.Body.Rungs,
		})
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
