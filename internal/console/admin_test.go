package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/tracker/trackertest"
)

func TestAdministrationPages(t *testing.T) {
	h := newHouse(t)
	for _, persona := range []string{trackertest.Administrator, trackertest.Manager, trackertest.Head, trackertest.Auditor, trackertest.Operator} {
		for _, path := range []string{"/admin", "/admin/people", "/admin/access", "/admin/calendars", "/admin/members", "/admin/calendars/new", "/admin/people/new"} {
			h.sees(persona, path)
		}
		want := http.StatusForbidden
		if persona == trackertest.Administrator {
			want = http.StatusOK
		}
		if got := h.get(persona, "/admin/sweeps"); got.Code != want {
			t.Errorf("%s sees the checks: %d", persona, got.Code)
		}
	}
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range access.Actions() {
		for _, lang := range i18n.Languages() {
			if !catalogs.Has(lang, "label.access."+string(a)) {
				t.Errorf("%s has no word for %s", lang, a)
			}
		}
	}
}

// A person is recorded, given a role and loses it again.
func TestGrantAndRevokeARole(t *testing.T) {
	h := newHouse(t)
	hostile := "<b>Eve</b> \u202e" + strings.Repeat("x", 100)
	form := h.sees(trackertest.Administrator, "/admin/people/new")
	if hint := form.text(); !strings.Contains(hint, "user name or e-mail address") || !strings.Contains(hint, "Whoever runs the sign-in system finds it") {
		t.Errorf("what the login is asked for as: %s", hint)
	}
	if got := h.post(trackertest.Administrator, "/admin/people/new", h.fill(form, "/admin/people/new", "names/en", hostile)); got.Code != http.StatusUnprocessableEntity ||
		got.page.Find(`#errors a[href="#f-logins%2f0%2fsubject"]`).Length() != 1 || h.fill(got, "/admin/people/new").Get("names/en") != hostile {
		t.Errorf("without a login = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	for want, fields := range map[string][]string{
		"Name: This is required.":                            {"logins/0/subject", "eve"},
		"Signs in as: This login belongs to another person.": {"names/en", "Eve", "logins/0/subject", trackertest.Manager},
	} {
		got := h.post(trackertest.Administrator, "/admin/people/new", h.fill(form, "/admin/people/new", fields...))
		if said := texts(got.page.Find("#errors a")); !slices.Equal(said, []string{want}) {
			t.Errorf("refused with %q, want %q", said, want)
		}
	}
	page := h.does(trackertest.Administrator, "/admin/people/new", "/admin/people/new", "names/en", hostile, "logins/0/subject", "eve")
	id := strings.TrimSpace(page.page.Find("main code").First().Text())
	if !strings.HasPrefix(id, "per_") || !strings.Contains(page.text(), "<b>Eve</b>") {
		t.Fatalf("recorded: %s", page.text())
	}
	in := string(h.Programme)
	grant := "/admin/members/grant"
	form = h.sees(trackertest.Administrator, grant+"?in="+in)
	for name, test := range map[string]struct {
		pairs []string
		want  string
	}{
		"nobody":     {[]string{"role", "finance"}, "#f-person"},
		"no role":    {[]string{"person", id}, "#f-role"},
		"no date":    {[]string{"person", id, "role", "finance", "from", "soon"}, "#f-from"},
		"ends early": {[]string{"person", id, "role", "finance", "to", "2020-01-01", "form_step", ""}, "#f-to"},
	} {
		got := h.post(trackertest.Administrator, grant, h.fill(form, grant, append([]string{"form_step", "check"}, test.pairs...)...))
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="`+test.want+`"]`).Length() != 1 {
			t.Errorf("%s = %d %s", name, got.Code, got.page.Find("#errors").Text())
		}
	}
	check := h.post(trackertest.Administrator, grant, h.fill(form, grant, "person", id, "role", "finance", "form_step", "check"))
	if !strings.Contains(check.text(), "decides about money") {
		t.Errorf("the check = %d %s", check.Code, check.text())
	}
	fields := h.fill(check, grant)
	done, again := h.post(trackertest.Administrator, grant, fields), h.post(trackertest.Administrator, grant, fields)
	if done.Code != http.StatusSeeOther || again.Code != http.StatusSeeOther {
		t.Fatalf("granting = %d, again %d: %s", done.Code, again.Code, done.text())
	}
	members := h.sees(trackertest.Administrator, "/admin/members?in="+in)
	revoke := members.page.Find(`main tr:contains("Eve") a.button`).AttrOr("href", "")
	if members.page.Find(`main tbody tr:contains("Eve")`).Length() != 1 || revoke == "" {
		t.Fatalf("the members are %s", members.text())
	}
	if csv := h.get(trackertest.Administrator, "/admin/members?in="+in+"&format=csv").Body.String(); !strings.Contains(csv, "Eve") {
		t.Errorf("the file is %q", csv)
	}
	if got := h.sees(trackertest.Manager, revoke); got.page.Find("main form").Length() != 0 || !strings.Contains(got.text(), "by administrators") {
		t.Errorf("a manager revokes: %s", got.text())
	}
	form = h.sees(trackertest.Administrator, revoke)
	if got := h.post(trackertest.Administrator, revoke, h.fill(form, revoke)); got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#f-reason"]`).Length() != 1 {
		t.Errorf("revoked for nothing = %d %s", got.Code, got.text())
	}
	old := h.fill(form, revoke, "reason", "has left")
	person := h.does(trackertest.Administrator, revoke, revoke, "reason", "has left")
	if person.page.Find("#past").Length() != 1 || !strings.Contains(person.text(), "has left") {
		t.Errorf("the person is %s", person.text())
	}
	if got := h.post(trackertest.Administrator, revoke, old); got.Code == http.StatusSeeOther {
		t.Error("revoked twice from one version")
	}
	if got := h.sees(trackertest.Administrator, "/admin/members?in="+in); strings.Contains(got.text(), "Eve") {
		t.Errorf("still a member: %s", got.text())
	}
	if got := h.sees(trackertest.Administrator, "/admin/members?show=all&in="+in); !strings.Contains(got.text(), "Eve") {
		t.Errorf("not in the history: %s", got.text())
	}
}

