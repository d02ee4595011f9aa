package schema

import (
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// ImportState is where an import stands.
type ImportState string

// The states of an import: prepared → applying → applied; prepared → discarded.
const (
	ImportPrepared  ImportState = "prepared"
	ImportApplying  ImportState = "applying"
	ImportApplied   ImportState = "applied"
	ImportDiscarded ImportState = "discarded"
)

// Import is a plan that was stored, and how far it is applied. Its rows are
// items of their own, written before it.
type Import struct {
	ID          ident.Import    `json:"id"`
	Programme   ident.Programme `json:"programme"`
	State       ImportState     `json:"state"`
	Files       []string        `json:"files"`
	Fingerprint string          `json:"fingerprint"` // SHA-256 of the files
	// History says that awards come with what happened, so that another person
	// than its preparer applies it, and awards become active.
	History bool `json:"history"`
	// LeftOut are the numbers of awards of the files that have a problem, or
	// were refused, and so have no row.
	LeftOut []string `json:"leftOut,omitempty"`
	Rows    int      `json:"rows"`
	// Done counts the rows that have a result, by what was done about them.
	Done       map[ImportAction]int `json:"done,omitempty"`
	PreparedBy ident.Person         `json:"preparedBy"`
	PreparedOn civil.Date           `json:"preparedOn"`
	AppliedBy  ident.Person         `json:"appliedBy,omitempty"`
	AppliedOn  civil.Date           `json:"appliedOn,omitzero"`
	Reason     string               `json:"reason,omitempty"` // of the discarding
}

// ImportRow is one award of an import.
type ImportRow struct {
	Row      int                 `json:"row"`    // 1, 2 … within the import
	Source   award.OpeningSource `json:"source"` // file and row in it
	Project  ImportProject       `json:"project"`
	Document award.Document      `json:"document"` // its project is empty
	History  *award.History      `json:"history,omitempty"`
	Baseline map[string]string   `json:"baseline,omitempty"` // first due dates by milestone code, where others
	Result   *ImportResult       `json:"result,omitempty"`
}

// ImportProject is the project that an imported award belongs to; one that has
// the code already in the programme is taken as it is.
type ImportProject struct {
	Code  string             `json:"code"`
	Title portfolio.Names    `json:"title"`
	Lead  ident.Organisation `json:"lead"`
}

// ImportResult is what became of a row.
type ImportResult struct {
	Action  ImportAction  `json:"action"`
	Award   ident.Award   `json:"award,omitempty"`
	Project ident.Project `json:"project,omitempty"`
	Code    string        `json:"code,omitempty"` // the fault, where it was refused
	Pointer string        `json:"pointer,omitempty"`
}

// ImportAction is what an import does about a row.
type ImportAction string

// The actions.
const (
	ImportCreate ImportAction = "create"
	ImportChange ImportAction = "change" // of a draft
	ImportLeave  ImportAction = "leave"  // it is there already
	ImportRefuse ImportAction = "refuse"
)

// ImportRecord places an import.
func ImportRecord(i Import) Record {
	r := Record{Type: TypeImport, Key: RootKey(string(i.ID)), Value: i, Index: [store.Indexes]store.Key{
		store.Program: {PK: ImportsOf(i.Programme), SK: string(i.ID)},
	}}
	if i.State == ImportPrepared {
		r.Index[store.Work] = proposed(i.Programme, i.PreparedOn, string(i.ID))
	}
	return r
}

// ImportsOf is the partition of a programme's imports.
func ImportsOf(p ident.Programme) string { return "I#" + string(p) }

// ImportRowRecord places a row of an import.
func ImportRowRecord(i ident.Import, r ImportRow) Record {
	return Record{Type: TypeImportRow, Key: ImportRowKey(i, r.Row), Value: r}
}
