// Package blob keeps the content of evidence by its SHA-256: the port, and the
// rules for what may be uploaded and how it is named when it comes back.
// Folder fs and Amazon S3 are its adapters; package blobtest is what they must
// do.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"

	"milepost/internal/fault"
)

// Codes of the faults of this package and its adapters.
const (
	CodeAbsent           = "blob.absent"               // NotFound
	CodeFailed           = "blob.failed"               // Internal: the storage itself
	CodeHashMalformed    = "evidence.hashMalformed"    // Invalid
	CodeHashDiffers      = "evidence.hashDiffers"      // Invalid
	CodeSizeDiffers      = "evidence.sizeDiffers"      // Invalid {announced}: bytes
	CodeEmpty            = "evidence.empty"            // Invalid
	CodeTooLarge         = "evidence.tooLarge"         // TooLarge {max}: bytes
	CodeTypeRefused      = "evidence.typeRefused"      // Invalid {type, allowed}
	CodeExtensionDiffers = "evidence.extensionDiffers" // Invalid {name, type, allowed}
	CodeTypeDiffers      = "evidence.typeDiffers"      // Invalid {type}
)

// ErrNoTickets says that a store takes uploads through Put, and gives content
// through Open, only.
var ErrNoTickets = errors.New("blob: this store gives no tickets and links")

// Announcement is what an uploader says about content before sending it.
type Announcement struct {
	SHA256    string // 64 lower-case hexadecimal digits
	Size      int64  // bytes
	MediaType string
}

// Info is what a store knows about content. The media type is not among it:
// the same bytes may be evidence under several names and types, which the
// evidence records keep.
type Info struct {
	SHA256 string
	Size   int64 // bytes
}

// Ticket lets its holder upload the announced content, and no other, straight
// to the storage.
type Ticket struct {
	Method    string
	URL       string
	Headers   map[string]string // to be sent exactly so
	ExpiresAt time.Time
}

// Store keeps content under its hash, within a space: what is in one space is
// not there in another, so that nobody reaches content by knowing its hash and
// removing it takes it from nobody else. Every method refuses a malformed hash
// with evidence.hashMalformed; a failing storage is blob.failed. A Store is
// safe for use by several goroutines and processes.
type Store interface {
	// Put reads content from r to its end and keeps it. Where it is not what
	// was announced, nothing is kept and the fault is evidence.sizeDiffers or
	// evidence.hashDiffers; an error of r comes back wrapped. After nil the
	// content survives a loss of power. Putting what is there already is fine,
	// and is checked like the first time.
	Put(ctx context.Context, a Announcement, r io.Reader) error
	// Stat says whether content is there; blob.absent if not.
	Stat(ctx context.Context, sha256 string) (Info, error)
	// Open returns the content, or blob.absent. The caller closes it.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, Info, error)
	// Remove forgets content; removing what is absent is fine.
	Remove(ctx context.Context, sha256 string) error
	// Ticket returns leave to upload without this program, or ErrNoTickets.
	Ticket(ctx context.Context, a Announcement) (*Ticket, error)
	// Link returns an address from which content is got without this program,
	// under a media type and a Content-Disposition, for a minute; or
	// ErrNoTickets. It does not look whether content is there.
	Link(ctx context.Context, sha256, mediaType, disposition string) (string, error)
	// In returns the same storage in a space, such as an award's id. A store as
	// it is opened is a space of its own.
	In(space string) Store
}

// SpaceName is how a space stands in paths: as it is where it is letters,
// digits and underscores, else by its hash.
func SpaceName(space string) string {
	plain := func(r rune) bool {
		return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if len(space) > 2 && len(space) <= 64 && !strings.ContainsFunc(space, func(r rune) bool { return !plain(r) }) {
		return "s-" + space
	}
	sum := sha256.Sum256([]byte(space))
	return "h-" + hex.EncodeToString(sum[:])
}

// Check refuses an announcement that no store could hold: a malformed hash, a
// negative size, or more than limit bytes.
func (a Announcement) Check(limit int64) error {
	if err := CheckSHA256(a.SHA256); err != nil {
		return err
	}
	if a.Size < 0 {
		return fault.New(fault.Invalid, CodeSizeDiffers, "announced", a.Size)
	}
	if a.Size > limit {
		return fault.New(fault.TooLarge, CodeTooLarge, "max", limit)
	}
	return nil
}

// CheckSHA256 refuses everything but 64 lower-case hexadecimal digits.
func CheckSHA256(s string) error {
	ok := len(s) == 64
	for i := 0; ok && i < len(s); i++ {
		ok = '0' <= s[i] && s[i] <= '9' || 'a' <= s[i] && s[i] <= 'f'
	}
	if !ok {
		return fault.New(fault.Invalid, CodeHashMalformed)
	}
	return nil
}

// Absent returns the fault for content that is not there.
func Absent(sha256 string) error {
	return fault.New(fault.NotFound, CodeAbsent, "sha256", sha256)
}
