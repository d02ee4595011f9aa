package award

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
)

func commands() []Command {
	return slices.Concat([]Command{
		CommandEdit, CommandSubmit, CommandTakeBack, CommandReturnToDraft, CommandDiscard, CommandActivate, CommandStart,
		CommandForecast, CommandAskExtension, CommandWithdraw, CommandReturn, CommandDecide, CommandSettle, CommandReopen,
		CommandRequest, CommandRefuse, CommandApprove, CommandWithdrawApproval, CommandPay, CommandInstruct, CommandMarkPaid,
		CommandMarkReturned, CommandStop, CommandReverse, CommandGrant, CommandLapse, CommandConfirm, CommandSupersede,
		CommandAskErase, CommandErase, "unheardOf",
	}, Later())
}

type table[S ~string] map[S]map[Command]S

// matrix tries every state × every command against the rows written here.
func matrix[S state](t *testing.T, thing string, want table[S], next func(S, Command) (S, error)) {
	t.Helper()
	t.Run(thing, func(t *testing.T) {
		for from, row := range want {
			for _, command := range commands() {
				got, err := next(from, command)
				to, legal := row[command]
				switch {
				case slices.Contains(Later(), command):
					wantCode(t, err, fault.Conflict, "command.notYet")
				case !legal:
					wantIllegal(t, err, thing, string(from), command, from.Legal())
				case err != nil || got != to:
					t.Errorf("%s %s = %q, %v, want %q", from, command, got, err, to)
				}
			}
			for _, command := range from.Legal() {
				if _, ok := row[command]; !ok {
					t.Errorf("%s offers %s, which the table does not have", from, command)
				}
			}
		}
	})
}

func wantIllegal(t *testing.T, err error, thing, state string, command Command, legal []Command) {
	t.Helper()
	names := []string{}
	for _, c := range legal {
		names = append(names, string(c))
	}
	want := fault.Args{"thing": thing, "state": state, "command": string(command), "legal": names}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != "move.illegal" || f.Kind != fault.Conflict {
		t.Errorf("%s %s in %s: %v, want move.illegal", command, thing, state, err)
		return
	}
	if diff := cmp.Diff(want, f.Args); diff != "" {
		t.Errorf("%s %s in %s: arguments (-want +got)\n%s", command, thing, state, diff)
	}
}

func TestMatrices(t *testing.T) {
	matrix(t, "award", table[State]{
		Draft:     {CommandEdit: Draft, CommandSubmit: Submitted, CommandDiscard: Discarded},
		Submitted: {CommandTakeBack: Draft, CommandReturnToDraft: Draft, CommandActivate: Active},
		Active:    {}, Discarded: {}, Closed: {},
	}, State.Next)
	matrix(t, "milestone", table[MilestoneState]{
		Planned:            {CommandStart: InProgress, CommandSubmit: MilestoneSubmitted, CommandForecast: Planned, CommandAskExtension: Planned},
		InProgress:         {CommandSubmit: MilestoneSubmitted, CommandForecast: InProgress, CommandAskExtension: InProgress},
		Returned:           {CommandSubmit: MilestoneSubmitted, CommandForecast: Returned, CommandAskExtension: Returned},
		MilestoneSubmitted: {CommandWithdraw: InProgress, CommandReturn: Returned, CommandDecide: Decided},
		Decided:            {CommandSettle: Decided, CommandReopen: MilestoneSubmitted},
		Cancelled:          {},
	}, MilestoneState.Next)
	matrix(t, "tranche", table[TrancheState]{
		Scheduled:        {CommandRequest: Requested},
		Requested:        {CommandTakeBack: Scheduled, CommandRefuse: Scheduled, CommandApprove: Approved, CommandReopen: Scheduled},
		Approved:         {CommandWithdrawApproval: Scheduled, CommandReopen: Scheduled, CommandInstruct: Approved, CommandPay: Settled},
		Settled:          {CommandReverse: Approved},
		TrancheCancelled: {},
	}, TrancheState.Next)
	matrix(t, "payment", table[PaymentState]{
		Instructed:     {CommandMarkPaid: Paid, CommandMarkReturned: ReturnedByBank, CommandStop: Stopped},
		Paid:           {CommandReverse: PaymentReversed},
		ReturnedByBank: {}, Stopped: {}, PaymentReversed: {},
	}, PaymentState.Next)
	matrix(t, "refund", table[RefundState]{Recorded: {CommandReverse: RefundReversed}, RefundReversed: {}}, RefundState.Next)
	matrix(t, "extension", table[ExtensionState]{
		ExtensionRequested: {CommandGrant: ExtensionGranted, CommandRefuse: ExtensionRefused,
			CommandWithdraw: ExtensionWithdrawn, CommandLapse: ExtensionLapsed},
		ExtensionGranted: {}, ExtensionRefused: {}, ExtensionWithdrawn: {}, ExtensionLapsed: {},
	}, ExtensionState.Next)
	matrix(t, "evidence", table[EvidenceState]{
		Announced:  {CommandConfirm: Confirmed},
		Confirmed:  {CommandSupersede: Superseded, CommandAskErase: Confirmed, CommandErase: Erased},
		Superseded: {CommandAskErase: Superseded, CommandErase: Erased},
		Erased:     {}, Expired: {},
	}, EvidenceState.Next)
}

