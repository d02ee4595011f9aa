package console

import (
	"fmt"

	"milepost/internal/civil"
	"milepost/internal/i18n"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// Row is a line of a table, in the reader's language but for the names.
type Row struct {
	Days      int // late or left
	Late      bool
	Severity  int
	Bars      []bool
	Level     string // code; empty before the first rung
	Due       string // what lateness counts from
	Agreed    string // the due date itself, where it differs
	Asks      string // code of the obligation
	Code      string
	Thing     string // title
	ThingKind string
	Number    string
	Award     Name
	Platform  *Name
	Role      string // code
	Person    *Name
	Amount    string // in the table's unit
	Exact     string
	Baselined bool
	Seen      bool // somebody has acknowledged it
}

// Name is a name with its language, where that is not the page's.
type Name struct {
	Text string
	Lang string
}

// viewer turns rows into what the page shows.
type viewer struct {
	catalogs *i18n.Catalogs
	lang     i18n.Language
	today    civil.Date
	unit     string // id of the unit of the tables; empty where each amount bears its own
}

// commonUnit is the id of a unit for all amounts, empty where currencies differ.
func commonUnit(rows []tracker.AttentionRow) string {
	for _, r := range rows {
		if u := r.GatedAmount.Unit(); !u.IsZero() && u != money.CNY {
			return ""
		}
	}
	return "console.unit.CNY"
}

func (v viewer) row(r tracker.AttentionRow, late bool) Row {
	out := Row{
		Days: r.DaysLate, Late: late, Severity: severity(r.DaysLate), Bars: bars(severity(r.DaysLate)), Level: string(r.Level), Due: r.EffectiveOn.String(),
		Asks: string(r.Kind), Code: r.Code, Thing: r.Title, ThingKind: r.Thing, Number: r.Number, Award: v.name(r.AwardTitle),
		Role: string(r.Role), Baselined: r.Baseline != nil, Seen: r.Ack != nil,
	}
	if !late {
		out.Days = r.EffectiveOn.Sub(v.today)
	}
	if r.DueOn != r.EffectiveOn {
		out.Agreed = r.DueOn.String()
	}
	if r.FlaggedOn.IsZero() {
		out.Level = ""
	}
	if r.Platform != nil {
		n := v.name(r.Platform.Names)
		out.Platform = &n
	}
	if r.Person != nil {
		n := v.name(r.Person.Names)
		out.Person = &n
	}
	if a := r.GatedAmount; !a.Unit().IsZero() {
		out.Amount, out.Exact = v.amount(a), v.catalogs.AmountExact(v.lang, a)
	}
	return out
}

func (v viewer) name(n portfolio.Names) Name {
	text := n.In(string(v.lang))
	switch {
	case text == n.ZH && v.lang != i18n.Chinese:
		return Name{text, string(i18n.Chinese)}
	case text == n.EN && v.lang != i18n.English:
		return Name{text, string(i18n.English)}
	}
	return Name{Text: text}
}

// amount is the number alone in the unit of the table: CNY 10,000 in Chinese,
// millions in English, with two decimals.
func (v viewer) amount(a money.Amount) string {
	if v.unit == "" {
		return v.catalogs.Amount(v.lang, a)
	}
	divisor := int64(10_000) // of fen, for hundredths of 10,000 yuan
	if v.lang == i18n.English {
		divisor = 1_000_000
	}
	hundredths := (a.Minor() + divisor/2) / divisor
	return fmt.Sprintf("%s.%02d", grouped(hundredths/100), hundredths%100)
}

// grouped writes a number with a comma after every third digit.
func grouped(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
