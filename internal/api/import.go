package api

import (
	"context"
	"net/http"
	"time"

	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// ImportPath is the path of an import.
type ImportPath struct {
	Import ident.Import `path:"import" doc:"The import's id"`
}

type (
	importsInput struct {
		PageQuery
		Programme ident.Programme `query:"programme" doc:"Only those into this programme"`
		State     string          `query:"state" enum:"prepared,applying,applied,discarded" doc:"Only those in this state"`
	}
	importRowsInput struct {
		PageQuery
		ImportPath
	}
	importReasonInput struct {
		ImportPath
		Body reasonBody
	}
)

// applyTime is how long a request applies rows before it answers, so that
// whoever waits for it hears how far it is.
const applyTime = 20 * time.Second

const managers = "programmeManager of the programme"

func (a *API) imports() {
	a.importForms()
	t := a.options.Tracker
	list(a, operation{
		id: "listImports", path: "/imports", tag: tagDeployment, summary: "List imports", who: whoSees,
		does: "Imports that were prepared, the last first.",
	}, func(ctx context.Context, c tracker.Call, in *importsInput) (tracker.Page[tracker.ImportView], error) {
		return t.Imports(ctx, c, tracker.ImportsQuery{Programme: in.Programme, State: schema.ImportState(in.State)}, in.page())
	})
	show(a, operation{
		id: "getImport", path: "/imports/{import}", tag: tagDeployment, summary: "Get an import", who: whoSees,
		does: "How far an import is, by whom, which awards were left out, and what was done about the rest.",
	}, func(v tracker.ImportView) int64 { return v.Version }, func(ctx context.Context, c tracker.Call, in *ImportPath) (tracker.ImportView, error) {
		return t.Import(ctx, c, in.Import)
	})
	list(a, operation{
		id: "listImportRows", path: "/imports/{import}/rows", tag: tagDeployment, summary: "List an import's rows", who: whoSees,
		does: "One row per award, in the order of the files, with what became of it.",
	}, func(ctx context.Context, c tracker.Call, in *importRowsInput) (tracker.Page[ImportRow], error) {
		page, err := t.ImportRows(ctx, c, in.Import, in.page())
		return a.importRows(visitOf(ctx), page), err
	})
	act(a, operation{
		id: "applyImport", method: http.MethodPost, path: "/imports/{import}/apply", tag: tagDeployment,
		match: matchThing, key: keyRequired, result: result{kind: resultNothing}, summary: "Apply an import",
		does: "Makes the awards of a prepared import, each in one step that happens whole or not at all, and goes on where an earlier request stopped. " +
			"It may answer before all is done: the import's state says so, and the same request, or a new one, goes on. " +
			"Without history it makes drafts; with history active and closed awards, whose decisions and payments are marked as not made here.",
		who: "programmeManager of the programme: with history another person than prepared it, without history the same",
		codes: []string{"403 separation.preparerApplies", "403 import.appliedByPreparer",
			"409 programme.notOpen"},
	}, func(ctx context.Context, c tracker.Call, in *ImportPath) (tracker.Receipt, error) {
		ctx, cancel := context.WithTimeout(ctx, applyTime)
		defer cancel()
		return t.ApplyImport(ctx, c, in.Import)
	})
	act(a, operation{
		id: "discardImport", method: http.MethodPost, path: "/imports/{import}/discard", tag: tagDeployment,
		match: matchThing, result: changes("import"), summary: "Discard an import",
		does: "Ends a prepared import that was not applied.", who: managers,
		example: example("reason", "The amounts were those of last year."),
	}, func(ctx context.Context, c tracker.Call, in *importReasonInput) (tracker.Receipt, error) {
		return t.DiscardImport(ctx, c, in.Import, in.Body.reason())
	})
}
