package award

import (
	"slices"
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Submission is what is said to have been reached. Evidence named in an answer
// need not be named again for the whole.
type Submission struct {
	Answers   []Answer
	Evidence  []ident.Evidence
	Statement string
}

// Files lists all evidence that the submission rests on, each once.
func (s Submission) Files() []ident.Evidence {
	files := []ident.Evidence{}
	add := func(ids []ident.Evidence) {
		for _, id := range ids {
			if !slices.Contains(files, id) {
				files = append(files, id)
			}
		}
	}
	add(s.Evidence)
	for _, a := range s.Answers {
		add(a.Evidence)
	}
	return files
}

// Start begins the work.
func (m Milestone) Start(on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandStart)
	if err != nil {
		return m, err
	}
	m.State, m.StartedOn = next, on
	return m, nil
}

// Submit hands the milestone in for a decision: every criterion is answered
// exactly once, and every file is confirmed evidence of the milestone (evidence
// holds what the caller found of it). An undecided extension lapses; its own
// item is the caller's to end with Extension.Lapse.
func (m Milestone) Submit(actor Actor, s Submission, evidence []Evidence, on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandSubmit)
	if err != nil {
		return m, err
	}
	var f portfolio.Findings
	f.Text("/statement", s.Statement, portfolio.MaxText)
	m.checkAnswers(&f, s.Answers)
	m.checkFiles(&f, s, evidence)
	if err := f.Err(); err != nil {
		return m, err
	}
	var due civil.Date
	if owed := m.Watch.Current; owed != nil {
		due = owed.EffectiveOn
	}
	m = m.endExtension(on)
	from := m.State
	if from == Planned { // handing in is having worked on it
		from, m.StartedOn = InProgress, on
	}
	m.Rounds = append(slices.Clone(m.Rounds), Round{
		From: from, SubmittedBy: actor.Person, SubmittedByOrg: actor.Organisation, SubmittedOn: on, DueOn: due,
		Answers: cloneAnswers(s.Answers), Evidence: s.Files(), Statement: s.Statement,
	})
	m.State, m.OpenedOn = next, on
	return m, nil
}

func cloneAnswers(answers []Answer) []Answer {
	answers = list(answers)
	for i := range answers {
		answers[i].Evidence = slices.Clone(answers[i].Evidence)
	}
	return answers
}

func (m Milestone) checkAnswers(f *portfolio.Findings, answers []Answer) {
	seen := map[string]bool{}
	for i, a := range answers {
		at := at("/answers", i)
		switch {
		case !m.hasCriterion(a.Criterion):
			f.Add(at+"/criterion", "criterion.unknown", "criterion", a.Criterion)
		case seen[a.Criterion]:
			f.Add(at+"/criterion", "criterion.twice", "criterion", a.Criterion)
		}
		seen[a.Criterion] = true
		f.Required(at+"/text", a.Text, portfolio.MaxText)
	}
	for _, c := range m.Criteria {
		if !seen[c.ID] {
			f.Add("/answers", "criterion.unanswered", "criterion", c.ID)
		}
	}
}

func (m Milestone) hasCriterion(id string) bool {
	return slices.ContainsFunc(m.Criteria, func(c Criterion) bool { return c.ID == id })
}

func (m Milestone) checkFiles(f *portfolio.Findings, s Submission, evidence []Evidence) {
	files := s.Files()
	if len(files) == 0 && m.NeedEvidence {
		f.Add("/evidence", "milestone.evidenceRequired")
	}
	if len(files) > MaxFiles {
		f.Add("/evidence", "milestone.tooManyFiles", "count", len(files), "max", MaxFiles)
	}
	m.checkConfirmed(f, "/evidence", s.Evidence, evidence)
	for i, a := range s.Answers {
		m.checkConfirmed(f, at("/answers", i)+"/evidence", a.Evidence, evidence)
	}
}

func (m Milestone) checkConfirmed(f *portfolio.Findings, at string, ids []ident.Evidence, evidence []Evidence) {
	for i, id := range ids {
		at := at + "/" + strconv.Itoa(i)
		found := slices.IndexFunc(evidence, func(e Evidence) bool { return e.ID == id && e.Milestone == m.ID })
		switch {
		case found < 0:
			f.Add(at, "evidence.unknown", "evidence", string(id))
		case evidence[found].State != Confirmed:
			f.Add(at, "evidence.notConfirmed", "evidence", string(id), "state", string(evidence[found].State))
		}
	}
}

// Withdraw takes the submission back before it is decided, by anybody of the
// organisation that submitted it (milestone.withdrawByOthers). The milestone
// returns to where it was.
func (m Milestone) Withdraw(actor Actor, on civil.Date) (Milestone, error) {
	if _, err := m.State.Next(CommandWithdraw); err != nil {
		return m, err
	}
	r := m.last()
	if r.SubmittedBy != actor.Person && (r.SubmittedByOrg == "" || r.SubmittedByOrg != actor.Organisation) {
		return m, fault.New(fault.Forbidden, "milestone.withdrawByOthers")
	}
	r.End, r.EndedBy, r.EndedOn = RoundWithdrawn, actor.Person, on
	m = m.withLast(r)
	m.State, m.OpenedOn = r.From, on
	return m, nil
}

// Forecast notes when the milestone is expected to be reached; no date takes
// the forecast back. It moves no due date.
func (m Milestone) Forecast(date, on civil.Date) (Milestone, error) {
	if _, err := m.State.Next(CommandForecast); err != nil {
		return m, err
	}
	if !date.IsZero() && date.Before(on) {
		return m, fault.InvalidFields(fault.At("/forecastOn", "date.before", "earliest", on.String()))
	}
	m.ForecastOn = date
	return m, nil
}

// last returns the last round; the zero Round where there is none.
func (m Milestone) last() Round {
	if len(m.Rounds) == 0 {
		return Round{}
	}
	return m.Rounds[len(m.Rounds)-1]
}

// withLast returns m with its last round replaced.
func (m Milestone) withLast(r Round) Milestone {
	m.Rounds = slices.Clone(m.Rounds)
	m.Rounds[len(m.Rounds)-1] = r
	return m
}
