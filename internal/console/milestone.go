package console

import (
	"encoding/json"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// milestonePath is where a milestone lies.
const milestonePath = "/awards/{award}/milestones/{milestone}"

// milestoneRoutes are a milestone and what is done with it.
func (c *Console) milestoneRoutes(m routes) {
	m.page("GET "+milestonePath, c.milestone)
	for step, h := range map[string]func(*request) error{
		"start": c.startMilestone, "acknowledge": c.acknowledgeMilestone,
	} {
		m.page("POST "+milestonePath+"/"+step, h)
		m.page("GET "+milestonePath+"/"+step, func(q *request) error { return q.redirect(q.milestonePage()) })
	}
	for step, h := range map[string]func(*request) error{
		"submit": c.submitMilestone, "forecast": c.forecastMilestone, "withdraw": c.withdrawMilestone,
		"decide": c.decideMilestone, "return": c.decideMilestone, "settle": c.settleMilestone, "reopen": c.reopenMilestone,
	} {
		m.page("GET "+milestonePath+"/"+step, h)
		m.page("POST "+milestonePath+"/"+step, h)
	}
}

// milestoneView is a milestone's page.
type milestoneView struct {
	*milestoneHome
	Owed       *attention.Obligation // nil where nothing is
	Level      attention.Level       // the highest that was told; empty before any
	Left       int                   // calendar days
	Rungs      []rungLine
	Tranches   []gatedTranche
	Rounds     []roundLine // the last first
	Files      []evidenceLine
	Extensions []tracker.ExtensionView // the last first
	Entries    []entryLine
	Journal    bool // the reader may see it
	Steps      []milestoneStep
	Why        []string
}

// mostEntries bounds the journal in short.
const mostEntries = 8

func (c *Console) milestone(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	view := milestoneView{milestoneHome: h, Owed: h.M.Watch.Current, Tranches: h.gated(h.M.Milestone), Rounds: h.rounds(), Files: h.files}
	if o := view.Owed; o != nil {
		view.Left = o.EffectiveOn.Sub(q.today)
		view.Level = o.Told()
		now, _, err := c.Tracker.PlanMilestone(q.Context(), q.call, h.ref, civil.Date{})
		if err != nil {
			return err
		}
		view.Rungs = rungLines(now.Rungs, *o)
		if h.Owners, err = q.ownersOf(h.Award, *o); err != nil {
			return err
		}
	}
	for i := len(h.Award.Extensions) - 1; i >= 0; i-- {
		if h.Award.Extensions[i].Milestone == h.M.ID {
			view.Extensions = append(view.Extensions, h.Award.Extensions[i])
		}
	}
	if view.Journal = h.may(access.ViewJournal); view.Journal {
		page, err := c.Tracker.Journal(q.Context(), q.call, string(h.M.Award), tracker.JournalQuery{Thing: string(h.M.ID)}, tracker.PageRequest{Limit: 50})
		if err != nil {
			return err
		}
		if view.Entries, err = entryLines(page.Items[:min(len(page.Items), mostEntries)]); err != nil {
			return err
		}
	}
	view.Steps, view.Why = q.milestoneSteps(h), q.milestoneWhy(h)
	return q.show("milestone", h.M.Code+" "+h.M.Title, view)
}

// rungLine is a step of the ladder; one of which nobody was told says why.
type rungLine struct {
	attention.Planned
	Before bool // it was owed by then, but reminders had not begun
}

func rungLines(planned []attention.Planned, o attention.Obligation) []rungLine {
	out := make([]rungLine, len(planned))
	for i, p := range planned {
		out[i] = rungLine{p, !p.On.Before(civil.Max(o.Since, o.OpenedOn))}
	}
	return out
}

// entryLine is what one command did to a thing: what was done, and which rungs
// were reached or cleared by then.
type entryLine struct {
	tracker.JournalEntryView
	Did   []string
	Flags []attention.Event
}

func entryLines(entries []tracker.JournalEntryView) ([]entryLine, error) {
	var out []entryLine
	for _, e := range entries {
		line := entryLine{JournalEntryView: e}
		for _, ev := range e.Events {
			switch kind := attention.EventKind(ev.Kind); kind {
			case attention.Flagged, attention.Cleared, attention.Baselined:
				flag := attention.Event{}
				if err := json.Unmarshal(ev.Data, &flag); err != nil {
					return nil, fault.Wrap(err, "internal.error")
				}
				flag.Kind = kind
				line.Flags = append(line.Flags, flag)
			default:
				line.Did = append(line.Did, ev.Kind)
			}
		}
		out = append(out, line)
	}
	return out, nil
}

func (c *Console) startMilestone(q *request) error {
	return q.milestoneCommand(func(call tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return c.Tracker.StartMilestone(q.Context(), call, ref)
	})
}

func (c *Console) acknowledgeMilestone(q *request) error {
	return q.milestoneCommand(func(call tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
		return c.Tracker.Acknowledge(q.Context(), call, ref.Award, string(ref.Milestone))
	})
}

// milestoneCommand carries out what one button does.
func (q *request) milestoneCommand(run func(tracker.Call, tracker.MilestoneRef) (tracker.Receipt, error)) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	ref := q.milestoneRef()
	r, err := run(q.command(f), ref)
	if err != nil {
		return q.again(f, err, subject{string(ref.Award), string(ref.Milestone), q.milestonePage()}, func() error { return err })
	}
	return q.done(r, q.milestonePage())
}
