package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"milepost/internal/fault"
)

// demandPreconditions reads If-Match and Idempotency-Key into the call, and
// refuses a command that lacks one it needs.
func (a *API) demandPreconditions(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if err := visitOf(r.Context()).preconditions(r); err != nil {
		a.writeProblem(w, r, err)
		return
	}
	next(ctx)
}

func (x *visit) preconditions(r *http.Request) error {
	o := x.operation
	if o == nil || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if o.match != matchNothing {
		version, err := ifMatch(r.Header.Values("If-Match"))
		if err != nil {
			return err
		}
		x.call.IfMatch = &version
	}
	key, err := idempotencyKey(r.Header.Values("Idempotency-Key"), o.key)
	if err != nil {
		return err
	}
	x.call.Key = key
	x.call.Fingerprint = fingerprint(r.Method, r.URL.EscapedPath(), r.Header.Get("If-Match"), x.body)
	return nil
}

// ifMatch reads the version that the caller saw: one strong entity tag.
func ifMatch(values []string) (int64, error) {
	if len(values) == 0 {
		return 0, fault.New(fault.PreconditionRequired, "precondition.required")
	}
	version, ok := versionOf(strings.TrimSpace(values[0]))
	if len(values) > 1 || !ok {
		return 0, fault.New(fault.Malformed, "precondition.malformed")
	}
	return version, nil
}

// etag writes a version as a strong entity tag.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// versionOf reads what etag writes and nothing else: no list, no *, no weak
// tag, no sign, no leading zero.
func versionOf(tag string) (int64, bool) {
	inner, ok := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	version, err := strconv.ParseInt(inner, 10, 64)
	return version, ok && closed && err == nil && version >= 0 && etag(version) == tag
}

// MinKey and MaxKey bound an Idempotency-Key, in characters.
const (
	MinKey = 8
	MaxKey = 128
)

// idempotencyKey reads the key of a command: printable ASCII.
func idempotencyKey(values []string, use keyUse) (string, error) {
	if len(values) == 0 {
		if use == keyRequired {
			return "", fault.New(fault.PreconditionRequired, "idempotency.required")
		}
		return "", nil
	}
	printable := func(r rune) bool { return r > ' ' && r < 0x7f }
	key := values[0]
	if len(values) > 1 || len(key) < MinKey || len(key) > MaxKey || strings.ContainsFunc(key, func(r rune) bool { return !printable(r) }) {
		return "", fault.New(fault.Malformed, "idempotency.malformed", "min", MinKey, "max", MaxKey)
	}
	return key, nil
}

// fingerprint tells a repetition from another request under the same key. The
// parts are written as a JSON list, so that none runs into the next.
func fingerprint(method, path, ifMatch string, body []byte) string {
	parts, err := json.Marshal([]string{method, path, ifMatch, hex.EncodeToString(body)})
	if err != nil {
		return "" // strings always marshal
	}
	sum := sha256.Sum256(parts)
	return hex.EncodeToString(sum[:])
}

// unchanged reports whether one of the tags of If-None-Match is current. Weak
// tags compare like strong ones (RFC 9110 §13.1.2).
func unchanged(ifNoneMatch, current string) bool {
	if current == "" || ifNoneMatch == "" {
		return false
	}
	for tag := range strings.SplitSeq(ifNoneMatch, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == current || tag == "*" {
			return true
		}
	}
	return false
}
