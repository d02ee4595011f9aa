package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

func TestAuditorReadsWhatWasDone(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	r := h.Submit(a.M("M1"))
	page := h.sees(trackertest.Auditor, "/audit")
	if !strings.Contains(page.text(), "Milestone submitted") || !strings.Contains(page.text(), "HT-001") {
		t.Errorf("the month says %s", page.text())
	}
	if got := h.sees(trackertest.Auditor, "/audit?kind=tranche"); strings.Contains(got.page.Find("tbody").Text(), "Milestone submitted") {
		t.Errorf("tranches alone: %s", got.text())
	}
	today, later := h.Today().String(), h.Today().AddDays(1).String()
	rows := func(filter string) int {
		return h.sees(trackertest.Auditor, "/audit?"+filter).page.Find("main tbody tr").Length()
	}
	programme := "programme=" + string(h.Programme)
	both := programme + "&person=" + string(h.People[trackertest.Manager2])
	if all, his, none := rows(programme+"&from="+today+"&to="+today), rows(both), rows(programme+"&from="+later+"&to="+later); his == 0 || his >= all || none != 0 {
		t.Errorf("today holds %d entries, by one person %d; tomorrow %d", all, his, none)
	}
	for filter, field := range map[string]string{"&from=nonsense": "from", "&from=" + later + "&to=" + today: "to"} {
		if a := h.get(trackertest.Auditor, "/audit?"+programme+filter); a.Code != http.StatusUnprocessableEntity || a.page.Find(`#errors a[href="#f-`+field+`"]`).Length() != 1 {
			t.Errorf("%s = %d: %s", filter, a.Code, a.text())
		}
	}
	granted := h.sees(trackertest.Auditor, "/audit?"+programme+"&kind=member&from=2026-01-01")
	if !strings.Contains(granted.page.Find("main tbody").Text(), "Role granted") || strings.Contains(granted.page.Find("main tbody").Text(), "member.") {
		t.Errorf("roles alone: %s", granted.text())
	}
	subject := "/audit/" + string(a.ID)
	if got := h.get(trackertest.Auditor, "/audit?subject=ht-00"); got.Code != http.StatusSeeOther || got.Header().Get("Location") != subject {
		t.Errorf("looking for the number = %d to %s", got.Code, got.Header().Get("Location"))
	}
	dated := "?from=" + today + "&to=" + today
	if got := h.get(trackertest.Auditor, "/audit?subject=ht-00&from="+today+"&to="+today); got.Header().Get("Location") != subject+dated {
		t.Errorf("looking for the number between dates leads to %s", got.Header().Get("Location"))
	}
	whole := h.sees(trackertest.Auditor, subject)
	if !strings.Contains(whole.text(), fmt.Sprintf("Chain whole: %d entries", r.Sequence)) {
		t.Errorf("the award's journal says %s", whole.text())
	}
	entry := h.sees(trackertest.Auditor, fmt.Sprintf("%s/%d", subject, r.Sequence))
	if entry.page.Find(`main a[href$="/milestones/`+string(a.Milestones["M1"])+`"]`).Text() == "" {
		t.Errorf("the entry does not lead to the milestone: %s", entry.text())
	}
	for _, want := range []string{"Milestone submitted", "M1", string(a.Milestones["M1"])} {
		if !strings.Contains(entry.text(), want) {
			t.Errorf("the entry does not say %q: %s", want, entry.text())
		}
	}
	export := h.get(trackertest.Auditor, subject+"?format=csv")
	if !strings.HasPrefix(export.Header().Get("Content-Type"), "text/csv") || strings.Count(export.Body.String(), "\n") < int(r.Sequence) {
		t.Errorf("the export: %s", export.Body)
	}
	if a := h.get(trackertest.Operator2, subject); a.Code != http.StatusNotFound {
		t.Errorf("somebody else's operator gets %d", a.Code)
	}
	for _, persona := range []string{trackertest.Administrator, trackertest.Operator, trackertest.Finance} {
		own := h.sees(persona, "/audit")
		if own.page.Find("#errors").Length() != 0 || own.page.Find("#q-person option[selected]").Length() != 1 {
			t.Errorf("%s does not begin with what they did: %s", persona, own.text())
		}
	}
	h.sees(trackertest.Auditor, "/audit/anchors")
	if a := h.get(trackertest.Auditor, "/audit/anchors?from=nonsense"); a.Code != http.StatusUnprocessableEntity || a.page.Find(`#errors a[href="#f-from"]`).Length() != 1 {
		t.Errorf("a date that is none = %d: %s", a.Code, a.text())
	}
}

