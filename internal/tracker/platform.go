package tracker

import (
	"context"
	"fmt"
	"slices"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// pointer writes a JSON pointer.
func pointer(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func keepsIdentifiers(was, is portfolio.Organisation) error {
	for _, code := range was.Identifiers {
		if !slices.Contains(is.Identifiers, code) {
			return fault.InvalidFields(fault.At("/identifiers", "organisation.codeKept", "scheme", code.Scheme, "value", code.ID))
		}
	}
	return nil
}

// NewPlatform is a platform with its first enrolment.
type NewPlatform struct {
	Platform  portfolio.Platform  `json:"platform"`
	Enrolment portfolio.Enrolment `json:"enrolment"`
}

// CreatePlatform makes a candidate platform, enrolled in a programme. Items:
// root, enrolment, code, name, head, journal.
func (t *Tracker) CreatePlatform(ctx context.Context, c Call, in NewPlatform) (Receipt, error) {
	return t.commit(ctx, c, "createPlatform", func(w *work) error {
		id, err := w.create(ident.PrefixPlatform)
		if err != nil {
			return err
		}
		// Creating is the register's; enrolling is the programme's own.
		for _, a := range []access.Action{access.CreatePlatform, access.EnrolPlatform} {
			if err := w.require(a, programmeResource(in.Enrolment.Programme)); err != nil {
				return err
			}
		}
		p, e := in.Platform, in.Enrolment
		p.ID, e.Platform = ident.Platform(id), ident.Platform(id)
		p.State, p.CreatedBy, p.StateReason, p.StateChanged = portfolio.PlatformCandidate, c.Principal.Person, "", w.on
		if err := w.checkPlatform(p); err != nil {
			return err
		}
		if err := fault.Rebase(e.Check(), "/enrolment"); err != nil {
			return err
		}
		w.programme, w.head.State = e.Programme, string(p.State)
		if err := w.put(id, schema.PlatformRecord(p), "platform.created", nil); err != nil {
			return err
		}
		if err := w.claim(schema.Unique{Kind: "platformCode", Value: p.Code, Thing: id}, "/platform/code", "platform.codeTaken"); err != nil {
			return err
		}
		if err := w.rename(nil, p); err != nil {
			return err
		}
		return w.putEnrolment(e)
	})
}

func (w *work) checkPlatform(p portfolio.Platform) error {
	if err := fault.Rebase(p.Check(), "/platform"); err != nil {
		return err
	}
	return w.refer(rootReference("/platform/operator", ident.PrefixOrganisation, p.Operator))
}

func (w *work) putEnrolment(e portfolio.Enrolment) error {
	return w.put("enrolment/"+string(e.Programme), schema.EnrolmentRecord(e), "platform.enrolled", nil)
}

// onPlatform runs a command on a platform, whose enrolments it reads, since
// who manages one of its programmes may give it.
func (t *Tracker) onPlatform(ctx context.Context, c Call, command string, id ident.Platform, a access.Action, decide func(*work, portfolio.Platform) error) (Receipt, error) {
	return t.commit(ctx, c, command, func(w *work) error {
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), root); err != nil {
			return err
		}
		p, err := must[portfolio.Platform](w, root, schema.TypePlatform)
		if err != nil {
			return err
		}
		r, err := t.platformResource(ctx, id)
		if err != nil {
			return err
		}
		if err := w.require(a, r); err != nil {
			return err
		}
		if err := w.match(root); err != nil {
			return err
		}
		if len(r.Programmes) > 0 {
			w.programme = r.Programmes[0]
		}
		return decide(w, p)
	})
}

// platformResource is a platform as access sees it, with its programmes.
func (t *Tracker) platformResource(ctx context.Context, id ident.Platform) (access.Resource, error) {
	enrolments, err := readAll[portfolio.Enrolment](ctx, t.store, string(id), schema.EnrolmentRange(), schema.TypeEnrolment)
	r := access.Resource{Kind: access.KindPlatform, ID: string(id), Platforms: []ident.Platform{id}}
	for _, e := range enrolments {
		r.Programmes = append(r.Programmes, e.Programme)
	}
	return r, err
}

// EditPlatform replaces what is known of a platform, not its state nor code.
// Items: root, name and words where they change, head, journal.
func (t *Tracker) EditPlatform(ctx context.Context, c Call, id ident.Platform, in portfolio.Platform) (Receipt, error) {
	return t.onPlatform(ctx, c, "editPlatform", id, access.EditPlatform, func(w *work, p portfolio.Platform) error {
		in.ID, in.Code, in.State, in.CreatedBy = p.ID, p.Code, p.State, p.CreatedBy
		in.StateReason, in.StateChanged = p.StateReason, p.StateChanged
		if err := w.checkPlatform(in); err != nil {
			return err
		}
		if err := w.put(string(id), schema.PlatformRecord(in), "platform.edited", nil); err != nil {
			return err
		}
		return w.rename(p, in)
	})
}

// MovePlatform takes a platform through one command of its table. A suspended
// or closed platform refuses activation, approval and payment.
func (t *Tracker) MovePlatform(ctx context.Context, c Call, id ident.Platform, command portfolio.Command, in Reason) (Receipt, error) {
	return t.onPlatform(ctx, c, string(command)+"Platform", id, access.MovePlatform, func(w *work, p portfolio.Platform) error {
		next, err := p.Move(command, in.Reason, w.on)
		if err != nil {
			return err
		}
		w.head.State = string(next.State)
		return w.put(string(id), schema.PlatformRecord(next), "platform.moved", in)
	})
}

// EnrolPlatform puts a platform into one more programme, or changes the terms
// of an enrolment.
func (t *Tracker) EnrolPlatform(ctx context.Context, c Call, id ident.Platform, e portfolio.Enrolment) (Receipt, error) {
	return t.commit(ctx, c, "enrolPlatform", func(w *work) error {
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), root); err != nil {
			return err
		}
		if _, err := must[portfolio.Platform](w, root, schema.TypePlatform); err != nil {
			return err
		}
		// Who manages the programme to enrol in may do it, and sees the platform by it.
		r := access.Resource{Kind: access.KindPlatform, ID: string(id), Platforms: []ident.Platform{id}, Programmes: []ident.Programme{e.Programme}}
		if err := w.require(access.EnrolPlatform, r); err != nil {
			return err
		}
		if err := w.match(root); err != nil {
			return err
		}
		if _, err := must[portfolio.Programme](w, schema.RootKey(string(e.Programme)), schema.TypeProgramme); err != nil {
			return err
		}
		e.Platform = id
		if err := e.Check(); err != nil {
			return err
		}
		w.programme = e.Programme
		return w.putEnrolment(e)
	})
}
