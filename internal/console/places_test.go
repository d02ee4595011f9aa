package console_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// hostile is text that breaks pages that do not escape, wrap or isolate it.
const hostile = "<u>\"x'</u> \u202e\u200f {{.}}"

// lateAward is an award on the office's platform and project; its milestone is
// late.
func lateAward(h *house) trackertest.Active {
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "400000", "M1")})
	h.Clock.Set(trackertest.Day("2026-03-30"))
	return a
}

// counted brings the figures up to date.
func (h *house) counted() {
	h.t.Helper()
	r := relay.New(relay.Options{
		Store: h.Store, Now: h.Clock.Now, Entropy: rand.Reader,
		Subscribers: []relay.Subscription{{Subscriber: relay.NewRollup(relay.RollupOptions{Store: h.Store, Now: h.Clock.Now, Entropy: rand.Reader})}},
	})
	if _, err := r.Rebuild(h.Ctx, relay.RollupName); err != nil {
		h.t.Fatal(err)
	}
	if err := r.Scan(h.Ctx); err != nil {
		h.t.Fatal(err)
	}
}

// blames reports whether the page's summary of errors leads to a field that is
// there, and that says itself what is wrong.
func (a answer) blames(field string) bool {
	linked := false
	a.page.Find(".errors a").Each(func(_ int, s *goquery.Selection) {
		to, err := url.PathUnescape(s.AttrOr("href", ""))
		linked = linked || err == nil && to == "#f-"+field
	})
	return linked && a.page.Find(`[id="f-`+field+`"]`).Length() == 1 && a.page.Find(`[id="e-`+field+`"]`).Length() == 1
}

// opened holds who may open a page and who gets which status instead.
func (h *house) opened(path string, may []string, not map[string]int) {
	h.t.Helper()
	for _, persona := range may {
		h.sees(persona, path)
	}
	for persona, want := range not {
		if got := h.get(persona, path); got.Code != want {
			h.t.Errorf("GET %s as %s = %d, want %d", path, persona, got.Code, want)
		}
	}
}

func funders() []string {
	return []string{trackertest.Manager, trackertest.Manager2, trackertest.Finance, trackertest.Head, trackertest.Auditor}
}

