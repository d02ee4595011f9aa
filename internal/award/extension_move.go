package award

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// ExtensionRequest asks for a later due date.
type ExtensionRequest struct {
	ID         ident.Extension
	Cause      Cause
	Reason     string
	AskedDueOn civil.Date
	Evidence   []ident.Evidence // required once the due date has passed
}

// AskExtension asks for a later due date of m. Evidence holds what the caller
// found of the request's files. A request by the due date stops the clock, the
// first time.
func AskExtension(actor Actor, r ExtensionRequest, m Milestone, evidence []Evidence, limits portfolio.ExtensionLimits, on civil.Date) (Extension, Milestone, error) {
	if err := m.mayAskExtension(limits, on); err != nil {
		return Extension{}, m, err
	}
	if err := r.check(m, evidence, limits, on); err != nil {
		return Extension{}, m, err
	}
	stops := !m.Paused && !on.After(m.Due())
	x := Extension{
		ID: r.ID, Award: m.Award, Milestone: m.ID, State: ExtensionRequested, Cause: r.Cause, Reason: r.Reason,
		DueOn: m.DueOn, AskedDueOn: r.AskedDueOn, Evidence: slices.Clone(r.Evidence),
		RequestedBy: actor.Person, RequestedByOrg: actor.Organisation, RequestedOn: on, StopsClock: stops,
	}
	m.Asked++
	m.Extension, m.ExtensionOn, m.ClockPaused = r.ID, on, stops
	m.Paused = m.Paused || stops
	return x, m, nil
}

func (m Milestone) mayAskExtension(limits portfolio.ExtensionLimits, on civil.Date) error {
	if m.State == MilestoneSubmitted {
		return fault.New(fault.Conflict, "extension.afterSubmission", "milestone", m.Code)
	}
	if _, err := m.State.Next(CommandAskExtension); err != nil {
		return err
	}
	switch latest := m.DueOn.AddDays(-limits.DaysBeforeDue); {
	case m.Extension != "":
		return fault.New(fault.Conflict, "extension.undecided", "milestone", m.Code, "extension", string(m.Extension))
	case m.Asked >= MaxExtensions:
		return fault.New(fault.Conflict, "extension.tooManyAsked", "milestone", m.Code, "max", MaxExtensions)
	case limits.Count > 0 && m.Granted >= limits.Count:
		return fault.New(fault.Conflict, "extension.tooMany", "milestone", m.Code, "max", limits.Count)
	case limits.DaysBeforeDue > 0 && on.After(latest):
		return fault.New(fault.Conflict, "extension.tooLate", "milestone", m.Code, "latest", latest.String())
	}
	return nil
}

func (r ExtensionRequest) check(m Milestone, evidence []Evidence, limits portfolio.ExtensionLimits, on civil.Date) error {
	var f portfolio.Findings
	portfolio.OneOf(&f, "/cause", r.Cause, CauseCost, CauseProcurement, CausePartner, CauseDelivery,
		CausePermission, CauseStakeholder, CauseTechnical, CauseOther)
	f.Required("/reason", r.Reason, portfolio.MaxText)
	f.Date("/askedDueOn", r.AskedDueOn)
	if !r.AskedDueOn.IsZero() && !r.AskedDueOn.After(m.DueOn) {
		f.Add("/askedDueOn", "extension.notLater", "dueOn", m.DueOn.String())
	}
	if left := limits.TotalDays - m.GrantedDays; limits.TotalDays > 0 && r.AskedDueOn.Sub(m.DueOn) > left {
		f.Add("/askedDueOn", "extension.tooLong", "max", limits.TotalDays, "left", max(0, left), "latest", m.DueOn.AddDays(max(0, left)).String())
	}
	if len(r.Evidence) == 0 && on.After(m.Due()) {
		f.Add("/evidence", "extension.evidenceRequired")
	}
	if len(r.Evidence) > MaxFiles {
		f.Add("/evidence", "milestone.tooManyFiles", "count", len(r.Evidence), "max", MaxFiles)
	}
	m.checkConfirmed(&f, "/evidence", r.Evidence, evidence)
	return f.Err()
}

// Granting is the decision for a later due date: after the present one, at most
// the one asked for.
type Granting struct {
	NewDueOn civil.Date // zero: what was asked for
	Reason   string     // required where less than asked is granted
	Paper    *DecisionPaper
}

