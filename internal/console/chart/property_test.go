package chart_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/i18n"
	"milepost/internal/money"
)

func TestGalleryKeepsEveryPromise(t *testing.T) {
	for _, lang := range i18n.Languages() {
		for _, c := range gallery(t, lang) {
			checked(t, c)
		}
	}
}

// hostile draws labels that want to be markup, to turn the text around them,
// or to be too long.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", `"><script>alert(1)</script>`, "</title></svg><b onload=x>", "a & b < c", "\u202Eevil\u2066", "\u05D0\u05D1 abc", "]]>", "\x00\x0b\ufffe\xff",
		"e\u0301\u0301\u0301", strings.Repeat("长", 10_000), strings.Repeat("x\u200d", 5_000), "{{.}}", "javascript:alert(1)", "//evil.example", `/\evil.example`, "/ok?a=1&b=2",
	}))
}

func anyLook() *rapid.Generator[chart.Look] {
	return rapid.OneOf(rapid.SampledFrom(chart.Looks()), rapid.Just(chart.Look("none such")))
}

func anyDate() *rapid.Generator[civil.Date] {
	first := civil.MustParse("1900-01-01")
	return rapid.Custom(func(t *rapid.T) civil.Date {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return civil.Date{}
		case 1:
			return first.AddDays(rapid.IntRange(0, 120_000).Draw(t, "far"))
		}
		return civil.MustParse("2026-01-01").AddDays(rapid.IntRange(-900, 900).Draw(t, "days"))
	})
}

func amount(t *rapid.T, minor int64) chart.Value {
	a, err := money.Of(minor, money.CNY)
	if err != nil {
		t.Fatal(err)
	}
	return chart.Money(a)
}

func TestAnyBarsStacksAndTrends(t *testing.T) {
	p := painter(t, i18n.Chinese)
	rapid.Check(t, func(t *rapid.T) {
		text := hostile()
		head := chart.Head{Title: text.Draw(t, "title"), Summary: text.Draw(t, "summary"), CSV: text.Draw(t, "csv")}
		b := chart.Bars{Head: head, Category: text.Draw(t, "category"), Unit: text.Draw(t, "unit")}
		s := chart.Stack{Head: head, Unit: text.Draw(t, "unit")}
		tr := chart.Trend{Head: head, Lines: rapid.Bool().Draw(t, "lines")}
		series := rapid.IntRange(0, chart.MaxSeries).Draw(t, "series")
		for range series {
			s.Series = append(s.Series, chart.Series{Label: text.Draw(t, "label"), Href: text.Draw(t, "href"), Look: anyLook().Draw(t, "look")})
		}
		tr.Series = s.Series
		month := civil.MustParse("2199-12-31").AddDays(-rapid.IntRange(0, 109_000).Draw(t, "ago"))
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			n := rapid.Int64Range(-money.MaxMinor, money.MaxMinor).Draw(t, "amount")
			b.Bars = append(b.Bars, chart.Bar{Label: text.Draw(t, "bar"), Href: text.Draw(t, "href"), Value: amount(t, n), Look: anyLook().Draw(t, "look")})
			row := chart.StackRow{Label: text.Draw(t, "row"), Href: text.Draw(t, "href")}
			m := chart.TrendMonth{Month: month, Href: text.Draw(t, "href")}
			for range series {
				row.Counts = append(row.Counts, rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 1_000_000)).Draw(t, "count"))
				m.Values = append(m.Values, chart.Count(rapid.IntRange(-1_000_000, 1_000_000).Draw(t, "value")))
			}
			s.Rows = append(s.Rows, row)
			tr.Months = append(tr.Months, m)
			month = month.AddDays(31 * rapid.IntRange(1, 9).Draw(t, "gap"))
		}
		bars, err := p.Bars(b)
		must(t, err)
		checked(t, bars)
		stack, err := p.Stack(s)
		must(t, err)
		checked(t, stack)
		stackAddsUp(t, s, stack)
		trend, err := p.Trend(tr)
		if errors.Is(err, chart.ErrUnits) {
			return // the last month there is came twice
		}
		must(t, err)
		checked(t, trend)
		spark, err := p.Spark(tr)
		must(t, err)
		checked(t, spark)
	})
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stackAddsUp holds that bars are as long as their sums on one scale, which the
// longest fills, and that the table has the same counts.
func stackAddsUp(t *rapid.T, s chart.Stack, c chart.Chart) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(c.Figure())))
	must(t, err)
	longest := 0
	for _, row := range s.Rows {
		longest = max(longest, total(row.Counts))
	}
	doc.Find(".ch-row").Each(func(i int, row *goquery.Selection) {
		var sum float64
		count := total(s.Rows[i].Counts)
		row.Find("svg.ch-l").Each(func(_ int, part *goquery.Selection) {
			sum += number(t, part.AttrOr("width", ""))
		})
		if want := 100 * float64(count) / float64(max(longest, 1)); math.Abs(sum-want) > 0.6 { // a part is drawn 0.05 wide at least, each rounded to 0.01
			t.Fatalf("the parts of %v are %v%% wide, want %v", s.Rows[i].Counts, sum, want)
		}
		if got := row.Find(".ch-num").Text(); strings.ReplaceAll(got, ",", "") != strconv.Itoa(count) {
			t.Fatalf("the bar of %v says %s", s.Rows[i].Counts, got)
		}
	})
	for i, record := range c.Table.Records() {
		for j := range s.Series {
			var got string
			var want int
			if len(s.Rows) == 1 {
				got, want = record[1], s.Rows[0].Counts[i]
			} else {
				got, want = record[j+1], s.Rows[i].Counts[j]
			}
			if got != strconv.Itoa(want) {
				t.Fatalf("the table says %s, want %d", got, want)
			}
			if len(s.Rows) == 1 {
				break
			}
		}
	}
}

