package tracker

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// PortfolioQuery asks for the figures of a programme, of a platform, or of a
// platform within a programme; of neither, for all that the caller may view.
type PortfolioQuery struct {
	Programme ident.Programme `json:"programme,omitempty"`
	Platform  ident.Platform  `json:"platform,omitempty"`
	// Parts asks for what each programme and platform adds as well.
	Parts bool `json:"parts,omitzero"`
}

// PortfolioView are the figures of a part of the portfolio.
type PortfolioView struct {
	Programme ident.Programme `json:"programme,omitempty"`
	Platform  ident.Platform  `json:"platform,omitempty"`

	AsOf civil.Date `json:"asOf"` // the business date for which days late are counted
	// TrueAt is an instant (RFC 3339, UTC): every command recorded before it
	// is in the figures, but for Missing awards whose figures wait for a
	// repair. Empty where relay has never run.
	TrueAt  string `json:"trueAt,omitempty"`
	Missing int    `json:"missing,omitzero"`
	rollup.Statement
	Parts []PortfolioPart `json:"parts,omitempty"` // where asked for: by programme, then by platform; their sum is the whole
}

// PortfolioPart is what one platform, or the awards without one, add in a
// programme.
type PortfolioPart struct {
	Programme Named           `json:"programme"`
	Platform  *Named          `json:"platform,omitempty"`
	Awards    int             `json:"awards"` // active ones
	Money     []rollup.Line   `json:"money"`
	Overdue   []rollup.Bucket `json:"overdue"`
	Owed      []rollup.Owed   `json:"owed"`
}

// maxScopes is how many scopes of a caller are added up.
const maxScopes = 128

// Portfolio answers the figures of a part of the portfolio, without counting
// the portfolio: what is read grows with the caller's scopes, and for parts with
// their platforms, but not with awards. What lies outside the caller's scopes is 404.
func (t *Tracker) Portfolio(ctx context.Context, c Call, q PortfolioQuery) (PortfolioView, error) {
	r := newReading(ctx, t, c)
	parts, err := r.portfolioParts(q)
	if err != nil {
		return PortfolioView{}, err
	}
	view := PortfolioView{Programme: q.Programme, Platform: q.Platform, AsOf: t.Today()}
	if err := r.followed(&view); err != nil {
		return PortfolioView{}, err
	}
	var whole rollup.Figures
	for _, p := range parts {
		if err := whole.Add(p.Figures); err != nil {
			return PortfolioView{}, err
		}
	}
	if view.Statement, err = whole.On(view.AsOf); err != nil {
		return PortfolioView{}, err
	}
	if !q.Parts {
		return view, nil
	}
	return view, r.shown(&view, parts)
}

// followed reads up to when the figures are true.
func (r *reading) followed(v *PortfolioView) error {
	key := schema.FollowedKey("rollup")
	if err := r.load(key); err != nil {
		return err
	}
	f, _, err := get[schema.Followed](r, key, schema.TypeFollowed)
	v.TrueAt, v.Missing = f.Through, f.Parked
	return err
}

// portfolioParts are the cells that lie where the caller may view attention
// and where is asked for, each once.
func (r *reading) portfolioParts(q PortfolioQuery) ([]schema.Rollup, error) {
	scopes := slices.DeleteFunc(r.t.authority.Scopes(r.call.Principal, access.ViewAttention), func(s portfolio.Scope) bool {
		return s.Kind == portfolio.InProgramme && q.Programme != "" && s.ID != string(q.Programme) ||
			s.Kind == portfolio.InPlatform && q.Platform != "" && s.ID != string(q.Platform)
	})
	if len(scopes) > maxScopes {
		return nil, fault.New(fault.Invalid, "list.tooManyScopes", "count", len(scopes), "max", maxScopes, "filter", "programme, platform")
	}
	if err := r.load(programmeSums(scopes, q)...); err != nil {
		return nil, err
	}
	found := map[schema.Cell]schema.Rollup{}
	seen := q.Programme == "" && q.Platform == ""
	for _, s := range scopes {
		var cells []schema.Rollup
		var ok bool
		var err error
		switch s.Kind {
		case portfolio.InProgramme:
			cells, ok, err = r.programmeCells(ident.Programme(s.ID), q)
		case portfolio.InPlatform:
			cells, ok, err = r.platformCells(ident.Platform(s.ID), q.Programme)
		case portfolio.InAward, portfolio.InDeployment:
		}
		if err != nil {
			return nil, err
		}
		seen = seen || ok
		for _, cell := range cells {
			found[cell.Cell] = cell
		}
	}
	maps.DeleteFunc(found, func(c schema.Cell, _ schema.Rollup) bool {
		return c.Place != "" && holds(found, schema.Cell{Programme: c.Programme})
	})
	if err := r.awardCells(q, scopes, found, &seen); err != nil {
		return nil, err
	}
	if !seen {
		return nil, errNotFound()
	}
	return sortedCells(found), nil
}

func holds(found map[schema.Cell]schema.Rollup, c schema.Cell) bool {
	_, ok := found[c]
	return ok
}

func sortedCells(found map[schema.Cell]schema.Rollup) []schema.Rollup {
	out := make([]schema.Rollup, 0, len(found))
	for _, cell := range found {
		out = append(out, cell)
	}
	slices.SortFunc(out, func(a, b schema.Rollup) int {
		return cmp.Or(strings.Compare(string(a.Programme), string(b.Programme)), strings.Compare(a.Place, b.Place))
	})
	return out
}

// shown gives the parts their names and says what each adds.
func (r *reading) shown(v *PortfolioView, cells []schema.Rollup) error {
	var keys []store.Key
	for _, c := range cells {
		keys = append(keys, schema.RootKey(string(c.Programme)))
		if c.Place != schema.NoPlatform {
			keys = append(keys, schema.RootKey(c.Place))
		}
	}
	if err := r.load(keys...); err != nil {
		return err
	}
	for _, c := range cells {
		s, err := c.Figures.On(v.AsOf)
		if err != nil {
			return err
		}
		part := PortfolioPart{Programme: *r.named(string(c.Programme)), Awards: c.Figures.Awards[award.Active], Money: s.Money, Overdue: s.Overdue, Owed: s.Owed}
		if c.Place != schema.NoPlatform {
			part.Platform = r.named(c.Place)
		}
		v.Parts = append(v.Parts, part)
	}
	return nil
}
