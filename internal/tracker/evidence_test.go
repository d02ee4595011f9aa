package tracker_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func fileOf(content string) award.File {
	sum := sha256.Sum256([]byte(content))
	return award.File{Kind: award.OtherFile, FileName: "report.txt", MediaType: "text/plain", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

func storedEvidence(t *testing.T, o *trackertest.Office, ref tracker.EvidenceRef) award.Evidence {
	t.Helper()
	return storedThing[award.Evidence](t, o, schema.EvidenceKey(ref.Award, ref.Milestone, ref.Evidence), schema.TypeEvidence)
}

func answered(evidence ...ident.Evidence) award.Submission {
	return award.Submission{Answers: []award.Answer{{Criterion: "C1", Text: "yes"}}, Evidence: evidence}
}

// twoDue is an award with two milestones; evidence is needed for the first.
func twoDue(o *trackertest.Office) trackertest.Active {
	return o.ActiveAward([]award.MilestoneDraft{trackertest.NeedingEvidence(trackertest.Milestone("M1", "2026-06-01")), trackertest.Milestone("M2", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "100", "M1", "M2")})
}

// What is announced must be a file that the deployment takes.
func TestAnnounceEvidence(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	announce := func(persona string, ref tracker.MilestoneRef, change func(*award.File)) error {
		in := fileOf("a report")
		change(&in)
		_, err := o.Tracker.AnnounceEvidence(o.Ctx, o.Call(persona), ref, in)
		return err
	}
	same := func(*award.File) {}
	other := o.Upload(a.M("M2"), "of the other milestone")
	for _, test := range []struct {
		name   string
		change func(*award.File)
		code   string
		fields []string
	}{
		{"a program", func(f *award.File) { f.MediaType, f.FileName = "application/x-msdownload", "report.exe" }, "evidence.typeRefused", nil},
		{"another extension", func(f *award.File) { f.FileName = "report.pdf" }, "evidence.extensionDiffers", nil},
		{"nothing", func(f *award.File) { f.Size = 0 }, "request.invalid", []string{"/size evidence.empty"}},
		{"too much", func(f *award.File) { f.Size = 101 << 20 }, "request.invalid", []string{"/size evidence.tooLarge"}},
		{"no hash", func(f *award.File) { f.SHA256 = strings.ToUpper(f.SHA256) }, "request.invalid", []string{"/sha256 evidence.badHash"}},
		{"no kind", func(f *award.File) { f.Kind = "" }, "request.invalid", []string{"/kind field.required"}},
		{"a path", func(f *award.File) { f.FileName = "../report.txt" }, "request.invalid", []string{"/fileName evidence.badFileName"}},
		{"replaces what is not there", func(f *award.File) { f.Supersedes = "evd_01K3ZZZZZZ0000000000000000" }, "request.invalid", []string{"/supersedes reference.unknown"}},
		{"replaces another milestone's", func(f *award.File) { f.Supersedes = other.Evidence }, "request.invalid", []string{"/supersedes reference.unknown"}},
		{"replaces what is no id", func(f *award.File) { f.Supersedes = ident.Evidence(strings.Repeat("e", 2000)) }, "request.invalid", []string{"/supersedes reference.unknown"}},
	} {
		expectFault(t, test.name, announce(trackertest.Operator, a.M("M1"), test.change), fault.Invalid, test.code, test.fields...)
	}
	expectFault(t, "by an auditor", announce(trackertest.Auditor, a.M("M1"), same), fault.Forbidden, "access.forbidden")
	expectFault(t, "by a manager", announce(trackertest.Manager, a.M("M1"), same), fault.Forbidden, "access.forbidden")
	expectFault(t, "by another's operator", announce(trackertest.Operator2, a.M("M1"), same), fault.NotFound, "thing.notFound")
	expectFault(t, "for no milestone", announce(trackertest.Operator, tracker.MilestoneRef{Award: a.ID, Milestone: "mst_01K3ZZZZZZ0000000000000000"}, same), fault.NotFound, "thing.notFound")
	if err := announce(trackertest.Lead, a.M("M1"), same); err != nil {
		t.Errorf("by the project lead: %v", err)
	}
}

// What is sent must be what was announced; else nothing is kept.
func TestSendEvidence(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	const content = "a report of what was reached"
	e := o.Announce(a.M("M1"), content)
	send := func(persona string, ref tracker.EvidenceRef, r io.Reader) error {
		return o.Tracker.SendEvidence(o.Ctx, o.Call(persona), ref, r)
	}
	confirm := func() error {
		_, err := o.Tracker.ConfirmEvidence(o.Ctx, o.Call(trackertest.Operator), e)
		return err
	}
	sum := fileOf(content).SHA256
	for _, test := range []struct{ name, sent, code string }{
		{"other bytes", strings.Replace(content, "r", "R", 1), "evidence.hashDiffers"},
		{"too few", content[:10], "evidence.sizeDiffers"},
		{"too many", content + "!", "evidence.sizeDiffers"},
		{"nothing", "", "evidence.empty"},
		{"another type", "%PDF-1.7\n" + content, "evidence.typeDiffers"},
		{"a program", "MZ\x90\x00\x03\x00\x00\x00" + content, "evidence.typeDiffers"},
	} {
		expectFault(t, test.name, send(trackertest.Operator, e, strings.NewReader(test.sent)), fault.Invalid, test.code)
		if _, err := o.Blobs.In(string(e.Evidence)).Stat(o.Ctx, sum); fault.CodeOf(err) != "blob.absent" {
			t.Errorf("%s: something is kept: %v", test.name, err)
		}
		expectFault(t, test.name+": confirm", confirm(), fault.Conflict, "evidence.notReceived")
	}
	broken := io.MultiReader(strings.NewReader(content[:5]), brokenReader{})
	if err := send(trackertest.Operator, e, broken); err == nil || fault.KindOf(err) == fault.Invalid {
		t.Errorf("a connection that breaks: %v, want a fault that blames no value", err)
	}
	expectFault(t, "by an auditor", send(trackertest.Auditor, e, strings.NewReader(content)), fault.Forbidden, "access.forbidden")
	expectFault(t, "by another's operator", send(trackertest.Operator2, e, strings.NewReader(content)), fault.NotFound, "thing.notFound")
	stray := e
	stray.Milestone = a.Milestones["M2"]
	expectFault(t, "for another milestone", send(trackertest.Operator, stray, strings.NewReader(content)), fault.NotFound, "thing.notFound")

	_, err := o.Tracker.SubmitMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), answered(e.Evidence))
	expectInvalid(t, "submit with what is only announced", err, "/evidence/0 evidence.notConfirmed")
	_, err = o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Auditor), e)
	expectFault(t, "open what is only announced", err, fault.Conflict, "evidence.noContent")
	if err := send(trackertest.Operator, e, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := confirm(); err != nil {
		t.Fatal(err)
	}
	expectFault(t, "send again", send(trackertest.Operator, e, strings.NewReader(content)), fault.Conflict, "evidence.notAnnounced")
	expectFault(t, "confirm again", confirm(), fault.Conflict, "move.illegal")
	opened, err := o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Auditor), e)
	if err != nil {
		t.Fatal(err)
	}
	got, readErr := io.ReadAll(opened.Content)
	if err := errors.Join(readErr, opened.Content.Close()); err != nil || string(got) != content || opened.Evidence.FileName != "report.txt" {
		t.Errorf("opened %q of %+v, %v", got, opened.Evidence, err)
	}
	_, err = o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Operator2), e)
	expectFault(t, "open by another's operator", err, fault.NotFound, "thing.notFound")
	o.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
	if r := o.MilestoneNow(a.M("M1")).Rounds[0]; !slices.Equal(r.Evidence, []ident.Evidence{e.Evidence}) {
		t.Errorf("the round rests on %v", r.Evidence)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// A round rests on confirmed evidence of its own milestone, on 40 files at most.
func TestSubmitWithEvidence(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	submit := func(s award.Submission) error {
		_, err := o.Tracker.SubmitMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), s)
		return err
	}
	other := o.Upload(a.M("M2"), "of the other milestone")
	expectInvalid(t, "none", submit(answered()), "/evidence milestone.evidenceRequired")
	expectInvalid(t, "the other milestone's", submit(answered(other.Evidence)), "/evidence/0 evidence.unknown")
	inAnswer := answered()
	inAnswer.Answers[0].Evidence = []ident.Evidence{other.Evidence}
	expectInvalid(t, "the other milestone's in an answer", submit(inAnswer), "/answers/0/evidence/0 evidence.unknown")
	expectInvalid(t, "what is no id", submit(answered(ident.Evidence(strings.Repeat("e", 2000)), "")), "/evidence/0 evidence.unknown", "/evidence/1 evidence.unknown")
	var files []ident.Evidence
	for i := range award.MaxFiles {
		files = append(files, o.Upload(a.M("M1"), fmt.Sprintf("file %d", i)).Evidence)
	}
	err := submit(answered(append(files[:40:40], other.Evidence)...))
	f, _ := errors.AsType[*fault.Error](err)
	if f == nil || f.Fields[0].Code != "milestone.tooManyFiles" {
		t.Errorf("41 files: %v, want milestone.tooManyFiles", err)
	}
	o.SubmitWith(a.M("M1"), files)
}

