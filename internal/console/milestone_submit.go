package console

import (
	"context"
	"fmt"
	"slices"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// stepUpload keeps the files of a form and shows it again.
const stepUpload = "upload"

// submitForm is a milestone on its way to be handed in.
type submitForm struct {
	*milestoneHome
	Form    *form
	Files   []evidenceLine // that may be rested on
	Kinds   []option
	Limits  uploadLimits
	Tasks   []submitTask
	Boxes   bool // a file can be ticked for a single criterion
	Return  *award.Round
	Lapses  bool // an extension that is being decided
	Effects []effect
	Shown   []answerShown
	Ticked  []evidenceLine
}

// submitTask is a part of the form and whether it is done.
type submitTask struct {
	Text, Href, State string // ids and an address within the page
	Count             string // id of the text that counts; empty for none
	Done, Total       int
	Needed            bool
}

// answerShown is a criterion with what was answered.
type answerShown struct {
	criterion
	Text  string
	Files []evidenceLine
}

// mostBoxes bounds the boxes with which files are ticked for single criteria.
const mostBoxes = 150

func (c *Console) submitMilestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	if !isPost(q) && !h.can(award.CommandSubmit) {
		return q.notNow(h, "submit", award.CommandSubmit)
	}
	page := func(f *form, _ tracker.Foreseen) error { return q.submitPage(h, f) }
	if !isPost(q) {
		return q.submitPage(h, q.submitForm(h))
	}
	f, files, err := q.sentWithFiles()
	defer closeAll(files)
	if err != nil {
		return err
	}
	if done, err := q.uploaded(h, f, files, func() error { return q.submitPage(h, f) }); done {
		return err
	}
	check := func(f *form, seen tracker.Foreseen) error {
		view := submitForm{milestoneHome: h, Form: f, Effects: h.effects(seen), Shown: h.answersShown(f), Ticked: h.ticked(f, "evidence")}
		return q.show("milestone-submit-check", q.text("console.milestone.do."+h.Submitting()), view)
	}
	return q.twoSteps(h, f, func(in *fields) run {
		s := h.submission(in.form)
		return func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
			return c.Tracker.SubmitMilestone(ctx, call, h.ref, s)
		}
	}, page, check)
}

// submitForm is the form as it is first shown: with the answers and files of
// the round before, where there is one, and every file since.
func (q *request) submitForm(h *milestoneHome) *form {
	f := q.form(h.Page+"/submit", h.M.Version)
	last := h.Last()
	for i, c := range h.M.Criteria {
		a := h.Answer(c.ID)
		if a == nil {
			continue
		}
		f.With(fmt.Sprintf("answers/%d/text", i), a.Text)
		for _, id := range a.Evidence {
			if e := h.File(id); e != nil && e.State == award.Confirmed {
				f.Values.Add(fmt.Sprintf("answers/%d/evidence", i), string(id))
			}
		}
	}
	if last != nil {
		f.With("statement", last.Statement)
	}
	for _, e := range h.files {
		if e.State == award.Confirmed {
			f.Values.Add("evidence", string(e.ID))
		}
	}
	return f
}

// uploaded keeps the files of a form, ticks them in it and shows it again where
// that was asked for or something is wrong with one; false where the form goes
// on.
func (q *request) uploaded(h *milestoneHome, f *form, files []upload, show func() error) (bool, error) {
	kind := award.EvidenceKind(f.Value("kind"))
	if kind != "" && !slices.Contains(evidenceKinds(), kind) {
		return true, fault.New(fault.Malformed, "form.malformed")
	}
	kept, _, wrong := q.keep(h, f, kind, "", files)
	for _, id := range kept {
		if !f.Has("evidence", string(id)) {
			f.Values.Add("evidence", string(id))
		}
	}
	if len(kept) > 0 {
		if err := q.load(h); err != nil {
			return true, err
		}
	}
	if len(wrong) == 0 && q.step() != stepUpload {
		return false, nil
	}
	if f.Faults = wrong; len(wrong) > 0 {
		q.status = fault.Invalid.Status()
	}
	return true, show()
}

