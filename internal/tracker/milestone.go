package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// MilestoneRef names a milestone of an award.
type MilestoneRef struct {
	Award     ident.Award
	Milestone ident.Milestone
}

func (r MilestoneRef) key() store.Key { return schema.MilestoneKey(r.Award, r.Milestone) }

// onMilestone runs a command on a milestone of an active award.
func (t *Tracker) onMilestone(ctx context.Context, c Call, command string, ref MilestoneRef, a access.Action, decide func(*awardWork, award.Milestone) error) (Receipt, error) {
	return t.onAward(ctx, c, command, ref.Award, a, access.KindMilestone, string(ref.Milestone), []store.Key{ref.key()}, func(aw *awardWork) error {
		m, err := must[award.Milestone](aw.work, ref.key(), schema.TypeMilestone)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		return decide(aw, m)
	})
}

// StartMilestone begins the work. Items: milestone, head, journal, key.
func (t *Tracker) StartMilestone(ctx context.Context, c Call, ref MilestoneRef) (Receipt, error) {
	return t.onMilestone(ctx, c, "startMilestone", ref, access.StartMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Start(aw.on)
		if err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.started")
	})
}

// Forecast is when a milestone is expected; no date takes the forecast back.
type Forecast struct {
	ForecastOn civil.Date `json:"forecastOn,omitzero"`
}

// ForecastMilestone notes when a milestone is expected. Items as starting.
func (t *Tracker) ForecastMilestone(ctx context.Context, c Call, ref MilestoneRef, in Forecast) (Receipt, error) {
	return t.onMilestone(ctx, c, "forecastMilestone", ref, access.ForecastMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Forecast(in.ForecastOn, aw.on)
		if err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.forecast")
	})
}

// SubmitMilestone hands a milestone in. Items: milestone, head, journal, key,
// and the extension that lapses; checks: its evidence.
func (t *Tracker) SubmitMilestone(ctx context.Context, c Call, ref MilestoneRef, in award.Submission) (Receipt, error) {
	return t.onMilestone(ctx, c, "submitMilestone", ref, access.SubmitMilestone, func(aw *awardWork, m award.Milestone) error {
		files, err := aw.evidence(ref, in.Files())
		if err != nil {
			return err
		}
		next, err := m.Submit(aw.actor, in, files, aw.on)
		if err != nil {
			return err
		}
		if err := roundsFit(next); err != nil {
			return err
		}
		if err := aw.lapse(m.Extension); err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.submitted")
	})
}

// maxRounds is how large submissions may make a milestone, in bytes: enough is
// left of its item for what others write on it, the sweep's flags above all.
const maxRounds = 256 << 10

func roundsFit(m award.Milestone) error {
	text, err := schema.Canonical(m)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	if len(text) > maxRounds {
		return fault.New(fault.TooLarge, "milestone.tooLarge", "milestone", m.Code, "size", len(text)>>10, "max", maxRounds>>10)
	}
	return nil
}

// evidence reads the files that a decision rests on, and checks that they
// stay as read.
func (aw *awardWork) evidence(ref MilestoneRef, ids []ident.Evidence) ([]award.Evidence, error) {
	if len(ids) > award.MaxFiles { // the domain says so; do not read them
		return nil, nil
	}
	keys := make([]store.Key, 0, len(ids))
	for _, id := range ids {
		if ident.Valid(ident.PrefixEvidence, string(id)) { // what is no id is unknown
			keys = append(keys, schema.EvidenceKey(ref.Award, ref.Milestone, id))
		}
	}
	if err := aw.load(keys...); err != nil {
		return nil, err
	}
	var files []award.Evidence
	for _, key := range keys {
		e, ok, err := find[award.Evidence](aw.work, key, schema.TypeEvidence)
		if err != nil {
			return nil, err
		}
		if ok {
			files = append(files, e)
			aw.check(key)
		}
	}
	return files, nil
}

// lapse ends the extension that a submission overtakes.
func (aw *awardWork) lapse(id ident.Extension) error {
	if id == "" {
		return nil
	}
	x, err := must[award.Extension](aw.work, schema.ExtensionKey(aw.award.ID, id), schema.TypeExtension)
	if err != nil {
		return err
	}
	if x, err = x.Lapse(aw.on); err != nil {
		return err
	}
	return aw.putExtension(x, "extension.lapsed", nil)
}

// WithdrawMilestone takes a submission back. Items as starting.
func (t *Tracker) WithdrawMilestone(ctx context.Context, c Call, ref MilestoneRef) (Receipt, error) {
	return t.onMilestone(ctx, c, "withdrawMilestone", ref, access.WithdrawMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Withdraw(aw.actor, aw.on)
		if err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.withdrawn")
	})
}

// ReturnMilestone sends a submission back for rework. Items as starting.
func (t *Tracker) ReturnMilestone(ctx context.Context, c Call, ref MilestoneRef, in award.Return) (Receipt, error) {
	return t.onMilestone(ctx, c, "returnMilestone", ref, access.DecideMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Return(aw.actor, aw.award.Document.Payee, in, aw.rules.Calendar, aw.on)
		if err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.returned")
	})
}

// DecideMilestone ends a round with an outcome. Items: milestone, each tranche
// whose obligation opens or ends by it, head, journal, key; checks: their
// other gates.
func (t *Tracker) DecideMilestone(ctx context.Context, c Call, ref MilestoneRef, in award.Decision) (Receipt, error) {
	return t.onMilestone(ctx, c, "decideMilestone", ref, access.DecideMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Decide(aw.actor, aw.award.Document.Payee, in, aw.on)
		if err != nil {
			return err
		}
		if err := aw.putMilestone(next, "milestone.decided"); err != nil {
			return err
		}
		tranches, err := aw.tranches(m.Gates)
		if err != nil {
			return err
		}
		return aw.openGates(next, tranches)
	})
}

// SettleMilestone records the choice that follows a milestone not met whole.
// Items as starting.
func (t *Tracker) SettleMilestone(ctx context.Context, c Call, ref MilestoneRef, in award.Settling) (Receipt, error) {
	return t.onMilestone(ctx, c, "settleMilestone", ref, access.DecideMilestone, func(aw *awardWork, m award.Milestone) error {
		next, err := m.Settle(aw.actor, aw.award.Document.Payee, in, aw.on)
		if err != nil {
			return err
		}
		return aw.putMilestone(next, "milestone.settled")
	})
}

// ReopenMilestone takes a colleague's decision back; requested and approved
// tranches that rest on it return to scheduled. Items: as deciding, and one
// ledger entry per approval that ends.
func (t *Tracker) ReopenMilestone(ctx context.Context, c Call, ref MilestoneRef, in award.Reopen) (Receipt, error) {
	return t.onMilestone(ctx, c, "reopenMilestone", ref, access.DecideMilestone, func(aw *awardWork, m award.Milestone) error {
		tranches, err := aw.tranches(m.Gates)
		if err != nil {
			return err
		}
		next, err := m.Reopen(aw.actor, aw.award.Document.Payee, in, tranches, aw.on)
		if err != nil {
			return err
		}
		if err := aw.putMilestone(next, "milestone.reopened"); err != nil {
			return err
		}
		return aw.openGates(next, tranches)
	})
}
