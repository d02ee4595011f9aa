package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// milestoneForm is a form about a milestone, or its summary.
type milestoneForm struct {
	*milestoneHome
	Form    *form
	Step    string   // names its texts: console.milestone.<step>.…
	Effects []effect // of a summary
	Cannot  string   // why nothing of it can be done; the form is not shown then
	Danger  bool
	Paid    bool // a tranche that rests on the decision is paid
	Shown   [][2]string
	// Settlements are the choices that follow a milestone not met whole.
	Settlements []option
}

// run gives a command of a form.
type run = func(context.Context, tracker.Call) (tracker.Receipt, error)

// twoSteps is a form whose command is given on a summary page: it is foreseen
// first, so that what refuses it is said before anything happens.
func (q *request) twoSteps(h *milestoneHome, f *form, command func(*fields) run, page, check func(*form, tracker.Foreseen) error) error {
	return q.twoStepsOf(h.subject(), f, command, page, check)
}

// twoStepsOf is twoSteps about anything; done, the reader is on its page.
func (q *request) twoStepsOf(about subject, f *form, command func(*fields) run, page, check func(*form, tracker.Foreseen) error) error {
	in := f.fields()
	give := command(in)
	fail := func(err error) error {
		return q.again(f, err, about, func() error { return page(f, tracker.Foreseen{}) })
	}
	if q.step() == stepEdit {
		return page(f, tracker.Foreseen{})
	}
	if err := in.err(); err != nil {
		return fail(err)
	}
	if q.step() == stepCheck {
		seen, err := q.tracker().Foresee(q.Context(), q.command(f), give)
		if err != nil {
			return fail(err)
		}
		return check(f, seen)
	}
	r, err := give(q.Context(), q.command(f))
	if err != nil {
		return fail(err)
	}
	return q.done(r, about.Page)
}

// What the buttons of a form in two steps send.
const (
	stepCheck = "check"
	stepEdit  = "edit"
)

// cannot says why a command cannot be given at all, where that is so: by role,
// state or separation.
func (q *request) cannot(err error) (string, bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Conflict && e.Kind != fault.Forbidden {
		return "", false
	}
	return q.console.Catalogs.Fault(q.lang, e).Title, true
}

// relocated is a fault whose fields stand elsewhere in the form.
func relocated(err error, place func(pointer string) string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for i := range moved.Fields {
		moved.Fields[i].Pointer = place(moved.Fields[i].Pointer)
	}
	return &moved
}

// paper reads a decision document, nil where nothing was typed.
func (f *fields) paper(name string) *award.DecisionPaper {
	p := award.DecisionPaper{
		Number: f.Value(name + "/number"), DecidedOn: f.date(name + "/decidedOn"), Signer: f.Value(name + "/signer"), Panel: f.Value(name + "/panel"),
	}
	if p == (award.DecisionPaper{}) {
		return nil
	}
	return &p
}

func (c *Console) forecastMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	page := func(f *form, _ tracker.Foreseen) error {
		return q.show("milestone-forecast", q.text("console.milestone.forecast.title"), milestoneForm{milestoneHome: h, Form: f, Step: "forecast"})
	}
	if !isPost(q) {
		f := q.form(h.Page+"/forecast", h.M.Version)
		if !h.M.ForecastOn.IsZero() {
			f.With("forecastOn", h.M.ForecastOn)
		}
		if !h.can(award.CommandForecast) {
			return q.notNow(h, "forecast", award.CommandForecast)
		}
		return page(f, tracker.Foreseen{})
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoSteps(h, f, func(in *fields) run {
		if h.M.ForecastOn.IsZero() {
			in.need("forecastOn")
		}
		on := in.date("forecastOn")
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.ForecastMilestone(ctx, call, h.ref, tracker.Forecast{ForecastOn: on})
		}
	}, page, page)
}

func isPost(q *request) bool { return q.Method == http.MethodPost }

