package api

import (
	"context"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

type attentionInput struct {
	PageQuery
	Programme ident.Programme `query:"programme"`
	Platform  ident.Platform  `query:"platform" doc:"A platform's id, or none for what is on no platform"`
	Mine      bool            `query:"mine" doc:"What waits for you: your roles in your scopes, less what names another responsible person"`
	Role      string          `query:"role" enum:"platformOperator,projectLead,programmeManager,finance" doc:"Who owes it"`
	Status    string          `query:"status" enum:"overdue,dueSoon,open,paused,done" doc:"Default: open"`
	Within    int             `query:"within" minimum:"1" maximum:"3660" doc:"Days of dueSoon, default 30"`
	Kind      attention.Kind  `query:"kind"`
	Level     attention.Level `query:"level" doc:"The highest level that was told"`
	Thing     string          `query:"thing" enum:"milestone,tranche,extension"`
	Person    ident.Person    `query:"person" doc:"The responsible one"`
	Sector    string          `query:"sector"`
	Baselined bool            `query:"baselined" doc:"What was overdue when attention began"`
}

// JournalQuery asks for entries of a journal.
type JournalQuery struct {
	PageQuery
	OldestFirst bool   `query:"oldestFirst"`
	Kind        string `query:"kind" doc:"Events of a kind (milestone.submitted) or of a thing's (milestone)"`
	Thing       string `query:"thing" doc:"Events of one thing, by its id"`

	From civil.Date `query:"from" doc:"Business date"`
	To   civil.Date `query:"to" doc:"Business date, included"`
}

func (q JournalQuery) query() tracker.JournalQuery {
	return tracker.JournalQuery{OldestFirst: q.OldestFirst, Kind: q.Kind, Thing: q.Thing, From: q.From, To: q.To}
}

// attentionAndHistory registers what is due and what happened.
func (a *API) attentionAndHistory() {
	t := a.options.Tracker
	list(a, operation{id: "listAttention", path: "/attention", tag: tagAttention, summary: "What is due, overdue or waiting", who: "everybody",
		does:  "What is owed on milestones, tranches and extensions, in the order of effective due dates, as of today's business date.",
		codes: []string{"422 attention.doneWaitsForNobody"}},
		func(ctx context.Context, c tracker.Call, in *attentionInput) (tracker.Page[tracker.AttentionRow], error) {
			return t.Attention(ctx, c, tracker.AttentionQuery{
				Programme: in.Programme, Platform: in.Platform, Mine: in.Mine, Role: portfolio.Role(in.Role), Status: tracker.Status(in.Status),
				Within: in.Within, Kind: in.Kind, Level: in.Level, Thing: in.Thing, Person: in.Person, Sector: in.Sector,
				Baselined: in.Baselined,
			}, in.page())
		})
	type proposalsInput struct {
		PageQuery
		Programme ident.Programme `query:"programme"`
		Own       bool            `query:"own" doc:"Those that you made and another person is to put in force"`
	}
	list(a, operation{id: "listProposals", path: "/proposals", tag: tagAttention, summary: "What waits to be put in force", who: "whoever may put it in force, or proposed it",
		does: "Awards submitted for activation, proposed changes of programmes and their ladders, and prepared imports, the longest waiting first: what others proposed and you may put in force, and your own imports without history, which you apply yourself."},
		func(ctx context.Context, c tracker.Call, in *proposalsInput) (tracker.Page[tracker.Proposal], error) {
			return t.Proposals(ctx, c, tracker.ProposalsQuery{Programme: in.Programme, Own: in.Own}, in.page())
		})
	acknowledge(a, "milestones", "milestone", func(p *MilestonePath) (ident.Award, string) { return p.Award, string(p.Milestone) })
	acknowledge(a, "tranches", "tranche", func(p *TranchePath) (ident.Award, string) { return p.Award, string(p.Tranche) })
	acknowledge(a, "extensions", "extension", func(p *ExtensionPath) (ident.Award, string) { return p.Award, string(p.Extension) })
	a.journals()
	type ledgerInput struct {
		AwardPath
		PageQuery
	}
	view(a, operation{id: "getLedger", path: "/awards/{award}/ledger", tag: tagMoney, summary: "Get an award's ledger", who: whoSees,
		does: "The award's entries in their order, with its balances and totals. Entries are appended and corrected by reversal.", codes: []string{"422 cursor.invalid"}},
		func(ctx context.Context, c tracker.Call, in *ledgerInput) (tracker.LedgerView, int64, error) {
			v, err := t.Ledger(ctx, c, in.Award, in.page())
			return v, unversioned, err
		})
}

func acknowledge[P any](a *API, nouns, noun string, which func(*P) (ident.Award, string)) {
	act(a, operation{
		id: "acknowledge" + title(noun), method: "POST", path: "/awards/{award}/" + nouns + "/{" + noun + "}/acknowledge", tag: tagAttention,
		match: matchThing, result: changes(noun), summary: "Acknowledge (" + noun + ")",
		does:  "Notes that you have seen what is owed. It stops nothing.",
		who:   "whoever owes it, and others of that side",
		codes: []string{"403 attention.otherSide", "409 award.notActive", "409 attention.nothingToAcknowledge"},
	}, func(ctx context.Context, c tracker.Call, in *P) (tracker.Receipt, error) {
		id, thing := which(in)
		return a.options.Tracker.Acknowledge(ctx, c, id, thing)
	})
}
