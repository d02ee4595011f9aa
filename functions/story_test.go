package functions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"milepost/internal/civil"
)

type object = map[string]any

// story is a deployment from its first administrator to an audited award, told
// over HTTP. Every answer is kept.
type story struct {
	deployment
	t      *testing.T
	issuer *issuer
	today  civil.Date
	told   []reply
	tokens map[string]string

	at, file, confirmed                       string // paths of award and evidence, and its ETag
	programme, payee, city, platform, project string // ids
}

// do sends a request, which must succeed unless it is to be refused.
func (s *story) do(q ask) reply {
	s.t.Helper()
	header := map[string]string{"Accept-Language": "en", "If-Match": q.match, "Idempotency-Key": q.key}
	if s.tokens[q.as] == "" {
		s.tokens[q.as] = s.issuer.token(s.t, q.as)
	}
	header["Authorization"] = "Bearer " + s.tokens[q.as]
	var body []byte
	switch content := q.body.(type) {
	case nil:
	case string:
		body, header["Content-Type"] = []byte(content), "text/plain"
	case form:
		body, header["Content-Type"] = content.body.Bytes(), content.mediaType
	default:
		var err error
		if body, err = json.Marshal(content); err != nil {
			s.t.Fatal(err)
		}
		header["Content-Type"] = "application/json"
	}
	method := q.method
	switch {
	case method != "":
	case q.body != nil || q.match != "" || q.key != "":
		method = http.MethodPost
	default:
		method = http.MethodGet
	}
	for name, value := range header {
		if value == "" {
			delete(header, name)
		}
	}
	got := s.ask(method, "/api/v1"+q.path, header, body)
	if refused := got.Status >= http.StatusBadRequest; refused != q.wantRefused {
		s.t.Fatalf("%s %s as %s = %d %s", method, q.path, q.as, got.Status, got.Body)
	}
	s.told = append(s.told, got)
	return got
}

func (s *story) key() string { return fmt.Sprintf("story-step-%04d", len(s.told)) }

func (s *story) day(offset int) string { return s.today.AddDays(offset).String() }

func cny(amount string) object { return object{"amount": amount, "currency": "CNY"} }

// begin is told a month ago: the office is made, and an award activated.
func (s *story) begin() {
	s.tokens = map[string]string{}
	s.do(ask{as: administrator, path: "/me"})
	programme := s.do(ask{as: administrator, path: "/programmes", body: object{"code": "POC", "names": object{"en": "Proof of concept"}, "goLiveOn": "2020-01-01"}}).id()
	s.person("manager", "", "programmeManager", programme)
	s.person("manager2", "", "programmeManager", programme)
	city := s.organisation("City", "government", programme)
	payee := s.organisation("University", "university", programme)
	s.person("finance", "", "finance", programme)
	s.person("auditor", "", "auditor", programme)
	platform := s.do(ask{as: "manager", path: "/platforms", body: object{
		"platform":  object{"code": "PLT", "kind": "proofOfConcept", "names": object{"en": "Photonics"}, "operator": payee, "sector": "photonics"},
		"enrolment": object{"programme": programme, "origin": "commissioned", "from": "2020-01-01"},
	}})
	s.move("manager", "/platforms/"+platform.id(), platform, "approve", "operate")
	s.person("operator", payee, "platformOperator", platform.id())
	project := s.do(ask{as: "manager", path: "/projects", body: object{
		"programme": programme, "code": "PRJ", "title": object{"en": "Interposer"}, "lead": payee, "platforms": []string{platform.id()},
		"host": platform.id(), "sector": "photonics", "source": "matching",
	}})
	s.move("manager", "/projects/"+project.id(), project, "approve", "start")
	s.programme, s.payee, s.city, s.platform, s.project = programme, payee, city, platform.id(), project.id()
	s.at = s.award()
}

// end is told now: one milestone is overdue by then.
func (s *story) end() {
	s.tokens = map[string]string{}
	s.overdue(s.at)
	s.deliver(s.at)
	s.pay(s.at, s.payee)
	s.draft()
	s.imported()
	s.erase()
	s.audit(s.at, s.programme)
}

func (s *story) person(subject, organisation, role, scope string) {
	body := object{"names": object{"en": subject}, "logins": []object{{"issuer": s.issuer.url, "subject": subject}}}
	if organisation != "" {
		body["organisation"] = organisation
	}
	id := s.do(ask{as: administrator, path: "/persons", body: body}).id()
	kind := "programme"
	if role == "platformOperator" {
		kind = "platform"
	}
	s.do(ask{as: administrator, path: "/members", body: object{"person": id, "role": role, "scope": object{"kind": kind, "id": scope}}})
}

