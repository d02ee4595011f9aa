package console

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// sendBack is the choice beside the outcomes that returns a submission.
const sendBack = "return"

// decideForm is a submission beside what is to be said of it.
type decideForm struct {
	*milestoneHome
	Form     *form
	Choices  []option
	Met      []effect       // of deciding it met
	Not      []effect       // of deciding it not met
	Back     []effect       // of returning it
	Rework   civil.Date     // unless another date is given,
	Earliest civil.Date     // which is no earlier than this
	Files    []evidenceLine // of the round
	Effects  []effect       // of what was chosen, on the summary
	Shown    [][2]string
	Stake    []gatedTranche // what waits for it
	Leaves   []string       // which of it whoever decides leaves to another person to approve
	Whole    int            // index of the reason about the whole
	Return   bool
}

func (c *Console) decideMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	if !isPost(q) && (!h.can(award.CommandDecide) || h.separated() != "") {
		return q.notNow(h, "decide", award.CommandDecide)
	}
	view := decideForm{milestoneHome: h, Whole: len(h.M.Criteria), Stake: h.gated(h.M.Milestone)}
	if last := h.Last(); last != nil { // what was never submitted is refused below
		for _, id := range last.Evidence {
			if e := h.File(id); e != nil {
				view.Files = append(view.Files, *e)
			}
		}
	}
	page := func(f *form, _ tracker.Foreseen) error {
		view.Form = f
		return q.decidePage(view)
	}
	check := func(f *form, seen tracker.Foreseen) error {
		view.Form, view.Effects, view.Return = f, h.effects(seen), f.Value("outcome") == sendBack
		view.Shown = q.decisionShown(h, f, seen)
		return q.show("milestone-decide-check", q.text("console.milestone.decide.title"), view)
	}
	if !isPost(q) {
		f := q.form(h.Page+"/decide", h.M.Version)
		if strings.HasSuffix(q.URL.Path, "/return") {
			f.With("outcome", sendBack)
		}
		return page(f, tracker.Foreseen{})
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoSteps(h, f, func(in *fields) run { return c.decision(h, in) }, page, check)
}

// decidePage shows the form, with what deciding it met would do.
func (q *request) decidePage(view decideForm) error {
	h := view.milestoneHome
	met, err := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return q.tracker().DecideMilestone(ctx, call, h.ref, award.Decision{Outcome: award.Met})
	})
	if why, is := q.cannot(err); is {
		return q.show("milestone-cannot", q.text("console.milestone.decide.title"), milestoneForm{milestoneHome: h, Step: "decide", Cannot: why})
	}
	if err != nil {
		return err
	}
	not, err := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return q.tracker().DecideMilestone(ctx, call, h.ref, award.Decision{Outcome: award.NotMet, Reasons: []award.Reason{{Text: "-"}}})
	})
	if err != nil {
		return err
	}
	back, err := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return q.tracker().ReturnMilestone(ctx, call, h.ref, award.Return{Reasons: []award.Reason{{Text: "-"}}})
	})
	if err != nil {
		return err
	}
	for _, m := range back.Milestones {
		view.Rework = m.Is.ReworkDueOn
	}
	view.Earliest = civil.Max(h.M.DueOn, q.today)
	if view.Leaves, err = q.leaves(h, view.Stake); err != nil {
		return err
	}
	view.Met, view.Not, view.Back = h.effects(met), h.effects(not), h.effects(back)
	view.Choices = options(q, "milestoneOutcome", award.Met, award.PartiallyMet, award.NotMet)
	for i := range view.Choices {
		view.Choices[i].Hint = q.text("console.milestone.decide.hint." + view.Choices[i].Value)
	}
	view.Choices = append(view.Choices, option{Value: sendBack, Text: q.text("console.milestone.decide.return"),
		Hint: q.text("console.milestone.decide.hint.return", "date", view.Rework.String(), "earliest", view.Earliest.String())})
	return q.show("milestone-decide", q.text("console.milestone.decide.title"), view)
}

// leaves says of which tranches whoever decides the milestone leaves the
// approval to another person; nothing where the programme cannot be seen.
func (q *request) leaves(h *milestoneHome, stake []gatedTranche) ([]string, error) {
	var out []string
	p, known, err := q.programmeOf(h.Award.Document.Programme)
	if err != nil || !known {
		return nil, err
	}
	for _, t := range stake {
		if p.Above(t.Amount) {
			limit, _ := q.thresholdIn(p, t.Amount)
			out = append(out, q.text("console.milestone.decide.leaves", "number", t.Number, "limit", limit))
		}
	}
	return out, nil
}