// Before a role is granted its page says what the person holds already and
// what both together keep them from; what would be refused is refused there.
func TestGrantSaysWhatBothRolesMean(t *testing.T) {
	h := newHouse(t)
	grant := "/admin/members/grant"
	check := func(in, person string, pairs ...string) answer {
		form := h.sees(trackertest.Administrator, grant+"?in="+in)
		return h.post(trackertest.Administrator, grant, h.fill(form, grant, append([]string{"person", string(h.People[person]), "form_step", "check"}, pairs...)...))
	}
	other := string(h.NewProgramme("OTHER", nil))
	programme, platform := string(h.Programme), string(h.Platform)
	for _, c := range []struct{ in, person, role, held, want string }{
		{programme, trackertest.Finance, "programmeManager", "Finance Programme POC", "instructing the payment of a tranche they approved"},
		{programme, trackertest.Manager, "finance", "Programme manager Programme POC", "instructing the payment of a tranche they approved"},
		{programme, trackertest.Manager, "head", "Programme manager Programme POC", "confirming a change of the programme"},
		{programme, trackertest.Operator, "programmeManager", "Platform operator Platform PLT-1", "deciding a milestone they submitted"},
		{platform, trackertest.Manager, "platformOperator", "Programme manager Programme POC", "approving a tranche they requested"},
		{programme, trackertest.Head, "auditor", "Head Programme POC", ""},
		{other, trackertest.Finance, "programmeManager", "Finance Programme POC", ""},
		{programme, trackertest.Stranger, "finance", "None.", ""},
	} {
		got := check(c.in, c.person, "role", c.role)
		held := strings.Join(strings.Fields(got.page.Find(`section[aria-labelledby=held]`).Text()), " ")
		if got.Code != http.StatusOK || !strings.Contains(held, c.held) {
			t.Errorf("%s as %s: %d, holds %q, want %q", c.person, c.role, got.Code, held, c.held)
		}
		if c.want != "" != strings.Contains(held, "With both roles") || !strings.Contains(held, c.want) || strings.Contains(held, "prg_") {
			t.Errorf("%s as %s is told %q, want %q", c.person, c.role, held, c.want)
		}
	}
	if got := check(programme, trackertest.Finance, "role", "programmeManager", "to", "2026-12-31"); !strings.Contains(got.text(), "2026-03-02 – no end") {
		t.Errorf("the dates of what is held: %s", got.text())
	}
	if got := check(programme, trackertest.Finance, "role", "finance"); got.Code != http.StatusConflict || got.page.Find(`section[aria-labelledby=held]`).Length() != 0 || got.page.Find(".errors").Length() != 1 {
		t.Errorf("the same role again: %d %s", got.Code, got.text())
	}
}