func (s *story) organisation(name, kind, within string) string {
	return s.do(ask{as: "manager", path: "/organisations", body: object{"names": object{"en": name}, "kind": kind, "within": within}}).id()
}

func (s *story) move(as, at string, last reply, commands ...string) reply {
	for _, command := range commands {
		last = s.do(ask{as: as, path: at + "/" + command, match: last.Header["Etag"], key: s.key()})
	}
	return last
}

// document is that of an award with a gated tranche and a milestone that will
// be overdue.
func (s *story) document(number string, more object) object {
	document := object{
		"number": number, "title": object{"en": "Interposer"}, "instrument": "grant", "basis": "milestone", "amount": cny("1200000.00"),
		"programme": s.programme, "project": s.project, "payee": s.payee,
		"fundingLines": []object{{"id": "F1", "funder": s.city, "source": "fiscal", "fiscalYear": s.today.Year(), "amount": cny("1200000.00")}},
		"startOn":      s.day(-200), "endOn": s.day(400),
		"milestones": []object{
			{"code": "M1", "title": "Chip", "type": "delivery", "dueOn": s.day(20), "needEvidence": true, "criteria": []object{{"id": "C1", "text": "works"}}},
			{"code": "M2", "title": "Report", "type": "delivery", "dueOn": s.day(-20), "criteria": []object{{"id": "C1", "text": "is there"}}},
		},
		"tranches": []object{{"number": 1, "kind": "final", "plannedOn": s.day(30), "amount": cny("1200000.00"), "gates": []string{"M1"}}},
	}
	maps.Copy(document, more)
	return document
}

// award makes an award and activates it.
func (s *story) award() string {
	created := s.do(ask{as: "manager", path: "/awards", body: s.document("HT-1", object{"platform": s.platform}), key: s.key()})
	at := "/awards/" + created.id()
	submitted := s.do(ask{as: "manager", path: at + "/submit", match: created.Header["Etag"], key: s.key()})
	activate := ask{as: "manager2", path: at + "/activate", match: submitted.Header["Etag"], key: s.key(), body: object{"paper": object{"number": "2026-1"}}}
	s.do(activate)
	s.do(activate) // again: a replay
	return at
}

// draft makes a draft, moves it to another number and off the platform, and
// discards it.
func (s *story) draft() {
	created := s.do(ask{as: "manager", path: "/awards", body: s.document("HT-2", object{"platform": s.platform}), key: s.key()})
	s.relay()
	at := "/awards/" + created.id()
	changed := s.do(ask{as: "manager", method: http.MethodPut, path: at, match: created.Header["Etag"], body: s.document("HT-3", nil)})
	s.relay()
	s.do(ask{as: "manager", path: at + "/discard", match: changed.Header["Etag"], body: object{"reason": "Not needed."}})
}

// erase erases the evidence: two people do it.
func (s *story) erase() {
	asked := s.do(ask{as: "manager", path: s.file + "/askErase", match: s.confirmed, body: object{"reason": "It shows an identity card."}})
	s.do(ask{as: "manager2", path: s.file + "/erase", match: asked.Header["Etag"]})
	s.do(ask{as: "auditor", path: s.file + "/content", wantRefused: true})
}

// part is a milestone or tranche as the award's page shows it.
type part struct {
	ID      string
	Code    string
	State   string
	Version int64
}

// page reads the award's page.
func (s *story) page(at, as string) (tag string, milestones map[string]part, tranche part) {
	got := s.do(ask{as: as, path: at})
	var page struct {
		Milestones []part
		Tranches   []part
	}
	if err := json.Unmarshal([]byte(got.Body), &page); err != nil || len(page.Tranches) != 1 {
		s.t.Fatalf("%v in %s", err, got.Body)
	}
	milestones = map[string]part{}
	for _, m := range page.Milestones {
		milestones[m.Code] = m
	}
	return got.Header["Etag"], milestones, page.Tranches[0]
}

