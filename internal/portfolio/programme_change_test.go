package portfolio

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

func aProgramme() Programme {
	return Programme{ID: "prg_1", Code: "POC", Names: Names{EN: "Proof"}, State: ProgrammeOpen, GoLiveOn: day("2026-01-01"),
		AttentionFrom: day("2026-01-01"), SeparationAbove: DefaultSeparation(), Extensions: DefaultExtensionLimits()}
}

// byValue compares values that hide their fields.
func byValue() cmp.Options {
	return cmp.Options{cmp.Comparer(func(a, b money.Amount) bool { return a == b }), cmp.Comparer(func(a, b civil.Date) bool { return a == b })}
}

func otherTerms() Thresholds {
	return Thresholds{GoLiveOn: day("2026-02-01"), AttentionFrom: day("2026-03-01"), SeparationAbove: []money.Amount{money.MustParse("5")},
		Extensions: ExtensionLimits{Count: 1}, RollRestDays: true}
}

// A change is proposed by one person, and in force once another confirms it.
func TestChangeOfTermsTakesTwo(t *testing.T) {
	p, terms := aProgramme(), otherTerms()
	proposed, err := p.Propose(PendingChange{Kind: ChangeTerms, Terms: &terms, By: "per_1", On: day("2026-04-01"), Reason: "resolution 3"})
	if err != nil {
		t.Fatal(err)
	}
	if !proposed.Thresholds().Equal(p.Thresholds()) || p.Pending != nil {
		t.Errorf("proposing changed %+v to %+v", p, proposed)
	}
	if _, _, err := proposed.ConfirmChange("per_1"); fault.CodeOf(err) != "separation.proposerConfirms" || fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the proposer confirms: %v", err)
	}
	confirmed, c, err := proposed.ConfirmChange("per_2")
	if err != nil || c.Reason != "resolution 3" || confirmed.Pending != nil {
		t.Errorf("confirmed %+v, %+v, %v", confirmed, c, err)
	}
	if diff := cmp.Diff(terms, confirmed.Thresholds(), byValue()); diff != "" {
		t.Errorf("in force (-proposed +got):\n%s", diff)
	}
	if diff := cmp.Diff(p.Thresholds(), proposed.Thresholds(), byValue()); diff != "" {
		t.Errorf("confirming changed the value before (-want +got):\n%s", diff)
	}
}

// Dropping leaves the programme as it was.
func TestDropChange(t *testing.T) {
	p, terms := aProgramme(), otherTerms()
	proposed, err := p.Propose(PendingChange{Kind: ChangeTerms, Terms: &terms, By: "per_1"})
	if err != nil {
		t.Fatal(err)
	}
	dropped, c, err := proposed.DropChange()
	if err != nil || c.By != "per_1" {
		t.Errorf("dropped %+v, %v", c, err)
	}
	if diff := cmp.Diff(p, dropped, byValue()); diff != "" {
		t.Errorf("after dropping (-before +after):\n%s", diff)
	}
}

func TestOneChangeAtATime(t *testing.T) {
	p, terms := aProgramme(), otherTerms()
	_, _, dropping := p.DropChange()
	_, _, confirming := p.ConfirmChange("per_2")
	for _, err := range []error{dropping, confirming} {
		if fault.CodeOf(err) != "programme.noChange" || fault.KindOf(err) != fault.Conflict {
			t.Errorf("nothing waits: %v, want programme.noChange", err)
		}
	}
	proposed, err := p.Propose(PendingChange{Kind: ChangeLadder, Ladder: &LadderTerms{Kind: "deliver"}, By: "per_1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proposed.Propose(PendingChange{Kind: ChangeTerms, Terms: &terms, By: "per_2"}); fault.CodeOf(err) != "programme.changePending" {
		t.Errorf("a second proposal: %v", err)
	}
	terms.SeparationAbove = []money.Amount{money.MustParse("-1")}
	_, err = p.Propose(PendingChange{Kind: ChangeTerms, Terms: &terms, By: "per_1"})
	wantFields(t, err, "/separationAbove/0/amount amount.negative")
}
