package award

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

func TestDocumentCheck(t *testing.T) {
	usd := must[money.Unit](t)(money.ISO("USD"))
	dollars := must[money.Amount](t)(money.Parse("50", usd))
	for _, c := range []struct {
		name   string
		change func(*Document)
		want   []string
	}{
		{"complete", func(*Document) {}, nil},
		{"without number, title, programme", func(d *Document) { d.Number, d.Title, d.Programme = "", portfolio.Names{}, "" },
			[]string{"/number field.required", "/title field.required", "/programme field.required"}},
		{"long texts", func(d *Document) {
			d.Title.ZH = strings.Repeat("长", 301)
			d.Milestones[1].Deliverable = strings.Repeat("长", 8001)
		}, []string{"/title/zh field.tooLong", "/milestones/1/deliverable field.tooLong"}},
		{"texts at the limit", func(d *Document) {
			d.Title.ZH = strings.Repeat("长", 300)
			d.Milestones[1].Deliverable = strings.Repeat("长", 8000)
		}, nil},
		{"no platform nor project", func(d *Document) { d.Platform, d.Project = "", "" }, []string{"/platform award.noPlace"}},
		{"a project alone", func(d *Document) { d.Platform = "" }, nil},
		{"unknown values", func(d *Document) {
			d.Instrument, d.Basis = "gift", "reimbursement"
			d.Milestones[0].Type, d.Tranches[0].Kind, d.FundingLines[0].Source = "party", "extra", "luck"
		}, []string{"/instrument field.badValue", "/basis award.basisNotYet", "/fundingLines/0/source field.badValue",
			"/milestones/0/type field.badValue", "/tranches/0/kind field.badValue"}},
		{"no dates", func(d *Document) {
			d.StartOn, d.EndOn = civil.Date{}, civil.Date{}
			d.Milestones[0].DueOn, d.Tranches[0].PlannedOn = civil.Date{}, civil.Date{}
		}, []string{"/startOn field.required", "/endOn field.required", "/milestones/0/dueOn field.required", "/tranches/0/plannedOn field.required"}},
		{"dates before the start", func(d *Document) {
			d.EndOn, d.Milestones[1].DueOn, d.Tranches[2].PlannedOn = day("2025-12-31"), day("2025-12-31"), day("2025-12-31")
		}, []string{"/endOn date.before", "/milestones/1/dueOn milestone.dueBeforeStart", "/tranches/2/plannedOn tranche.plannedBeforeStart"}},
		{"codes twice", func(d *Document) {
			d.Milestones[1].Code, d.Tranches[1].Number, d.FundingLines[1].ID = "M1", 1, "F1"
			d.Tranches[2].Gates = []string{"M1"}
		}, []string{"/fundingLines/1/id field.notUnique", "/milestones/1/code field.notUnique", "/tranches/1/number field.notUnique"}},
		{"criteria", func(d *Document) {
			d.Milestones[0].Criteria = []Criterion{{"C1", "a"}, {"C1", ""}}
			d.Milestones[1].Criteria = nil
		}, []string{"/milestones/0/criteria/1/id field.notUnique", "/milestones/0/criteria/1/text field.required", "/milestones/1/criteria field.required"}},
		{"gates", func(d *Document) {
			d.Tranches[0].Ungated, d.Tranches[1].Ungated = false, true
			d.Tranches[2].Gates = []string{"M1", "M9", "M1"}
		}, []string{"/tranches/0/gates tranche.noGate", "/tranches/1/ungated tranche.gatedAndUngated",
			"/tranches/2/gates/1 gate.unknown", "/tranches/2/gates/2 gate.twice"}},
		{"sums", func(d *Document) { d.Amount = cny("99") },
			[]string{"/fundingLines award.linesDoNotSum", "/tranches award.tranchesDoNotSum"}},
		{"currencies", func(d *Document) { d.Tranches[2].Amount, d.FundingLines[0].Amount = dollars, money.Amount{} },
			[]string{"/fundingLines/0/amount/currency currency.missing", "/tranches/2/amount/currency currency.mixed"}},
		{"no money", func(d *Document) { d.Amount, d.Tranches[0].Amount = money.Zero(money.CNY), cny("-20") },
			[]string{"/amount/amount amount.notPositive", "/fundingLines award.linesDoNotSum", "/tranches/0/amount/amount amount.notPositive"}},
		{"split", func(d *Document) {
			d.Tranches[1].Split = []Share{{"F1", cny("20")}, {"F3", cny("5")}}
			d.Tranches[2].Split = []Share{{"F1", cny("25")}, {"F1", cny("25")}}
		}, []string{"/tranches/1/split/1/line line.unknown", "/tranches/1/split tranche.splitDoesNotSum", "/tranches/2/split/1/line field.notUnique"}},
		{"empty", func(d *Document) { d.FundingLines, d.Milestones, d.Tranches = nil, nil, nil },
			[]string{"/fundingLines field.required", "/milestones field.required", "/tranches field.required"}},
		{"fiscal year", func(d *Document) { d.FundingLines[1].FiscalYear = 26 }, []string{"/fundingLines/1/fiscalYear field.outOfRange"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := document().Clone()
			c.change(&d)
			wantFields(t, d.Check(Facts{}), c.want...)
		})
	}
}

