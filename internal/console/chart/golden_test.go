package chart_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/console/chart"
	"milepost/internal/i18n"
)

var update = flag.Bool("update", false, "write what the charts are now to testdata")

// One small chart of each kind, an element a line.
func TestGolden(t *testing.T) {
	lang := i18n.English
	p := painter(t, lang)
	waterfall := sampleWaterfall(lang)
	waterfall.Steps = waterfall.Steps[:3]
	bars := sampleBars(lang, true)
	bars.Bars = bars.Bars[1:3]
	stack := sampleStack(lang, 1)
	stack.Series, stack.Rows[0].Counts = stack.Series[3:6], []int{6, 133, 1}
	timeline := sampleTimeline(lang, 3)
	timeline.Rows = timeline.Rows[1:]
	for name, draw := range map[string]func() (chart.Chart, error){
		"waterfall": func() (chart.Chart, error) { return p.Waterfall(waterfall) },
		"bars":      func() (chart.Chart, error) { return p.Bars(bars) },
		"stack":     func() (chart.Chart, error) { return p.Stack(stack) },
		"columns":   func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, false, 3)) },
		"lines":     func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, true, 3)) },
		"spark":     func() (chart.Chart, error) { return p.Spark(sampleTrend(lang, false, 4)) },
		"timeline":  func() (chart.Chart, error) { return p.Timeline(timeline) },
		"ladder":    func() (chart.Chart, error) { return p.Ladder(sampleLadder(lang, true)) },
	} {
		c, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(string(c.Figure()), "><", ">\n<") + "\n"
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s differs from %s; look at it, then run with -update (-want +got):\n%s", name, path, diff)
		}
	}
}
