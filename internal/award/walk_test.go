package award

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// walker gives random commands to one award, as random people.
type walker struct {
	t          *rapid.T
	on         civil.Date
	milestones []Milestone
	tranches   []Tranche
	payments   []Payment
	extensions map[string]Extension
	totals     Totals
	done       int
}

func (w *walker) actor() Actor {
	return rapid.SampledFrom([]Actor{operator(), colleague(), manager(), second(), cashier(), {Person: "per_sixth"}}).Draw(w.t, "actor")
}

// command is mostly one that is legal, the favourite as likely as all others,
// and sometimes one that may not be.
func (w *walker) command(legal []Command, favourite Command) Command {
	switch n := rapid.IntRange(0, 9).Draw(w.t, "choice"); {
	case n == 0:
		return rapid.SampledFrom(commands()).Draw(w.t, "any command")
	case n < 6 && slices.Contains(legal, favourite) || len(legal) == 0:
		return favourite
	}
	return rapid.SampledFrom(legal).Draw(w.t, "command")
}

// keep takes what a move gave, or does nothing where it was refused; an
// internal fault is a defect.
func (w *walker) keep(err error, apply func()) {
	switch {
	case err == nil:
		w.done++
		apply()
	case fault.KindOf(err) == fault.Internal:
		w.t.Fatalf("internal fault: %v", err)
	}
}

func (w *walker) milestone() {
	i := rapid.IntRange(0, 1).Draw(w.t, "milestone")
	m, a := w.milestones[i], w.actor()
	var next Milestone
	var err error
	switch w.command(m.Legal(), CommandDecide) {
	case CommandStart:
		next, err = m.Start(w.on)
	case CommandSubmit:
		next, err = m.Submit(operator(), submission(m), confirmed(m, "evd_1"), w.on)
		if err == nil && m.Extension != "" {
			w.extensions[m.Code], err = w.extensions[m.Code].Lapse(w.on)
		}
	case CommandWithdraw:
		next, err = m.Withdraw(a, w.on)
	case CommandReturn:
		next, err = m.Return(a, payee, Return{Reasons: because("thin")}, civil.Calendar{}, w.on)
	case CommandDecide:
		d := Decision{Outcome: rapid.SampledFrom([]Outcome{Met, Met, PartiallyMet, NotMet}).Draw(w.t, "outcome"), Reasons: because("so")}
		if d.Outcome == PartiallyMet {
			d.Percent = "50"
		}
		next, err = m.Decide(a, payee, d, w.on)
	case CommandSettle:
		next, err = m.Settle(a, payee, Settling{rapid.SampledFrom([]Settlement{Retry, Retry, Accept}).Draw(w.t, "choice"), "again", paper()}, w.on)
	case CommandReopen:
		next, err = m.Reopen(a, payee, Reopen{"wrong", paper(), paper()}, w.tranches, w.on)
	default:
		return
	}
	w.keep(err, func() {
		w.milestones[i] = next
		for j, tr := range w.tranches {
			w.tranche(j, must[Tranche](w.t)(tr.WithGates(w.milestones, w.on)))
		}
	})
}

func (w *walker) extension() {
	i := rapid.IntRange(0, 1).Draw(w.t, "milestone")
	m, a := w.milestones[i], w.actor()
	x := w.extensions[m.Code]
	var next Milestone
	var err error
	switch rapid.IntRange(0, 3).Draw(w.t, "extension") {
	case 0:
		r := ExtensionRequest{ID: "ext_1", Cause: CauseCost, Reason: "why", AskedDueOn: m.DueOn.AddDays(10)}
		x, next, err = AskExtension(operator(), r, m, nil, noLimit(), w.on)
	case 1:
		x, next, err = x.Grant(a, payee, Granting{}, m, w.on)
	case 2:
		x, next, err = x.Refuse(a, payee, "no", nil, m, w.on)
	case 3:
		x, next, err = x.Withdraw(a, m, w.on)
	}
	w.keep(err, func() { w.extensions[m.Code], w.milestones[i] = x, next })
}

