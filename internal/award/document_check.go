package award

import (
	"strconv"

	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Facts are what a check of a document needs to know beside it.
type Facts struct {
	// Participants are how many organisations of the project become parties
	// of the award beside those that the document names.
	Participants int
}

// Bounds of a draft. They keep its one item far below the store's limit.
const (
	MaxLines    = 50 // funding lines
	MaxCriteria = 50 // of one milestone
	MaxItems    = 100
	MaxNumber   = 999 // of a tranche
)

// Fiscal years of funding lines.
const (
	minFiscalYear = 2000
	maxFiscalYear = 2200
)

// CheckDraft returns all fields at fault that even an incomplete draft must
// not have: its number, title, programme and currency, and sizes.
func (d Document) CheckDraft() error {
	var f portfolio.Findings
	d.bounds(&f)
	return f.Err()
}

// Check returns all fields at fault of a document that is to be submitted.
// Pointers are those of the document's JSON.
func (d Document) Check(facts Facts) error {
	var f portfolio.Findings
	d.bounds(&f)
	d.checkParties(&f)
	d.checkTerm(&f)
	if d.Amount.Sign() <= 0 && !d.Amount.Unit().IsZero() {
		f.Add("/amount/amount", "amount.notPositive")
	}
	d.checkLines(&f)
	d.checkMilestones(&f)
	d.checkTranches(&f)
	d.checkCounts(&f, facts)
	return f.Err()
}

func (d Document) bounds(f *portfolio.Findings) {
	f.Required("/number", d.Number, portfolio.MaxCode)
	f.Names("/title", d.Title)
	f.Required("/programme", string(d.Programme), portfolio.MaxCode)
	if d.Amount.Unit().IsZero() {
		f.Add("/amount/currency", "currency.missing")
	}
	for _, n := range []struct {
		at         string
		count, max int
	}{{"/milestones", len(d.Milestones), MaxOpen}, {"/tranches", len(d.Tranches), MaxOpen}, {"/fundingLines", len(d.FundingLines), MaxLines}} {
		if n.count > n.max {
			f.Add(n.at, "field.tooMany", "max", n.max)
		}
	}
	for i, l := range d.FundingLines {
		l.bounds(f, at("/fundingLines", i))
	}
	for i, m := range d.Milestones {
		m.bounds(f, at("/milestones", i))
	}
	for i, t := range d.Tranches {
		t.bounds(f, at("/tranches", i))
	}
}

func (l FundingLine) bounds(f *portfolio.Findings, at string) {
	f.Text(at+"/id", l.ID, portfolio.MaxCode)
	f.Text(at+"/region", l.Region, portfolio.MaxTitle)
	f.Text(at+"/level", l.Level, portfolio.MaxTitle)
	if l.FiscalYear != 0 && (l.FiscalYear < minFiscalYear || l.FiscalYear > maxFiscalYear) {
		f.Add(at+"/fiscalYear", "field.outOfRange", "min", minFiscalYear, "max", maxFiscalYear)
	}
}

func (m MilestoneDraft) bounds(f *portfolio.Findings, at string) {
	f.Text(at+"/code", m.Code, portfolio.MaxCode)
	f.Text(at+"/title", m.Title, portfolio.MaxTitle)
	f.Text(at+"/description", m.Description, portfolio.MaxText)
	f.Text(at+"/deliverable", m.Deliverable, portfolio.MaxText)
	if len(m.Criteria) > MaxCriteria {
		f.Add(at+"/criteria", "field.tooMany", "max", MaxCriteria)
	}
	for i, c := range m.Criteria {
		f.Text(at+"/criteria/"+strconv.Itoa(i)+"/id", c.ID, portfolio.MaxCode)
		f.Text(at+"/criteria/"+strconv.Itoa(i)+"/text", c.Text, portfolio.MaxText)
	}
}

func (t TrancheDraft) bounds(f *portfolio.Findings, at string) {
	if t.Number < 0 || t.Number > MaxNumber {
		f.Add(at+"/number", "field.outOfRange", "min", 1, "max", MaxNumber)
	}
	if len(t.Gates) > MaxOpen {
		f.Add(at+"/gates", "field.tooMany", "max", MaxOpen)
	}
	if len(t.Split) > MaxLines {
		f.Add(at+"/split", "field.tooMany", "max", MaxLines)
	}
}

func (d Document) checkParties(f *portfolio.Findings) {
	if d.Platform == "" && d.Project == "" {
		f.Add("/platform", "award.noPlace")
	}
	f.Required("/payee", string(d.Payee), portfolio.MaxCode)
	portfolio.OneOf(f, "/instrument", d.Instrument, Grant, ExPostSubsidy, GrantToEquity, Loan, ConvertibleDebt, Guarantee, InsurancePremium)
	switch d.Basis {
	case Advance, OnMilestone:
	case "":
		f.Add("/basis", "field.required")
	default:
		f.Add("/basis", "award.basisNotYet", "allowed", []string{string(Advance), string(OnMilestone)})
	}
}

func (d Document) checkTerm(f *portfolio.Findings) {
	f.Date("/startOn", d.StartOn)
	f.Date("/endOn", d.EndOn)
	if !d.EndOn.IsZero() && d.EndOn.Before(d.StartOn) {
		f.Add("/endOn", "date.before", "earliest", d.StartOn.String())
	}
}

func (d Document) checkCounts(f *portfolio.Findings, facts Facts) {
	if open := len(d.Milestones) + len(d.Tranches); open > MaxOpen {
		f.Add("/milestones", "award.tooManyOpen", "count", open, "max", MaxOpen)
	}
	if items := d.Items(facts); items > MaxItems {
		f.Add("/milestones", "award.tooManyItems", "count", items, "max", MaxItems)
	}
}

// Items is how many items the activation writes: milestones, tranches, funding
// lines and parties, and root, head, journal and idempotency record.
func (d Document) Items(facts Facts) int {
	return len(d.Milestones) + len(d.Tranches) + len(d.FundingLines) + len(d.Parties()) + facts.Participants + 4
}

// checkAmount notes an amount that is missing, in another currency than the
// award or not above zero, and reports whether it can be added.
func (d Document) checkAmount(f *portfolio.Findings, at string, a money.Amount) bool {
	switch {
	case a.Unit().IsZero():
		f.Add(at+"/currency", "currency.missing")
	case a.Unit() != d.Amount.Unit():
		f.Add(at+"/currency", "currency.mixed", "currency", d.Amount.Unit().Code(), "other", a.Unit().Code())
	case a.Sign() <= 0:
		f.Add(at+"/amount", "amount.notPositive")
	default:
		return true
	}
	return false
}

// checkSum notes parts that do not sum to whole.
func checkSum(f *portfolio.Findings, at, code string, whole money.Amount, parts []money.Amount) {
	sum, err1 := money.Sum(whole.Unit(), parts...)
	difference, err2 := whole.Sub(sum)
	if first(err1, err2) != nil { // one currency was checked before
		f.Add(at, "amount.outOfRange", "currency", whole.Unit().Code())
		return
	}
	missing, over := "", ""
	switch difference.Sign() {
	case 0:
		return
	case 1:
		missing = difference.String()
	default:
		over = difference.Neg().String()
	}
	f.Add(at, code, "sum", sum.String(), "amount", whole.String(), "missing", missing, "over", over)
}

func at(list string, i int) string { return list + "/" + strconv.Itoa(i) }
