package exchange

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

func TestDocument(t *testing.T) {
	p, problems := read([]File{
		csvFile("awards.csv", awardsHeader, "A-1,样机,CNY,300,2026-01-01"),
		csvFile("milestones.csv", milestonesHeader, "A-1,1,Start,2026-06-01,100", "A-1,2,Nothing,2026-03-01,0", "A-1,3,终,2026-05-01,200"),
	}, Options{})
	if len(p.Awards) != 1 {
		t.Fatal(show(problems))
	}
	on, cny := civil.MustParse, money.MustParse
	milestone := func(code, title, due string) award.MilestoneDraft {
		return award.MilestoneDraft{Code: code, Title: title, Type: award.Delivery, DueOn: on(due), Criteria: []award.Criterion{{ID: "C1", Text: title}}}
	}
	want := award.Document{
		Number: "A-1", Title: portfolio.Names{ZH: "样机"}, Programme: "prg_1", Project: "prj_1", Payee: "org_2",
		Instrument: award.Grant, Basis: award.OnMilestone, Amount: cny("300"),
		FundingLines: []award.FundingLine{{ID: "F1", Funder: "org_1", Source: award.Fiscal, FiscalYear: 2026, Amount: cny("300")}},
		StartOn:      on("2026-01-01"), EndOn: on("2026-06-01"),
		Milestones: []award.MilestoneDraft{
			milestone("1", "Start", "2026-06-01"), milestone("2", "Nothing", "2026-03-01"), milestone("3", "终", "2026-05-01"),
		},
		Tranches: []award.TrancheDraft{
			{Number: 1, Kind: award.Interim, PlannedOn: on("2026-06-01"), Amount: cny("100"), Gates: []string{"1"}},
			{Number: 2, Kind: award.Interim, PlannedOn: on("2026-05-01"), Amount: cny("200"), Gates: []string{"3"}},
		},
	}
	got := p.Awards[0].Document(Parties{Programme: "prg_1", Project: "prj_1", Funder: "org_1", Payee: "org_2"})
	if diff := cmp.Diff(want, got, byContent()); diff != "" {
		t.Errorf("Document (-want +got):\n%s", diff)
	}
}
