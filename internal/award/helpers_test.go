package award

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// The people of the tests. Payee is the organisation of operator and lead.
func operator() Actor  { return Actor{Person: "per_operator", Organisation: "org_payee"} }
func colleague() Actor { return Actor{Person: "per_colleague", Organisation: "org_payee"} }
func manager() Actor   { return Actor{Person: "per_manager", Organisation: "org_city"} }
func second() Actor    { return Actor{Person: "per_second", Organisation: "org_city"} }
func cashier() Actor   { return Actor{Person: "per_cashier", Organisation: "org_city"} }

const payee ident.Organisation = "org_payee"

func day(s string) civil.Date                { return civil.MustParse(s) }
func cny(s string) money.Amount              { return money.MustParse(s) }
func paper() *DecisionPaper                  { return &DecisionPaper{Number: "沪科〔2026〕1号"} }
func because(s string) []Reason              { return []Reason{{Criterion: "C1", Text: s}} }
func met() Decision                          { return Decision{Outcome: Met} }
func limits() FileLimits                     { return FileLimits{MaxSize: 100, MediaTypes: []string{"application/pdf"}} }
func noLimit() (l portfolio.ExtensionLimits) { return l }

// counter mints readable ids: mst_1, mst_2, trn_3 …
func counter() Mint {
	n := 0
	return func(prefix string) (string, error) {
		n++
		return fmt.Sprintf("%s_%d", prefix, n), nil
	}
}

// document is complete: milestones M1 and M2, tranche 1 without a gate, 2 on
// M1, 3 on both.
func document() Document {
	return Document{
		Number: "HT-1", Title: portfolio.Names{EN: "Chips"}, Programme: "prg_1", Platform: "plt_1", Project: "prj_1",
		Payee: payee, Instrument: Grant, Basis: OnMilestone, Amount: cny("100"),
		FundingLines: []FundingLine{
			{ID: "F1", Funder: "org_city", Source: Fiscal, FiscalYear: 2026, Amount: cny("70")},
			{ID: "F2", Funder: "org_district", Source: Fiscal, FiscalYear: 2026, Amount: cny("30")},
		},
		StartOn: day("2026-01-01"), EndOn: day("2026-12-31"),
		Milestones: []MilestoneDraft{
			{Code: "M1", Title: "Prototype", Type: Delivery, DueOn: day("2026-06-01"), Criteria: []Criterion{{"C1", "works"}, {"C2", "is tested"}}},
			{Code: "M2", Title: "Pilot", Type: Assessment, DueOn: day("2026-09-01"), Criteria: []Criterion{{"C1", "runs"}}, NeedEvidence: true},
		},
		Tranches: []TrancheDraft{
			{Number: 1, Kind: Initial, PlannedOn: day("2026-02-01"), Amount: cny("20"), Ungated: true},
			{Number: 2, Kind: Interim, PlannedOn: day("2026-06-01"), Amount: cny("30"), Gates: []string{"M1"}},
			{Number: 3, Kind: Final, PlannedOn: day("2026-09-01"), Amount: cny("50"), Gates: []string{"M1", "M2"}},
		},
	}
}

// active is document, drafted by manager and activated by second on
// 2026-01-05.
func active(t testing.TB) Activation {
	t.Helper()
	a := must[Award](t)(NewDraft("awd_1", document(), manager()))
	a = must[Award](t)(a.Submit(manager(), Facts{}, day("2026-01-04")))
	return must[Activation](t)(a.Activate(second(), paper(), Facts{}, counter(), day("2026-01-05")))
}

// failer is a *testing.T, a *rapid.T …
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func must[T any](t failer) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected fault: %v", err)
		}
		return v
	}
}

// submission answers all criteria of m; evidence covers M2, which needs some.
func submission(m Milestone) Submission {
	s := Submission{Statement: "done"}
	for _, c := range m.Criteria {
		s.Answers = append(s.Answers, Answer{Criterion: c.ID, Text: "yes"})
	}
	if m.NeedEvidence {
		s.Evidence = []ident.Evidence{"evd_1"}
	}
	return s
}

func confirmed(m Milestone, ids ...ident.Evidence) []Evidence {
	var out []Evidence
	for _, id := range ids {
		out = append(out, Evidence{ID: id, Milestone: m.ID, State: Confirmed})
	}
	return out
}

func submitted(t testing.TB, m Milestone, on string) Milestone {
	t.Helper()
	return must[Milestone](t)(m.Submit(operator(), submission(m), confirmed(m, "evd_1"), day(on)))
}

func decided(t testing.TB, m Milestone, o Outcome, on string) Milestone {
	t.Helper()
	d := Decision{Outcome: o, Reasons: because("see minutes")}
	if o == PartiallyMet {
		d.Percent = "60"
	}
	return must[Milestone](t)(submitted(t, m, on).Decide(manager(), payee, d, day(on)))
}

// wantCode fails unless err is a fault of the kind and code.
func wantCode(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	if !errors.Is(err, fault.New(kind, code)) {
		t.Errorf("fault = %v, want %v %s", err, kind, code)
	}
}

// fieldsOf lists "pointer code" of each field of a fault, in order.
func fieldsOf(err error) []string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Pointer+" "+x.Code)
	}
	return out
}

func wantFields(t testing.TB, err error, want ...string) {
	t.Helper()
	if got := fieldsOf(err); !slices.Equal(got, want) {
		t.Errorf("fields = %q, want %q (%v)", got, want, err)
	}
}

func calendar(t testing.TB) civil.Calendar {
	t.Helper()
	return must[civil.Calendar](t)(civil.Embedded())
}

// exact lets go-cmp look into dates and amounts.
func exact() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b civil.Date) bool { return a == b }),
		cmp.Comparer(func(a, b money.Amount) bool { return a == b }),
	}
}
