package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ProjectView is a project with its version and what the caller may do.
type ProjectView struct {
	portfolio.Project
	Version  int64    `json:"version"`
	LeadName *Named   `json:"leadName,omitempty"`
	HostName *Named   `json:"hostName,omitempty"`
	Actions  []Action `json:"actions"`
}

// ProjectsQuery asks for projects by code.
type ProjectsQuery struct {
	Programme ident.Programme        `json:"programme,omitempty"`
	Platform  ident.Platform         `json:"platform,omitempty"`
	State     portfolio.ProjectState `json:"state,omitempty"`
	Sector    string                 `json:"sector,omitempty"`
}

func (q ProjectsQuery) wants(p portfolio.Project) bool {
	return (q.Programme == "" || p.Programme == q.Programme) && (q.Platform == "" || slices.Contains(p.Platforms, q.Platform) || q.Platform == NoPlatform && len(p.Platforms) == 0) &&
		(q.State == "" || p.State == q.State) && (q.Sector == "" || p.Sector == q.Sector)
}

// Projects lists projects that the caller may view.
func (t *Tracker) Projects(ctx context.Context, c Call, q ProjectsQuery, p PageRequest) (Page[ProjectView], error) {
	r := newReading(ctx, t, c)
	sources, err := r.sources(access.ViewProject, narrowing{Programme: q.Programme, Platform: q.Platform}, schema.ProjectsOf)
	if err != nil {
		return Page[ProjectView]{}, err
	}
	decode := func(f *found) (portfolio.Project, bool, error) {
		return get[portfolio.Project](f.reading, schema.RootKey(f.item.PK), schema.TypeProject)
	}
	return listing[ProjectView]{
		name: "projects", query: q, sources: sources, narrow: "programme, platform", whole: true,
		also: func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		keep: func(f *found) (verdict, error) {
			p, ok, err := decode(f)
			if err != nil || !ok {
				return hidden, err
			}
			resource, err := f.project(p)
			if err != nil {
				return hidden, err
			}
			may, err := t.may(c, access.ViewProject, resource)
			return seen(may, q.wants(p), err)
		},
		then: func(f *found) []store.Key {
			p, _, err := decode(f)
			if err != nil {
				return nil
			}
			return present([]store.Key{schema.RootKey(string(p.Lead)), schema.RootKey(string(p.Host))})
		},
		row: func(f *found) (ProjectView, error) {
			p, _, err := decode(f)
			if err != nil {
				return ProjectView{}, err
			}
			return f.projectView(p)
		},
	}.page(ctx, t, c, p)
}

func (r *reading) projectView(p portfolio.Project) (ProjectView, error) {
	v := ProjectView{Project: p, Version: r.version(schema.RootKey(string(p.ID))), LeadName: r.named(string(p.Lead)), HostName: r.named(string(p.Host))}
	resource, err := r.project(p)
	if err != nil {
		return v, err
	}
	v.Actions, err = r.t.actions(r.call, resource, append(p.State.Legal(), portfolio.Command("edit"))...)
	return v, err
}

// Project returns a project.
func (t *Tracker) Project(ctx context.Context, c Call, id ident.Project) (ProjectView, error) {
	r := newReading(ctx, t, c)
	if !ident.Valid(ident.PrefixProject, string(id)) {
		return ProjectView{}, errNotFound()
	}
	p, err := need[portfolio.Project](r, schema.RootKey(string(id)), schema.TypeProject)
	if err != nil {
		return ProjectView{}, err
	}
	resource, err := r.project(p)
	if err != nil {
		return ProjectView{}, err
	}
	if err := t.authority.Require(c.Principal, access.ViewProject, resource); err != nil {
		return ProjectView{}, err
	}
	if err := r.load(present([]store.Key{schema.RootKey(string(p.Lead)), schema.RootKey(string(p.Host))})...); err != nil {
		return ProjectView{}, err
	}
	return r.projectView(p)
}
