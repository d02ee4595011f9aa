package api

import (
	"context"

	"milepost/internal/tracker"
)

// PageQuery asks for a page of a list.
type PageQuery struct {
	Limit  int    `query:"limit" doc:"How many rows at most: 1 to 100, default 50" minimum:"1" maximum:"100"`
	Cursor string `query:"cursor" doc:"Next of the page before; it holds for the same caller and the same filters"`
}

func (q PageQuery) page() tracker.PageRequest {
	return tracker.PageRequest{Limit: q.Limit, Cursor: q.Cursor}
}

// itemsBody is a list that has no pages.
type itemsBody[T any] struct {
	Items []T `json:"items"`
}

// list registers a query of pages.
func list[I, T any](a *API, o operation, do func(context.Context, tracker.Call, *I) (tracker.Page[T], error)) {
	o.does += "\n\nA page may be short, even empty: only a missing next ends the list."
	o.codes = append(o.codes, "422 cursor.invalid", "422 list.tooManyScopes")
	view(a, o, func(ctx context.Context, c tracker.Call, in *I) (tracker.Page[T], int64, error) {
		page, err := do(ctx, c, in)
		return page, unversioned, err
	})
}

// show registers a query of one thing, whose version it answers as the ETag.
func show[I, T any](a *API, o operation, version func(T) int64, do func(context.Context, tracker.Call, *I) (T, error)) {
	view(a, o, func(ctx context.Context, c tracker.Call, in *I) (T, int64, error) {
		thing, err := do(ctx, c, in)
		return thing, version(thing), err
	})
}

const whoSees = "whoever has a role in its scope"
