package schema

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/store"
)

// Proposals is the partition of what waits for a second person in a programme:
// awards submitted for activation, a change of the programme's terms or
// ladders, imports that are prepared. What was decided leaves it, so it stays
// short whatever the programme holds.
func Proposals(p ident.Programme) string { return "2nd#" + string(p) }

// proposed is the entry of what was proposed on a date.
func proposed(p ident.Programme, on civil.Date, id string) store.Key {
	return store.Key{PK: Proposals(p), SK: on.String() + "#" + id}
}
