package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func awardNow(t *testing.T, o *trackertest.Office, id ident.Award) award.Award {
	t.Helper()
	return storedThing[award.Award](t, o, schema.RootKey(string(id)), schema.TypeAward)
}

func submitDraft(o *trackertest.Office, id ident.Award) error {
	_, err := o.Tracker.SubmitAward(o.Ctx, o.Call(trackertest.Manager), id)
	return err
}

func activateBy(o *trackertest.Office, persona string, id ident.Award) (tracker.Receipt, error) {
	return o.Tracker.ActivateAward(o.Ctx, o.Call(persona), id, tracker.Activation{Paper: trackertest.Paper()})
}

// A draft may name what is not there; it is not handed in with it.
func TestDraftReferences(t *testing.T) {
	o := trackertest.New(t, nil)
	elsewhere := o.NewProgramme("ELSE", nil, trackertest.Manager)
	stray := projectOf(o, "STRAY")
	stray.Programme = elsewhere
	r, err := o.Tracker.CreateProject(o.Ctx, o.Call(trackertest.Manager), stray)
	strayProject := ident.Project(expectDone(t, "stray project", r, err).Aggregate)
	for _, test := range []struct {
		name   string
		change func(*award.Document)
		fields []string
	}{
		{"nobody is there", func(d *award.Document) {
			d.Payee, d.Platform, d.Project = "org_01K3ZZZZZZ0000000000000000", "plt_01K3ZZZZZZ0000000000000000", "prj_01K3ZZZZZZ0000000000000000"
			d.FundingLines[0].Funder = "org_01K3ZZZZZZ0000000000000001"
			d.Responsible = award.Responsible{Funder: "per_01K3ZZZZZZ0000000000000000", Payee: "per_01K3ZZZZZZ0000000000000001"}
		}, []string{"/payee reference.unknown", "/platform platform.notEnrolled", "/project reference.unknown", "/fundingLines/0/funder reference.unknown",
			"/responsible/funder reference.unknown", "/responsible/payee reference.unknown"}},
		{"another programme's project", func(d *award.Document) { d.Project = strayProject }, []string{"/project reference.unknown"}},
		{"no payee, no place", func(d *award.Document) { d.Payee, d.Platform, d.Project = "", "", "" }, []string{"/platform award.noPlace", "/payee field.required"}},
		{"a tranche of unknown gates", func(d *award.Document) { d.Tranches[0].Gates = []string{"M9"} }, []string{"/tranches/0/gates/0 gate.unknown"}},
	} {
		d := o.Document(oneDue("2026-06-01"))
		test.change(&d)
		id := o.Draft(d)
		expectInvalid(t, test.name, submitDraft(o, id), test.fields...)
		if got := awardNow(t, o, id).State; got != award.Draft {
			t.Errorf("%s: it is %s after the refusal", test.name, got)
		}
	}
	for name, programme := range map[string]ident.Programme{"unknown programme": "prg_01K3ZZZZZZ0000000000000000", "a programme that is another's": o.NewProgramme("THEIRS", nil)} {
		d := o.Document(oneDue("2026-06-01"))
		d.Programme = programme
		_, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), d)
		expectFault(t, name, err, fault.NotFound, "thing.notFound")
	}
}

// What has not the form of an id of the kind that is meant is no draft at all.
func TestDraftIDs(t *testing.T) {
	o := trackertest.New(t, nil)
	long := strings.Repeat("x", 3000)
	whole := o.Document(oneDue("2026-06-01"))
	id := o.Draft(whole)
	for _, test := range []struct {
		name   string
		change func(*award.Document)
		fields []string
	}{
		{"ids of other things", func(d *award.Document) {
			d.Payee, d.Project = ident.Organisation(o.Programme), ident.Project(o.City)
			d.FundingLines[0].Funder, d.Responsible.Funder = "dep", ident.Person(o.Programme)
		}, []string{"/payee reference.unknown", "/project reference.unknown", "/fundingLines/0/funder reference.unknown", "/responsible/funder reference.unknown"}},
		{"no ids", func(d *award.Document) {
			d.Payee, d.Platform, d.Project, d.Responsible.Payee = ident.Organisation(long), ident.Platform(long), ident.Project(long), ident.Person(long)
		}, []string{"/payee reference.unknown", "/platform platform.notEnrolled", "/project reference.unknown", "/responsible/payee reference.unknown"}},
	} {
		d := whole.Clone()
		d.Number = "HT-IDS"
		test.change(&d)
		_, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), d)
		expectInvalid(t, test.name, err, test.fields...)
		_, err = o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, d)
		expectInvalid(t, test.name+" in place of others", err, test.fields...)
	}
	whole.Programme = "POC"
	_, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), whole)
	expectInvalid(t, "a code for a programme", err, "/programme reference.unknown")
}

