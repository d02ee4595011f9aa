package console

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"

	"milepost/internal/civil"
	"milepost/internal/i18n"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// functions are what templates of a language may call.
type functions struct {
	catalogs *i18n.Catalogs
	assets   assets
	lang     i18n.Language
}

// all names them:
//
//	t "id" "arg" value …    a text of the catalogs
//	label "group" code      the word for a code
//	name x                  Names, or a Named, in the reader's language
//	free text               what somebody wrote, in whatever language
//	marked match            a text with what was searched for marked in it
//	money amount            compact, its exact value in the title
//	unit code               the currency of a code, CNY where there is none such
//	unitData unit           what script reads and shows amounts of a unit by
//	readAmount text unit    what was typed as it was read, "" where it cannot be
//	date d, instant s       a business date; a UTC timestamp in Shanghai time
//	state "group" code      a state by shape and word
//	level code, role code   an escalation level; a role
//	late days, left days    how long something is late, or still has
//	cell "id" …, head "id"  the attributes of a table's cell and heading
//	at "awards" id …        an address
//	to "/x" "name" value …  an address with parameters
//	icon "name"             a drawing beside words
//	dict "Name" value …     a map, for a template that needs several values
func (f functions) all() template.FuncMap {
	return template.FuncMap{
		"t":        func(id string, pairs ...any) string { return f.catalogs.Text(f.lang, id, argsOf(pairs)) },
		"has":      func(id string) bool { return f.catalogs.Has(f.lang, id) },
		"label":    func(group string, code any) string { return f.catalogs.Label(f.lang, group, textOf(code)) },
		"asset":    func(name string) (string, error) { return f.assets.addressOf(name) },
		"lang":     func() i18n.Language { return f.lang },
		"name":     f.name,
		"plain":    f.plainName,
		"free":     f.free,
		"marked":   f.marked,
		"money":    f.money,
		"unit":     unitOf,
		"unitData": f.unitData,
		"readAmount": func(typed string, u money.Unit) string {
			a, err := money.ParseTyped(typed, u)
			if err != nil {
				return ""
			}
			return "= " + f.catalogs.AmountRead(f.lang, a)
		},
		"listed":   f.listed,
		"exact":    func(a money.Amount) string { return f.catalogs.AmountExact(f.lang, a) },
		"date":     date,
		"instant":  instant,
		"state":    f.state,
		"level":    f.level,
		"late":     f.late,
		"left":     f.left,
		"cell":     func(id string, pairs ...any) template.HTMLAttr { return f.cell("cell", id, pairs) },
		"head":     func() template.HTMLAttr { return `role="columnheader" scope="col"` },
		"at":       at,
		"to":       to,
		"icon":     icon,
		"dict":     argsOf,
		"list":     func(items ...any) []any { return items },
		"text":     textOf,
		"bar":      bar,
		"bars":     bars,
		"brief":    brief,
		"commands": f.commands,
		"add":      func(a, b int) int { return a + b },
	}
}

func argsOf(pairs ...any) map[string]any {
	if len(pairs) == 1 {
		if list, ok := pairs[0].([]any); ok {
			pairs = list
		}
	}
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return args
}

// textOf is a string, a code of a string type or a number as text.
func textOf(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case template.HTML:
		return string(x)
	}
	return fmt.Sprint(v)
}

// namesOf are the names in a value that has some.
func namesOf(v any) portfolio.Names {
	switch x := v.(type) {
	case portfolio.Names:
		return x
	case *portfolio.Names:
		if x != nil {
			return *x
		}
	case tracker.Named:
		return x.Names
	case *tracker.Named:
		if x != nil {
			return x.Names
		}
	}
	return portfolio.Names{}
}

// name is a name in the reader's language, marked with its own where there is
// none in that.
func (f functions) name(v any) template.HTML {
	n := namesOf(v)
	text := n.In(string(f.lang))
	of := ""
	switch {
	case f.lang != i18n.Chinese && n.EN == "":
		of = string(i18n.Chinese)
	case f.lang != i18n.English && n.ZH == "":
		of = string(i18n.English)
	}
	text = template.HTMLEscapeString(text)
	if of == "" {
		return template.HTML(`<bdi>` + text + `</bdi>`) //nolint:gosec // escaped
	}
	return template.HTML(`<bdi lang="` + of + `">` + text + `</bdi>`) //nolint:gosec // escaped
}

// free is a line that somebody wrote, marked as Chinese where it is within a
// page in another language.
func (f functions) free(v any) template.HTML {
	text := textOf(v)
	return template.HTML(`<bdi` + f.foreign(text) + `>` + template.HTMLEscapeString(text) + `</bdi>`) //nolint:gosec // escaped
}

// foreign is the attribute of a text that is Chinese within a page in another
// language.
func (f functions) foreign(text string) string {
	if f.lang != i18n.Chinese && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return ` lang="` + string(i18n.Chinese) + `"`
	}
	return ""
}

