package demo

import "milepost/internal/award"

// topic is what a milestone is about.
type topic struct {
	kind                  award.MilestoneType
	title, deliverable    string
	criterion, criterion2 string
}

// projectTopics are the milestones of a project, in their order.
func projectTopics() []topic {
	return []topic{
		{award.Assessment, "技术方案评审 · Design review", "技术方案与评审意见", "技术方案通过专家评审", "关键指标可测量"},
		{award.Delivery, "原理样机 · Working prototype", "原理样机一套", "样机在实验室环境运行", "核心指标达到任务书要求"},
		{award.Assessment, "第三方检测 · Third-party test", "检测报告", "由具备资质的机构出具报告", "全部必测项合格"},
		{award.Delivery, "应用场景验证 · Validation with a user", "用户使用报告", "不少于两家用户试用", "用户书面意见"},
		{award.Financing, "转化方案与融资 · Conversion plan and funding", "转化方案、投资意向书", "转化路径明确", "社会资金意向落实"},
		{award.Approval, "结题验收 · Final acceptance", "验收材料", "任务书指标全部完成", "经费使用合规"},
	}
}

// platformTopics are the milestones of a platform's own award.
func platformTopics() []topic {
	return []topic{
		{award.Delivery, "场地与团队到位 · Site and team in place", "场地证明、团队名册", "面积不少于任务书要求", "专职人员到岗"},
		{award.Delivery, "公共设备投入使用 · Shared equipment running", "设备清单、验收单", "关键设备完成安装调试", "对外开放预约"},
		{award.Assessment, "首批项目入库 · First projects admitted", "项目评审纪要", "入库项目不少于四项", "双验证机制建立"},
		{award.Delivery, "中试线贯通 · Pilot line complete", "试运行报告", "连续稳定运行三十天", "良率达到任务书要求"},
		{award.Reporting, "中期评估 · Mid-term evaluation", "中期评估报告", "服务项目数达标", "社会资金投入达标"},
		{award.Approval, "建设期验收 · Build-up acceptance", "验收材料", "建设任务全部完成", "经费使用合规"},
	}
}
