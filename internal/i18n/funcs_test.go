package i18n

import "testing"

// The functions that a text may call, tried on texts that no catalog holds.
func TestTemplateFunctions(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		lang Language
		text string
		want string
	}{
		{Chinese, `{{label "role" .one}}`, "财务"},
		{English, `{{label "role" .one}}`, "Finance"},
		{English, `{{label "role" .unknown}}`, "nobody"},
		{Chinese, `{{labels "role" .many}}`, "财务、审计"},
		{English, `{{labels "role" .many}}`, "Finance, Auditor"},
		{English, `{{labels "role" .one}}`, "Finance"},
		{English, `{{join .many}}`, "finance, auditor"},
		{English, `{{join .one}}`, "finance"},
		{English, `{{amount .left}}`, "CNY 1,200,000.00"},
		{Chinese, `{{amount .left}}`, "1,200,000.00元"},
		{Chinese, `{{amount .over}}`, "−12,345.50美元"},
		{English, `{{amount .over}}`, "USD −12,345.50"},
		{English, `{{amount .sum .currency}}`, "CNY 1,234,567"},
		{Chinese, `{{amount .sum .currency}}`, "1,234,567元"},
		{Chinese, `{{amount .one}}`, "finance"},
		{Chinese, `{{amount .words}}`, "no amount"},
	}
	args := map[string]any{"one": "finance", "unknown": "nobody", "many": []string{"finance", "auditor"}, "left": "CNY 1200000.00", "over": "USD -12345.50",
		"sum": "1234567", "currency": "CNY", "words": "no amount"}
	for _, tt := range tests {
		in := c.catalogs[tt.lang]
		parsed := in.parseText(tt.text)
		if parsed == nil {
			t.Fatalf("parseText(%q) = nil", tt.text)
		}
		if got, err := parsed.render(args, in.funcs); got != tt.want || err != nil {
			t.Errorf("%s in %s = %q, %v; want %q", tt.text, tt.lang, got, err, tt.want)
		}
	}
}

// What texts have no need of is refused, and so found by the test that renders
// every text; nothing of it is rendered wrongly.
func TestTextsMayNotDoMore(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	in := c.catalogs[English]
	args := map[string]any{"one": "finance", "many": []string{"finance"}, "nothing": nil}
	for _, source := range []string{
		"{{.absent}}", "{{if .absent}}a{{end}}", "{{label .absent .one}}", "{{label \"role\"}}", "{{labels}}", "{{join .many .one}}", "{{printf}}", "{{amount}}", "{{amount .one .one .one}}",
		"{{.one.two}}", "{{.one | join}}", "{{$x := .one}}{{$x}}", "{{range .many}}{{.}}{{end}}", "{{with .one}}{{.}}{{end}}", "{{.}}", "{{1}}",
		"{{", "{{if .one}}", "{{unknown .one}}", "{{template \"x\"}}",
	} {
		parsed := in.parseText(source)
		if parsed == nil {
			continue // refused before
		}
		if got, err := parsed.render(args, in.funcs); err == nil {
			t.Errorf("%s renders as %q", source, got)
		}
	}
}

func TestTruth(t *testing.T) {
	for _, empty := range []any{nil, "", 0, false, []string{}, map[string]any{}, (*int)(nil)} {
		if truth(empty) {
			t.Errorf("%#v is true", empty)
		}
	}
	for _, full := range []any{"x", 1, true, []string{""}, map[string]any{"a": 1}, new(int)} {
		if !truth(full) {
			t.Errorf("%#v is false", full)
		}
	}
}

// A file that is not written well holds no text.
func TestReadFile(t *testing.T) {
	if got := readFile("catalog/en"); got != nil {
		t.Errorf("readFile of a folder = %v", got)
	}
	if got := len(readFile("catalog/en/amount.json")); got != 3 {
		t.Errorf("readFile finds %d texts, want 3", got)
	}
}
