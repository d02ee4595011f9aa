package tracker

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Status is which part of what needs attention is asked for.
type Status string

// The statuses.
const (
	StatusOverdue Status = "overdue" // effective due date before today
	StatusDueSoon Status = "dueSoon" // today or within some days
	StatusOpen    Status = "open"    // whatever is owed, its clock running
	StatusPaused  Status = "paused"  // owed once the clock runs again
	StatusOwed    Status = "owed"    // open or paused
	StatusDone    Status = "done"    // over
)

// defaultWithin is the window of what is due soon, in calendar days.
const defaultWithin = 30

// AttentionQuery asks for what is owed, in the order of effective due dates;
// for what is over by planned dates, the last first.
type AttentionQuery struct {
	Programme ident.Programme `json:"programme,omitempty"`
	Platform  ident.Platform  `json:"platform,omitempty"`
	Mine      bool            `json:"mine,omitzero"` // waits for the caller
	Role      portfolio.Role  `json:"role,omitempty"`
	Status    Status          `json:"status,omitempty"` // default: open
	Within    int             `json:"within,omitzero"`  // days of dueSoon, 0 means 30
	Kind      attention.Kind  `json:"kind,omitempty"`
	Level     attention.Level `json:"level,omitempty"`  // the highest level that was told
	Thing     string          `json:"thing,omitempty"`  // milestone, tranche or extension
	Person    ident.Person    `json:"person,omitempty"` // the responsible one
	Sector    string          `json:"sector,omitempty"` // of the platform, or of the project where there is none
	Others    bool            `json:"others,omitzero"`  // waits for somebody else
	From      civil.Date      `json:"from,omitzero"`    // of the effective due date
	To        civil.Date      `json:"to,omitzero"`      // included
	// Baselined leaves what was overdue when attention began.
	Baselined bool `json:"baselined,omitzero"`
}

// owners are the roles that owe something.
func owners() []portfolio.Role {
	return []portfolio.Role{portfolio.PlatformOperator, portfolio.ProjectLead, portfolio.ProgrammeManager, portfolio.Finance}
}

// owing are the roles that can owe a kind of obligation.
func owing(k attention.Kind) []portfolio.Role {
	switch k {
	case attention.Deliver, attention.Rework, attention.RequestTranche:
		return []portfolio.Role{portfolio.PlatformOperator, portfolio.ProjectLead}
	case attention.DecideSubmission, attention.DecideConsequence, attention.TryAgain, attention.DecideExtension, attention.ApproveTranche:
		return []portfolio.Role{portfolio.ProgrammeManager}
	case attention.PayTranche:
		return []portfolio.Role{portfolio.Finance}
	}
	return owners()
}

func (q AttentionQuery) check() error {
	var f portfolio.Findings
	optional := func(pointer, value string, allowed ...string) {
		if value != "" {
			portfolio.OneOf(&f, pointer, value, allowed...)
		}
	}
	optional("/status", string(q.Status), string(StatusOverdue), string(StatusDueSoon), string(StatusOpen), string(StatusPaused), string(StatusOwed), string(StatusDone))
	optional("/role", string(q.Role), texts(owners())...)
	optional("/kind", string(q.Kind), texts(attention.Kinds())...)
	optional("/level", string(q.Level), string(attention.ToOwner), string(attention.ToManager), string(attention.ToHead))
	optional("/thing", q.Thing, access.KindMilestone, access.KindTranche, access.KindExtension)
	if q.Within < 0 || q.Within > 3660 {
		f.Add("/within", "field.outOfRange", "min", 1, "max", 3660)
	}
	if !q.To.IsZero() && q.To.Before(q.From) {
		f.Add("/to", "date.before", "earliest", q.From.String())
	}
	if q.Mine && q.Status == StatusDone {
		return fault.InvalidFields(fault.At("/status", "attention.doneWaitsForNobody"))
	}
	return f.Err()
}

func texts[S ~string](values []S) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// roles are those whose partitions are read.
func (q AttentionQuery) roles() []portfolio.Role {
	return slices.DeleteFunc(owing(q.Kind), func(r portfolio.Role) bool { return q.Role != "" && r != q.Role })
}

// lists are the partitions of one role.
func (q AttentionQuery) lists(role portfolio.Role) []partitionsOf {
	switch q.Status {
	case StatusPaused:
		return pausedFor(role)
	case StatusOwed:
		return append(waitingFor(role), pausedFor(role)...)
	case StatusOverdue, StatusDueSoon, StatusOpen, StatusDone:
	}
	return waitingFor(role)
}

