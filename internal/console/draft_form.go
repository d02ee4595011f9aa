package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// rowName is the name of a field of a row of a list.
func rowName(list string, i int, field string) string {
	return list + "/" + strconv.Itoa(i) + "/" + field
}

// rows are the indexes of a list's rows in the form, gapless from 0.
func (f *form) rows(list string) []int {
	n := 0
	for name := range f.Values {
		rest, ok := strings.CutPrefix(name, list+"/")
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(rest, "/")
		if i, err := strconv.Atoi(index); err == nil && i >= n && i < award.MaxItems {
			n = i + 1
		}
	}
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// fillDraft puts a document into a form.
func fillDraft(f *form, d award.Document) {
	f.With("number", d.Number).With("title/zh", d.Title.ZH).With("title/en", d.Title.EN).With("programme", d.Programme)
	f.With("platform", d.Platform).With("project", d.Project).With("payee", d.Payee).With("instrument", d.Instrument).With("basis", d.Basis)
	f.With("amount/amount", typed(d.Amount)).With("amount/currency", d.Amount.Unit().Code())
	f.With("startOn", dayTyped(d.StartOn)).With("endOn", dayTyped(d.EndOn))
	f.With("responsible/funder", d.Responsible.Funder).With("responsible/payee", d.Responsible.Payee)
	lines := map[string]int{}
	for i, l := range d.FundingLines {
		lines[l.ID] = i
		put := func(field string, v any) { f.With(rowName("fundingLines", i, field), v) }
		put("id", l.ID)
		put("funder", l.Funder)
		put("source", l.Source)
		put("level", l.Level)
		put("region", l.Region)
		put("fiscalYear", "")
		if l.FiscalYear > 0 {
			put("fiscalYear", l.FiscalYear)
		}
		put("amount/amount", typed(l.Amount))
	}
	codes := map[string]int{}
	for i, m := range d.Milestones {
		codes[m.Code] = i
		put := func(field string, v any) { f.With(rowName("milestones", i, field), v) }
		put("code", m.Code)
		put("title", m.Title)
		put("type", m.Type)
		put("description", m.Description)
		put("deliverable", m.Deliverable)
		put("dueOn", dayTyped(m.DueOn))
		var criteria []string
		for _, c := range m.Criteria {
			criteria = append(criteria, strings.Join(strings.Fields(c.Text), " "))
		}
		put("criteria", strings.Join(criteria, "\n"))
		if m.NeedEvidence {
			put("needEvidence", "true")
		}
	}
	for i, t := range d.Tranches {
		put := func(field string, v any) { f.With(rowName("tranches", i, field), v) }
		put("number", t.Number)
		put("kind", t.Kind)
		put("plannedOn", dayTyped(t.PlannedOn))
		put("amount/amount", typed(t.Amount))
		if t.Ungated {
			put("ungated", "true")
		}
		for _, code := range t.Gates {
			if row, ok := codes[code]; ok {
				f.Values.Add(rowName("tranches", i, "gates"), strconv.Itoa(row))
			}
		}
		for _, s := range t.Split {
			if line, ok := lines[s.Line]; ok {
				put(rowName("split", line, "amount/amount"), typed(s.Amount))
			}
		}
	}
}

// typed is an amount as it stands in a field: empty for nothing.
func typed(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.Decimal()
}

func dayTyped(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// unit is the currency of the form, without one where it names none.
func (f *form) unit() money.Unit {
	u, _ := money.ISO(f.Value("amount/currency"))
	return u
}

// loose is the amount in a field, nothing where it is empty or cannot be read:
// for sums that are shown beside what is typed.
func (f *form) loose(name string, unit money.Unit) (a money.Amount, read bool) {
	text := f.Value(name)
	if text == "" || unit.IsZero() {
		return money.Zero(unit), text == ""
	}
	a, err := money.ParseTyped(text, unit)
	if err != nil {
		return money.Zero(unit), false
	}
	return a, true
}

// draftNames lead from pointers into the document to the fields of the form
// that hold more than one of its values.
type draftNames map[string]string

// field is the field of a pointer without its first slash.
func (n draftNames) field(pointer string) string {
	for p := pointer; p != ""; {
		if name, ok := n[p]; ok {
			return name
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return strings.TrimSuffix(pointer, "/currency") + map[bool]string{true: "/amount", false: ""}[strings.HasSuffix(pointer, "/currency") && pointer != "amount/currency"]
}

// onto puts the pointers of a refusal onto the fields of the form.
func (n draftNames) onto(err error) error {
	e, ok := asFault(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for i, f := range moved.Fields {
		moved.Fields[i].Pointer = "/" + n.field(fieldOf(f.Pointer))
	}
	return &moved
}

// document reads the form. The fault is that of everything that cannot be read.
func (f *form) document() (award.Document, draftNames, error) {
	r, names := f.fields(), draftNames{}
	unit, err := money.ISO(f.Value("amount/currency"))
	if err != nil {
		r.miss("amount/currency", err)
	}
	d := award.Document{
		Number: f.Value("number"), Title: portfolio.Names{ZH: f.Value("title/zh"), EN: f.Value("title/en")}, Programme: ident.Programme(f.Value("programme")),
		Platform: ident.Platform(f.Value("platform")), Project: ident.Project(f.Value("project")), Payee: ident.Organisation(f.Value("payee")),
		Instrument: award.Instrument(f.Value("instrument")), Basis: award.Basis(f.Value("basis")), StartOn: r.date("startOn"), EndOn: r.date("endOn"),
		Responsible:  award.Responsible{Funder: ident.Person(f.Value("responsible/funder")), Payee: ident.Person(f.Value("responsible/payee"))},
		FundingLines: []award.FundingLine{}, Milestones: []award.MilestoneDraft{}, Tranches: []award.TrancheDraft{},
	}
	if err == nil {
		d.Amount = r.sum("amount/amount", unit)
	}
	for _, i := range f.rows("fundingLines") {
		at := func(field string) string { return rowName("fundingLines", i, field) }
		d.FundingLines = append(d.FundingLines, award.FundingLine{
			ID: f.Value(at("id")), Funder: ident.Organisation(f.Value(at("funder"))), Source: award.FundingSource(f.Value(at("source"))),
			Level: f.Value(at("level")), Region: f.Value(at("region")), FiscalYear: r.number(at("fiscalYear"), 9999), Amount: r.sum(at("amount/amount"), unit),
		})
	}
	for _, i := range f.rows("milestones") {
		d.Milestones = append(d.Milestones, r.milestone(i, names))
	}
	for _, i := range f.rows("tranches") {
		d.Tranches = append(d.Tranches, r.tranche(i, unit, d, names))
	}
	return d, names, r.err()
}

// sum reads an amount, nothing where nothing was typed.
func (f *fields) sum(name string, unit money.Unit) money.Amount {
	if f.Value(name) == "" || unit.IsZero() {
		return money.Zero(unit)
	}
	a := f.amount(name, unit)
	if a.Sign() < 0 {
		f.miss(name, fault.New(fault.Invalid, "amount.negative"))
	}
	if a.Unit().IsZero() { // it cannot be read
		return money.Zero(unit)
	}
	return a
}

// milestone reads a row; each line of its criteria is one.
func (f *fields) milestone(i int, names draftNames) award.MilestoneDraft {
	at := func(field string) string { return rowName("milestones", i, field) }
	m := award.MilestoneDraft{
		Code: f.Value(at("code")), Title: f.Value(at("title")), Type: award.MilestoneType(f.Value(at("type"))), Description: f.Value(at("description")),
		Deliverable: f.Value(at("deliverable")), DueOn: f.date(at("dueOn")), NeedEvidence: f.Value(at("needEvidence")) == "true", Criteria: []award.Criterion{},
	}
	names[at("criteria")] = at("criteria")
	for line := range strings.SplitSeq(f.Value(at("criteria")), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			m.Criteria = append(m.Criteria, award.Criterion{ID: fmt.Sprintf("C%d", len(m.Criteria)+1), Text: line})
		}
	}
	return m
}

// tranche reads a row; its gates are rows of milestones, its split amounts by
// rows of funding lines.
func (f *fields) tranche(i int, unit money.Unit, d award.Document, names draftNames) award.TrancheDraft {
	at := func(field string) string { return rowName("tranches", i, field) }
	t := award.TrancheDraft{
		Number: f.number(at("number"), 999), Kind: award.TrancheKind(f.Value(at("kind"))), PlannedOn: f.date(at("plannedOn")),
		Amount: f.sum(at("amount/amount"), unit), Ungated: f.Value(at("ungated")) == "true", Gates: []string{},
	}
	names[at("gates")] = at("gates")
	for _, row := range f.Values[at("gates")] {
		if n, err := strconv.Atoi(row); err == nil && n >= 0 && n < len(d.Milestones) {
			t.Gates = append(t.Gates, d.Milestones[n].Code)
		}
	}
	for line := range d.FundingLines {
		name := at(rowName("split", line, "amount/amount"))
		if f.Value(name) == "" {
			continue
		}
		names[at("split/"+strconv.Itoa(len(t.Split)))] = name
		t.Split = append(t.Split, award.Share{Line: d.FundingLines[line].ID, Amount: f.sum(name, unit)})
	}
	return t
}

// reshape adds or removes a row as a button asks, or looks a name up; focus is
// the field to begin with. False says that the button asks for something else.
func (f *form) reshape(step string, on civil.Date) (focus string, changed bool) {
	verb, rest, _ := strings.Cut(step, "-")
	list, index, _ := strings.Cut(rest, "-")
	switch {
	case verb == "find":
		return "", true
	case !slices.Contains([]string{"fundingLines", "milestones", "tranches"}, list):
		return "", false
	case verb == "add":
		return f.addRow(list, on), true
	case verb == "remove":
		if i, err := strconv.Atoi(index); err == nil && slices.Contains(f.rows(list), i) {
			f.removeRow(list, i)
		}
		return "", true
	}
	return "", false
}

// addRow adds a row after the last, with what is most likely to stand in it.
func (f *form) addRow(list string, on civil.Date) string {
	n := len(f.rows(list))
	put := func(field string, v any) { f.With(rowName(list, n, field), v) }
	switch list {
	case "fundingLines":
		if n >= award.MaxLines {
			return ""
		}
		put("id", fmt.Sprintf("F%d", n+1))
		put("source", award.Fiscal)
		put("fiscalYear", on.Time().Year())
		return rowName(list, n, "funder")
	case "milestones":
		if n >= award.MaxOpen {
			return ""
		}
		put("code", fmt.Sprintf("M%d", n+1))
		put("type", award.Delivery)
		put("needEvidence", "true")
		return rowName(list, n, "title")
	}
	if n >= award.MaxOpen {
		return ""
	}
	put("number", n+1)
	put("kind", award.Interim)
	return rowName(list, n, "amount/amount")
}

// removeRow takes a row out and moves those after it up; gates and splits
// follow the rows that they name.
func (f *form) removeRow(list string, i int) {
	f.shift(list, i)
	for _, t := range f.rows("tranches") {
		switch list {
		case "milestones":
			name := rowName("tranches", t, "gates")
			var gates []string
			for _, g := range f.Values[name] {
				switch n, err := strconv.Atoi(g); {
				case err != nil || n == i:
				case n > i:
					gates = append(gates, strconv.Itoa(n-1))
				default:
					gates = append(gates, g)
				}
			}
			f.Values[name] = gates
		case "fundingLines":
			f.shift(rowName("tranches", t, "split"), i)
		}
	}
}

// shift takes a row out of a list.
func (f *form) shift(list string, i int) {
	for n := i; n < len(f.rows(list))+1; n++ {
		from, to := list+"/"+strconv.Itoa(n+1)+"/", list+"/"+strconv.Itoa(n)+"/"
		for name := range f.Values {
			if strings.HasPrefix(name, to) {
				delete(f.Values, name)
			}
		}
		moved := map[string][]string{}
		for name, v := range f.Values {
			if strings.HasPrefix(name, from) {
				moved[to+name[len(from):]] = v
			}
		}
		for name, v := range moved {
			f.Values[name] = v
		}
	}
}
