package portfolio

import (
	"slices"
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

// ProjectMoves is the state table of a project.
func ProjectMoves() []Move[ProjectState] {
	return []Move[ProjectState]{
		{ProjectProposed, CommandApprove, ProjectApproved},
		{ProjectApproved, CommandStart, ProjectUnderway},
		{ProjectUnderway, CommandAccept, ProjectAcceptance},
		{ProjectAcceptance, CommandComplete, ProjectCompleted},
		{ProjectApproved, CommandTerminate, ProjectTerminated},
		{ProjectUnderway, CommandTerminate, ProjectTerminated},
		{ProjectAcceptance, CommandTerminate, ProjectTerminated},
	}
}

// Legal lists the commands that a project in state s takes.
func (s ProjectState) Legal() []Command { return LegalIn(ProjectMoves(), s) }

// Next returns the state to which command leads, or move.illegal.
func (s ProjectState) Next(command Command) (ProjectState, error) {
	return Next("project", ProjectMoves(), s, command)
}

// Move takes the project through one command of its table on a business date.
// Terminating needs a reason.
func (p Project) Move(command Command, reason string, on civil.Date) (Project, error) {
	next, err := p.State.Next(command)
	if err != nil {
		return p, err
	}
	if err := checkReason(reason, command == CommandTerminate); err != nil {
		return p, err
	}
	p.State, p.StateReason, p.StateChanged = next, reason, on
	return p, nil
}

// Activates returns nil where the project lets an award be activated: where it
// is approved or underway (project.notUnderway).
func (p Project) Activates() error {
	if p.State == ProjectApproved || p.State == ProjectUnderway {
		return nil
	}
	return fault.New(fault.Conflict, "project.notUnderway", "project", p.Code, "state", string(p.State))
}

// Check returns all fields at fault of a project.
func (p Project) Check() error {
	var f Findings
	f.Required("/programme", string(p.Programme), MaxCode)
	f.Required("/code", p.Code, MaxCode)
	f.Names("/title", p.Title)
	f.Required("/lead", string(p.Lead), MaxCode)
	f.Text("/sector", p.Sector, MaxTitle)
	OneOf(&f, "/source", p.Source, OpenChallenge, Clinic, Matching, SelfProposed)
	p.checkPlatforms(&f)
	p.TRL.check(&f)
	return f.Err()
}

// MaxPlatforms is how many platforms a project may be on.
const MaxPlatforms = 20

func (p Project) checkPlatforms(f *Findings) {
	if p.Host != "" && !slices.Contains(p.Platforms, p.Host) {
		f.Add("/host", "project.hostNotListed")
	}
	if len(p.Platforms) > MaxPlatforms {
		f.Add("/platforms", "field.tooMany", "max", MaxPlatforms)
	}
	seen := map[ident.Platform]bool{}
	for i, id := range p.Platforms {
		if seen[id] {
			f.Add("/platforms/"+strconv.Itoa(i), "field.notUnique", "value", clip(string(id)))
		}
		seen[id] = true
	}
}

func (t TRL) check(f *Findings) {
	for _, n := range []struct {
		at    string
		value int
	}{{"/trl/start", t.Start}, {"/trl/current", t.Current}, {"/trl/target", t.Target}} {
		if n.value < 0 || n.value > 9 {
			f.Add(n.at, "field.outOfRange", "min", 1, "max", 9)
		}
	}
	if t.Start > 0 && t.Target > 0 && t.Target < t.Start {
		f.Add("/trl/target", "project.trlTargetBelowStart", "start", t.Start)
	}
}
