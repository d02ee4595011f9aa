package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

type object = map[string]any

func cny(amount string) object { return object{"amount": amount, "currency": "CNY"} }

// draft is a complete document with one milestone and one tranche that it
// gates.
func (d *desk) draft(number, amount string) object {
	return object{
		"number": number, "title": object{"en": "Interposer"}, "programme": d.Programme, "platform": d.Platform, "project": d.Project,
		"payee": d.Payee, "instrument": "grant", "basis": "milestone", "amount": cny(amount),
		"fundingLines": []object{{"id": "F1", "funder": d.City, "source": "fiscal", "fiscalYear": 2026, "amount": cny(amount)}},
		"startOn":      "2026-01-01", "endOn": "2027-12-31",
		"milestones": []object{{"code": "M1", "title": "Chip", "type": "delivery", "dueOn": "2026-06-01", "needEvidence": true,
			"criteria": []object{{"id": "C1", "text": "works"}}}},
		"tranches": []object{{"number": 1, "kind": "final", "plannedOn": "2026-06-15", "amount": cny(amount), "gates": []string{"M1"}}},
	}
}

// An award from draft to a paid tranche and a refund, over HTTP alone.
func TestStoryOfAnAward(t *testing.T) {
	d := open(t)
	created := d.must(ask{as: trackertest.Manager, path: "/awards", body: d.draft("HT-1", "1200000.00"), key: "create-award-1"})
	if created.status != http.StatusCreated {
		t.Errorf("creating an award = %d, want 201", created.status)
	}
	id := created.id()
	at := "/awards/" + id
	submitted := d.must(ask{as: trackertest.Manager, path: at + "/submit", match: created.etag(t)})
	activate := ask{as: trackertest.Manager2, path: at + "/activate", match: submitted.etag(t), key: "activate-1", body: object{"paper": object{"number": "2026-1"}}}
	activated := d.must(activate)
	if again := d.must(activate); !bytes.Equal(again.body, activated.body) || again.header.Get("ETag") != activated.header.Get("ETag") {
		t.Errorf("a replay differs:\n%s\n%s", activated.body, again.body)
	}
	active := d.Things(trackerAward(id))
	m1 := at + "/milestones/" + string(active.Milestones["M1"])
	tr := at + "/tranches/" + string(active.Tranches[1])

	started := d.must(ask{as: trackertest.Operator, path: m1 + "/start", match: 1})
	evidence, version := d.upload(m1, started.etag(t), "measured")
	if version != 2 {
		t.Errorf("confirmed evidence has version %d, want 2", version)
	}
	decided := d.must(ask{as: trackertest.Operator, path: m1 + "/submit", match: started.etag(t),
		body: object{"answers": []object{{"criterion": "C1", "text": "yes", "evidence": []string{evidence}}}}})
	decided = d.must(ask{as: trackertest.Manager, path: m1 + "/decide", match: decided.etag(t), body: object{"outcome": "met"}})
	if got := into[tracker.Receipt](t, decided); len(got.TakeBack) == 0 || got.TakeBack[0] != "reopen" {
		t.Errorf("the receipt of a decision offers %v to take it back, want reopen", got.TakeBack)
	}
	d.payOut(at, tr, activated)
}

// payOut requests, approves, pays and refunds a tranche.
func (d *desk) payOut(at, tr string, award reply) {
	t := d.t
	version := d.TrancheVersion(tr)
	requested := d.must(ask{as: trackertest.Operator, path: tr + "/request", match: version, key: "request-1"})
	approved := d.must(ask{as: trackertest.Manager2, path: tr + "/approve", match: requested.etag(t), key: "approve-1"})
	head := into[tracker.Receipt](t, approved).Sequence
	line := object{"tranche": tr[strings.LastIndex(tr, "/")+1:], "amount": cny("1200000.00")}
	instructed := d.must(ask{as: trackertest.Finance, path: at + "/payments", match: head, key: "instruct-1",
		body: object{"lines": []object{line}, "payee": d.Payee, "payerAccount": "treasury", "reference": "HT-1/1"}})
	pay := at + "/payments/" + instructed.id()
	paid := d.must(ask{as: trackertest.Finance, path: pay + "/paid", match: instructed.etag(t), key: "paid-0001",
		body: object{"bankReference": "B-1", "paidOn": d.Today().String()}})
	refund := d.must(ask{as: trackertest.Finance, path: at + "/refunds", match: paid.etag(t), key: "refund-1",
		body: object{"payment": instructed.id(), "amount": cny("5000.00"), "reason": "unspent", "destination": "treasury", "reference": "R-1",
			"receivedOn": d.Today().String()}})
	d.must(ask{as: trackertest.Finance2, path: at + "/refunds/" + refund.id() + "/reverse", match: refund.etag(t), key: "reverse-1",
		body: object{"reason": "wrong payment"}})
	refused := d.do(ask{as: trackertest.Finance, path: pay + "/reverse", match: paid.etag(t) + 2, key: "reverse-2", body: object{"reason": "late return"}})
	if refused.status != http.StatusForbidden {
		t.Errorf("reversing one's own record = %d %s, want 403", refused.status, refused.body)
	}
	d.must(ask{as: trackertest.Finance2, path: pay + "/reverse", match: paid.etag(t) + 2, key: "reverse-3", body: object{"reason": "late return"}})
}

// upload announces, sends, confirms and fetches a text file.
func (d *desk) upload(milestone string, version int64, content string) (id string, confirmed int64) {
	t := d.t
	sum := sha256.Sum256([]byte(content))
	announced := d.must(ask{as: trackertest.Operator, path: milestone + "/evidence", match: version, body: object{
		"kind": "other", "fileName": "报告 1.txt", "mediaType": "text/plain", "size": len(content), "sha256": hex.EncodeToString(sum[:])}})
	at := milestone + "/evidence/" + announced.id()
	plain := map[string]string{"Content-Type": "text/plain"}
	for sent, want := range map[string]int{content + "!": 422, "tampered": 422} {
		if got := d.do(ask{as: trackertest.Operator, method: "PUT", path: at + "/content", body: sent, header: plain}); got.status != want {
			t.Errorf("sending %q = %d %s, want %d", sent, got.status, got.body, want)
		}
	}
	d.must(ask{as: trackertest.Operator, method: "PUT", path: at + "/content", body: content, header: plain})
	done := d.must(ask{as: trackertest.Operator, path: at + "/confirm", match: announced.etag(t)})
	file := d.must(ask{as: trackertest.Auditor, path: at + "/content"})
	if string(file.body) != content {
		t.Errorf("the file came back as %q", file.body)
	}
	if got := file.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") {
		t.Errorf("Content-Disposition %q, want an attachment", got)
	}
	same := d.do(ask{as: trackertest.Auditor, path: at + "/content", header: map[string]string{"If-None-Match": file.header.Get("ETag")}})
	if same.status != http.StatusNotModified {
		t.Errorf("an unchanged file = %d, want 304", same.status)
	}
	if got := d.do(ask{as: trackertest.Operator2, path: at + "/content"}); got.status != http.StatusNotFound {
		t.Errorf("another platform's file = %d, want 404", got.status)
	}
	return announced.id(), done.etag(t)
}
