package tracker

import (
	"cmp"
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ProgrammeView is a programme with its version and what the caller may do.
type ProgrammeView struct {
	portfolio.Programme
	Version     int64              `json:"version"`
	Current     []attention.Ladder `json:"currentLadders,omitempty"` // of the single view: the ladders in force
	Actions     []Action           `json:"actions"`
	Permissions []access.Action    `json:"permissions"` // what the caller's roles may do in it
}

func (r *reading) programmeView(item store.Item) (ProgrammeView, error) {
	p, err := schema.Decode[portfolio.Programme](item, schema.TypeProgramme)
	if err != nil {
		return ProgrammeView{}, err
	}
	resource, err := r.programme(p.ID)
	if err != nil {
		return ProgrammeView{}, err
	}
	v := ProgrammeView{Programme: p, Version: item.Version, Permissions: r.t.authority.Actions(r.call.Principal, resource)}
	legal := append(p.State.Legal(), portfolio.Command("edit"))
	if p.Pending != nil {
		if p.Pending.By != r.call.Principal.Person {
			legal = append(legal, ActionConfirmChange)
		}
		legal = append(legal, ActionDropChange)
	}
	v.Actions, err = r.t.actions(r.call, resource, legal...)
	return v, err
}

// Programmes lists programmes by code.
func (t *Tracker) Programmes(ctx context.Context, c Call, p PageRequest) (Page[ProgrammeView], error) {
	r := newReading(ctx, t, c)
	sources, err := r.programmeSources()
	if err != nil {
		return Page[ProgrammeView]{}, err
	}
	return listing[ProgrammeView]{
		name: "programmes", query: struct{}{}, sources: sources,
		keep: func(f *found) (verdict, error) {
			resource, err := f.programme(ident.Programme(f.item.PK))
			if err != nil {
				return hidden, err
			}
			may, err := t.may(c, access.ViewProgramme, resource)
			return seen(may, true, err)
		},
		row: func(f *found) (ProgrammeView, error) { return f.programmeView(*f.item) },
	}.page(ctx, t, c, p)
}

// programmeSources are all programmes for who may view all, else those in
// which the caller, or a platform of theirs, has a part.
func (r *reading) programmeSources() ([]source, error) {
	all := slices.ContainsFunc(r.t.authority.Scopes(r.call.Principal, access.ViewProgramme), func(s portfolio.Scope) bool {
		return s.Kind == portfolio.InDeployment
	})
	if all {
		return []source{{index: store.Program, partition: schema.Programmes}}, nil
	}
	ids, err := r.programmesAround()
	if err != nil {
		return nil, err
	}
	var keys []store.Key
	for _, id := range ids {
		keys = append(keys, schema.RootKey(string(id)))
	}
	return []source{ownItems(store.Program, keys...)}, nil
}

// programmesAround are the caller's programmes, and those that enrol a
// platform of theirs.
func (r *reading) programmesAround() ([]ident.Programme, error) {
	ids := r.programmes()
	for _, platform := range r.platforms() {
		enrolments, err := readAll[portfolio.Enrolment](r.ctx, r.t.store, string(platform), schema.EnrolmentRange(), schema.TypeEnrolment)
		if err != nil {
			return nil, err
		}
		for _, e := range enrolments {
			if !slices.Contains(ids, e.Programme) {
				ids = append(ids, e.Programme)
			}
		}
	}
	return ids, nil
}

// Programme returns a programme with the ladders in force.
func (t *Tracker) Programme(ctx context.Context, c Call, id ident.Programme) (ProgrammeView, error) {
	r, err := t.readProgramme(ctx, c, id, access.ViewProgramme)
	if err != nil {
		return ProgrammeView{}, err
	}
	v, err := r.programmeView(*r.items[schema.RootKey(string(id))])
	if err != nil {
		return v, err
	}
	ladders, err := t.ladders(ctx, id)
	for _, l := range ladders {
		if v.Ladders[string(l.Kind)] == l.Version {
			v.Current = append(v.Current, l)
		}
	}
	return v, err
}

// readProgramme reads a programme on which the caller may do something.
func (t *Tracker) readProgramme(ctx context.Context, c Call, id ident.Programme, a access.Action) (*reading, error) {
	r := newReading(ctx, t, c)
	if !ident.Valid(ident.PrefixProgramme, string(id)) {
		return r, errNotFound()
	}
	if _, err := need[portfolio.Programme](r, schema.RootKey(string(id)), schema.TypeProgramme); err != nil {
		return r, err
	}
	resource, err := r.programme(id)
	if err != nil {
		return r, err
	}
	return r, t.authority.Require(c.Principal, a, resource)
}

// Ladders lists all versions of a programme's ladders, by kind and version.
func (t *Tracker) Ladders(ctx context.Context, c Call, id ident.Programme) ([]attention.Ladder, error) {
	if _, err := t.readProgramme(ctx, c, id, access.ViewProgramme); err != nil {
		return nil, err
	}
	return t.ladders(ctx, id)
}

func (t *Tracker) ladders(ctx context.Context, id ident.Programme) ([]attention.Ladder, error) {
	ladders, err := readAll[attention.Ladder](ctx, t.store, string(id), schema.LadderRange(), schema.TypeLadder)
	kinds := attention.Kinds()
	slices.SortStableFunc(ladders, func(a, b attention.Ladder) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Version, b.Version))
	})
	return ladders, err
}
