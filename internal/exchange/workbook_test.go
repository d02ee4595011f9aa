package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"milepost/internal/exchange/xlsx"
)

// sheetRows are the rows of a sheet to write.
type sheetRows struct {
	name string
	rows [][]any
}

func grantSheets() []sheetRows {
	return []sheetRows{
		{"Awards", [][]any{
			{"award_ref", "title", "currency", "amount", "start_on"},
			{"A-1", "First", "CNY", 0.58, 46023}, // 2026-01-01
		}},
		{"Milestones", [][]any{
			{"award_ref", "milestone_no", "title", "due_on", "amount"},
			{"A-1", 1, "Start", 46082, 0.2}, // 2026-03-01
			{"A-1", 2, "End", "2026-06-01", "0.38"},
		}},
	}
}

// number is a decimal that is written as a number cell, digit by digit.
type number string

// workbookOf writes sheets with excelize, and lets change do more.
func workbookOf(t testing.TB, sheets []sheetRows, change func(x *excelize.File) error) File {
	t.Helper()
	x := excelize.NewFile()
	for i, s := range sheets {
		if i == 0 {
			if err := x.SetSheetName("Sheet1", s.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := x.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for r, cells := range s.rows {
			for c, value := range cells {
				ref, err := excelize.CoordinatesToCellName(c+1, r+1)
				if n, ok := value.(number); ok && err == nil {
					err = x.SetCellDefault(s.name, ref, string(n))
				} else if err == nil {
					err = x.SetCellValue(s.name, ref, value)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if change != nil {
		if err := change(x); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return File{Name: "book.xlsx", Data: b.Bytes()}
}

// rewrite packs the parts of a workbook again, each through change; nil drops
// one. More are added as they are.
func rewrite(t testing.TB, f File, change func(name string, content []byte) []byte, more map[string][]byte) File {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name string, content []byte) {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range z.File {
		rc, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			content = change(part.Name, content)
		}
		if content != nil {
			put(part.Name, content)
		}
	}
	for name, content := range more {
		put(name, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return File{Name: f.Name, Data: b.Bytes()}
}

// inPart replaces text in one part.
func inPart(name, old, replacement string) func(string, []byte) []byte {
	return func(part string, content []byte) []byte {
		if part != name {
			return content
		}
		return []byte(strings.Replace(string(content), old, replacement, 1))
	}
}

func same(_ string, content []byte) []byte { return content }

func TestWorkbooks(t *testing.T) {
	want := "A-1 CNY 0.58 2026-01-01 | 1 Start 0.20 2026-03-01 | 2 End 0.38 2026-06-01"
	formula := func(sheet, ref string) func(*excelize.File) error {
		return func(x *excelize.File) error { return x.SetCellFormula(sheet, ref, "1+1") }
	}
	stored := func(name string, content []byte) []byte {
		if name == "xl/worksheets/sheet2.xml" {
			return bytes.Replace(content, []byte("<f>1+1</f>"), []byte("<f>1+1</f><v>0.2</v>"), 1)
		}
		return content
	}
	tests := []struct {
		name         string
		file         File
		options      Options
		want         []string
		wantProblems []string
	}{
		{"numbers and serials", workbookOf(t, grantSheets(), nil), Options{}, []string{want}, []string{}},
		{"stored with 17 digits", rewrite(t, workbookOf(t, grantSheets(), nil), inPart("xl/worksheets/sheet1.xml", "<v>0.58</v>", "<v>0.57999999999999996</v>"), nil), Options{}, []string{want}, []string{}},
		{"serials of 1904", rewrite(t, workbookOf(t, grantSheets(), func(x *excelize.File) error {
			yes := true
			for ref, serial := range map[string]int{"Awards!E2": 46023 - 1462, "Milestones!D2": 46082 - 1462} {
				sheet, cell, _ := strings.Cut(ref, "!")
				if err := x.SetCellValue(sheet, cell, serial); err != nil {
					return err
				}
			}
			return x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		}), same, nil), Options{}, []string{want}, []string{}},
		{"hidden and foreign sheets", workbookOf(t, append(grantSheets(),
			sheetRows{"Old", [][]any{{"award_ref", "title", "currency", "amount", "start_on"}, {"A-1", "x", "CNY", 1, 46023}}},
			sheetRows{"Readme", [][]any{{"How to fill this in"}}}, sheetRows{"Empty", nil}),
			func(x *excelize.File) error { return x.SetSheetVisible("Old", false) }), Options{},
			[]string{want}, []string{"note sheet.hidden Old", "note table.unknown Readme"}},
		{"formula in a mapped cell", workbookOf(t, grantSheets(), formula("Milestones", "E2")), Options{}, []string{}, []string{"error cell.formula Milestones row 2 amount A-1"}},
		{"accepted formula", rewrite(t, workbookOf(t, grantSheets(), formula("Milestones", "E2")), stored, nil), Options{AcceptFormulas: []string{"Amount"}}, []string{want}, []string{}},
		{"formula elsewhere", workbookOf(t, grantSheets(), formula("Milestones", "H2")), Options{}, []string{want}, []string{}},
		{"formulas in a total row", workbookOf(t, grantSheets(), func(x *excelize.File) error {
			if err := x.SetCellValue("Milestones", "A4", "合计"); err != nil {
				return err
			}
			return x.SetCellFormula("Milestones", "E4", "SUM(E2:E3)")
		}), Options{}, []string{want}, []string{"note row.total Milestones row 4"}},
		{"two-row header, merged cells", workbookOf(t, []sheetRows{
			{"项目", [][]any{{"专项项目一览表"}, {"项目编号", "标题", "金额", "", "日期"}, {"", "", "（万元）", "备注", "开始日期"}, {"A-1", "First", "0.000058", "", 46023}}},
			{"里程碑", [][]any{{"项目编号", "里程碑序号", "里程碑名称", "计划", ""}, {"", "", "", "截止日期", "金额（元）"}, {"A-1", "１", "Start", "2026.3.1", 0.2}, {"", 2, "End", "2026年6月1日", 0.38}}},
		}, func(x *excelize.File) error {
			for _, m := range []string{"项目!A1:E1", "项目!A2:A3", "项目!B2:B3", "项目!C2:D2", "里程碑!D1:E1", "里程碑!A1:A2", "里程碑!A3:A4"} {
				sheet, cells, _ := strings.Cut(m, "!")
				from, to, _ := strings.Cut(cells, ":")
				if err := x.MergeCell(sheet, from, to); err != nil {
					return err
				}
			}
			return nil
		}), Options{}, []string{want}, []string{"note columns.ignored 项目"}},
		{"no tables", workbookOf(t, []sheetRows{{"A", nil}}, nil), Options{}, []string{}, []string{"error workbook.noTables"}},
	}
	for _, tt := range tests {
		p, problems := read([]File{tt.file}, tt.options)
		if diff := cmp.Diff(tt.want, brief(p)); diff != "" {
			t.Errorf("%s: awards (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.wantProblems, show(problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
		}
	}
}

// read reads files, workbooks among them.
func read(files []File, o Options) (*Portfolio, []Problem) {
	o.Workbooks = xlsx.Read
	return Read(files, o)
}

// Without what opens them, workbooks are refused.
func TestWorkbooksAreRefusedWhereNothingOpensThem(t *testing.T) {
	p, problems := Read([]File{workbookOf(t, grantSheets(), nil)}, Options{})
	if len(p.Awards) != 0 || len(problems) != 1 || problems[0].Code != "workbook.notRead" || !problems[0].Fatal() {
		t.Errorf("%d awards, problems %v", len(p.Awards), problems)
	}
}
