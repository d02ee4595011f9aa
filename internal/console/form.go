package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// maxForm bounds a form without files, in bytes.
const maxForm = 1 << 20

// form is a form on its way: made for a page, sent, refused and shown again
// with what was typed, or shown as a summary before it is done.
//
// A field's name is the JSON pointer into the command's input without its first
// slash (criteria/0/answer), so that a fault finds its field.
type form struct {
	Action  string // where it posts to
	Key     string // of idempotency: sent twice, it has one effect
	Version int64  // of the thing that it was made for; 0 demands none
	Values  url.Values
	Title   string // why it was refused, in the reader's language
	Faults  []fieldFault
	Twice   []string // names of its files that were there already
}

// fieldFault is what is wrong with a field, in the reader's language.
type fieldFault struct {
	Field string // "" where it belongs to the whole
	Where string // its place in words, where the page does not say it in Text
	Text  string
}

// onPage puts what is wrong into the order in which a page has its fields, each
// with its label, and reports whether that changed anything. What is wrong with
// a part of a field is that field's; what belongs to no field of the page comes
// first, as something about the whole.
func (f *form) onPage(page template.HTML) (changed bool) {
	places := map[string]int{"": -1}
	for i := range f.Faults {
		x := &f.Faults[i]
		old, at := *x, -1
		for ; x.Field != ""; x.Field = x.Field[:max(strings.LastIndexByte(x.Field, '/'), 0)] {
			if at = strings.Index(string(page), `id="f-`+template.HTMLEscapeString(x.Field)+`"`); at >= 0 {
				break
			}
		}
		if places[x.Field] = at; x.Where == "" && at >= 0 {
			x.Where = labelOf(string(page), x.Field, at)
		}
		changed = changed || *x != old
	}
	byPlace := func(a, b fieldFault) int { return places[a.Field] - places[b.Field] }
	if !slices.IsSortedFunc(f.Faults, byPlace) {
		slices.SortStableFunc(f.Faults, byPlace)
		changed = true
	}
	return changed
}

// labelOf is what a page calls a field: its label, or where several inputs are
// one field, the name or the heading of their box, which begins at a place; ""
// for nothing.
func labelOf(page, field string, box int) string {
	tag, text, _ := strings.Cut(page[box:], ">")
	if from := strings.Index(page, `for="f-`+template.HTMLEscapeString(field)+`"`); from >= 0 {
		_, text, _ = strings.Cut(page[from:], ">")
	} else if _, name, named := strings.Cut(tag, `aria-label="`); named {
		text, _, _ = strings.Cut(name, `"`)
	} else if strings.HasPrefix(text, "<legend") || strings.HasPrefix(text, "<h2") {
		_, text, _ = strings.Cut(text, ">")
	} else {
		return ""
	}
	text, _, _ = strings.Cut(text, "<")
	return strings.TrimSpace(html.UnescapeString(text))
}

// Names that every form carries beside its fields.
const (
	fieldKey     = "form_key"
	fieldVersion = "form_version"
	fieldStep    = "form_step"
)

// form makes a new form for an address. version is that of the thing as shown.
func (q *request) form(action string, version int64) *form {
	return &form{Action: action, Key: q.newKey(), Version: version, Values: url.Values{}}
}

// With puts a field's first value in.
func (f *form) With(name string, value any) *form {
	f.Values.Set(name, textOf(value))
	return f
}

// Value is what stands in a field.
func (f *form) Value(name string) string { return f.Values.Get(name) }

// Has reports whether a field has a value among its values, as the box of a
// check list.
func (f *form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Fault is what is wrong with a field, "" for nothing.
func (f *form) Fault(name string) string {
	for _, x := range f.Faults {
		if x.Field == name {
			return x.Text
		}
	}
	return ""
}

// Carried are the fields as names and values, sorted, for a summary page that
// sends them on.
func (f *form) Carried() [][2]string {
	var out [][2]string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		for _, v := range f.Values[name] {
			out = append(out, [2]string{name, v})
		}
	}
	return out
}

func (q *request) newKey() string {
	var b [16]byte
	if _, err := io.ReadFull(q.console.Entropy, b[:]); err != nil {
		panic(fmt.Sprintf("console: no entropy: %v", err)) // as crypto/rand does
	}
	return hex.EncodeToString(b[:])
}

// sent reads a form that was sent to this address.
func (q *request) sent() (*form, error) {
	q.Body = http.MaxBytesReader(q.w, q.Body, maxForm)
	if err := q.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, fault.New(fault.TooLarge, "request.tooLarge")
		}
		return nil, fault.New(fault.Malformed, "form.malformed")
	}
	return q.formOf(q.PostForm)
}