// Grant moves the due date of m. The requester and the payee's organisation
// never decide.
func (x Extension) Grant(actor Actor, payee ident.Organisation, g Granting, m Milestone, on civil.Date) (Extension, Milestone, error) {
	next, err := x.decidable(CommandGrant, actor, payee, m)
	if err != nil {
		return x, m, err
	}
	if g.NewDueOn.IsZero() {
		g.NewDueOn = x.AskedDueOn
	}
	var f portfolio.Findings
	switch {
	case !g.NewDueOn.After(m.DueOn):
		f.Add("/newDueOn", "extension.notLater", "dueOn", m.DueOn.String())
	case g.NewDueOn.After(x.AskedDueOn):
		f.Add("/newDueOn", "extension.moreThanAsked", "askedDueOn", x.AskedDueOn.String())
	case g.NewDueOn.Before(x.AskedDueOn) && g.Reason == "":
		f.Add("/reason", "field.required")
	}
	f.Text("/reason", g.Reason, portfolio.MaxText)
	checkPaper(&f, "/paper", g.Paper, false, on)
	if err := f.Err(); err != nil {
		return x, m, err
	}
	x.NewDueOn, x.Paper = g.NewDueOn, g.Paper
	return x.end(next, actor.Person, g.Reason, on), m.ApplyGrant(g.NewDueOn), nil
}

// ApplyGrant is the milestone with a due date moved by a granted extension;
// after a return the date for rework rises with it.
func (m Milestone) ApplyGrant(newDueOn civil.Date) Milestone {
	m.Granted++
	m.GrantedDays += newDueOn.Sub(m.DueOn)
	m.DueOn = newDueOn
	if m.State == Returned {
		m.ReworkDueOn = civil.Max(m.ReworkDueOn, newDueOn)
	}
	m.Extension, m.ExtensionOn, m.ClockPaused = "", civil.Date{}, false
	return m
}

// Refuse leaves the due date where it is. The requester and the payee's
// organisation never decide.
func (x Extension) Refuse(actor Actor, payee ident.Organisation, reason string, paper *DecisionPaper, m Milestone, on civil.Date) (Extension, Milestone, error) {
	next, err := x.decidable(CommandRefuse, actor, payee, m)
	if err != nil {
		return x, m, err
	}
	var f portfolio.Findings
	f.Required("/reason", reason, portfolio.MaxText)
	checkPaper(&f, "/paper", paper, false, on)
	if err := f.Err(); err != nil {
		return x, m, err
	}
	x.Paper = paper
	return x.end(next, actor.Person, reason, on), m.endExtension(on), nil
}

func (x Extension) decidable(command Command, actor Actor, payee ident.Organisation, m Milestone) (ExtensionState, error) {
	next, err := x.State.Next(command)
	return next, first(err, x.of(m),
		separated("separation.requesterDecides", actor, x.RequestedBy, m.Code), payeeDecides(actor, payee, m.Code))
}

// Withdraw takes the request back, by anybody of the organisation that made it
// (extension.withdrawByOthers).
func (x Extension) Withdraw(actor Actor, m Milestone, on civil.Date) (Extension, Milestone, error) {
	next, err := x.State.Next(CommandWithdraw)
	if err := first(err, x.of(m)); err != nil {
		return x, m, err
	}
	if x.RequestedBy != actor.Person && (x.RequestedByOrg == "" || x.RequestedByOrg != actor.Organisation) {
		return x, m, fault.New(fault.Forbidden, "extension.withdrawByOthers")
	}
	return x.end(next, actor.Person, "", on), m.endExtension(on), nil
}

// Lapse ends the request because its milestone was submitted; Milestone.Submit
// has done the milestone's side.
func (x Extension) Lapse(on civil.Date) (Extension, error) {
	next, err := x.State.Next(CommandLapse)
	if err != nil {
		return x, err
	}
	return x.end(next, "", "", on), nil
}

func (x Extension) end(state ExtensionState, by ident.Person, reason string, on civil.Date) Extension {
	x.State, x.DecidedBy, x.DecidedFor, x.DecidedOn = state, by, reason, on
	return x
}

// of refuses a milestone that the extension does not belong to.
func (x Extension) of(m Milestone) error {
	if x.Milestone != m.ID || m.Extension != x.ID {
		return fault.New(fault.Internal, "extension.otherMilestone")
	}
	return nil
}

// Need returns what the extension asks for, nil once it ended. Funder is the
// person responsible on the funder's side.
func (x Extension) Need(funder ident.Person) *attention.Need {
	if x.State != ExtensionRequested {
		return nil
	}
	return &attention.Need{Kind: attention.DecideExtension, Role: portfolio.ProgrammeManager, Person: funder, Except: persons(x.RequestedBy), OpenedOn: x.RequestedOn}
}