// Administrators grant, as access has it, and nobody themselves: a form that is
// always refused is offered to nobody.
func TestWhoGrants(t *testing.T) {
	h := newHouse(t)
	grant := "/admin/members/grant?in="
	for _, in := range []string{string(h.Programme), string(h.Platform)} {
		if got := h.sees(trackertest.Manager, grant+in); got.page.Find(`main form`).Length() != 0 {
			t.Errorf("a manager grants in %s: %s", in, got.text())
		}
		if got := h.sees(trackertest.Administrator, grant+in); got.page.Find(`main form`).Length() != 1 {
			t.Errorf("an administrator does not grant in %s: %s", in, got.text())
		}
	}
	form := h.sees(trackertest.Administrator, grant+string(h.Programme))
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	// As on the sign-in page and where access is explained.
	if does := catalogs.Label("en", "roleDoes", string(portfolio.ProgrammeManager)); form.page.Find(`label:contains("Programme manager") small`).Text() != does {
		t.Errorf("a manager's role is offered as %q, not %q", form.page.Find("label small").Text(), does)
	}
	me := string(h.People[trackertest.Administrator])
	if form.page.Find(`option[value="`+me+`"]`).Length() != 0 {
		t.Error("an administrator is offered to themselves")
	}
	got := h.post(trackertest.Administrator, "/admin/members/grant", h.fill(form, "/admin/members/grant", "person", me, "role", string(portfolio.Auditor)))
	if got.Code != http.StatusForbidden || !strings.Contains(got.text(), "Nobody grants a role to themselves") {
		t.Errorf("granting oneself = %d %s", got.Code, got.text())
	}
	for _, path := range []string{grant + "dep", grant + string(h.Programme)} {
		if got := h.get(trackertest.Operator, path); got.Code != http.StatusNotFound && got.page.Find("main form").Length() != 0 {
			t.Errorf("an operator grants: %d %s", got.Code, got.text())
		}
	}
}

func TestWhoMayAndWhy(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	ask := func(person, thing string) string {
		return "/admin/access?" + url.Values{"person": {string(h.People[person])}, "thing": {thing}}.Encode()
	}
	got := h.sees(trackertest.Administrator, ask(trackertest.Operator, string(a.ID)))
	if row := got.page.Find(`main tr:contains("Submit milestones")`).Text(); !strings.Contains(row, "Platform operator") || !strings.Contains(row, "PLT-1") || strings.Contains(row, string(h.Platform)) {
		t.Errorf("the operator submits because of %q: %s", row, got.text())
	}
	if got.page.Find(`main tr:contains("Decide milestones")`).Length() != 0 {
		t.Error("the operator decides")
	}
	if got := h.sees(trackertest.Administrator, ask(trackertest.Stranger, string(a.ID))); !strings.Contains(got.text(), "No role of this person reaches over it") {
		t.Errorf("a stranger: %s", got.text())
	}
	for _, thing := range []string{"", "nothing", "<script>" + strings.Repeat("y", 10000)} {
		if got := h.sees(trackertest.Administrator, ask(trackertest.Operator, thing)); got.page.Find(`#errors a[href="#f-thing"]`).Length() != 1 {
			t.Errorf("%.20q: %.300s", thing, got.text())
		}
	}
}

