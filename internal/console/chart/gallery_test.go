package chart_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/i18n"
	"milepost/internal/money"
)

var galleryTo = flag.String("gallery", "", "write a page of every chart in each language to this folder")

func painter(t testing.TB, lang i18n.Language) chart.Painter {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return chart.In(c, lang)
}

func date(s string) civil.Date { return civil.MustParse(s) }

func cny(s string) chart.Value { return chart.Money(money.MustParse(s)) }

// say chooses the text of a language.
func say(lang i18n.Language, zh, en string) string {
	if lang == i18n.English {
		return en
	}
	return zh
}

func sampleWaterfall(lang i18n.Language) chart.Waterfall {
	return chart.Waterfall{
		Head:      chart.Head{Title: say(lang, "资金去向", "Where the money is"), Summary: say(lang, "从立项金额到净拨付。", "From awarded to net paid."), CSV: "/money.csv"},
		LevelName: say(lang, "余额", "Balance"), AddedName: say(lang, "增加", "Added"), TakenName: say(lang, "减少", "Taken"),
		Steps: []chart.Step{
			{Label: say(lang, "立项金额", "Awarded"), Href: "/awards", Amount: cny("268400000.00"), Level: true},
			{Label: say(lang, "尚未到期", "Not yet due"), Href: "/tranches?state=scheduled", Amount: cny("-121300000.00")},
			{Label: say(lang, "已批准", "Approved"), Href: "/tranches?state=approved", Amount: cny("147100000.00"), Level: true},
			{Label: say(lang, "付款办理中", "In payment"), Amount: cny("-9600000.00")},
			{Label: say(lang, "留存款", "Held back"), Amount: cny("-13750000.00")},
			{Label: say(lang, "已拨付", "Paid"), Href: "/payments", Amount: cny("123750000.00"), Level: true},
			{Label: say(lang, "已退回", "Returned"), Href: "/refunds", Amount: cny("-842000.50")},
			{Label: say(lang, "净拨付", "Net paid"), Amount: cny("122907999.50"), Level: true},
		},
	}
}

func buckets(lang i18n.Language) []string {
	return []string{say(lang, "1–7 天", "1–7 days"), say(lang, "8–30 天", "8–30 days"), say(lang, "31–90 天", "31–90 days"), say(lang, "90 天以上", "Over 90 days")}
}

func sampleBars(lang i18n.Language, amounts bool) chart.Bars {
	b := chart.Bars{Head: chart.Head{Title: say(lang, "逾期事项", "Overdue obligations")}, Category: say(lang, "逾期时长", "Days late"), Measure: say(lang, "事项", "Obligations"), Unit: say(lang, "项", "items")}
	if amounts {
		b.Title, b.Measure = say(lang, "逾期涉及金额", "Money at risk"), say(lang, "涉及金额", "Money at risk")
	}
	looks := []chart.Look{chart.Late1, chart.Late2, chart.Late3, chart.Late4}
	for i, label := range buckets(lang) {
		v := chart.Count([]int{14, 23, 9, 1}[i])
		if amounts {
			v = cny([]string{"4200000.00", "36000000.00", "18350000.00", "60000.00"}[i])
		}
		b.Bars = append(b.Bars, chart.Bar{Label: label, Href: "/?show=" + fmt.Sprint(i), Value: v, Look: looks[i]})
	}
	return b
}

func sampleStack(lang i18n.Language, rows int) chart.Stack {
	s := chart.Stack{Head: chart.Head{Title: say(lang, "里程碑状态与结果", "Milestones by state and outcome"), CSV: "/states.csv"}, Category: say(lang, "状态", "State"), Unit: say(lang, "个里程碑", "milestones")}
	for _, x := range []struct {
		zh, en string
		look   chart.Look
	}{
		{"未开始", "Planned", chart.Idle}, {"进行中", "In progress", chart.Active}, {"已提交", "Submitted", chart.Waiting}, {"已退回", "Returned", chart.Back},
		{"达成", "Met", chart.Good}, {"部分达成", "Partially met", chart.Part}, {"未达成", "Not met", chart.Bad}, {"已取消", "Cancelled", chart.Gone},
	} {
		s.Series = append(s.Series, chart.Series{Label: say(lang, x.zh, x.en), Href: "/milestones?state=" + string(x.look), Look: x.look})
	}
	for i := range rows {
		label := ""
		if rows > 1 {
			label = []string{say(lang, "硅光平台", "Photonics platform"), say(lang, "生物医药概念验证中心", "Biomedicine proof-of-concept centre"), say(lang, "智能制造平台", "Smart manufacturing platform")}[i%3]
		}
		s.Rows = append(s.Rows, chart.StackRow{Label: label, Href: "/platforms/1", Counts: [][]int{{86, 41, 17, 6, 133, 12, 3, 5}, {10, 4, 1, 0, 22, 2, 0, 1}, {3, 8, 2, 1, 9, 0, 2, 0}}[i%3]})
	}
	return s
}

