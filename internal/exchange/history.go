package exchange

import (
	"slices"

	"milepost/internal/civil"
)

// events reads the two event tables into the drafts' awards; the milestones'
// events wait for their milestones in d.events.
func (r *reader) events() {
	for _, t := range r.ofKind(awardEventsTable) {
		for _, rec := range t.records {
			r.awardEvent(rec)
		}
	}
	for _, t := range r.ofKind(eventsTable) {
		for _, rec := range t.records {
			r.milestoneEvent(rec)
		}
	}
}

func (r *reader) awardEvent(rec record) {
	d := r.parent(rec)
	if d == nil {
		return
	}
	kind, ok := awardEventKind(rec.text(colEvent))
	if !ok {
		r.refuse(rec, colEvent, "event.unknown", "event", clip(rec.text(colEvent)), "known", "agreed, amended, terminated, termination_reverted")
		return
	}
	on := r.dateOf(rec, colOn)
	d.award.Events = append(d.award.Events, AwardEvent{Place: rec.place(), Kind: kind, On: on})
}

func (r *reader) milestoneEvent(rec record) {
	d := r.parent(rec)
	if d == nil {
		return
	}
	kind, ok := eventKind(rec.text(colEvent))
	if !ok {
		r.refuse(rec, colEvent, "event.unknown", "event", clip(rec.text(colEvent)), "known", "delivered, accepted, rejected, other")
		return
	}
	no, bad := r.numberOf(rec)
	on := r.dateOf(rec, colOn)
	if bad {
		return
	}
	d.events = append(d.events, pending{rec, no, Event{Place: rec.place(), Kind: kind, On: on}})
}

// pending is an event whose milestone is looked up when the terms are known.
type pending struct {
	rec   record
	no    int
	event Event
}

func eventKind(s string) (EventKind, bool) {
	switch word(s) {
	case "delivered", "submitted", "已提交", "提交", "交付", "已交付":
		return Delivered, true
	case "accepted", "已验收", "验收通过", "通过", "达成":
		return Accepted, true
	case "rejected", "未通过", "不通过", "验收未通过", "未达成":
		return Rejected, true
	case "other", "其他":
		return Other, true
	}
	return "", false
}

func awardEventKind(s string) (AwardEventKind, bool) {
	switch word(s) {
	case "agreed", "立项", "签订":
		return Agreed, true
	case "amended", "变更":
		return Amended, true
	case "terminated", "终止":
		return Terminated, true
	case "terminationreverted", "撤销终止", "恢复":
		return TerminationReverted, true
	}
	return "", false
}

// give hands the pending events to the award's milestones, those after until
// left out, each milestone's in order of their dates and then of their rows.
func (r *reader) give(d *draft, until civil.Date) {
	late := func(on civil.Date) bool { return !until.IsZero() && on.After(until) }
	d.award.Events = slices.DeleteFunc(d.award.Events, func(e AwardEvent) bool { return late(e.On) })
	slices.SortStableFunc(d.award.Events, func(a, b AwardEvent) int { return a.On.Compare(b.On) })
	for _, p := range d.events {
		if late(p.event.On) {
			continue
		}
		i := slices.IndexFunc(d.award.Milestones, func(m Milestone) bool { return m.No == p.no })
		if i < 0 {
			r.refuse(p.rec, colNo, "milestone.unknown", "milestone", p.no)
			continue
		}
		m := &d.award.Milestones[i]
		m.Events = append(m.Events, p.event)
	}
	d.award.History = len(d.award.Events) > 0
	for i := range d.award.Milestones {
		m := &d.award.Milestones[i]
		slices.SortStableFunc(m.Events, func(a, b Event) int {
			return a.On.Compare(b.On)
		})
		d.award.History = d.award.History || len(m.Events) > 0
	}
}
