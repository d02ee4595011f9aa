package functions

import (
	"bytes"
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

// workbookForm brings a workbook with an award and its milestone into a
// programme.
func workbookForm(t *testing.T, programme, payee, funder string) form {
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
		err = x.Write(file)
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