// notNow is the page that says why a form is not to be had. What was sent all
// the same is refused.
func (q *request) notNow(h *milestoneHome, step string, command award.Command) error {
	view := milestoneForm{milestoneHome: h, Step: step}
	if isPost(q) {
		q.status = http.StatusConflict
	}
	if why := q.milestoneWhy(h); len(why) > 0 {
		view.Cannot = why[0]
	} else {
		view.Cannot, _ = q.cannot(fault.New(fault.Conflict, "move.illegal", "thing", "milestone", "state", string(h.M.State), "command", string(command), "legal", texts(h.M.Actions)))
	}
	return q.show("milestone-cannot", q.text("console.milestone."+step+".title"), view)
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func (c *Console) withdrawMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	give := func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return c.Tracker.WithdrawMilestone(ctx, call, h.ref)
	}
	page := func(f *form, seen tracker.Foreseen) error {
		return q.show("milestone-confirm", q.text("console.milestone.withdraw.title"),
			milestoneForm{milestoneHome: h, Form: f, Step: "withdraw", Effects: h.effects(seen)})
	}
	if !isPost(q) {
		if !h.can(award.CommandWithdraw) {
			return q.notNow(h, "withdraw", award.CommandWithdraw)
		}
		seen, err := c.Tracker.Foresee(q.Context(), q.call, give)
		if why, is := q.cannot(err); is {
			return q.show("milestone-cannot", q.text("console.milestone.withdraw.title"), milestoneForm{milestoneHome: h, Step: "withdraw", Cannot: why})
		}
		if err != nil {
			return err
		}
		return page(q.form(h.Page+"/withdraw", h.M.Version), seen)
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoSteps(h, f, func(*fields) run { return give }, page, page)
}

func (c *Console) settleMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	page := func(f *form, _ tracker.Foreseen) error {
		return q.show("milestone-settle", q.text("console.milestone.settle.title"), milestoneForm{milestoneHome: h, Form: f, Step: "settle", Settlements: q.settlements()})
	}
	check := func(f *form, seen tracker.Foreseen) error {
		return q.show("milestone-check", q.text("console.milestone.settle.title"), milestoneForm{milestoneHome: h, Form: f, Step: "settle",
			Effects: h.effects(seen), Shown: q.shown(f, "choice", "settlement", "reason", "", "paper/number", "", "paper/decidedOn", "", "paper/signer", "", "paper/panel", "")})
	}
	if !isPost(q) {
		if !h.can(award.CommandSettle) || h.separated() != "" {
			return q.notNow(h, "settle", award.CommandSettle)
		}
		return page(q.form(h.Page+"/settle", h.M.Version), tracker.Foreseen{})
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoSteps(h, f, func(in *fields) run {
		s := award.Settling{Choice: award.Settlement(in.Value("choice")), Reason: in.Value("reason"), Paper: in.paper("paper")}
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.SettleMilestone(ctx, call, h.ref, s)
		}
	}, page, check)
}

func (c *Console) reopenMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	view := milestoneForm{milestoneHome: h, Step: "reopen", Danger: true}
	for _, t := range h.gated(h.M.Milestone) {
		view.Paid = view.Paid || t.Paid.Sign() > 0
	}
	page := func(f *form, _ tracker.Foreseen) error {
		view.Form = f
		return q.show("milestone-reopen", q.text("console.milestone.reopen.title"), view)
	}
	check := func(f *form, seen tracker.Foreseen) error {
		view.Form, view.Effects = f, h.effects(seen)
		view.Shown = q.shown(f, "reason", "", "paper/number", "", "paper/decidedOn", "", "paper/signer", "", "paper/panel", "",
			"acceptance/number", "", "acceptance/decidedOn", "", "acceptance/signer", "", "acceptance/panel", "")
		return q.show("milestone-check", q.text("console.milestone.reopen.title"), view)
	}
	if !isPost(q) {
		if !h.can(award.CommandReopen) || h.separated() != "" || h.M.Decider() == h.me.Person {
			return q.notNow(h, "reopen", award.CommandReopen)
		}
		return page(q.form(h.Page+"/reopen", h.M.Version), tracker.Foreseen{})
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoSteps(h, f, func(in *fields) run {
		r := award.Reopen{Reason: in.Value("reason"), Paper: in.paper("paper"), Acceptance: in.paper("acceptance")}
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.ReopenMilestone(ctx, call, h.ref, r)
		}
	}, page, check)
}

// shown are fields of a form with their names, for a summary; pairs of a name
// and the label group of its value, which may be empty.
func (q *request) shown(f *form, pairs ...string) [][2]string {
	var out [][2]string
	for i := 0; i+1 < len(pairs); i += 2 {
		value := f.Value(pairs[i])
		if value == "" {
			continue
		}
		if group := pairs[i+1]; group != "" {
			value = q.console.Catalogs.Label(q.lang, group, value)
		}
		out = append(out, [2]string{q.text("console.milestone.field." + strings.ReplaceAll(pairs[i], "/", ".")), value})
	}
	return out
}

// settlements are the choices that follow a milestone not met whole, each with
// what carries it out.
func (q *request) settlements() []option {
	list := options(q, "settlement", award.Remainder, award.Retry, award.Reduce, award.Terminate, award.Accept)
	for i := range list {
		list[i].Hint = q.text("console.milestone.settle.hint." + list[i].Value)
	}
	return list
}
