package api_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"milepost/internal/api"
	"milepost/internal/tracker/trackertest"
)

// refusal is what a bad request must be answered with.
type refusal struct {
	name   string
	ask    ask
	status int
	code   string
	fields []string // "pointer code", or "query:/name code"
}

// hold sends each request in both languages and checks status, code, the
// fields, and that the sentences are those of the language.
func (d *desk) hold(rows []refusal) {
	d.t.Helper()
	for _, row := range rows {
		for _, chinese := range []bool{false, true} {
			row.ask.chinese = chinese
			got := d.do(row.ask)
			if got.status != row.status {
				d.t.Errorf("%s = %d %s, want %d", row.name, got.status, got.body, row.status)
				continue
			}
			if mediaType := got.header.Get("Content-Type"); mediaType != "application/problem+json" {
				d.t.Errorf("%s: answered as %s", row.name, mediaType)
				continue
			}
			p := into[api.Problem](d.t, got)
			var fields []string
			sentences := []string{p.Detail}
			for _, f := range p.Errors {
				at := f.Pointer
				if f.In != "" {
					at = f.In + ":" + at
				}
				fields = append(fields, at+" "+f.Code)
				sentences = append(sentences, f.Detail)
			}
			if p.Code != row.code || !slices.Equal(fields, row.fields) || p.Status != row.status || p.RequestID != got.header.Get("X-Request-Id") ||
				p.Type != "urn:milepost:problem:"+row.code {
				d.t.Errorf("%s = %s, want %s with %v", row.name, got.body, row.code, row.fields)
			}
			d.speaks(row.name, chinese, sentences)
		}
	}
}

func (d *desk) speaks(name string, chinese bool, sentences []string) {
	d.t.Helper()
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for _, s := range sentences {
		if strings.HasPrefix(s, "fault.") || s == "" || han(s) != chinese {
			d.t.Errorf("%s: %q is no sentence of its language (Chinese: %v)", name, s, chinese)
		}
	}
}