// deliver has the first milestone delivered with evidence, and decided.
func (s *story) deliver(at string) {
	_, milestones, _ := s.page(at, "operator")
	m1 := at + "/milestones/" + milestones["M1"].ID
	started := s.do(ask{as: "operator", path: m1 + "/start", match: fmt.Sprintf("%q", fmt.Sprint(milestones["M1"].Version))})
	content := "measured"
	sum := sha256.Sum256([]byte(content))
	announced := s.do(ask{as: "operator", path: m1 + "/evidence", match: started.Header["Etag"], body: object{
		"kind": "other", "fileName": "report.txt", "mediaType": "text/plain", "size": len(content), "sha256": hex.EncodeToString(sum[:]),
	}})
	file := m1 + "/evidence/" + announced.id()
	s.do(ask{as: "operator", method: http.MethodPut, path: file + "/content", body: "measured?", wantRefused: true})
	s.do(ask{as: "operator", method: http.MethodPut, path: file + "/content", body: content})
	s.file, s.confirmed = file, s.do(ask{as: "operator", path: file + "/confirm", match: announced.Header["Etag"]}).Header["Etag"]
	s.do(ask{as: "auditor", path: file + "/content"})
	submit := ask{as: "operator", path: m1 + "/submit", match: started.Header["Etag"], body: object{
		"answers": []object{{"criterion": "C1", "text": "yes", "evidence": []string{announced.id()}}},
	}}
	submitted := s.do(submit)
	submit.wantRefused = true
	s.do(submit) // 412: it was submitted
	submit.match = ""
	submit.method = http.MethodPost
	s.do(submit) // 428
	s.do(ask{as: "auditor", path: m1 + "/decide", match: submitted.Header["Etag"], body: object{"outcome": "met"}, wantRefused: true})
	s.do(ask{as: "manager", path: m1 + "/decide", match: submitted.Header["Etag"], body: object{"outcome": "met"}})
}

// pay has the tranche requested, approved and paid.
func (s *story) pay(at, payee string) {
	_, _, tranche := s.page(at, "manager")
	tr := at + "/tranches/" + tranche.ID
	requested := s.do(ask{as: "operator", path: tr + "/request", match: fmt.Sprintf("%q", fmt.Sprint(tranche.Version)), key: s.key()})
	s.do(ask{as: "manager2", path: tr + "/approve", match: requested.Header["Etag"], key: s.key()})
	head, _, _ := s.page(at, "finance")
	instructed := s.do(ask{as: "finance", path: at + "/payments", match: head, key: s.key(), body: object{
		"lines": []object{{"tranche": tranche.ID, "amount": cny("1200000.00")}}, "payee": payee, "payerAccount": "treasury", "reference": "HT-1/1",
	}})
	s.do(ask{as: "finance", path: at + "/payments/" + instructed.id() + "/paid", match: instructed.Header["Etag"], key: s.key(),
		body: object{"bankReference": "B-1", "paidOn": s.day(0)}})
}

// overdue has the sweep flag the second milestone, and the flag cleared.
func (s *story) overdue(at string) {
	s.do(ask{as: "operator", path: at})
	if s.sweep() == 0 {
		s.t.Fatal("the sweep flagged nothing")
	}
	s.do(ask{as: "operator", path: "/attention?kind=deliver&limit=10"})
	_, milestones, _ := s.page(at, "operator")
	m2 := at + "/milestones/" + milestones["M2"].ID
	started := s.do(ask{as: "operator", path: m2 + "/start", match: fmt.Sprintf("%q", fmt.Sprint(milestones["M2"].Version))})
	s.do(ask{as: "operator", path: m2 + "/submit", match: started.Header["Etag"], body: object{
		"answers": []object{{"criterion": "C1", "text": "late"}},
	}})
	s.do(ask{as: "operator", path: "/attention?kind=deliver&limit=10"})
}

// audit reads what an auditor reads, and what they must not.
func (s *story) audit(at, programme string) {
	s.relay()
	s.do(ask{as: administrator, path: "/sweeps", body: object{"dryRun": true}})
	for _, path := range []string{at, at + "/ledger", at + "/journal", "/attention", "/awards", "/programmes/" + programme, "/me"} {
		s.do(ask{as: "auditor", path: path})
	}
	s.do(ask{as: "auditor", path: at + "/no-such-thing", wantRefused: true})
	s.do(ask{as: "operator", path: "/programmes/prg_01K5A7Q2M9X4T8R6W3B1C0D2E5", wantRefused: true})
	s.do(ask{as: "nobody", path: "/me", wantRefused: true})
	s.do(ask{as: "auditor", path: "/awards", body: object{}, wantRefused: true})
}
