package blob

import (
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxNameRunes is the longest name that SafeName returns.
const MaxNameRunes = 120

// SafeName returns a name that is safe to show and to save under: the last
// part of a path, in NFC, without control, format and bidi characters, without
// what Windows reserves, of 1 to MaxNameRunes runes. The extension survives
// shortening. SafeName(SafeName(x)) is SafeName(x).
func SafeName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(visible, strings.ToValidUTF8(name, ""))
	name = strings.Map(savable, norm.NFC.String(name))
	name = bounded(trimmed(strings.Join(strings.Fields(name), " ")))
	if name == "" {
		return "file"
	}
	if reserved(name) {
		return bounded("_" + name)
	}
	return name
}

// Disposition returns the Content-Disposition value (RFC 6266) that makes a
// browser save content under SafeName(name): in ASCII for old readers, and
// in UTF-8 (RFC 8187) where that is not all of it.
func Disposition(name string) string {
	name = SafeName(name)
	ascii := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && r != '%' {
			return r
		}
		return '_'
	}, name)
	parameters := map[string]string{"filename": ascii}
	if ascii != name {
		parameters["filename*"] = "UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return mime.FormatMediaType("attachment", parameters)
}

// visible drops what cannot be seen: control and format characters (bidi marks
// among them), private use, and marks of a line's end.
func visible(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Variation_Selector):
		return -1
	}
	return r
}

// savable replaces what file systems or shells take for something else.
func savable(r rune) rune {
	if strings.ContainsRune("<>:\"|?*`;", r) {
		return '_'
	}
	return r
}

// trimmed takes off spaces and dots at both ends: hidden files, and what
// Windows would drop.
func trimmed(name string) string { return strings.Trim(name, " .") }

// bounded shortens the stem and keeps the extension.
func bounded(name string) string {
	runes := []rune(name)
	if len(runes) <= MaxNameRunes {
		return name
	}
	const longestExtension = 16
	extension := []rune(path.Ext(name))
	if len(extension) > longestExtension {
		extension = nil
	}
	stem := trimmed(string(runes[:MaxNameRunes-len(extension)]))
	return trimmed(stem + string(extension))
}

// reserved reports whether Windows takes a name for a device.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimSpace(stem))
	switch stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	port, found := strings.CutPrefix(stem, "COM")
	if !found {
		port, found = strings.CutPrefix(stem, "LPT")
	}
	return found && len(port) == 1 && '1' <= port[0] && port[0] <= '9'
}
