package console

import (
	"fmt"
	"html/template"
	"strings"
)

// tones say how a state is drawn: a shape of its own, so that no colour is
// needed to tell it.
//
//	idle   an empty ring: not begun, or not in force yet
//	run    a half ring: under way
//	wait   a dot in a ring: somebody is to decide
//	good   a tick
//	part   a tick in half a ring
//	bad    a cross
//	off    a bar: cancelled, lapsed, closed
var tones = map[string]string{
	"awardState draft": "idle", "awardState submitted": "wait", "awardState active": "run", "awardState suspended": "off",
	"awardState closing": "run", "awardState closed": "good", "awardState discarded": "off",
	"milestoneState planned": "idle", "milestoneState inProgress": "run", "milestoneState submitted": "wait",
	"milestoneState returned": "bad", "milestoneState decided": "good", "milestoneState cancelled": "off",
	"milestoneOutcome met": "good", "milestoneOutcome partiallyMet": "part", "milestoneOutcome notMet": "bad",
	"trancheState scheduled": "idle", "trancheState requested": "wait", "trancheState approved": "run",
	"trancheState settled": "good", "trancheState cancelled": "off",
	"paymentState instructed": "run", "paymentState paid": "good", "paymentState returned": "bad",
	"paymentState stopped": "off", "paymentState reversed": "bad",
	"refundState recorded": "good", "refundState reversed": "bad",
	"extensionState requested": "wait", "extensionState granted": "good", "extensionState refused": "bad",
	"extensionState withdrawn": "off", "extensionState lapsed": "off",
	"evidenceState announced": "run", "evidenceState confirmed": "good", "evidenceState superseded": "off",
	"evidenceState erased": "off", "evidenceState expired": "bad",
	"programmeState open": "run", "programmeState suspended": "off", "programmeState closed": "good",
	"platformState candidate": "idle", "platformState approved": "wait", "platformState operating": "run",
	"platformState suspended": "off", "platformState underRectification": "bad", "platformState closed": "off",
	"projectState proposed": "idle", "projectState approved": "wait", "projectState underway": "run",
	"projectState acceptance": "wait", "projectState completed": "good", "projectState terminated": "off",
	"importState prepared": "wait", "importState applying": "run", "importState applied": "good", "importState discarded": "off",
	"membershipState active": "good", "membershipState revoked": "off", "membershipState expired": "off",
}

// shapes are the drawings of tones in a box of 12 × 12.
var shapes = map[string]string{
	"idle": `<circle cx="6" cy="6" r="4.5" class="ring"/>`,
	"run":  `<circle cx="6" cy="6" r="4.5" class="ring"/><path d="M6 1.5a4.5 4.5 0 0 1 0 9z" class="fill"/>`,
	"wait": `<circle cx="6" cy="6" r="4.5" class="ring"/><circle cx="6" cy="6" r="2" class="fill"/>`,
	"good": `<path d="M1.8 6.4 4.8 9.4 10.2 2.8" class="ring"/>`,
	"part": `<path d="M6 1.5a4.5 4.5 0 1 0 4.5 4.5" class="ring"/><path d="M3.9 6.2 5.6 8 10.6 2.2" class="ring"/>`,
	"bad":  `<path d="M2.4 2.4l7.2 7.2M9.6 2.4 2.4 9.6" class="ring"/>`,
	"off":  `<path d="M2 6h8" class="ring"/>`,
}

// state is the word for a state with the shape of its tone; "" draws nothing.
func (f functions) state(group string, code any) template.HTML {
	word := textOf(code)
	if word == "" {
		return ""
	}
	tone, ok := tones[group+" "+word]
	if !ok {
		tone = "idle"
	}
	return template.HTML(fmt.Sprintf( //nolint:gosec // escaped
		`<span class="state s-%s"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">%s</svg>%s</span>`,
		tone, shapes[tone], template.HTMLEscapeString(f.catalogs.Label(f.lang, group, word))))
}

// level is an escalation level: a ring that fills.
func (f functions) level(code any) template.HTML {
	word := textOf(code)
	if word == "" {
		return template.HTML(`<span class="none">` + template.HTMLEscapeString(f.catalogs.Text(f.lang, "console.level.none", nil)) + `</span>`) //nolint:gosec // escaped
	}
	inside := ""
	switch word {
	case "manager":
		inside = `<path d="M6 1.25a4.75 4.75 0 0 1 0 9.5z" class="fill"/>`
	case "head":
		inside = `<circle cx="6" cy="6" r="4.75" class="fill"/>`
	}
	return template.HTML(fmt.Sprintf( //nolint:gosec // escaped
		`<span class="level l-%s"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false"><circle cx="6" cy="6" r="4.75" class="ring"/>%s</svg>%s</span>`,
		template.HTMLEscapeString(word), inside, template.HTMLEscapeString(f.catalogs.Label(f.lang, "level", word))))
}

// late is how many calendar days something is late, as bars that rise with the
// bucket (1–7, 8–30, 31–90, over 90 days) and a number.
func (f functions) late(days int) template.HTML {
	n := severity(days)
	var on, off strings.Builder
	for i, filled := range bars(n) {
		to := &off
		if filled {
			to = &on
		}
		fmt.Fprintf(to, "M%s 12v-%sh2.4v%sz", bar(i, "x"), bar(i, "h"), bar(i, "h"))
	}
	drawn := `<path class="on" d="` + on.String() + `"/><path class="off" d="` + off.String() + `"/>`
	return template.HTML(fmt.Sprintf( //nolint:gosec // escaped
		`<span class="late v%d"><svg class="bars" viewBox="0 0 14 12" width="14" height="12" aria-hidden="true" focusable="false">%s</svg>%s</span>`,
		n, drawn, template.HTMLEscapeString(f.catalogs.Text(f.lang, "console.late", map[string]any{"count": days}))))
}

// left is how many calendar days are left; 0 is today.
func (f functions) left(days int) template.HTML {
	id := "console.left"
	if days == 0 {
		id = "console.today"
	}
	return template.HTML(`<span class="left">` + template.HTMLEscapeString(f.catalogs.Text(f.lang, id, map[string]any{"count": days})) + `</span>`) //nolint:gosec // escaped
}