func TestSumsNameTheDifference(t *testing.T) {
	for amount, want := range map[string]fault.Args{
		"49.50": {"sum": "CNY 99.50", "amount": "CNY 100.00", "missing": "CNY 0.50", "over": ""},
		"50.50": {"sum": "CNY 100.50", "amount": "CNY 100.00", "missing": "", "over": "CNY 0.50"},
	} {
		d := document()
		d.Tranches[2].Amount = cny(amount)
		f, ok := errors.AsType[*fault.Error](d.Check(Facts{}))
		if !ok || len(f.Fields) != 1 {
			t.Fatalf("Check = %v", f)
		}
		if got := fmt.Sprint(f.Fields[0].Args); got != fmt.Sprint(want) {
			t.Errorf("arguments = %v, want %v", got, want)
		}
	}
}

// many has n milestones, each gating one of n tranches.
func many(t testing.TB, n int) Document {
	d := document()
	d.Milestones, d.Tranches = nil, nil
	d.Amount = must[money.Amount](t)(money.Of(int64(n)*100, money.CNY))
	d.FundingLines = []FundingLine{{ID: "F1", Funder: "org_city", Source: Fiscal, FiscalYear: 2026, Amount: d.Amount}}
	for i := range n {
		code := fmt.Sprintf("M%d", i+1)
		d.Milestones = append(d.Milestones, MilestoneDraft{Code: code, Title: code, Type: Delivery, DueOn: d.StartOn, Criteria: []Criterion{{"C1", "ok"}}})
		d.Tranches = append(d.Tranches, TrancheDraft{Number: i + 1, Kind: Interim, PlannedOn: d.StartOn, Amount: cny("1"), Gates: []string{code}})
	}
	return d
}

func TestDocumentCounts(t *testing.T) {
	wantFields(t, many(t, 45).Check(Facts{Participants: 2})) // 90 open, 45+45+1+(3+2)+4 = 100 items
	wantFields(t, many(t, 45).Check(Facts{Participants: 3}), "/milestones award.tooManyItems")
	wantFields(t, many(t, 46).Check(Facts{}), "/milestones award.tooManyOpen") // and 100 items
	if got := document().Items(Facts{Participants: 1}); got != 2+3+2+4+1+4 {
		t.Errorf("Items = %d", got)
	}
}

func TestDraftMayBeIncomplete(t *testing.T) {
	d := Document{Number: "1", Title: portfolio.Names{ZH: "题"}, Programme: "prg_1", Amount: money.Zero(money.CNY)}
	if err := d.CheckDraft(); err != nil {
		t.Errorf("CheckDraft = %v", err)
	}
	wantFields(t, Document{}.CheckDraft(), "/number field.required", "/title field.required", "/programme field.required", "/amount/currency currency.missing")
	d.Milestones = make([]MilestoneDraft, 91)
	d.Tranches = []TrancheDraft{{Split: make([]Share, 51)}}
	wantFields(t, d.CheckDraft(), "/milestones field.tooMany", "/tranches/0/split field.tooMany")
	d.Milestones = nil
	d.Tranches = []TrancheDraft{{Number: 1 << 60}, {Number: -1}, {Number: MaxNumber}} // no store keeps the first whole
	d.FundingLines = []FundingLine{{FiscalYear: 1 << 60}, {FiscalYear: 1999}, {}}
	wantFields(t, d.CheckDraft(), "/fundingLines/0/fiscalYear field.outOfRange", "/fundingLines/1/fiscalYear field.outOfRange",
		"/tranches/0/number field.outOfRange", "/tranches/1/number field.outOfRange")
}
