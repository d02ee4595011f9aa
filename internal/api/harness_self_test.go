package api_test

import (
	"net/http"
	"testing"
)

// The check of answers is itself checked: it must see what is wrong.
func TestUndocumentedAnswersAreFound(t *testing.T) {
	d := open(t)
	r := ask{as: "x", method: "POST", path: "/programmes", body: "{}"}.request(t, d.server.URL)
	json := http.Header{"Content-Type": {"application/json"}}
	problem := http.Header{"Content-Type": {"application/problem+json"}}
	const receipt = `{"aggregate":"prg_1","sequence":1,"at":"2026-01-01T00:00:00.000Z","on":"2026-01-01","command":"createProgramme","counts":{"a":1}}`
	const known = `{"type":"urn:x","title":"x","status":409,"code":"move.illegal","detail":"x","requestId":"r"}`
	for _, row := range []struct {
		name string
		got  reply
		good bool
	}{
		{"a receipt", reply{201, json, []byte(receipt)}, true},
		{"a member that is not known", reply{201, json, []byte(receipt[:len(receipt)-1] + `,"more":1}`)}, false},
		{"a member that is missing", reply{201, json, []byte(`{"aggregate":"prg_1"}`)}, false},
		{"a member of another type", reply{201, json, []byte(`{"aggregate":1,"sequence":1,"at":"","on":"","command":"","counts":{}}`)}, false},
		{"null for a map", reply{201, json, []byte(`{"aggregate":"a","sequence":1,"at":"","on":"2026-01-01","command":"c","counts":null}`)}, false},
		{"another status", reply{202, json, []byte(receipt)}, false},
		{"another media type", reply{201, http.Header{"Content-Type": {"text/html"}}, []byte(receipt)}, false},
		{"a problem", reply{409, problem, []byte(known)}, true},
		{"a code that is not listed", reply{409, problem, []byte(`{"type":"urn:x","title":"x","status":409,"code":"no.such","detail":"x","requestId":"r"}`)}, false},
	} {
		if err := undocumented(d.router, r, row.got); (err == nil) != row.good {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
