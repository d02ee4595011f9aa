package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

// reads lists an address for every GET of the document, made from a busy
// award.
func (d *desk) reads() []string {
	d.t.Helper()
	a := d.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-09-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "20"), trackertest.Tranche(2, "2026-06-01", "80", "M1")})
	x := d.Ask(a.M("M2"), "2026-10-01")
	e := d.Upload(a.M("M1"), "a report")
	d.Meet(a.M("M1"))
	p := d.PayOut(a.Tr(2))
	d.Refund(p, "5")
	award := fmt.Sprintf("/awards/%s", a.ID)
	milestone := fmt.Sprintf("%s/milestones/%s", award, a.Milestones["M1"])
	list := []string{"/me", "/programmes", "/organisations", "/organisations?name=Ci", "/platforms", "/projects", "/awards", "/awards?half=all",
		"/milestones", "/milestones?half=all&from=2026-01-01&to=2026-12-31", "/tranches", "/payments?half=all", "/refunds?half=all",
		"/attention", "/attention?mine=true", "/attention?status=overdue&kind=deliver", "/proposals", "/proposals?own=true", "/persons", "/calendars", "/sweeps", "/search?q=HT", "/imports",
		fmt.Sprintf("/journal?programme=%s&month=2026-03", d.Programme), fmt.Sprintf("/journal?person=%s&month=2026-03", d.People[trackertest.Manager]),
		fmt.Sprintf("/members?scope=programme&id=%s", d.Programme), "/members?scope=deployment", fmt.Sprintf("/access/readers?thing=%s", a.ID), fmt.Sprintf("/access?person=%s&thing=%s", d.People[trackertest.Manager], a.ID),
		fmt.Sprintf("/persons/%s", d.People[trackertest.Manager]),
	}
	list = append(list, award+"/journal?from=2026-03-01&to=2026-03-31")
	for _, path := range []string{"/programmes/" + string(d.Programme), "/platforms/" + string(d.Platform), "/projects/" + string(d.Project), "/organisations/" + string(d.Payee), award} {
		list = append(list, path, path+"/journal")
	}
	return append(list, "/programmes/"+string(d.Programme)+"/ladders", award+"/ledger", milestone, fmt.Sprintf("%s/extensions/%s", award, x.Extension),
		fmt.Sprintf("%s/tranches/%s", award, a.Tranches[2]), fmt.Sprintf("%s/payments/%s", award, p.Payment), milestone+"/evidence/"+string(e.Evidence))
}

// Every read answers as documented, for every persona; what has a version
// answers 304 to who has it.
func TestReads(t *testing.T) {
	d := open(t)
	reads := d.reads()
	for _, persona := range append(trackertest.Personas(), trackertest.Stranger) {
		for _, path := range reads {
			got := d.do(ask{as: persona, path: path})
			refused := got.status == 422 && strings.HasPrefix(path, "/access") // names what one does not see
			if !slices.Contains([]int{200, 403, 404}, got.status) && !refused || persona == trackertest.Manager && got.status != 200 && !notForManagers(path) {
				t.Errorf("%s as %s = %d %s", path, persona, got.status, got.body)
			}
			tag := got.header.Get("ETag")
			if tag == "" {
				continue
			}
			for _, sent := range []string{tag, "W/" + tag, `"0", ` + tag} {
				if again := d.do(ask{as: persona, path: path, header: map[string]string{"If-None-Match": sent}}); again.status != http.StatusNotModified || len(again.body) > 0 {
					t.Errorf("%s with If-None-Match %s = %d", path, sent, again.status)
				}
			}
			if again := d.do(ask{as: persona, path: path, header: map[string]string{"If-None-Match": `"0"`}}); again.status != 200 {
				t.Errorf("%s with another tag = %d", path, again.status)
			}
		}
	}
}

// notForManagers reports whether a read is none that a manager may do.
func notForManagers(path string) bool {
	return strings.Contains(path, "deployment") || path == "/sweeps" || strings.HasPrefix(path, "/organisations/") && strings.HasSuffix(path, "/journal")
}