// platformNow reads a platform by a manager.
func (h *house) platformNow(id ident.Platform) tracker.PlatformView {
	h.t.Helper()
	p, err := h.Tracker.Platform(h.Ctx, h.Call(trackertest.Manager), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// A project lead sees the project of their award, and no other; no link of
// theirs leads to what they may not see.
func TestLeadSeesTheProject(t *testing.T) {
	h := newHouse(t)
	a := lateAward(h)
	h.counted()
	other := h.NewProject("PRJ-9", h.Payee, h.Platform)
	if got := h.get(trackertest.Lead, "/projects/"+string(other)); got.Code != http.StatusNotFound {
		t.Errorf("the project of no award of theirs = %d", got.Code)
	}
	if got := h.get(trackertest.Lead, "/projects/"+string(h.Project)+"/edit"); got.Code != http.StatusForbidden {
		t.Errorf("editing the project = %d", got.Code)
	}
	list := h.sees(trackertest.Lead, "/projects")
	if n := list.page.Find("main tbody tr").Length(); n != 1 || !strings.Contains(list.text(), "PRJ-1") {
		t.Errorf("%d projects: %s", n, list.text())
	}
	for _, path := range []string{"/awards", "/awards?columns=programme&columns=place", "/awards/" + string(a.ID), "/awards/" + string(a.ID) + "/people", "/projects", "/projects/" + string(h.Project)} {
		h.sees(trackertest.Lead, path).page.Find("main a[href^='/']").Each(func(_ int, link *goquery.Selection) {
			href, _, _ := strings.Cut(link.AttrOr("href", ""), "#")
			if got := h.get(trackertest.Lead, href); got.Code != http.StatusOK {
				t.Errorf("%s leads to %s: %d", path, href, got.Code)
			}
		})
	}
}

func TestPlatformScorecard(t *testing.T) {
	h := newHouse(t)
	a := lateAward(h)
	h.counted()
	path := "/platforms/" + string(h.Platform)
	h.opened(path, append(funders(), trackertest.Operator), map[string]int{
		trackertest.Operator2: http.StatusNotFound, trackertest.Lead: http.StatusNotFound, trackertest.Administrator: http.StatusNotFound, trackertest.Stranger: http.StatusNotFound,
	})
	page := h.get(trackertest.Manager, path)
	for _, want := range []string{"PLT-1", "photonics", "Operating", "University", "20 days late", "HT-001", "PRJ-1", "Programme POC", "operator", "Platform operator"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("the scorecard lacks %q: %s", want, page.text())
		}
	}
	for _, href := range []string{
		"/awards/" + string(a.ID), "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones["M1"]), "/projects/" + string(h.Project), "/organisations/" + string(h.Payee),
		path + "/edit", path + "/enrol", path + "/suspend", path + "/rectify", path + "/close", "/audit/" + string(h.Platform),
	} {
		if page.page.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	of := "platform=" + string(h.Platform)
	for href, want := range map[string]string{"/awards?" + of + "&state=active": "1", "/overdue?" + of: "1", "/awards?half=all&" + of: "CNY 400,000.00", "/milestones?" + of + "&state=planned": "Planned"} {
		if got := page.page.Find(`main a[href="` + href + `"]`).First().Text(); got != want {
			t.Errorf("the figure of %s is %q, want %q", href, got, want)
		}
	}
	if page.page.Find(`a[href="`+path+`/resume"]`).Length() != 0 {
		t.Error("a step that its state does not have is offered")
	}
	for _, persona := range []string{trackertest.Operator, trackertest.Auditor} {
		v := h.get(persona, path)
		if v.page.Find(`main a.button`).Length() != 0 || !strings.Contains(v.text(), "Programme managers change the state.") {
			t.Errorf("%s is offered a step: %s", persona, v.text())
		}
	}
	if v := h.get(trackertest.Operator, path); !strings.Contains(v.text(), "Who holds a role here is shown to the funder only.") {
		t.Errorf("the operator is not told why nobody is listed: %s", v.text())
	}
}

func TestPlatformSteps(t *testing.T) {
	h := newHouse(t)
	lateAward(h)
	h.counted()
	path := "/platforms/" + string(h.Platform)
	page := h.sees(trackertest.Manager, path+"/suspend")
	for _, want := range []string{"1 active award", "refuses activation of awards, approval of tranches and payment; deciding goes on", "OperatingSuspended", "To undo this, use “Resume"} {
		if !strings.Contains(strings.ReplaceAll(page.text(), " → ", ""), want) {
			t.Errorf("before it is suspended, %q is not said: %s", want, page.text())
		}
	}
	empty := h.post(trackertest.Manager, path+"/suspend", h.fill(page, path+"/suspend"))
	if empty.Code != http.StatusUnprocessableEntity && empty.Code != http.StatusBadRequest || !empty.blames("reason") {
		t.Errorf("without a reason = %d: %s", empty.Code, empty.text())
	}
	fields := h.fill(page, path+"/suspend", "reason", hostile)
	done := h.post(trackertest.Manager, path+"/suspend", fields)
	if done.Code != http.StatusSeeOther {
		t.Fatalf("suspending = %d: %s", done.Code, done.text())
	}
	if again := h.post(trackertest.Manager, path+"/suspend", fields); again.Code != http.StatusSeeOther {
		t.Errorf("the same form again = %d", again.Code)
	}
	if p := h.platformNow(h.Platform); p.State != portfolio.PlatformSuspended || p.Version != 4 {
		t.Errorf("it is %s, version %d: one form is one step", p.State, p.Version)
	}
	shown := h.sees(trackertest.Operator, path)
	if shown.page.Find("main u").Length() != 0 || !strings.Contains(shown.text(), "This platform is suspended: it refuses activation, approval and payment; deciding goes on.") {
		t.Errorf("suspended: %s", shown.text())
	}
	if got := h.get(trackertest.Manager, path+"/suspend"); got.Code != http.StatusConflict {
		t.Errorf("suspending once more = %d", got.Code)
	}
	if got := h.get(trackertest.Operator, path+"/resume"); got.Code != http.StatusForbidden {
		t.Errorf("the operator resumes = %d", got.Code)
	}
	if got := h.does(trackertest.Manager, path+"/resume", path+"/resume"); !strings.Contains(got.text(), "Platform resumed") {
		t.Errorf("resumed: %s", got.text())
	}
	if final := h.sees(trackertest.Manager, path+"/close"); !strings.Contains(final.text(), "This is for good") {
		t.Errorf("closing: %s", final.text())
	}
}

func TestPlatformOutOfDate(t *testing.T) {
	h := newHouse(t)
	path := "/platforms/" + string(h.Platform)
	page := h.get(trackertest.Manager, path+"/edit")
	h.does(trackertest.Manager2, path+"/edit", path+"/edit", "platform/sector", "cells")
	old := h.post(trackertest.Manager, path+"/edit", h.fill(page, path+"/edit", "platform/region", "Pudong"))
	if old.Code != http.StatusPreconditionFailed || !strings.Contains(old.text(), "manager2") || !strings.Contains(old.text(), "Pudong") {
		t.Errorf("out of date = %d: %s", old.Code, old.text())
	}
	if sent := h.post(trackertest.Manager, path+"/edit", h.fill(old, path+"/edit")); sent.Code != http.StatusSeeOther {
		t.Errorf("sent all the same = %d: %s", sent.Code, sent.text())
	}
	if p := h.platformNow(h.Platform); p.Region != "Pudong" || p.Code != "PLT-1" || p.Operator != h.Payee {
		t.Errorf("it is %+v", p.Platform)
	}
}

func TestNewPlatform(t *testing.T) {
	h := newHouse(t)
	h.opened("/platforms/new", []string{trackertest.Manager}, map[string]int{trackertest.Operator: http.StatusForbidden, trackertest.Auditor: http.StatusForbidden, trackertest.Stranger: http.StatusForbidden})
	bad := h.post(trackertest.Manager, "/platforms/new", h.fill(h.get(trackertest.Manager, "/platforms/new"), "/platforms/new",
		"platform/code", "PLT-1", "platform/names/en", hostile, "platform/operator", string(h.City), "enrolment/programme", string(h.Programme), "enrolment/ceiling/amount", "ten"))
	if !bad.blames("enrolment/ceiling/amount") || bad.page.Find(`[name="platform/names/en"]`).AttrOr("value", "") != strings.TrimSpace(hostile) {
		t.Errorf("an amount that is none: %d %s", bad.Code, bad.text())
	}
	taken := h.post(trackertest.Manager, "/platforms/new", h.fill(bad, "/platforms/new", "enrolment/ceiling/amount", "30,000,000"))
	if !taken.blames("platform/code") {
		t.Errorf("a code that is taken: %d %s", taken.Code, taken.text())
	}
	fields := h.fill(taken, "/platforms/new", "platform/code", "PLT-9", "platform/sector", strings.Repeat("长", 300))
	made := h.post(trackertest.Manager, "/platforms/new", fields)
	if made.Code != http.StatusSeeOther {
		t.Fatalf("registering = %d: %s", made.Code, made.text())
	}
	if again := h.post(trackertest.Manager, "/platforms/new", fields); again.Header().Get("Location") != made.Header().Get("Location") {
		t.Errorf("sent twice, it makes %s and %s", made.Header().Get("Location"), again.Header().Get("Location"))
	}
	page := h.sees(trackertest.Manager, made.Header().Get("Location"))
	for _, want := range []string{"Candidate", "PLT-9", "City", "CNY 30.00m"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("the new platform lacks %q: %s", want, page.text())
		}
	}
	if page.page.Find("main u").Length() != 0 {
		t.Error("a name is taken for markup")
	}
}

func TestPlatformsByTheHundred(t *testing.T) {
	h := newHouse(t)
	for i := range mostOffered + 5 {
		h.Organisation(fmt.Sprintf("Lab %03d", i), portfolio.Company)
	}
	page := h.get(trackertest.Manager, "/platforms/new")
	if n := page.page.Find(`[name="platform/operator"] option`).Length(); n != mostOffered+1 {
		t.Fatalf("%d organisations to choose from", n)
	}
	found := h.post(trackertest.Manager, "/platforms/new", h.fill(page, "/platforms/new", "platform/code", "kept", "find/organisation", "lab 204", "form_step", "find"))
	if n := found.page.Find(`[name="platform/operator"] option`).Length(); n != 2 || found.page.Find(`[name="platform/code"]`).AttrOr("value", "") != "kept" {
		t.Errorf("looked up: %d choices, %s", n, found.text())
	}
}

const mostOffered = 200

func TestEnrolment(t *testing.T) {
	h := newHouse(t)
	path := "/platforms/" + string(h.Platform)
	h.opened(path+"/enrol", []string{trackertest.Manager}, map[string]int{trackertest.Operator: http.StatusForbidden, trackertest.Finance: http.StatusForbidden, trackertest.Operator2: http.StatusNotFound})
	page := h.sees(trackertest.Manager, path+"/enrol?programme="+string(h.Programme))
	if got := page.page.Find(`[name="from"]`).AttrOr("value", ""); got != "2020-01-01" {
		t.Errorf("the terms in force begin on %q", got)
	}
	wrong := h.post(trackertest.Manager, path+"/enrol", h.fill(page, path+"/enrol", "to", "2019-12-31", "form_step", "check"))
	if !wrong.blames("to") {
		t.Errorf("an end before the beginning: %d %s", wrong.Code, wrong.text())
	}
	check := h.post(trackertest.Manager, path+"/enrol", h.fill(wrong, path+"/enrol", "to", "2027-12-31", "ceiling/amount", "5000000", "form_step", "check"))
	if check.Code != http.StatusOK || !strings.Contains(check.text(), "Nothing has happened yet.") || !strings.Contains(check.text(), "No support ceiling CNY 5,000,000.00") {
		t.Errorf("the summary = %d: %s", check.Code, check.text())
	}
	if len(h.platformNow(h.Platform).Enrolments) != 1 || h.platformNow(h.Platform).Enrolments[0].Ceiling != nil {
		t.Error("looking at the summary changed the enrolment")
	}
	if done := h.post(trackertest.Manager, path+"/enrol", h.fill(check, path+"/enrol")); done.Code != http.StatusSeeOther {
		t.Fatalf("enrolling = %d: %s", done.Code, done.text())
	}
	if e := h.platformNow(h.Platform).Enrolments[0]; e.To != trackertest.Day("2027-12-31") || e.Ceiling.Decimal() != "5000000.00" {
		t.Errorf("it is %+v", e)
	}
}

func TestListsOfPlaces(t *testing.T) {
	h := newHouse(t)
	for path, want := range map[string]map[string]int{
		"/platforms":     {trackertest.Manager: 2, trackertest.Auditor: 2, trackertest.Operator: 1, trackertest.Administrator: 0, trackertest.Stranger: 0},
		"/projects":      {trackertest.Manager: 2, trackertest.Operator: 1, trackertest.Operator2: 0, trackertest.Administrator: 0},
		"/organisations": {trackertest.Manager: 3, trackertest.Operator: 3, trackertest.Stranger: 0},
		"/programmes":    {trackertest.Manager: 1, trackertest.Operator: 1, trackertest.Administrator: 1, trackertest.Stranger: 0},
		"/projects?platform=" + string(h.Platform) + "&state=underway": {trackertest.Manager: 1},
		"/projects?state=proposed":                                     {trackertest.Manager: 0},
		"/projects?sector=none":                                        {trackertest.Manager: 0},
		"/platforms?programme=" + string(h.Programme):                  {trackertest.Manager: 2},
		"/organisations?name=uni":                                      {trackertest.Manager: 1},
	} {
		for persona, n := range want {
			if got := h.sees(persona, path).page.Find("main tbody tr").Length(); got != n {
				t.Errorf("%s as %s has %d rows, want %d", path, persona, got, n)
			}
			sign := "?"
			if strings.Contains(path, "?") {
				sign = "&"
			}
			file := h.get(persona, path+sign+"format=csv")
			if lines := strings.Count(strings.TrimSpace(file.Body.String()), "\n"); file.Code != http.StatusOK || lines != n {
				t.Errorf("%s as %s: the file has %d rows, want %d", path, persona, lines, n)
			}
		}
	}
	for path, persona := range map[string]string{"/platforms": trackertest.Manager, "/projects": trackertest.Manager, "/organisations": trackertest.Manager, "/programmes": trackertest.Administrator} {
		if h.get(persona, path).page.Find(`main a[href="`+path+`/new"]`).Length() != 1 || h.get(trackertest.Finance, path).page.Find(`main a[href="`+path+`/new"]`).Length() != 0 {
			t.Errorf("%s: who may add is offered it, who may not is not", path)
		}
	}
}

// What is read does not grow with what a page does not show, but for lists of
// choices, which are read to a bound.
func TestReadsOfLists(t *testing.T) {
	reads := func(more int) map[string]int {
		counted := store.Counted(trackertest.Memory(t))
		h := houseOf(t, trackertest.New(t, counted))
		for i := range more {
			h.NewPlatform(fmt.Sprintf("X-%02d", i), h.Payee)
			h.NewProject(fmt.Sprintf("Y-%02d", i), h.Payee, h.Platform)
		}
		out := map[string]int{}
		for _, path := range []string{"/platforms", "/projects", "/organisations", "/platforms/" + string(h.Platform), "/projects/" + string(h.Project), "/organisations/" + string(h.Payee), "/programmes/" + string(h.Programme)} {
			h.signIn(trackertest.Manager)
			h.get(trackertest.Manager, path)
			ctx, tally := store.WithTally(h.Ctx)
			h.send(trackertest.Manager, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			out[strings.SplitN(path, "/", 3)[1]+"/"+fmt.Sprint(strings.Count(path, "/"))] = int(tally.Gets + tally.Queries)
		}
		return out
	}
	few, many := reads(30), reads(60)
	for path, n := range many {
		if n > few[path]+2 || n > 60 {
			t.Errorf("%s takes %d reads with 60 of each, %d with 30", path, n, few[path])
		}
	}
}

func TestProject(t *testing.T) {
	h := newHouse(t)
	a := lateAward(h)
	path := "/projects/" + string(h.Project)
	h.opened(path, append(funders(), trackertest.Operator, trackertest.Lead), map[string]int{trackertest.Operator2: http.StatusNotFound, trackertest.Administrator: http.StatusNotFound, trackertest.Stranger: http.StatusNotFound})
	page := h.get(trackertest.Manager, path)
	for _, href := range []string{"/awards/" + string(a.ID), "/platforms/" + string(h.Platform), "/organisations/" + string(h.Payee), "/programmes/" + string(h.Programme), path + "/edit", path + "/accept", path + "/terminate"} {
		if page.page.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	edited := h.does(trackertest.Manager, path+"/edit", path+"/edit", "trl/start", "3", "trl/current", "4", "trl/target", "7")
	if !strings.Contains(edited.text(), "From 3, now 4, target 7") {
		t.Errorf("edited: %s", edited.text())
	}
	low := h.post(trackertest.Manager, path+"/edit", h.fill(h.get(trackertest.Manager, path+"/edit"), path+"/edit", "trl/target", "2", "host", string(h.OtherPlatform)))
	if !low.blames("trl/target") || low.page.Find(`[name="host"] option[selected]`).AttrOr("value", "") != string(h.OtherPlatform) {
		t.Errorf("a target below the start: %d %s", low.Code, low.text())
	}
	stop := h.sees(trackertest.Manager, path+"/terminate")
	if !strings.Contains(stop.text(), "1 active award") || !strings.Contains(stop.text(), "This is for good") {
		t.Errorf("before it is terminated: %s", stop.text())
	}
	if got := h.does(trackertest.Manager, path+"/terminate", path+"/terminate", "reason", "no result"); !strings.Contains(got.text(), "Terminated") || !strings.Contains(got.text(), "no result") {
		t.Errorf("terminated: %s", got.text())
	}
}

func TestNewProject(t *testing.T) {
	h := newHouse(t)
	h.opened("/projects/new", []string{trackertest.Manager}, map[string]int{trackertest.Operator: http.StatusForbidden, trackertest.Head: http.StatusForbidden})
	page := h.get(trackertest.Manager, "/projects/new")
	fields := h.fill(page, "/projects/new", "code", "PRJ-7", "title/zh", hostile, "lead", string(h.OtherPayee), "host", string(h.OtherPlatform))
	fields["platforms"] = []string{string(h.Platform)}
	made := h.post(trackertest.Manager, "/projects/new", fields)
	if made.Code != http.StatusSeeOther {
		t.Fatalf("registering = %d: %s", made.Code, made.text())
	}
	shown := h.sees(trackertest.Manager, made.Header().Get("Location"))
	if n := shown.page.Find(".tasks li").Length(); n != 2 || !strings.Contains(shown.page.Find(".tasks li").First().Text(), "Host platform") {
		t.Errorf("on %d platforms: %s", n, shown.text())
	}
	fields = h.fill(h.get(trackertest.Manager, "/projects/new"), "/projects/new", "code", "PRJ-7", "title/zh", "x", "lead", string(h.OtherPayee))
	if taken := h.post(trackertest.Manager, "/projects/new", fields); !taken.blames("code") {
		t.Errorf("a code that is taken: %d %s", taken.Code, taken.text())
	}
	second := h.NewProgramme("TWO", nil, trackertest.Manager)
	choose := h.sees(trackertest.Manager, "/projects/new")
	if choose.page.Find(`a[href="/projects/new?programme=`+string(second)+`"]`).Length() != 1 {
		t.Errorf("of two programmes one is chosen first: %s", choose.text())
	}
}

func TestOrganisation(t *testing.T) {
	h := newHouse(t)
	a := lateAward(h)
	path := "/organisations/" + string(h.Payee)
	h.opened(path, append(funders(), trackertest.Operator2, trackertest.Administrator), map[string]int{trackertest.Stranger: http.StatusNotFound})
	page := h.get(trackertest.Manager, path)
	if row := page.page.Find(`main tr:has(a[href="/awards/` + string(a.ID) + `"])`).Text(); !strings.Contains(row, "Payee") {
		t.Errorf("the award as payee: %q of %s", row, page.text())
	}
	if !strings.Contains(h.get(trackertest.Manager, "/organisations/"+string(h.City)).text(), "Funder") {
		t.Error("the funder's part is not shown")
	}
	if strings.Contains(h.get(trackertest.Operator2, path).text(), "HT-001") {
		t.Error("somebody else's operator sees the award")
	}
	h.opened(path+"/edit", []string{trackertest.Manager}, map[string]int{trackertest.Operator: http.StatusForbidden, trackertest.Auditor: http.StatusForbidden})
	edit := h.get(trackertest.Manager, path+"/edit")
	wrong := h.post(trackertest.Manager, path+"/edit", h.fill(edit, path+"/edit", "identifiers/1/id", "91310000MA1FL00000"))
	if !wrong.blames("identifiers/0/id") || wrong.page.Find(`[id="f-identifiers/0/id"]`).AttrOr("aria-invalid", "") != "true" ||
		wrong.page.Find(`[id="f-identifiers/0/id"]`).AttrOr("value", "") != "91310000MA1FL00000" {
		t.Errorf("a check digit that is wrong is said at its field: %d %s", wrong.Code, wrong.text())
	}
	done := h.post(trackertest.Manager, path+"/edit", h.fill(wrong, path+"/edit", "identifiers/0/id", "GB-1", "identifiers/0/scheme", "X"))
	if done.Code != http.StatusSeeOther {
		t.Fatalf("editing = %d: %s", done.Code, done.text())
	}
	kept := h.sees(trackertest.Manager, path+"/edit")
	if kept.page.Find(`[name="identifiers/0/id"]`).Length() != 0 || !strings.Contains(kept.text(), "GB-1") {
		t.Errorf("a code that is there may be taken away: %s", kept.text())
	}
	if o, err := h.Tracker.Organisation(h.Ctx, h.Call(trackertest.Manager), h.Payee); err != nil || len(o.Identifiers) != 1 {
		t.Errorf("it is %+v, %v", o, err)
	}
}

func TestNewOrganisation(t *testing.T) {
	h := newHouse(t)
	made := h.does(trackertest.Manager, "/organisations/new", "/organisations/new", "names/en", hostile, "region", strings.Repeat("w", 300))
	if made.page.Find("main u").Length() != 0 || !strings.Contains(made.text(), "Organisation registered") {
		t.Errorf("registered: %s", made.text())
	}
	none := h.post(trackertest.Manager, "/organisations/new", h.fill(h.get(trackertest.Manager, "/organisations/new"), "/organisations/new"))
	if !none.blames("names") {
		t.Errorf("without a name = %d: %s", none.Code, none.text())
	}
	long := h.post(trackertest.Manager, "/organisations/new", h.fill(h.get(trackertest.Manager, "/organisations/new"), "/organisations/new", "names/en", strings.Repeat("长", 10000)))
	if !long.blames("names/en") {
		t.Errorf("a name of 10,000 characters: %d", long.Code)
	}
	key := url.Values{"form_key": {strings.Repeat("0", 32)}, "names/en": {"x"}, "kind": {"company"}}
	if got := h.post(trackertest.Operator, "/organisations/new", key); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
		t.Errorf("an operator registers = %d", got.Code)
	}
}

// Every number of a scorecard leads to a list of as many, and no link of the
// pages leads nowhere; administration's pages are tested with them.
func TestFiguresLeadToWhatTheyCount(t *testing.T) {
	h := newHouse(t)
	lateAward(h)
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "100", "M1")}, h.OnOtherPlatform)
	h.counted()
	platform, programme := "/platforms/"+string(h.Platform), "/programmes/"+string(h.Programme)
	for path, want := range map[string]map[string]int{
		platform:  {"/awards?platform=" + string(h.Platform) + "&state=active": 1, "/overdue?platform=" + string(h.Platform): 1, "/milestones?platform=" + string(h.Platform) + "&state=planned": 1},
		programme: {"/awards?programme=" + string(h.Programme) + "&state=active": 2, "/overdue?programme=" + string(h.Programme): 2, "/milestones?programme=" + string(h.Programme) + "&state=planned": 3},
	} {
		page := h.get(trackertest.Manager, path)
		for href, n := range want {
			if page.page.Find(`main a[href="`+href+`"]`).Length() == 0 {
				t.Errorf("%s has no link to %s", path, href)
			}
			if got := h.get(trackertest.Manager, href).page.Find("main tbody tr").Length(); got != n {
				t.Errorf("%s lists %d, its figure is %d", href, got, n)
			}
		}
	}
	for _, path := range []string{platform, programme, programme + "/ladders", "/projects/" + string(h.Project), "/organisations/" + string(h.Payee), platform + "/suspend"} {
		h.get(trackertest.Manager, path).page.Find(`main a[href^="/"]:not([href^="/admin/"])`).Each(func(_ int, s *goquery.Selection) {
			href := s.AttrOr("href", "")
			if got := h.get(trackertest.Manager, href); got.Code != http.StatusOK {
				t.Errorf("%s leads to %s, which is %d", path, href, got.Code)
			}
		})
	}
}
