package tracker_test

import (
	"slices"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// moved holds what a step changed, in words of its own rather than verify's:
// states follow the tables; what is newly approved or instructed rests on gates
// that hold; due dates move by a grant alone.
func (w *walk) moved(s step, before, after awardsNow) {
	states(w, "milestone", award.MilestoneMoves(), before.milestones, after.milestones,
		func(m award.Milestone) (string, award.MilestoneState) { return string(m.ID), m.State })
	states(w, "tranche", award.TrancheMoves(), before.tranches, after.tranches,
		func(t award.Tranche) (string, award.TrancheState) { return string(t.ID), t.State })
	states(w, "payment", award.PaymentMoves(), before.payments, after.payments,
		func(p award.Payment) (string, award.PaymentState) { return string(p.ID), p.State })
	states(w, "extension", award.ExtensionMoves(), before.extensions, after.extensions,
		func(x award.Extension) (string, award.ExtensionState) { return string(x.ID), x.State })
	w.released(before, after)
	granted := len(extensionsIn(after, award.ExtensionGranted)) - len(extensionsIn(before, award.ExtensionGranted))
	movedDates := 0
	for _, m := range after.milestones {
		i := slices.IndexFunc(before.milestones, func(b award.Milestone) bool { return b.ID == m.ID })
		if before.milestones[i].DueOn != m.DueOn {
			movedDates++
		}
		if before.milestones[i].BaselineOn != m.BaselineOn {
			w.rt.Fatalf("%s moved the baseline of %s", s.name, m.Code)
		}
	}
	if movedDates != granted {
		w.rt.Fatalf("%s moved %d due dates and granted %d extensions", s.name, movedDates, granted)
	}
}

func extensionsIn(now awardsNow, s award.ExtensionState) []award.Extension {
	return slices.DeleteFunc(slices.Clone(now.extensions), func(x award.Extension) bool { return x.State != s })
}

// states holds each thing's way from one state to another, of at most two
// moves where a rival came between.
func states[T any, S ~string](w *walk, what string, moves []portfolio.Move[S], before, after []T, of func(T) (string, S)) {
	was := map[string]S{}
	for _, v := range before {
		id, state := of(v)
		was[id] = state
	}
	reach := func(from, to S) bool {
		return slices.ContainsFunc(moves, func(m portfolio.Move[S]) bool { return m.From == from && m.To == to })
	}
	for _, v := range after {
		id, to := of(v)
		from, there := was[id]
		if !there || from == to || reach(from, to) {
			continue
		}
		if !slices.ContainsFunc(moves, func(m portfolio.Move[S]) bool { return m.From == from && reach(m.To, to) }) {
			w.rt.Fatalf("%s %s went from %s to %s, which no move does", what, id, from, to)
		}
	}
}

// released: gates hold, and the right persons differ, for what is newly
// approved or instructed.
func (w *walk) released(before, after awardsNow) {
	deciders := func(t award.Tranche) (all []ident.Person) {
		for _, m := range after.milestones {
			if slices.Contains(t.Gates, m.ID) {
				if m.State != award.Decided || m.Rounds[len(m.Rounds)-1].Outcome != award.Met {
					w.rt.Fatalf("tranche %d is %s while %s is %s", t.Number, t.State, m.Code, m.State)
				}
				all = append(all, m.Rounds[len(m.Rounds)-1].EndedBy)
			}
		}
		return all
	}
	for n, t := range after.tranches {
		was := before.tranches[n]
		if t.State == award.Approved && was.State != award.Approved && was.State != award.Settled {
			by := deciders(t)
			if t.ApprovedBy == t.RequestedBy || t.Number == 2 && slices.Contains(by, t.ApprovedBy) {
				w.rt.Fatalf("tranche %d was approved by %s, requested by %s, its gates decided by %v", t.Number, t.ApprovedBy, t.RequestedBy, by)
			}
		}
		if t.Instructed.Minor() > was.Instructed.Minor() {
			deciders(t)
		}
	}
	for _, p := range after.payments {
		if slices.ContainsFunc(before.payments, func(b award.Payment) bool { return b.ID == p.ID }) {
			continue
		}
		for _, l := range p.Lines {
			i := slices.IndexFunc(after.tranches, func(t award.Tranche) bool { return t.ID == l.Tranche })
			if after.tranches[i].ApprovedBy == p.InstructedBy {
				w.rt.Fatalf("tranche %d was approved and instructed by one person", after.tranches[i].Number)
			}
		}
	}
}