// Who can see a thing is asked of the thing: by number, code, title or choice,
// and from its page.
func TestWhoCanSeeThis(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	award, err := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(thing string) string { return "/admin/access?" + url.Values{"thing": {thing}}.Encode() }
	people := func(a answer) []string {
		return texts(a.page.Find(`section[aria-labelledby=found] tbody tr td:first-child a`))
	}
	for _, thing := range []string{string(a.ID), award.Document.Number} {
		got := h.sees(trackertest.Manager, ask(thing))
		if who := people(got); !slices.Contains(who, trackertest.Lead) || !slices.Contains(who, trackertest.Operator) || slices.Contains(who, trackertest.Operator2) || slices.Contains(who, trackertest.Stranger) {
			t.Errorf("%s is seen by %s", thing, who)
		}
		row := got.page.Find(`main tbody tr:contains("Project lead")`).Text()
		if !strings.Contains(row, award.Document.Number) || !strings.Contains(row, "Prepares milestones") || strings.Contains(row, string(a.ID)) {
			t.Errorf("the lead's row: %s", row)
		}
		if v := got.page.Find(`input[name=thing]`).AttrOr("value", ""); v != award.Document.Number {
			t.Errorf("asked about %q", v)
		}
	}
	if got := h.sees(trackertest.Administrator, ask(award.Document.Number)); !slices.Contains(people(got), trackertest.Lead) || strings.Contains(got.text(), award.Document.Title.EN) {
		t.Errorf("an administrator asks: %s", got.text())
	}
	if got := h.sees(trackertest.Manager, ask("PRJ-1")); !slices.Contains(people(got), trackertest.Lead) {
		t.Errorf("by a project's code: %s", got.text())
	}
	if got := h.sees(trackertest.Manager, ask("Platform")); got.page.Find(`section[aria-labelledby=called] li a`).Length() != 2 || got.page.Find("#errors").Length() != 0 {
		t.Errorf("by a word of two names: %s", got.text())
	}
	if got := h.sees(trackertest.Administrator, "/admin/access?in=dep"); !slices.Equal(people(got), []string{trackertest.Administrator}) {
		t.Errorf("the deployment: %s", got.text())
	}
	file := h.get(trackertest.Manager, h.sees(trackertest.Manager, ask(string(a.ID))).page.Find(`main a[href*="format=csv"]`).AttrOr("href", "")).Body.String()
	if !strings.Contains(file, trackertest.Lead) || !strings.Contains(file, award.Document.Number) || strings.Contains(file, "awd_") {
		t.Errorf("the file is %s", file)
	}
	for page, id := range map[string]string{
		"/awards/" + string(a.ID) + "/people": string(a.ID), "/platforms/" + string(h.Platform): string(h.Platform),
		"/projects/" + string(h.Project): string(h.Project), "/programmes/" + string(h.Programme): string(h.Programme),
	} {
		link := `main a[href="` + ask(id) + `"]`
		if h.sees(trackertest.Auditor, page).page.Find(link).Length() != 1 || h.get(trackertest.Operator, page).page.Find(link).Length() != 0 {
			t.Errorf("%s leads to who can see it: an auditor, nobody without members", page)
		}
		if got := h.sees(trackertest.Auditor, ask(id)); got.page.Find("main tbody tr").Length() == 0 {
			t.Errorf("an auditor asks about %s: %s", page, got.text())
		}
	}
	for _, who := range []string{trackertest.Operator, trackertest.Lead} {
		if got := h.sees(who, ask(string(a.ID))); got.page.Find("main form, main table").Length() != 0 {
			t.Errorf("%s asks: %s", who, got.text())
		}
	}
}

