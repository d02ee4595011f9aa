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
	}
	args := map[string]any{"one": "finance", "unknown": "nobody", "many": []string{"finance", "auditor"}}
	for _, tt := range tests {
		p, err := c.speakers[tt.lang].parser.Parse(tt.text, "", "")
		if err != nil {
			t.Fatalf("Parse(%q): %v", tt.text, err)
		}
		if got, err := p.Execute(args); got != tt.want || err != nil {
			t.Errorf("%s in %s = %q, %v; want %q", tt.text, tt.lang, got, err, tt.want)
		}
	}
}