// An agreement's number is one award's, however it is written, until its draft
// is discarded or renumbered.
func TestDraftNumbers(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	d := o.Document(oneDue("2026-06-01"))
	d.Number = "ＨＴ-100"
	id := o.Draft(d)
	create := func(number string) error {
		again := d
		again.Number = number
		_, err := o.Tracker.CreateAward(o.Ctx, manager, again)
		return err
	}
	replace := func(number string) error {
		again := d
		again.Number = number
		_, err := o.Tracker.ReplaceAward(o.Ctx, manager, id, again)
		return err
	}
	for _, number := range []string{"ＨＴ-100", "HT-100", "ht-100 "} {
		expectInvalid(t, "number "+number, create(number), "/number award.numberTaken")
	}
	if err := replace("HT-100"); err != nil {
		t.Errorf("the same number written otherwise: %v", err)
	}
	if err := replace("HT-200"); err != nil {
		t.Errorf("a new number: %v", err)
	}
	if names := foundNames(t, o, schema.TypeAward, string(o.Programme)); !slices.Equal(names, []string{"HT-200"}) {
		t.Errorf("found by %q", names)
	}
	expectInvalid(t, "the new number", create("ht-200"), "/number award.numberTaken")
	if err := create("HT-100"); err != nil {
		t.Errorf("the number that was given up: %v", err)
	}
	expectInvalid(t, "back to a number now taken", replace("HT-100"), "/number award.numberTaken")

	_, err := o.Tracker.DiscardAward(o.Ctx, manager, id, tracker.Reason{})
	expectInvalid(t, "discard without reason", err, "/reason field.required")
	r, err := o.Tracker.DiscardAward(o.Ctx, manager, id, tracker.Reason{Reason: "withdrawn by the city"})
	expectDone(t, "discard", r, err)
	if !tells(journalOf(t, o, r), "withdrawn by the city") {
		t.Error("the journal does not tell why it was discarded")
	}
	if err := create("HT-200"); err != nil {
		t.Errorf("the number of a discarded draft: %v", err)
	}
	expectFault(t, "replace what is discarded", replace("HT-300"), fault.Conflict, "move.illegal")
}

// A draft is replaced whole, within its programme and while it is a draft.
func TestReplaceDraft(t *testing.T) {
	o := trackertest.New(t, nil)
	elsewhere := o.NewProgramme("ELSE", nil, trackertest.Manager)
	d := o.Document(oneDue("2026-06-01"))
	id := o.Draft(d)
	moved := d
	moved.Programme = elsewhere
	_, err := o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, moved)
	expectInvalid(t, "into another programme", err, "/programme award.programmeFixed")
	_, err = o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Finance), id, d)
	expectFault(t, "by finance", err, fault.Forbidden, "access.forbidden")
	r, err := o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager2), id, d)
	expectDone(t, "by another manager", r, err)
	if err := submitDraft(o, id); err != nil {
		t.Fatal(err)
	}
	_, err = o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, d)
	expectFault(t, "once submitted", err, fault.Conflict, "move.illegal")
	_, err = o.Tracker.DiscardAward(o.Ctx, o.Call(trackertest.Manager), id, tracker.Reason{Reason: "x"})
	expectFault(t, "discard once submitted", err, fault.Conflict, "move.illegal")
}

