package blob_test

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"milepost/internal/blob"
)

func TestSafeName(t *testing.T) {
	long := strings.Repeat("长", 200)
	for in, want := range map[string]string{
		"验收报告.pdf":                      "验收报告.pdf",
		"":                              "file",
		".":                             "file",
		"..":                            "file",
		"/":                             "file",
		"\u202e\u200f":                  "file",
		"../../etc/passwd":              "passwd",
		`C:\Users\li\合同.docx`:           "合同.docx",
		"/tmp/":                         "file",
		".htaccess":                     "htaccess",
		"a\r\nSet-Cookie: x=1.pdf":      "a Set-Cookie_ x=1.pdf",
		"invoice\u202efdp.exe":          "invoicefdp.exe",
		"a\x00b\x7f.txt":                "ab.txt",
		"  two   spaces .pdf  ":         "two spaces .pdf",
		"trailing. . ":                  "trailing",
		"a\xffb.pdf":                    "ab.pdf",
		"e\u0301te\u0301.pdf":           "été.pdf",
		`q"u*o?t<e>|s.pdf`:              "q_u_o_t_e__s.pdf",
		"con":                           "_con",
		"NUL.txt":                       "_NUL.txt",
		"com1.pdf":                      "_com1.pdf",
		"command.pdf":                   "command.pdf",
		long + ".pdf":                   strings.Repeat("长", 116) + ".pdf",
		"a." + strings.Repeat("x", 200): "a." + strings.Repeat("x", 118),
	} {
		if got := blob.SafeName(in); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDisposition(t *testing.T) {
	for in, want := range map[string]string{
		"report.pdf":    `attachment; filename=report.pdf`,
		"my report.pdf": `attachment; filename="my report.pdf"`,
		"合同 1.pdf":      `attachment; filename="__ 1.pdf"; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf`,
		"50%.pdf":       `attachment; filename=50_.pdf; filename*=UTF-8''50%25.pdf`,
		`a"; x="b.pdf`:  `attachment; filename="a__ x=_b.pdf"`,
		"":              `attachment; filename=file`,
	} {
		if got := blob.Disposition(in); got != want {
			t.Errorf("Disposition(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, seed := range []string{"", "a.pdf", "../x", "a\r\nb", "\u202eabc", "e\u0301", "NUL.", "con .txt", "a\u2028b", strings.Repeat("a", 300) + ".x", "\u037e.pdf", "a. .b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := blob.SafeName(name)
		if again := blob.SafeName(got); again != got {
			t.Errorf("SafeName(%q) = %q, and of that %q", name, got, again)
		}
		if n := utf8.RuneCountInString(got); n < 1 || n > blob.MaxNameRunes || !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Errorf("SafeName(%q) = %q: %d runes, or no UTF-8 in NFC", name, got, n)
		}
		if strings.ContainsAny(got, `/\"<>:|?*`) || strings.ContainsFunc(got, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) }) ||
			strings.Trim(got, " .") != got {
			t.Errorf("SafeName(%q) = %q", name, got)
		}
		header := blob.Disposition(name)
		kind, parameters, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || parameters["filename"] != got {
			t.Errorf("Disposition(%q) = %q, read as %q %v, %v; want %q", name, header, kind, parameters, err, got)
		}
		if strings.ContainsFunc(header, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			t.Errorf("Disposition(%q) = %q, not printable ASCII", name, header)
		}
	})
}
