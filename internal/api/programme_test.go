package api_test

import (
	"net/http"
	"slices"
	"testing"

	"milepost/internal/tracker/trackertest"
)

// What is late and who must decide is changed by two people, over HTTP alone.
func TestProgrammeChange(t *testing.T) {
	d := open(t)
	at := "/programmes/" + string(d.Programme)
	terms := object{"names": object{"en": "Proof"}, "goLiveOn": "2020-01-01", "separationAbove": []object{cny("5.00")},
		"extensions": object{"count": 1, "totalDays": 90, "daysBeforeDue": 0}, "rollRestDays": false, "reason": "resolution 3"}
	shown := d.must(ask{as: trackertest.Manager, path: at})
	proposed := d.must(ask{as: trackertest.Manager, method: "PUT", path: at, match: shown.etag(t), body: terms})
	d.hold([]refusal{
		{"a change without a version", ask{as: trackertest.Manager2, method: "POST", path: at + "/change/confirm"}, http.StatusPreconditionRequired, "precondition.required", nil},
		{"by who proposed it", ask{as: trackertest.Manager, path: at + "/change/confirm", match: proposed.etag(t)}, http.StatusForbidden, "separation.proposerConfirms", nil},
		{"a ladder meanwhile", ask{as: trackertest.Manager, method: "PUT", path: at + "/ladders/deliver", match: proposed.etag(t),
			body: object{"rungs": []object{{"id": "late", "offset": 1, "unit": "calendar", "level": "owner", "asks": "overdue"}}}},
			http.StatusConflict, "programme.changePending", nil},
	})
	programme := into[struct {
		Pending struct {
			Kind, Reason string
			Terms        struct{ Extensions struct{ TotalDays int } }
		}
		Actions []string
	}](t, d.must(ask{as: trackertest.Manager2, path: at}))
	if p := programme.Pending; p.Kind != "terms" || p.Reason != "resolution 3" || p.Terms.Extensions.TotalDays != 90 || !slices.Contains(programme.Actions, "confirmChange") {
		t.Errorf("the view shows %+v", programme)
	}
	confirmed := d.must(ask{as: trackertest.Manager2, method: "POST", path: at + "/change/confirm", match: proposed.etag(t)})
	ladder := d.must(ask{as: trackertest.Manager, method: "PUT", path: at + "/ladders/deliver", match: confirmed.etag(t),
		body: object{"reason": "too early", "rungs": []object{{"id": "late", "offset": 1, "unit": "calendar", "level": "owner", "asks": "overdue"}}}})
	dropped := d.must(ask{as: trackertest.Manager, method: "POST", path: at + "/change/drop", match: ladder.etag(t), body: object{"reason": "not now"}})
	d.hold([]refusal{{"drop nothing", ask{as: trackertest.Manager, method: "POST", path: at + "/change/drop", match: dropped.etag(t)}, http.StatusConflict, "programme.noChange", nil}})
}

// What is wrong with the paper of an activation is told where the request has it.
func TestActivationPointers(t *testing.T) {
	d := open(t)
	created := d.must(ask{as: trackertest.Manager, path: "/awards", body: d.draft("HT-1", "1200000.00"), key: "create-award-1"})
	at := "/awards/" + created.id()
	submitted := d.must(ask{as: trackertest.Manager, path: at + "/submit", match: created.etag(t)})
	d.hold([]refusal{{"a paper of tomorrow", ask{as: trackertest.Manager2, path: at + "/activate", match: submitted.etag(t), key: "activate-1",
		body: object{"paper": object{"number": " ", "decidedOn": "2099-01-01"}}}, http.StatusUnprocessableEntity, "request.invalid",
		[]string{"/paper/number field.required", "/paper/decidedOn date.inFuture"}}})
}
