package attention

import "milepost/internal/civil"

// Planned is a rung of an obligation with the date on which it was or will be
// reached.
type Planned struct {
	Rung        string
	Level       Level
	Asks        string
	On          civil.Date
	Reached     bool   // On is the recorded date
	Notice      Notice // of what is reached
	Skipped     bool   // never written: from before the obligation opened, or before attention began
	Provisional bool   // On rests on an unpublished year
}

// Preview returns the rungs of the obligation that a need would open on a
// business date, in their order, for showing when it would be flagged.
func Preview(n Need, on civil.Date, r Rules) ([]Planned, error) {
	o, err := Watch{}.opening(n, on, r)
	if err != nil {
		return nil, err
	}
	return o.Planned(r)
}

// Planned returns the rungs of o in their order, by the present calendar.
// Those of a paused obligation are what they would be if it were resumed with
// its dates.
func (o Obligation) Planned(r Rules) ([]Planned, error) {
	l, err := r.Ladder(o.Kind, o.Ladder)
	if err != nil {
		return nil, err
	}
	o, steps := o.renewed(l, r)
	out := make([]Planned, len(steps))
	for i, s := range steps {
		out[i] = Planned{Rung: s.ID, Level: s.Level, Asks: s.Asks, On: s.on, Skipped: !s.open, Provisional: s.provisional}
		for _, m := range o.Rungs {
			if m.Rung == s.ID {
				out[i].On, out[i].Reached, out[i].Notice, out[i].Skipped, out[i].Provisional = m.ReachedOn, true, m.Notice, false, false
			}
		}
	}
	return out, nil
}
