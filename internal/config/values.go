package config

import (
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// text returns a value without spaces and control characters.
func (r *reader) text(s setting, fallback string) string {
	value, _, ok := r.lookup(s)
	if !ok {
		return fallback
	}
	if value == "" || strings.ContainsFunc(value, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		r.wrong(s, CodeTextMalformed, "got", value)
	}
	return value
}

// needed is text that must be told.
func (r *reader) needed(s setting, example string) string {
	if !r.has(s) {
		r.wrong(s, CodeRequired, "example", example)
		return ""
	}
	return r.text(s, "")
}

// folder returns a cleaned path, "" where an optional one is absent.
func (r *reader) folder(s setting, n need) string {
	value, _, ok := r.lookup(s)
	switch {
	case !ok && n == optional:
		return ""
	case !ok:
		r.wrong(s, CodeRequired, "example", "./data")
		return ""
	case value == "" || strings.ContainsRune(value, 0):
		r.wrong(s, CodeTextMalformed, "got", value)
		return ""
	}
	return filepath.Clean(value)
}

// address returns host:port. An empty host would listen to the whole network
// without saying so, and is refused.
func (r *reader) address(s setting, fallback string) string {
	value, _, ok := r.lookup(s)
	if !ok {
		return fallback
	}
	host, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	switch {
	case err != nil || strings.ContainsFunc(host, unicode.IsSpace):
		r.wrong(s, CodeAddressMalformed, "got", value, "example", exampleAddress)
	case host == "":
		r.wrong(s, CodeHostMissing, "got", value, "example", "0.0.0.0:"+port)
	}
	return value
}

// loopback notes a problem where an address is reached from other machines.
func (r *reader) loopback(s setting, address string) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" || isLoopback(host) {
		return // address has noted the first two
	}
	r.wrong(s, CodeNotLoopback, "got", address, "example", exampleAddress)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// webURL parses an http or https URL without user, query and fragment.
func webURL(value string) (*url.URL, bool) {
	u, err := url.Parse(value)
	ok := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.HasSuffix(value, "#")
	return u, ok
}

// secureURL returns a URL that must be told, letter by letter: https, or http
// on this machine.
func (r *reader) secureURL(s setting) string {
	value, _, ok := r.lookup(s)
	if !ok {
		r.wrong(s, CodeRequired, "example", exampleURL)
		return ""
	}
	u, ok := webURL(value)
	switch {
	case !ok:
		r.wrong(s, CodeURLMalformed, "got", withoutUser(value), "example", exampleURL)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		r.wrong(s, CodeURLNotHTTPS, "got", value)
	}
	return value
}

// origin returns scheme and host of a URL that has nothing else.
func (r *reader) origin(s setting, fallback string) string {
	value, _, ok := r.lookup(s)
	if !ok {
		return fallback
	}
	u, ok := webURL(value)
	if !ok || (u.Path != "" && u.Path != "/") {
		r.wrong(s, CodeURLMalformed, "got", withoutUser(value), "example", exampleURL)
	}
	return strings.TrimSuffix(value, "/")
}

// withoutUser keeps a password in a URL out of messages.
func withoutUser(value string) string {
	if at := strings.LastIndex(value, "@"); at >= 0 {
		return redacted + value[at:]
	}
	return value
}

func (r *reader) boolean(s setting) bool {
	value, _, ok := r.lookup(s)
	if !ok {
		return false
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		r.wrong(s, CodeBooleanMalformed, "got", value)
	}
	return on
}

// size returns bytes, told as a whole number with or without a binary unit.
func (r *reader) size(s setting, fallback, least, most int64) int64 {
	value, _, ok := r.lookup(s)
	if !ok {
		return fallback
	}
	n, ok := parseSize(value)
	if !ok || n < least || n > most {
		r.wrong(s, CodeSizeMalformed, "got", value, "min", least, "max", most, "example", "100MiB")
	}
	return n
}

func parseSize(value string) (int64, bool) {
	unit := int64(1)
	for suffix, factor := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if digits, ok := strings.CutSuffix(value, suffix); ok {
			value, unit = digits, factor
			break
		}
	}
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/unit {
		return 0, false
	}
	return int64(n) * unit, true
}

func (r *reader) duration(s setting, fallback, least, most time.Duration) time.Duration {
	value, _, ok := r.lookup(s)
	if !ok {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		r.wrong(s, CodeDurationMalformed, "got", value, "min", least.String(), "max", most.String(), "example", fallback.String())
	}
	return d
}

// level returns how much is logged; info where nothing is said.
func (r *reader) level(s setting) slog.Level {
	value, _, ok := r.lookup(s)
	if !ok {
		return slog.LevelInfo
	}
	switch value {
	case "debug":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	r.wrong(s, CodeNotOneOf, "got", value, "allowed", []string{"debug", "info", "warn", "error"})
	return slog.LevelInfo
}

// secret returns a value that no message quotes.
func (r *reader) secret(s setting, n need) Secret {
	value, _, ok := r.lookup(s)
	switch {
	case !ok && n == required:
		r.wrong(s, CodeRequired, "example", strings.Repeat("•", 8))
	case ok && len(value) < minSecretBytes:
		r.wrong(s, CodeSecretTooShort, "min", minSecretBytes)
	}
	return NewSecret(value)
}
