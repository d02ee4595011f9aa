package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// plannedActions are "number action code" of a plan.
func plannedActions(t *testing.T, o *trackertest.Office, in tracker.NewImport) []string {
	t.Helper()
	plan, err := o.Tracker.PlanImport(t.Context(), o.Call(trackertest.Manager), in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range plan {
		code := ""
		if p.Fault != nil {
			code = " " + p.Fault.Code
			for _, f := range p.Fault.Fields {
				code += " " + f.Pointer + " " + f.Code
			}
		}
		got = append(got, fmt.Sprint(p.Number, " ", p.Action, code, strings.Join(p.Changed, " ")))
	}
	return got
}

func TestPlanTellsWhatIsThere(t *testing.T) {
	o, id := smallImport(t, nil, false)
	in, _ := importOf(o, smallFiles(false), exchange.Options{})
	want := []string{"A-1 create", "A-2 create", "A-3 create"}
	if diff := cmp.Diff(want, plannedActions(t, o, in)); diff != "" {
		t.Errorf("empty (-want +got):\n%s", diff)
	}
	if _, err := o.Tracker.ApplyImport(t.Context(), o.Call(trackertest.Manager), id); err != nil {
		t.Fatal(err)
	}
	in.Rows[0].Document.Title = portfolio.Names{EN: "Better laser"}
	in.Rows[1].Document.Milestones[0].DueOn = trackertest.Day("2025-09-02")
	want = []string{"A-1 change/title/en", "A-2 change/milestones/0/dueOn", "A-3 leave"}
	if diff := cmp.Diff(want, plannedActions(t, o, in)); diff != "" {
		t.Errorf("drafts (-want +got):\n%s", diff)
	}
	again := preparedImport(t, o, in)
	if _, err := o.Tracker.ApplyImport(t.Context(), o.Call(trackertest.Manager), again); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range importedRows(t, o, again) {
		got = append(got, fmt.Sprint(r.Document.Number, " ", r.Result.Action, " ", storedAward(t, o.Store, r.Result.Award).award.Document.Title.EN))
	}
	if diff := cmp.Diff([]string{"A-1 change Better laser", "A-2 change Mirror", "A-3 leave Lens"}, got); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	soundImport(t, o)
}

// A row that would break is refused in the plan; stored all the same, it is
// refused when it is applied, with nothing of it written.
func TestBrokenRowsWriteNothing(t *testing.T) {
	many := func(n int) func(*schema.ImportRow) {
		return func(r *schema.ImportRow) {
			r.Document.Milestones, r.Document.Tranches, r.History.Events = nil, nil, nil
			one := r.Document.FundingLines[0].Amount
			for i := range n {
				code := fmt.Sprint(i + 1)
				m := trackertest.Milestone(code, "2025-06-01")
				tr := award.TrancheDraft{Number: i + 1, Kind: award.Interim, PlannedOn: m.DueOn, Amount: one, Gates: []string{code}}
				r.Document.Milestones, r.Document.Tranches = append(r.Document.Milestones, m), append(r.Document.Tranches, tr)
				r.History.Events = append(r.History.Events, award.HistoryEvent{Kind: award.HistoryAccepted, On: m.DueOn, Milestone: code})
			}
			sum := one
			for range n - 1 {
				sum, _ = sum.Add(one)
			}
			r.Document.Amount, r.Document.FundingLines[0].Amount = sum, sum
		}
	}
	for _, c := range []struct {
		name, want string
		breaks     func(*schema.ImportRow)
	}{
		{"after the go-live", "refuse request.invalid /history/1/on opening.afterGoLive", func(r *schema.ImportRow) {
			r.History.Events[1].On = trackertest.Day("2026-03-02")
		}},
		{"an unknown milestone", "refuse request.invalid /history/0/milestone opening.unknownMilestone", func(r *schema.ImportRow) {
			r.History.Events[0] = award.HistoryEvent{Kind: award.HistoryAccepted, On: trackertest.Day("2025-06-01"), Milestone: "9"}
		}},
		{"tranches that do not sum", "refuse request.invalid /tranches award.tranchesDoNotSum", func(r *schema.ImportRow) {
			r.Document.Tranches = r.Document.Tranches[:1]
		}},
		{"too many things for one transaction", "refuse import.tooManyItems", many(20)},
		{"as many as there is room for", "create", many(18)},
		{"a row that is too large", "refuse import.rowTooLarge", func(r *schema.ImportRow) {
			for range 3000 {
				r.History.Events = append(r.History.Events, r.History.Events[0])
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := trackertest.New(t, nil, trackertest.Programme(func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }))
			in, _ := importOf(o, smallFiles(true), exchange.Options{})
			c.breaks(&in.Rows[0])
			want := []string{"A-1 " + c.want, "A-2 create", "A-3 create"}
			if diff := cmp.Diff(want, plannedActions(t, o, in)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if c.want == "refuse import.rowTooLarge" {
				if _, err := o.Tracker.PrepareImport(t.Context(), o.Call(trackertest.Manager), in); fault.CodeOf(err) != "import.rowTooLarge" {
					t.Errorf("PrepareImport = %v", err)
				}
				return
			}
			before := importItems(t, o, schema.TypeProject)
			id := preparedImport(t, o, in)
			appliedImport(t, o, id)
			result := importedRows(t, o, id)[0].Result
			made := 3
			if c.want != "create" {
				made = 2
				if result.Action != schema.ImportRefuse || !strings.Contains(c.want, result.Code) || result.Award != "" {
					t.Errorf("result = %+v, want %s", result, c.want)
				}
			}
			awards, projects := importItems(t, o, schema.TypeAward), importItems(t, o, schema.TypeProject)-before
			if awards != made || projects != made {
				t.Errorf("%d awards and %d projects, want %d of each", awards, projects, made)
			}
			soundImport(t, o)
		})
	}
}

// An agreement number belongs to one award, in the import and in the store.
func TestOneAwardPerNumber(t *testing.T) {
	o := trackertest.New(t, nil, trackertest.Programme(func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }))
	other := o.NewProgramme("OTHER", nil, trackertest.Manager, trackertest.Manager2)
	elsewhere := o.Document(nil, nil)
	elsewhere.Programme, elsewhere.Number, elsewhere.Platform, elsewhere.Project = other, "a-3", "", ""
	o.Draft(elsewhere)
	in, _ := importOf(o, smallFiles(true), exchange.Options{})
	in.Rows[1].Document.Number = "Ａ-1" // a full-width letter
	want := []string{"A-1 create", "Ａ-1 refuse award.numberTaken", "A-3 refuse award.numberTaken"}
	if diff := cmp.Diff(want, plannedActions(t, o, in)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	id := preparedImport(t, o, in)
	appliedImport(t, o, id)
	var got []string
	for _, r := range importedRows(t, o, id) {
		got = append(got, fmt.Sprint(r.Document.Number, " ", r.Result.Action, " ", r.Result.Code))
	}
	if diff := cmp.Diff([]string{"A-1 create ", "Ａ-1 refuse award.numberTaken", "A-3 refuse award.numberTaken"}, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	soundImport(t, o)
}

// Nothing is put onto an award that lives, and no award is opened in a
// programme that is suspended.
func TestImportLeavesTheLivingAlone(t *testing.T) {
	o, _ := smallImport(t, nil, true)
	in, _ := importOf(o, smallFiles(true), exchange.Options{})
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "M1")}, func(d *award.Document) { d.Number = "A-1" })
	o.Meet(a.M("M1"))
	o.PayOut(a.Tr(1))
	before := storedAward(t, o.Store, a.ID).head.Seq
	if got := plannedActions(t, o, in)[0]; got != "A-1 leave" {
		t.Errorf("plan = %s, want A-1 leave", got)
	}
	id := preparedImport(t, o, in)
	appliedImport(t, o, id)
	if after := storedAward(t, o.Store, a.ID).head.Seq; after != before {
		t.Errorf("the living award has %d entries, had %d", after, before)
	}
	if _, err := o.Tracker.SuspendProgramme(t.Context(), o.Call(trackertest.Manager), o.Programme, tracker.Reason{Reason: "revision"}); err != nil {
		t.Fatal(err)
	}
	in.Rows[2].Document.Number = "A-4"
	if got := plannedActions(t, o, in)[2]; got != "A-4 refuse programme.notOpen" {
		t.Errorf("plan = %s, want A-4 refused", got)
	}
	soundImport(t, o)
}