// A Location leads to what was made, under the same tag.
func TestLocationsLeadThere(t *testing.T) {
	d := open(t)
	a := d.active()
	made := map[string]ask{
		"person":       {as: trackertest.Administrator, path: "/persons", body: object{"names": object{"en": "New"}, "logins": []object{{"issuer": "https://i.test", "subject": "new"}}}},
		"organisation": {as: trackertest.Manager, path: "/organisations", body: object{"within": d.Programme, "names": object{"en": "New"}, "kind": "company"}},
		"platform": {as: trackertest.Manager, path: "/platforms", body: object{
			"platform":  object{"code": "NEW", "kind": "pilotBase", "names": object{"en": "New"}, "operator": d.Payee},
			"enrolment": object{"programme": d.Programme, "origin": "selfInitiated", "from": "2026-01-01"}}},
		"project":   {as: trackertest.Manager, path: "/projects", body: object{"programme": d.Programme, "code": "NEW", "title": object{"en": "New"}, "lead": d.Payee, "source": "clinic"}},
		"award":     {as: trackertest.Manager, path: "/awards", body: d.draft("NEW", "1.00")},
		"programme": {as: trackertest.Administrator, path: "/programmes", body: object{"code": "NEW", "names": object{"en": "New"}}},
		"extension": {as: trackertest.Operator, path: "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"]) + "/extensions", match: 1,
			body: object{"cause": "technical", "reason": "late laser", "askedDueOn": "2026-08-01"}},
	}
	for name, request := range made {
		created := d.must(request)
		location := created.header.Get("Location")
		if created.status != http.StatusCreated || location == "" {
			t.Errorf("%s = %d at %q", name, created.status, location)
			continue
		}
		if name == "programme" { // its maker grants its roles and does not see it
			continue
		}
		found := d.must(ask{as: request.as, path: strings.TrimPrefix(location, "/api/v1")})
		if found.header.Get("ETag") != created.header.Get("ETag") {
			t.Errorf("%s was made as %s and is %s", name, created.header.Get("ETag"), found.header.Get("ETag"))
		}
	}
}

func TestBadQueries(t *testing.T) {
	d := open(t)
	query := func(path string) ask { return ask{as: trackertest.Manager, path: path} }
	d.hold([]refusal{
		{"a limit that is none", query("/awards?limit=many"), 422, "request.invalid", []string{"query:/limit field.notInteger"}},
		{"a limit beyond all", query("/awards?limit=1000"), 422, "request.invalid", []string{"query:/limit field.aboveMaximum"}},
		{"a cursor that is none", query("/awards?cursor=x"), 422, "cursor.invalid", nil},
		{"a half that is none", query("/awards?half=both"), 422, "request.invalid", []string{"query:/half field.badValue"}},
		{"a state that is none", query("/tranches?state=lost"), 422, "request.invalid", []string{"query:/state field.badValue"}},
		{"a date that is none", query("/milestones?from=2026-02-30"), 422, "request.invalid", []string{"query:/from field.badFormat"}},
		{"a date of a journal that is none", query("/programmes/" + string(d.Programme) + "/journal?to=2026-13-01"), 422, "request.invalid", []string{"query:/to field.badFormat"}},
		{"a journal to before from", query("/programmes/" + string(d.Programme) + "/journal?from=2026-03-02&to=2026-03-01"), 422, "request.invalid", []string{"query:/to date.before"}},
		{"a truth that is none", query("/attention?mine=perhaps"), 422, "request.invalid", []string{"query:/mine field.notBoolean"}},
		{"no parameter", query("/search"), 422, "request.invalid", []string{"query:/q field.required"}},
		{"a text too short", query("/search?q=a"), 422, "request.invalid", []string{"query:/q field.tooShort"}},
		{"a person and a programme", query("/journal?person=a&programme=b&month=2026-01"), 422, "request.invalid", []string{"query:/person journal.personOrProgramme"}},
	})
}
