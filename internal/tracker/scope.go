package tracker

import (
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// NoPlatform asks a list for what is on no platform.
const NoPlatform ident.Platform = "none"

// narrowing is where in the portfolio a list is asked for; empty is no filter.
type narrowing struct {
	Programme ident.Programme `json:"programme,omitempty"`
	Platform  ident.Platform  `json:"platform,omitempty"`
	Project   ident.Project   `json:"project,omitempty"`
}

// holds reports whether an award lies where a list is asked for.
func (n narrowing) holds(d award.Document) bool {
	return (n.Programme == "" || d.Programme == n.Programme) && n.onPlatform(d.Platform) &&
		(n.Project == "" || d.Project == n.Project)
}

// onPlatform reports whether a platform, "" for none, is the one asked for.
func (n narrowing) onPlatform(p ident.Platform) bool {
	return n.Platform == "" || p == n.Platform || p == "" && n.Platform == NoPlatform
}

// partitionsOf names the partition of a list in a scope.
type partitionsOf = func(scope string) string

// sources are the partitions of lists by award that a person may read who does
// an action in scopes: their own scopes, or the one asked for where it lies in
// these. What somebody sees of single awards is read from these awards. What is
// on no platform stands in the lists of its programme alone.
func (r *reading) sources(a access.Action, n narrowing, lists ...partitionsOf) ([]source, error) {
	scopes := r.t.authority.Scopes(r.call.Principal, a)
	inProgrammes := slices.ContainsFunc(scopes, func(s portfolio.Scope) bool { return s.Kind == portfolio.InProgramme })
	var out []source
	add := func(index store.Index, scope string) {
		for _, list := range lists {
			out = append(out, source{index: index, partition: list(scope)})
		}
	}
	if n.Platform != "" && n.Platform != NoPlatform && inProgrammes {
		may, err := r.viewsPlatform(n.Platform)
		if may && err == nil {
			add(store.Scope, string(n.Platform))
		}
		if may || err != nil {
			return out, err
		}
	}
	for _, s := range scopes {
		switch {
		case s.Kind == portfolio.InProgramme && (n.Programme == "" || s.ID == string(n.Programme)) && (n.Platform == "" || n.Platform == NoPlatform):
			add(store.Program, s.ID)
		case s.Kind == portfolio.InPlatform && (n.Platform == "" || s.ID == string(n.Platform)):
			add(store.Scope, s.ID)
		case s.Kind == portfolio.InAward && a == access.ViewProject:
			out = append(out, source{own: projectOf(ident.Award(s.ID))})
		case s.Kind == portfolio.InAward:
			out = append(out, source{own: ofAward(ident.Award(s.ID), lists...)})
		}
	}
	return out, nil
}

// viewsPlatform reports whether the caller may view a platform.
func (r *reading) viewsPlatform(id ident.Platform) (bool, error) {
	if !ident.Valid(ident.PrefixPlatform, string(id)) {
		return false, nil
	}
	resource, err := r.platform(id)
	if err != nil {
		return false, err
	}
	return r.t.may(r.call, access.ViewPlatform, resource)
}

// platform is a platform as access sees it, as far as it matters to the
// caller: with those of their programmes in which it is enrolled.
func (r *reading) platform(id ident.Platform) (access.Resource, error) {
	keys := r.enrolmentKeys(id)
	resource := access.Resource{Kind: access.KindPlatform, ID: string(id), Platforms: []ident.Platform{id}}
	if err := r.load(keys...); err != nil {
		return resource, err
	}
	for _, key := range keys {
		e, ok, err := get[portfolio.Enrolment](r, key, schema.TypeEnrolment)
		if err != nil {
			return resource, err
		}
		if ok {
			resource.Programmes = append(resource.Programmes, e.Programme)
		}
	}
	return resource, nil
}

// enrolmentKeys are the keys of the enrolments of a platform that a caller's
// scopes could rest on.
func (r *reading) enrolmentKeys(id ident.Platform) []store.Key {
	var keys []store.Key
	for _, p := range r.programmes() {
		keys = append(keys, schema.EnrolmentKey(id, p))
	}
	return keys
}

// programmes are those for which the caller holds a role.
func (r *reading) programmes() []ident.Programme {
	var out []ident.Programme
	for _, g := range r.call.Principal.Grants {
		if p := ident.Programme(g.Scope.ID); g.Scope.Kind == portfolio.InProgramme && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// platforms are those for which the caller holds a role.
func (r *reading) platforms() []ident.Platform {
	var out []ident.Platform
	for _, g := range r.call.Principal.Grants {
		if p := ident.Platform(g.Scope.ID); g.Scope.Kind == portfolio.InPlatform && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// awardsHeld are the awards for which the caller holds a role.
func (r *reading) awardsHeld() []ident.Award {
	var out []ident.Award
	for _, g := range r.call.Principal.Grants {
		if a := ident.Award(g.Scope.ID); g.Scope.Kind == portfolio.InAward && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// programme is a programme as access sees it, with those of the caller's
// platforms that it enrols.
func (r *reading) programme(id ident.Programme) (access.Resource, error) {
	resource := programmeResource(id)
	platforms := r.platforms()
	keys := make([]store.Key, len(platforms))
	for i, p := range platforms {
		keys[i] = schema.EnrolmentKey(p, id)
	}
	if err := r.load(keys...); err != nil {
		return resource, err
	}
	for i, key := range keys {
		if r.items[key] != nil {
			resource.Platforms = append(resource.Platforms, platforms[i])
		}
	}
	return resource, nil
}

// project is a project as access sees it, with those of the caller's awards
// that are for it.
func (r *reading) project(p portfolio.Project) (access.Resource, error) {
	resource := access.Resource{Kind: access.KindProject, ID: string(p.ID), Programmes: []ident.Programme{p.Programme}, Platforms: p.Platforms}
	held, err := r.projectsHeld()
	if err != nil {
		return resource, err
	}
	for a, id := range held {
		if id == p.ID {
			resource.Awards = append(resource.Awards, a)
		}
	}
	return resource, nil
}

// projectsHeld are the projects that the awards are for in which the caller
// holds a role.
func (r *reading) projectsHeld() (map[ident.Award]ident.Project, error) {
	awards := r.awardsHeld()
	var keys []store.Key
	for _, id := range awards {
		keys = append(keys, schema.RootKey(string(id)))
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	out := map[ident.Award]ident.Project{}
	for _, id := range awards {
		a, ok, err := get[award.Award](r, schema.RootKey(string(id)), schema.TypeAward)
		if err != nil {
			return nil, err
		}
		if ok && a.Document.Project != "" {
			out[id] = a.Document.Project
		}
	}
	return out, nil
}

// projectOf gives the entry of the project that an award is for.
func projectOf(id ident.Award) func(*reading) ([]store.Entry, error) {
	return func(r *reading) ([]store.Entry, error) {
		held, err := r.projectsHeld()
		if err != nil {
			return nil, err
		}
		return ownItems(store.Program, schema.RootKey(string(held[id]))).own(r)
	}
}

// ownItems gives the entries that single items carry in an index.
func ownItems(index store.Index, keys ...store.Key) source {
	return source{own: func(r *reading) ([]store.Entry, error) {
		if err := r.load(keys...); err != nil {
			return nil, err
		}
		var entries []store.Entry
		for _, key := range keys {
			if item := r.items[key]; item != nil && item.Index[index].PK != "" {
				entries = append(entries, store.Entry{At: item.Index[index], Item: key})
			}
		}
		return entries, nil
	}}
}
