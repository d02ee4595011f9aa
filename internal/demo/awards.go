package demo

import (
	"milepost/internal/award"
	"milepost/internal/portfolio"
)

// grant is an award of the story. Milestones and tranches are told as a verb
// and a day: "met@-120" is a milestone due 120 days ago that was decided met;
// see milestoneVerbs and trancheVerbs. A tranche's day is that of its request;
// without one it is asked for soon after its gates hold.
type grant struct {
	platform   int // from 1; 0: that of the project, which may have none
	project    int // from 1; 0: the platform's own
	amount     int // CNY 10,000
	start      int // offset of the agreement
	milestones []string
	tranches   []string
	// ended says how an award with opening history came to its end, "" for one
	// that goes on; opened that there is such a history.
	opened bool
	ended  award.HistoryKind
}

func (g grant) titles() (zh, en string) {
	if g.project > 0 {
		p := projects()[g.project-1]
		return p.zh + "（演示数据）", p.en + " (demo data)"
	}
	p := platforms()[g.platform-1]
	return p.zh + "建设（演示数据）", p.en + ", build-up (demo data)"
}

func (g grant) names() portfolio.Names { return name(g.titles()) }

// grants are the awards that became active. Together they have 120 milestones.
func grants() []grant {
	type list = []string
	return []grant{
		{platform: 1, amount: 2800, start: -305, milestones: list{"met@-240", "met@-170", "metlate@-95", "part/remainder@-50", "late@-4", "plan@+120"}, tranches: list{"paid", "refund", "-", "-"}},
		{platform: 2, amount: 2600, start: -302, milestones: list{"met@-235", "met@-150", "met@-80", "submit@-16", "start@+24", "plan@+150"}, tranches: list{"paid", "splitpay", "-", "-"}},
		{platform: 3, amount: 3000, start: -300, milestones: list{"met@-230", "met2@-140", "late@-61", "ext@+6", "plan@+90", "plan@+180"}, tranches: list{"paid", "partpay", "-", "-"}},
		{platform: 4, amount: 2400, start: -298, milestones: list{"met@-225", "met@-120", "met@-40", "met@-24", "start@+5", "plan@+140"}, tranches: list{"paid", "retry", "approve@-4", "-"}},
		{platform: 5, amount: 2200, start: -295, milestones: list{"metlate@-220", "met@-110", "granted@-60", "late@-12", "plan@+60", "plan@+170"}, tranches: list{"paid", "instruct@-6", "-", "-"}},

		{project: 1, amount: 620, start: -290, milestones: list{"met@-210", "met@-130", "met@-70", "returned@-52", "start@+18", "plan@+110"}, tranches: list{"paid", "paid", "-", "-"}},
		{project: 2, amount: 860, start: -288, milestones: list{"met@-205", "not/retry@-115", "late@-100", "late@-33", "start@+27", "plan@+95"}, tranches: list{"paid", "-", "-", "-"}},
		{project: 3, amount: 480, start: -286, milestones: list{"met@-200", "met@-125", "submit@-9", "refusedext@-7", "plan@+45", "plan@+160"}, tranches: list{"paid", "request@-9", "-", "-"}},
		{project: 4, amount: 350, start: -284, milestones: list{"met@-195", "met@-105", "late@-22", "start@+3", "plan@+75", "plan@+165"}, tranches: list{"paid", "refuse@-60", "-", "-"}},
		{project: 5, amount: 740, start: -280, milestones: list{"met@-190", "met@-118", "lapsed@-62", "resubmit@-30", "late@-2", "plan@+130"}, tranches: list{"paid", "reverse", "-", "-"}},

		{project: 6, amount: 980, start: -270, milestones: list{"met@-185", "met@-100", "part@-20", "start@+12", "plan@+100"}, tranches: list{"paid", "stop@-12", "-", "-"}},
		{project: 7, amount: 420, start: -262, milestones: list{"met@-170", "not@-34", "late@-18", "plan@+40", "plan@+125"}, tranches: list{"paid", "withdrawn@-90", "-", "-"}},
		{project: 9, amount: 1150, start: -255, milestones: list{"met@-160", "met@-85", "late@-41", "start@+7", "plan@+105"}, tranches: list{"paid", "returned@-20", "-", "-"}},
		{project: 10, amount: 560, start: -248, milestones: list{"met2@-150", "reopened@-45", "start@-1", "plan@+50", "plan@+135"}, tranches: list{"paid", "takeback@-60", "-", "-"}},
		{project: 11, amount: 390, start: -240, milestones: list{"late@-125", "late@-92", "withdrawn@-28", "plan@+55", "plan@+145"}, tranches: list{"paid", "-", "-", "-"}},
		{project: 13, amount: 880, start: -560, opened: true, milestones: list{"met@-450", "plan@-306", "plan@+35", "plan@+115", "plan@+205"}, tranches: list{"paid", "paid", "-", "-"}},
		{project: 14, amount: 640, start: -210, milestones: list{"met@-120", "part/accept@-66", "extlate@-19", "plan@+35", "plan@+120"}, tranches: list{"refund", "paid", "-", "-"}},
		{project: 15, amount: 450, start: -180, milestones: list{"met@-90", "rework@-26", "start@+21", "plan@+80", "plan@+155"}, tranches: list{"paid", "request@-2", "-", "-"}},
		{project: 17, amount: 1280, start: -160, milestones: list{"met@-70", "withdrawnext@-17", "start@+9", "plan@+85", "plan@+175"}, tranches: list{"paid", "instruct@-3", "-", "-"}},
		{project: 18, amount: 720, start: -700, opened: true, ended: award.HistoryTerminated, milestones: list{"met@-600", "not@-480", "plan@-410", "plan@-340", "plan@-290"}, tranches: list{"paid", "paid", "-", "-"}},
		{project: 19, amount: 530, start: -760, opened: true, ended: award.HistoryCompleted, milestones: list{"met@-650", "met@-560", "met@-480", "met@-400", "met@-330"}, tranches: list{"paid", "paid", "paid", "paid"}},
		{project: 20, amount: 310, start: -45, milestones: list{"start@+4", "plan@+28", "plan@+75", "plan@+135", "plan@+200"}, tranches: list{"-", "-", "-", "-"}},
	}
}