func (w *walker) release() {
	i := rapid.IntRange(0, 2).Draw(w.t, "tranche")
	tr, a := w.tranches[i], w.actor()
	var next Tranche
	var err error
	switch w.command(tr.Legal(), CommandApprove) {
	case CommandRequest:
		next, err = tr.Request(operator(), "", w.milestones, false, w.on)
	case CommandTakeBack:
		next, err = tr.TakeBack(a, w.on)
	case CommandRefuse:
		next, err = tr.Refuse(a, payee, "no", w.on)
	case CommandApprove:
		next, err = tr.Approve(a, payee, w.milestones, true, nil, w.on)
		if err == nil && slices.ContainsFunc(w.milestones, func(m Milestone) bool { return slices.Contains(tr.Gates, m.ID) && m.Decider() == a.Person }) {
			w.t.Fatalf("%s approved what rests on their decision", a.Person)
		}
	case CommandWithdrawApproval:
		next, err = tr.WithdrawApproval(a, payee, "no", w.on)
	default:
		return
	}
	w.keep(err, func() { w.tranche(i, next) })
}

func (w *walker) tranche(i int, next Tranche) {
	w.totals = must[Totals](w.t)(w.totals.Move(w.tranches[i], next))
	w.tranches[i] = next
}

func (w *walker) pay() {
	a := w.actor()
	if len(w.payments) == 0 || rapid.Bool().Draw(w.t, "instruct") {
		tr := w.due()
		amount := must[money.Amount](w.t)(money.Of(rapid.Int64Range(1, 5000).Draw(w.t, "amount"), money.CNY))
		if rapid.Bool().Draw(w.t, "all of it") {
			amount = must[money.Amount](w.t)(tr.Payable())
		}
		p, changed, err := Instruct(a, payee, order(PaymentLine{Tranche: tr.ID, Amount: amount}), w.tranches, w.milestones, w.on)
		w.keep(err, func() {
			w.payments = append(w.payments, p)
			w.changed(changed)
		})
		return
	}
	i := rapid.IntRange(0, len(w.payments)-1).Draw(w.t, "payment")
	p, changed, err := w.payments[i], []Tranche(nil), error(nil)
	switch rapid.IntRange(0, 3).Draw(w.t, "pay") {
	case 0, 1:
		p, changed, err = p.MarkPaid(a, "B-1", w.on, w.tranches, w.on)
	case 2:
		p, changed, err = p.MarkReturned(a, "closed", w.tranches, w.on)
	case 3:
		p, changed, err = p.Reverse(a, "late", w.tranches, w.on)
	}
	w.keep(err, func() {
		w.payments[i] = p
		w.changed(changed)
	})
}

// due is an approved tranche where there is one, else any.
func (w *walker) due() Tranche {
	for _, tr := range w.tranches {
		if tr.State == Approved {
			return tr
		}
	}
	return rapid.SampledFrom(w.tranches).Draw(w.t, "tranche")
}

func (w *walker) changed(tranches []Tranche) {
	for _, tr := range tranches {
		w.tranche(find(w.tranches, tr.ID), tr)
	}
}

// Property: no sequence of commands, by whomever, breaks an invariant; and no
// move changes the value that it was given.
func TestRandomCommands(t *testing.T) {
	start, moved := active(t), 0
	rapid.Check(t, func(t *rapid.T) {
		w := &walker{t: t, on: day("2026-02-01"), milestones: slices.Clone(start.Milestones), tranches: slices.Clone(start.Tranches),
			totals: start.Totals, extensions: map[string]Extension{}}
		for range 80 {
			w.on = w.on.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			before := []any{slices.Clone(w.milestones), slices.Clone(w.tranches), slices.Clone(w.payments)}
			snapshot := text(t, before)
			rapid.SampledFrom([]func(){w.milestone, w.milestone, w.release, w.release, w.extension, w.pay, w.pay}).Draw(t, "on what")()
			if got := text(t, before); got != snapshot {
				t.Fatalf("a move changed what it was given:\n%s\n%s", snapshot, got)
			}
			holds(t, w.milestones, w.tranches, w.totals, false)
		}
		moved += w.done
	})
	if moved == 0 {
		t.Error("no command was taken: the property says nothing")
	}
}