func (q *request) submitPage(h *milestoneHome, f *form) error {
	view := submitForm{milestoneHome: h, Form: f, Kinds: options(q, "evidenceKind", evidenceKinds()...), Limits: q.limits(), Lapses: h.M.Extension != ""}
	for _, e := range h.files {
		if e.State == award.Confirmed {
			view.Files = append(view.Files, e)
		}
	}
	view.Boxes = len(view.Files) > 0 && len(view.Files)*len(h.M.Criteria) <= mostBoxes
	if r := h.Last(); r != nil && r.End == award.RoundReturned {
		view.Return = r
	}
	view.Tasks = h.submitTasks(f)
	return q.show("milestone-submit", q.text("console.milestone.do."+h.Submitting()), view)
}

// Refused is the answer to a criterion with which the last round was returned
// for a reason about it; empty where there is none.
func (h *milestoneHome) Refused(criterion string) string {
	r := h.Last()
	if r == nil || r.End != award.RoundReturned || !slices.ContainsFunc(r.Reasons, func(x award.Reason) bool { return x.Criterion == criterion }) {
		return ""
	}
	if a := h.Answer(criterion); a != nil {
		return a.Text
	}
	return ""
}

func (h *milestoneHome) submitTasks(f *form) []submitTask {
	state := func(done, needed bool) string {
		switch {
		case done:
			return "done"
		case needed:
			return "todo"
		}
		return "optional"
	}
	answered := 0
	for i, c := range h.M.Criteria {
		if text := f.Value(fmt.Sprintf("answers/%d/text", i)); text != "" && text != h.Refused(c.ID) {
			answered++
		}
	}
	ticked, all := len(h.ticked(f, "evidence")), len(h.M.Criteria)
	return []submitTask{
		{Text: "criteria", Href: "#f-answers", State: state(answered == all, true), Count: "of", Done: answered, Total: all, Needed: true},
		{Text: "evidence", Href: "#f-evidence", State: state(ticked > 0, h.M.NeedEvidence), Count: "files", Done: ticked, Needed: h.M.NeedEvidence},
		{Text: "statement", Href: "#f-statement", State: state(f.Value("statement") != "", false)},
	}
}

// submission is what a form says.
func (h *milestoneHome) submission(f *form) award.Submission {
	s := award.Submission{Statement: f.Value("statement"), Evidence: evidenceIDs(f.Values["evidence"]), Answers: []award.Answer{}}
	for i, c := range h.M.Criteria {
		s.Answers = append(s.Answers, award.Answer{
			Criterion: c.ID, Text: f.Value(fmt.Sprintf("answers/%d/text", i)), Evidence: evidenceIDs(f.Values[fmt.Sprintf("answers/%d/evidence", i)]),
		})
	}
	return s
}

func evidenceIDs(values []string) []ident.Evidence {
	var out []ident.Evidence
	for _, v := range values {
		if v != "" && !slices.Contains(out, ident.Evidence(v)) {
			out = append(out, ident.Evidence(v))
		}
	}
	return out
}

// ticked are the files that are ticked under a name.
func (h *milestoneHome) ticked(f *form, name string) []evidenceLine {
	var out []evidenceLine
	for _, id := range evidenceIDs(f.Values[name]) {
		if e := h.File(id); e != nil {
			out = append(out, *e)
		}
	}
	return out
}

func (h *milestoneHome) answersShown(f *form) []answerShown {
	var out []answerShown
	for _, c := range h.Criteria() {
		out = append(out, answerShown{c, f.Value(fmt.Sprintf("answers/%d/text", c.I)), h.ticked(f, fmt.Sprintf("answers/%d/evidence", c.I))})
	}
	return out
}