// The journal of one subject, and an award's own, show and hand out what
// happened between two dates.
func TestJournalOfOneSubjectBetweenDates(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	h.Clock.Add(48 * time.Hour)
	r := h.Submit(a.M("M1"))
	h.Clock.Add(48 * time.Hour)
	h.Decide(a.M("M1"), award.Met)
	on, later := r.On.String(), h.Today().AddDays(1).String()
	for path, entries := range map[string]string{"/audit/" + string(a.ID): "main tbody tr", "/awards/" + string(a.ID) + "/journal": ".journal > li"} {
		page := h.sees(trackertest.Auditor, path+"?from="+on+"&to="+on)
		if n := page.page.Find(entries).Length(); n != 1 || page.page.Find(".chips a").Length() != 2 {
			t.Errorf("%s on %s shows %d entries: %s", path, on, n, page.text())
		}
		csv := page.page.Find(`main a[href*="format=csv"]`).AttrOr("href", "")
		if file := h.get(trackertest.Auditor, csv).Body.String(); !strings.Contains(file, on+"T09:00:00+08:00") || strings.Contains(file, "decided") {
			t.Errorf("%s holds %s", csv, file)
		}
		if none := h.sees(trackertest.Auditor, path+"?from="+later); none.page.Find(entries).Length() != 0 || !strings.Contains(none.text(), "HT-001") {
			t.Errorf("%s from %s on: %s", path, later, none.text())
		}
		for filter, field := range map[string]string{"?from=nonsense": "from", "?from=" + later + "&to=" + on: "to"} {
			for _, as := range []string{"", "&format=csv"} {
				if a := h.get(trackertest.Auditor, path+filter+as); a.Code != http.StatusUnprocessableEntity || a.page.Find(`#errors a[href="#f-`+field+`"]`).Length() != 1 {
					t.Errorf("%s%s%s = %d: %s", path, filter, as, a.Code, a.text())
				}
			}
		}
	}
	whole := h.sees(trackertest.Auditor, "/awards/"+string(a.ID)+"/journal?whole=yes&from="+on+"&to="+on)
	if said := whole.page.Find(".filed").Text(); !strings.Contains(said, "not the whole journal") {
		t.Errorf("a day of the journal says %q", said)
	}
}

// A list of entries says which thing, what came of it and which file; the entry
// and the receipt name each file with its size and its whole hash.
func TestEntriesNameWhatTheyTellOf(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-09-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	e := h.Upload(a.M("M1"), "what was measured")
	r := h.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
	h.Decide(a.M("M1"), award.PartiallyMet)
	h.Ask(a.M("M2"), "2026-10-01")
	for _, path := range []string{"/audit", "/audit/" + string(a.ID)} {
		page := h.sees(trackertest.Auditor, path)
		var rows []string
		page.page.Find("main tbody td:last-child li").Each(func(_ int, li *goquery.Selection) {
			rows = append(rows, strings.Join(strings.Fields(li.Text()), " "))
		})
		for _, want := range []string{
			"Milestone decided · M1 Milestone M1 · Partially met · 60%", "Milestone submitted · M1 Milestone M1", "File confirmed · M1, report.txt",
			"Extension requested · M2 · Asked due date: 2026-10-01",
		} {
			if !slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, want) }) {
				t.Errorf("%s does not say %q but %q", path, want, rows)
			}
		}
		if n := strings.Count(strings.Join(rows, "\n"), "Extension requested"); n != 1 {
			t.Errorf("%s tells %d times that one extension was asked for", path, n)
		}
		if one := page.page.Find("main tbody tr").First().Find("td").Length(); path != "/audit" && one != 4 {
			t.Errorf("%s has %d columns, with the subject in each row", path, one)
		}
		if file := h.get(trackertest.Auditor, path+"?format=csv").Body.String(); !strings.Contains(file, "Milestone M1,Partially met · 60%") {
			t.Errorf("the file of %s: %s", path, file)
		}
	}
	sum := sha256.Sum256([]byte("what was measured"))
	receipt := fmt.Sprintf("/awards/%s/receipts/%d", a.ID, r.Sequence)
	for path, persona := range map[string]string{receipt: trackertest.Operator, fmt.Sprintf("/audit/%s/%d", a.ID, r.Sequence): trackertest.Auditor} {
		page := h.sees(persona, path)
		for _, want := range []string{"1 file", "report.txt", "17 B", hex.EncodeToString(sum[:])} {
			if !strings.Contains(page.page.Find("main .handed").Text(), want) {
				t.Errorf("%s does not say %q: %s", path, want, page.text())
			}
		}
		if strings.Contains(page.page.Find("main .changes").Text(), string(e.Evidence)) || strings.Contains(page.page.Find("main .changes").Text(), "1File") {
			t.Errorf("%s does not name the file in what changed: %s", path, page.text())
		}
	}
	page := h.sees(trackertest.Operator, receipt)
	if did := page.page.Find("main ul.plain").Text(); strings.Contains(did, "Cleared") || page.page.Find("main button[data-print]").Length() != 1 {
		t.Errorf("the receipt: %s", page.text())
	}
	upload := h.sees(trackertest.Auditor, fmt.Sprintf("/awards/%s/receipts/%d", a.ID, r.Sequence-1))
	if got := upload.page.Find("main .handed").Text(); !strings.Contains(got, hex.EncodeToString(sum[:])) {
		t.Errorf("the receipt of the upload: %s", upload.text())
	}
}

// A journal that was tampered with is told at once, with the entry.
func TestAuditTellsABrokenChain(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	key := schema.JournalKey(string(a.ID), 2)
	items, err := h.Store.Get(h.Ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	forged := *items[0]
	forged.Body = []byte(strings.Replace(string(forged.Body), "submitAward", "acceptAward", 1))
	if err := h.Store.Transact(h.Ctx, "forge", store.PutOp(forged, store.VersionIs(forged.Version))); err != nil {
		t.Fatal(err)
	}
	if page := h.sees(trackertest.Auditor, "/audit/"+string(a.ID)); !strings.Contains(page.text(), "does not hold from entry 2 on") {
		t.Errorf("the page says %s", page.text())
	}
}