// An announcement waits 24 hours for its file.
func TestEvidenceExpires(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	const content = "late"
	e := o.Announce(a.M("M1"), content)
	start := o.Clock.Now()
	o.Clock.SetTime(start.Add(24*time.Hour - time.Second))
	if err := o.Tracker.SendEvidence(o.Ctx, o.Call(trackertest.Operator), e, strings.NewReader(content)); err != nil {
		t.Errorf("a second before: %v", err)
	}
	o.Clock.SetTime(start.Add(24 * time.Hour))
	operator := o.Call(trackertest.Operator)
	expectFault(t, "send after a day", o.Tracker.SendEvidence(o.Ctx, operator, e, strings.NewReader(content)), fault.Conflict, "evidence.notAnnounced")
	_, err := o.Tracker.ConfirmEvidence(o.Ctx, operator, e)
	expectFault(t, "confirm after a day", err, fault.Conflict, "move.illegal")
}

// What is replaced stays, and is no longer submitted.
func TestSupersedeEvidence(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	old := o.Upload(a.M("M1"), "first draft")
	replace := func(content string) (tracker.EvidenceRef, error) {
		in := fileOf(content)
		in.Supersedes = old.Evidence
		r, err := o.Tracker.AnnounceEvidence(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), in)
		expectDone(t, "announce", r, err)
		ref := tracker.EvidenceRef{Award: a.ID, Milestone: a.Milestones["M1"], Evidence: ident.Evidence(r.Things[0].ID)}
		if err := o.Tracker.SendEvidence(o.Ctx, o.Call(trackertest.Operator), ref, bytes.NewReader([]byte(content))); err != nil {
			t.Fatal(err)
		}
		r, err = o.Tracker.ConfirmEvidence(o.Ctx, o.Call(trackertest.Operator), ref)
		if err == nil && !slices.Equal(eventsOf(t, o, r), []string{"evidence.confirmed", "evidence.superseded"}) {
			t.Errorf("events %q", eventsOf(t, o, r))
		}
		return ref, err
	}
	young, err := replace("second draft")
	if err != nil {
		t.Fatal(err)
	}
	was, is := storedEvidence(t, o, old), storedEvidence(t, o, young)
	if was.State != award.Superseded || was.SupersededBy != is.ID || is.State != award.Confirmed || is.Supersedes != was.ID {
		t.Errorf("replaced %+v by %+v", was, is)
	}
	if _, err := replace("a rival draft"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("replacing what is replaced: %v, want a conflict", err)
	}
	operator := o.Call(trackertest.Operator)
	_, err = o.Tracker.SubmitMilestone(o.Ctx, operator, a.M("M1"), answered(old.Evidence))
	expectInvalid(t, "submit with what is replaced", err, "/evidence/0 evidence.notConfirmed")
	opened, err := o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Auditor), old)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Content.Close(); err != nil {
		t.Error(err)
	}
}

