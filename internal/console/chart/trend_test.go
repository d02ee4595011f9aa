package chart_test

import (
	"errors"
	"strings"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/i18n"
)

// A month's values may lead to different places; those that are nothing lead
// nowhere, and neither does the month.
func TestTrendValuesLeadToTheirOwnPlaces(t *testing.T) {
	trend := chart.Trend{Head: chart.Head{Title: "t"}, Unit: "u", Series: []chart.Series{{Label: "in"}, {Label: "out"}}, Months: []chart.TrendMonth{
		{Month: civil.MustParse("2026-03-01"), Href: "/all", Values: []chart.Value{chart.Count(2), chart.Count(-1)}, Hrefs: []string{"/in?m=3", "/out?m=3"}},
		{Month: civil.MustParse("2026-04-01"), Values: []chart.Value{chart.Count(0), chart.Count(-1)}, Hrefs: []string{"/in?m=4", "/out?m=4"}},
	}}
	drawn, err := painter(t, i18n.English).Trend(trend)
	if err != nil {
		t.Fatal(err)
	}
	html := string(drawn.Figure())
	for address, want := range map[string]int{`"/in?m=3"`: 2, `"/out?m=3"`: 2, `"/in?m=4"`: 0, `"/out?m=4"`: 2, `"/all"`: 0} { // once drawn, once in the table
		if got := strings.Count(html, "href="+address); got != want {
			t.Errorf("%s is linked %d times, want %d", address, got, want)
		}
	}
	trend.Months[0].Hrefs = []string{"/in"}
	if _, err := painter(t, i18n.English).Trend(trend); !errors.Is(err, chart.ErrUnits) {
		t.Errorf("one address for two values: %v", err)
	}
}
