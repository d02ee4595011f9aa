package console_test

import (
	"net/http"
	"strings"
	"testing"

	"milepost/internal/money"
	"milepost/internal/tracker/trackertest"
)

// An amount is taken in each form that says exactly what it is, and its unit
// stands beside it.
func TestAmountsAsTyped(t *testing.T) {
	h := newHouse(t)
	page, sent := drafted(h, trackertest.Manager, "amount/amount", "1 million", "fundingLines/0/amount/amount", "１，０００，０００",
		"tranches/0/amount/amount", "40 万元", "tranches/1/amount/amount", "CNY 0.6m")
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", sent.Code, sent.text())
	}
	v, err := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), h.award(page))
	if err != nil {
		t.Fatal(err)
	}
	d := v.Document
	for _, got := range []struct {
		is   money.Amount
		want string
	}{{d.Amount, "1000000"}, {d.FundingLines[0].Amount, "1000000"}, {d.Tranches[0].Amount, "400000"}, {d.Tranches[1].Amount, "600000"}} {
		if got.is != money.MustParse(got.want) {
			t.Errorf("%v was read, want %s", got.is, got.want)
		}
	}
	edit := h.get(trackertest.Manager, page+"/edit")
	fields := edit.page.Find("input[data-amount]")
	if fields.Length() != 4 {
		t.Errorf("%d fields of amounts", fields.Length())
	}
	for _, field := range fields.EachIter() {
		if unit := field.Parent().Find(".unit").Text(); unit != "CNY" {
			t.Errorf("%s has the unit %q", field.AttrOr("name", ""), unit)
		}
	}
	zh := h.getIn("zh-CN", trackertest.Manager, page+"/edit")
	if got := zh.page.Find(`[id="r-amount/amount"]`).Text(); got != "= 1,000,000.00元 · 100万元" {
		t.Errorf("read back as %q", got)
	}
	if got := edit.page.Find(`[id="r-tranches/0/amount/amount"]`).Text(); got != "= CNY 400,000.00" {
		t.Errorf("read back as %q", got)
	}
}

// What would have to be guessed is refused, with the forms that are right; the
// sums count the rest and name the row.
func TestAmountsAreNotGuessed(t *testing.T) {
	h := newHouse(t)
	for _, typed := range []string{"3k", "3.5 mio", "1,00", "USD 3"} {
		_, sent := drafted(h, trackertest.Manager, "amount/amount", "1000000", "tranches/1/amount/amount", typed)
		link := sent.page.Find(`#errors a[href="#f-` + linked("tranches/1/amount/amount") + `"]`)
		if sent.Code != http.StatusUnprocessableEntity || !strings.Contains(link.Text(), "3,000,000.00") {
			t.Errorf("%s = %d: %s", typed, sent.Code, link.Text())
		}
		if got := sent.page.Find(`[name="tranches/1/amount/amount"]`).AttrOr("value", ""); got != typed {
			t.Errorf("%q became %q", typed, got)
		}
		sum := sent.page.Find(`[data-sum="tranches"]`)
		if got := sum.Find("output").Text(); got != "CNY 400,000.00" {
			t.Errorf("%s: the tranches sum to %s", typed, got)
		}
		if got := sum.Find(".difference.off").Text(); !strings.Contains(got, "Tranche 2") || strings.Contains(got, "Tranche 1") {
			t.Errorf("%s: the sum says %q", typed, got)
		}
		if got := sent.page.Find(`[data-sum="fundingLines"] .difference`).Text(); got != "Adds up to the award" {
			t.Errorf("%s: the lines say %q", typed, got)
		}
	}
	_, sent := drafted(h, trackertest.Manager, "amount/amount", "much")
	if got := sent.page.Find(`[data-sum="tranches"] .difference`).Text(); got != "The award’s amount cannot be read" {
		t.Errorf("the sum says %q", got)
	}
}

// An empty form does not claim to add up.
func TestEmptyDraftClaimsNothing(t *testing.T) {
	h := newHouse(t)
	for _, sum := range h.sees(trackertest.Manager, "/awards/new").page.Find("[data-sum] .difference").EachIter() {
		if sum.HasClass("right") || sum.Text() != "" {
			t.Errorf("an empty form says %q", sum.Text())
		}
	}
}

// The check page shows an amount as it was read.
func TestCheckPageShowsTheAmountRead(t *testing.T) {
	h, a := approvedHouse(t)
	action := "/awards/" + string(a.ID) + "/payments/new"
	form := h.sees(trackertest.Finance, action+"?tranche="+string(a.Tranches[1]))
	if unit := form.page.Find("input[data-amount] + .unit").Text(); unit != "CNY" {
		t.Errorf("the unit is %q", unit)
	}
	fields := h.fill(form, action, "amount/"+string(a.Tranches[1]), "120 万", "payerAccount", "Treasury 1", "reference", "HT-001/1", "form_step", "check")
	for lang, want := range map[string]string{"en": "CNY 1,200,000.00 · CNY 1.2m", "zh-CN": "1,200,000.00元 · 120万元"} {
		if got := h.postIn(lang, trackertest.Finance, action, fields).text(); !strings.Contains(got, want) {
			t.Errorf("the summary in %s does not say %s: %s", lang, want, got)
		}
	}
}
