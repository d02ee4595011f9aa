package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// importForms registers the two routes that take files. They read forms, not
// JSON, so they are no operations of huma; in the document they stand beside
// the others.
func (a *API) importForms() {
	gate := exchange.NewGate()
	codes := []string{"403 access.forbidden", "404 thing.notFound", "413 import.tooLarge", "415 request.formExpected", "422 reference.unknown", "422 reference.ambiguous",
		"503 import.busy"}
	plan := operation{
		id: "planImport", method: http.MethodPost, path: "/imports/plan", tag: tagDeployment, upload: true, summary: "Plan an import",
		does: "Reads CSV files or workbooks and says what importing them would do: each award that would be created, changed, left alone or refused, " +
			"and every problem with its place and what would be right. Stores nothing.",
		who: managers, codes: codes,
	}
	prepare := operation{
		id: "prepareImport", method: http.MethodPost, path: "/imports", tag: tagDeployment, upload: true, key: keyRequired,
		result: creates("/imports/"), summary: "Prepare an import",
		does: "Stores what planning the same form says. Awards with a problem are left out, and the import names them; " +
			"a file that cannot be read as a whole is refused.",
		who: managers, codes: append([]string{"422 import.fatal", "422 import.nothing", "422 import.rows"}, codes...),
	}
	a.formRoute(&plan, gate, reflect.TypeFor[ImportPlan](), func(ctx context.Context, x *visit, w http.ResponseWriter, f *importForm) error {
		f.Workbooks = a.options.Workbooks
		p, err := exchange.PlanImport(ctx, a.options.Tracker, x.call, f.Ask)
		if err != nil {
			return err
		}
		return answerJSON(w, http.StatusOK, a.describePlan(x, p))
	})
	a.formRoute(&prepare, gate, reflect.TypeFor[tracker.Receipt](), func(ctx context.Context, x *visit, w http.ResponseWriter, f *importForm) error {
		f.Workbooks = a.options.Workbooks
		p, err := exchange.PlanImport(ctx, a.options.Tracker, x.call, f.Ask)
		if err != nil {
			return err
		}
		if err := p.Storable(); err != nil {
			return err
		}
		receipt, err := a.options.Tracker.PrepareImport(ctx, x.call, p.Import)
		if err != nil {
			return err
		}
		tag, location := prepare.result.headers(x, receipt)
		w.Header().Set("ETag", tag)
		w.Header().Set("Location", location)
		return answerJSON(w, http.StatusCreated, receipt)
	})
}

type formHandler func(context.Context, *visit, http.ResponseWriter, *importForm) error

// formRoute registers a route of ServeMux that reads a form and is
// authenticated, fingerprinted and documented like an operation.
func (a *API) formRoute(o *operation, gate *exchange.Gate, answer reflect.Type, serve formHandler) {
	a.documented(func(document *huma.OpenAPI) {
		d := o.describe(document)
		d.RequestBody = formBody()
		ok := "200"
		if o.created() {
			ok = "201"
		}
		if d.Responses[ok] == nil {
			d.Responses[ok] = &huma.Response{Description: "The plan"}
		}
		schema := document.Components.Schemas.Schema(answer, true, "")
		d.Responses[ok].Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
		document.AddOperation(&d)
	})
	a.mux.HandleFunc(o.method+" "+Prefix+o.path, func(w http.ResponseWriter, r *http.Request) {
		x := visitOf(r.Context())
		x.operation, x.param = o, r.PathValue
		if err := a.serveForm(w, r, x, gate, serve); err != nil {
			a.writeProblem(w, r, err)
		}
	})
}

func (a *API) serveForm(w http.ResponseWriter, r *http.Request, x *visit, gate *exchange.Gate, serve formHandler) error {
	if err := a.authenticate(r); err != nil {
		return err
	}
	if err := knownQuery(r); err != nil {
		return err
	}
	if err := x.preconditions(r); err != nil { // before a long upload
		return err
	}
	parts, err := importParts(w, r)
	if err != nil {
		return err
	}
	if err := a.options.Tracker.MayImport(x.call); err != nil { // the same
		return err
	}
	if err := a.extend(w); err != nil {
		return err
	}
	f, err := readImportForm(parts)
	if err != nil {
		return err
	}
	if x.body, err = f.canonical(); err != nil {
		return fault.Wrap(err, "internal.error")
	}
	if err := x.preconditions(r); err != nil { // again, with what the form says
		return err
	}
	leave, err := gate.Enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	return serve(r.Context(), x, w, f)
}

func answerJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = writeJSON(w, v) // a caller who has gone needs no answer
	return nil
}

// formBody documents the form.
func formBody() *huma.RequestBody {
	text := func(doc string, examples ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: doc, Examples: examples}
	}
	list := func(of *huma.Schema) *huma.Schema { return &huma.Schema{Type: huma.TypeArray, Items: of} }
	form := &huma.Schema{Type: huma.TypeObject, Required: []string{"files", "payee"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"files":          list(&huma.Schema{Type: huma.TypeString, Format: "binary", Description: "CSV files or XLSX workbooks, at most 20 MB together"}),
		"programme":      text("The programme's id or code; may be absent where you manage only one", "POC-2026"),
		"payee":          text("The payee's id, code (SCHEME:CODE, or a CN-USCC) or name"),
		"funder":         text("Who pays: id, code or name. Default: your organisation; where you have none, the payee, and the plan says so"),
		"assets":         list(text("A code that is no ISO currency, with its decimals", "BTC=8")),
		"total":          {Type: huma.TypeString, Enum: []any{"milestones"}, Description: "Take the sum of the milestones where an award's total differs"},
		"until":          {Type: huma.TypeString, Format: "date", Description: "Disregard what was agreed, amended or happened later"},
		"acceptFormulas": list(text("The header of a column whose formulas' stored values are taken")),
	}}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}}}
}
