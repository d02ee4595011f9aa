package i18n_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
	"milepost/internal/i18n"
)

func catalogs(t testing.TB) *i18n.Catalogs {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name   string
		accept string
		prefs  []string
		want   i18n.Language
	}{
		{"nothing known", "", nil, i18n.Chinese},
		{"a header", "en", nil, i18n.English},
		{"a regional header", "en-GB,en;q=0.9", nil, i18n.English},
		{"the better of two", "en;q=0.3, zh-CN;q=0.9", nil, i18n.Chinese},
		{"Chinese of another region", "zh-TW", nil, i18n.Chinese},
		{"a language refused", "zh;q=0, en;q=0.5", nil, i18n.English},
		{"a stranger gets the default, not the last fallback", "fr-FR, de;q=0.8", nil, i18n.Chinese},
		{"a stranger who also reads English", "fr-FR, en;q=0.2", nil, i18n.English},
		{"anything", "*", nil, i18n.Chinese},
		{"garbage", ";;;=q,,en-", nil, i18n.Chinese},
		{"a preference before the header", "zh-CN", []string{"en"}, i18n.English},
		{"the first preference first", "en", []string{"zh", "en"}, i18n.Chinese},
		{"an empty preference", "zh", []string{"", "en"}, i18n.English},
		{"an unknown preference", "en", []string{"fr", "!"}, i18n.English},
	}
	c := catalogs(t)
	for _, tt := range tests {
		if got := c.Match(tt.accept, tt.prefs...); got != tt.want {
			t.Errorf("%s: Match(%q, %q) = %s, want %s", tt.name, tt.accept, tt.prefs, got, tt.want)
		}
	}
}

func TestMatchLeavesItsArgumentsAlone(t *testing.T) {
	prefs := []string{"", "", "kept"}
	catalogs(t).Match("en", prefs[:2]...)
	if prefs[2] != "kept" {
		t.Errorf("Match wrote %q behind the preferences it was given", prefs[2])
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name string
		lang i18n.Language
		id   string
		args map[string]any
		want string
	}{
		{"plain", i18n.English, "fault.auth.missing", nil, "Please sign in first."},
		{"plain", i18n.Chinese, "fault.auth.missing", nil, "请先登录。"},
		{"plural one", i18n.English, "fault.field.tooLong", map[string]any{"max": 1}, "This is too long: at most 1 character."},
		{"plural other", i18n.English, "fault.field.tooLong", map[string]any{"max": 80}, "This is too long: at most 80 characters."},
		{"plural of int64", i18n.English, "fault.field.tooLong", map[string]any{"max": int64(1)}, "This is too long: at most 1 character."},
		{"one of a text that has one form", i18n.English, "fault.field.belowMinimum", map[string]any{"min": 1}, "The value must be at least 1."},
		{"no plural in Chinese", i18n.Chinese, "fault.field.tooLong", map[string]any{"max": 1}, "内容过长，最多 1 个字符。"},
		{"a list", i18n.English, "fault.field.badValue", map[string]any{"allowed": []string{"a", "b"}}, "This value is not one of those allowed: a, b."},
		{"a list", i18n.Chinese, "fault.field.badValue", map[string]any{"allowed": []string{"a", "b"}}, "此值不可用。可选值：a、b。"},
		{"a list given as text", i18n.English, "fault.field.badValue", map[string]any{"allowed": "a or b"}, "This value is not one of those allowed: a or b."},
		{"unknown id", i18n.English, "no.such.id", nil, "no.such.id"},
		{"missing argument", i18n.English, "fault.field.tooLong", nil, "fault.field.tooLong"},
		{"unknown language", "fr", "fault.auth.missing", nil, "请先登录。"},
	}
	c := catalogs(t)
	for _, tt := range tests {
		if got := c.Text(tt.lang, tt.id, tt.args); got != tt.want {
			t.Errorf("%s: Text(%s, %s, %v) = %q, want %q", tt.name, tt.lang, tt.id, tt.args, got, tt.want)
		}
	}
}

