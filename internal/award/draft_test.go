package award

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

func TestDraftToActive(t *testing.T) {
	draft := must[Award](t)(NewDraft("awd_1", document(), manager()))
	edited := must[Award](t)(draft.Edit(cashier(), document()))
	edited = must[Award](t)(edited.Edit(manager(), document()))
	if want := []ident.Person{"per_manager", "per_cashier"}; !slices.Equal(edited.DraftedBy, want) || len(draft.DraftedBy) != 1 {
		t.Errorf("drafters = %v, of the first %v", edited.DraftedBy, draft.DraftedBy)
	}
	in := must[Award](t)(edited.Submit(Actor{Person: "per_submitter"}, Facts{}, day("2026-01-04")))
	for _, p := range []ident.Person{"per_manager", "per_cashier", "per_submitter"} {
		_, err := in.Activate(Actor{Person: p}, nil, Facts{}, counter(), day("2026-01-05"))
		wantCode(t, err, fault.Forbidden, "separation.drafterActivates")
	}
	_, err := in.Activate(operator(), nil, Facts{}, counter(), day("2026-01-05"))
	wantCode(t, err, fault.Forbidden, "separation.payeeDecides")
	_, err = in.TakeBack(second())
	wantCode(t, err, fault.Forbidden, "award.takeBackByOthers")
	_, err = in.ReturnToDraft("")
	wantFields(t, err, "/reason field.required")

	returned := must[Award](t)(in.ReturnToDraft("unclear"))
	if returned.State != Draft || returned.ReturnedFor != "unclear" || returned.SubmittedBy != "" {
		t.Errorf("returned = %+v", returned)
	}
	// Whoever handed in an earlier version does not activate a later one.
	again := must[Award](t)(returned.Submit(manager(), Facts{}, day("2026-01-06")))
	_, err = again.Activate(Actor{Person: "per_submitter"}, nil, Facts{}, counter(), day("2026-01-06"))
	wantCode(t, err, fault.Forbidden, "separation.drafterActivates")
	if back := must[Award](t)(again.TakeBack(manager())); back.State != Draft {
		t.Errorf("taken back = %s", back.State)
	}
	if gone := must[Award](t)(draft.Discard()); !gone.State.Ended() {
		t.Errorf("discarded = %s", gone.State)
	}
	wantCode(t, draft.Works(), fault.Conflict, "award.notActive")
}

func TestSubmitNeedsACompleteDocument(t *testing.T) {
	d := document()
	d.Milestones[1].Criteria = nil
	draft := must[Award](t)(NewDraft("awd_1", d, manager()))
	_, err := draft.Submit(manager(), Facts{}, day("2026-01-04"))
	wantFields(t, err, "/milestones/1/criteria field.required")
}

func TestActivation(t *testing.T) {
	a := active(t)
	m1, m2 := a.Milestones[0], a.Milestones[1]
	if a.Award.State != Active || a.Award.ActivatedBy != "per_second" || len(a.Award.Document.Milestones) != 0 || a.Award.Works() != nil {
		t.Errorf("award = %+v", a.Award)
	}
	want := Milestone{
		ID: "mst_1", Award: "awd_1", Code: "M1", Title: "Prototype", Type: Delivery, Criteria: []Criterion{{"C1", "works"}, {"C2", "is tested"}},
		State: Planned, DueOn: day("2026-06-01"), BaselineOn: day("2026-06-01"), OpenedOn: day("2026-01-05"),
		GatedAmount: cny("80"), Gates: []ident.Tranche{"trn_4", "trn_5"},
	}
	if diff := cmp.Diff(want, m1, exact()); diff != "" {
		t.Errorf("M1 (-want +got)\n%s", diff)
	}
	if m2.GatedAmount != cny("50") {
		t.Errorf("gated amount of M2 = %v", m2.GatedAmount)
	}
	none := money.Zero(money.CNY)
	tranche := Tranche{
		ID: "trn_5", Award: "awd_1", Number: 3, Kind: Final, State: Scheduled, PlannedOn: day("2026-09-01"), Amount: cny("50"),
		Split: []Share{{"F1", cny("35")}, {"F2", cny("15")}}, Gates: []ident.Milestone{"mst_1", "mst_2"}, Locked: true,
		Approved: none, Instructed: none, Paid: none,
	}
	if diff := cmp.Diff(tranche, a.Tranches[2], exact()); diff != "" {
		t.Errorf("tranche 3 (-want +got)\n%s", diff)
	}
	if a.Tranches[0].OpenedOn != day("2026-02-01") {
		t.Errorf("an ungated tranche opens on %v, want its planned date", a.Tranches[0].OpenedOn)
	}
	if want := (Totals{cny("100"), none, none, none, none}); a.Totals != want {
		t.Errorf("totals = %v", a.Totals)
	}
}

func TestParties(t *testing.T) {
	d := document()
	d.FundingLines[1].Funder = payee
	want := []Party{
		{Organisation: payee, Roles: []PartyRole{PayeeParty, FunderParty}},
		{Organisation: "org_city", Roles: []PartyRole{FunderParty}},
		{Project: "prj_1", Roles: []PartyRole{ProjectParty}},
	}
	if diff := cmp.Diff(want, d.Parties()); diff != "" {
		t.Errorf("Parties (-want +got)\n%s", diff)
	}
}

// Property: whatever the funding lines, each tranche's split sums to it.
func TestSplitsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := document()
		d.FundingLines = nil
		for i, n := range rapid.SliceOfN(rapid.Int64Range(1, 1e12), 1, 8).Draw(t, "lines") {
			d.FundingLines = append(d.FundingLines, FundingLine{ID: string(rune('A' + i)), Amount: must[money.Amount](t)(money.Of(n, money.CNY))})
		}
		amount := must[money.Amount](t)(money.Of(rapid.Int64Range(1, 1e12).Draw(t, "tranche"), money.CNY))
		shares := must[[]Share](t)(d.split(TrancheDraft{Amount: amount}))
		sum := money.Zero(money.CNY)
		for _, s := range shares {
			sum = must[money.Amount](t)(sum.Add(s.Amount))
			if s.Amount.Sign() <= 0 {
				t.Fatalf("share %v of line %s", s.Amount, s.Line)
			}
		}
		if sum != amount {
			t.Fatalf("split sums to %v, want %v", sum, amount)
		}
	})
}
