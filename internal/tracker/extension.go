package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ExtensionRef names an extension of an award.
type ExtensionRef struct {
	Award     ident.Award
	Extension ident.Extension
}

func (r ExtensionRef) key() store.Key { return schema.ExtensionKey(r.Award, r.Extension) }

// AskExtension asks for a later due date of a milestone, whose If-Match it
// takes. Items: extension, milestone, head, journal, key; checks: its evidence.
func (t *Tracker) AskExtension(ctx context.Context, c Call, ref MilestoneRef, in award.ExtensionRequest) (Receipt, error) {
	return t.onMilestone(ctx, c, "askExtension", ref, access.AskExtension, func(aw *awardWork, m award.Milestone) error {
		id, err := aw.id(ident.PrefixExtension)
		if err != nil {
			return err
		}
		in.ID = ident.Extension(id)
		files, err := aw.evidence(ref, in.Evidence)
		if err != nil {
			return err
		}
		x, next, err := award.AskExtension(aw.actor, in, m, files, aw.programme.Extensions, aw.on)
		if err != nil {
			return err
		}
		return aw.putExtended(x, next, "extension.requested", "milestone.extensionRequested")
	})
}

func (aw *awardWork) putExtended(x award.Extension, m award.Milestone, event, milestoneEvent string) error {
	if err := aw.putExtension(x, event, nil); err != nil {
		return err
	}
	return aw.putMilestone(m, milestoneEvent)
}

// onExtension runs a command on an extension and its milestone.
func (t *Tracker) onExtension(ctx context.Context, c Call, command string, ref ExtensionRef, a access.Action, decide func(*awardWork, award.Extension, award.Milestone) error) (Receipt, error) {
	return t.onAward(ctx, c, command, ref.Award, a, access.KindExtension, string(ref.Extension), []store.Key{ref.key()}, func(aw *awardWork) error {
		x, err := must[award.Extension](aw.work, ref.key(), schema.TypeExtension)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		if err := aw.award.Works(); err != nil {
			return err
		}
		m, err := must[award.Milestone](aw.work, schema.MilestoneKey(ref.Award, x.Milestone), schema.TypeMilestone)
		if err != nil {
			return err
		}
		return decide(aw, x, m)
	})
}

// ExtensionGrant is the decision for a later due date.
type ExtensionGrant struct {
	NewDueOn civil.Date           `json:"newDueOn,omitzero"` // default: what was asked for
	Reason   string               `json:"reason,omitempty"`
	Paper    *award.DecisionPaper `json:"paper,omitempty"`
}

// GrantExtension moves the due date. Items: extension, milestone, head,
// journal, key.
func (t *Tracker) GrantExtension(ctx context.Context, c Call, ref ExtensionRef, in ExtensionGrant) (Receipt, error) {
	return t.onExtension(ctx, c, "grantExtension", ref, access.DecideExtension, func(aw *awardWork, x award.Extension, m award.Milestone) error {
		granted, next, err := x.Grant(aw.actor, aw.award.Document.Payee, award.Granting(in), m, aw.on)
		if err != nil {
			return err
		}
		return aw.putExtended(granted, next, "extension.granted", "milestone.extended")
	})
}

// ExtensionRefusal is the decision against a later due date.
type ExtensionRefusal struct {
	Reason string               `json:"reason"`
	Paper  *award.DecisionPaper `json:"paper,omitempty"`
}

// RefuseExtension leaves the due date; the days of waiting are given back.
// Items as granting.
func (t *Tracker) RefuseExtension(ctx context.Context, c Call, ref ExtensionRef, in ExtensionRefusal) (Receipt, error) {
	return t.onExtension(ctx, c, "refuseExtension", ref, access.DecideExtension, func(aw *awardWork, x award.Extension, m award.Milestone) error {
		refused, next, err := x.Refuse(aw.actor, aw.award.Document.Payee, in.Reason, in.Paper, m, aw.on)
		if err != nil {
			return err
		}
		return aw.putExtended(refused, next, "extension.refused", "milestone.extensionRefused")
	})
}

// WithdrawExtension takes a request back. Items as granting.
func (t *Tracker) WithdrawExtension(ctx context.Context, c Call, ref ExtensionRef) (Receipt, error) {
	return t.onExtension(ctx, c, "withdrawExtension", ref, access.WithdrawExtension, func(aw *awardWork, x award.Extension, m award.Milestone) error {
		withdrawn, next, err := x.Withdraw(aw.actor, m, aw.on)
		if err != nil {
			return err
		}
		return aw.putExtended(withdrawn, next, "extension.withdrawn", "milestone.extensionWithdrawn")
	})
}
