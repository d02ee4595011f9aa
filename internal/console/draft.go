package console

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// draftRoutes are drafting an award, submitting and activating it.
func (c *Console) draftRoutes(m routes) {
	m.page("GET /awards/new", c.draftNew)
	m.page("POST /awards/new", c.draftCreate)
	m.page("GET /awards/{award}/edit", c.draftEdit)
	m.page("POST /awards/{award}/edit", c.draftReplace)
	c.draftMoveRoutes(m)
}

// draftPage is the one form of a draft: head, funding lines, milestones and
// tranches.
type draftPage struct {
	Form      *form
	Lacks     []fieldFault // what submitting will ask for beside what is wrong
	Stray     []fieldFault // dates that may be slips
	Award     *awardHead   // nil for a new one
	Programme tracker.Named
	Lists     draftLists
	Lines     []int // rows of each list
	Rows      []int
	Tranches  []int
	Gates     []option // milestones as choices: the value is the row
	LineSum   draftSum
	Sum       draftSum
	Unit      money.Unit
	Focus     string // the field that was just added
	Bounds    struct{ Lines, Rows int }
}

// draftProgrammes is where one says in which programme an award is drafted.
type draftProgrammes struct {
	Programmes []option
}

// draftNew shows an empty draft; where the reader may draft in several
// programmes, it asks for that first.
func (c *Console) draftNew(q *request) error {
	programmes, err := q.draftableProgrammes()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(programmes, func(p tracker.ProgrammeView) bool { return string(p.ID) == q.URL.Query().Get("programme") })
	switch {
	case len(programmes) == 0:
		return fault.New(fault.Forbidden, "access.forbidden")
	case at < 0 && len(programmes) > 1:
		var v draftProgrammes
		for _, p := range programmes {
			v.Programmes = append(v.Programmes, option{Value: string(p.ID), Text: p.Names.In(string(q.lang)), Hint: p.Code})
		}
		return q.show("draft-programme", q.text("console.draft.new"), v)
	case at < 0:
		at = 0
	}
	f := q.form("/awards/new", 0)
	d := award.Document{
		Programme: programmes[at].ID, Instrument: award.Grant, Basis: award.OnMilestone, Amount: money.Zero(money.CNY),
		FundingLines: []award.FundingLine{{ID: "F1", Source: award.Fiscal, FiscalYear: q.today.Time().Year()}},
		Milestones:   []award.MilestoneDraft{{Code: "M1", Type: award.Delivery, NeedEvidence: true}},
		Tranches:     []award.TrancheDraft{{Number: 1, Kind: award.Initial}},
	}
	fillDraft(f, d)
	return q.showDraft(f, nil, "")
}

// draftableProgrammes are those in which the reader may draft.
func (q *request) draftableProgrammes() ([]tracker.ProgrammeView, error) {
	all, err := q.programmes()
	return slices.DeleteFunc(all, func(p tracker.ProgrammeView) bool { return !slices.Contains(p.Permissions, access.DraftAward) }), err
}

func (c *Console) draftCreate(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	if focus, changed := f.reshape(q.step(), q.today); changed {
		return q.showDraft(f, nil, focus)
	}
	return q.saveDraft(f, subject{Page: "/awards"}, func(lacks []fieldFault) error { return q.showDraft(f, nil, "", lacks...) }, c.Tracker.CreateAward)
}

// openDraft reads the award of the address, which must take a command.
func (q *request) openDraft(command award.Command) (awardHead, error) {
	h, err := q.openAward("")
	if err != nil {
		return h, err
	}
	if _, err := h.State.Next(command); err != nil {
		return h, err
	}
	if !h.Can(string(command)) {
		return h, fault.New(fault.Forbidden, "access.forbidden")
	}
	return h, nil
}

func (c *Console) draftEdit(q *request) error {
	h, err := q.openDraft(award.CommandEdit)
	if err != nil {
		return err
	}
	f := q.form(h.Page+"/edit", h.Version)
	fillDraft(f, h.Document)
	lacks, err := q.beforeSubmit(h)
	if err != nil {
		return err
	}
	return q.showDraft(f, &h, "", lacks...)
}

func (c *Console) draftReplace(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	id := ident.Award(q.PathValue("award"))
	show := func(focus string, lacks ...fieldFault) error {
		h, err := q.openDraft(award.CommandEdit)
		if err != nil {
			return err
		}
		return q.showDraft(f, &h, focus, lacks...)
	}
	if focus, changed := f.reshape(q.step(), q.today); changed {
		return show(focus)
	}
	of := subject{Aggregate: string(id), Page: at("awards", id)}
	return q.saveDraft(f, of, func(lacks []fieldFault) error { return show("", lacks...) }, func(ctx context.Context, call tracker.Call, d award.Document) (tracker.Receipt, error) {
		return c.Tracker.ReplaceAward(ctx, call, id, d)
	})
}

// showDraft shows the form of a draft with its sums and lists.
func (q *request) showDraft(f *form, h *awardHead, focus string, lacks ...fieldFault) error {
	v := draftPage{Form: f, Lacks: lacks, Stray: q.stray(f), Award: h, Focus: focus, Unit: f.unit()}
	v.Bounds.Lines, v.Bounds.Rows = award.MaxLines, award.MaxOpen
	v.Lines, v.Rows, v.Tranches = f.rows("fundingLines"), f.rows("milestones"), f.rows("tranches")
	for _, i := range v.Rows {
		text := strings.TrimSpace(f.Value(rowName("milestones", i, "code")) + " " + f.Value(rowName("milestones", i, "title")))
		v.Gates = append(v.Gates, option{Value: textOf(i), Text: text})
	}
	v.LineSum, v.Sum = q.draftSum(f, "fundingLines", "console.draft.line"), q.draftSum(f, "tranches", "console.draft.tranche")
	programmes, err := q.draftableProgrammes()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(programmes, func(p tracker.ProgrammeView) bool { return string(p.ID) == f.Value("programme") })
	if i < 0 {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	v.Programme = tracker.Named{ID: string(programmes[i].ID), Code: programmes[i].Code, Names: programmes[i].Names}
	if v.Lists, err = q.draftLists(f, h); err != nil {
		return err
	}
	title := "console.draft.new"
	if h != nil {
		title = "console.draft.edit"
	}
	return q.show("draft", q.text(title), v)
}

// draftSum is what the amounts of a list come to as they stand in the form. What
// cannot be read is not counted, and named by its row.
func (q *request) draftSum(f *form, list, row string) draftSum {
	unit := f.unit()
	whole, known := f.loose("amount/amount", unit)
	var parts []money.Amount
	var unread []string
	for _, i := range f.rows(list) {
		part, read := f.loose(rowName(list, i, "amount/amount"), unit)
		if parts = append(parts, part); !read {
			unread = append(unread, q.text(row, "number", i+1))
		}
	}
	s := sumOf(whole, parts)
	switch {
	case len(unread) > 0:
		s.Unread = strings.Replace(q.text("console.draft.sum.unread"), "{}", strings.Join(unread, q.text("list.separator")), 1)
	case !known:
		s.Unread = q.text("console.draft.sum.whole")
	}
	return s
}