// Nobody activates what they drafted, edited or submitted, nor what their own
// organisation is paid.
func TestActivationSeparation(t *testing.T) {
	o := trackertest.New(t, nil)
	o.Person("third", "")
	o.Grant("third", portfolio.ProgrammeManager, string(o.Programme))
	o.Person("insider", o.Payee)
	o.Grant("insider", portfolio.ProgrammeManager, string(o.Programme))
	d := o.Document(oneDue("2026-06-01"))
	id := o.Draft(d)
	_, err := activateBy(o, trackertest.Manager2, id)
	expectFault(t, "a draft", err, fault.Conflict, "move.illegal")
	r, err := o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager2), id, d)
	expectDone(t, "edit", r, err)
	if err := submitDraft(o, id); err != nil {
		t.Fatal(err)
	}
	for persona, code := range map[string]string{trackertest.Manager: "separation.drafterActivates", trackertest.Manager2: "separation.drafterActivates", "insider": "separation.payeeDecides"} {
		_, err := activateBy(o, persona, id)
		expectFault(t, "by "+persona, err, fault.Forbidden, code)
	}
	_, err = o.Tracker.TakeBackAward(o.Ctx, o.Call("third"), id)
	expectFault(t, "taken back by another", err, fault.Forbidden, "award.takeBackByOthers")
	_, err = o.Tracker.ReturnAward(o.Ctx, o.Call("third"), id, tracker.Reason{})
	expectInvalid(t, "return without reason", err, "/reason field.required")
	r, err = o.Tracker.ReturnAward(o.Ctx, o.Call("third"), id, tracker.Reason{Reason: "split the tranche"})
	expectDone(t, "return", r, err)
	if got := awardNow(t, o, id); got.State != award.Draft || got.ReturnedFor != "split the tranche" || o.HeadNow(string(id)).State != "draft" {
		t.Errorf("returned to %+v", got)
	}
	if err := submitDraft(o, id); err != nil {
		t.Fatal(err)
	}
	r, err = o.Tracker.TakeBackAward(o.Ctx, o.Call(trackertest.Manager2), id)
	expectDone(t, "take back", r, err)
	if err := submitDraft(o, id); err != nil {
		t.Fatal(err)
	}
	r, err = activateBy(o, "third", id)
	expectDone(t, "activate", r, err)
	if e := journalOf(t, o, r); !tells(e, trackertest.Paper().Number) {
		t.Error("the journal does not tell on which paper it was activated")
	}
}

// wide is a document of milestones and one tranche each, of CNY 1.
func wide(o *trackertest.Office, milestones, tranches int) award.Document {
	var ms []award.MilestoneDraft
	var ts []award.TrancheDraft
	for i := range milestones {
		ms = append(ms, trackertest.Milestone(fmt.Sprintf("M%d", i+1), "2026-06-01"))
	}
	for i := range tranches {
		ts = append(ts, trackertest.Tranche(i+1, "2026-04-01", "1", "M1"))
	}
	return o.Document(ms, ts)
}

// An award may open 90 things, in one transaction; a draft of more is refused
// when it is handed in, and a 91st thing later.
func TestMostOpenThings(t *testing.T) {
	o := trackertest.New(t, nil)
	err := submitDraft(o, o.Draft(wide(o, 46, 45)))
	expectInvalid(t, "91 things", err, "/milestones award.tooManyOpen")
	id := o.Draft(wide(o, 45, 45))
	if err := submitDraft(o, id); err != nil {
		t.Fatal(err)
	}
	r, err := activateBy(o, trackertest.Manager2, id)
	expectDone(t, "activate", r, err)
	if r.Things != nil || r.Counts["milestone.created"] != 45 || r.Counts["tranche.created"] != 45 {
		t.Errorf("the receipt lists %d things and counts %v", len(r.Things), r.Counts)
	}
	if got := o.HeadNow(string(id)).Open; got != award.MaxOpen {
		t.Errorf("%d open things, want %d", got, award.MaxOpen)
	}
	a := o.Things(id)
	expectFault(t, "a 91st", askExtension(o, trackertest.Operator, a.M("M2"), later("2026-07-01")), fault.Conflict, "award.tooManyOpen")
	o.Meet(a.M("M3"))
	if err := askExtension(o, trackertest.Operator, a.M("M2"), later("2026-07-01")); err != nil {
		t.Errorf("a 90th again: %v", err)
	}
}

// What can be stored as a draft can be replaced, handed in and activated: no
// step writes an item that the store does not take.
func TestLargeDocument(t *testing.T) {
	o := trackertest.New(t, nil)
	for _, kilobytes := range []int{50, 100, 150, 200, 250, 300} {
		d := wide(o, 40, 10)
		for i := range d.Milestones {
			d.Milestones[i].Description = strings.Repeat("验\"", kilobytes*1024/40/5)
		}
		r, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), d)
		if err != nil {
			expectFault(t, fmt.Sprintf("%d KB", kilobytes), err, fault.TooLarge, "award.tooLarge")
			if kilobytes <= 100 { // 140 KB of text in the journal, since every second character is a quote
				t.Errorf("%d KB are refused", kilobytes)
			}
			continue
		}
		id := ident.Award(r.Aggregate)
		for i := range d.Milestones {
			d.Milestones[i].Description = strings.Repeat("收\"", kilobytes*1024/40/5)
		}
		r, err = o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, d)
		expectDone(t, fmt.Sprintf("replace %d KB", kilobytes), r, err)
		if err := submitDraft(o, id); err != nil {
			t.Fatalf("submit %d KB: %v", kilobytes, err)
		}
		r, err = activateBy(o, trackertest.Manager2, id)
		expectDone(t, fmt.Sprintf("activate %d KB", kilobytes), r, err)
	}
}

