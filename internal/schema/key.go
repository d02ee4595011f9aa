package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"

	"milepost/internal/ident"
	"milepost/internal/store"
)

// Types of items, as their bodies name them.
const (
	TypeHead         = "head"
	TypeJournal      = "journal"
	TypeLedger       = "ledger"
	TypeIdempotency  = "idempotency"
	TypeUnique       = "unique"
	TypeName         = "name"
	TypeWords        = "words"
	TypeLogin        = "login"
	TypePerson       = "person"
	TypeMember       = "member"
	TypeProgramme    = "programme"
	TypeLadder       = "ladder"
	TypeOrganisation = "organisation"
	TypePlatform     = "platform"
	TypeEnrolment    = "enrolment"
	TypeProject      = "project"
	TypeLink         = "link"
	TypeAward        = "award"
	TypeMilestone    = "milestone"
	TypeTranche      = "tranche"
	TypeExtension    = "extension"
	TypePayment      = "payment"
	TypeRefund       = "refund"
	TypeParty        = "party"
	TypeEvidence     = "evidence"
	TypeDeployment   = "deployment"
	TypeCalendar     = "calendar"
	TypeSweep        = "sweep"
	TypeImport       = "import"
	TypeImportRow    = "importRow"
)

// Deployment is the partition of what the deployment has once.
const Deployment = "dep"

// HeadKey is the key of an aggregate's head.
func HeadKey(aggregate string) store.Key { return store.Key{PK: aggregate, SK: "0"} }

// RootKey is the key of an aggregate's root.
func RootKey(aggregate string) store.Key { return store.Key{PK: aggregate, SK: "1"} }

// JournalKey is the key of an aggregate's n-th journal item.
func JournalKey(aggregate string, seq int64) store.Key {
	return store.Key{PK: aggregate, SK: fmt.Sprintf("7#%012d", seq)}
}

// LedgerKey is the key of an award's n-th ledger item.
func LedgerKey(a ident.Award, seq int64) store.Key {
	return store.Key{PK: string(a), SK: fmt.Sprintf("6#%012d", seq)}
}

// Ranges of sort keys within an aggregate.
var (
	pageRange    = store.Range{From: "0", To: "4~"}
	journalRange = store.Prefix("7#")
	ledgerRange  = store.Prefix("6#")
)

// PageRange holds head, root and things of an aggregate: what its page shows.
func PageRange() store.Range { return pageRange }

// JournalRange holds an aggregate's journal.
func JournalRange() store.Range { return journalRange }

// LedgerRange holds an award's ledger.
func LedgerRange() store.Range { return ledgerRange }

// MilestoneKey and the following are the keys of an award's things.
func MilestoneKey(a ident.Award, m ident.Milestone) store.Key {
	return store.Key{PK: string(a), SK: "2#" + string(m)}
}

// TrancheKey is the key of a tranche.
func TrancheKey(a ident.Award, t ident.Tranche) store.Key {
	return store.Key{PK: string(a), SK: "3#" + string(t)}
}

// ExtensionKey is the key of an extension.
func ExtensionKey(a ident.Award, e ident.Extension) store.Key {
	return store.Key{PK: string(a), SK: "4#ext#" + string(e)}
}

// PaymentKey is the key of a payment.
func PaymentKey(a ident.Award, p ident.Payment) store.Key {
	return store.Key{PK: string(a), SK: "4#pay#" + string(p)}
}

// RefundKey is the key of a refund.
func RefundKey(a ident.Award, r ident.Refund) store.Key {
	return store.Key{PK: string(a), SK: "4#rfd#" + string(r)}
}

// EvidenceKey is the key of a milestone's evidence.
func EvidenceKey(a ident.Award, m ident.Milestone, e ident.Evidence) store.Key {
	return store.Key{PK: string(a), SK: "5#" + string(m) + "#" + string(e)}
}