// marked is a number, a code or a name in which what was searched for is marked.
func (f functions) marked(m schema.Match) template.HTML {
	escaped, of := template.HTMLEscapeString, f.foreign(m.Whole())
	if m.In == schema.InEN && f.lang == i18n.Chinese {
		of = ` lang="` + string(i18n.English) + `"`
	}
	return template.HTML(`<bdi class="pre"` + of + `>` + escaped(m.Before) + `<mark>` + escaped(m.Found) + `</mark>` + escaped(m.After) + `</bdi>`) //nolint:gosec // escaped
}

func (f functions) plainName(v any) string { return namesOf(v).In(string(f.lang)) }

// money is an amount in as few characters as it is read by: in figures, titles
// and sentences.
func (f functions) money(a money.Amount) template.HTML {
	return f.amount(a, f.catalogs.Amount(f.lang, a))
}

// listed is an amount in a table, where all have one unit.
func (f functions) listed(a money.Amount) template.HTML {
	return f.amount(a, f.catalogs.AmountListed(f.lang, a))
}

func (f functions) amount(a money.Amount, shown string) template.HTML {
	if a.Unit().IsZero() {
		return template.HTML(`<span class="none">` + template.HTMLEscapeString(f.catalogs.Text(f.lang, "console.none", nil)) + `</span>`) //nolint:gosec // escaped
	}
	exact := f.catalogs.AmountExact(f.lang, a)
	return template.HTML(`<data class="money" value="` + template.HTMLEscapeString(a.Decimal()) + `" title="` + template.HTMLEscapeString(exact) + `">` + //nolint:gosec // escaped
		template.HTMLEscapeString(shown) + `</data>`)
}

// unitOf is the currency of a code, CNY where there is none such.
func unitOf(code string) money.Unit {
	u, err := money.ISO(code)
	if err != nil {
		return money.CNY
	}
	return u
}

// unitData are the attributes by which script reads and shows amounts of a unit.
func (f functions) unitData(u money.Unit) template.HTMLAttr {
	exact, small, power := f.catalogs.AmountForms(f.lang, u)
	return template.HTMLAttr(fmt.Sprintf(`data-unit="%s" data-exponent="%d" data-power="%d" data-exact="%s" data-small="%s" data-sign="%s"`, //nolint:gosec // escaped
		template.HTMLEscapeString(u.Code()), u.Exponent(), power, template.HTMLEscapeString(exact), template.HTMLEscapeString(small),
		template.HTMLEscapeString(f.catalogs.Label(f.lang, "currency", u.Code()))))
}

func date(d civil.Date) template.HTML {
	if d.IsZero() {
		return `<span class="none">—</span>`
	}
	return template.HTML(`<time datetime="` + d.String() + `">` + d.String() + `</time>`) //nolint:gosec // digits and hyphens
}

// instant is a UTC timestamp (RFC 3339) to the minute, in Shanghai time.
func instant(v any) template.HTML {
	var at time.Time
	switch x := v.(type) {
	case time.Time:
		at = x
	case string:
		parsed, err := time.Parse(time.RFC3339Nano, x)
		if err != nil {
			return template.HTML(template.HTMLEscapeString(x)) //nolint:gosec // escaped
		}
		at = parsed
	}
	if at.IsZero() {
		return `<span class="none">—</span>`
	}
	return template.HTML(`<time datetime="` + at.UTC().Format(time.RFC3339) + `">` + at.In(civil.Shanghai).Format("2006-01-02 15:04") + `</time>`) //nolint:gosec // digits and marks
}

// bar is a coordinate of the i-th of four rising bars in a drawing of 14 × 12.
func bar(i int, of string) string {
	switch of {
	case "x":
		return fmt.Sprintf("%.1f", 0.6+3.4*float64(i))
	case "y":
		return fmt.Sprint(9 - 3*i)
	}
	return fmt.Sprint(3 + 3*i)
}

// cell are a table cell's attributes: its column's heading stands before it
// where rows become cards.
func (f functions) cell(role, id string, pairs []any) template.HTMLAttr {
	heading := template.HTMLEscapeString(f.catalogs.Text(f.lang, id, argsOf(pairs)))
	return template.HTMLAttr(`role="` + role + `" data-label="` + heading + `"`) //nolint:gosec // escaped
}

// brief is a JSON value as short as a line shows it: a string as it is, the
// rest as written; at most 200 characters.
func brief(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	if runes := []rune(s); len(runes) > mostBrief {
		return string(runes[:mostBrief]) + "…"
	}
	return s
}

const mostBrief = 200

// commands are the words for what takes a command back, joined.
func (f functions) commands(list []string) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = f.catalogs.Label(f.lang, "command", c)
	}
	return strings.Join(words, f.catalogs.Text(f.lang, "list.separator", nil))
}
