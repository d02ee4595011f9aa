package demo

import (
	"fmt"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// told is a verb, what it turned into, and a day.
type told struct {
	verb, after string
	offset      int
	dated       bool
}

// story reads "verb", "verb@-12" or "verb/after@-12".
func story(text string) told {
	verb, day, dated := strings.Cut(text, "@")
	verb, after, _ := strings.Cut(verb, "/")
	offset, _ := strconv.Atoi(day)
	return told{verb: verb, after: after, offset: offset, dated: dated}
}

// milestoneVerbs are what may become of a milestone.
func milestoneVerbs() map[string]func(*milestoneStory) {
	return map[string]func(*milestoneStory){
		"plan":      func(*milestoneStory) {},
		"start":     (*milestoneStory).start,
		"late":      (*milestoneStory).late,
		"submit":    func(m *milestoneStory) { m.submit(m.due - 3) },
		"withdrawn": (*milestoneStory).withdrawn,
		"returned":  func(m *milestoneStory) { m.submit(m.due - 3); m.sendBack(m.due+6, 0) },
		"rework":    func(m *milestoneStory) { m.submit(m.due - 3); m.sendBack(m.due+9, 6) },
		"resubmit":  func(m *milestoneStory) { m.submit(m.due - 3); m.sendBack(m.due+5, 0); m.hand(m.due + 19) },
		"met":       func(m *milestoneStory) { m.submit(m.due - 4); m.decide(m.due+5, award.Met) },
		"metlate":   func(m *milestoneStory) { m.submit(m.due + 20); m.decide(m.due+29, award.Met) },
		"met2": func(m *milestoneStory) {
			m.submit(m.due - 6)
			m.sendBack(m.due+2, 0)
			m.hand(m.due + 12)
			m.decide(m.due+20, award.Met)
		},
		"part": func(m *milestoneStory) {
			m.submit(m.due - 4)
			m.decide(m.due+6, award.PartiallyMet)
			m.settle(m.due + 17)
		},
		"not":          func(m *milestoneStory) { m.submit(m.due - 2); m.decide(m.due+8, award.NotMet); m.settle(m.due + 20) },
		"reopened":     (*milestoneStory).reopened,
		"ext":          func(m *milestoneStory) { m.start(); m.askExtension(-8, 45) },
		"extlate":      func(m *milestoneStory) { m.start(); m.askExtension(m.due+9, 60) },
		"granted":      func(m *milestoneStory) { m.start(); m.askExtension(m.due-15, 75); m.grantExtension(m.due - 10) },
		"refusedext":   func(m *milestoneStory) { m.start(); m.askExtension(m.due-14, 60); m.refuseExtension(m.due - 5) },
		"withdrawnext": func(m *milestoneStory) { m.start(); m.askExtension(m.due-12, 30); m.withdrawExtension(m.due - 8) },
		"lapsed": func(m *milestoneStory) {
			m.start()
			m.askExtension(m.due-9, 30)
			m.hand(m.due - 2)
			m.decide(m.due+7, award.Met)
		},
	}
}

// milestoneStory writes down what became of one milestone.
type milestoneStory struct {
	award     *liveAward
	n         int // from 0
	due       int // offset
	told      told
	extension ident.Extension
}

func (a *liveAward) milestone(n int) error {
	t := story(a.grant.milestones[n])
	verb, ok := milestoneVerbs()[t.verb]
	if !ok {
		return fmt.Errorf("demo: %s has a milestone %q", a.number, a.grant.milestones[n])
	}
	verb(&milestoneStory{award: a, n: n, due: t.offset, told: t})
	return nil
}

func (m *milestoneStory) ref() tracker.MilestoneRef {
	return tracker.MilestoneRef{Award: m.award.id, Milestone: m.award.milestones[m.n]}
}

func (m *milestoneStory) draft() award.MilestoneDraft { return m.award.document.Milestones[m.n] }

func (m *milestoneStory) at(offset int, who, what string, do func(tracker.Call) error) {
	m.award.seed.script.at(offset, who, what+" "+m.award.number+" "+m.draft().Code, do)
}

// start begins the work two months before the due date, and not before the
// agreement.
func (m *milestoneStory) start() {
	offset := max(m.award.grant.start+7, min(m.due-60, -3))
	m.at(offset, m.award.operator, "start", func(c tracker.Call) error {
		_, err := m.award.seed.Tracker.StartMilestone(m.award.seed.ctx, c, m.ref())
		return err
	})
}

// late is work that goes on after its due date, with a forecast where somebody
// has given one.
func (m *milestoneStory) late() {
	m.start()
	if m.n%2 == 1 {
		return
	}
	m.at(max(m.due-10, m.award.grant.start+9), m.award.operator, "forecast", func(c tracker.Call) error {
		in := tracker.Forecast{ForecastOn: m.award.seed.day(21 + m.n)}
		_, err := m.award.seed.Tracker.ForecastMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

// submit is start and hand.
func (m *milestoneStory) submit(offset int) {
	m.start()
	m.hand(offset)
}

func (m *milestoneStory) hand(offset int) {
	m.at(offset, m.award.operator, "submit", func(c tracker.Call) error {
		var files []ident.Evidence
		if m.n == 0 {
			file, err := m.award.seed.file(c, m.ref(), m.draft().Deliverable)
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		in := award.Submission{Statement: "材料齐全，请予评审。", Evidence: files}
		for _, criterion := range m.draft().Criteria {
			in.Answers = append(in.Answers, award.Answer{Criterion: criterion.ID, Text: "已完成，详见所附材料。"})
		}
		_, err := m.award.seed.Tracker.SubmitMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

func (m *milestoneStory) withdrawn() {
	m.submit(m.due - 5)
	m.at(m.due-3, m.award.operator, "withdraw", func(c tracker.Call) error {
		_, err := m.award.seed.Tracker.WithdrawMilestone(m.award.seed.ctx, c, m.ref())
		return err
	})
}

// sendBack returns a submission; dueIn is the offset of the new date, 0 for the
// default.
func (m *milestoneStory) sendBack(offset, dueIn int) {
	m.at(offset, "manager", "return", func(c tracker.Call) error {
		in := award.Return{Reasons: []award.Reason{{Criterion: "C2", Text: "数据不足以支持结论，请补充重复性试验。"}}}
		if dueIn != 0 {
			in.ReworkDueOn = m.award.seed.day(dueIn)
		}
		_, err := m.award.seed.Tracker.ReturnMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

// paper is a decision document of the day before an offset.
func (s *seed) paper(kind string, offset int) *award.DecisionPaper {
	on := s.worked(min(offset, -1))
	s.papers++
	return &award.DecisionPaper{
		Number:    fmt.Sprintf("演示%s〔%d〕%d 号", kind, on.Year(), s.papers),
		DecidedOn: civil.Min(on, s.worked(-1)), Signer: "周明远",
	}
}
