package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"milepost/internal/console"
	"milepost/internal/exchange"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// importFiles bring three awards with history, of which one is in a currency
// that is none.
func importFiles() []chosen {
	csv := func(name, content string) chosen { return chosen{name, "text/csv", content} }
	return []chosen{
		csv("awards.csv", "award_ref,title,currency,amount,start_on,remark\nA-1,Laser,CNY,300.00,2025-01-01,x\nA-2,Mirror,BTC,1.5,2025-02-01,x\nA-3,Lens,CNY,50.00,2025-03-01,x\n"),
		csv("milestones.csv", "award_ref,milestone_no,title,due_on,amount\nA-1,1,Design,2025-06-01,100.00\nA-1,2,Build,2026-06-01,200.00\nA-2,1,All,2025-09-01,1.5\nA-3,1,Grind,2026-09-01,50.00\n"),
		csv("events.csv", "award_ref,milestone_no,event,on_date\nA-1,1,delivered,2025-05-20\nA-1,1,accepted,2025-05-28\n"),
		csv("award_events.csv", "award_ref,event,on_date\nA-1,agreed,2025-01-01\nA-2,agreed,2025-02-01\nA-3,agreed,2025-03-01\n"),
	}
}

// importHouse is a house with a programme that goes live today, and the fields
// of a form to import into it.
func importHouse(t *testing.T) (*house, url.Values) {
	t.Helper()
	h := newHouse(t)
	p := h.NewProgramme("IMP", func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }, trackertest.Manager, trackertest.Manager2)
	form := h.sees(trackertest.Manager, "/imports/new")
	return h, h.fill(form, "/imports/new", "programme", string(p), "payee", string(h.OtherPayee), "funder", string(h.City), "form_step", "check")
}

func (h *house) importsNow() []tracker.ImportView {
	h.t.Helper()
	page, err := h.Tracker.Imports(h.Ctx, h.Call(trackertest.Manager), tracker.ImportsQuery{}, tracker.PageRequest{})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Items
}

// Files are planned without anything being stored, prepared by one manager and
// applied by another.
func TestImportOfHistory(t *testing.T) {
	h, fields := importHouse(t)
	plan := h.postFiles(trackertest.Manager, "/imports/new", fields, importFiles()...)
	for _, want := range []string{"awards.csv", "Encoding UTF-8", "agreement number", "remarknot read", "row 3", "A new award from its history: Active, CNY 300.00, of which CNY 100.00 is paid", "delivered 1 · accepted 1", "1 award has a problem"} {
		if !strings.Contains(strings.Join(strings.Fields(plan.text()), " "), want) {
			t.Errorf("the plan lacks %q: %s", want, plan.text())
		}
	}
	if plan.Code != http.StatusOK || len(h.importsNow()) != 0 {
		t.Fatalf("the plan = %d, stored %d", plan.Code, len(h.importsNow()))
	}
	carried := h.fill(plan, "/imports/new")
	file := h.postFiles(trackertest.Manager, "/imports/new", with(carried, "form_step", "problems")).Body.String()
	if !strings.Contains(file, "awards.csv") || !strings.Contains(file, "currency.unknown") || !strings.Contains(file, ",3,currency,A-2,") {
		t.Errorf("the problems' file is %q", file)
	}
	done := h.postFiles(trackertest.Manager, "/imports/new", carried)
	again := h.postFiles(trackertest.Manager, "/imports/new", carried)
	page := done.Header().Get("Location")
	if done.Code != http.StatusSeeOther || again.Header().Get("Location") != page || len(h.importsNow()) != 1 {
		t.Fatalf("prepared = %d %s, again %s: %s", done.Code, page, again.Header().Get("Location"), done.text())
	}
	for persona, may := range map[string]bool{trackertest.Manager: false, trackertest.Manager2: true, trackertest.Operator: false} {
		got := h.get(persona, page)
		if persona == trackertest.Operator {
			if got.Code != http.StatusNotFound {
				t.Errorf("an operator sees an import: %d", got.Code)
			}
			continue
		}
		if got := h.sees(persona, page); got.page.Find(`a[href="`+page+`/apply"]`).Length() == 1 != may {
			t.Errorf("%s may apply: %s", persona, got.text())
		}
	}
	if got := h.sees(trackertest.Manager, page+"/apply"); !strings.Contains(got.text(), "another programme manager applies it") || got.page.Find("main form").Length() != 0 {
		t.Errorf("its preparer sees %s", got.text())
	}
	after := h.does(trackertest.Manager2, page+"/apply", page+"/apply")
	if !strings.Contains(after.text(), "Import finished") {
		t.Errorf("afterwards it says %s", after.page.Find(".banner").Text())
	}
	view := h.importsNow()[0]
	if view.State != schema.ImportApplied || view.Done[schema.ImportCreate] != 2 || after.page.Find(`main td a[href^="/awards/"]`).Length() != 2 {
		t.Errorf("applied it is %+v: %s", view, after.text())
	}
	if got := h.sees(trackertest.Manager2, page+"/apply"); got.page.Find("main form").Length() != 0 {
		t.Errorf("applied twice: %s", got.text())
	}
	list := h.sees(trackertest.Manager, "/imports?state=applied")
	if list.page.Find("main tbody tr").Length() != 1 || h.sees(trackertest.Manager, "/imports?state=prepared").page.Find("main tbody tr").Length() != 0 {
		t.Errorf("the list says %s", list.text())
	}
	for path, want := range map[string]string{"/imports?format=csv": "awards.csv", page + "?format=csv": "A-3,Lens,50.00,CNY"} {
		if got := h.get(trackertest.Manager, path).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s is %q", path, got)
		}
	}
}