// Amounts of another unit than the award's are told where they stand.
func TestDraftOfMixedCurrencies(t *testing.T) {
	o := trackertest.New(t, nil)
	d := o.Document(oneDue("2026-06-01"))
	usd, err := money.ISO("USD")
	if err != nil {
		t.Fatal(err)
	}
	d.Tranches[0].Amount, err = money.Of(10000, usd)
	if err != nil {
		t.Fatal(err)
	}
	expectInvalid(t, "a tranche in dollars", submitDraft(o, o.Draft(d)), "/tranches/0/amount/currency currency.mixed")
}

// A platform is referred to while its enrolment is in force: when the draft is
// handed in, and when it is activated.
func TestDraftOnPlatformWithoutEnrolmentInForce(t *testing.T) {
	o := trackertest.New(t, nil)
	enrol := func(from, to string) {
		t.Helper()
		e := portfolio.Enrolment{Programme: o.Programme, Origin: portfolio.Commissioned, From: trackertest.Day(from)}
		if to != "" {
			e.To = trackertest.Day(to)
		}
		r, err := o.Tracker.EnrolPlatform(o.Ctx, o.Call(trackertest.Manager), o.Platform, e)
		expectDone(t, "enrol", r, err)
	}
	id := o.Draft(o.Document(oneDue("2026-06-01")))
	for _, term := range [][2]string{{"2026-03-03", ""}, {"2020-01-01", "2026-03-01"}} {
		enrol(term[0], term[1])
		expectInvalid(t, "submit on 2026-03-02", submitDraft(o, id), "/platform platform.notEnrolled")
	}
	enrol("2026-03-02", "2026-03-02")
	if err := submitDraft(o, id); err != nil {
		t.Fatalf("submit on the one day: %v", err)
	}
	o.Clock.Set(trackertest.Day("2026-03-03"))
	_, err := activateBy(o, trackertest.Manager2, id)
	expectInvalid(t, "activate a day late", err, "/platform platform.notEnrolled")
	enrol("2026-03-02", "2026-03-03")
	r, err := activateBy(o, trackertest.Manager2, id)
	expectDone(t, "activate on the last day", r, err)
}

// Codes that nobody can see are missing ones.
func TestDraftOfBlanks(t *testing.T) {
	o := trackertest.New(t, nil)
	d := o.Document(oneDue("2026-06-01"))
	d.Number = " \u3000"
	_, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), d)
	expectInvalid(t, "a number of blanks", err, "/number field.required")
	d = o.Document(oneDue("2026-06-01"))
	d.Milestones[0].Code, d.Milestones[0].Criteria[0].ID, d.Tranches[0].Gates = " ", "\t", []string{" "}
	expectInvalid(t, "a milestone's code of blanks", submitDraft(o, o.Draft(d)), "/milestones/0/code field.required", "/milestones/0/criteria/0/id field.required")
}

// A draft that is refused is told everything at once, also what others have
// taken; and one that is not complete everything that submitting asks for.
func TestDraftToldAllAtOnce(t *testing.T) {
	o := trackertest.New(t, nil)
	d := o.Document(nil, nil)
	d.Number = "ALL-1"
	o.Draft(d)
	bad := d
	bad.Title = portfolio.Names{}
	_, err := o.Tracker.CreateAward(o.Ctx, o.Call(trackertest.Manager), bad)
	expectInvalid(t, "a taken number and no title", err, "/title field.required", "/number award.numberTaken")
	other := d
	other.Number = "ALL-2"
	id := o.Draft(other)
	_, err = o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, bad)
	expectInvalid(t, "the same in place of another", err, "/title field.required", "/number award.numberTaken")

	lacking := o.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-30")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	lacking.Payee, lacking.EndOn = "org_01KJP0Y9M016SCWZE4K8KXQBN0", lacking.StartOn.AddDays(-1)
	expectInvalid(t, "an unknown payee and no term", submitDraft(o, o.Draft(lacking)), "/endOn date.before", "/payee reference.unknown")
}