// EvidenceRange holds all evidence of a milestone.
func EvidenceRange(m ident.Milestone) store.Range { return store.Prefix("5#" + string(m) + "#") }

// AwardEvidenceRange holds all evidence of an award.
func AwardEvidenceRange() store.Range { return store.Prefix("5#") }

// LadderKey is the key of a version of a programme's ladder.
func LadderKey(p ident.Programme, kind string, version int) store.Key {
	return store.Key{PK: string(p), SK: fmt.Sprintf("2#%s#%06d", kind, version)}
}

// EnrolmentKey is the key of a platform's enrolment in a programme.
func EnrolmentKey(p ident.Platform, in ident.Programme) store.Key {
	return store.Key{PK: string(p), SK: "2#" + string(in)}
}

// LinkKey is the key of a project's link to a platform.
func LinkKey(p ident.Project, to ident.Platform) store.Key {
	return store.Key{PK: string(p), SK: "4#plt#" + string(to)}
}

// PersonKey is the key of a person with all memberships.
func PersonKey(p ident.Person) store.Key { return store.Key{PK: string(p), SK: "m"} }

// MemberKey is the key of a person's memberships in one scope.
func MemberKey(scope string, p ident.Person) store.Key {
	return store.Key{PK: scope, SK: string(p)}
}

// MemberRange holds the members of a scope.
func MemberRange() store.Range { return store.Prefix(ident.PrefixPerson + "_") }

// CalendarKey is the key of a working-day year.
func CalendarKey(year int) store.Key {
	return store.Key{PK: Deployment, SK: fmt.Sprintf("2#cal#%04d", year)}
}

// CalendarRange holds the working-day years.
func CalendarRange() store.Range { return store.Prefix("2#cal#") }

// SweepKey is the key of a sweep's record; at sorts by time.
func SweepKey(at string) store.Key { return store.Key{PK: Deployment, SK: "8#swp#" + at} }

// SweepRange holds the records of sweeps.
func SweepRange() store.Range { return store.Prefix("8#swp#") }

// ImportRowKey is the key of a row of an import.
func ImportRowKey(i ident.Import, row int) store.Key {
	return store.Key{PK: string(i), SK: fmt.Sprintf("2#%06d", row)}
}

// ImportRange holds the rows of an import.
func ImportRange() store.Range { return store.Prefix("2#") }

// hashKey is the key of an item that is found by a value: the parts' SHA-256.
func hashKey(parts ...string) store.Key {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return store.Key{PK: "h#" + hex.EncodeToString(h.Sum(nil)), SK: "r"}
}

// LoginKey is the key of a login.
func LoginKey(issuer, subject string) store.Key { return hashKey("login", issuer, subject) }

// IdempotencyKey is the key of the record of a caller's Idempotency-Key.
func IdempotencyKey(person ident.Person, key string) store.Key {
	return hashKey("idempotency", string(person), key)
}

// UniqueKey is the key of a value that only one thing may have, such as an
// agreement number; scope is "" where it is unique in the deployment. Scopes
// are compared as values are: an account's name is typed by people too.
func UniqueKey(kind, scope, value string) store.Key {
	return hashKey("unique", kind, Normalise(scope), Normalise(value))
}

// Shards is the number of partitions of the work index.
const Shards = 16

// Shard is the work partition of an award: what is due in one award sits
// together.
func Shard(a ident.Award) string {
	h := fnv.New32a()
	h.Write([]byte(a))
	return WorkShard(int(h.Sum32() % Shards))
}

// WorkShard names the n-th work partition.
func WorkShard(n int) string { return fmt.Sprintf("att#%02d", n) }

// EnrolmentRange holds a platform's enrolments.
func EnrolmentRange() store.Range { return store.Prefix("2#" + ident.PrefixProgramme + "_") }

// LadderRange holds all versions of a programme's ladders.
func LadderRange() store.Range { return store.Prefix("2#") }