// formOf is a form of the values that were sent.
func (q *request) formOf(values url.Values) (*form, error) {
	f := &form{Action: q.URL.Path, Key: values.Get(fieldKey), Values: url.Values{}}
	if raw := values.Get(fieldVersion); raw != "" {
		v, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || v < 0 {
			return nil, fault.New(fault.Malformed, "form.malformed")
		}
		f.Version = v
	}
	if len(f.Key) != 32 || !allText(values) {
		return nil, fault.New(fault.Malformed, "form.malformed")
	}
	for name, list := range values {
		if name == fieldKey || name == fieldVersion || name == fieldStep {
			continue
		}
		for _, v := range list {
			f.Values.Add(name, strings.ReplaceAll(strings.TrimSpace(v), "\r\n", "\n"))
		}
	}
	q.asked = f
	return f, nil
}

// step is which button sent the form: "check" shows the summary, "edit" goes
// back to the fields, anything else does it.
func (q *request) step() string { return q.PostFormValue(fieldStep) }

// command is the call of a form: on the version that it was made for, once for
// its key.
func (q *request) command(f *form) tracker.Call {
	c := q.call
	c.Key = f.Key
	if f.Version > 0 {
		c.IfMatch = &f.Version
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%d\n%s", q.URL.Path, f.Version, f.Values.Encode())
	c.Fingerprint = hex.EncodeToString(sum.Sum(nil))
	return c
}

// refused puts into the form why it was refused and reports whether its reader
// can mend that in it. What cannot be mended there (404, 403, out of date) is
// for the page of the error.
func (q *request) refused(f *form, err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid && e.Kind != fault.Conflict && e.Kind != fault.Busy && e.Kind != fault.Forbidden {
		return false
	}
	text := q.console.Catalogs.Fault(q.lang, e)
	f.Title, f.Faults = text.Title, nil
	for _, field := range text.Fields {
		f.Faults = append(f.Faults, fieldFault{Field: fieldOf(field.Pointer), Text: field.Text})
	}
	if e.Kind != fault.Busy {
		f.Key = q.newKey() // the old key belongs to what was refused
	}
	return true
}

// fieldOf is the name of the field at a JSON pointer.
func fieldOf(pointer string) string { return strings.TrimPrefix(pointer, "/") }

// again answers a form that was refused: its own page with what was wrong and
// what was typed, or the page that says what changed meanwhile, or nothing
// where the fault is not the form's: then it is returned.
func (q *request) again(f *form, err error, of subject, show func() error) error {
	if fault.KindOf(err) == fault.PreconditionFailed {
		return q.outdated(f, err, of)
	}
	if changed, e := q.overtaken(f, err, of); changed || e != nil {
		return e
	}
	if !q.refused(f, err) {
		return err
	}
	q.asked, q.status = f, fault.KindOf(err).Status()
	return show()
}

// done ends a form: the reader gets the page of an address, which says once
// what was done and how it is taken back.
func (q *request) done(r tracker.Receipt, to string) error {
	n := notice{Command: r.Command}
	for _, command := range r.TakeBack {
		if takenBackByOthers(award.Command(command)) {
			n.Others = append(n.Others, command)
		} else {
			n.TakeBack = append(n.TakeBack, command)
		}
	}
	if strings.HasPrefix(r.Aggregate, "awd_") {
		n.Receipt = at("awards", r.Aggregate, "receipts", r.Sequence)
	}
	if err := q.console.Sessions.Flash(q.Context(), n); err != nil {
		return err
	}
	return q.redirect(to)
}

// takenBackByOthers reports whether a separation bars who did the thing from
// the command that takes it back.
func takenBackByOthers(c award.Command) bool {
	return c == award.CommandReverse || c == award.CommandReopen
}

// fields reads typed values out of a form and gathers what is wrong with them.
type fields struct {
	*form
	wrong []fault.Field
}

func (f *form) fields() *fields { return &fields{form: f} }

// err is the fault of everything that was wrong, or nil.
func (f *fields) err() error { return fault.InvalidFields(f.wrong...) }

// miss notes what is wrong with a field, under its own name.
func (f *fields) miss(name string, err error) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e = fault.New(fault.Invalid, "request.invalid")
	}
	f.wrong = append(f.wrong, fault.Field{Pointer: "/" + name, Code: e.Code, Args: e.Args})
}

// date reads a date, zero where nothing was typed.
func (f *fields) date(name string) civil.Date {
	text := f.Value(name)
	if text == "" {
		return civil.Date{}
	}
	d, err := civil.Parse(text)
	if err != nil {
		f.miss(name, err)
	}
	return d
}

// amount reads an amount of a currency as money.ParseTyped does, nothing where
// nothing was typed.
func (f *fields) amount(name string, unit money.Unit) money.Amount {
	text := f.Value(name)
	if text == "" {
		return money.Amount{}
	}
	a, err := money.ParseTyped(text, unit)
	if err != nil {
		f.miss(name, err)
	}
	return a
}

// number reads a whole number from 0 to a most, 0 where nothing was typed.
func (f *fields) number(name string, most int) int {
	text := f.Value(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		f.miss(name, fault.New(fault.Invalid, "number.invalid", "value", clip(text), "max", most))
	}
	return n
}
