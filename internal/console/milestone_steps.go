package console

import (
	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/tracker"
)

// milestoneStep is something that the reader may do with a milestone: a page
// to go to, or a form that one button sends.
type milestoneStep struct {
	ID     string // of its text: console.milestone.do.<id>
	Href   string
	Form   *form
	Second bool // not what is waited for
	Danger bool
}

// milestoneSteps are what the reader may do now, what is waited for first.
func (q *request) milestoneSteps(h *milestoneHome) []milestoneStep {
	var out []milestoneStep
	add := func(a tracker.Action, id, step string, second bool) {
		if h.can(a) {
			out = append(out, milestoneStep{ID: id, Href: h.Page + "/" + step, Second: second})
		}
	}
	button := func(a tracker.Action, id string) {
		if h.can(a) {
			out = append(out, milestoneStep{ID: id, Form: q.form(h.Page+"/"+id, h.M.Version), Second: true})
		}
	}
	if h.separated() == "" {
		add(award.CommandDecide, "decide", "decide", false)
		add(award.CommandReturn, "return", "return", true)
		add(award.CommandSettle, "settle", "settle", false)
	}
	add(award.CommandSubmit, h.Submitting(), "submit", false)
	button(award.CommandStart, "start")
	add(tracker.ActionAddEvidence, "evidence", "evidence", true)
	add(award.CommandForecast, "forecast", "forecast", true)
	if h.Extends() {
		add(award.CommandAskExtension, "extend", "extend", true)
	}
	for _, x := range h.Award.Extensions {
		if x.ID == h.M.Extension { // the one that is not decided yet
			out = append(out, h.extension(x).moves()...)
		}
	}
	if h.withdraws() {
		add(award.CommandWithdraw, "withdraw", "withdraw", true)
	}
	if o := h.M.Watch.Current; o != nil && (o.Ack == nil || o.Ack.By != h.me.Person) {
		button(tracker.ActionAcknowledge, "acknowledge")
	}
	if h.separated() == "" && h.M.Decider() != h.me.Person {
		add(award.CommandReopen, "reopen", "reopen", true)
	}
	return out
}

// Submitting names handing the milestone in, the first time or again: its button
// is console.milestone.do.…, its last one console.milestone.confirm.….
func (h *milestoneHome) Submitting() string {
	if h.M.State == award.Returned {
		return "submitAgain"
	}
	return "submit"
}

// withdraws reports whether the reader is of those who submitted.
func (h *milestoneHome) withdraws() bool {
	r := h.Last()
	return r != nil && (r.SubmittedBy == h.me.Person || r.SubmittedByOrg != "" && r.SubmittedByOrg == h.me.Organisation)
}

// separated is the separation that keeps the reader from deciding, as the id of
// its text; empty where none does.
func (h *milestoneHome) separated() string {
	if payee := h.Award.Document.Payee; payee != "" && payee == h.me.Organisation {
		return "console.milestone.why.payee"
	}
	if r := h.Last(); r != nil && h.M.State == award.MilestoneSubmitted && r.SubmittedBy == h.me.Person {
		return "console.milestone.why.submitter"
	}
	return ""
}

// milestoneWhy says in sentences what the reader may not do, and why.
func (q *request) milestoneWhy(h *milestoneHome) []string {
	say := func(id string, pairs ...any) []string { return []string{q.text("console.milestone.why."+id, pairs...)} }
	if h.Award.State != award.Active {
		return say("award", "state", q.console.Catalogs.Label(q.lang, "awardState", string(h.Award.State)))
	}
	var out []string
	decides, submits := h.may(access.DecideMilestone), h.may(access.SubmitMilestone)
	prepares := h.may(access.AddEvidence) || h.may(access.StartMilestone)
	switch {
	case !decides && !submits && !prepares:
		out = say("reads")
	case decides && h.separated() != "":
		out = []string{q.text(h.separated())}
	case decides && h.M.State == award.Decided && h.M.Decider() == h.me.Person:
		out = say("decider")
	case decides && !submits && h.undelivered():
		out = say("undelivered")
		if o := h.M.Watch.Current; o != nil && len(h.Owners.People) > 0 && h.M.Extension == "" {
			turn := "turn"
			if o.Kind == attention.Rework {
				turn = "turnRework"
			}
			out = say(turn, "who", q.namedOwners(h.Owners, o.Role))
		}
	case prepares && !submits && h.undelivered():
		out = say("prepares")
	case submits && h.M.State == award.MilestoneSubmitted && h.withdraws():
		out = say("submitted")
	case submits && h.M.State == award.MilestoneSubmitted:
		out = say("submittedByOthers")
	case submits && h.M.State == award.Decided:
		out = say("decided")
	}
	if h.may(access.AskExtension) && h.M.Extension != "" {
		out = append(out, q.text("console.milestone.why.extension"))
	}
	return out
}

// undelivered reports whether the payee's side has the milestone in hand.
func (h *milestoneHome) undelivered() bool {
	switch h.M.State {
	case award.Planned, award.InProgress, award.Returned:
		return true
	}
	return false
}
