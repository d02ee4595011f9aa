package award

import (
	"slices"
	"strings"
	"time"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// EvidenceLife is how long an announcement waits for its file.
const EvidenceLife = 24 * time.Hour

// FileLimits are the sizes and media types that a deployment takes.
type FileLimits struct {
	MaxSize    int64    // bytes
	MediaTypes []string // without parameters, lower case
}

// File is what is announced of a file before it is sent.
type File struct {
	ID         ident.Evidence
	Kind       EvidenceKind
	FileName   string
	MediaType  string
	Size       int64
	SHA256     string
	Supersedes ident.Evidence // empty: it replaces none
}

// Announce fixes what a file for the milestone will be: it is not evidence
// before Confirm. Already is how much evidence the milestone has, in any state;
// now is the instant of the announcement.
func Announce(actor Actor, m Milestone, already int, file File, limits FileLimits, now time.Time) (Evidence, error) {
	if m.State == Cancelled {
		return Evidence{}, fault.New(fault.Conflict, "evidence.milestoneCancelled", "milestone", m.Code)
	}
	if already >= MaxEvidence {
		return Evidence{}, fault.New(fault.Conflict, "evidence.tooMany", "milestone", m.Code, "max", MaxEvidence)
	}
	if err := file.check(limits); err != nil {
		return Evidence{}, err
	}
	return Evidence{
		ID: file.ID, Award: m.Award, Milestone: m.ID, Kind: file.Kind, State: Announced, FileName: file.FileName,
		MediaType: file.MediaType, Size: file.Size, SHA256: file.SHA256, UploadedBy: actor.Person,
		AnnouncedAt: stamp(now), Supersedes: file.Supersedes,
	}, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (file File) check(limits FileLimits) error {
	var f portfolio.Findings
	portfolio.OneOf(&f, "/kind", file.Kind, StampedScan, ESignedPDF, OFD, Invoice, Photo, Minutes, Opinion, Data, OtherFile)
	f.Required("/fileName", file.FileName, 200)
	if strings.ContainsFunc(file.FileName, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }) ||
		file.FileName == "." || file.FileName == ".." {
		f.Add("/fileName", "evidence.badFileName")
	}
	if !slices.Contains(limits.MediaTypes, file.MediaType) {
		f.Add("/mediaType", "evidence.typeNotAllowed", "allowed", slices.Clone(limits.MediaTypes))
	}
	switch {
	case file.Size <= 0:
		f.Add("/size", "evidence.empty")
	case file.Size > limits.MaxSize:
		f.Add("/size", "evidence.tooLarge", "max", limits.MaxSize)
	}
	if !hash(file.SHA256) {
		f.Add("/sha256", "evidence.badHash")
	}
	return f.Err()
}

func hash(s string) bool {
	return len(s) == 64 && !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

// Expired reports whether the evidence was announced, never confirmed, and its
// time is over.
func (e Evidence) Expired(now time.Time) bool {
	at, err := time.Parse(time.RFC3339, e.AnnouncedAt)
	return e.State == Announced && (err != nil || !now.Before(at.Add(EvidenceLife)))
}

// StateAt returns the state at an instant: an announcement whose time is over
// has expired.
func (e Evidence) StateAt(now time.Time) EvidenceState {
	if e.Expired(now) {
		return Expired
	}
	return e.State
}

// Confirm makes evidence of an announced file that was received with a size
// and a SHA-256: both must be what was announced.
func (e Evidence) Confirm(size int64, sha256 string, now time.Time) (Evidence, error) {
	next, err := e.StateAt(now).Next(CommandConfirm)
	if err != nil {
		return e, err
	}
	var f portfolio.Findings
	if size != e.Size {
		f.Add("/size", "evidence.sizeDiffers", "announced", e.Size, "received", size)
	}
	if sha256 != e.SHA256 {
		f.Add("/sha256", "evidence.hashDiffers", "announced", e.SHA256, "received", sha256)
	}
	if err := f.Err(); err != nil {
		return e, err
	}
	e.State, e.ConfirmedAt = next, stamp(now)
	return e, nil
}

// Supersede replaces the evidence by next, which is confirmed evidence of the
// same milestone and says so (evidence.doesNotReplace). The old one stays.
func (e Evidence) Supersede(by Evidence) (Evidence, error) {
	next, err := e.State.Next(CommandSupersede)
	if err != nil {
		return e, err
	}
	if by.Milestone != e.Milestone || by.Supersedes != e.ID || by.State != Confirmed {
		return e, fault.New(fault.Conflict, "evidence.doesNotReplace", "evidence", string(by.ID))
	}
	e.State, e.SupersededBy = next, by.ID
	return e, nil
}

// AskErase asks, with a reason, that the bytes be erased; another person must
// confirm it with Erase.
func (e Evidence) AskErase(actor Actor, reason string) (Evidence, error) {
	next, err := e.State.Next(CommandAskErase)
	if err := first(err, portfolio.NeedReason(reason)); err != nil {
		return e, err
	}
	e.State, e.ErasedBy, e.ErasedFor = next, []ident.Person{actor.Person}, reason
	return e, nil
}

// Erase confirms what another person asked (separation.eraserConfirms): the
// caller then removes the bytes. Hash, name and reason stay.
func (e Evidence) Erase(actor Actor) (Evidence, error) {
	next, err := e.State.Next(CommandErase)
	if err != nil {
		return e, err
	}
	if len(e.ErasedBy) != 1 {
		return e, fault.New(fault.Conflict, "evidence.eraseNotAsked")
	}
	if err := separated("separation.eraserConfirms", actor, e.ErasedBy[0], e.FileName); err != nil {
		return e, err
	}
	e.State, e.ErasedBy = next, append(slices.Clone(e.ErasedBy), actor.Person)
	return e, nil
}
