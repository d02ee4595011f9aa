package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// PlatformView is a platform with its version and what the caller may do.
type PlatformView struct {
	portfolio.Platform
	Version      int64                 `json:"version"`
	OperatorName *Named                `json:"operatorName,omitempty"`
	Enrolments   []portfolio.Enrolment `json:"enrolments,omitempty"` // of the single view
	Actions      []Action              `json:"actions"`
}

// Platforms lists platforms: of a programme, or of every scope that the caller
// may view.
func (t *Tracker) Platforms(ctx context.Context, c Call, programme ident.Programme, p PageRequest) (Page[PlatformView], error) {
	r := newReading(ctx, t, c)
	return listing[PlatformView]{
		name: "platforms", query: programme, sources: r.platformSources(programme), narrow: "programme", whole: true,
		also: func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		rests: func(f *found) []store.Key {
			keys := f.enrolmentKeys(ident.Platform(f.item.PK))
			if programme != "" {
				keys = append(keys, schema.EnrolmentKey(ident.Platform(f.item.PK), programme))
			}
			return keys
		},
		keep: func(f *found) (verdict, error) {
			id := ident.Platform(f.item.PK)
			resource, err := f.platform(id)
			if err != nil {
				return hidden, err
			}
			may, err := t.may(c, access.ViewPlatform, resource)
			return seen(may, programme == "" || f.items[schema.EnrolmentKey(id, programme)] != nil, err)
		},
		then: func(f *found) []store.Key {
			p, _, err := get[portfolio.Platform](f.reading, schema.RootKey(f.item.PK), schema.TypePlatform)
			if err != nil {
				return nil
			}
			return present([]store.Key{schema.RootKey(string(p.Operator))})
		},
		row: func(f *found) (PlatformView, error) { return f.platformView(ident.Platform(f.item.PK)) },
	}.page(ctx, t, c, p)
}

// platformSources are the platforms of the caller's programmes, and those for
// which they hold a role. The two sort alike, by the platform's id.
func (r *reading) platformSources(programme ident.Programme) []source {
	var out []source
	for _, s := range r.t.authority.Scopes(r.call.Principal, access.ViewPlatform) {
		switch s.Kind {
		case portfolio.InProgramme:
			if programme == "" || s.ID == string(programme) {
				out = append(out, source{index: store.Program, partition: schema.PlatformsIn(ident.Programme(s.ID))})
			}
		case portfolio.InPlatform:
			out = append(out, ownItems(store.Scope, schema.RootKey(s.ID)))
		case portfolio.InDeployment, portfolio.InAward:
		}
	}
	return out
}

func (r *reading) platformView(id ident.Platform) (PlatformView, error) {
	key := schema.RootKey(string(id))
	p, err := need[portfolio.Platform](r, key, schema.TypePlatform)
	if err != nil {
		return PlatformView{}, err
	}
	resource, err := r.platform(id)
	if err != nil {
		return PlatformView{}, err
	}
	v := PlatformView{Platform: p, Version: r.version(key), OperatorName: r.named(string(p.Operator))}
	v.Actions, err = r.t.actions(r.call, resource, append(p.State.Legal(), portfolio.Command("edit"))...)
	return v, err
}

// Platform returns a platform with its enrolments, as far as the caller may
// view their programmes; who operates it sees all.
func (t *Tracker) Platform(ctx context.Context, c Call, id ident.Platform) (PlatformView, error) {
	r := newReading(ctx, t, c)
	may, err := r.viewsPlatform(id)
	if err != nil || !may {
		return PlatformView{}, orNotFound(err)
	}
	p, err := need[portfolio.Platform](r, schema.RootKey(string(id)), schema.TypePlatform)
	if err != nil {
		return PlatformView{}, err
	}
	if err := r.load(schema.RootKey(string(p.Operator))); err != nil {
		return PlatformView{}, err
	}
	v, err := r.platformView(id)
	if err != nil {
		return v, err
	}
	v.Enrolments, err = r.enrolments(id)
	return v, err
}

func (r *reading) enrolments(id ident.Platform) ([]portfolio.Enrolment, error) {
	all, err := readAll[portfolio.Enrolment](r.ctx, r.t.store, string(id), schema.EnrolmentRange(), schema.TypeEnrolment)
	out := []portfolio.Enrolment{}
	for _, e := range all {
		resource := access.Resource{Kind: access.KindEnrolment, ID: string(id), Programmes: []ident.Programme{e.Programme}, Platforms: []ident.Platform{id}}
		may, err := r.t.may(r.call, access.ViewPlatform, resource)
		if err != nil {
			return nil, err
		}
		if may {
			out = append(out, e)
		}
	}
	return out, err
}

// orNotFound is err, or 404 where there is none.
func orNotFound(err error) error {
	if err == nil {
		return errNotFound()
	}
	return err
}