func TestPublishAYear(t *testing.T) {
	h := newHouse(t)
	at := "/admin/calendars/new"
	form := h.sees(trackertest.Administrator, at)
	for name, test := range map[string]struct{ year, rest, worked, want string }{
		"no year":         {"next", "2027-01-01", "", "#f-year"},
		"no date":         {"2027", "New Year", "", "#f-restDays"},
		"another year":    {"2027", "2026-01-01", "", "#f-restDays"},
		"worked, Tuesday": {"2027", "2027-01-01", "2027-01-05", "#f-swappedWorkdays"},
	} {
		got := h.post(trackertest.Administrator, at, h.fill(form, at, "year", test.year, "restDays", test.rest, "swappedWorkdays", test.worked, "form_step", "check"))
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="`+test.want+`"]`).Length() != 1 || h.fill(got, at).Get("restDays") != test.rest {
			t.Errorf("%s = %d %s", name, got.Code, got.page.Find("#errors").Text())
		}
	}
	file := chosen{"cn-2027.json", "application/json", `{"region":"CN","year":2027,"restDays":[{"date":"2027-01-01","name":{"zh":"元旦","en":"New Year's Day"}}],"swappedWorkdays":["2027-01-03"]}`}
	check := h.postFiles(trackertest.Administrator, at, h.fill(form, at, "form_step", "check"), file)
	if text := check.text(); check.Code != http.StatusOK || !strings.Contains(text, "2 days change") || !strings.Contains(text, "New Year's Day") || !strings.Contains(text, "2027-01-03 is worked") {
		t.Fatalf("the check = %d %s", check.Code, text)
	}
	done := h.post(trackertest.Administrator, at, h.fill(check, at))
	if done.Code != http.StatusSeeOther {
		t.Fatalf("publishing = %d %s", done.Code, done.text())
	}
	if got := h.sees(trackertest.Operator, "/admin/calendars"); !strings.Contains(got.text(), "2027-01-03") || !strings.Contains(got.text(), "From 2028 on") || got.page.Find(`a[href="`+at+`"]`).Length() != 0 {
		t.Errorf("the years are %s", got.text())
	}
	if got := h.postFiles(trackertest.Administrator, at, h.fill(form, at, "form_step", "check"), chosen{"a.json", "application/json", "[]"}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("another file = %d", got.Code)
	}
}

func TestChecksForWhatIsOverdue(t *testing.T) {
	h := newHouse(t)
	gatedAward(h)
	at := "/admin/sweeps"
	dry := h.sees(trackertest.Administrator, at+"?on=2026-07-20")
	if dry.page.Find("#would").Length() != 1 || dry.page.Find("#would ~ div tbody tr").Length() == 0 || !strings.Contains(dry.text(), "No check has run yet") {
		t.Errorf("the dry run: %s", dry.text())
	}
	if row := dry.page.Find("#would ~ div tbody tr").First().Text(); !strings.Contains(row, "M1") {
		t.Errorf("the dry run does not say which milestone: %s", row)
	}
	row := dry.page.Find("#would ~ div tbody tr").First()
	if text := row.Text(); !strings.Contains(text, "49 days late") || row.Find(".level").Length() != 5 || row.Find("a").Length() != 0 {
		t.Errorf("on 20 July, due on 1 June, the dry run says %s", text)
	}
	file := h.get(trackertest.Administrator, dry.page.Find(`#would ~ p a`).AttrOr("href", "")).Body.String()
	if n := dry.page.Find("#would ~ div tbody .level").Length(); strings.Count(file, "\n") != n+1 || !strings.Contains(file, ",M1,Deliver the milestone,") || strings.Count(file, ",49\n")+strings.Count(file, ",49\r\n") != 5 {
		t.Errorf("the file of a dry run with %d flags: %s", n, file)
	}
	if got := h.sees(trackertest.Administrator, at+"?on=someday"); got.page.Find("#e-on").Length() != 1 {
		t.Errorf("on no date: %s", got.text())
	}
	got := h.does(trackertest.Administrator, at, at)
	if got.page.Find("main tbody tr").Length() != 1 || !strings.Contains(got.text(), "Checked for what is overdue") {
		t.Errorf("after a check: %s", got.text())
	}
	if got := h.post(trackertest.Manager, at, h.fill(got, at)); got.Code != http.StatusForbidden {
		t.Errorf("a manager checks: %d", got.Code)
	}
}