func total(counts []int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

func TestWaterfallReconciles(t *testing.T) {
	p := painter(t, i18n.English)
	rapid.Check(t, func(t *rapid.T) {
		w := chart.Waterfall{Head: chart.Head{Title: "w"}, LevelName: "level", TakenName: "taken"}
		at := rapid.Int64Range(0, 1<<50).Draw(t, "first")
		w.Steps = append(w.Steps, chart.Step{Label: "first", Amount: amount(t, at), Level: true})
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			n := rapid.Int64Range(-1<<49, 1<<49).Draw(t, "change")
			at += n
			w.Steps = append(w.Steps, chart.Step{Label: hostile().Draw(t, "label"), Amount: amount(t, n)})
			if rapid.Bool().Draw(t, "level") {
				w.Steps = append(w.Steps, chart.Step{Label: "level", Amount: amount(t, at), Level: true})
			}
		}
		c, err := p.Waterfall(w)
		must(t, err)
		checked(t, c)
		// The table: the first level and the changes add up to the last level.
		var sum money.Amount
		for i, record := range c.Table.Records() {
			if record[1] != "" {
				sum = plus(t, sum, record[1])
			} else if i == 0 {
				sum = plus(t, money.Zero(money.CNY), record[2])
			}
			if record[2] != sum.Decimal() {
				t.Fatalf("row %d has reached %s, want %s", i, record[2], sum.Decimal())
			}
		}
		connected(t, c)
		// A level that is off by the least there is refused.
		last := chart.Step{Label: "off", Amount: amount(t, at+1), Level: true}
		w.Steps = append(w.Steps, last)
		if _, err := p.Waterfall(w); !errors.Is(err, chart.ErrSum) {
			t.Fatalf("a level that is off by one gives %v, want ErrSum", err)
		}
	})
}