func with(fields url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for name, values := range fields {
		out[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// Drafts are applied by who prepared them; what was prepared may be discarded.
func TestImportOfDrafts(t *testing.T) {
	h, fields := importHouse(t)
	plan := h.postFiles(trackertest.Manager, "/imports/new", fields, importFiles()[:2]...)
	says(t, plan, "A new draft over CNY 300.00; milestones: 2; makes the project A-1.", "one acceptance criterion: its title", "No platform is set")
	page := h.postFiles(trackertest.Manager, "/imports/new", h.fill(plan, "/imports/new")).Header().Get("Location")
	if got := h.sees(trackertest.Manager2, page).page.Find(".crumbs li").Last().Text(); got != "awards.csv, milestones.csv" {
		t.Errorf("the trail ends in %q", got)
	}
	if got := h.sees(trackertest.Manager2, page); !strings.Contains(got.text(), "whoever prepared it applies it") {
		t.Errorf("another manager sees %s", got.text())
	}
	form := h.sees(trackertest.Manager2, page+"/discard")
	if got := h.post(trackertest.Manager2, page+"/discard", h.fill(form, page+"/discard")); got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#f-reason"]`).Length() != 1 {
		t.Errorf("discarded for nothing = %d %s", got.Code, got.text())
	}
	h.does(trackertest.Manager2, page+"/discard", page+"/discard", "reason", "last year's <b>amounts</b>")
	if got := h.sees(trackertest.Manager, page); h.importsNow()[0].State != schema.ImportDiscarded || !strings.Contains(got.text(), "last year's <b>amounts</b>") {
		t.Errorf("discarded: %s", got.text())
	}
}

// What cannot be imported is said beside its field, and what was typed stays.
func TestImportFormRefused(t *testing.T) {
	h, fields := importHouse(t)
	for name, test := range map[string]struct {
		fields url.Values
		files  []chosen
		want   string
	}{
		"no files":        {fields, nil, "#f-files"},
		"no payee":        {with(fields, "payee", ""), importFiles(), "#f-payee"},
		"no such date":    {with(fields, "until", "2025-02-30"), importFiles(), "#f-until"},
		"twice one name":  {fields, append(importFiles(), importFiles()[0]), "#f-files"},
		"a wrong asset":   {with(fields, "assets", "BTC"), importFiles(), "#f-assets"},
		"too large":       {fields, []chosen{{"large.csv", "text/csv", strings.Repeat("x", 20<<20+1)}}, "#f-files"},
		"no such company": {with(fields, "payee", "nobody"), importFiles(), "#f-payee"},
	} {
		got := h.postFiles(trackertest.Manager, "/imports/new", test.fields, test.files...)
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="`+test.want+`"]`).Length() != 1 {
			t.Errorf("%s = %d %s", name, got.Code, got.page.Find("#errors").Text())
			continue
		}
		if got := h.fill(got, "/imports/new").Get("programme"); got != fields.Get("programme") {
			t.Errorf("%s: the programme became %q", name, got)
		}
	}
	for name, file := range map[string]chosen{
		"a letter": {"letter.csv", "text/csv", "Dear colleague,\n"}, "nothing": {"empty.csv", "text/csv", ""},
		"damaged": {"a.xlsx", "application/zip", "PK\x03\x04 and no more"}, "hostile": {"<b>\u202e.csv", "text/csv", strings.Repeat("<script>", 1250) + "\n"},
	} {
		got := h.postFiles(trackertest.Manager, "/imports/new", fields, file)
		if got.Code != http.StatusOK || got.page.Find("#problems").Length() != 1 || strings.Contains(got.text(), "Prepare the import") {
			t.Errorf("%s = %d %s", name, got.Code, got.text())
			continue
		}
		if got := h.postFiles(trackertest.Manager, "/imports/new", h.fill(got, "/imports/new")); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s was prepared: %d", name, got.Code)
		}
	}
	for _, persona := range []string{trackertest.Finance, trackertest.Auditor, trackertest.Lead} {
		got := h.sees(persona, "/imports/new")
		if got.page.Find("main form").Length() != 0 || !strings.Contains(got.text(), "for the programme managers") {
			t.Errorf("%s sees %s", persona, got.text())
		}
		if got := h.postFiles(persona, "/imports/new", fields, importFiles()...); got.Code != http.StatusForbidden {
			t.Errorf("%s plans: %d", persona, got.Code)
		}
	}
	if n := len(h.importsNow()); n != 0 {
		t.Errorf("%d imports are stored", n)
	}
}

// Files that are too large to be carried are chosen again, and must be the same.
func TestLargeImportIsChosenAgain(t *testing.T) {
	h, fields := importHouse(t)
	files := importFiles()[:2]
	var noise strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&noise, "%x", uint64(i+1)*0x9e3779b97f4a7c15)
	}
	files[0].content = strings.ReplaceAll(files[0].content, ",x\n", ","+noise.String()[:15000]+"\n") + strings.Repeat("\n", 2)
	files = append(files, chosen{"noise.csv", "text/csv", "award_ref,title,currency,amount,start_on,remark\n"})
	rest := noise.String()
	for i := 0; len(rest) > 10000; i++ {
		files[2].content += fmt.Sprintf("N-%d,Title,CNY,1.00,2025-01-01,%s\n", i, rest[:10000])
		rest = rest[10000:]
	}
	plan := h.postFiles(trackertest.Manager, "/imports/new", fields, files...)
	send := h.fill(plan, "/imports/new")
	if plan.page.Find(`main input[type=file]`).Length() != 1 || send.Get("archive") != "" || len(send.Get("fingerprint")) != 64 {
		t.Fatalf("the plan carries %d: %s", len(send.Get("archive")), plan.text())
	}
	if got := h.postFiles(trackertest.Manager, "/imports/new", send, importFiles()...); got.Code != http.StatusConflict || !strings.Contains(got.text(), "other files than those of the plan") {
		t.Errorf("other files = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	if got := h.postFiles(trackertest.Manager, "/imports/new", send, files...); got.Code != http.StatusSeeOther {
		t.Errorf("the same files = %d %s", got.Code, got.text())
	}
}

// Where workbooks are opened elsewhere, the page takes and names CSV alone; where
// one request cannot hold much, it says how much.
func TestImportPageSaysWhatItTakes(t *testing.T) {
	office := trackertest.New(t, nil)
	h := houseOf(t, office, func(o *console.Options) { o.Workbooks, o.MaxBody = nil, 4<<20 })
	form := h.get(trackertest.Manager, "/imports/new")
	if hint, accept := form.page.Find("#h-files").Text(), form.page.Find("#f-files").AttrOr("accept", ""); accept != ".csv,text/csv" ||
		!strings.Contains(hint, "at most 4 MB together") || !strings.Contains(hint, "workbooks cannot be read here") {
		t.Errorf("the page takes %q and says %q", accept, hint)
	}
	fields := h.fill(form, "/imports/new", "programme", string(office.Programme), "payee", string(office.OtherPayee), "funder", string(office.City), "form_step", "check")
	got := h.postFiles(trackertest.Manager, "/imports/new", fields, chosen{"portfolio.xlsx", "application/zip", "PK\x03\x04 a workbook"})
	if !strings.Contains(got.text(), "Workbooks cannot be read here. Save the sheet as CSV and send that.") {
		t.Errorf("a workbook = %d %s", got.Code, got.text())
	}
	got = h.postFiles(trackertest.Manager, "/imports/new", fields, chosen{"awards.csv", "text/csv", strings.Repeat("x", 4<<20+1)})
	if got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.page.Find("#e-files").Text(), "4 MB") {
		t.Errorf("more than it takes = %d %s", got.Code, got.text())
	}
	whole := newHouse(t).get(trackertest.Manager, "/imports/new")
	if hint := whole.page.Find("#h-files").Text(); !strings.Contains(hint, "XLSX") || whole.page.Find(".uploads").Length() != 0 {
		t.Errorf("where workbooks are opened it says %q", hint)
	}
}

// Templates have headers that the importer recognises whole, as what they
// mean, in both languages; the page offers each in both.
func TestImportTemplates(t *testing.T) {
	h := newHouse(t)
	page := h.sees(trackertest.Manager, "/imports/new")
	links := page.page.Find("a[download]")
	if want := 2 * len(exchange.Templates()); links.Length() != want {
		t.Fatalf("the page offers %d templates, want %d", links.Length(), want)
	}
	for i := range links.Length() {
		href, _ := links.Eq(i).Attr("href")
		table := exchange.Templates()[i/2]
		body := h.get(trackertest.Manager, href).Body.Bytes()
		if !strings.HasPrefix(string(body), "\ufeff") {
			t.Errorf("%s has no byte order mark", href)
		}
		p, _ := exchange.Read([]exchange.File{{Name: "template.csv", Data: body}}, exchange.Options{})
		if len(p.Files) != 1 || len(p.Files[0].Tables) != 1 {
			t.Errorf("%s is not recognised: %q", href, body)
			continue
		}
		got := p.Files[0].Tables[0]
		if got.Kind != table.Table || len(got.Columns) != len(table.Columns) || len(got.Others) > 0 {
			t.Fatalf("%s is taken for %s with %v, not read %v", href, got.Kind, got.Columns, got.Others)
		}
		for n, c := range table.Columns {
			if got.Columns[n].Means != c.Means {
				t.Errorf("%s: column %q is taken for %s, not for %s", href, got.Columns[n].Header, got.Columns[n].Means, c.Means)
			}
		}
	}
	if got := h.get(trackertest.Manager, "/imports/new?template=none").Code; got != http.StatusNotFound {
		t.Errorf("a template of no table = %d", got)
	}
}

// What a header lacks is said at once, in the words of the reader's templates.
func TestImportNamesMissingColumns(t *testing.T) {
	h, fields := importHouse(t)
	bad := chosen{"bad.csv", "text/csv", "合同编号,名称,开始日期\nX-1,A,2026-01-01\n"}
	plan := h.postFiles(trackertest.Manager, "/imports/new", fields, bad)
	if !strings.Contains(plan.text(), "The table of awards lacks the columns amount, currency.") {
		t.Errorf("the plan says %s", plan.text())
	}
	if strings.Contains(plan.text(), "Plan the import first") {
		t.Error("the plan asks for a plan")
	}
}
