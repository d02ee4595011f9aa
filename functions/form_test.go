package functions

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// form is a form with a file, as it is sent.
type form struct {
	body      bytes.Buffer
	mediaType string
}

// workbook is one with an award and its milestone.
func workbook(t *testing.T) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer func() { _ = x.Close() }() // it holds no file
	for _, s := range []struct {
		name string
		rows [][]any
	}{
		{"Awards", [][]any{{"award_ref", "title", "currency", "amount", "start_on"}, {"IMP-1", "Waveguide", "CNY", "300.00", "2026-01-01"}}},
		{"Milestones", [][]any{{"award_ref", "milestone_no", "title", "amount", "due_on"}, {"IMP-1", 1, "Drawn", "300.00", "2027-06-30"}}},
	} {
		if _, err := x.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for i, row := range s.rows {
			at, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = x.SetSheetRow(s.name, at, &row)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := x.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// workbookForm brings a workbook into a programme.
func workbookForm(t *testing.T, programme, payee, funder string) form {
	t.Helper()
	out := form{}
	w := multipart.NewWriter(&out.body)
	for name, value := range map[string]string{"programme": programme, "payee": payee, "funder": funder} {
		if value == "" {
			continue
		}
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("files", "portfolio.xlsx")
	if err == nil {
		_, err = file.Write(workbook(t))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	out.mediaType = w.FormDataContentType()
	return out
}

// imported plans, prepares and discards an import of a workbook. Parties are
// named in every way that there is, since each asks the store otherwise.
func (s *story) imported() {
	s.t.Helper()
	f := workbookForm(s.t, s.programme, s.payee, s.city)
	for _, other := range []form{
		workbookForm(s.t, "POC", "University", "City"), workbookForm(s.t, "", "University", ""), workbookForm(s.t, s.programme, s.payee, ""),
	} {
		s.do(ask{as: "manager", path: "/imports/plan", body: other})
	}
	s.do(ask{as: "manager", path: "/imports/plan", body: workbookForm(s.t, "POC", "Nobody", "City"), wantRefused: true})
	planned := s.do(ask{as: "manager", path: "/imports/plan", body: f})
	if !strings.Contains(planned.Body, `"action":"create"`) {
		s.t.Fatalf("the plan creates nothing: %s", planned.Body)
	}
	prepared := s.do(ask{as: "manager", path: "/imports", body: f, key: s.key()})
	at := "/imports/" + prepared.id()
	s.do(ask{as: "manager", path: at + "/rows"})
	s.do(ask{as: "manager", method: http.MethodPost, path: at + "/discard", match: s.do(ask{as: "manager", path: at}).Header["Etag"], body: object{"reason": "A rehearsal"}})
}

// imports has a manager bring in a workbook through the console: read, looked
// at, prepared, put away again.
func (s *surfer) imports(h *house) {
	s.t.Helper()
	form := s.get("/imports/new")
	if accept := form.Find("#f-files").AttrOr("accept", ""); !strings.Contains(accept, ".xlsx") {
		s.t.Errorf("the page takes %q", accept)
	}
	fields := []string{"programme", string(h.office.Programme), "payee", string(h.office.Payee), "funder", string(h.office.City), "form_step", "check"}
	damaged, err := s.sendsFile(form, "/imports/new", "portfolio.xlsx", workbook(s.t)[:2000], fields...)
	if err != nil || damaged.StatusCode != http.StatusOK && damaged.StatusCode != http.StatusUnprocessableEntity {
		s.t.Errorf("half a workbook: %v, %v", damaged, err)
	}
	text, err := io.ReadAll(damaged.Body)
	_ = damaged.Body.Close()
	if err != nil || !strings.Contains(string(text), "is damaged") {
		s.t.Errorf("half a workbook: %s, %v", text, err)
	}
	plan := s.page(s.sendsFile(form, "/imports/new", "portfolio.xlsx", workbook(s.t), fields...))
	if !strings.Contains(plan.Find("main").Text(), "Waveguide") {
		s.t.Fatalf("the plan: %s", plan.Find("main").Text())
	}
	prepared := s.page(s.sendsFile(plan, "/imports/new", "", nil))
	link, ok := prepared.Find(`a[href$="/discard"]`).First().Attr("href")
	if !ok {
		s.t.Fatalf("prepared: %s", prepared.Find("main").Text())
	}
	s.sends(s.get(link), link, "", "reason", "a rehearsal")
}
