package exchange

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/money"
)

// portfolios draws awards whose terms are whole.
func portfolios() *rapid.Generator[[]Award] {
	text := rapid.StringMatching(`[A-Za-z0-9一-龥，"';,&<>\\|]([ A-Za-z0-9一-龥，"';,&<>\\|.!-]{0,20}[A-Za-z一-龥])?x`)
	return rapid.Custom(func(t *rapid.T) []Award {
		var awards []Award
		for i := range rapid.IntRange(1, 5).Draw(t, "awards") {
			code := rapid.SampledFrom([]string{"CNY", "JPY", "KWD", "EUR"}).Draw(t, "currency")
			u, err := money.ISO(code)
			if err != nil {
				t.Fatal(err)
			}
			a := Award{Ref: fmt.Sprintf("%s-%d", rapid.StringMatching(`[A-Z]{1,3}`).Draw(t, "ref"), i), Title: text.Draw(t, "title"), Unit: u}
			a.StartOn = civil.MustParse("2020-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "start"))
			due := a.StartOn
			for no := 1; no <= rapid.IntRange(1, 4).Draw(t, "milestones"); no++ {
				due = due.AddDays(rapid.IntRange(0, 400).Draw(t, "days"))
				amount, err := money.Of(rapid.Int64Range(1, 99_999_999_999).Draw(t, "minor"), u)
				if err != nil {
					t.Fatal(err)
				}
				a.Milestones = append(a.Milestones, Milestone{No: no, Title: text.Draw(t, "milestone"), DueOn: due, BaselineOn: due, Amount: amount})
			}
			if a.Amount, err = a.Sum(); err != nil {
				t.Fatal(err)
			}
			awards = append(awards, a)
		}
		return awards
	})
}

// rowsOf writes awards as rows of text.
func rowsOf(awards []Award) (awardRows, milestoneRows [][]string) {
	for _, a := range awards {
		awardRows = append(awardRows, []string{a.Ref, a.Title, a.Unit.Code(), a.Amount.Decimal(), a.StartOn.String()})
		for _, m := range a.Milestones {
			milestoneRows = append(milestoneRows, []string{a.Ref, strconv.Itoa(m.No), m.Title, m.DueOn.String(), m.Amount.Decimal()})
		}
	}
	return awardRows, milestoneRows
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		awards := portfolios().Draw(rt, "portfolio")
		a, m := rowsOf(awards)
		var files []File
		for name, rows := range map[string][][]string{awardsHeader: a, milestonesHeader: m} {
			var b bytes.Buffer
			if err := WriteCSV(&b, strings.Split(name, ","), rows); err != nil {
				rt.Fatal(err)
			}
			files = append(files, File{Name: name + ".csv", Data: b.Bytes()})
		}
		check := func(from string, files []File) {
			p, problems := read(files, Options{})
			if len(problems) > 0 {
				rt.Fatalf("%s: problems %v", from, show(problems))
			}
			if diff := cmp.Diff(awards, p.Awards, byContent(), cmpopts.IgnoreTypes(Place{}), cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("%s (-written +read):\n%s", from, diff)
			}
		}
		check("CSV", files)
		check("XLSX", []File{asWorkbook(t, awards)})
	})
}

// asWorkbook writes awards as a workbook: dates as serials and amounts as
// numbers.
func asWorkbook(t *testing.T, awards []Award) File {
	sheets := []sheetRows{{name: "Awards"}, {name: "Milestones"}}
	put := func(i int, header string, rows [][]string, date, amount int) {
		texts := strings.Split(header, ",")
		for _, row := range append([][]string{texts}, rows...) {
			cells := make([]any, len(row))
			for c, text := range row {
				cells[c] = text
				if d, err := civil.Parse(text); c == date && err == nil {
					cells[c] = d.Sub(civil.MustParse("1900-01-01")) + 2
				}
				if c == amount && text != texts[c] {
					cells[c] = number(text)
				}
			}
			sheets[i].rows = append(sheets[i].rows, cells)
		}
	}
	a, m := rowsOf(awards)
	put(0, awardsHeader, a, 4, 3)
	put(1, milestonesHeader, m, 3, 4)
	return workbookOf(t, sheets, nil)
}
