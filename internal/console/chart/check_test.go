package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"milepost/internal/console/chart"
)

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// frame is an element that is open, with the box its marks must lie in.
type frame struct {
	name          string
	width, height float64 // per cent or units; pixels or units
	boxed         bool
	titled        bool
	needsTitle    bool
}

// checked reads a figure as strict XML and holds what every chart promises: no
// script, no inline style, local links, numbers that are numbers, marks inside
// their drawing and told by a title.
func checked(t failer, c chart.Chart) {
	t.Helper()
	figure := string(c.Figure())
	d := xml.NewDecoder(strings.NewReader(figure))
	var open []frame
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v\n%s", c.Title, err, figure)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > 0 && token.Name.Local == "title" {
				for i := range open {
					open[i].titled = true
				}
			}
			open = append(open, begun(t, token, open))
		case xml.EndElement:
			last := open[len(open)-1]
			open = open[:len(open)-1]
			if last.needsTitle && !last.titled && !inTitled(open) {
				t.Errorf("%s: a mark <%s> has no title", c.Title, last.name)
			}
		}
	}
	if len(open) != 0 {
		t.Errorf("%s: %d elements are open at the end", c.Title, len(open))
	}
	for _, row := range c.Table.Rows {
		if len(row) != len(c.Table.Columns) {
			t.Errorf("%s: a row of %d cells under %d columns", c.Title, len(row), len(c.Table.Columns))
		}
	}
}

// inTitled reports whether a mark lies in a link or group that was told, or in
// the key, whose words are beside it.
func inTitled(open []frame) bool {
	for _, f := range open {
		if f.name == "a" && f.titled || f.name == "g" && f.titled || f.name == "key" {
			return true
		}
	}
	return false
}

func begun(t failer, e xml.StartElement, open []frame) frame {
	t.Helper()
	f := frame{name: e.Name.Local}
	if len(open) > 0 {
		f.width, f.height, f.boxed = open[len(open)-1].width, open[len(open)-1].height, open[len(open)-1].boxed
	}
	value := map[string]string{}
	for _, a := range e.Attr {
		value[a.Name.Local] = a.Value
		name := strings.ToLower(a.Name.Local)
		if name == "style" || strings.HasPrefix(name, "on") || name == "id" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
			t.Errorf("<%s %s=%q>", f.name, a.Name.Local, a.Value)
		}
		if name == "href" && !strings.ContainsAny(a.Value[:1], "/?#") {
			t.Errorf("a link leads to %q", a.Value)
		}
	}
	switch f.name {
	case "script", "style", "foreignObject", "use", "image", "iframe":
		t.Errorf("an element <%s>", f.name)
	case "ul":
		if strings.Contains(value["class"], "ch-key") {
			f.name = "key"
		}
	case "svg":
		if box := strings.Fields(value["viewBox"]); len(box) == 4 {
			f.width, f.height, f.boxed = number(t, box[2]), number(t, box[3]), true
		} else if len(open) == 0 || !open[len(open)-1].boxed {
			f.width, f.boxed = 100, true
			if f.height = number(t, value["height"]); value["height"] == "" {
				f.height = 100 // all the rows: per cents
			}
		}
		f.needsTitle = strings.Contains(value["class"], "ch-l ")
		if role := value["role"]; len(open) > 0 && !open[len(open)-1].boxed && role != "img" && role != "group" && value["aria-hidden"] != "true" {
			t.Errorf("a drawing is neither an image nor a group nor hidden: %v", e.Attr)
		}
	}
	inside(t, e, value, f, open)
	return f
}

// inside holds that what an element names lies in its box.
func inside(t failer, e xml.StartElement, value map[string]string, f frame, open []frame) {
	t.Helper()
	if len(open) == 0 || !open[len(open)-1].boxed {
		return
	}
	box := open[len(open)-1]
	for _, name := range []string{"x", "x1", "x2", "cx"} {
		if n := number(t, value[name]); n < 0 || n > box.width {
			t.Errorf("<%s %s=%q> lies outside 0 to %v", e.Name.Local, name, value[name], box.width)
		}
	}
	for _, name := range []string{"y", "y1", "y2", "cy"} {
		if n := number(t, value[name]); n < 0 || n > box.height {
			t.Errorf("<%s %s=%q> lies outside 0 to %v", e.Name.Local, name, value[name], box.height)
		}
	}
	if n := number(t, value["x"]) + number(t, value["width"]); e.Name.Local == "svg" && n > box.width+0.02 || number(t, value["width"]) < 0 {
		t.Errorf("a box ends at %v of %v", n, box.width)
	}
	if n := number(t, value["y"]) + number(t, value["height"]); n > box.height || number(t, value["height"]) < 0 {
		t.Errorf("<%s> ends at %v of %v", e.Name.Local, n, box.height)
	}
	for i, p := range strings.Fields(value["points"]) {
		if n := number(t, p); n < 0 || i%2 == 0 && n > box.width || i%2 == 1 && n > box.height {
			t.Errorf("a line reaches %q, outside of %v × %v", p, box.width, box.height)
		}
	}
}

func number(t failer, s string) float64 {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil {
		t.Errorf("%q is no number", s)
	}
	return n
}