// within is the range of dates on a business date: sort keys are date#id.
func (q AttentionQuery) within(on civil.Date) store.Range {
	r := q.ofStatus(on)
	if from := q.From.String(); from > r.From {
		r.From = from
	}
	if !q.To.IsZero() {
		if to := q.To.AddDays(1).String(); r.To == "" || to < r.To {
			r.To = to
		}
	}
	if r.To != "" && r.From > r.To {
		r.From = r.To // nothing: no key is a bare date
	}
	return r
}

// ofStatus is the range of dates that a status has.
func (q AttentionQuery) ofStatus(on civil.Date) store.Range {
	switch q.Status {
	case StatusOverdue:
		return store.Range{To: on.String()} // a key of that day sorts after the bare date
	case StatusDueSoon:
		days := q.Within
		if days == 0 {
			days = defaultWithin
		}
		return store.Range{From: on.String(), To: on.AddDays(days + 1).String()}
	case StatusOpen, StatusPaused, StatusOwed, StatusDone:
	}
	return store.Range{}
}

// Attention lists what is due, overdue or waiting, as of today's business
// date.
func (t *Tracker) Attention(ctx context.Context, c Call, q AttentionQuery, p PageRequest) (Page[AttentionRow], error) {
	l, err := t.attentionList(ctx, c, q)
	if err != nil {
		return Page[AttentionRow]{}, err
	}
	return l.page(ctx, t, c, p)
}

func (t *Tracker) attentionList(ctx context.Context, c Call, q AttentionQuery) (listing[AttentionRow], error) {
	if err := q.check(); err != nil {
		return listing[AttentionRow]{}, err
	}
	r := newReading(ctx, t, c)
	sources, err := r.attentionSources(q)
	on := t.Today()
	return listing[AttentionRow]{
		name: "attention", query: q, sources: sources, narrow: "programme, platform, role", within: q.within(on), descending: q.Status == StatusDone,
		pass: q.passes,
		also: func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		rests: func(f *found) []store.Key {
			var keys []store.Key
			if q.Sector != "" {
				keys = f.nameKeysOfAward()
			}
			if q.Mine || q.Others {
				keys = append(keys, f.keysOfObligation()...)
			}
			return keys
		},
		keep: q.keep,
		then: func(f *found) []store.Key { return append(f.nameKeysOfAward(), f.keysOfObligation()...) },
		row:  func(f *found) (AttentionRow, error) { return attentionRow(f, on) },
	}, err
}

// attentionSources are the partitions of what waits for the caller's roles in
// their scopes, or of the roles asked for in every scope that they may view.
func (r *reading) attentionSources(q AttentionQuery) ([]source, error) {
	in := narrowing{Programme: q.Programme, Platform: q.Platform}
	if !q.Mine {
		lists := []partitionsOf{schema.Done}
		if q.Status != StatusDone {
			lists = nil
			for _, role := range q.roles() {
				lists = append(lists, q.lists(role)...)
			}
		}
		return r.sources(access.ViewAttention, in, lists...)
	}
	var out []source
	for _, g := range r.call.Principal.Grants {
		if !slices.Contains(q.roles(), g.Role) {
			continue
		}
		for _, list := range q.lists(g.Role) {
			switch {
			case g.Scope.Kind == portfolio.InProgramme && (q.Programme == "" || g.Scope.ID == string(q.Programme)):
				out = append(out, source{index: store.Program, partition: list(g.Scope.ID)})
			case g.Scope.Kind == portfolio.InPlatform && (q.Platform == "" || g.Scope.ID == string(q.Platform)):
				out = append(out, source{index: store.Scope, partition: list(g.Scope.ID)})
			case g.Scope.Kind == portfolio.InAward:
				out = append(out, source{own: ofAward(ident.Award(g.Scope.ID), list)})
			}
		}
	}
	return out, nil
}

// kindOfItem tells by its key what an award's item is.
func kindOfItem(key store.Key) string {
	for prefix, kind := range map[string]string{
		"2#": access.KindMilestone, "3#": access.KindTranche, "4#ext#": access.KindExtension,
		"4#pay#": access.KindPayment, "4#rfd#": access.KindRefund,
	} {
		if strings.HasPrefix(key.SK, prefix) {
			return kind
		}
	}
	return ""
}

func (q AttentionQuery) passes(item store.Key) bool {
	kind := kindOfItem(item)
	if q.Thing != "" {
		return kind == q.Thing
	}
	return kind == access.KindMilestone || kind == access.KindTranche || kind == access.KindExtension
}