// The moves themselves, not only the tables: a milestone in every state is
// given every command, and what its table does not have is refused unchanged.
func TestMilestoneMovesFollowTheTable(t *testing.T) {
	m := active(t).Milestones[0]
	on := day("2026-05-04")
	in := submitted(t, m, "2026-05-04")
	back := must[Milestone](t)(in.Return(manager(), payee, Return{Reasons: because("thin")}, calendar(t), on))
	cancelled := m
	cancelled.State = Cancelled
	states := []Milestone{m, must[Milestone](t)(m.Start(on)), in, back, decided(t, m, NotMet, "2026-05-04"), cancelled}
	moves := map[Command]func(Milestone) (Milestone, error){
		CommandStart:    func(m Milestone) (Milestone, error) { return m.Start(on) },
		CommandForecast: func(m Milestone) (Milestone, error) { return m.Forecast(on, on) },
		CommandSubmit:   func(m Milestone) (Milestone, error) { return m.Submit(operator(), submission(m), nil, on) },
		CommandWithdraw: func(m Milestone) (Milestone, error) { return m.Withdraw(colleague(), on) },
		CommandReturn: func(m Milestone) (Milestone, error) {
			return m.Return(manager(), payee, Return{Reasons: because("thin")}, calendar(t), on)
		},
		CommandDecide: func(m Milestone) (Milestone, error) { return m.Decide(manager(), payee, met(), on) },
		CommandSettle: func(m Milestone) (Milestone, error) {
			return m.Settle(manager(), payee, Settling{Retry, "again", paper()}, on)
		},
		CommandReopen: func(m Milestone) (Milestone, error) {
			return m.Reopen(second(), payee, Reopen{Reason: "wrong", Paper: paper()}, nil, on)
		},
	}
	for _, m := range states {
		for command, move := range moves {
			got, err := move(m)
			switch to, refused := m.State.Next(command); {
			case refused != nil:
				wantIllegal(t, err, "milestone", string(m.State), command, m.State.Legal())
				if diff := cmp.Diff(m, got, exact()); diff != "" {
					t.Errorf("%s in %s changed a refused milestone:\n%s", command, m.State, diff)
				}
			case err != nil:
				t.Errorf("%s in %s: %v", command, m.State, err)
			case command != CommandWithdraw && got.State != to:
				t.Errorf("%s in %s leads to %s, want %s", command, m.State, got.State, to)
			}
		}
	}
}
