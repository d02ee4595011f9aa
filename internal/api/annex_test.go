package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"milepost/internal/api"
	"milepost/internal/apidocs"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/i18n"
	"milepost/internal/tracker/trackertest"
)

// A host that leaves workbooks and the documentation page to an annex refuses
// the ones and has no other; the rest of imports is as ever.
func TestWithoutWhatTheAnnexHas(t *testing.T) {
	d, _ := importDesk(t, func(o *api.Options) { o.Workbooks, o.Docs = nil, nil })
	f := form{fields: d.smallForm().fields, files: [][2]string{{"formulas.xlsx", computedWorkbook(t)}}}
	plan := into[api.ImportPlan](t, d.must(f.ask(t, trackertest.Manager, "/imports/plan", "")))
	if len(plan.Problems) != 1 || plan.Problems[0].Code != "workbook.notRead" || plan.Problems[0].Severity != "error" || len(plan.Awards) > 0 {
		t.Errorf("plan of a workbook = %+v", plan)
	}
	if plan := into[api.ImportPlan](t, d.must(d.smallForm().ask(t, trackertest.Manager, "/imports/plan", ""))); len(plan.Awards) == 0 {
		t.Errorf("plan of CSV files = %+v", plan)
	}
	if got := d.do(ask{path: "//api/docs"}); got.status != http.StatusNotFound {
		t.Errorf("the documentation page = %d", got.status)
	}
}

func TestAnnex(t *testing.T) {
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	docs, err := apidocs.New()
	if err != nil {
		t.Fatal(err)
	}
	d := open(t)
	o := api.Options{Tracker: d.Tracker, Verifier: verifier{}, Catalogs: catalogs, Now: time.Now, Logger: slog.New(slog.NewJSONHandler(io.Discard, nil)),
		NewRequestID: func() string { return "req" }, Workbooks: xlsx.Read, Docs: docs}
	annex, err := api.NewAnnex(o)
	if err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string]string{
		"GET /api/docs": "Swagger UI", "GET /api/docs/swagger-ui.css": "swagger", "GET /api/docs/nothing.js": "request.pathNotFound",
		"POST /api/v1/imports": "auth.missing", "POST /api/v1/imports/plan": "auth.missing", "GET /api/v1/imports": "request.methodNotAllowed",
		"GET /api/v1/awards": "request.pathNotFound", "GET /api/openapi.json": "request.pathNotFound",
	} {
		if _, body := call(annex, operation); !strings.Contains(body, want) {
			t.Errorf("%s = %.300s, want %s", operation, body, want)
		}
	}
	for _, missing := range []func(*api.Options){
		func(o *api.Options) { o.Workbooks = nil }, func(o *api.Options) { o.Docs = nil }, func(o *api.Options) { o.Tracker = nil },
	} {
		less := o
		missing(&less)
		if _, err := api.NewAnnex(less); err == nil {
			t.Error("NewAnnex without an option succeeds")
		}
	}
}
