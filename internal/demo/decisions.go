package demo

import (
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

func (m *milestoneStory) decide(offset int, outcome award.Outcome) {
	offset = min(offset, -1)
	if outcome == award.Met {
		m.award.decided[m.n] = offset
	}
	m.at(offset, "manager", "decide", func(c tracker.Call) error {
		in := award.Decision{Outcome: outcome, Paper: m.award.seed.paper("评审", offset)}
		if outcome == award.PartiallyMet {
			in.Percent = "70"
		}
		if outcome != award.Met {
			in.Reasons = []award.Reason{{Criterion: "C2", Text: "两项指标未达到任务书要求。"}}
		}
		_, err := m.award.seed.Tracker.DecideMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

// settle chooses what follows a milestone that was not met whole, where the
// story says it.
func (m *milestoneStory) settle(offset int) {
	choice := award.Settlement(m.told.after)
	if choice == "" {
		return
	}
	if choice == award.Retry {
		offset = -6 // so that a second person is still to reopen it
	}
	m.at(offset, "manager2", "settle", func(c tracker.Call) error {
		in := award.Settling{Choice: choice, Reason: "经专题会研究决定。", Paper: m.award.seed.paper("处置", offset)}
		_, err := m.award.seed.Tracker.SettleMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

// reopened is a decision that a colleague took back.
func (m *milestoneStory) reopened() {
	m.submit(m.due - 4)
	m.decide(m.due+5, award.Met)
	m.award.decided[m.n] = 0
	m.at(-13, "manager2", "reopen", func(c tracker.Call) error {
		in := award.Reopen{Reason: "抽查发现检测报告引用的样品批次有误。", Paper: m.award.seed.paper("复核", -13)}
		_, err := m.award.seed.Tracker.ReopenMilestone(m.award.seed.ctx, c, m.ref(), in)
		return err
	})
}

func (m *milestoneStory) askExtension(offset, days int) {
	m.at(offset, m.award.operator, "ask for an extension of", func(c tracker.Call) error {
		in := award.ExtensionRequest{
			Cause: award.CauseProcurement, Reason: "进口设备交付延迟，申请顺延。",
			AskedDueOn: m.award.seed.day(m.due + days),
		}
		if offset > m.due {
			file, err := m.award.seed.file(c, m.ref(), "延期说明")
			if err != nil {
				return err
			}
			in.Evidence = []ident.Evidence{file}
		}
		made, err := m.award.seed.Tracker.AskExtension(m.award.seed.ctx, c, m.ref(), in)
		m.extension = ident.Extension(thing(made, "extension.requested"))
		return err
	})
}

func (m *milestoneStory) extensionRef() tracker.ExtensionRef {
	return tracker.ExtensionRef{Award: m.award.id, Extension: m.extension}
}

func (m *milestoneStory) grantExtension(offset int) {
	m.at(offset, "manager", "grant the extension of", func(c tracker.Call) error {
		in := tracker.ExtensionGrant{Paper: m.award.seed.paper("延期", offset)}
		_, err := m.award.seed.Tracker.GrantExtension(m.award.seed.ctx, c, m.extensionRef(), in)
		return err
	})
}

func (m *milestoneStory) refuseExtension(offset int) {
	m.at(offset, "manager", "refuse the extension of", func(c tracker.Call) error {
		in := tracker.ExtensionRefusal{Reason: "理由不充分，请按原计划推进。", Paper: m.award.seed.paper("延期", offset)}
		_, err := m.award.seed.Tracker.RefuseExtension(m.award.seed.ctx, c, m.extensionRef(), in)
		return err
	})
}

func (m *milestoneStory) withdrawExtension(offset int) {
	m.at(offset, m.award.operator, "withdraw the extension of", func(c tracker.Call) error {
		_, err := m.award.seed.Tracker.WithdrawExtension(m.award.seed.ctx, c, m.extensionRef())
		return err
	})
}

// thing is the id of the first thing in a receipt with an event, "" for none.
func thing(r tracker.Receipt, event string) string {
	for _, t := range r.Things {
		if t.Event == event {
			return t.ID
		}
	}
	return ""
}

func personOf(r tracker.Receipt) ident.Person       { return ident.Person(thing(r, "person.created")) }
func programmeOf(r tracker.Receipt) ident.Programme { return ident.Programme(r.Aggregate) }
