package console

import (
	"context"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// datesEffect is what another due date does to what is owed: side by side.
type datesEffect struct {
	DueOn [2]civil.Date // now, then
	Owed  [2]*attention.Obligation
	Late  [2]int
	Rungs []rungMoved
	Days  int // by which the due date moves
}

// rungMoved is a rung on its day now, and then.
type rungMoved struct {
	Level     attention.Level
	Asks      string
	Now, Then civil.Date
	Reached   bool // already
}

// datesEffect compares what is owed on a milestone with what would be if an
// extension moved its due date.
func (q *request) datesEffect(h *milestoneHome, dueOn civil.Date) (*datesEffect, error) {
	now, then, err := q.tracker().PlanMilestone(q.Context(), q.call, h.ref, dueOn)
	if err != nil {
		return nil, err
	}
	if now.Obligation == nil || then.Obligation == nil {
		return nil, nil //nolint:nilnil // nothing is owed, so nothing moves
	}
	e := &datesEffect{
		DueOn: [2]civil.Date{h.M.DueOn, dueOn}, Owed: [2]*attention.Obligation{now.Obligation, then.Obligation}, Days: dueOn.Sub(h.M.DueOn),
		Late: [2]int{now.Obligation.DaysLate(q.today), then.Obligation.DaysLate(q.today)},
	}
	for i, r := range now.Rungs {
		moved := rungMoved{Level: r.Level, Asks: r.Asks, Now: r.On, Reached: r.Reached}
		if i < len(then.Rungs) && then.Rungs[i].Rung == r.Rung {
			moved.Then = then.Rungs[i].On
		}
		e.Rungs = append(e.Rungs, moved)
	}
	return e, nil
}

// causes are those of a slip, in the order in which people choose them.
func causes() []award.Cause {
	return []award.Cause{award.CauseCost, award.CauseProcurement, award.CausePartner, award.CauseDelivery,
		award.CausePermission, award.CauseStakeholder, award.CauseTechnical, award.CauseOther}
}

// askForm asks for a later due date.
type askForm struct {
	*milestoneHome
	Form    *form
	Causes  []option
	Files   []evidenceLine
	Kinds   []option
	Limits  uploadLimits
	Used    string // extensions and days so far, of those that the programme allows
	Need    bool   // of evidence: the due date has passed
	Effects []effect
	Effect  *datesEffect
	Shown   [][2]string
	Ticked  []evidenceLine
}

// extensionsUsed says how often and by how much the milestone was extended, and
// what its programme allows.
func (q *request) extensionsUsed(h *milestoneHome) (string, error) {
	plan, _, err := q.tracker().PlanMilestone(q.Context(), q.call, h.ref, civil.Date{})
	if err != nil {
		return "", err
	}
	said := []string{q.text("console.extension.used", "count", h.M.Granted) + " " + q.text("console.extension.usedDays", "count", h.M.GrantedDays)}
	for _, l := range []struct {
		id    string
		limit int
	}{{"count", plan.Extensions.Count}, {"days", plan.Extensions.TotalDays}, {"before", plan.Extensions.DaysBeforeDue}} {
		if l.limit > 0 {
			said = append(said, q.text("console.extension.limit."+l.id, "count", l.limit))
		}
	}
	return strings.Join(said, " "), nil
}

func (c *Console) askExtension(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	if !isPost(q) && !h.can(award.CommandAskExtension) {
		return q.notNow(h, "extend", award.CommandAskExtension)
	}
	title := q.text("console.milestone.extend.title")
	used, err := q.extensionsUsed(h)
	if err != nil {
		return err
	}
	show := func(f *form) error {
		view := askForm{milestoneHome: h, Form: f, Used: used, Causes: options(q, "cause", causes()...), Kinds: options(q, "evidenceKind", evidenceKinds()...),
			Limits: q.limits(), Need: q.today.After(h.M.Due())}
		for _, e := range h.files {
			if e.State == award.Confirmed {
				view.Files = append(view.Files, e)
			}
		}
		return q.show("extension-ask", title, view)
	}
	if !isPost(q) {
		return show(q.form(h.Page+"/extend", h.M.Version))
	}
	f, files, err := q.sentWithFiles()
	defer closeAll(files)
	if err != nil {
		return err
	}
	if done, err := q.uploaded(h, f, files, func() error { return show(f) }); done {
		return err
	}
	check := func(f *form, seen tracker.Foreseen) error {
		view := askForm{milestoneHome: h, Form: f, Effects: h.effects(seen), Ticked: h.ticked(f, "evidence"),
			Shown: q.shown(f, "cause", "cause", "askedDueOn", "", "reason", "")}
		if view.Effect, err = q.datesEffect(h, f.fields().date("askedDueOn")); err != nil {
			return err
		}
		return q.show("extension-ask-check", title, view)
	}
	return q.twoSteps(h, f, func(in *fields) run {
		r := award.ExtensionRequest{Cause: award.Cause(in.Value("cause")), Reason: in.Value("reason"), AskedDueOn: in.date("askedDueOn"), Evidence: evidenceIDs(in.Values["evidence"])}
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.AskExtension(ctx, call, h.ref, r)
		}
	}, func(f *form, _ tracker.Foreseen) error { return show(f) }, check)
}

// extensionDecision is the command that a decider's form asks for.
func (c *Console) extensionDecision(h *extensionHome, in *fields) run {
	paper, reason := in.paper("paper"), in.Value("reason")
	on := in.date("newDueOn")
	switch in.Value("decision") {
	case "grant":
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.GrantExtension(ctx, call, h.xref, tracker.ExtensionGrant{NewDueOn: on, Reason: reason, Paper: paper})
		}
	case "refuse":
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.RefuseExtension(ctx, call, h.xref, tracker.ExtensionRefusal{Reason: reason, Paper: paper})
		}
	}
	in.miss("decision", fault.New(fault.Invalid, "field.required"))
	return nil
}
