package exchange

import "milepost/internal/civil"

// change is a row of the amendments table.
type change struct {
	rec      record
	on       civil.Date
	no       int // 0: the award
	field    string
	from, to cell
}

// The fields that an amendment changes, as word writes them.
const (
	fieldTitle   = "title"
	fieldAmount  = "amount"
	fieldDays    = "durationdays"
	fieldAdded   = "milestoneadded"
	fieldRemoved = "milestoneremoved"
)

func fieldOf(s string) string {
	switch s := word(s); s {
	case "标题", "里程碑名称", "名称":
		return fieldTitle
	case "金额":
		return fieldAmount
	case "工期", "工期(天)", "duration":
		return fieldDays
	case "新增里程碑":
		return fieldAdded
	case "删除里程碑":
		return fieldRemoved
	default:
		return s
	}
}

// amendments reads the amendments' rows into the drafts.
func (r *reader) amendments() {
	for _, t := range r.ofKind(amendmentsTable) {
		for _, rec := range t.records {
			d := r.parent(rec)
			if d == nil {
				continue
			}
			c := change{rec: rec, field: fieldOf(rec.text(colField)), from: rec.cell(colFrom), to: rec.cell(colTo)}
			c.on = r.dateOf(rec, colOn)
			if code(rec.text(colNo)) != "" {
				c.no, _ = r.numberOf(rec)
			}
			if !c.known() {
				r.refuse(rec, colField, "amendment.unknownField", "field", clip(rec.text(colField)))
			}
			d.changes = append(d.changes, c)
		}
	}
}

func (c change) known() bool {
	switch c.field {
	case fieldTitle, fieldAmount:
		return true
	case fieldDays, fieldAdded, fieldRemoved:
		return c.no > 0
	}
	return false
}

// moves reports whether undoing the change may move a due date.
func (c change) moves() bool {
	return c.field == fieldDays || c.field == fieldAdded || c.field == fieldRemoved
}
