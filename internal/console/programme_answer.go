package console

import (
	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// changePage is the change of a programme that waits for another person.
type changePage struct {
	programmeHead
	Confirm *form  // nil where the reader may not confirm
	Drop    string // where it is dropped; empty where the reader may not
	Own     bool   // the reader proposed it
}

func (q *request) showChange(h programmeHead, confirm *form) error {
	v := changePage{programmeHead: h, Own: h.Pending.By == q.call.Person.ID}
	if hasAction(h.Actions, tracker.ActionConfirmChange) {
		v.Confirm = confirm
	}
	if hasAction(h.Actions, tracker.ActionDropChange) {
		v.Drop = at("programmes", h.ID, "change", "drop")
	}
	return q.show("programme-change", q.text("console.programme.tab.change"), v)
}

func (c *Console) programmeChange(q *request) error {
	h, err := q.openProgramme("change")
	if err != nil {
		return err
	}
	if h.Pending == nil {
		return q.redirect(at("programmes", h.ID))
	}
	return q.showChange(h, q.changeForm(h, "confirm"))
}

func (q *request) changeForm(h programmeHead, answer string) *form {
	return q.form(at("programmes", h.ID, "change", answer), h.Version)
}

func (c *Console) confirmChange(q *request) error {
	return q.answerChange(q.showChange, func(f *form, id ident.Programme) (tracker.Receipt, error) {
		return c.Tracker.ConfirmProgrammeChange(q.Context(), q.command(f), id)
	})
}

// dropChangePage is the page before a change is dropped.
type dropChangePage struct {
	programmeHead
	Form *form
	Back string
}

func (q *request) showDropChange(h programmeHead, f *form) error {
	v := dropChangePage{programmeHead: h, Form: f, Back: at("programmes", h.ID, "change")}
	title := q.text("console.programme.drop.do")
	v.Trail = q.trail("programmes", link{Href: at("programmes", h.ID), Text: q.in(h.Names)}, link{Href: v.Back, Text: q.text("console.programme.tab.change")}, link{Text: title})
	return q.show("programme-change-drop", title, v)
}

func (c *Console) dropChangeForm(q *request) error {
	h, err := q.openProgramme("change")
	if err != nil {
		return err
	}
	if h.Pending == nil {
		return q.redirect(at("programmes", h.ID))
	}
	if !hasAction(h.Actions, tracker.ActionDropChange) {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.ConfirmProgrammeChange))
	}
	return q.showDropChange(h, q.changeForm(h, "drop"))
}

func (c *Console) dropChange(q *request) error {
	return q.answerChange(q.showDropChange, func(f *form, id ident.Programme) (tracker.Receipt, error) {
		return c.Tracker.DropProgrammeChange(q.Context(), q.command(f), id, tracker.Reason{Reason: f.Value("reason")})
	})
}

// answerChange ends the wait of a change, one way or the other; where that is
// refused, show is the page that its form stands on.
func (q *request) answerChange(show func(programmeHead, *form) error, run func(*form, ident.Programme) (tracker.Receipt, error)) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	id := ident.Programme(q.PathValue("programme"))
	r, err := run(f, id)
	if err == nil {
		return q.done(r, at("programmes", id))
	}
	return q.again(f, err, subject{Aggregate: string(id), Thing: string(id), Page: at("programmes", id, "change")}, func() error {
		h, gone := q.openProgramme("change")
		if gone != nil || h.Pending == nil {
			return err
		}
		return show(h, f)
	})
}
