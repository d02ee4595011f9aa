package chart_test

import (
	"fmt"
	"strings"

	"milepost/internal/console/chart"
	"milepost/internal/i18n"
	"milepost/internal/money"
)

func Example() {
	catalogs, err := i18n.New()
	if err != nil {
		panic(err)
	}
	awarded, approved, paid, returned := money.MustParse("10000000"), money.MustParse("4000000"), money.MustParse("3600000"), money.MustParse("100000")
	step := func(label string, from, to money.Amount) chart.Step {
		change, err := to.Sub(from)
		if err != nil {
			panic(err)
		}
		return chart.Step{Label: label, Amount: chart.Money(change)}
	}
	c, err := chart.In(catalogs, i18n.English).Waterfall(chart.Waterfall{
		Head: chart.Head{Title: "Where the money is", CSV: "/portfolio/money.csv"},
		Steps: []chart.Step{
			{Label: "Awarded", Amount: chart.Money(awarded), Level: true, Href: "/awards"},
			step("Not yet due", awarded, approved),
			{Label: "Approved", Amount: chart.Money(approved), Level: true},
			step("Held back", approved, paid),
			{Label: "Paid", Amount: chart.Money(paid), Level: true},
			{Label: "Returned", Amount: chart.Money(returned.Neg())},
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Title, "in", c.Unit)
	fmt.Println(strings.HasPrefix(string(c.Figure()), `<figure class="chart">`))
	for _, row := range c.Table.Records() {
		fmt.Println(strings.Join(row, ","))
	}
	// Output:
	// Where the money is in CNY m
	// true
	// Awarded,,10000000.00
	// Not yet due,-6000000.00,4000000.00
	// Approved,,4000000.00
	// Held back,-400000.00,3600000.00
	// Paid,,3600000.00
	// Returned,-100000.00,3500000.00
}
