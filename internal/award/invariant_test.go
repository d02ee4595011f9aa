package award

import (
	"encoding/json"
	"slices"

	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// holds checks the invariants on the things of one award. Opening says that a
// settled tranche may rest on a gate that history took back.
func holds(t failer, milestones []Milestone, tranches []Tranche, totals Totals, opening bool) {
	t.Helper()
	want, err := TotalsOf(totals.Awarded, tranches)
	if want.Refunded = totals.Refunded; err != nil || want != totals {
		t.Fatalf("totals = %v, their fold %v, %v", totals, want, err)
	}
	sum := money.Zero(money.CNY)
	for _, tr := range tranches {
		sum = must[money.Amount](t)(sum.Add(tr.Amount))
		if err := tr.balanced(); err != nil {
			t.Fatalf("tranche %d: %v", tr.Number, err)
		}
		if (tr.State == Settled) != (tr.Paid.Sign() > 0 && tr.Paid == tr.Approved) {
			t.Fatalf("tranche %d is %s with %v of %v paid", tr.Number, tr.State, tr.Paid, tr.Approved)
		}
		if err := tr.gatesHold(milestones); (!tr.Locked) != (err == nil) {
			t.Fatalf("tranche %d says locked %v: %v", tr.Number, tr.Locked, err)
		}
		rests := tr.State == Requested || tr.Instructed.Sign() > 0
		if tr.Locked && rests && !opening {
			t.Fatalf("tranche %d is %s with locked %v", tr.Number, tr.State, tr.Locked)
		}
	}
	if sum != totals.Awarded {
		t.Fatalf("tranches sum to %v, want %v", sum, totals.Awarded)
	}
	for _, m := range milestones {
		if m.Holds() != !m.MetOn.IsZero() || m.Holds() && (m.MetOn != m.last().SubmittedOn || m.MetOn.After(m.last().EndedOn)) {
			t.Fatalf("milestone %s is %s %s, met on %v", m.Code, m.State, m.Outcome(), m.MetOn)
		}
		if need := m.Need(portfolio.ProjectLead, "", ""); (need == nil) != m.Ended() || m.Settlement == Retry && slices.Contains(need.Except, m.Decider()) == (m.Decider() == "") {
			t.Fatalf("milestone %s, %s %s and settled %q, needs %+v", m.Code, m.State, m.Outcome(), m.Settlement, need)
		}
		if m.DueOn.Before(m.BaselineOn) {
			t.Fatalf("milestone %s moved earlier", m.Code)
		}
	}
}

// text is the JSON of a value, to see whether anything in it changed.
func text(t failer, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(data)
}
