package exchange

import (
	"testing"

	"github.com/xuri/excelize/v2"
)

// sound checks what must hold of whatever was read.
func sound(t *testing.T, p *Portfolio, problems []Problem) {
	t.Helper()
	if p.Counts.Awards != len(p.Awards) {
		t.Errorf("counts %d awards of %d", p.Counts.Awards, len(p.Awards))
	}
	refs := map[string]bool{}
	for _, a := range p.Awards {
		sum, err := a.Sum()
		if err != nil || sum != a.Amount || a.Amount.Sign() <= 0 || a.StartOn.IsZero() || a.Title == "" || refs[a.Ref] {
			t.Errorf("award %+v is not whole", a)
		}
		refs[a.Ref] = true
		d := a.Document(Parties{})
		if len(d.Milestones) == 0 || len(d.Tranches) > len(d.Milestones) || d.EndOn.Before(d.StartOn) {
			t.Errorf("document %+v is not whole", d)
		}
	}
	for _, problem := range problems {
		if problem.Fatal() && len(p.Awards) > 0 {
			t.Errorf("%v is fatal, but %d awards would be imported", problem, len(p.Awards))
		}
		if problem.Severity == Error && refs[problem.Award] {
			t.Errorf("%v refuses an award that would be imported", problem)
		}
		if problem.Code == "" {
			t.Errorf("problem without a code: %v", problem)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, file := range twoAwards() {
		f.Add(string(file.Data), "")
	}
	f.Add("合同编号;标题;金额（万元）;开始日期\r\nA-1;一;0.03;2026年1月\r\n合计;;0.03;", "award_ref,on_date,milestone_no,field,from,to\nA-1,2026-01-01,1,duration_days,3,4")
	f.Add("award_ref,event,on_date\nA-1,agreed,2026-01-01", "\xcf\xee\xc4\xbf")
	f.Fuzz(func(t *testing.T, first, second string) {
		files := append(twoAwards(), File{Name: "x.csv", Data: []byte(first)}, File{Name: "y.csv", Data: []byte(second)})
		p, problems := read(files, Options{Total: TotalMilestones})
		sound(t, p, problems)
		p, problems = read(files[2:], Options{})
		sound(t, p, problems)
	})
}

// FuzzSheet puts XML into a sheet of a workbook that is otherwise sound.
func FuzzSheet(f *testing.F) {
	base := workbookOf(f, grantSheets(), func(x *excelize.File) error { return x.MergeCell("Milestones", "A2", "A3") })
	rewrite(f, base, func(name string, content []byte) []byte {
		if name == "xl/worksheets/sheet2.xml" {
			f.Add(content)
		}
		return content
	}, nil)
	f.Add([]byte(`<worksheet><sheetData><row r="2"><c t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		p, problems := read([]File{rewrite(t, base, func(name string, was []byte) []byte {
			if name == "xl/worksheets/sheet2.xml" {
				return content
			}
			return was
		}, nil)}, Options{})
		sound(t, p, problems)
	})
}

// FuzzWorkbook changes bytes anywhere in a workbook.
func FuzzWorkbook(f *testing.F) {
	f.Add(workbookOf(f, grantSheets(), nil).Data)
	f.Add(compound("EncryptedPackage"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := read([]File{{Name: "x.xlsx", Data: data}}, Options{})
		sound(t, p, problems)
	})
}
