package tracker

import (
	"strconv"

	"milepost/internal/access"
	"milepost/internal/portfolio"
)

// Action is a command that the caller may give on a thing in its state, as far
// as roles and the state table tell; separations, gates and amounts may still
// refuse it.
type Action = portfolio.Command

// Actions that no state table has.
const (
	ActionAcknowledge   Action = "acknowledge"
	ActionAddEvidence   Action = "addEvidence"
	ActionInstruct      Action = "instruct"
	ActionRecordRefund  Action = "refund"
	ActionConfirmChange Action = "confirmChange" // of a programme
	ActionDropChange    Action = "dropChange"
)

func numbered(n int) string { return strconv.Itoa(n) }

// permission is what access asks for a command on a kind of thing.
func permission(kind string, command Action) access.Action {
	switch kind + " " + string(command) {
	case "award edit", "award submit", "award takeBack", "award discard":
		return access.DraftAward
	case "award activate", "award returnToDraft":
		return access.ActivateAward
	case "milestone start":
		return access.StartMilestone
	case "milestone forecast":
		return access.ForecastMilestone
	case "milestone submit":
		return access.SubmitMilestone
	case "milestone withdraw":
		return access.WithdrawMilestone
	case "milestone return", "milestone decide", "milestone settle", "milestone reopen":
		return access.DecideMilestone
	case "milestone askExtension":
		return access.AskExtension
	case "milestone addEvidence", "evidence confirm":
		return access.AddEvidence
	case "evidence askErase", "evidence erase":
		return access.EraseEvidence
	case "extension grant", "extension refuse":
		return access.DecideExtension
	case "extension withdraw":
		return access.WithdrawExtension
	case "tranche request", "tranche takeBack":
		return access.RequestTranche
	case "tranche approve", "tranche refuse", "tranche withdrawApproval":
		return access.DecideTranche
	case "tranche instruct", "award instruct":
		return access.InstructPayment
	case "payment markPaid", "payment markReturned", "payment stop":
		return access.RecordPayment
	case "payment reverse":
		return access.ReversePayment
	case "payment refund":
		return access.RecordRefund
	case "refund reverse":
		return access.ReverseRefund
	case "programme suspend", "programme resume", "programme close":
		return access.MoveProgramme
	case "programme edit":
		return access.EditProgramme
	case "programme confirmChange", "programme dropChange":
		return access.ConfirmProgrammeChange
	case "project edit":
		return access.EditProject
	case "platform edit":
		return access.EditPlatform
	}
	switch {
	case command == ActionAcknowledge:
		return access.Acknowledge
	case kind == access.KindPlatform:
		return access.MovePlatform
	case kind == access.KindProject:
		return access.MoveProject
	}
	return ""
}

// actions are those of the legal commands that the caller may give.
func (t *Tracker) actions(c Call, r access.Resource, legal ...Action) ([]Action, error) {
	out := []Action{}
	for _, command := range legal {
		p := permission(r.Kind, command)
		if p == "" {
			continue
		}
		may, err := t.may(c, p, r)
		if err != nil {
			return nil, err
		}
		if may {
			out = append(out, command)
		}
	}
	return out, nil
}
