package tracker

import (
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// reference is an id that a document gives of something else, and what is said
// where nothing of that kind has it.
type reference struct {
	pointer string
	code    string
	value   string
	known   bool      // value has the form of an id of the kind that is meant
	key     store.Key // of the item that must be there
}

// rootReference refers to an aggregate of the kind that a prefix names.
func rootReference[ID ~string](pointer, prefix string, id ID) reference {
	return reference{pointer, "reference.unknown", string(id), ident.Valid(prefix, string(id)), schema.RootKey(string(id))}
}

// personReference refers to a person.
func personReference(pointer string, id ident.Person) reference {
	return reference{pointer, "reference.unknown", string(id), ident.Valid(ident.PrefixPerson, string(id)), schema.PersonKey(id)}
}

// enrolmentReference refers to a platform that must be enrolled in a programme.
func enrolmentReference(pointer string, id ident.Platform, in ident.Programme) reference {
	return reference{pointer, "platform.notEnrolled", string(id), ident.Valid(ident.PrefixPlatform, string(id)), schema.EnrolmentKey(id, in)}
}

// evidenceReference refers to evidence of a milestone.
func evidenceReference(pointer string, of MilestoneRef, id ident.Evidence) reference {
	return reference{pointer, "reference.unknown", string(id), ident.Valid(ident.PrefixEvidence, string(id)), schema.EvidenceKey(of.Award, of.Milestone, id)}
}

// refer refuses references to what is not there, with a field for each. What
// has not even the form of an id is never looked up.
func (w *work) refer(refs ...reference) error {
	var keys []store.Key
	for _, r := range refs {
		if r.known {
			keys = append(keys, r.key)
		}
	}
	if err := w.load(keys...); err != nil {
		return err
	}
	var fields []fault.Field
	for _, r := range refs {
		if !r.known || w.items[r.key] == nil {
			fields = append(fields, fault.At(r.pointer, r.code, "value", clipped(r.value)))
		}
	}
	return fault.InvalidFields(fields...)
}
