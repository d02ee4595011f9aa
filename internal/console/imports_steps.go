package console

import (
	"context"
	"time"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// applyTime is how long a request applies rows before it answers, so that
// whoever waits sees how far it is, and goes on from there.
const applyTime = 15 * time.Second

// applyImport makes what a plan says, as far as its time goes.
func (c *Console) applyImport(q *request) error {
	h, err := q.importHome()
	if err != nil {
		return err
	}
	page := func(f *form) error {
		h.Form = f
		return q.show("import-apply", q.text("console.imports.apply.title"), h)
	}
	if !isPost(q) {
		return page(q.form(h.Href+"/apply", h.Version))
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	if err := q.extend(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(q.Context(), applyTime)
	defer cancel()
	r, err := c.Tracker.ApplyImport(ctx, q.command(f), h.ID)
	if err != nil {
		return q.again(f, err, h.subject(), func() error { return page(f) })
	}
	if i, err := c.Tracker.Import(q.Context(), q.call, h.ID); err == nil && i.State == schema.ImportApplied {
		r.Command = "finishImport" // what was begun has come to its end meanwhile
	}
	return q.done(r, h.Href)
}

func (h *importHome) subject() subject { return subject{string(h.ID), string(h.ID), h.Href} }

// discardImport ends a plan that was not applied.
func (c *Console) discardImport(q *request) error {
	h, err := q.importHome()
	if err != nil {
		return err
	}
	page := func(f *form) error {
		h.Form = f
		return q.show("import-discard", q.text("console.imports.discard.title"), h)
	}
	if !isPost(q) {
		return page(q.form(h.Href+"/discard", h.Version))
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	r, err := c.Tracker.DiscardImport(q.Context(), q.command(f), h.ID, tracker.Reason{Reason: f.Value("reason")})
	if err != nil {
		return q.again(f, err, h.subject(), func() error { return page(f) })
	}
	return q.done(r, h.Href)
}

// importAddress is the page of the import that a receipt is about.
func importAddress(r tracker.Receipt) (string, error) {
	if !ident.Valid(ident.PrefixImport, r.Aggregate) {
		return "", fault.New(fault.Internal, "internal.error")
	}
	return at("imports", r.Aggregate), nil
}