func sampleTrend(lang i18n.Language, lines bool, months int) chart.Trend {
	t := chart.Trend{Head: chart.Head{Title: say(lang, "按月验收：按期与逾期", "Decided by month: on time and late")}, Unit: say(lang, "个里程碑", "milestones"), Lines: lines,
		Series: []chart.Series{{Label: say(lang, "按期", "On time"), Look: chart.Good}, {Label: say(lang, "逾期", "Late"), Look: chart.Part}}}
	if lines {
		t.Title = say(lang, "逾期事项：新增与办结", "Overdue: opened and cleared")
		t.Series = []chart.Series{{Label: say(lang, "新增逾期", "Opened")}, {Label: say(lang, "办结", "Cleared")}}
	}
	at := date("2025-12-15")
	for i := range months {
		if i != 5 { // a month in which nothing happened is not among the data
			t.Months = append(t.Months, chart.TrendMonth{Month: at, Href: "/milestones?month=" + at.String()[:7], Values: []chart.Value{chart.Count((i*7 + 3) % 13), chart.Count((i*5 + 1) % 6)}})
		}
		at = at.AddDays(31)
	}
	return t
}

func sampleTimeline(lang i18n.Language, rows int) chart.Timeline {
	t := chart.Timeline{Head: chart.Head{Title: say(lang, "里程碑时间线", "Timeline of milestones"), CSV: "/timeline.csv"}, Today: date("2026-11-22")}
	words := func(zh, en string) string { return say(lang, zh, en) }
	all := []chart.TimelineRow{
		{Label: words("M1 样机设计评审", "M1 Design review of the prototype"), State: words("达成", "Met"), Start: date("2026-01-10"), Baseline: date("2026-03-31"), Due: date("2026-03-31"), Met: date("2026-03-26"), Gates: []string{"T2"}},
		{Label: words("M2 工程样机通过第三方检测", "M2 Engineering sample passes a third party’s test"), State: words("达成", "Met"), Start: date("2026-04-01"), Baseline: date("2026-06-30"), Due: date("2026-08-15"), Met: date("2026-09-04"),
			Extensions: []chart.Extension{{From: date("2026-06-30"), To: date("2026-08-15")}}, Gates: []string{"T3"}},
		{Label: words("M3 首批用户试用报告", "M3 Report of the first users’ trial"), State: words("已退回", "Returned"), Start: date("2026-07-01"), Baseline: date("2026-09-30"), Due: date("2026-10-20"), Forecast: date("2026-12-20"),
			Extensions: []chart.Extension{{From: date("2026-09-30"), To: date("2026-10-20")}}},
		{Label: words("M4 专利申请受理", "M4 Patent application accepted"), State: words("进行中", "In progress"), Start: date("2026-09-01"), Baseline: date("2026-12-31"), Due: date("2026-12-31"), Forecast: date("2027-02-10"), Gates: []string{"T4", "T5"}},
		{Label: words("M5 小批量试产", "M5 Pilot run"), State: words("未开始", "Planned"), Start: date("2027-01-01"), Baseline: date("2027-05-31"), Due: date("2027-05-31")},
		{Label: words("M6 市场调研", "M6 Market survey"), State: words("已取消", "Cancelled"), Baseline: date("2026-05-31"), Due: date("2026-05-31"), Closed: true},
	}
	for i := range rows {
		row := all[i%len(all)]
		row.Note, row.Href = words("硅光平台 · PoC-2026-017 光互连", "Photonics platform · PoC-2026-017 Optical interconnect"), fmt.Sprintf("/awards/1/milestones/%d", i)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sampleSpan are milestones spread over years, so many days apart, none extended.
func sampleSpan(lang i18n.Language, apart int) chart.Timeline {
	t := sampleTimeline(lang, 6)
	t.Title = say(lang, "多年时间线", "Timeline of years")
	for i := range t.Rows {
		r := &t.Rows[i]
		r.Note, r.Extensions, r.Forecast, r.Met = "", nil, civil.Date{}, civil.Date{}
		r.Due = date("2024-11-30").AddDays(i * apart)
		r.Start, r.Baseline = r.Due.AddDays(-apart), r.Due.AddDays(-apart/3)
		if r.Due.Before(t.Today) {
			r.Met = r.Due.AddDays(apart/9 - 30)
		}
	}
	return t
}

func sampleLadder(lang i18n.Language, working bool) chart.Ladder {
	l := chart.Ladder{Head: chart.Head{Title: say(lang, "提醒与升级", "Reminders and escalation")}, Due: date("2026-11-30"), Today: date("2026-11-22"), Open: true}
	remind, overdue, escalate := say(lang, "提醒", "Remind"), say(lang, "逾期催办", "Ask for what is overdue"), say(lang, "升级", "Escalate")
	l.Rungs = []chart.Rung{
		{Level: "owner", Asks: remind, Offset: -30, On: date("2026-10-31"), Skipped: true},
		{Level: "owner", Asks: remind, Offset: -7, On: date("2026-11-23")},
		{Level: "owner", Asks: overdue, Offset: 1, On: date("2026-12-01")},
		{Level: "manager", Asks: escalate, Offset: 15, On: date("2026-12-15")},
		{Level: "head", Asks: escalate, Offset: 30, On: date("2026-12-30")},
	}
	if working {
		l.Title = say(lang, "审批拨付：提醒与升级", "Approve the tranche: escalation")
		l.Due = date("2026-11-16")
		l.Rungs = []chart.Rung{
			{Level: "owner", Asks: overdue, Offset: 1, Working: true, On: date("2026-11-17"), Reached: true},
			{Level: "manager", Asks: escalate, Offset: 5, Working: true, On: date("2026-11-23")},
			{Level: "head", Asks: escalate, Offset: 10, Working: true, On: date("2026-11-30"), Provisional: true},
		}
	}
	return l
}

// gallery are all samples of a language.
func gallery(t testing.TB, lang i18n.Language) []chart.Chart {
	t.Helper()
	p := painter(t, lang)
	var out []chart.Chart
	for _, draw := range []func() (chart.Chart, error){
		func() (chart.Chart, error) { return p.Waterfall(sampleWaterfall(lang)) },
		func() (chart.Chart, error) { return p.Stack(sampleStack(lang, 1)) },
		func() (chart.Chart, error) { return p.Stack(sampleStack(lang, 3)) },
		func() (chart.Chart, error) { return p.Bars(sampleBars(lang, false)) },
		func() (chart.Chart, error) { return p.Bars(sampleBars(lang, true)) },
		func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, false, 12)) },
		func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, true, 20)) },
		func() (chart.Chart, error) { return p.Timeline(sampleTimeline(lang, 6)) },
		func() (chart.Chart, error) { return p.Timeline(sampleSpan(lang, 250)) },
		func() (chart.Chart, error) { return p.Timeline(sampleSpan(lang, 900)) },
		func() (chart.Chart, error) { return p.Trend(sampleTrend(lang, false, 60)) },
		func() (chart.Chart, error) { return p.Ladder(sampleLadder(lang, false)) },
		func() (chart.Chart, error) { return p.Ladder(sampleLadder(lang, true)) },
		func() (chart.Chart, error) { return p.Spark(sampleTrend(lang, false, 12)) },
		func() (chart.Chart, error) { return p.Bars(chart.Bars{Head: chart.Head{Title: "…"}}) },
	} {
		c, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// Every chart of the gallery says its title and no id of a text.
func TestGallery(t *testing.T) {
	for _, lang := range i18n.Languages() {
		var page strings.Builder
		fmt.Fprintf(&page, "<!doctype html><html lang=%q><meta charset=utf-8><meta name=viewport content='width=device-width'>"+
			"<link rel=stylesheet href=console.css><link rel=stylesheet href=chart.css><title>Charts</title><main>", lang)
		for _, c := range gallery(t, lang) {
			figure := string(c.Figure())
			page.WriteString(figure)
			if strings.Contains(figure, "chart.") || strings.Contains(figure, "&lt;no value") {
				t.Errorf("%s: %s shows an id or a missing value", lang, c.Title)
			}
		}
		if *galleryTo == "" {
			continue
		}
		write := func(name string, data []byte) {
			if err := os.WriteFile(filepath.Join(*galleryTo, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(string(lang)+".html", []byte(page.String()))
		write("console.css", []byte(styles(t, consoleStyles)))
		write("chart.css", []byte(styles(t, ownStyles)))
	}
}
