// Package chart provides the drawings of the console: pure functions from
// figures and dates to HTML and SVG that need no script and no inline style,
// each with the table of what it shows.
//
// Nothing is scaled to fit. Names and numbers are HTML beside the drawing, and
// the drawing is SVG whose marks lie at a per cent of its width and a pixel of
// its height. So text has its size at every width from 320 px on; where a chart
// is narrow the style sheet, by container queries, puts names above their bars
// and leaves out some of the ticks. Colours, textures and sizes are classes of
// assets/chart.css, which a page links after console.css; a texture, a shape or
// a word always stands beside a colour.
//
// A chart has one unit and says it once. Its Table is made of the same values
// as its marks; Records of it are what a file would hold.
package chart

import (
	"errors"
	"html/template"
	"strings"

	"milepost/internal/i18n"
)

// What a chart cannot be drawn from.
var (
	// ErrUnits is for values of more than one unit: currencies, or money and counts.
	ErrUnits = errors.New("chart: values of more than one unit")
	// ErrSum is for a level of a waterfall that is not the sum of what leads to it.
	ErrSum = errors.New("chart: a level is not what the steps before it add up to")
	// ErrRange is for values beyond ±2^53 or sums of that size.
	ErrRange = errors.New("chart: a value is out of range")
	// ErrMany is for more rows, series or months than a chart shows.
	ErrMany = errors.New("chart: too many to draw")
)

// Most of what one chart shows.
const (
	MaxRows   = 200 // rows, steps or bars
	MaxSeries = 12
	MaxMonths = 600
	MaxRungs  = 24
)

// Painter draws in a language. It is safe for use by several goroutines.
type Painter struct {
	catalogs *i18n.Catalogs
	lang     i18n.Language

	colon, separator string // between a name and its value, and between such
}

// In returns the painter of a language.
func In(c *i18n.Catalogs, lang i18n.Language) Painter {
	p := Painter{catalogs: c, lang: lang}
	p.colon = strings.Trim(p.text("pair", "name", mark, "value", mark), mark)
	p.separator = strings.Trim(p.text("list", "first", mark, "next", mark), mark)
	return p
}

// mark stands for the two things whose punctuation is looked up.
const mark = "\x00"

func (p Painter) text(id string, pairs ...any) string {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return p.catalogs.Text(p.lang, "chart."+id, args)
}

// pair says a name and what it is: "Due: 2026-05-01".
func (p Painter) pair(name, value string) string {
	if name == "" {
		return value
	}
	return name + p.colon + value
}

// Head is what every chart is told beside its data, in the reader's language.
type Head struct {
	Title   string
	Summary string // what the chart shows, in a sentence, for who cannot see it; may be empty
	CSV     string // local address of the table as a file; empty for none
}

// Chart is a drawing with its table.
type Chart struct {
	Title string
	// Unit is the unit of every number in the drawing, empty where it has none.
	Unit string
	// Drawing holds the marks and their key, without title, unit and table.
	Drawing template.HTML
	Table   Table

	painter Painter
	csv     string
}

func (p Painter) chart(h Head, unit string, drawing template.HTML, t Table) Chart {
	return Chart{Title: whole(h.Title), Unit: whole(unit), Drawing: drawing, Table: t, painter: p, csv: h.CSV}
}

// Figure returns the chart as a <figure>: title and unit, drawing, and the
// table in <details>.
func (c Chart) Figure() template.HTML {
	var m markup
	m.start("figure", "class", "chart")
	m.start("figcaption")
	m.element("strong", c.Title)
	if c.Unit != "" {
		m.element("span", c.painter.text("unit", "unit", c.Unit), "class", "ch-unit")
	}
	m.end()
	m.raw(c.Drawing)
	if len(c.Table.Rows) > 0 {
		m.start("details")
		m.element("summary", c.painter.text("data"))
		c.Table.write(&m, c.Title)
		if href := local(c.csv); href != "" {
			m.start("p")
			m.element("a", c.painter.text("csv"), "href", href, "download", "download")
			m.end()
		}
		m.end()
	}
	m.end()
	return m.html()
}

// empty is the drawing of nothing.
func (p Painter) empty() template.HTML {
	var m markup
	m.element("p", p.text("none"), "class", "ch-empty")
	return m.html()
}
