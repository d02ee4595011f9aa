package exchange

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"milepost/internal/civil"
)

// csvFile is a CSV file of lines.
func csvFile(name string, lines ...string) File {
	return File{Name: name, Data: []byte(strings.Join(lines, "\r\n") + "\r\n")}
}

const (
	awardsHeader     = "award_ref,title,currency,amount,start_on"
	milestonesHeader = "award_ref,milestone_no,title,due_on,amount"
)

func twoAwards() []File {
	return []File{
		csvFile("awards.csv", awardsHeader, "A-1,First,CNY,300,2026-01-01", "A-2,Second,EUR,50.5,2026-02-01"),
		csvFile("milestones.csv", milestonesHeader,
			"A-1,1,Start,2026-03-01,100", "A-1,2,End,2026-06-01,200", "A-2,1,All,2026-04-01,50.50"),
	}
}

// show writes problems in one line each.
func show(problems []Problem) []string {
	lines := []string{}
	for _, p := range problems {
		line := fmt.Sprintf("%s %s", p.Severity, p.Code)
		if p.Sheet != "" {
			line += " " + p.Sheet
		}
		if p.Row > 0 {
			line += fmt.Sprintf(" row %d", p.Row)
		}
		for _, s := range []string{p.Column, p.Award} {
			if s != "" {
				line += " " + s
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// brief writes awards in one line each.
func brief(p *Portfolio) []string {
	lines := []string{}
	for _, a := range p.Awards {
		line := fmt.Sprintf("%s %s %s", a.Ref, a.Amount, a.StartOn)
		for _, m := range a.Milestones {
			line += fmt.Sprintf(" | %d %s %s %s", m.No, m.Title, m.Amount.Decimal(), m.DueOn)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestRead(t *testing.T) {
	awards := func(lines ...string) File { return csvFile("awards.csv", lines...) }
	milestones := func(lines ...string) File { return csvFile("milestones.csv", lines...) }
	one := "A-1 CNY 300.00 2026-01-01 | 1 Start 100.00 2026-03-01 | 2 End 200.00 2026-06-01"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(
		"合同编号,标题,币种,金额,开始日期\r\nA-1,一号,CNY,300,2026年1月1日\r\n合计,,,300,\r\n")
	if err != nil {
		t.Fatal(err)
	}
	plainMilestones := milestones(milestonesHeader, "A-1,1,Start,2026-03-01,100", "A-1,2,End,2026-06-01,200")
	tests := []struct {
		name         string
		files        []File
		options      Options
		want         []string
		wantProblems []string
	}{
		{"two awards", twoAwards(), Options{}, []string{one, "A-2 EUR 50.50 2026-02-01 | 1 All 50.50 2026-04-01"}, []string{}},
		{"byte order mark, semicolons", []File{
			{Name: "a.csv", Data: []byte("\ufeffAward Ref;Title;Currency;Amount;Start date\nA-1;First, of two;CNY;300;2026/1/1\n")}, plainMilestones,
		}, Options{}, []string{one}, []string{}},
		{"semicolons and a comma", []File{
			awards("award_ref;title;currency;amount;start_on", "A-1;First;CNY;1,300;2026/1/1"), plainMilestones,
		}, Options{}, []string{}, []string{"error amount.invalid row 2 amount A-1"}},
		{"tabs", []File{awards("award_ref\ttitle\tcurrency\tamount\tstart_on", "A-1\tFirst\tCNY\t300\t2026.1.1"), plainMilestones}, Options{}, []string{one}, []string{}},
		{"GB18030 with a total row", []File{{Name: "a.csv", Data: []byte(gb)}, plainMilestones}, Options{}, []string{one}, []string{"note row.total row 3"}},
		{"titles above, 万元, empty lines, full width", []File{
			awards("专项资助一览,,,", ",,,", "项目编号,标题,金额（万元）,开始日期", "", "Ａ-1,一,０.０３,2026年1月1日"),
			milestones("单位：元", "项目编号,里程碑序号,里程碑,截止日期,金额", "A-1,１,Start,2026-03-01,100", "A-1,2,End,2026-06-01,200"),
		}, Options{}, []string{one}, []string{}},
		{"unit row and a remark", []File{
			awards("项目编号,标题,资助金额,开始日期", ",,（万元）,", "A-1,一,0.03,2026年1月1日"),
			milestones("合同编号,里程碑,到期日,金额(元),备注", "A-1,Start,2026-03-01,100,x", "A-1,End,2026-06-01,200,"),
		}, Options{}, []string{one}, []string{"note columns.ignored", "note milestone.numbered"}},
		{"no unit", []File{awards("项目编号,标题,金额,开始日期", "A-1,一,300,2026-01-01"), plainMilestones}, Options{},
			[]string{}, []string{"error amount.noUnit 金额"}},
		{"no unit of milestones", []File{awards("项目编号,标题,金额（元）,开始日期", "A-1,一,300,2026-01-01"),
			milestones(milestonesHeader, "A-1,1,Start,2026-03-01,100")}, Options{}, []string{}, []string{"error amount.noUnit row 2 amount A-1"}},
		{"unit against currency", []File{awards("项目编号,标题,币种,金额（元）,开始日期", "A-1,一,USD,300,2026-01-01"), plainMilestones}, Options{},
			[]string{}, []string{"error currency.differs row 2 金额（元） A-1"}},
		{"month only", []File{awards(awardsHeader, "A-1,First,CNY,300,2026年1月"), plainMilestones}, Options{},
			[]string{}, []string{"error date.monthOnly row 2 start_on A-1"}},
		{"twice", []File{awards(awardsHeader, "A-1,First,CNY,300,2026-01-01", "A-1,First,CNY,300,2026-01-01"), plainMilestones}, Options{},
			[]string{}, []string{"error award.twice row 3 award_ref A-1"}},
		{"milestone twice", []File{awards(awardsHeader, "A-1,First,CNY,300,2026-01-01"),
			milestones(milestonesHeader, "A-1,1,Start,2026-03-01,100", "A-1,1,End,2026-06-01,200")}, Options{},
			[]string{}, []string{"error milestone.twice row 3 milestone_no A-1"}},
		{"missing parent", append(twoAwards()[:1:1], milestones(milestonesHeader,
			"A-1,1,Start,2026-03-01,100", "A-1,2,End,2026-06-01,200", "A-3,1,All,2026-04-01,50.50")), Options{},
			[]string{one}, []string{"error award.noMilestones row 3 award_ref A-2", "error award.unknown row 4 award_ref A-3"}},
		{"a broken row refuses its award only", []File{
			awards(awardsHeader, "A-1,First,CNY,300,2026-01-01", "A-2,,XYZ,1.234,soon", "A-3,Third,CNY,1.234,2026-01-01"), plainMilestones}, Options{},
			[]string{one}, []string{"error value.missing row 3 title A-2", "error date.invalid row 3 start_on A-2", "error currency.unknown row 3 currency A-2", "error amount.tooManyDecimals row 4 amount A-3"}},
		{"total differs", []File{awards(awardsHeader, "A-1,First,CNY,301,2026-01-01"), plainMilestones}, Options{},
			[]string{}, []string{"error award.totalDiffers row 2 amount A-1"}},
		{"total of the milestones", []File{awards(awardsHeader, "A-1,First,CNY,301,2026-01-01"), plainMilestones}, Options{Total: TotalMilestones},
			[]string{one}, []string{"note award.totalReplaced row 2 A-1"}},
		{"declared asset", []File{awards(awardsHeader, "A-1,First,BTC,0.00000300,2026-01-01"),
			milestones(milestonesHeader, "A-1,1,Start,2026-03-01,0.000003")}, Options{Assets: map[string]int{"BTC": 8}},
			[]string{"A-1 BTC 0.00000300 2026-01-01 | 1 Start 0.00000300 2026-03-01"}, []string{}},
		{"due before the start", []File{awards(awardsHeader, "A-1,First,CNY,1,2026-01-01"), milestones(milestonesHeader, "A-1,1,Start,2025-12-31,1")}, Options{},
			[]string{}, []string{"error milestone.dueBeforeStart row 2 A-1"}},
		{"nothing to pay", []File{awards(awardsHeader, "A-1,First,CNY,0,2026-01-01"), milestones(milestonesHeader, "A-1,1,Start,2026-12-31,0")}, Options{},
			[]string{}, []string{"error amount.notPositive row 2 A-1"}},
		{"negative", []File{awards(awardsHeader, "A-1,First,CNY,1,2026-01-01"), milestones(milestonesHeader, "A-1,1,Start,2026-12-31,2", "A-1,2,End,2026-12-31,-1")}, Options{},
			[]string{}, []string{"error amount.negative row 3 amount A-1"}},
		{"durations instead of dates", []File{awards(awardsHeader, "A-1,First,CNY,300,2026-01-01"),
			milestones("award_ref,milestone_no,title,amount,duration_days", "A-1,2,End,200,92", "A-1,1,Start,100,59")}, Options{}, []string{one}, []string{}},
		{"durations beyond the calendar", []File{awards(awardsHeader, "A-1,First,CNY,300,2199-12-01"),
			milestones("award_ref,milestone_no,title,amount,duration_days", "A-1,1,Start,100,31", "A-1,2,End,200,365")}, Options{},
			[]string{}, []string{"error milestone.noDue row 2 award_ref A-1"}},
		{"column missing", []File{awards("award_ref,currency,amount,start_on", "A-1,CNY,300,2026-01-01"), plainMilestones}, Options{}, []string{},
			[]string{"error header.missing"}},
		{"all that a header lacks is told at once", []File{awards("award_ref,title,amount,total", "A-1,First,300,300"), plainMilestones}, Options{}, []string{},
			[]string{"error amount.noUnit amount", "error header.missing", "error header.twice"}},
		{"column twice", []File{awards(awardsHeader+",总金额", "A-1,First,CNY,300,2026-01-01,1"), plainMilestones}, Options{}, []string{},
			[]string{"error header.twice"}},
		{"an unknown table stops all", append(twoAwards(), csvFile("x.csv", "a,b,c", "1,2,3")), Options{}, []string{}, []string{"error table.unknown"}},
		{"broken quotes stop all", append(twoAwards(), csvFile("x.csv", "award_ref,event,on_date", `A-1,"agreed,2026-01-01`)), Options{}, []string{}, []string{"error csv.malformed"}},
		{"UTF-16", []File{{Name: "x.csv", Data: []byte("\xff\xfea\x00")}}, Options{}, []string{}, []string{"error csv.encoding"}},
		{"too large", twoAwards(), Options{MaxSize: 10}, []string{}, []string{"error file.tooLarge", "error file.tooLarge"}},
		{"nothing", nil, Options{}, []string{}, []string{"error awards.none"}},
	}
	for _, tt := range tests {
		p, problems := read(tt.files, tt.options)
		if diff := cmp.Diff(tt.want, brief(p)); diff != "" {
			t.Errorf("%s: awards (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.wantProblems, show(problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestReadHistory(t *testing.T) {
	files := append(twoAwards(),
		csvFile("award_events.csv", "award_ref,event,on_date", "A-1,agreed,2025-12-20", "A-2,agreed,2026-02-01", "A-1,terminated,2026-06-20"),
		csvFile("events.csv", "award_ref,milestone_no,event,on_date",
			"A-1,1,delivered,2026-02-20", "A-1,1,accepted,2026-02-20", "A-1,2,other,2026-06-25", "A-2,1,已提交,2026-03-31"))
	p, problems := read(files, Options{})
	if len(problems) > 0 {
		t.Fatalf("problems %v", show(problems))
	}
	on, terminated := p.Awards[0].TerminatedOn()
	if !terminated || on != civil.MustParse("2026-06-25") || !p.Awards[0].History {
		t.Errorf("TerminatedOn() = %s, %t, want the day of the last event", on, terminated)
	}
	p, _ = read(files, Options{Until: civil.MustParse("2026-01-31")})
	if p.Counts.LeftOut != 1 || len(p.Awards) != 1 {
		t.Fatalf("counts until 2026-01-31 = %+v", p.Counts)
	}
	if a := p.Awards[0]; len(a.Events) != 1 || len(a.Milestones[0].Events) != 0 || a.AgreedOn() != civil.MustParse("2025-12-20") {
		t.Errorf("award until 2026-01-31 = %+v", a)
	}
	_, problems = read(append(files, csvFile("more.csv", "award_ref,milestone_no,event,on_date",
		"A-1,3,delivered,2026-02-20", "A-2,1,eaten,2026-02-20")), Options{})
	want := []string{"error milestone.unknown row 2 milestone_no A-1", "error event.unknown row 3 event A-2"}
	if diff := cmp.Diff(want, show(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestReadAmendments(t *testing.T) {
	files := []File{
		csvFile("awards.csv", awardsHeader, "A-1,First,CNY,300,2026-01-01"),
		csvFile("milestones.csv", milestonesHeader+",duration_days", "A-1,1,Start,2026-03-01,100,59", "A-1,2,New end,2026-06-01,200,92"),
	}
	header := "award_ref,on_date,milestone_no,field,from,to"
	good := csvFile("amendments.csv", header,
		"A-1,2026-02-01,,amount,250,300", "A-1,2026-02-01,2,amount,150,200", "A-1,2026-02-01,2,title,Old end,New end", "A-1,2026-02-01,1,duration_days,31,59")
	p, problems := read(append(files, good), Options{Until: civil.MustParse("2026-01-31")})
	want := []string{"A-1 CNY 250.00 2026-01-01 | 1 Start 100.00 2026-02-01 | 2 Old end 150.00 2026-05-04"}
	if diff := cmp.Diff(want, brief(p)); diff != "" || len(problems) > 0 {
		t.Errorf("awards (-want +got):\n%s\nproblems %v", diff, show(problems))
	}
	p, _ = read(append(files, good), Options{})
	if got := p.Awards[0].Milestones[1].BaselineOn.String(); got != "2026-05-04" {
		t.Errorf("baseline = %s, want 2026-05-04", got)
	}
	for _, b := range []struct{ row, want string }{
		{"A-1,2026-02-01,2,amount,150,201", "error amendment.differs row 2 to A-1"},
		{"A-1,2026-02-01,2,weather,150,201", "error amendment.unknownField row 2 field A-1"},
		{"A-1,2026-02-01,2,milestone_removed,x,", "error amendment.differs row 2 to A-1"},
		{"A-1,2026-02-01,3,milestone_removed,x,", "error amendment.noDurations row 2 to A-1"},
		{"A-1,2026-02-01,3,milestone_added,,x", "error amendment.differs row 2 to A-1"},
		{"A-1,2026-02-01,,duration_days,30,40", "error amendment.unknownField row 2 field A-1"},
		{"A-1,2026-02-01,2,amount,many,200", "error amount.unreadable row 2 to A-1"},
		{"A-1,2026-02-01,3,duration_days,30,40", "error amendment.differs row 2 to A-1"},
	} {
		_, problems := read(append(files, csvFile("amendments.csv", header, b.row)), Options{})
		if diff := cmp.Diff([]string{b.want}, show(problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", b.row, diff)
		}
	}
}

func TestReport(t *testing.T) {
	p, _ := read(twoAwards(), Options{})
	columns := func(names ...string) []ColumnReport {
		var out []ColumnReport
		for _, name := range names {
			header, means, ok := strings.Cut(name, "=")
			if !ok {
				means = name
			}
			out = append(out, ColumnReport{Header: header, Means: means})
		}
		return out
	}
	want := []FileReport{
		{Name: "awards.csv", Encoding: UTF8, Delimiter: ",", Tables: []TableReport{{
			Kind: "awards", Header: 1, Rows: 2, Columns: columns("award_ref", "title", "currency", "amount", "start_on")}}},
		{Name: "milestones.csv", Encoding: UTF8, Delimiter: ",", Tables: []TableReport{{
			Kind: "milestones", Header: 1, Rows: 3, Columns: columns("award_ref", "milestone_no", "title", "due_on", "amount")}}},
	}
	if diff := cmp.Diff(want, p.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	other, _ := read([]File{{Name: "台账.csv", Data: []byte("项目名称,合同编号,金额（万元）,开始日期,备注\n激光,A-1,10,2025-01-01,-\n")}}, Options{})
	if diff := cmp.Diff([]TableReport{{
		Kind: "awards", Header: 1, Rows: 1, Columns: columns("项目名称=title", "合同编号=award_ref", "金额（万元）=amount", "开始日期=start_on"),
		Others: []string{"备注"}, Currency: "CNY", Scale: 4,
	}}, other.Files[0].Tables); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	files := twoAwards()
	files[0], files[1] = files[1], files[0]
	q, _ := read(files, Options{})
	if p.Fingerprint != q.Fingerprint || len(p.Fingerprint) != 64 {
		t.Errorf("fingerprints %q and %q, want one", p.Fingerprint, q.Fingerprint)
	}
}

func TestParseAssets(t *testing.T) {
	got, err := ParseAssets([]string{"BTC=8", "USDC = 6"})
	if diff := cmp.Diff(map[string]int{"BTC": 8, "USDC": 6}, got); diff != "" || err != nil {
		t.Errorf("ParseAssets = %v, %v", got, err)
	}
	for _, bad := range []string{"BTC", "BTC=x", "CNY=2", "BTC=99", "btc=8", "BTC=8 BTC=8"} {
		if got, err := ParseAssets(strings.Fields(bad)); err == nil {
			t.Errorf("ParseAssets(%q) = %v, want a fault", bad, got)
		}
	}
}
