package award

import (
	"strconv"

	"milepost/internal/money"
	"milepost/internal/portfolio"
)

func (d Document) checkLines(f *portfolio.Findings) {
	if len(d.FundingLines) == 0 {
		f.Add("/fundingLines", "field.required")
		return
	}
	seen, sums, addable := map[string]bool{}, []money.Amount{}, true
	for i, l := range d.FundingLines {
		at := at("/fundingLines", i)
		unique(f, at+"/id", l.ID, seen)
		f.Required(at+"/funder", string(l.Funder), portfolio.MaxCode)
		portfolio.OneOf(f, at+"/source", l.Source, Fiscal, Donation, Social)
		if l.FiscalYear == 0 {
			f.Add(at+"/fiscalYear", "field.outOfRange", "min", minFiscalYear, "max", maxFiscalYear)
		}
		addable = d.checkAmount(f, at+"/amount", l.Amount) && addable
		sums = append(sums, l.Amount)
	}
	if addable {
		checkSum(f, "/fundingLines", "award.linesDoNotSum", d.Amount, sums)
	}
}

// unique notes a key that is missing or was seen before.
func unique(f *portfolio.Findings, at, key string, seen map[string]bool) {
	switch {
	case portfolio.Blank(key):
		f.Add(at, "field.required")
	case seen[key]:
		f.Add(at, "field.notUnique", "value", key)
	}
	seen[key] = true
}

func (d Document) checkMilestones(f *portfolio.Findings) {
	if len(d.Milestones) == 0 && d.Basis == OnMilestone {
		f.Add("/milestones", "field.required")
	}
	seen := map[string]bool{}
	for i, m := range d.Milestones {
		at := at("/milestones", i)
		unique(f, at+"/code", m.Code, seen)
		if portfolio.Blank(m.Title) {
			f.Add(at+"/title", "field.required")
		}
		portfolio.OneOf(f, at+"/type", m.Type, Delivery, Assessment, Approval, Reporting, Financing, PaymentMilestone)
		f.Date(at+"/dueOn", m.DueOn)
		if !m.DueOn.IsZero() && m.DueOn.Before(d.StartOn) {
			f.Add(at+"/dueOn", "milestone.dueBeforeStart", "earliest", d.StartOn.String())
		}
		m.checkCriteria(f, at+"/criteria")
	}
}

func (m MilestoneDraft) checkCriteria(f *portfolio.Findings, at string) {
	if len(m.Criteria) == 0 {
		f.Add(at, "field.required")
	}
	seen := map[string]bool{}
	for i, c := range m.Criteria {
		unique(f, at+"/"+strconv.Itoa(i)+"/id", c.ID, seen)
		if portfolio.Blank(c.Text) {
			f.Add(at+"/"+strconv.Itoa(i)+"/text", "field.required")
		}
	}
}

func (d Document) checkTranches(f *portfolio.Findings) {
	if len(d.Tranches) == 0 {
		f.Add("/tranches", "field.required")
		return
	}
	seen, sums, addable := map[int]bool{}, []money.Amount{}, true
	for i, t := range d.Tranches {
		at := at("/tranches", i)
		switch {
		case t.Number == 0:
			f.Add(at+"/number", "field.outOfRange", "min", 1, "max", MaxNumber)
		case seen[t.Number]:
			f.Add(at+"/number", "field.notUnique", "value", strconv.Itoa(t.Number))
		}
		seen[t.Number] = true
		portfolio.OneOf(f, at+"/kind", t.Kind, Initial, Interim, Final)
		f.Date(at+"/plannedOn", t.PlannedOn)
		if !t.PlannedOn.IsZero() && t.PlannedOn.Before(d.StartOn) {
			f.Add(at+"/plannedOn", "tranche.plannedBeforeStart", "earliest", d.StartOn.String())
		}
		good := d.checkAmount(f, at+"/amount", t.Amount)
		addable = good && addable
		sums = append(sums, t.Amount)
		d.checkGates(f, at, t)
		if good {
			d.checkSplit(f, at+"/split", t)
		}
	}
	if addable {
		checkSum(f, "/tranches", "award.tranchesDoNotSum", d.Amount, sums)
	}
}

func (d Document) checkGates(f *portfolio.Findings, at string, t TrancheDraft) {
	switch {
	case len(t.Gates) == 0 && !t.Ungated:
		f.Add(at+"/gates", "tranche.noGate")
	case len(t.Gates) > 0 && t.Ungated:
		f.Add(at+"/ungated", "tranche.gatedAndUngated")
	}
	known, seen := map[string]bool{}, map[string]bool{}
	for _, m := range d.Milestones {
		known[m.Code] = true
	}
	for i, code := range t.Gates {
		switch {
		case !known[code] || code == "":
			f.Add(at+"/gates/"+strconv.Itoa(i), "gate.unknown", "code", code)
		case seen[code]:
			f.Add(at+"/gates/"+strconv.Itoa(i), "gate.twice", "code", code)
		}
		seen[code] = true
	}
}

func (d Document) checkSplit(f *portfolio.Findings, at string, t TrancheDraft) {
	if len(t.Split) == 0 {
		return
	}
	known, seen := map[string]bool{}, map[string]bool{}
	for _, l := range d.FundingLines {
		known[l.ID] = true
	}
	sums, addable := []money.Amount{}, true
	for i, s := range t.Split {
		at := at + "/" + strconv.Itoa(i)
		switch {
		case !known[s.Line] || s.Line == "":
			f.Add(at+"/line", "line.unknown", "line", s.Line)
		case seen[s.Line]:
			f.Add(at+"/line", "field.notUnique", "value", s.Line)
		}
		seen[s.Line] = true
		addable = d.checkAmount(f, at+"/amount", s.Amount) && addable
		sums = append(sums, s.Amount)
	}
	if addable {
		checkSum(f, at, "tranche.splitDoesNotSum", t.Amount, sums)
	}
}
