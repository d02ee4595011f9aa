package console

import (
	"context"
	"slices"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func (c *Console) draftMoveRoutes(m routes) {
	for _, move := range draftMoves() {
		m.page("GET /awards/{award}/"+move.step, func(q *request) error { return c.draftMove(q, move, nil) })
		m.page("POST /awards/{award}/"+move.step, func(q *request) error { return c.draftMoved(q, move) })
	}
}

// draftStep is a move of an award that is not active yet, with a page of its
// own that says what it leads to.
type draftStep struct {
	step    string // of the address, and of its texts
	command award.Command
	give    func(context.Context, *tracker.Tracker, tracker.Call, ident.Award, *form) (tracker.Receipt, error)
}

func draftMoves() []draftStep {
	return []draftStep{
		{"submit", award.CommandSubmit, func(ctx context.Context, t *tracker.Tracker, c tracker.Call, id ident.Award, _ *form) (tracker.Receipt, error) {
			return t.SubmitAward(ctx, c, id)
		}},
		{"take-back", award.CommandTakeBack, func(ctx context.Context, t *tracker.Tracker, c tracker.Call, id ident.Award, _ *form) (tracker.Receipt, error) {
			return t.TakeBackAward(ctx, c, id)
		}},
		{"return", award.CommandReturnToDraft, func(ctx context.Context, t *tracker.Tracker, c tracker.Call, id ident.Award, f *form) (tracker.Receipt, error) {
			return t.ReturnAward(ctx, c, id, tracker.Reason{Reason: f.Value("reason")})
		}},
		{"discard", award.CommandDiscard, func(ctx context.Context, t *tracker.Tracker, c tracker.Call, id ident.Award, f *form) (tracker.Receipt, error) {
			return t.DiscardAward(ctx, c, id, tracker.Reason{Reason: f.Value("reason")})
		}},
		{"activate", award.CommandActivate, activate},
	}
}

// activate reads the decision paper, which may be left out whole.
func activate(ctx context.Context, t *tracker.Tracker, c tracker.Call, id ident.Award, f *form) (tracker.Receipt, error) {
	paper, err := activationPaper(f)
	if err != nil {
		return tracker.Receipt{}, err
	}
	return t.ActivateAward(ctx, c, id, tracker.Activation{Paper: paper})
}

func activationPaper(f *form) (*award.DecisionPaper, error) {
	r := f.fields()
	p := award.DecisionPaper{Number: f.Value("paper/number"), DecidedOn: r.date("paper/decidedOn"), Signer: f.Value("paper/signer"), Panel: f.Value("paper/panel")}
	if p == (award.DecisionPaper{}) {
		return nil, r.err()
	}
	return &p, r.err()
}

// draftMovePage says what a move leads to and takes what it needs.
type draftMovePage struct {
	awardHead
	Step     string
	Form     *form
	Draft    awardDraft
	Problems []fieldFault   // what keeps the draft from being submitted
	Stray    []fieldFault   // dates that may be slips
	Opens    []draftOpening // what is owed once it is active
	Bars     string         // id of why this person may not do it, empty where they may
	Checked  bool           // the answers are shown for a last look
	Paper    *award.DecisionPaper
}

// draftOpening is what activating will have somebody owe.
type draftOpening struct {
	Kind  attention.Kind
	What  string
	Role  portfolio.Role
	Owner tracker.Named
	On    civil.Date
	Asked bool // On is the first day on which it may be done, not the last
}

func (c *Console) draftMove(q *request, move draftStep, f *form) error {
	h, err := q.openDraft(move.command)
	if err != nil {
		return err
	}
	if f == nil {
		f = q.form(h.Page+"/"+move.step, h.Version)
	}
	v := draftMovePage{awardHead: h, Step: move.step, Form: f, Draft: draftOf(h.Document), Bars: q.bars(h, move.command)}
	if move.command == award.CommandSubmit || move.command == award.CommandActivate {
		v.Opens, v.Stray = q.openings(h), q.stray(formOfDraft(h.Document))
		v.Problems = q.lacking(namesOfDraft(h.Document), h.Document.Check(award.Facts{}))
	}
	if move.command == award.CommandSubmit {
		if v.Problems, err = q.beforeSubmit(h); err != nil {
			return err
		}
	}
	if v.Checked = q.step() == "check" && len(f.Faults) == 0; v.Checked {
		v.Paper, _ = activationPaper(f)
	}
	return q.show("draft-move", q.text("console.draft."+move.step+".title"), v)
}

// bars is why the reader may not give a command that their role permits.
func (q *request) bars(h awardHead, command award.Command) string {
	author := slices.Contains(h.DraftedBy, q.call.Person.ID) || h.SubmittedBy == q.call.Person.ID
	switch {
	case command == award.CommandActivate && author:
		return "console.award.author"
	case command == award.CommandActivate && h.Document.Payee != "" && q.call.Person.Organisation == h.Document.Payee:
		return "console.award.ofPayee"
	case command == award.CommandTakeBack && !author:
		return "console.draft.takeBackByOthers"
	}
	return ""
}

// openings are what activating opens: a milestone is owed by its due date, an
// ungated tranche may be requested from the day it is planned for.
func (q *request) openings(h awardHead) []draftOpening {
	d := h.Document
	role := portfolio.ProjectLead
	if d.Platform != "" {
		role = portfolio.PlatformOperator
	}
	var owner tracker.Named
	if d.Responsible.Payee != "" {
		owner = h.Named(d.Responsible.Payee)
	}
	var out []draftOpening
	for _, m := range d.Milestones {
		out = append(out, draftOpening{attention.Deliver, m.Code + " " + m.Title, role, owner, m.DueOn, false})
	}
	for _, t := range d.Tranches {
		if t.Ungated {
			out = append(out, draftOpening{attention.RequestTranche, q.text("console.tranche", "number", t.Number), role, owner, civil.Max(t.PlannedOn, q.today), true})
		}
	}
	slices.SortStableFunc(out, func(a, b draftOpening) int { return a.On.Compare(b.On) })
	return out
}

func (c *Console) draftMoved(q *request, move draftStep) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	id := ident.Award(q.PathValue("award"))
	show := func() error { return c.draftMove(q, move, f) }
	of := subject{Aggregate: string(id), Page: at("awards", id)}
	switch q.step() {
	case "edit":
		return show()
	case "check":
		if _, err := activationPaper(f); err != nil {
			return q.again(f, err, of, show)
		}
		return show()
	}
	r, err := move.give(q.Context(), c.Tracker, q.command(f), id, f)
	if err != nil {
		return q.again(f, err, of, show)
	}
	return q.done(r, of.Page)
}
