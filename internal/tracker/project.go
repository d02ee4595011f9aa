package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// CreateProject proposes a project in a programme. Items: root, one link per
// platform that is not its host, code, name and words, head, journal.
func (t *Tracker) CreateProject(ctx context.Context, c Call, in portfolio.Project) (Receipt, error) {
	return t.commit(ctx, c, "createProject", func(w *work) error {
		id, err := w.create(ident.PrefixProject)
		if err != nil {
			return err
		}
		if err := w.require(access.CreateProject, programmeResource(in.Programme)); err != nil {
			return err
		}
		in.ID, in.State, in.CreatedBy = ident.Project(id), portfolio.ProjectProposed, c.Principal.Person
		return w.putProject(portfolio.Project{}, in, "project.created")
	})
}

// EditProject replaces what is known of a project, not its state, programme
// nor code.
func (t *Tracker) EditProject(ctx context.Context, c Call, id ident.Project, in portfolio.Project) (Receipt, error) {
	return t.onProject(ctx, c, "editProject", id, access.EditProject, func(w *work, p portfolio.Project) error {
		in.ID, in.Programme, in.Code, in.State, in.CreatedBy = p.ID, p.Programme, p.Code, p.State, p.CreatedBy
		in.StateReason, in.StateChanged = p.StateReason, p.StateChanged
		return w.putProject(p, in, "project.edited")
	})
}

// MoveProject takes a project through one command of its table.
func (t *Tracker) MoveProject(ctx context.Context, c Call, id ident.Project, command portfolio.Command, in Reason) (Receipt, error) {
	return t.onProject(ctx, c, string(command)+"Project", id, access.MoveProject, func(w *work, p portfolio.Project) error {
		next, err := p.Move(command, in.Reason, w.on)
		if err != nil {
			return err
		}
		w.head.State = string(next.State)
		return w.put(string(id), schema.ProjectRecord(next), "project.moved", in)
	})
}

func (t *Tracker) onProject(ctx context.Context, c Call, command string, id ident.Project, a access.Action, decide func(*work, portfolio.Project) error) (Receipt, error) {
	return t.commit(ctx, c, command, func(w *work) error {
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), root); err != nil {
			return err
		}
		p, err := must[portfolio.Project](w, root, schema.TypeProject)
		if err != nil {
			return err
		}
		resource, err := newReading(ctx, t, c).project(p)
		if err != nil {
			return err
		}
		if err := w.require(a, resource); err != nil {
			return err
		}
		if err := w.match(root); err != nil {
			return err
		}
		w.programme = p.Programme
		return decide(w, p)
	})
}

const uniqueProject = "projectCode"

// putProject writes a project with its links to platforms.
func (w *work) putProject(was, p portfolio.Project, event string) error {
	if p.Platforms == nil {
		p.Platforms = []ident.Platform{}
	}
	if err := p.Check(); err != nil {
		return err
	}
	if err := w.projectReferences(p); err != nil {
		return err
	}
	w.programme, w.head.State = p.Programme, string(p.State)
	if err := w.put(string(p.ID), schema.ProjectRecord(p), event, nil); err != nil {
		return err
	}
	for _, id := range was.Platforms {
		if !slices.Contains(p.Platforms, id) || id == p.Host {
			if err := w.remove(schema.LinkKey(p.ID, id)); err != nil {
				return err
			}
		}
	}
	for _, id := range p.Platforms {
		if id == p.Host {
			continue
		}
		if err := w.place(schema.LinkRecord(schema.Link{Project: p.ID, Platform: id, Code: p.Code})); err != nil {
			return err
		}
	}
	if err := w.claim(schema.Unique{Kind: uniqueProject, Scope: string(p.Programme), Value: p.Code, Thing: string(p.ID)}, "/code", "project.codeTaken"); err != nil {
		return err
	}
	return w.rename(was, p)
}

func (w *work) projectReferences(p portfolio.Project) error {
	refs := []reference{rootReference("/lead", ident.PrefixOrganisation, p.Lead)}
	for i, id := range p.Platforms {
		refs = append(refs, enrolmentReference(pointer("/platforms/%d", i), id, p.Programme))
	}
	return w.refer(refs...)
}
