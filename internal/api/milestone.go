package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// submissionBody answers each criterion of a milestone.
type submissionBody struct {
	Answers   []award.Answer   `json:"answers" doc:"One for each criterion"`
	Evidence  []ident.Evidence `json:"evidence,omitempty" doc:"Confirmed evidence of the milestone; at most 40 files in all"`
	Statement string           `json:"statement,omitempty"`
}

type returnBody struct {
	Reasons     []award.Reason `json:"reasons" doc:"At least one; without a criterion it is about the whole"`
	ReworkDueOn civil.Date     `json:"reworkDueOn,omitzero" doc:"Default: ten working days from today, never before the due date"`
}

type decisionBody struct {
	Outcome award.Outcome        `json:"outcome"`
	Percent string               `json:"percent,omitempty" doc:"Of partiallyMet: above 0 and below 100, at most two decimals" example:"60"`
	Reasons []award.Reason       `json:"reasons,omitempty" doc:"At least one where the milestone is not met whole"`
	Paper   *award.DecisionPaper `json:"paper,omitempty" doc:"The document behind the decision"`
}

type settlingBody struct {
	Choice award.Settlement     `json:"choice"`
	Reason string               `json:"reason"`
	Paper  *award.DecisionPaper `json:"paper" doc:"The document behind the choice"`
}

type reopenBody struct {
	Reason     string               `json:"reason"`
	Paper      *award.DecisionPaper `json:"paper" doc:"The document behind the reopening"`
	Acceptance *award.DecisionPaper `json:"acceptance,omitempty" doc:"Leaves paid what was paid on the decision; required where something was"`
}

type (
	forecastInput struct {
		MilestonePath
		Body tracker.Forecast
	}
	submissionInput struct {
		MilestonePath
		Body submissionBody
	}
	returnInput struct {
		MilestonePath
		Body returnBody
	}
	decisionInput struct {
		MilestonePath
		Body decisionBody
	}
	settlingInput struct {
		MilestonePath
		Body settlingBody
	}
	reopenInput struct {
		MilestonePath
		Body reopenBody
	}
)

const (
	whoDelivers = "platformOperator of the award's platform; projectLead of the award where it has no platform"
	whoDecides  = "programmeManager of its programme, not who submitted it nor anybody of the payee's organisation"
)

// milestone is a command on a milestone; the fields that differ are the
// caller's to set.
func milestone(command, does, who string, codes ...string) operation {
	return operation{
		id: command + "Milestone", method: "POST", path: "/awards/{award}/milestones/{milestone}/" + command, tag: tagMilestones,
		match: matchThing, result: changes("milestone"), summary: title(command) + " (milestone)", does: does, who: who,
		codes: append([]string{"409 award.notActive"}, codes...),
	}
}

func (a *API) milestones() {
	t := a.options.Tracker
	act(a, milestone("start", "Begins the work.", whoDelivers+"; projectLead"),
		func(ctx context.Context, c tracker.Call, in *MilestonePath) (tracker.Receipt, error) {
			return t.StartMilestone(ctx, c, in.ref())
		})
	act(a, milestone("forecast", "Notes when the milestone is expected; without a date the forecast is taken back. It moves no due date.", whoDelivers+"; projectLead"),
		func(ctx context.Context, c tracker.Call, in *forecastInput) (tracker.Receipt, error) {
			return t.ForecastMilestone(ctx, c, in.ref(), in.Body)
		})
	submit := milestone("submit", "Hands the milestone in for a decision: every criterion is answered once, every file is confirmed evidence. "+
		"An undecided extension lapses.", whoDelivers)
	submit.example = example("answers", []any{example("criterion", "C1", "text", "Measured 0.8 dB", "evidence", []any{"evd_01K5A7Q2M9X4T8R6W3B1C0D2E5"})})
	act(a, submit, func(ctx context.Context, c tracker.Call, in *submissionInput) (tracker.Receipt, error) {
		return t.SubmitMilestone(ctx, c, in.ref(), award.Submission(in.Body))
	})
	act(a, milestone("withdraw", "Takes the submission back before it is decided.", "the submitting organisation", "403 milestone.withdrawByOthers"),
		func(ctx context.Context, c tracker.Call, in *MilestonePath) (tracker.Receipt, error) {
			return t.WithdrawMilestone(ctx, c, in.ref())
		})
	back := milestone("return", "Sends the submission back for rework with reasons.", whoDecides, "403 separation.submitterDecides", "403 separation.payeeDecides")
	back.example = example("reasons", []any{example("criterion", "C1", "text", "The measurement is not signed.")}, "reworkDueOn", "2026-10-15")
	act(a, back, func(ctx context.Context, c tracker.Call, in *returnInput) (tracker.Receipt, error) {
		return t.ReturnMilestone(ctx, c, in.ref(), award.Return(in.Body))
	})
	a.decisions()
	for _, later := range []award.Command{award.CommandCancel, award.CommandReinstate} {
		notYet[MilestonePath](a, later, "Milestone", "/awards/{award}/milestones/{milestone}/"+string(later), tagMilestones)
	}
}

func (a *API) decisions() {
	t := a.options.Tracker
	paper := example("number", "2026-118", "decidedOn", "2026-10-09", "signer", "Li Wei")
	decide := milestone("decide", "Ends a round with an outcome. A tranche of which this was the last gate can then be requested.", whoDecides,
		"403 separation.submitterDecides", "403 separation.payeeDecides")
	decide.example = example("outcome", "met", "paper", paper)
	act(a, decide, func(ctx context.Context, c tracker.Call, in *decisionInput) (tracker.Receipt, error) {
		return t.DecideMilestone(ctx, c, in.ref(), award.Decision(in.Body))
	})
	settle := milestone("settle", "Records the choice that follows a milestone not met whole, once. What carries it out is a command of its own.", whoDecides,
		"403 separation.payeeDecides", "409 milestone.nothingToSettle")
	settle.example = example("choice", "retry", "reason", "The fab run can be repeated.", "paper", paper)
	act(a, settle, func(ctx context.Context, c tracker.Call, in *settlingInput) (tracker.Receipt, error) {
		return t.SettleMilestone(ctx, c, in.ref(), award.Settling(in.Body))
	})
	reopen := milestone("reopen", "Takes a colleague's decision back; requested and approved tranches that rest on it return to scheduled.",
		"programmeManager of its programme who did not decide it", "403 separation.deciderReopens", "403 separation.payeeDecides",
		"409 milestone.paymentInstructed")
	reopen.example = example("reason", "The report was of another chip.", "paper", paper)
	act(a, reopen, func(ctx context.Context, c tracker.Call, in *reopenInput) (tracker.Receipt, error) {
		return t.ReopenMilestone(ctx, c, in.ref(), award.Reopen(in.Body))
	})
}