func TestWhatBadInputGets(t *testing.T) {
	d := open(t)
	post := func(body any) ask { return ask{as: trackertest.Manager, path: "/awards", body: body} }
	good := `"number":"N","title":{"en":"T"},"programme":"` + string(d.Programme) + `","amount":{"amount":"1","currency":"CNY"}`
	with := func(more string) ask { return post("{" + good + "," + more + "}") }
	tooBig := `{"number":"` + strings.Repeat("x", api.DefaultMaxBody) + `"}`
	d.hold([]refusal{
		{"no token", ask{path: "/awards", method: "POST", body: "{}"}, 401, "auth.missing", nil},
		{"another scheme", ask{path: "/awards", method: "POST", body: "{}", header: map[string]string{"Authorization": "Basic eDp5"}}, 401, "auth.missing", nil},
		{"a token that is none", ask{path: "/awards", method: "POST", body: "{}", header: map[string]string{"Authorization": "Bearer x"}}, 401, "auth.invalid", nil},
		{"a forged token", ask{as: "forged", path: "/awards", method: "POST", body: "{}"}, 401, "auth.invalid", nil},
		{"an expired token", ask{as: "expired", path: "/awards", method: "POST", body: "{}"}, 401, "auth.expired", nil},
		{"a person who is not known", ask{as: "nobody", path: "/awards", method: "POST", body: "{}"}, 403, "auth.unknownPerson", nil},

		{"no such path", ask{as: trackertest.Manager, path: "/nothing"}, 404, "request.pathNotFound", nil},
		{"no such path outside", ask{path: "//nothing"}, 404, "request.pathNotFound", nil},
		{"no such file of the documentation", ask{path: "//api/docs/nothing.js"}, 404, "request.pathNotFound", nil},
		{"another method", ask{as: trackertest.Manager, method: "DELETE", path: "/awards"}, 405, "request.methodNotAllowed", nil},
		{"an id that is none", ask{as: trackertest.Manager, method: "POST", path: "/awards/1/submit", match: 1}, 404, "thing.notFound", nil},
		{"an id of another kind", ask{as: trackertest.Manager, method: "POST", path: "/awards/" + string(d.Programme) + "/submit", match: 1}, 404, "thing.notFound", nil},
		{"a query parameter that is not known", ask{as: trackertest.Manager, path: "/awards?draft=1&a=b", body: "{" + good + "}"}, 422, "request.invalid",
			[]string{"query:/a request.unknownParameter", "query:/draft request.unknownParameter"}},

		{"a query that is no text", ask{as: trackertest.Manager, path: "/awards?programme=%ff"}, 400, "request.addressUnread", nil},
		{"a name in a query that is no text", ask{as: trackertest.Manager, path: "/awards?%ff=1"}, 400, "request.addressUnread", nil},
		{"a query that cannot be read", ask{as: trackertest.Manager, path: "/awards?programme=%zz"}, 400, "request.addressUnread", nil},
		{"a query of two halves", ask{as: trackertest.Manager, path: "/awards?programme=x;half=all"}, 400, "request.addressUnread", nil},
		{"an id that is no text", ask{as: trackertest.Manager, path: "/awards/%ff"}, 400, "request.addressUnread", nil},
		{"a notice's id that is no text", ask{as: trackertest.Manager, method: "POST", path: "/notices/%ff/read"}, 400, "request.addressUnread", nil},

		{"another media type", ask{as: trackertest.Manager, path: "/awards", body: "<a/>", header: map[string]string{"Content-Type": "text/xml"}}, 415, "request.mediaType", nil},
		{"no media type", ask{as: trackertest.Manager, path: "/awards", body: "{}", header: map[string]string{"Content-Type": ""}}, 415, "request.mediaType", nil},
		{"another charset", ask{as: trackertest.Manager, path: "/awards", body: "{}", header: map[string]string{"Content-Type": "application/json; charset=gb18030"}}, 415, "request.mediaType", nil},
		{"too large", post(tooBig), 413, "request.tooLarge", nil},
		{"no body", ask{as: trackertest.Manager, method: "POST", path: "/awards"}, 400, "request.bodyMissing", nil},
		{"not JSON", post("{number:1}"), 400, "request.malformed", nil},
		{"cut off", post(`{"number":"N"`), 400, "request.malformed", nil},
		{"something follows", post("{" + good + "} {}"), 400, "request.malformed", nil},
		{"no UTF-8", post("{\"number\":\"\xff\"}"), 400, "request.malformed", nil},
		{"a name twice", post(`{"number":"N","number":"M"}`), 400, "request.malformed", []string{"/number request.duplicateName"}},
		{"a name twice, deeper", post(`{"title":{"en":"T","en":"U"}}`), 400, "request.malformed", []string{"/title/en request.duplicateName"}},

		{"another case", with(`"Payee":"x"`), 422, "request.invalid", []string{"/Payee request.nameCase"}},
		{"a field that is not known", with(`"budget":1`), 422, "request.invalid", []string{"/budget request.unknownField"}},
		{"a field that is not known, deeper", with(`"milestones":[{"code":"M1","title":"T","type":"delivery","dueOn":"2026-05-01","colour":"red"}]`),
			422, "request.invalid", []string{"/milestones/0/colour request.unknownField"}},
		{"a name that needs escaping", with(`"a/b~c":1`), 422, "request.invalid", []string{"/a~1b~0c request.unknownField"}},
		{"fields that are missing", post(`{"number":"N"}`), 422, "request.invalid",
			[]string{"/amount field.required", "/programme field.required", "/title field.required"}},
		{"a text for a number", with(`"fundingLines":[{"id":"F1","funder":"o","source":"fiscal","fiscalYear":"2026","amount":{"amount":"1","currency":"CNY"}}]`),
			422, "request.invalid", []string{"/fundingLines/0/fiscalYear field.notInteger"}},
		{"a number that is not whole", with(`"fundingLines":[{"id":"F1","funder":"o","source":"fiscal","fiscalYear":2026.5,"amount":{"amount":"1","currency":"CNY"}}]`),
			422, "request.invalid", []string{"/fundingLines/0/fiscalYear field.notInteger"}},
		{"a number beyond all", with(`"fundingLines":[{"id":"F1","funder":"o","source":"fiscal","fiscalYear":1e300,"amount":{"amount":"1","currency":"CNY"}}]`),
			422, "request.invalid", []string{"/fundingLines/0/fiscalYear field.notInteger"}},
		{"an object for a text", with(`"payee":{}`), 422, "request.invalid", []string{"/payee field.notText"}},
		{"a text for a list", with(`"milestones":"M1"`), 422, "request.invalid", []string{"/milestones field.notList"}},
		{"null for a required object", post(`{"number":"N","title":null,"programme":"p","amount":{"amount":"1","currency":"CNY"}}`),
			422, "request.invalid", []string{"/title field.notObject"}},
		{"a list for the whole", post(`[]`), 422, "request.invalid", []string{" field.notObject"}},
		{"a code that is none", with(`"fundingLines":[{"id":"F1","funder":"o","source":"lottery","fiscalYear":2026,"amount":{"amount":"1","currency":"CNY"}}]`),
			422, "request.invalid", []string{"/fundingLines/0/source field.badValue"}},
		{"a date that does not exist", with(`"startOn":"2026-02-30"`), 422, "request.invalid", []string{"/startOn date.invalid"}},
		{"a date of another form", with(`"startOn":"1/2/2026"`), 422, "request.invalid", []string{"/startOn date.invalid"}},
		{"money as a number", post(`{"number":"N","title":{"en":"T"},"programme":"p","amount":{"amount":1.5,"currency":"CNY"}}`),
			422, "request.invalid", []string{"/amount/amount field.notText"}},
		{"too many decimals", post(`{"number":"N","title":{"en":"T"},"programme":"p","amount":{"amount":"1.005","currency":"CNY"}}`),
			422, "request.invalid", []string{"/amount/amount amount.tooManyDecimals"}},
		{"beyond range", post(`{"number":"N","title":{"en":"T"},"programme":"p","amount":{"amount":"90071992547409.92","currency":"CNY"}}`),
			422, "request.invalid", []string{"/amount/amount amount.outOfRange"}},
		{"a currency that is none", post(`{"number":"N","title":{"en":"T"},"programme":"p","amount":{"amount":"1","currency":"RMB"}}`),
			422, "request.invalid", []string{"/amount/currency currency.unknown"}},
		{"everything at once", post(`{"number":"N","title":{"en":"T"},"startOn":"2026-13-01","amount":{"amount":"x","currency":"CNY"}}`),
			422, "request.invalid", []string{"/startOn date.invalid", "/amount/amount amount.invalid", "/programme field.required"}},
	})
}