func TestLabel(t *testing.T) {
	c := catalogs(t)
	tests := []struct {
		lang              i18n.Language
		group, code, want string
	}{
		{i18n.Chinese, "role", "finance", "财务"},
		{i18n.English, "role", "finance", "Finance"},
		{i18n.English, "role", "nobody", "nobody"},
	}
	for _, tt := range tests {
		if got := c.Label(tt.lang, tt.group, tt.code); got != tt.want {
			t.Errorf("Label(%s, %s, %s) = %q, want %q", tt.lang, tt.group, tt.code, got, tt.want)
		}
	}
}

func TestFault(t *testing.T) {
	c := catalogs(t)
	invalid := &fault.Error{Kind: fault.Invalid, Code: "request.invalid", Fields: []fault.Field{
		fault.At("/title", "field.tooLong", "max", 80), fault.At("/dueDate", "date.invalid", "value", "2026-02-30"),
	}}
	tests := []struct {
		name string
		lang i18n.Language
		in   *fault.Error
		want i18n.FaultText
	}{
		{"with fields", i18n.English, invalid, i18n.FaultText{
			Title: "Some values need correction; see the fields listed.",
			Fields: []i18n.FieldText{
				{Pointer: "/title", Code: "field.tooLong", Text: "This is too long: at most 80 characters."},
				{Pointer: "/dueDate", Code: "date.invalid", Text: "“2026-02-30” is not a date. Write it as 2026-05-01, between the years 1900 and 2200."},
			}}},
		{"in Chinese", i18n.Chinese, fault.New(fault.NotFound, "thing.notFound"),
			i18n.FaultText{Title: "未找到。它可能不存在，或不在您的权限范围内。"}},
		{"internal, which says nothing of its code or cause", i18n.English, fault.Wrap(errors.New("secret"), "date.invalid", "value", "secret"),
			i18n.FaultText{Title: c.Text(i18n.English, "fault.internal.error", nil)}},
		{"without a text", i18n.English, fault.New(fault.Conflict, "no.such.code"), i18n.FaultText{Title: "fault.no.such.code"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, c.Fault(tt.lang, tt.in)); diff != "" {
			t.Errorf("%s: Fault differs (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Files and texts are read as they are asked for; many may ask first.
func TestManyAskAtOnce(t *testing.T) {
	c := catalogs(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := c.Text(i18n.English, "fault.field.badValue", map[string]any{"allowed": []string{"a", "b"}}); got != "This value is not one of those allowed: a, b." {
				t.Errorf("Text = %q", got)
			}
			if got := c.Label(i18n.Chinese, "role", "finance"); got != "财务" {
				t.Errorf("Label = %q", got)
			}
		})
	}
	group.Wait()
}

// What a start and the first text of a catalog cost, and any other.
func BenchmarkText(b *testing.B) {
	args := map[string]any{"max": 80}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			catalogs(b)
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			catalogs(b).Text(i18n.English, "fault.field.tooLong", args)
		}
	})
	b.Run("next", func(b *testing.B) {
		c := catalogs(b)
		b.ReportAllocs()
		for b.Loop() {
			c.Text(i18n.English, "fault.field.tooLong", args)
		}
	})
}

// Amounts in faults read as everywhere; their arguments stay as programs take
// them.
func TestAmountsInFaults(t *testing.T) {
	c := catalogs(t)
	e := fault.New(fault.Invalid, "award.tranchesDoNotSum", "sum", "CNY 1200000.00", "amount", "CNY 1000000.00", "missing", "", "over", "CNY 200000.00")
	few := fault.New(fault.Invalid, "award.linesDoNotSum", "sum", "CNY 99.00", "amount", "CNY 100.00", "missing", "CNY 1.00", "over", "")
	for lang, want := range map[i18n.Language][2]string{
		i18n.English: {"The tranches sum to CNY 1,200,000.00, the award is CNY 1,000,000.00: CNY 200,000.00 too much.",
			"The funding lines sum to CNY 99.00, the award is CNY 100.00: CNY 1.00 is still missing."},
		i18n.Chinese: {"各分期合计 1,200,000.00元，资助金额为 1,000,000.00元，超出 200,000.00元。", "各资金来源合计 99.00元，资助金额为 100.00元，尚差 1.00元。"},
	} {
		if got := [2]string{c.Fault(lang, e).Title, c.Fault(lang, few).Title}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if e.Args["sum"] != "CNY 1200000.00" {
		t.Errorf("the argument is %v now", e.Args["sum"])
	}
}
