package api_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/api"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The story of an import: planned, prepared by one manager, applied by
// another, read by an auditor.
func TestImportStory(t *testing.T) {
	d, programme := importDesk(t)
	f := d.smallForm()
	plan := into[api.ImportPlan](t, d.must(f.ask(t, trackertest.Manager, "/imports/plan", "")))
	var got []string
	for _, a := range plan.Awards {
		got = append(got, fmt.Sprint(a.Ref, " ", a.Action, " ", a.File, ":", a.Row, " ", a.What))
	}
	want := []string{
		"A-1 create awards.csv:2 A new award from its history: Active, CNY 300.00, of which CNY 100.00 is paid; milestones: 2, decided: 1; makes the project A-1.",
		"A-3 create awards.csv:4 A new award from its history: Active, CNY 50.00, of which CNY 0.00 is paid; milestones: 1, decided: 0; makes the project A-3.",
		"A-2 refuse awards.csv:3 " + plan.Problems[0].Detail,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(api.ImportCounts{Create: 2, Refuse: 1, Milestones: 3, Delivered: 1, Accepted: 1}, plan.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	p := plan.Problems[0]
	if p.File != "awards.csv" || p.Row != 3 || p.Column != "currency" || p.Code != "currency.unknown" || p.Severity != "error" || p.Award != "A-2" || len(plan.Problems) != 1 {
		t.Errorf("problems = %+v", plan.Problems)
	}
	if plan.Programme != programme || plan.Payee != d.OtherPayee || plan.Funder != d.City || !plan.History || plan.Files[0].Encoding != "UTF-8" {
		t.Errorf("plan = %+v", plan)
	}
	if page := into[tracker.Page[tracker.ImportView]](t, d.must(ask{as: trackertest.Manager, path: "/imports"})); len(page.Items) != 0 {
		t.Errorf("planning stored %+v", page.Items)
	}

	first := d.must(f.ask(t, trackertest.Manager, "/imports", "prepare-1"))
	again := d.must(f.ask(t, trackertest.Manager, "/imports", "prepare-1"))
	if first.status != http.StatusCreated || string(first.body) != string(again.body) || first.id() == "" || first.id() != again.id() {
		t.Errorf("prepared: %d %s, repeated: %d %s", first.status, first.body, again.status, again.body)
	}
	other := f.field("until", "2025-12-31")
	if r := d.do(other.ask(t, trackertest.Manager, "/imports", "prepare-1")); r.status != 422 || into[api.Problem](t, r).Code != "idempotency.reused" {
		t.Errorf("the key with another form: %d %s", r.status, r.body)
	}
	path := "/imports/" + first.id()
	d.applyStory(t, path)
}

// applyStory goes on with a prepared import.
func (d *desk) applyStory(t *testing.T, path string) {
	t.Helper()
	read := d.must(ask{as: trackertest.Manager, path: path})
	view := into[tracker.ImportView](t, read)
	if view.State != schema.ImportPrepared || view.Rows != 2 || !cmp.Equal(view.LeftOut, []string{"A-2"}) || view.PreparedBy.Names.EN != trackertest.Manager {
		t.Errorf("prepared = %+v", view)
	}
	apply := ask{as: trackertest.Manager, method: http.MethodPost, path: path + "/apply", match: read.etag(t), key: "apply-001"}
	if r := d.do(apply); r.status != 403 || into[api.Problem](t, r).Code != "separation.preparerApplies" {
		t.Errorf("applied by its preparer: %d %s", r.status, r.body)
	}
	apply.as = trackertest.Manager2
	first, again := d.must(apply), d.must(apply)
	if string(first.body) != string(again.body) {
		t.Errorf("applied: %s, repeated: %s", first.body, again.body)
	}
	read = d.must(ask{as: trackertest.Manager2, path: path})
	view = into[tracker.ImportView](t, read)
	if view.State != schema.ImportApplied || view.Done[schema.ImportCreate] != 2 || view.AppliedBy.Names.EN != trackertest.Manager2 || len(view.Legal) != 0 {
		t.Errorf("applied = %+v", view)
	}
	rows := into[tracker.Page[api.ImportRow]](t, d.must(ask{as: trackertest.Manager, path: path + "/rows?limit=1"}))
	if len(rows.Items) != 1 || rows.Next == "" || rows.Items[0].Number != "A-1" || rows.Items[0].Result.Action != schema.ImportCreate {
		t.Errorf("rows = %+v", rows)
	}
	rows = into[tracker.Page[api.ImportRow]](t, d.must(ask{as: trackertest.Manager, path: path + "/rows?limit=1&cursor=" + rows.Next}))
	if len(rows.Items) != 1 || rows.Next != "" || rows.Items[0].Number != "A-3" {
		t.Errorf("second page = %+v", rows)
	}
	if r := d.do(ask{as: trackertest.Manager2, method: http.MethodPost, path: path + "/apply", match: read.etag(t), key: "apply-002"}); r.status != 409 {
		t.Errorf("applied again: %d %s", r.status, r.body)
	}
	discard := ask{as: trackertest.Manager, path: path + "/discard", match: read.etag(t), body: map[string]string{"reason": "no"}}
	if r := d.do(discard); r.status != 409 || !cmp.Equal(into[api.Problem](t, r).Legal, []string(nil)) {
		t.Errorf("discarded after it was applied: %d %s", r.status, r.body)
	}
	page := into[tracker.Page[tracker.ImportView]](t, d.must(ask{as: trackertest.Manager, path: "/imports?state=applied"}))
	if len(page.Items) != 1 || page.Items[0].ID != view.ID {
		t.Errorf("imports = %+v", page.Items)
	}
}

// What brings nothing usable is refused with a code that says why.
func TestImportFormsRefused(t *testing.T) {
	d, _ := importDesk(t)
	good := d.smallForm()
	noFiles, noPayee, twins, badName := good, good, good, good
	badName.files = [][2]string{{"a\xff.csv", "x"}}
	noFiles.files = nil
	noPayee.fields = good.fields[:1]
	twins.files = append(twins.files[:1:1], twins.files[0])
	large := form{fields: good.fields, files: [][2]string{{"large.csv", string(make([]byte, 20<<20+1))}}}
	for _, c := range []struct {
		name   string
		ask    ask
		status int
		code   string
	}{
		{"JSON", ask{as: trackertest.Manager, path: "/imports/plan", body: "{}"}, 415, "request.formExpected"},
		{"nothing", ask{as: trackertest.Manager, method: "POST", path: "/imports/plan"}, 415, "request.formExpected"},
		{"cut short", ask{as: trackertest.Manager, path: "/imports/plan", body: "--x\r\n", header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, 400, "request.incomplete"},
		{"no files", noFiles.ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/files field.required"},
		{"no payee", noPayee.ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/payee field.required"},
		{"two files of one name", twins.ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/files import.fileTwice"},
		{"an unknown field", good.field("colour", "red").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/colour request.unknownField"},
		{"a field twice", good.field("payee", "City").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/payee request.duplicateName"},
		{"a field that is no text", good.field("total", "\xff").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/total field.badFormat"},
		{"a name that is no text", good.field("\xff", "x").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/\uFFFD request.unknownField"},
		{"a file's name that is no text", badName.ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/files import.fileName"},
		{"a malformed asset", good.field("assets", "BTC").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/assets asset.malformed"},
		{"a date that does not exist", good.field("until", "2025-02-30").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/until date.invalid"},
		{"an unknown total", good.field("total", "awards").ask(t, trackertest.Manager, "/imports/plan", ""), 422, "/total field.badValue"},
		{"too large", large.ask(t, trackertest.Manager, "/imports/plan", ""), 413, "import.tooLarge"},
		{"an unknown query parameter", good.ask(t, trackertest.Manager, "/imports/plan?x=1", ""), 422, "/x request.unknownParameter"},
		{"no key", good.ask(t, trackertest.Manager, "/imports", ""), 428, "idempotency.required"},
		{"nobody", good.ask(t, "", "/imports/plan", ""), 401, "auth.missing"},
		{"a stranger", good.ask(t, trackertest.Stranger, "/imports/plan", ""), 403, "access.forbidden"},
		{"an operator", good.ask(t, trackertest.Operator, "/imports/plan", ""), 403, "access.forbidden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := d.do(c.ask)
			p := into[api.Problem](t, r)
			got := p.Code
			if len(p.Errors) > 0 {
				got = p.Errors[0].Pointer + " " + p.Errors[0].Code
			}
			if r.status != c.status || got != c.code {
				t.Errorf("%d %s, want %d %s: %s", r.status, got, c.status, c.code, r.body)
			}
		})
	}
}

// Whoever sends files slowly keeps nobody else from importing, and whoever may
// import nowhere is told so before they have sent any.
func TestSlowFormsKeepNobodyWaiting(t *testing.T) {
	d, _ := importDesk(t)
	begin := func(as string) (status chan int, end func()) {
		body, rest := io.Pipe()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.server.URL+"/api/v1/imports/plan", body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = 1 << 20
		r.Header.Set("Authorization", "Bearer h."+as+".s")
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		status = make(chan int, 1)
		go func() {
			defer close(status)
			if got, err := http.DefaultClient.Do(r); err == nil {
				_ = got.Body.Close()
				status <- got.StatusCode
			}
		}()
		if _, err := io.WriteString(rest, "--x\r\nContent-Disposition: form-data; name=\"programme\"\r\n\r\nI"); err != nil {
			t.Fatal(err)
		}
		return status, func() { _ = rest.Close() }
	}
	for range 4 {
		_, end := begin(trackertest.Manager)
		defer end()
	}
	status, end := begin(trackertest.Operator)
	defer end()
	if got := <-status; got != http.StatusForbidden {
		t.Errorf("an operator gets %d", got)
	}
	if r := d.do(d.smallForm().ask(t, trackertest.Manager, "/imports/plan", "")); r.status != http.StatusOK {
		t.Errorf("beside slow ones: %d %s", r.status, r.body)
	}
}

// Files that cannot be read safely are problems of the plan, and nothing of
// them is stored.
func TestImportFilesRefused(t *testing.T) {
	d, _ := importDesk(t)
	const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	types := []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`)
	for _, c := range []struct{ name, content, code string }{
		{"encrypted.xlsx", compound + wide("EncryptedPackage"), "workbook.encrypted"},
		{"old.xls", compound + wide("Workbook"), "workbook.legacy"},
		{"macros.xlsm", zipped(t, map[string][]byte{"[Content_Types].xml": types, "xl/vbaProject.bin": []byte("x")}), "workbook.macros"},
		{"bomb.xlsx", zipped(t, map[string][]byte{"[Content_Types].xml": types, "xl/workbook.xml": make([]byte, 80<<20)}), "workbook.tooLarge"},
		{"damaged.xlsx", "PK\x03\x04 and no more", "workbook.damaged"},
		{"formulas.xlsx", computedWorkbook(t), "cell.formula"},
		{"empty.csv", "", "file.empty"},
		{"letter.csv", "Dear colleague,\n", "table.unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := form{fields: d.smallForm().fields, files: [][2]string{{c.name, c.content}}}
			plan := into[api.ImportPlan](t, d.must(f.ask(t, trackertest.Manager, "/imports/plan", "")))
			if len(plan.Problems) == 0 || plan.Problems[0].Code != c.code || plan.Problems[0].Severity != "error" || len(plan.Awards) > 0 && plan.Awards[0].Action == "create" {
				t.Errorf("plan = %+v, want the problem %s", plan, c.code)
			}
			r := d.do(f.ask(t, trackertest.Manager, "/imports", "prepare-"+c.name))
			if p := into[api.Problem](t, r); r.status != 422 || p.Code != "import.fatal" && p.Code != "import.nothing" {
				t.Errorf("prepared: %d %s", r.status, r.body)
			}
		})
	}
}
