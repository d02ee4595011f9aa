package chart_test

import (
	"testing"

	"milepost/internal/console/chart"
	"milepost/internal/i18n"
)

// Sizes of whole figures with their tables are reported beside the time.
func BenchmarkFigures(b *testing.B) {
	lang := i18n.Chinese
	p := painter(b, lang)
	for _, bench := range []struct {
		name string
		rows int // to say bytes for each; 0 for none
		draw func() (chart.Chart, error)
	}{
		{"waterfall", 0, func() (chart.Chart, error) { return p.Waterfall(sampleWaterfall(lang)) }},
		{"bars", 0, func() (chart.Chart, error) { return p.Bars(sampleBars(lang, true)) }},
		{"stack", 0, func() (chart.Chart, error) { return p.Stack(sampleStack(lang, 1)) }},
		{"columns of 24 months", 24, func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, false, 24)) }},
		{"lines of 24 months", 24, func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, true, 24)) }},
		{"spark", 0, func() (chart.Chart, error) { return p.Spark(sampleTrend(lang, false, 12)) }},
		{"timeline of 200 rows", 200, func() (chart.Chart, error) { return p.Timeline(sampleTimeline(lang, 200)) }},
		{"ladder", 0, func() (chart.Chart, error) { return p.Ladder(sampleLadder(lang, false)) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			var size, drawing int
			for b.Loop() {
				c, err := bench.draw()
				if err != nil {
					b.Fatal(err)
				}
				size, drawing = len(c.Figure()), len(c.Drawing)
			}
			b.ReportMetric(float64(size), "B/figure")
			if bench.rows > 0 {
				b.ReportMetric(float64(drawing)/float64(bench.rows), "B/row")
			}
		})
	}
}
