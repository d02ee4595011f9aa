// Package ident provides the ids of Milepost: a short prefix that names the
// kind of thing and a ULID, so that ids sort by the time they were made and
// stand in URLs unescaped ([a-z]{3}_[0-9A-Z]{26}).
package ident

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// One type for each kind of thing, so that the compiler keeps them apart.
type (
	// Person is the id of a person: per_….
	Person string
	// Organisation is the id of an organisation: org_….
	Organisation string
	// Programme is the id of a programme: prg_….
	Programme string
	// Platform is the id of a platform: plt_….
	Platform string
	// Project is the id of a project: prj_….
	Project string
	// Award is the id of an award: awd_….
	Award string
	// Milestone is the id of a milestone: mst_….
	Milestone string
	// Tranche is the id of a tranche: trn_….
	Tranche string
	// Payment is the id of a payment: pay_….
	Payment string
	// Refund is the id of a refund: rfd_….
	Refund string
	// Extension is the id of an extension: ext_….
	Extension string
	// Evidence is the id of a piece of evidence: evd_….
	Evidence string
	// Import is the id of an import: imp_….
	Import string
)

// Prefixes of the ids, without the underscore.
const (
	PrefixPerson       = "per"
	PrefixOrganisation = "org"
	PrefixProgramme    = "prg"
	PrefixPlatform     = "plt"
	PrefixProject      = "prj"
	PrefixAward        = "awd"
	PrefixMilestone    = "mst"
	PrefixTranche      = "trn"
	PrefixPayment      = "pay"
	PrefixRefund       = "rfd"
	PrefixExtension    = "ext"
	PrefixEvidence     = "evd"
	PrefixImport       = "imp"
	PrefixSweep        = "swp"
)

// Source makes ids. It is safe for use by several goroutines; ids made within
// one millisecond still sort in the order they were made.
type Source struct {
	mu      sync.Mutex
	now     func() time.Time
	entropy ulid.MonotonicReader
}

// NewSource returns a source that takes its time from now and its chance from
// entropy.
func NewSource(now func() time.Time, entropy io.Reader) *Source {
	return &Source{now: now, entropy: ulid.Monotonic(entropy, 0)}
}

// New returns a new id with the prefix. It fails only where entropy does.
func (s *Source) New(prefix string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := ulid.New(ulid.Timestamp(s.now()), s.entropy)
	if err != nil {
		return "", fmt.Errorf("ident: %w", err)
	}
	return prefix + "_" + id.String(), nil
}

// Valid reports whether id has the form prefix_ULID, the prefix being three
// lower-case letters.
func Valid(prefix, id string) bool {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if !ok || len(prefix) != 3 || strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyz") != "" || len(rest) != ulid.EncodedSize {
		return false
	}
	parsed, err := ulid.ParseStrict(rest)
	return err == nil && parsed.String() == rest
}

// Prefix returns what stands before the underscore, or "" where id is not of
// the form of an id at all.
func Prefix(id string) string {
	prefix, _, ok := strings.Cut(id, "_")
	if !ok || !Valid(prefix, id) {
		return ""
	}
	return prefix
}

// MadeAt returns when an id was made, in UTC to the millisecond; the zero time
// where it has not the form of one.
func MadeAt(id string) time.Time {
	if Prefix(id) == "" {
		return time.Time{}
	}
	made, err := ulid.ParseStrict(id[len(id)-ulid.EncodedSize:])
	if err != nil {
		return time.Time{}
	}
	return ulid.Time(made.Time()).UTC()
}
