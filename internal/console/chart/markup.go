package chart

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// markup is a document on its way: every text and attribute goes through its
// escaping, and every element that starts ends, so that the outcome is
// well-formed as HTML and as XML. Tags and the names of attributes are the
// code's, never data.
type markup struct {
	b    strings.Builder
	open []string
}

// start opens an element. Attributes are pairs of name and value; those with an
// empty value are left out.
func (m *markup) start(tag string, attributes ...string) {
	m.tag(tag, attributes)
	m.b.WriteByte('>')
	m.open = append(m.open, tag)
}

// leaf writes an element of SVG that holds nothing.
func (m *markup) leaf(tag string, attributes ...string) {
	m.tag(tag, attributes)
	m.b.WriteString("/>")
}

func (m *markup) tag(tag string, attributes []string) {
	m.b.WriteByte('<')
	m.b.WriteString(tag)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] == "" {
			continue
		}
		m.b.WriteByte(' ')
		m.b.WriteString(attributes[i])
		m.b.WriteString(`="`)
		m.b.WriteString(html.EscapeString(attributes[i+1]))
		m.b.WriteByte('"')
	}
}

func (m *markup) end() {
	last := len(m.open) - 1
	m.b.WriteString("</" + m.open[last] + ">")
	m.open = m.open[:last]
}

func (m *markup) text(s string) { m.b.WriteString(html.EscapeString(s)) }

// element writes an element that holds text.
func (m *markup) element(tag, text string, attributes ...string) {
	m.start(tag, attributes...)
	m.text(text)
	m.end()
}

// raw writes what another markup has made.
func (m *markup) raw(h template.HTML) { m.b.WriteString(string(h)) }

func (m *markup) html() template.HTML {
	return template.HTML(m.b.String()) //nolint:gosec // escaped by text and tag, which are all that write data
}

// label writes a text of somebody's, isolated so that its direction does not
// reach what stands around it, as a link where it leads somewhere.
func (m *markup) label(text, title, href string) {
	if title == text {
		title = ""
	}
	if href != "" {
		m.start("a", "href", href, "title", title)
		m.element("bdi", text)
		m.end()
		return
	}
	m.element("bdi", text, "title", title)
}

// Lengths of labels in runes: as shown, and as told in titles and tables.
const (
	shownRunes = 60
	wholeRunes = 300
)

func short(s string) string { return cut(clean(s), shownRunes) }

func whole(s string) string { return cut(clean(s), wholeRunes) }

// clean makes one line of a text, without what is no character in XML and
// without the marks that turn the direction of text.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r >= 0xfffe && r <= 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// cut shortens a text to so many runes, and not between a letter and its marks.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	end := most - 1
	for end > 0 && (unicode.In(runes[end], unicode.Mn, unicode.Me, unicode.Variation_Selector) || runes[end] == '\u200d' || runes[end-1] == '\u200d') {
		end--
	}
	return strings.TrimSpace(string(runes[:end])) + "…"
}

// maxHref bounds an address, in bytes.
const maxHref = 2000

// local returns an address within this site, and nothing for any other.
func local(href string) string {
	switch {
	case href == "" || len(href) > maxHref || clean(href) != href || strings.Contains(href, `\`):
		return ""
	case href[0] == '?' || href[0] == '#' || href[0] == '/' && !strings.HasPrefix(href, "//"):
		return href
	}
	return ""
}

// percent writes a coordinate, bounded to what a drawing is wide.
func percent(x float64) string {
	return strconv.FormatFloat(math.Round(min(max(x, 0), 100)*100)/100, 'f', -1, 64) + "%"
}

func px(n int) string { return strconv.Itoa(n) }
