package console

import (
	"milepost/internal/tracker"
)

// proposalLine is what waits for a second person, with where it is put in
// force.
type proposalLine struct {
	tracker.Proposal
	Href string
	Do   string // empty where it waits for somebody else
	Days int    // since it was proposed
}

// proposals reads what waits for a second person: for the reader, or what they
// proposed and somebody else is to decide.
func (q *request) proposals(own bool) ([]proposalLine, bool, error) {
	page, err := q.tracker().Proposals(q.Context(), q.call, tracker.ProposalsQuery{Own: own}, tracker.PageRequest{Limit: mostWaiting})
	if err != nil {
		return nil, false, err
	}
	var out []proposalLine
	for _, p := range page.Items {
		line := proposalLine{Proposal: p, Days: q.today.Sub(p.On)}
		step := ""
		switch p.Kind {
		case tracker.ProposedAward:
			line.Href, step = at("awards", p.ID), "activate"
		case tracker.ProposedChange:
			line.Href, step = at("programmes", p.ID, "change"), ""
		case tracker.ProposedImport:
			line.Href, step = at("imports", p.ID), "apply"
		}
		if line.Do = line.Href; step != "" {
			line.Do = line.Href + "/" + step
		}
		if own {
			line.Do = ""
		}
		out = append(out, line)
	}
	return out, page.Next != "", nil
}

// plus adds counts up.
func (c count) plus(n int, more bool) count { return count{N: c.N + n, More: c.More || more} }
