package chart_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"milepost/internal/console/chart"
	"milepost/internal/i18n"
)

var (
	tokenLine = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`)
	usedClass = regexp.MustCompile(`\.(ch-[a-z0-9]+)`)
	setClass  = regexp.MustCompile(`class="([^"]*)"`)
	colourOf  = regexp.MustCompile(`(?m)^((?:\.ch-[a-z0-9]+(?:, )?)+) \{ color: var\(--([a-z0-9-]+)\); \}`)
	dashOf    = regexp.MustCompile(`\.ch-([a-z0-9]+) line \{ stroke-dasharray: ([0-9. ]+); \}`)
)

// The style sheets: that of the charts, and the parts of the console's.
const (
	ownStyles     = "../assets/chart.css"
	consoleStyles = "../assets/styles/*.css"
)

func styles(t *testing.T, patterns ...string) string {
	t.Helper()
	var out strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			css, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(css)
		}
	}
	return out.String()
}

func tokens(css string) map[string][2]string {
	out := map[string][2]string{}
	for _, m := range tokenLine.FindAllStringSubmatch(css, -1) {
		out[m[1]] = [2]string{m[2], m[3]}
	}
	return out
}

func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// WCAG 2.2 AA 1.4.11: what is drawn has 3:1 against what it is drawn on.
func TestContrastOfWhatIsDrawn(t *testing.T) {
	own, all := tokens(styles(t, ownStyles)), tokens(styles(t, consoleStyles, ownStyles))
	if root, _, _ := strings.Cut(styles(t, ownStyles), "}"); len(own) == 0 || len(own) != strings.Count(root, "--ch-") {
		t.Fatalf("%d tokens read: write each as --name: light-dark(#rrggbb, #rrggbb)", len(own))
	}
	for name := range own {
		for _, ground := range []string{"surface", "ground", "sunken"} {
			for i, scheme := range []string{"light", "dark"} {
				if got := contrast(all[name][i], all[ground][i]); got < 3 {
					t.Errorf("%s on %s (%s): %.2f, want at least 3", name, ground, scheme, got)
				}
			}
		}
	}
}

// Without colour the looks of a state or outcome are still told apart: by their
// texture, or by lightness where the texture is the same.
func TestLooksAreToldApartInGrey(t *testing.T) {
	css := styles(t, consoleStyles, ownStyles)
	colours, dashes, all := map[string]string{}, map[string]string{}, tokens(css)
	for _, m := range colourOf.FindAllStringSubmatch(css, -1) {
		for _, c := range strings.Split(m[1], ", ") {
			colours[strings.TrimPrefix(c, ".ch-")] = m[2]
		}
	}
	for _, m := range dashOf.FindAllStringSubmatch(css, -1) {
		dashes[m[1]] = m[2]
	}
	texture := func(l chart.Look) string {
		switch l {
		case chart.Idle:
			return "hollow"
		case chart.Gone:
			return "hollow, dashed"
		case chart.Added, chart.Taken, chart.Active, chart.Back, chart.Part:
			return "striped " + dashes[string(l)]
		}
		return "solid"
	}
	sets := [][]chart.Look{
		{chart.Level, chart.Added, chart.Taken},
		{chart.Idle, chart.Active, chart.Waiting, chart.Back, chart.Good, chart.Part, chart.Bad, chart.Gone},
	}
	for _, set := range sets {
		for i, a := range set {
			for _, b := range set[i+1:] {
				for s, scheme := range []string{"light", "dark"} {
					x, y := all[colours[string(a)]][s], all[colours[string(b)]][s]
					if x == "" || y == "" {
						t.Fatalf("no colour for %s or %s", a, b)
					}
					if got := contrast(x, y); texture(a) == texture(b) && got < 1.25 {
						t.Errorf("%s and %s are both %s and %.2f apart (%s), want 1.25", a, b, texture(a), got, scheme)
					}
				}
			}
		}
	}
}

// Every class that a chart sets has its rule, and every rule its use.
func TestClassesAndRulesAgree(t *testing.T) {
	css := styles(t, ownStyles)
	if len(css) > 15<<10 {
		t.Errorf("the style sheet has %d bytes, more than 15 KB", len(css))
	}
	rules, set := map[string]bool{}, map[string]bool{}
	for _, m := range usedClass.FindAllStringSubmatch(css, -1) {
		rules[m[1]] = true
	}
	for _, c := range append(gallery(t, i18n.English), everyLook(t)...) {
		for _, m := range setClass.FindAllStringSubmatch(string(c.Figure()), -1) {
			for _, class := range strings.Fields(m[1]) {
				set[class] = set[class] || strings.HasPrefix(class, "ch-")
			}
		}
	}
	for class, ours := range set {
		if ours && !rules[class] && class != "ch-body" && class != "ch-plain" && class != "ch-waiting" {
			t.Errorf("the class %s has no rule", class)
		}
	}
	for class := range rules {
		if !set[class] && !slices.Contains([]string{"ch-s2", "ch-s3"}, class) {
			t.Errorf("the rule of %s is for nothing that is drawn", class)
		}
	}
}

// everyLook are bars of each look, and months of values of each width.
func everyLook(t *testing.T) []chart.Chart {
	t.Helper()
	p := painter(t, i18n.English)
	b := chart.Bars{Unit: "items"}
	for _, l := range chart.Looks() {
		b.Bars = append(b.Bars, chart.Bar{Label: string(l), Value: chart.Count(1), Look: l})
	}
	c, err := p.Bars(b)
	if err != nil {
		t.Fatal(err)
	}
	out := []chart.Chart{c}
	for n := 1; n < 1_000_000_000; n *= 10 {
		c, err := p.Trend(chart.Trend{Series: []chart.Series{{Label: "a", Look: chart.Plain}, {Label: "b", Look: chart.Plain}},
			Months: []chart.TrendMonth{{Month: date("2026-05-01"), Values: []chart.Value{chart.Count(n), chart.Count(-n)}}}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(c.Drawing), "−") {
			t.Error(fmt.Sprint(n), "below zero is not written with U+2212")
		}
		out = append(out, c)
	}
	return out
}
