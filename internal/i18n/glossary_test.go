package i18n_test

import (
	"strings"
	"testing"

	"milepost/internal/i18n"
)

// Each concept has one Chinese word: the glossary of docs/console.md. Other
// words for it are not used.
func TestChineseTextsKeepToTheGlossary(t *testing.T) {
	other := map[string]string{ // in place of
		"审定": "验收", "审核": "验收、审批", "审议": "验收", "核准": "批准",
		"关口": "拨付条件", "阶梯": "预警规则", "义务": "待办", "截止日期": "到期日",
		"台账": "账簿", "凭证": "编号", "付款凭据": "付款指令编号", "退款": "退回款", "已支付": "已拨付", "中止付款": "止付",
		"负责人": "分管领导、责任人",
	}
	longer := []string{"项目负责人"}     // words of their own that hold one of them
	elsewhere := map[string]string{ // words of offices' own files, in the texts about these
		"台账": "console.imports.about console.admin.card.imports.about", "截止日期": "label.importColumn.due_on fault.table.unknown console.imports.until console.imports.later",
	}
	for id, m := range readCatalog(t, i18n.Chinese) {
		for _, text := range m {
			for _, word := range longer {
				text = strings.ReplaceAll(text, word, "")
			}
			for word, use := range other {
				if strings.Contains(text, word) && !strings.Contains(" "+elsewhere[word]+" ", " "+id+" ") {
					t.Errorf("%s says %s, the glossary %s: %s", id, word, use, text)
				}
			}
		}
	}
}

// Three things have a word each: money that the payee gave back is a refund
// 退回款, a transfer that the bank sent back is returned by the bank 退汇, and
// what is to be reworked is sent back 退回修改.
func TestWhatComesBackHasThreeWords(t *testing.T) {
	elsewhere := " console.signin.problem.lapsed " // one returns to one's page
	for id, m := range readCatalog(t, i18n.English) {
		for _, text := range m {
			if lower := strings.ToLower(text); strings.Contains(lower, "return") && !strings.Contains(lower, "by the bank") && !strings.Contains(elsewhere, " "+id+" ") {
				t.Errorf("%s says return, which only the bank does: %s", id, text)
			}
		}
	}
	for id, m := range readCatalog(t, i18n.Chinese) {
		for _, text := range m {
			bare := strings.ReplaceAll(strings.ReplaceAll(text, "退回款", ""), "退回修改", "")
			if strings.Contains(bare, "退回") || strings.Contains(text, "退回款项") {
				t.Errorf("%s says 退回 alone, the glossary 退回款 or 退回修改: %s", id, text)
			}
		}
	}
}