// connected holds that each bar begins where the line from the one before
// comes down.
func connected(t *rapid.T, c chart.Chart) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(c.Drawing)))
	must(t, err)
	var down string
	doc.Find(".ch-row").Each(func(i int, row *goquery.Selection) {
		row.Find("line.ch-link[y1='0']").Each(func(_ int, l *goquery.Selection) {
			if x := l.AttrOr("x1", ""); i > 0 && x != down && down != "" {
				t.Fatalf("row %d is reached at %s, left at %s", i, x, down)
			}
		})
		down = row.Find("line.ch-link[y1='24']").AttrOr("x1", "")
	})
}

func plus(t *rapid.T, sum money.Amount, decimal string) money.Amount {
	a, err := money.Parse(decimal, money.CNY)
	must(t, err)
	out, err := sum.Add(a)
	must(t, err)
	return out
}

func TestAnyTimelineAndLadder(t *testing.T) {
	p := painter(t, i18n.English)
	rapid.Check(t, func(t *rapid.T) {
		tl := chart.Timeline{Head: chart.Head{Title: hostile().Draw(t, "title")}, Today: anyDate().Draw(t, "today")}
		l := chart.Ladder{Head: tl.Head, Today: tl.Today, Due: anyDate().Draw(t, "due"), Open: rapid.Bool().Draw(t, "open")}
		dated := !l.Due.IsZero()
		due := true
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			r := chart.TimelineRow{Label: hostile().Draw(t, "label"), Note: hostile().Draw(t, "note"), Href: hostile().Draw(t, "href"), State: hostile().Draw(t, "state"),
				Start: anyDate().Draw(t, "start"), Baseline: anyDate().Draw(t, "baseline"), Due: anyDate().Draw(t, "rowDue"), Forecast: anyDate().Draw(t, "forecast"), Met: anyDate().Draw(t, "met"),
				Closed: rapid.Bool().Draw(t, "closed"), Gates: rapid.SliceOfN(hostile(), 0, 3).Draw(t, "gates")}
			if rapid.Bool().Draw(t, "extended") {
				r.Extensions = append(r.Extensions, chart.Extension{From: anyDate().Draw(t, "from"), To: anyDate().Draw(t, "to")})
			}
			due = due && !r.Due.IsZero()
			tl.Rows = append(tl.Rows, r)
			rung := chart.Rung{Level: rapid.SampledFrom([]string{"owner", "manager", "head", "<x>"}).Draw(t, "level"), Asks: hostile().Draw(t, "asks"),
				Offset: rapid.IntRange(-400, 400).Draw(t, "offset"), Working: rapid.Bool().Draw(t, "working"), On: anyDate().Draw(t, "on"),
				Reached: rapid.Bool().Draw(t, "reached"), Skipped: rapid.Bool().Draw(t, "skipped"), Provisional: rapid.Bool().Draw(t, "provisional")}
			dated = dated && !rung.On.IsZero()
			l.Rungs = append(l.Rungs, rung)
		}
		c, err := p.Timeline(tl)
		if due != (err == nil) {
			t.Fatalf("a timeline whose rows have dates: %t, gives %v", due, err)
		}
		if err == nil {
			checked(t, c)
		}
		c, err = p.Ladder(l)
		if (dated || len(l.Rungs) == 0) != (err == nil) {
			t.Fatalf("a ladder whose rungs have dates: %t, gives %v", dated, err)
		}
		if err == nil {
			checked(t, c)
		}
	})
}

