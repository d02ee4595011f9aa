package exchange

import "strings"

// column is what a column means.
type column string

// The columns that tables are made of, named as their English header. The last
// group is recognised and not read.
const (
	colRef      column = "award_ref"
	colTitle    column = "title"
	colCurrency column = "currency"
	colAmount   column = "amount"
	colStart    column = "start_on"
	colNo       column = "milestone_no"
	colDue      column = "due_on"
	colDuration column = "duration_days"
	colEvent    column = "event"
	colOn       column = "on_date"
	colField    column = "field"
	colFrom     column = "from"
	colTo       column = "to"

	colBasis    column = "start_basis"
	colCommit   column = "commit"
	colStatus   column = "status_written"
	colCost     column = "cost_written"
	colWritten  column = "duration_written"
	colDateFrom column = "basis"
)

// words are the headers that are recognised, as plain writes them, each with
// the columns that it may mean, the likeliest first.
func words() map[string][]column {
	lists := map[column]string{
		colRef:      "awardref award awardno awardnumber awardid reference ref agreement agreementno agreementnumber contractno contractnumber 项目编号 合同编号 资助编号 任务书编号 立项编号 协议编号 编号",
		colTitle:    "title awardtitle projecttitle name milestonetitle milestonename 标题 名称 项目名称 项目标题 里程碑名称 里程碑标题 节点名称",
		colCurrency: "currency currencycode asset 币种 货币 资产",
		colAmount:   "amount total totalamount awardamount milestoneamount cost 金额 总金额 资助金额 合同金额 里程碑金额 拨付金额 总额 经费",
		colStart:    "starton start startdate agreedon 开始日期 起始日期 开始时间 立项日期 签订日期",
		colNo:       "milestoneno milestonenumber milestoneid 里程碑序号 里程碑编号 节点序号 节点编号",
		colDue:      "dueon due duedate deadline 截止日期 到期日 到期日期 计划完成日期 完成期限 截止时间",
		colDuration: "durationdays duration days 工期 工期天数 天数",
		colEvent:    "event eventkind 事件 事项",
		colOn:       "ondate on date eventdate 日期 发生日期 事件日期",
		colField:    "field 字段 变更项 变更内容",
		colFrom:     "from oldvalue 原值 变更前",
		colTo:       "to newvalue 新值 变更后",
		colBasis:    "startbasis 开始日期依据",
		colCommit:   "commit 提交号",
		colStatus:   "statuswritten 原文状态",
		colCost:     "costwritten 原文金额",
		colWritten:  "durationwritten 原文工期",
		colDateFrom: "basis 日期依据",
	}
	known := map[string][]column{
		"milestone": {colTitle, colNo},
		"里程碑":       {colTitle, colNo},
		"节点":        {colTitle, colNo},
	}
	for c, list := range lists {
		for _, word := range strings.Fields(list) {
			known[word] = []column{c}
		}
	}
	return known
}

// kind is what a table holds.
type kind string

const (
	awardsTable      kind = "awards"
	milestonesTable  kind = "milestones"
	eventsTable      kind = "events"
	awardEventsTable kind = "awardEvents"
	amendmentsTable  kind = "amendments"
	sourcesTable     kind = "eventSources" // recognised, not read
	writtenTable     kind = "written"      // recognised, not read
)

func (k kind) ignored() bool { return k == sourcesTable || k == writtenTable }

// kindOf tells a table by its columns; ofMilestones says that the header of the
// titles speaks of milestones.
func kindOf(has func(column) bool, ofMilestones bool) kind {
	all := func(columns ...column) bool {
		for _, c := range columns {
			if !has(c) {
				return false
			}
		}
		return true
	}
	switch {
	case !has(colRef):
		return ""
	case has(colStatus):
		return sourcesTable
	case has(colCost):
		return writtenTable
	case all(colField, colFrom, colTo):
		return amendmentsTable
	case all(colEvent, colOn, colNo):
		return eventsTable
	case all(colEvent, colOn):
		return awardEventsTable
	case has(colStart) && !has(colNo) && (!ofMilestones || !has(colDue)):
		return awardsTable
	case has(colDue) || has(colDuration) || all(colNo, colAmount):
		return milestonesTable
	case all(colTitle, colAmount):
		return awardsTable
	}
	return ""
}

// columns are those that a table of the kind is made of, in the order in which
// people write them.
func (k kind) columns() []column {
	switch k {
	case awardsTable:
		return []column{colRef, colTitle, colCurrency, colAmount, colStart}
	case milestonesTable:
		return []column{colRef, colNo, colTitle, colDue, colAmount}
	case eventsTable:
		return []column{colRef, colNo, colEvent, colOn}
	case awardEventsTable:
		return []column{colRef, colEvent, colOn}
	case amendmentsTable:
		return []column{colRef, colOn, colNo, colField, colFrom, colTo}
	}
	return nil // the others are not read
}

// required are the columns without which a table of the kind says nothing.
func (k kind) required() []column {
	switch k {
	case awardsTable:
		return []column{colRef, colTitle, colAmount, colStart}
	case milestonesTable:
		return []column{colRef, colTitle, colAmount}
	case amendmentsTable:
		return []column{colRef, colOn, colNo, colField, colFrom, colTo}
	}
	return nil // the others are told by all of theirs
}
