package api

import (
	"context"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type portfolioInput struct {
	Programme ident.Programme `query:"programme"`
	Platform  ident.Platform  `query:"platform" doc:"A platform's id, or none for what is on no platform"`
	Parts     bool            `query:"parts" doc:"What each programme and platform adds as well"`
}

type noticesInput struct {
	PageQuery
	Unread bool `query:"unread"`
}

type noticePath struct {
	Notice string `path:"notice" doc:"The notice's id" example:"ntc_3b1f6c0a9d8e4f72a1b2c3d4e5f60718"`
}

type anchorsInput struct {
	Programme ident.Programme `query:"programme" required:"true"`
	From      civil.Date      `query:"from" doc:"Default: 30 days before to"`
	To        civil.Date      `query:"to" doc:"Included; default: today"`
}

// followed registers what is made of the journal.
func (a *API) followed() {
	t := a.options.Tracker
	view(a, operation{id: "getPortfolio", path: "/portfolio", tag: tagAttention, summary: "The figures of the portfolio", who: "everybody",
		does: "The figures of a programme, of a platform, or of a platform within a programme; without either, of all that you see. " +
			"They follow the journal: trueAt says up to when, to within seconds.",
		codes: []string{"422 list.tooManyScopes"}},
		func(ctx context.Context, c tracker.Call, in *portfolioInput) (tracker.PortfolioView, int64, error) {
			v, err := t.Portfolio(ctx, c, tracker.PortfolioQuery{Programme: in.Programme, Platform: in.Platform, Parts: in.Parts})
			return v, unversioned, err
		})
	list(a, operation{id: "listNotices", path: "/notices", tag: tagAttention, summary: "List your notices", who: "everybody",
		does: "What you are told, the latest first: what is late, and what escalated to you."},
		func(ctx context.Context, c tracker.Call, in *noticesInput) (tracker.Page[tracker.NoticeRow], error) {
			return t.Notices(ctx, c, tracker.NoticesQuery{Unread: in.Unread}, in.page())
		})
	done(a, operation{id: "readNotice", method: "POST", path: "/notices/{notice}/read", tag: tagAttention, result: result{kind: resultNothing},
		summary: "Mark a notice as read", who: "whose notice it is", does: "Notes that you have read it. Doing it again changes nothing."},
		func(ctx context.Context, c tracker.Call, in *noticePath) error {
			return t.MarkNoticeRead(ctx, c, in.Notice)
		})
	view(a, operation{id: "listAnchors", path: "/anchors", tag: tagAttention, summary: "List the sealed days of a programme's journal",
		who: "auditor, head, finance and programmeManager of the programme",
		does: "Each day with its hash, chained to the day before, and where every journal stood at its end. " +
			"Keep them outside: milepost verify --anchor holds the store against them later."},
		func(ctx context.Context, c tracker.Call, in *anchorsInput) (itemsBody[tracker.AnchorDay], int64, error) {
			days, err := t.Anchors(ctx, c, tracker.AnchorsQuery{Programme: in.Programme, From: in.From, To: in.To})
			return itemsBody[tracker.AnchorDay]{days}, unversioned, err
		})
}

// done registers something that is done and answers 204.
func done[I any](a *API, o operation, do func(context.Context, tracker.Call, *I) error) {
	operate(a, &o, func(ctx context.Context, in *I) (*struct{}, error) {
		x := visitOf(ctx)
		if err := do(ctx, x.call, in); err != nil {
			return nil, a.problem(x, err)
		}
		return &struct{}{}, nil
	})
}