// Bytes are erased by two people; hash, name and reason stay.
func TestEraseEvidence(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	const content = "names of patients"
	e := o.Upload(a.M("M1"), content)
	ask := func(persona string, reason tracker.Reason) (tracker.Receipt, error) {
		return o.Tracker.AskEraseEvidence(o.Ctx, o.Call(persona), e, reason)
	}
	erase := func(persona string) error {
		_, err := o.Tracker.EraseEvidence(o.Ctx, o.Call(persona), e)
		return err
	}
	expectFault(t, "unasked", erase(trackertest.Manager), fault.Conflict, "evidence.eraseNotAsked")
	_, err := ask(trackertest.Manager, tracker.Reason{})
	expectInvalid(t, "ask without reason", err, "/reason field.required")
	_, err = ask(trackertest.Operator, tracker.Reason{Reason: "x"})
	expectFault(t, "ask by the operator", err, fault.Forbidden, "access.forbidden")
	r, err := ask(trackertest.Manager, tracker.Reason{Reason: "personal data"})
	expectDone(t, "ask", r, err)
	if !tells(journalOf(t, o, r), "personal data") {
		t.Error("the journal does not tell why")
	}
	expectFault(t, "confirmed by who asked", erase(trackertest.Manager), fault.Forbidden, "separation.eraserConfirms")
	if _, err := o.Blobs.In(string(e.Evidence)).Stat(o.Ctx, fileOf(content).SHA256); err != nil {
		t.Errorf("gone before the second person confirmed: %v", err)
	}
	if err := erase(trackertest.Manager2); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Blobs.In(string(e.Evidence)).Stat(o.Ctx, fileOf(content).SHA256); fault.CodeOf(err) != "blob.absent" {
		t.Errorf("the bytes are still there: %v", err)
	}
	got := storedEvidence(t, o, e)
	if got.State != award.Erased || got.SHA256 != fileOf(content).SHA256 || got.FileName != "report.txt" || got.ErasedFor != "personal data" ||
		!slices.Equal(got.ErasedBy, []ident.Person{o.People[trackertest.Manager], o.People[trackertest.Manager2]}) {
		t.Errorf("erased to %+v", got)
	}
	_, err = o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Auditor), e)
	expectFault(t, "open what is erased", err, fault.Conflict, "evidence.noContent")
	expectFault(t, "erase twice", erase(trackertest.Manager2), fault.Conflict, "move.illegal")
	_, err = o.Tracker.SubmitMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), answered(e.Evidence))
	expectInvalid(t, "submit with what is erased", err, "/evidence/0 evidence.notConfirmed")
}

