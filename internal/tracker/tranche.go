package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// TrancheRef names a tranche of an award.
type TrancheRef struct {
	Award   ident.Award
	Tranche ident.Tranche
}

func (r TrancheRef) key() store.Key { return schema.TrancheKey(r.Award, r.Tranche) }

// tranches reads tranches of the award, in the order asked.
func (aw *awardWork) tranches(ids []ident.Tranche) ([]award.Tranche, error) {
	keys := make([]store.Key, len(ids))
	for i, id := range ids {
		keys[i] = schema.TrancheKey(aw.award.ID, id)
	}
	if err := aw.load(keys...); err != nil {
		return nil, err
	}
	out := make([]award.Tranche, len(ids))
	for i, key := range keys {
		var err error
		if out[i], err = must[award.Tranche](aw.work, key, schema.TypeTranche); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// gates reads the milestones that gate tranches, and checks that they stay as
// read; known is one that the command itself has changed.
func (aw *awardWork) gates(tranches []award.Tranche, known ...award.Milestone) ([]award.Milestone, error) {
	gates := append([]award.Milestone{}, known...)
	keys := aw.gateKeys(tranches, known...)
	if err := aw.load(keys...); err != nil {
		return nil, err
	}
	for _, key := range keys {
		m, err := must[award.Milestone](aw.work, key, schema.TypeMilestone)
		if err != nil {
			return nil, err
		}
		aw.check(key)
		gates = append(gates, m)
	}
	return gates, nil
}

// gateKeys are the keys of the milestones that gate tranches, without those that
// are known.
func (aw *awardWork) gateKeys(tranches []award.Tranche, known ...award.Milestone) []store.Key {
	seen := map[ident.Milestone]bool{}
	for _, m := range known {
		seen[m.ID] = true
	}
	var keys []store.Key
	for _, t := range tranches {
		for _, id := range t.Gates {
			if !seen[id] {
				seen[id] = true
				keys = append(keys, schema.MilestoneKey(aw.award.ID, id))
			}
		}
	}
	return keys
}

// openGates brings the tranches that a milestone gates up to date with it, and
// writes those for which something opens or ends.
func (aw *awardWork) openGates(m award.Milestone, tranches []award.Tranche) error {
	gates, err := aw.gates(tranches, m)
	if err != nil {
		return err
	}
	for _, t := range tranches {
		next, err := t.WithGates(gates, aw.on)
		if err != nil {
			return err
		}
		if next.State == t.State && next.OpenedOn == t.OpenedOn && next.Locked == t.Locked {
			continue
		}
		event := "tranche.gatesOpened"
		if next.Locked {
			event = "tranche.gatesClosed"
		}
		if t.State == award.Approved && next.State == award.Scheduled {
			if next, err = aw.unapprove(t, next); err != nil {
				return err
			}
		}
		if err := aw.putTranche(next, event); err != nil {
			return err
		}
	}
	return nil
}

// unapprove takes an approval off the ledger and the totals.
func (aw *awardWork) unapprove(was, is award.Tranche) (award.Tranche, error) {
	is.Posted = 0
	if err := aw.moved(was, is); err != nil {
		return is, err
	}
	approval, err := aw.posted(was.Posted)
	if err != nil {
		return is, err
	}
	return is, aw.post(ledger.Withdraw(aw.stamp(), approval))
}

// moved brings the award's totals up to date with a tranche.
func (aw *awardWork) moved(was, is award.Tranche) error {
	totals, err := aw.head.Totals.Move(was, is)
	if err == nil {
		aw.head.Totals = &totals
	}
	return err
}

// onTranche runs a command on a tranche of an active award.
func (t *Tracker) onTranche(ctx context.Context, c Call, command string, ref TrancheRef, a access.Action, decide func(*awardWork, award.Tranche) error) (Receipt, error) {
	return t.onAward(ctx, c, command, ref.Award, a, access.KindTranche, string(ref.Tranche), []store.Key{ref.key()}, func(aw *awardWork) error {
		tr, err := must[award.Tranche](aw.work, ref.key(), schema.TypeTranche)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		return decide(aw, tr)
	})
}

// TrancheRequest asks for a whole tranche. The statement is for who decides:
// the answer where a request was sent back; empty, there is none.
type TrancheRequest struct {
	Statement string `json:"statement,omitempty" doc:"For who decides: the answer where a request was sent back"`
}

// RequestTranche asks for a whole tranche. Items: tranche, head, journal, key;
// checks: its gates.
func (t *Tracker) RequestTranche(ctx context.Context, c Call, ref TrancheRef, in TrancheRequest) (Receipt, error) {
	return t.onTranche(ctx, c, "requestTranche", ref, access.RequestTranche, func(aw *awardWork, tr award.Tranche) error {
		gates, err := aw.gates([]award.Tranche{tr})
		if err != nil {
			return err
		}
		next, err := tr.Request(aw.actor, in.Statement, gates, aw.programme.Above(tr.Amount), aw.on)
		if err != nil {
			return err
		}
		return aw.putTranche(next, "tranche.requested")
	})
}

// TakeBackTranche takes a request back. Items: tranche, head, journal, key.
func (t *Tracker) TakeBackTranche(ctx context.Context, c Call, ref TrancheRef) (Receipt, error) {
	return t.onTranche(ctx, c, "takeBackTranche", ref, access.RequestTranche, func(aw *awardWork, tr award.Tranche) error {
		next, err := tr.TakeBack(aw.actor, aw.on)
		if err != nil {
			return err
		}
		return aw.putTranche(next, "tranche.takenBack")
	})
}

// RefuseTranche sends a request back with a reason. Items as taking back.
func (t *Tracker) RefuseTranche(ctx context.Context, c Call, ref TrancheRef, in Reason) (Receipt, error) {
	return t.onTranche(ctx, c, "refuseTranche", ref, access.DecideTranche, func(aw *awardWork, tr award.Tranche) error {
		next, err := tr.Refuse(aw.actor, aw.award.Document.Payee, in.Reason, aw.on)
		if err != nil {
			return err
		}
		return aw.putTranche(next, "tranche.refused")
	})
}

// Approval is the decision that releases a tranche.
type Approval struct {
	Paper *award.DecisionPaper `json:"paper,omitempty"`
}

// ApproveTranche releases a whole tranche for payment. Items: tranche, ledger,
// head, journal, key; checks: its gates.
func (t *Tracker) ApproveTranche(ctx context.Context, c Call, ref TrancheRef, in Approval) (Receipt, error) {
	return t.onTranche(ctx, c, "approveTranche", ref, access.DecideTranche, func(aw *awardWork, tr award.Tranche) error {
		platform := present([]store.Key{schema.RootKey(string(aw.award.Document.Platform))})
		if err := aw.load(append(aw.gateKeys([]award.Tranche{tr}), platform...)...); err != nil { // in one look
			return err
		}
		if err := aw.releases(); err != nil {
			return err
		}
		gates, err := aw.gates([]award.Tranche{tr})
		if err != nil {
			return err
		}
		above := aw.programme.Above(tr.Amount)
		next, err := tr.Approve(aw.actor, aw.award.Document.Payee, gates, above, in.Paper, aw.on)
		if err != nil {
			return err
		}
		if err := aw.moved(tr, next); err != nil {
			return err
		}
		if err := aw.post(ledger.Approve(aw.stamp(), next.ID, next.Approved)); err != nil {
			return err
		}
		next.Posted = aw.head.Ledger
		return aw.putTranche(next, "tranche.approved")
	})
}

// WithdrawApproval takes an approval back of which nothing is instructed or
// paid. Items as approving.
func (t *Tracker) WithdrawApproval(ctx context.Context, c Call, ref TrancheRef, in Reason) (Receipt, error) {
	return t.onTranche(ctx, c, "withdrawApproval", ref, access.DecideTranche, func(aw *awardWork, tr award.Tranche) error {
		next, err := tr.WithdrawApproval(aw.actor, aw.award.Document.Payee, in.Reason, aw.on)
		if err != nil {
			return err
		}
		if next, err = aw.unapprove(tr, next); err != nil {
			return err
		}
		return aw.putTranche(next, "tranche.approvalWithdrawn")
	})
}
