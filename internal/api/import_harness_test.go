package api_test

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"milepost/internal/api"
	"milepost/internal/ident"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// form is a form with files to import, in the order of its fields.
type form struct {
	fields [][2]string
	files  [][2]string // name and content
}

// field returns the form with one more field.
func (f form) field(name, value string) form {
	f.fields = append(slices.Clone(f.fields), [2]string{name, value})
	return f
}

// ask writes the form; each time its boundary is another.
func (f form) ask(t *testing.T, as, path, key string) ask {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range f.fields {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range f.files {
		part, err := w.CreateFormFile("files", file[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(file[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return ask{as: as, path: path, key: key, body: body.String(), header: map[string]string{"Content-Type": w.FormDataContentType()}}
}

// smallForm brings three awards with history into a programme, of which one is
// in a currency that is none.
func (d *desk) smallForm() form {
	return form{
		fields: [][2]string{{"programme", "IMP"}, {"payee", "Institute"}, {"funder", "City"}},
		files: [][2]string{
			{"awards.csv", "award_ref,title,currency,amount,start_on\nA-1,Laser,CNY,300.00,2025-01-01\nA-2,Mirror,BTC,1.5,2025-02-01\nA-3,Lens,CNY,50.00,2025-03-01\n"},
			{"milestones.csv", "award_ref,milestone_no,title,due_on,amount\nA-1,1,Design,2025-06-01,100.00\nA-1,2,Build,2026-06-01,200.00\n" +
				"A-2,1,All,2025-09-01,1.5\nA-3,1,Grind,2026-09-01,50.00\n"},
			{"events.csv", "award_ref,milestone_no,event,on_date\nA-1,1,delivered,2025-05-20\nA-1,1,accepted,2025-05-28\n"},
			{"award_events.csv", "award_ref,event,on_date\nA-1,agreed,2025-01-01\nA-2,agreed,2025-02-01\nA-3,agreed,2025-03-01\n"},
		},
	}
}

// importDesk is a desk with a programme IMP that goes live today.
func importDesk(t *testing.T, change ...func(*api.Options)) (*desk, ident.Programme) {
	t.Helper()
	d := open(t, change...)
	p := d.NewProgramme("IMP", func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }, trackertest.Manager, trackertest.Manager2)
	return d, p
}

// zipped is a zip archive of parts.
func zipped(t *testing.T, parts map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// computedWorkbook is a workbook with a formula in the column of amounts.
func computedWorkbook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	set := func(cell string, value any) {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for i, header := range []string{"award_ref", "title", "currency", "amount", "start_on"} {
		set(string(rune('A'+i))+"1", header)
	}
	set("A2", "A-1")
	set("B2", "Laser")
	set("C2", "CNY")
	set("E2", "2025-01-01")
	if err := f.SetCellFormula("Sheet1", "D2", "100+200"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wide writes text as the streams of a compound file name it.
func wide(text string) string {
	var b []byte
	for _, c := range []byte(text) {
		b = append(b, c, 0)
	}
	return string(b)
}
