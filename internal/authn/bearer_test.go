package authn_test

import (
	"net/http"
	"strings"
	"testing"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

func replaceSelf(text, self string) string { return strings.ReplaceAll(text, "SELF", self) }

func TestBearer(t *testing.T) {
	tests := []struct {
		name, token, code string
		values            []string
	}{
		{"none", "", authn.CodeMissing, nil},
		{"empty", "", authn.CodeMissing, []string{""}},
		{"basic", "", authn.CodeMissing, []string{"Basic YTpi"}},
		{"no space", "", authn.CodeMissing, []string{"Bearera.b.c"}},
		{"good", "a.b.c", "", []string{"Bearer a.b.c"}},
		{"scheme in other case", "a.b.c", "", []string{"bEARER a.b.c"}},
		{"more spaces", "a.b.c", "", []string{"Bearer   a.b.c "}},
		{"scheme alone", "", authn.CodeInvalid, []string{"Bearer"}},
		{"two tokens", "", authn.CodeInvalid, []string{"Bearer a.b.c a.b.c"}},
		{"joined headers", "", authn.CodeInvalid, []string{"Bearer a.b.c, Bearer a.b.c"}},
		{"two headers", "", authn.CodeInvalid, []string{"Bearer a.b.c", "Bearer a.b.c"}},
		{"padding", "", authn.CodeInvalid, []string{"Bearer a.b.c="}},
		{"two parts", "", authn.CodeInvalid, []string{"Bearer a.b"}},
		{"longest", strings.Repeat("a", authn.MaxTokenBytes-4) + ".b.c", "", []string{"Bearer " + strings.Repeat("a", authn.MaxTokenBytes-4) + ".b.c"}},
		{"too long", "", authn.CodeInvalid, []string{"Bearer " + strings.Repeat("a", authn.MaxTokenBytes-3) + ".b.c"}},
	}
	for _, tt := range tests {
		got, err := authn.Bearer(http.Header{"Authorization": tt.values})
		if got != tt.token || fault.CodeOf(err) != tt.code {
			t.Errorf("%s: Bearer = %q, %v; want %q, %q", tt.name, got, err, tt.token, tt.code)
		}
	}
}

func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer a.b.c", "bearer\ta.b.c", "Basic x", "Bearer a..c", "Bearer \x00.b.c", "Bearer é.b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, err := authn.Bearer(http.Header{"Authorization": {value}})
		if err != nil {
			if code := fault.CodeOf(err); token != "" || (code != authn.CodeMissing && code != authn.CodeInvalid) {
				t.Errorf("Bearer(%q) = %q, %v", value, token, err)
			}
			return
		}
		if !strings.Contains(value, token) || len(token) > authn.MaxTokenBytes || strings.Count(token, ".") != 2 {
			t.Errorf("Bearer(%q) = %q", value, token)
		}
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
			t.Errorf("Bearer(%q) = %q, not base64url", value, token)
		}
	})
}
