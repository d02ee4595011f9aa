package api_test

import (
	"net/http"
	"strings"
	"testing"

	"milepost/internal/api"
	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

func (d *desk) active() trackertest.Active {
	return d.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "80", "M1")})
}

func TestPreconditionsAndKeys(t *testing.T) {
	d := open(t)
	a := d.active()
	start := "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"]) + "/start"
	request := "/awards/" + string(a.ID) + "/tranches/" + string(a.Tranches[1]) + "/request"
	match := func(value string) ask {
		return ask{as: trackertest.Operator, method: "POST", path: start, header: map[string]string{"If-Match": value}}
	}
	key := func(value string) ask {
		return ask{as: trackertest.Operator, method: "POST", path: request, match: 1, key: value}
	}
	d.hold([]refusal{
		{"no If-Match", match(""), 428, "precondition.required", nil},
		{"a weak tag", match(`W/"1"`), 400, "precondition.malformed", nil},
		{"no quotes", match("1"), 400, "precondition.malformed", nil},
		{"any version", match("*"), 400, "precondition.malformed", nil},
		{"a list", match(`"1", "2"`), 400, "precondition.malformed", nil},
		{"a sign", match(`"+1"`), 400, "precondition.malformed", nil},
		{"a leading zero", match(`"01"`), 400, "precondition.malformed", nil},
		{"too many digits", match(`"99999999999999999999"`), 400, "precondition.malformed", nil},
		{"another version", match(`"7"`), 412, "precondition.failed", nil},
		{"no key", key(""), 428, "idempotency.required", nil},
		{"a short key", key("1234567"), 400, "idempotency.malformed", nil},
		{"a long key", key(strings.Repeat("k", 129)), 400, "idempotency.malformed", nil},
		{"a key with a space", key("1234 5678"), 400, "idempotency.malformed", nil},
		{"a key beyond ASCII", key("12345678é"), 400, "idempotency.malformed", nil},
		{"gates that do not hold", key("good-key-1"), 409, "tranche.gatesNotMet", []string{"/gates/0 gate.notMet"}},
	})
	stale := into[api.Problem](t, d.do(match(`"7"`)))
	if stale.Current == nil || *stale.Current != 1 {
		t.Errorf("412 tells the version %v, want 1", stale.Current)
	}
}

func TestAKeyHasOneEffect(t *testing.T) {
	d := open(t)
	a := d.active()
	at := "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"])
	start := ask{as: trackertest.Operator, method: "POST", path: at + "/start", match: 1, key: "one-key-only"}
	first := d.must(start)
	second := d.must(start)
	if string(first.body) != string(second.body) || first.header.Get("ETag") != second.header.Get("ETag") || first.status != second.status {
		t.Errorf("the second answer differs:\n%v %s\n%v %s", first.header, first.body, second.header, second.body)
	}
	other := start
	other.match = 2
	elsewhere := start
	elsewhere.path = at + "/withdraw"
	d.hold([]refusal{
		{"the same key with another version", other, 422, "idempotency.reused", nil},
		{"the same key on another command", elsewhere, 422, "idempotency.reused", nil},
	})
	draft := ask{as: trackertest.Manager, path: "/awards", body: d.draft("HT-9", "10.00"), key: "draft-key-1"}
	if one, two := d.must(draft), d.must(draft); one.header.Get("Location") != two.header.Get("Location") || two.status != http.StatusCreated {
		t.Errorf("a repeated draft is at %s and %s", one.header.Get("Location"), two.header.Get("Location"))
	}
	draft.body = d.draft("HT-10", "10.00")
	d.hold([]refusal{{"the same key with another body", draft, 422, "idempotency.reused", nil}})
}

func TestWhatTheDomainRefuses(t *testing.T) {
	d := open(t)
	a := d.active()
	at := "/awards/" + string(a.ID)
	milestone := at + "/milestones/" + string(a.Milestones["M1"])
	submit := func(number string, change func(object)) ask {
		body := d.draft(number, "100.00")
		change(body)
		made := d.must(ask{as: trackertest.Manager, path: "/awards", body: body})
		return ask{as: trackertest.Manager, method: "POST", path: "/awards/" + made.id() + "/submit", match: made.etag(t)}
	}
	tranche := func(o object) object { return o["tranches"].([]object)[0] }
	d.must(ask{as: trackertest.Operator, path: milestone + "/submit", match: 1, body: object{"answers": []object{{"criterion": "C1", "text": "yes"}}}})
	d.hold([]refusal{
		{"due before the start", submit("B-1", func(o object) { o["milestones"].([]object)[0]["dueOn"] = "2025-12-31" }), 422, "request.invalid",
			[]string{"/milestones/0/dueOn milestone.dueBeforeStart"}},
		{"tranches that do not sum", submit("B-2", func(o object) { tranche(o)["amount"] = cny("99.00") }), 422, "request.invalid",
			[]string{"/tranches award.tranchesDoNotSum"}},
		{"an unknown gate", submit("B-3", func(o object) { tranche(o)["gates"] = []string{"M2"} }), 422, "request.invalid", []string{"/tranches/0/gates/0 gate.unknown"}},
		{"another currency", submit("B-4", func(o object) { tranche(o)["amount"] = object{"amount": "100.00", "currency": "EUR"} }), 422, "request.invalid",
			[]string{"/tranches/0/amount/currency currency.mixed"}},
		{"a number that is taken", ask{as: trackertest.Manager, path: "/awards", body: d.draft("B-1", "1.00")}, 422, "request.invalid", []string{"/number award.numberTaken"}},
		{"a reference that is none", ask{as: trackertest.Manager, path: "/awards", body: object{"number": "B-5", "title": object{"en": "T"}, "programme": "x", "amount": cny("1")}},
			422, "request.invalid", []string{"/programme reference.unknown"}},
		{"an illegal move", ask{as: trackertest.Operator, method: "POST", path: milestone + "/start", match: 2}, 409, "move.illegal", nil},
		{"the submitter decides", ask{as: trackertest.Operator, path: milestone + "/decide", match: 2, body: object{"outcome": "met"}}, 403, "access.forbidden", nil},
		{"another platform's award", ask{as: trackertest.Operator2, method: "POST", path: milestone + "/start", match: 2}, 404, "thing.notFound", nil},
		{"no role at all", ask{as: trackertest.Stranger, method: "POST", path: milestone + "/start", match: 2}, 404, "thing.notFound", nil},
		{"what may be seen, not done", ask{as: trackertest.Auditor, method: "POST", path: milestone + "/start", match: 2}, 403, "access.forbidden", nil},
		{"a later command", ask{as: trackertest.Manager, method: "POST", path: milestone + "/cancel"}, 409, "command.notYet", nil},
		{"a later command on an award", ask{as: trackertest.Manager, method: "POST", path: at + "/suspend"}, 409, "command.notYet", nil},
		{"money without a key", ask{as: trackertest.Finance, path: at + "/payments", match: 1, body: object{"lines": []object{}, "payee": d.Payee, "payerAccount": "a", "reference": "r"}},
			428, "idempotency.required", nil},
	})
	illegal := into[api.Problem](t, d.do(ask{as: trackertest.Operator, method: "POST", path: milestone + "/start", match: 2}))
	if strings.Join(illegal.Legal, " ") != "withdraw return decide" || illegal.Args["state"] != "submitted" {
		t.Errorf("an illegal move tells legal %v in %v, want withdraw return decide in submitted", illegal.Legal, illegal.Args["state"])
	}
}
