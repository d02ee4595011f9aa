package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type (
	awardsInput struct {
		PageQuery
		Programme    ident.Programme    `query:"programme"`
		Platform     ident.Platform     `query:"platform" doc:"A platform's id, or none for what is on no platform"`
		Project      ident.Project      `query:"project"`
		Organisation ident.Organisation `query:"organisation" doc:"Payee or funder"`
		Half         string             `query:"half" enum:"open,closed,all" doc:"Default: open"`
		State        string             `query:"state" enum:"draft,submitted,active,discarded,closed"`
		Instrument   string             `query:"instrument" enum:"grant,exPostSubsidy,grantToEquity,loan,convertibleDebt,guarantee,insurancePremium"`
		Responsible  ident.Person       `query:"responsible" doc:"Of either side"`
	}
	thingsInput struct {
		PageQuery
		Programme ident.Programme `query:"programme"`
		Platform  ident.Platform  `query:"platform" doc:"A platform's id, or none for what is on no platform"`
		Half      string          `query:"half" enum:"open,closed,all" doc:"Default: open; a state tells it"`
		State     string          `query:"state" doc:"Exact"`
		From      civil.Date      `query:"from" doc:"Of the date by which the list is sorted"`
		To        civil.Date      `query:"to" doc:"Included"`
	}
)

func (q thingsInput) query() tracker.ThingsQuery {
	return tracker.ThingsQuery{Programme: q.Programme, Platform: q.Platform, Half: q.Half, State: q.State, From: q.From, To: q.To}
}

// awardQueries registers the reads of awards and of what they consist of.
func (a *API) awardQueries() {
	t := a.options.Tracker
	list(a, operation{id: "listAwards", path: "/awards", tag: tagAwards, summary: "List awards", who: "everybody",
		does: "Awards that you may see, by number."},
		func(ctx context.Context, c tracker.Call, in *awardsInput) (tracker.Page[tracker.AwardRow], error) {
			return t.Awards(ctx, c, tracker.AwardsQuery{
				Programme: in.Programme, Platform: in.Platform, Project: in.Project, Organisation: in.Organisation, Half: in.Half,
				State: award.State(in.State), Instrument: award.Instrument(in.Instrument), Responsible: in.Responsible,
			}, in.page())
		})
	show(a, operation{id: "getAward", path: "/awards/{award}", tag: tagAwards, summary: "Get an award", who: whoSees,
		does: "An award with its milestones, tranches, extensions, payments, refunds and parties, each with its version and what you may do with it."},
		func(v tracker.AwardView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *AwardPath) (tracker.AwardView, error) {
			return t.Award(ctx, c, in.Award)
		})
	things(a, "Milestones", tagMilestones, "by due date", t.Milestones)
	things(a, "Tranches", tagTranches, "by the date that is owed or planned", t.Tranches)
	things(a, "Payments", tagMoney, "by the date of the instruction", t.Payments)
	things(a, "Refunds", tagMoney, "by the date of receipt", t.Refunds)
	part(a, "Milestone", "/milestones/{milestone}", tagMilestones, func(v tracker.MilestoneView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *MilestonePath) (tracker.MilestoneView, error) {
			return t.Milestone(ctx, c, in.ref())
		})
	part(a, "Evidence", "/milestones/{milestone}/evidence/{evidence}", tagEvidence, func(v tracker.EvidenceView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *EvidencePath) (tracker.EvidenceView, error) {
			return t.Evidence(ctx, c, in.ref())
		})
	part(a, "Extension", "/extensions/{extension}", tagExtensions, func(v tracker.ExtensionView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *ExtensionPath) (tracker.ExtensionView, error) {
			return t.Extension(ctx, c, in.ref())
		})
	part(a, "Tranche", "/tranches/{tranche}", tagTranches, func(v tracker.TrancheView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *TranchePath) (tracker.TrancheView, error) {
			return t.Tranche(ctx, c, in.ref())
		})
	part(a, "Payment", "/payments/{payment}", tagMoney, func(v tracker.PaymentView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *PaymentPath) (tracker.PaymentView, error) {
			return t.Payment(ctx, c, in.ref())
		})
	part(a, "Refund", "/refunds/{refund}", tagMoney, func(v tracker.RefundView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *RefundPath) (tracker.RefundView, error) {
			return t.Refund(ctx, c, in.ref())
		})
}

// things registers a list of the things of one kind across awards.
func things[V any](a *API, noun, tag, order string, do func(context.Context, tracker.Call, tracker.ThingsQuery, tracker.PageRequest) (tracker.Page[tracker.ThingRow[V]], error)) {
	lower := lowered(noun)
	list(a, operation{id: "list" + noun, path: "/" + lower, tag: tag, summary: "List " + lower, who: "everybody",
		does: title(lower) + " of the awards that you may see, " + order + "."},
		func(ctx context.Context, c tracker.Call, in *thingsInput) (tracker.Page[tracker.ThingRow[V]], error) {
			return do(ctx, c, in.query(), in.page())
		})
}

// part registers the read of one thing of an award.
func part[I, V any](a *API, noun, path, tag string, version func(V) int64, do func(context.Context, tracker.Call, *I) (V, error)) {
	show(a, operation{id: "get" + noun, path: "/awards/{award}" + path, tag: tag, summary: "Get " + article(lowered(noun)), who: whoSees,
		does: "One part of an award with its version and what you may do with it."}, version, do)
}

func lowered(noun string) string { return string(noun[0]|0x20) + noun[1:] }

func article(noun string) string {
	switch noun {
	case "evidence":
		return noun
	case "extension", "award", "organisation":
		return "an " + noun
	}
	return "a " + noun
}