// Knowing a hash is not having the file: what is announced elsewhere is
// confirmed only where it was sent, and erasing one leaves the other.
func TestEvidenceIsNotSharedByItsHash(t *testing.T) {
	o := trackertest.New(t, nil)
	a := twoDue(o)
	const content = "a report that is nobody else's business"
	first := o.Upload(a.M("M1"), content)
	guessed := o.Announce(a.M("M2"), content)
	_, err := o.Tracker.ConfirmEvidence(o.Ctx, o.Call(trackertest.Operator), guessed)
	expectFault(t, "confirm what was never sent here", err, fault.Conflict, "evidence.notReceived")
	second := o.Upload(a.M("M2"), content)
	_, err = o.Tracker.AskEraseEvidence(o.Ctx, o.Call(trackertest.Manager), first, tracker.Reason{Reason: "personal data"})
	if err == nil {
		_, err = o.Tracker.EraseEvidence(o.Ctx, o.Call(trackertest.Manager2), first)
	}
	if err != nil {
		t.Fatal(err)
	}
	left, err := o.Tracker.OpenEvidence(o.Ctx, o.Call(trackertest.Operator), second)
	if err != nil {
		t.Fatalf("erasing one took the other: %v", err)
	}
	if err := left.Content.Close(); err != nil {
		t.Error(err)
	}
}