// What a check flagged is told as a dry run tells it, on a page and as a file, to
// whoever may read checks.
func TestWhatACheckFlagged(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	h.Clock.Set(trackertest.Day("2026-07-20"))
	at := "/admin/sweeps"
	h.does(trackertest.Administrator, at, at)
	list := h.sees(trackertest.Administrator, at)
	run := list.page.Find(`section[aria-labelledby=history] tbody a`).AttrOr("href", "")
	if !strings.HasPrefix(run, at+"/swp_") || !strings.Contains(list.text(), "Steps of a ladder that were reached") {
		t.Fatalf("the list of checks leads to %q: %s", run, list.text())
	}
	got := h.sees(trackertest.Administrator, run)
	row := got.page.Find(`section[aria-labelledby=flagged] tbody tr`).First()
	if text := row.Text(); !strings.Contains(text, "M1") || !strings.Contains(text, "Deliver the milestone") || !strings.Contains(text, "49 days late") || !strings.Contains(text, "2026-06-01") ||
		row.Find(".level").Length() != 5 || row.Find("a").Length() != 0 || strings.Contains(got.text(), string(a.ID)) {
		t.Errorf("due on 1 June, the check of 20 July flagged %s", text)
	}
	if shown, counted := got.page.Find(`section[aria-labelledby=flagged] .level`).Length(), got.page.Find(`dl.figures div:contains("Flagged") dd`).Text(); strconv.Itoa(shown) != counted {
		t.Errorf("%d steps are shown of %s", shown, counted)
	}
	file := h.get(trackertest.Administrator, got.page.Find(`main a[href*="format=csv"]`).AttrOr("href", "")).Body.String()
	if !strings.Contains(file, ",M1,Deliver the milestone,") || strings.Count(file, "\n") != got.page.Find(`section[aria-labelledby=flagged] .level`).Length()+1 || strings.Contains(file, "would") {
		t.Errorf("the file: %s", file)
	}
	for _, persona := range []string{trackertest.Manager, trackertest.Auditor, trackertest.Operator} {
		if got := h.get(persona, run); got.Code != http.StatusForbidden {
			t.Errorf("%s reads what a check flagged: %d", persona, got.Code)
		}
	}
	for _, other := range []string{"swp_01KJP0Y9M016SCWZE4HSA8Q6PY", "x"} {
		if got := h.get(trackertest.Administrator, at+"/"+other); got.Code != http.StatusNotFound {
			t.Errorf("%s = %d", other, got.Code)
		}
	}
	h.does(trackertest.Administrator, at, at) // the second has nothing left to flag
	again := h.sees(trackertest.Administrator, at).page.Find(`section[aria-labelledby=history] tbody a`).First().AttrOr("href", "")
	if got := h.sees(trackertest.Administrator, again); again == run || !strings.Contains(got.text(), "This check flagged nothing") {
		t.Errorf("the second check: %s", got.text())
	}
}

// An administrator is told where their work is, and not that there is nothing
// where they see nothing; from a person they get to granting them a role.
func TestAdministratorIsLedOn(t *testing.T) {
	h := newHouse(t)
	if got := h.sees(trackertest.Administrator, "/"); got.page.Find(`main a[href="/admin"]`).Length() != 1 {
		t.Errorf("the administrator's inbox leads nowhere: %s", got.text())
	}
	if got := h.sees(trackertest.Manager, "/"); got.page.Find(`main a[href="/admin"]`).Length() != 0 {
		t.Errorf("a manager's inbox: %s", got.text())
	}
	programme := h.sees(trackertest.Administrator, "/programmes/"+string(h.Programme))
	if programme.page.Find(`main a[href="/admin/members?in=`+string(h.Programme)+`"]`).Length() != 1 || !strings.Contains(programme.text(), "Administrators do not see what a programme funds") {
		t.Errorf("the administrator sees of a programme %s", programme.text())
	}
	if got := h.sees(trackertest.Manager, "/programmes/"+string(h.Programme)); strings.Contains(got.text(), "Administrators do not see") {
		t.Errorf("a manager sees %s", got.text())
	}
	person := string(h.People[trackertest.Finance])
	grant := "/admin/members/grant?person=" + person
	if got := h.sees(trackertest.Administrator, "/admin/people/"+person); got.page.Find(`main a[href="`+grant+`"]`).Length() != 1 {
		t.Errorf("a person's page does not lead to granting: %s", got.text())
	}
	if got := h.sees(trackertest.Auditor, "/admin/people/"+person); got.page.Find(`main a[href="`+grant+`"]`).Length() != 0 {
		t.Errorf("an auditor is offered to grant")
	}
}

