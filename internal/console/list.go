package console

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

const (
	perPage = 25 // rows of a list
	// mostExported bounds the rows of an export, so that an answer stays below
	// what a function may answer with.
	mostExported = 5000
)

// option is one of a list of choices.
type option struct {
	Value, Text, Hint string
	Attr              template.HTMLAttr // more of its element, safe
}

// options are the codes of a label group as choices.
func options[C ~string](q *request, group string, codes ...C) []option {
	out := make([]option, 0, len(codes))
	for _, c := range codes {
		out = append(out, option{Value: string(c), Text: q.console.Catalogs.Label(q.lang, group, string(c))})
	}
	return out
}

// optionText is the text of a choice, the beginning of the value itself where
// there is none.
func optionText(list []option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Text
		}
	}
	return clip(value)
}

// pager leads through the pages of a list, which go forward only.
type pager struct {
	First, Next string // addresses, empty for none
	Short       bool   // the page was cut short while filtering
}

// paging is the page that the address asks for.
func (q *request) paging() tracker.PageRequest {
	return tracker.PageRequest{Limit: perPage, Cursor: q.URL.Query().Get("cursor")}
}

// pager is that of a page that was read.
func (q *request) pager(shown int, next string) pager {
	p := pager{Short: next != "" && shown < perPage}
	if q.URL.Query().Get("cursor") != "" {
		p.First = q.with("cursor", "")
	}
	if next != "" {
		p.Next = q.with("cursor", next)
	}
	return p
}

// with is the page's address with one parameter changed, or dropped where the
// value is empty. Another filter begins at the first page.
func (q *request) with(name, value string) string {
	values := q.URL.Query()
	values.Del("lang")
	if name != "cursor" {
		values.Del("cursor")
	}
	values.Del(name)
	if value != "" {
		values.Set(name, value)
	}
	if len(values) == 0 {
		return q.URL.Path
	}
	return q.URL.Path + "?" + values.Encode()
}

// chip is a filter that is set; its address drops it.
type chip struct {
	Text, Href string
}

// chip adds one for a parameter, where it is set.
func (q *request) chip(list []chip, name, label, shown string) []chip {
	if q.URL.Query().Get(name) == "" {
		return list
	}
	return append(list, chip{Text: q.text("console.list.chip", "label", label, "value", shown), Href: q.with(name, "")})
}

// known is a parameter of the address, "" where it is none of the values.
func known[C ~string](q *request, name string, values ...C) C {
	v := C(q.URL.Query().Get(name))
	if slices.Contains(values, v) {
		return v
	}
	return ""
}

// exporting reports whether the address asks for the list as a file.
func (q *request) exporting() bool { return q.URL.Query().Get("format") == "csv" }

// everything reads a list to its end, as far as an export goes. The fault of a
// longer one is export.tooLong: half a list would be taken for a whole.
func everything[R any](ctx context.Context, read func(context.Context, tracker.PageRequest) (tracker.Page[R], error)) ([]R, error) {
	return upTo(ctx, mostExported, read)
}

// codeTooLong is the fault of a list that is longer than it may be.
const codeTooLong = "export.tooLong"

// upTo reads a list to its end, of at most so many rows.
func upTo[R any](ctx context.Context, most int, read func(context.Context, tracker.PageRequest) (tracker.Page[R], error)) ([]R, error) {
	var rows []R
	p := tracker.PageRequest{Limit: 100}
	for {
		page, err := read(ctx, p)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Items...)
		if len(rows) > most {
			return nil, fault.New(fault.Conflict, codeTooLong, "max", most)
		}
		if page.Next == "" {
			return rows, nil
		}
		p.Cursor = page.Next
	}
}

// export answers with a CSV file (UTF-8 with a byte order mark, cells guarded
// against formulas) whose name says what and when.
func (q *request) export(name string, header []string, rows [][]string) error {
	var b bytes.Buffer
	if err := exchange.WriteCSV(&b, header, rows); err != nil {
		return err
	}
	file := fmt.Sprintf("milepost-%s-%s.csv", name, q.today)
	h := q.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
	q.keepLook()
	_, _ = q.w.Write(b.Bytes()) // a reader who has gone needs no answer
	return nil
}

// exportHref is the address of the list as a file, without its page.
func (q *request) exportHref() string {
	return to(q.with("cursor", ""), "format", "csv")
}

// words joins words as the reader's language does.
func (q *request) words(list []string) string {
	return strings.Join(list, q.text("list.separator"))
}
