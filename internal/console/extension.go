package console

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

const extensionPath = "/awards/{award}/extensions/{extension}"

// extensionRoutes are extensions: asked for, decided, listed.
func (c *Console) extensionRoutes(m routes) {
	m.page("GET /extensions", c.extensions)
	m.page("GET "+milestonePath+"/extend", c.askExtension)
	m.page("POST "+milestonePath+"/extend", c.askExtension)
	m.page("GET "+extensionPath, c.extension)
	m.page("GET "+extensionPath+"/decide", c.decideExtension)
	m.page("POST "+extensionPath+"/decide", c.decideExtension)
	m.page("GET "+extensionPath+"/withdraw", c.withdrawExtension)
	m.page("POST "+extensionPath+"/withdraw", c.withdrawExtension)
	m.page("GET "+extensionPath+"/acknowledge", func(q *request) error {
		return q.redirect(at("awards", q.PathValue("award"), "extensions", q.PathValue("extension")))
	})
	m.page("POST "+extensionPath+"/acknowledge", c.acknowledgeExtension)
}

// extensionHome is an extension with its milestone.
type extensionHome struct {
	*milestoneHome
	X       tracker.ExtensionView
	Address string // of its page
	xref    tracker.ExtensionRef
}

func (q *request) extensionHome() (*extensionHome, error) {
	ref := tracker.ExtensionRef{Award: ident.Award(q.PathValue("award")), Extension: ident.Extension(q.PathValue("extension"))}
	x, err := q.tracker().Extension(q.Context(), q.call, ref)
	if err != nil {
		return nil, err
	}
	home, err := q.homeOf(tracker.MilestoneRef{Award: ref.Award, Milestone: x.Milestone})
	if err != nil {
		return nil, err
	}
	return home.extension(x), nil
}

// extension is one of the milestone's.
func (h *milestoneHome) extension(x tracker.ExtensionView) *extensionHome {
	ref := tracker.ExtensionRef{Award: x.Award, Extension: x.ID}
	return &extensionHome{milestoneHome: h, X: x, Address: at("awards", ref.Award, "extensions", ref.Extension), xref: ref}
}

func (h *extensionHome) can(a tracker.Action) bool { return hasAction(h.X.Actions, a) }

// subject is what forms about the extension are about.
func (h *extensionHome) subject() subject {
	return subject{string(h.xref.Award), string(h.xref.Extension), h.Address}
}

// Days are the calendar days that are asked for, or were granted.
func (h *extensionHome) Days() int {
	if !h.X.NewDueOn.IsZero() {
		return h.X.NewDueOn.Sub(h.X.DueOn)
	}
	return h.X.AskedDueOn.Sub(h.X.DueOn)
}

// AskedDays are the calendar days that were asked for, whatever was granted.
func (h *extensionHome) AskedDays() int { return h.X.AskedDueOn.Sub(h.X.DueOn) }

// extensionStep is something to be done with an extension.
type extensionStep = milestoneStep

// extensionView is an extension's page.
type extensionView struct {
	*extensionHome
	Steps   []extensionStep
	Why     string
	Effect  *datesEffect // of granting what is asked, while it is undecided
	Files   []evidenceLine
	Entries []entryLine
	Journal bool
	Left    int
	Decides owners                  // of what is asked
	Other   []tracker.ExtensionView // of the same milestone
}

func (c *Console) extension(q *request) error {
	h, err := q.extensionHome()
	if err != nil {
		return err
	}
	view := extensionView{extensionHome: h, Steps: q.extensionSteps(h), Why: q.extensionWhy(h)}
	for _, id := range h.X.Evidence {
		if e := h.File(id); e != nil {
			view.Files = append(view.Files, *e)
		}
	}
	if h.X.State == award.ExtensionRequested {
		if view.Effect, err = q.datesEffect(h.milestoneHome, h.X.AskedDueOn); err != nil {
			return err
		}
	}
	if o := h.X.Watch.Current; o != nil {
		view.Left = o.EffectiveOn.Sub(q.today)
		if view.Decides, err = q.ownersOf(h.Award, *o); err != nil {
			return err
		}
	}
	for _, x := range h.Award.Extensions {
		if x.Milestone == h.X.Milestone && x.ID != h.X.ID {
			view.Other = append(view.Other, x)
		}
	}
	if view.Journal = h.may(access.ViewJournal); view.Journal {
		page, err := c.Tracker.Journal(q.Context(), q.call, string(h.X.Award), tracker.JournalQuery{Thing: string(h.X.ID)}, tracker.PageRequest{Limit: 50})
		if err != nil {
			return err
		}
		if view.Entries, err = entryLines(page.Items); err != nil {
			return err
		}
	}
	return q.show("extension", q.text("console.extension.title", "milestone", h.M.Code), view)
}

func (q *request) extensionSteps(h *extensionHome) []extensionStep {
	out := h.moves()
	if o := h.X.Watch.Current; o != nil && h.can(tracker.ActionAcknowledge) && (o.Ack == nil || o.Ack.By != h.me.Person) {
		out = append(out, extensionStep{ID: "acknowledge", Form: q.form(h.Address+"/acknowledge", h.X.Version), Second: true})
	}
	return out
}

