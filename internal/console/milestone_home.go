package console

import (
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// milestoneHome is a milestone with what its pages tell of around it.
type milestoneHome struct {
	Award tracker.AwardView
	M     tracker.MilestoneView
	Page  string // its address
	Today civil.Date
	// Owners are who owe what is owed on it, where its page tells of them.
	Owners owners
	ref    tracker.MilestoneRef
	files  []evidenceLine
	names  map[string]tracker.Named
	me     access.Principal
}

func (q *request) milestoneRef() tracker.MilestoneRef {
	return tracker.MilestoneRef{Award: ident.Award(q.PathValue("award")), Milestone: ident.Milestone(q.PathValue("milestone"))}
}

func (q *request) milestonePage() string {
	return at("awards", q.PathValue("award"), "milestones", q.PathValue("milestone"))
}

func (q *request) milestoneHome() (*milestoneHome, error) { return q.homeOf(q.milestoneRef()) }

func (q *request) homeOf(ref tracker.MilestoneRef) (*milestoneHome, error) {
	h := &milestoneHome{ref: ref, Today: q.today, me: q.call.Principal, Page: at("awards", ref.Award, "milestones", ref.Milestone)}
	var err error
	if h.Award, err = q.tracker().Award(q.Context(), q.call, ref.Award); err != nil {
		return nil, err
	}
	return h, q.load(h)
}

// load reads the milestone and its files, again where that is needed.
func (q *request) load(h *milestoneHome) error {
	var err error
	if h.M, err = q.tracker().Milestone(q.Context(), q.call, h.ref); err != nil {
		return err
	}
	if h.names, err = q.tracker().NamesIn(q.Context(), q.call, h.ref.Award, h.named()...); err != nil {
		return err
	}
	h.files = nil
	for _, e := range h.M.Evidence {
		h.files = append(h.files, h.evidenceLine(e, q.console.MaxBody))
	}
	return nil
}

// named are the persons and organisations that the pages name.
func (h *milestoneHome) named() []string {
	d := h.Award.Document
	people := []ident.Person{h.M.SettledBy, d.Responsible.Funder, d.Responsible.Payee}
	ids := []string{string(d.Payee)}
	for _, r := range h.M.Rounds {
		people = append(people, r.SubmittedBy, r.EndedBy)
		ids = append(ids, string(r.SubmittedByOrg))
		for _, x := range r.Reopened {
			people = append(people, x.By, x.WasBy)
		}
	}
	for _, e := range h.M.Evidence {
		people = append(append(people, e.UploadedBy), e.ErasedBy...)
	}
	for _, x := range h.Award.Extensions {
		if x.Milestone == h.M.ID {
			people = append(people, x.RequestedBy, x.DecidedBy)
		}
	}
	if o := h.M.Watch.Current; o != nil {
		people = append(people, o.Person)
		if o.Ack != nil {
			people = append(people, o.Ack.By)
		}
	}
	for _, p := range people {
		ids = append(ids, string(p))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Name is what a person or organisation is called; nil for nobody.
func (h *milestoneHome) Name(id any) *tracker.Named {
	if n, ok := h.names[textOf(id)]; ok {
		return &n
	}
	return nil
}

// File is evidence by its id; nil where there is none that the reader sees.
func (h *milestoneHome) File(id ident.Evidence) *evidenceLine {
	for i := range h.files {
		if h.files[i].ID == id {
			return &h.files[i]
		}
	}
	return nil
}

// Last is the last round; nil where there is none.
func (h *milestoneHome) Last() *award.Round {
	if n := len(h.M.Rounds); n > 0 {
		return &h.M.Rounds[n-1]
	}
	return nil
}

// Answer is what the last round says to a criterion; nil where nothing.
func (h *milestoneHome) Answer(criterion string) *award.Answer {
	r := h.Last()
	if r == nil {
		return nil
	}
	for i := range r.Answers {
		if r.Answers[i].Criterion == criterion {
			return &r.Answers[i]
		}
	}
	return nil
}

// may reports whether the reader's roles allow an action in the award.
func (h *milestoneHome) may(a access.Action) bool { return slices.Contains(h.Award.Permissions, a) }

// can reports whether a command is open to the reader on the milestone now.
func (h *milestoneHome) can(a tracker.Action) bool { return hasAction(h.M.Actions, a) }

// Extends reports whether the reader may ask for an extension.
func (h *milestoneHome) Extends() bool {
	return h.M.Extension == "" && h.can(award.CommandAskExtension)
}

// Unseen reports whether the reader's side owes it and may note that it has
// seen that.
func (h *milestoneHome) Unseen() bool {
	o := h.M.Watch.Current
	return o != nil && o.Ack == nil && h.can(tracker.ActionAcknowledge)
}

// subject is what forms about the milestone are about.
func (h *milestoneHome) subject() subject {
	return subject{string(h.ref.Award), string(h.ref.Milestone), h.Page}
}

// roundLine is a submission and what became of it.
type roundLine struct {
	award.Round
	N int // from 1
}

// SubmittedLate are the days by which what waits for its decision was submitted
// late: what is late now is the decision.
func (h *milestoneHome) SubmittedLate() int {
	if n := len(h.M.Rounds); n > 0 && h.M.State == award.MilestoneSubmitted {
		return h.M.Rounds[n-1].DaysLate()
	}
	return 0
}

func (h *milestoneHome) rounds() []roundLine {
	var out []roundLine
	for i := len(h.M.Rounds) - 1; i >= 0; i-- {
		out = append(out, roundLine{h.M.Rounds[i], i + 1})
	}
	return out
}

// gatedTranche is a tranche that waits for the milestone, and for what else.
type gatedTranche struct {
	tracker.TrancheView
	Href  string
	Lacks []award.Milestone // gates that do not hold, the milestone itself among them
}

// gated are the tranches that name the milestone as a gate, as they stand with
// the milestone as it is, or would be.
func (h *milestoneHome) gated(m award.Milestone) []gatedTranche {
	var out []gatedTranche
	for _, t := range h.Award.Tranches {
		if !slices.Contains(t.Gates, m.ID) {
			continue
		}
		g := gatedTranche{TrancheView: t, Href: at("awards", t.Award, "tranches", t.ID)}
		for _, id := range t.Gates {
			for _, other := range h.Award.Milestones {
				gate := other.Milestone
				if gate.ID == m.ID {
					gate = m
				}
				if gate.ID == id && !gate.Holds() {
					g.Lacks = append(g.Lacks, gate)
				}
			}
		}
		out = append(out, g)
	}
	return out
}

// criterion is an acceptance criterion with its place in the list, from 0.
type criterion struct {
	award.Criterion
	I int
}

// Criteria are the milestone's, numbered.
func (h *milestoneHome) Criteria() []criterion {
	var out []criterion
	for i, c := range h.M.Criteria {
		out = append(out, criterion{c, i})
	}
	return out
}

// Slip is how many calendar days the due date lies after the first one.
func (h *milestoneHome) Slip() int { return h.M.DueOn.Sub(h.M.BaselineOn) }

// dueDate is the date by which a milestone is owed, beside the agreed one.
type dueDate struct {
	On     civil.Date // what its days count from while it is to be delivered
	Agreed civil.Date
	Counts civil.Date // what the days count from of what else is owed on it; zero for nothing
}

func dueOf(m award.Milestone) dueDate {
	d := dueDate{On: m.Due(), Agreed: m.DueOn}
	if o := m.Watch.Current; o == nil {
		return d
	} else if o.Kind == attention.Deliver || o.Kind == attention.Rework {
		d.On = o.EffectiveOn
	} else {
		d.Counts = o.EffectiveOn
	}
	return d
}

// Due is the date by which it is owed.
func (h *milestoneHome) Due() dueDate { return dueOf(h.M.Milestone) }

// Past is how many calendar days the agreed date is past while the milestone,
// returned, has a later one.
func (h *milestoneHome) Past() int {
	if h.M.State != award.Returned || h.Due().On.Before(h.Today) {
		return 0
	}
	return max(0, h.Today.Sub(h.M.DueOn))
}

// Beyond is how many calendar days the forecast lies after the date by which
// what is not delivered yet is owed; 0 where it does not.
func (h *milestoneHome) Beyond() int {
	if !h.undelivered() || h.M.ForecastOn.IsZero() {
		return 0
	}
	return max(0, h.M.ForecastOn.Sub(h.Due().On))
}

// Home is the milestone as partial templates ask for it.
func (h *milestoneHome) Home() *milestoneHome { return h }
