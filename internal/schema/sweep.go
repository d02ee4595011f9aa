package schema

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
)

// Sweep is the record of a live sweep: who ran it, for which business date,
// and what it did.
type Sweep struct {
	ID        string       `json:"id"` // swp_…
	At        string       `json:"at"` // RFC 3339, UTC: when it began
	AsOf      civil.Date   `json:"asOf"`
	Person    ident.Person `json:"person,omitempty"`
	System    string       `json:"system,omitempty"`
	Awards    int          `json:"awards"`    // written
	Due       int          `json:"due"`       // entries of the worklist that were read
	Flagged   int          `json:"flagged"`   // rungs reached
	Baselined int          `json:"baselined"` // obligations that were overdue when attention began
	Renewed   int          `json:"renewed"`   // things of which only the next date was renewed
	Failed    int          `json:"failed"`    // awards that could not be written
	Remaining int          `json:"remaining"` // entries left when time was up, or that others held
	Millis    int64        `json:"millis"`    // how long it took
}

// SweepRecord places the record of a sweep, by when it began.
func SweepRecord(s Sweep) Record {
	return Record{Type: TypeSweep, Key: SweepKey(s.At + "#" + s.ID), Value: s}
}
