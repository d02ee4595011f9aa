package portfolio

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func wantCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if !errors.Is(err, fault.New(kind, code)) {
		t.Errorf("fault = %v, want %v %s", err, kind, code)
	}
}

// wantFields compares "pointer code" of each field of a fault, in order.
func wantFields(t *testing.T, err error, want ...string) {
	t.Helper()
	var got []string
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for _, x := range f.Fields {
			got = append(got, x.Pointer+" "+x.Code)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("fields = %q, want %q (%v)", got, want, err)
	}
}

func commands() []Command {
	return []Command{CommandSuspend, CommandResume, CommandClose, CommandApprove, CommandOperate, CommandRectify, CommandRectified,
		CommandStart, CommandAccept, CommandComplete, CommandTerminate, CommandRevoke, "unheardOf"}
}

// matrix tries every state × every command against the rows written here.
func matrix[S interface {
	~string
	Legal() []Command
}](t *testing.T, thing string, want map[S]map[Command]S, next func(S, Command) (S, error)) {
	t.Helper()
	for from, row := range want {
		for _, command := range commands() {
			got, err := next(from, command)
			to, legal := row[command]
			switch {
			case legal && (err != nil || got != to):
				t.Errorf("%s %s %s = %q, %v, want %q", thing, from, command, got, err, to)
			case !legal:
				wantCode(t, err, fault.Conflict, "move.illegal")
			}
			if slices.Contains(from.Legal(), command) != legal {
				t.Errorf("%s in %s offers %v", thing, from, from.Legal())
			}
		}
	}
}

func TestMatrices(t *testing.T) {
	matrix(t, "programme", map[ProgrammeState]map[Command]ProgrammeState{
		ProgrammeOpen:      {CommandSuspend: ProgrammeSuspended},
		ProgrammeSuspended: {CommandResume: ProgrammeOpen, CommandClose: ProgrammeClosed},
		ProgrammeClosed:    {},
	}, ProgrammeState.Next)
	matrix(t, "platform", map[PlatformState]map[Command]PlatformState{
		PlatformCandidate:          {CommandApprove: PlatformApproved, CommandClose: PlatformClosed},
		PlatformApproved:           {CommandOperate: PlatformOperating, CommandClose: PlatformClosed},
		PlatformOperating:          {CommandSuspend: PlatformSuspended, CommandRectify: PlatformUnderRectification, CommandClose: PlatformClosed},
		PlatformSuspended:          {CommandResume: PlatformOperating, CommandClose: PlatformClosed},
		PlatformUnderRectification: {CommandRectified: PlatformOperating, CommandClose: PlatformClosed},
		PlatformClosed:             {},
	}, PlatformState.Next)
	matrix(t, "project", map[ProjectState]map[Command]ProjectState{
		ProjectProposed:   {CommandApprove: ProjectApproved},
		ProjectApproved:   {CommandStart: ProjectUnderway, CommandTerminate: ProjectTerminated},
		ProjectUnderway:   {CommandAccept: ProjectAcceptance, CommandTerminate: ProjectTerminated},
		ProjectAcceptance: {CommandComplete: ProjectCompleted, CommandTerminate: ProjectTerminated},
		ProjectCompleted:  {}, ProjectTerminated: {},
	}, ProjectState.Next)
	matrix(t, "membership", map[MembershipState]map[Command]MembershipState{
		MembershipActive: {CommandRevoke: MembershipRevoked}, MembershipRevoked: {}, MembershipExpired: {},
	}, MembershipState.Next)
}

func TestIllegalNamesTheLegal(t *testing.T) {
	_, err := ProgrammeSuspended.Next(CommandApprove)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Args["state"] != "suspended" || f.Args["command"] != "approve" || strings.Join(f.Args["legal"].([]string), " ") != "resume close" {
		t.Errorf("fault = %v", err)
	}
	wantCode(t, NotYet("amend"), fault.Conflict, "command.notYet")
}

func TestMovesKeepReasonAndDate(t *testing.T) {
	on := day("2026-05-04")
	p, err := Programme{State: ProgrammeOpen}.Suspend("audit", on)
	if err != nil || p.State != ProgrammeSuspended || p.StateReason != "audit" || p.StateChanged != on {
		t.Errorf("suspended = %+v, %v", p, err)
	}
	if _, err := p.Resume("", on); fault.CodeOf(err) != "request.invalid" {
		t.Errorf("resumed without a reason: %v", err)
	}
	if p, err = p.Resume("done", on); err != nil || p.Releases() != nil {
		t.Errorf("resumed = %+v, %v", p, err)
	}
	_, err = p.Close("end", on)
	wantCode(t, err, fault.Conflict, "move.illegal")

	platform, err := Platform{State: PlatformCandidate}.Move(CommandApprove, "", on)
	if err != nil || platform.State != PlatformApproved || platform.StateChanged != on {
		t.Errorf("approved = %+v, %v", platform, err)
	}
	_, err = platform.Move(CommandClose, "", on)
	wantFields(t, err, "/reason field.required")
	_, err = platform.Move(CommandSuspend, "why", on)
	wantCode(t, err, fault.Conflict, "move.illegal")

	project, err := Project{State: ProjectApproved}.Move(CommandStart, "", on)
	if err != nil || project.State != ProjectUnderway || project.StateChanged != on {
		t.Errorf("started = %+v, %v", project, err)
	}
	_, err = project.Move(CommandTerminate, "", on)
	wantFields(t, err, "/reason field.required")
}

func TestWhatStatesAllow(t *testing.T) {
	for state, want := range map[ProgrammeState]string{ProgrammeOpen: "", ProgrammeSuspended: "programme.notOpen", ProgrammeClosed: "programme.notOpen"} {
		if got := fault.CodeOf(Programme{State: state}.Releases()); got != want {
			t.Errorf("programme %s: %q, want %q", state, got, want)
		}
	}
	for state, want := range map[PlatformState][2]string{
		PlatformCandidate:          {"platform.notOperating", ""},
		PlatformApproved:           {"platform.notOperating", ""},
		PlatformOperating:          {"", ""},
		PlatformSuspended:          {"platform.notOperating", "platform.notReleasing"},
		PlatformUnderRectification: {"platform.notOperating", ""},
		PlatformClosed:             {"platform.notOperating", "platform.notReleasing"},
	} {
		p := Platform{State: state}
		if got := [2]string{fault.CodeOf(p.Activates()), fault.CodeOf(p.Releases())}; got != want {
			t.Errorf("platform %s: %q, want %q", state, got, want)
		}
	}
	for _, state := range []ProjectState{ProjectProposed, ProjectApproved, ProjectUnderway, ProjectAcceptance, ProjectCompleted, ProjectTerminated} {
		want := state == ProjectApproved || state == ProjectUnderway
		if got := (Project{State: state}).Activates() == nil; got != want {
			t.Errorf("project %s activates: %v", state, got)
		}
	}
}
