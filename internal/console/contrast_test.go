package console_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var tokenLine = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`)

// tokens reads the colours of the style sheet: by name, light and dark.
func tokens(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := styleSheet()
	if err != nil {
		t.Fatal(err)
	}
	if len(css) > 36<<10 {
		t.Errorf("the style sheet has %d bytes, more than 36 KB", len(css))
	}
	out := map[string][2]string{}
	for _, m := range tokenLine.FindAllStringSubmatch(string(css), -1) {
		out[m[1]] = [2]string{m[2], m[3]}
	}
	root := string(css[:strings.Index(string(css), "}")])
	if want := strings.Count(root, "--"); len(out) != want {
		t.Fatalf("%d of %d tokens read: write each as --name: light-dark(#rrggbb, #rrggbb)", len(out), want)
	}
	return out
}

// styleSheet joins the parts of the style sheet as the console does.
func styleSheet() ([]byte, error) {
	names, err := filepath.Glob("assets/styles/*.css")
	var out []byte
	for _, name := range names {
		part, e := os.ReadFile(name)
		err = errors.Join(err, e)
		out = append(out, part...)
	}
	return out, err
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

// WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for what is drawn (1.4.11).
func TestContrastOfEveryPair(t *testing.T) {
	grounds := []string{"ground", "surface", "sunken"}
	pairs := map[string][]string{
		"text": append(grounds, "v1-ground"), "muted": append(grounds, "v1-ground"), "link": append(grounds, "accent-ground", "v1-ground"), "notice": {"sunken"},
		"v1": append(grounds, "v1-ground"), "v2": append(grounds, "v2-ground"), "v3": append(grounds, "v3-ground"), "v4": append(grounds, "v4-ground"),
		"soon": append(grounds, "soon-ground"), "surface": {"link", "bad"},
		"good": append(grounds, "good-ground"), "bad": append(grounds, "bad-ground"),
	}
	drawn := map[string][]string{"focus": grounds, "edge": {"surface", "ground"}, "v1": {"line"}, "v2": {"line"}, "v3": {"line"}, "v4": {"line"}}
	all, used := tokens(t), map[string]bool{"line": true} // a line only parts what is apart anyway
	check := func(text string, grounds []string, least float64) {
		for _, ground := range grounds {
			used[text], used[ground] = true, true
			for i, scheme := range []string{"light", "dark"} {
				if all[text][i] == "" || all[ground][i] == "" {
					t.Fatalf("no token %s or %s", text, ground)
				}
				if got := contrast(all[text][i], all[ground][i]); got < least {
					t.Errorf("%s on %s (%s): %.2f, want at least %.1f", text, ground, scheme, got, least)
				}
			}
		}
	}
	for text, grounds := range pairs {
		check(text, grounds, 4.5)
	}
	for shape, grounds := range drawn {
		check(shape, grounds, 3)
	}
	for name := range all {
		if !used[name] {
			t.Errorf("the token %s is in no pair: say on what it stands", name)
		}
	}
}