func TestHostileLabels(t *testing.T) {
	p := painter(t, i18n.English)
	long := "<b>" + strings.Repeat("长", 10_000)
	for label, want := range map[string]string{
		`"><script>alert(1)</script>`: `"><script>alert(1)</script>`,
		"\u202Eabc\u202C\u2067":       "abc",
		"a\x00b\r\n\tc":               "ab c",
		long:                          "<b>" + strings.Repeat("长", 56) + "…",
	} {
		c, err := p.Bars(chart.Bars{Head: chart.Head{Title: label}, Bars: []chart.Bar{{Label: label, Href: "/x?a=\"&b", Value: chart.Count(3)}}})
		if err != nil {
			t.Fatal(err)
		}
		checked(t, c)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(c.Figure())))
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Find(".ch-name bdi").Text(); got != want {
			t.Errorf("the label %.40q is shown as %q, want %q", label, got, want)
		}
		if doc.Find("script, b[onload]").Length() != 0 {
			t.Errorf("the label %.40q became markup", label)
		}
		title := doc.Find("svg.ch-l title").Text()
		if n := utf8.RuneCountInString(title); n > 310 || label == long && n < 290 {
			t.Errorf("the title of %.40q has %d characters", label, n)
		}
		if len(c.Figure()) > 8_000 {
			t.Errorf("one bar with the label %.40q has %d bytes", label, len(c.Figure()))
		}
	}
	for _, href := range []string{"javascript:alert(1)", "//evil.example/", `/\evil.example`, "https://evil.example", "/a\nb", "data:text/html,x", "/" + strings.Repeat("x", 3000)} {
		c, err := p.Bars(chart.Bars{Bars: []chart.Bar{{Label: "x", Href: href, Value: chart.Count(1)}}})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(c.Figure()), "href") {
			t.Errorf("a chart links to %.40q", href)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	p := painter(t, i18n.English)
	usd, err := money.ISO("USD")
	if err != nil {
		t.Fatal(err)
	}
	dollars := chart.Money(money.Zero(usd))
	bars := func(values ...chart.Value) error {
		var b chart.Bars
		for _, v := range values {
			b.Bars = append(b.Bars, chart.Bar{Value: v})
		}
		_, err := p.Bars(b)
		return err
	}
	trend := func(months ...chart.TrendMonth) error {
		_, err := p.Trend(chart.Trend{Series: []chart.Series{{Label: "a"}}, Months: months})
		return err
	}
	one := []chart.Value{chart.Count(1)}
	stack := func(counts ...int) error {
		_, err := p.Stack(chart.Stack{Series: []chart.Series{{}, {}}, Rows: []chart.StackRow{{Counts: counts}}})
		return err
	}
	_, manyRows := p.Timeline(chart.Timeline{Rows: make([]chart.TimelineRow, chart.MaxRows+1)})
	_, manyRungs := p.Ladder(chart.Ladder{Rungs: make([]chart.Rung, chart.MaxRungs+1)})
	for name, tt := range map[string]struct{ got, want error }{
		"two currencies":     {bars(cny("1"), dollars), chart.ErrUnits},
		"money and counts":   {bars(cny("1"), chart.Count(1)), chart.ErrUnits},
		"a count too large":  {bars(chart.Count(1 << 60)), chart.ErrRange},
		"too many bars":      {bars(make([]chart.Value, chart.MaxRows+1)...), chart.ErrMany},
		"a month twice":      {trend(chart.TrendMonth{Month: date("2026-05-01"), Values: one}, chart.TrendMonth{Month: date("2026-05-31"), Values: one}), chart.ErrUnits},
		"no month":           {trend(chart.TrendMonth{Values: one}), chart.ErrUnits},
		"a value missing":    {trend(chart.TrendMonth{Month: date("2026-05-01")}), chart.ErrUnits},
		"too long a span":    {trend(chart.TrendMonth{Month: date("1950-05-01"), Values: one}, chart.TrendMonth{Month: date("2026-05-01"), Values: one}), chart.ErrMany},
		"a negative count":   {stack(1, -1), chart.ErrRange},
		"a count missing":    {stack(1), chart.ErrUnits},
		"too many rows":      {manyRows, chart.ErrMany},
		"too many rungs":     {manyRungs, chart.ErrMany},
		"nothing is refused": {bars(chart.Value{}, cny("1")), nil},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
}