// decision is the command that a decider's form asks for.
func (c *Console) decision(h *milestoneHome, in *fields) run {
	reasons, place := h.reasons(in.form)
	outcome := in.Value("outcome")
	rework := in.date("reworkDueOn")
	paper := in.paper("paper")
	h.fits(in, outcome, len(reasons) > 0)
	if outcome == sendBack {
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			r, err := c.Tracker.ReturnMilestone(ctx, call, h.ref, award.Return{Reasons: reasons, ReworkDueOn: rework})
			return r, relocated(err, place)
		}
	}
	d := award.Decision{Outcome: award.Outcome(outcome), Percent: in.Value("percent"), Reasons: reasons, Paper: paper}
	return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		r, err := c.Tracker.DecideMilestone(ctx, call, h.ref, d)
		return r, relocated(err, place)
	}
}

// fits notes what an outcome needs and lacks, and what was typed that another
// outcome takes: that is refused, never dropped.
func (h *milestoneHome) fits(in *fields, outcome string, reasoned bool) {
	miss := func(name, code string) { in.miss(name, fault.New(fault.Invalid, code)) }
	if outcome == "" {
		miss("outcome", "milestone.outcomeMissing")
		return
	}
	if outcome != string(award.Met) && !reasoned {
		miss(fmt.Sprintf("reasons/%d/text", len(h.M.Criteria)), "milestone.reasonMissing")
	}
	switch percent := in.Value("percent"); {
	case outcome == string(award.PartiallyMet) && percent == "":
		miss("percent", "milestone.percentMissing")
	case outcome != string(award.PartiallyMet) && percent != "":
		miss("percent", "milestone.percentNotAsked")
	}
	if outcome != sendBack && in.Value("reworkDueOn") != "" {
		miss("reworkDueOn", "milestone.reworkNotAsked")
	}
	if outcome == sendBack && in.paper("paper") != nil {
		miss("paper/number", "milestone.paperNotAsked")
	}
}

// reasons are those that were typed, one for each criterion and the last for
// the whole, and where a fault of one of them stands in the form.
func (h *milestoneHome) reasons(f *form) ([]award.Reason, func(string) string) {
	var out []award.Reason
	var at []int
	for i := range len(h.M.Criteria) + 1 {
		text := f.Value(fmt.Sprintf("reasons/%d/text", i))
		if text == "" {
			continue
		}
		r := award.Reason{Text: text}
		if i < len(h.M.Criteria) {
			r.Criterion = h.M.Criteria[i].ID
		}
		out, at = append(out, r), append(at, i)
	}
	return out, func(pointer string) string {
		rest, ok := strings.CutPrefix(pointer, "/reasons/")
		n, field, _ := strings.Cut(rest, "/")
		i, err := strconv.Atoi(n)
		if !ok || err != nil || i >= len(at) {
			return pointer
		}
		return fmt.Sprintf("/reasons/%d/%s", at[i], field)
	}
}

// decisionShown is what was chosen and said, for the summary.
func (q *request) decisionShown(h *milestoneHome, f *form, seen tracker.Foreseen) [][2]string {
	out := [][2]string{}
	if f.Value("outcome") == sendBack {
		out = append(out, [2]string{q.text("console.milestone.field.outcome"), q.text("console.milestone.decide.return")})
		for _, m := range seen.Milestones {
			out = append(out, [2]string{q.text("console.milestone.field.reworkDueOn"), m.Is.ReworkDueOn.String()})
		}
	} else {
		out = append(out, q.shown(f, "outcome", "milestoneOutcome", "percent", "")...)
	}
	reasons, _ := h.reasons(f)
	for _, r := range reasons {
		label := q.text("console.milestone.decide.whole")
		if r.Criterion != "" {
			label = q.text("console.milestone.decide.reasonFor", "criterion", r.Criterion)
		}
		out = append(out, [2]string{label, r.Text})
	}
	if f.Value("outcome") == sendBack {
		return out
	}
	return append(out, q.shown(f, "paper/number", "", "paper/decidedOn", "", "paper/signer", "", "paper/panel", "")...)
}