// moves are the steps of the reader that end an extension's wait.
func (h *extensionHome) moves() []extensionStep {
	var out []extensionStep
	if h.can(award.CommandGrant) && h.separatedFrom() == "" {
		out = append(out, extensionStep{ID: "decideExtension", Href: h.Address + "/decide"})
	}
	if h.can(award.CommandWithdraw) && h.asked() {
		out = append(out, extensionStep{ID: "withdrawExtension", Href: h.Address + "/withdraw", Second: true})
	}
	return out
}

// asked reports whether the reader is of those who asked.
func (h *extensionHome) asked() bool {
	return h.X.RequestedBy == h.me.Person || h.X.RequestedByOrg != "" && h.X.RequestedByOrg == h.me.Organisation
}

// separatedFrom is the separation that keeps the reader from deciding.
func (h *extensionHome) separatedFrom() string {
	switch {
	case h.X.RequestedBy == h.me.Person:
		return "console.extension.why.requester"
	case h.Award.Document.Payee != "" && h.Award.Document.Payee == h.me.Organisation:
		return "console.milestone.why.payee"
	}
	return ""
}

func (q *request) extensionWhy(h *extensionHome) string {
	switch {
	case h.X.State != award.ExtensionRequested:
		return ""
	case h.may(access.DecideExtension) && h.separatedFrom() != "":
		return q.text(h.separatedFrom())
	case h.may(access.DecideExtension):
		return ""
	case h.may(access.WithdrawExtension) && !h.asked():
		return q.text("console.extension.why.others")
	}
	return q.text("console.extension.why.waits")
}

// extensionForm is a form about an extension, or its summary.
type extensionForm struct {
	*extensionHome
	Form    *form
	Choices []option
	Effects []effect
	Effect  *datesEffect
	Shown   [][2]string
	Cannot  string
}

func (c *Console) decideExtension(q *request) error {
	h, err := q.extensionHome()
	if err != nil {
		return err
	}
	title := q.text("console.extension.decide.title")
	if !h.can(award.CommandGrant) || h.separatedFrom() != "" {
		view := extensionForm{extensionHome: h, Cannot: q.extensionWhy(h)}
		if view.Cannot == "" {
			view.Cannot = q.text("console.extension.why.over")
		}
		return q.show("extension-cannot", title, view)
	}
	view := extensionForm{extensionHome: h, Choices: []option{
		{Value: "grant", Text: q.text("console.extension.grant"), Hint: q.text("console.extension.grant.hint")},
		{Value: "refuse", Text: q.text("console.extension.refuse"), Hint: q.text("console.extension.refuse.hint")},
	}}
	if view.Effect, err = q.datesEffect(h.milestoneHome, h.X.AskedDueOn); err != nil {
		return err
	}
	page := func(f *form, _ tracker.Foreseen) error {
		view.Form = f
		return q.show("extension-decide", title, view)
	}
	check := func(f *form, seen tracker.Foreseen) error {
		view.Form, view.Effects = f, h.effects(seen)
		view.Shown = q.extensionShown(f)
		if f.Value("decision") != "grant" {
			view.Effect = nil
		} else if on := f.fields().date("newDueOn"); !on.IsZero() {
			if view.Effect, err = q.datesEffect(h.milestoneHome, on); err != nil {
				return err
			}
		}
		return q.show("extension-check", title, view)
	}
	if !isPost(q) {
		return page(q.form(h.Address+"/decide", h.X.Version).With("newDueOn", h.X.AskedDueOn), tracker.Foreseen{})
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoStepsOf(h.subject(), f, func(in *fields) run { return c.extensionDecision(h, in) }, page, check)
}

func (q *request) extensionShown(f *form) [][2]string {
	out := [][2]string{{q.text("console.milestone.field.decision"), q.text("console.extension." + f.Value("decision"))}}
	if f.Value("decision") == "grant" {
		out = append(out, q.shown(f, "newDueOn", "")...)
	}
	return append(out, q.shown(f, "reason", "", "paper/number", "", "paper/decidedOn", "", "paper/signer", "", "paper/panel", "")...)
}

func (c *Console) withdrawExtension(q *request) error {
	h, err := q.extensionHome()
	if err != nil {
		return err
	}
	title := q.text("console.extension.withdraw.title")
	give := func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		return c.Tracker.WithdrawExtension(ctx, call, h.xref)
	}
	page := func(f *form, seen tracker.Foreseen) error {
		return q.show("extension-withdraw", title, extensionForm{extensionHome: h, Form: f, Effects: h.effects(seen)})
	}
	if !isPost(q) {
		seen, err := c.Tracker.Foresee(q.Context(), q.call, give)
		if why, is := q.cannot(err); is {
			return q.show("extension-cannot", title, extensionForm{extensionHome: h, Cannot: why})
		}
		if err != nil {
			return err
		}
		return page(q.form(h.Address+"/withdraw", h.X.Version), seen)
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	return q.twoStepsOf(h.subject(), f, func(*fields) run { return give }, page, page)
}

func (c *Console) acknowledgeExtension(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	award, id := ident.Award(q.PathValue("award")), q.PathValue("extension")
	page := at("awards", award, "extensions", id)
	r, err := c.Tracker.Acknowledge(q.Context(), q.command(f), award, id)
	if err != nil {
		return q.again(f, err, subject{string(award), id, page}, func() error { return err })
	}
	return q.done(r, page)
}