// From a person's page the role and its place are chosen on one form: programmes
// and platforms by name, whatever has members by number or code.
func TestGrantToAPerson(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	award, err := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	person := string(h.People[trackertest.Stranger])
	grant, home := "/admin/members/grant", "/admin/people/"+person
	form := h.sees(trackertest.Administrator, grant+"?person="+person)
	if form.page.Find(`select[name=person] option[selected]`).AttrOr("value", "") != person || form.page.Find("input[name=role]").Length() != len(portfolio.Roles()) ||
		form.page.Find(`select[name=in] option[value="`+string(h.Programme)+`"]`).Length() != 1 || form.page.Find(`select[name=in] option[value="`+string(h.Platform)+`"]`).Length() != 1 {
		t.Fatalf("granting to a person: %s", form.text())
	}
	if role := form.page.Find(`label:contains("Platform operator")`).Text(); !strings.Contains(role, "Held on a platform.") {
		t.Errorf("where an operator's role is held: %s", role)
	}
	for name, test := range map[string]struct {
		pairs []string
		want  string
	}{
		"no place":        {[]string{"role", "platformOperator"}, "#f-in"},
		"another kind":    {[]string{"role", "platformOperator", "in", string(h.Programme)}, "#f-in"},
		"nothing so":      {[]string{"role", "platformOperator", "code", "PLT-0"}, "#f-code"},
		"a code of other": {[]string{"role", "projectLead", "code", "PLT-1"}, "#f-code"},
	} {
		got := h.post(trackertest.Administrator, grant, h.fill(form, grant, append([]string{"form_step", "check"}, test.pairs...)...))
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="`+test.want+`"]`).Length() != 1 {
			t.Errorf("%s = %d %s", name, got.Code, got.text())
		}
	}
	for _, test := range []struct {
		pairs []string
		where string
	}{
		{[]string{"role", "platformOperator", "code", "plt-1"}, "Platform: PLT-1"},
		{[]string{"role", "platformOperator", "in", string(h.OtherPlatform)}, "Platform: PLT-2"},
		{[]string{"role", "projectLead", "code", award.Document.Number}, "Award: " + award.Document.Number},
		{[]string{"role", "auditor", "in", string(h.Programme)}, "Programme: POC"},
		{[]string{"role", "administrator"}, "Deployment"},
	} {
		form := h.sees(trackertest.Administrator, grant+"?person="+person)
		check := h.post(trackertest.Administrator, grant, h.fill(form, grant, append([]string{"form_step", "check"}, test.pairs...)...))
		if rows := check.page.Find("dl.summary").Text(); check.Code != http.StatusOK || !strings.Contains(rows, test.where) {
			t.Errorf("%v = %d %s", test.pairs, check.Code, check.text())
			continue
		}
		done := h.post(trackertest.Administrator, grant, h.fill(check, grant))
		if done.Code != http.StatusSeeOther || done.Header().Get("Location") != home {
			t.Errorf("granting %v = %d to %s: %s", test.pairs, done.Code, done.Header().Get("Location"), done.text())
		}
	}
	if held := h.sees(trackertest.Administrator, home).page.Find(`section[aria-labelledby=now] tbody tr`).Length(); held != 5 {
		t.Errorf("the person holds %d roles", held)
	}
	if got := h.get(trackertest.Manager, grant+"?person="+person); got.page.Find("main form").Length() != 0 {
		t.Errorf("a manager grants: %s", got.text())
	}
}

// Before somebody of an organisation that a programme pays is given a role of
// its funder, the page says what that means; it refuses nothing.
func TestGrantWarnsOfThePayee(t *testing.T) {
	h := newHouse(t)
	grant := "/admin/members/grant"
	other := string(h.NewProgramme("OTHER", nil))
	check := func(in, person, role string) string {
		form := h.sees(trackertest.Administrator, grant+"?in="+in)
		got := h.post(trackertest.Administrator, grant, h.fill(form, grant, "person", string(h.People[person]), "form_step", "check", "role", role))
		if got.Code != http.StatusOK || got.page.Find(`main form button`).Length() == 0 {
			t.Fatalf("%s as %s = %d %s", person, role, got.Code, got.text())
		}
		return got.text()
	}
	const warning = "The programme pays this person’s organisation"
	if got := check(string(h.Programme), trackertest.Lead, "finance"); strings.Contains(got, warning) {
		t.Errorf("before there is an award: %s", got)
	}
	gatedAward(h)
	for _, test := range []struct{ in, person, role, want string }{
		{string(h.Programme), trackertest.Operator, "programmeManager", "somebody of another organisation"},
		{string(h.Programme), trackertest.Operator, "finance", "payments to their own organisation"},
		{string(h.Programme), trackertest.Operator, "auditor", ""},
		{string(h.Programme), trackertest.Head, "programmeManager", ""},
		{other, trackertest.Operator, "programmeManager", ""},
	} {
		got := check(test.in, test.person, test.role)
		if strings.Contains(got, warning) != (test.want != "") || !strings.Contains(got, test.want) {
			t.Errorf("%s as %s: %s", test.person, test.role, got)
		}
	}
}

// Administration leads an administrator, who sees no award, to no page that is
// not there for them; and says that roles of elsewhere hold for an award.
func TestAdministrationLeadsWhereItsReaderMayLook(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "50", "M1")})
	members := "/admin/members?award=" + string(a.ID)
	if got := h.sees(trackertest.Administrator, members); !strings.Contains(got.text(), "Roles in its programme and on its platform hold for it too.") || got.page.Find(`main a[href="/admin/access?thing=`+string(a.ID)+`"]`).Length() != 1 {
		t.Errorf("the members of the award are %s", got.text())
	}
	for _, path := range []string{members, "/admin/people/" + string(h.People[trackertest.Lead]), "/admin/access?thing=" + string(a.ID)} {
		for _, persona := range []string{trackertest.Administrator, trackertest.Manager} {
			got := h.sees(persona, path)
			if !strings.Contains(got.text(), "HT-001") && !strings.Contains(got.text(), "Award 1") {
				t.Errorf("%s does not name the award to the %s: %s", path, persona, got.text())
			}
			awards := got.page.Find(`main a[href^="/awards/"]`).Length()
			if (awards > 0) != (persona == trackertest.Manager) {
				t.Errorf("%s has %d links to awards for the %s", path, awards, persona)
			}
			for _, to := range got.page.Find("main a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }) {
				if strings.HasPrefix(to, "/") && h.get(persona, to).Code != http.StatusOK {
					t.Errorf("%s leads the %s to %s, which is not there", path, persona, to)
				}
			}
		}
	}
}

// A dry run says what it would write, and of a date that is over where to look.
func TestDryRunOfADateThatIsOver(t *testing.T) {
	h := newHouse(t)
	if got := h.sees(trackertest.Administrator, "/admin/sweeps?on=2020-01-01").text(); !strings.Contains(got, "Awards it would write") || !strings.Contains(got, "not told again") {
		t.Errorf("it says %s", got)
	}
	if got := h.sees(trackertest.Administrator, "/admin/sweeps?on=2026-03-03").text(); strings.Contains(got, "not told again") {
		t.Errorf("of a date to come it says %s", got)
	}
}