func TestPartiesByIDCodeAndName(t *testing.T) {
	o := trackertest.New(t, nil)
	ctx := t.Context()
	r, err := o.Tracker.CreateOrganisation(ctx, o.Call(trackertest.Manager), portfolio.Organisation{
		Names: portfolio.Names{ZH: "光子研究所", EN: "Photonics"}, Kind: portfolio.Institute,
		Identifiers: []portfolio.Identifier{{Scheme: portfolio.USCC, ID: "914403001922038216"}, {Scheme: "ROR", ID: "05abc"}},
	}, o.Programme)
	if err != nil {
		t.Fatal(err)
	}
	made := ident.Organisation(r.Aggregate)
	o.Organisation("Twin", portfolio.Company)
	o.Organisation("twin", portfolio.Company)
	for text, want := range map[string]ident.Organisation{
		string(made): made, "914403001922038216": made, "ROR:05abc": made, "光子研究所": made, "university": o.Payee, string(o.City): o.City,
	} {
		if got, err := o.Tracker.OrganisationNamed(ctx, "/payee", text); got != want || err != nil {
			t.Errorf("OrganisationNamed(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"": "field.required", "Twin": "reference.ambiguous", "Univ": "reference.unknown", "研究所": "reference.unknown", "org_01K5A7Q2M9X4T8R6W3B1C0D2E5": "reference.unknown"} {
		_, err := o.Tracker.OrganisationNamed(ctx, "/payee", text)
		if diff := cmp.Diff([]string{"/payee " + want}, fieldsAtFault(err)); diff != "" {
			t.Errorf("OrganisationNamed(%q) (-want +got):\n%s", text, diff)
		}
	}
	for text, who := range map[string]string{"": trackertest.Manager, "poc": trackertest.Manager, string(o.Programme): trackertest.Manager2} {
		if got, err := o.Tracker.ProgrammeNamed(ctx, o.Call(who), text); got != o.Programme || err != nil {
			t.Errorf("ProgrammeNamed(%q) by %s = %s, %v", text, who, got, err)
		}
	}
	hidden := o.NewProgramme("HIDDEN", nil, trackertest.Manager2)
	for _, text := range []string{"HIDDEN", string(hidden), "ABSENT", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5"} {
		if _, err := o.Tracker.ProgrammeNamed(ctx, o.Call(trackertest.Manager), text); fault.CodeOf(err) != "thing.notFound" {
			t.Errorf("ProgrammeNamed(%q) = %v, want thing.notFound", text, err)
		}
	}
	_, err = o.Tracker.ProgrammeNamed(ctx, o.Call(trackertest.Manager2), "")
	if diff := cmp.Diff([]string{"/programme field.required"}, fieldsAtFault(err)); diff != "" {
		t.Errorf("ProgrammeNamed of two (-want +got):\n%s", diff)
	}
}

// fieldsAtFault are "pointer code" of a fault's fields.
func fieldsAtFault(err error) []string {
	f, ok := err.(*fault.Error) //nolint:errorlint // not wrapped
	if !ok {
		return nil
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Pointer+" "+field.Code)
	}
	return out
}
