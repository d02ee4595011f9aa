package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

const (
	fieldFiles = "files" // of forms that take files
	// mostFilesOfForm bounds a form where nothing else does: so many files of the
	// largest size.
	mostFilesOfForm = 4
	// besideFiles is what a form may hold beside its files where MaxBody bounds
	// them: names, and what was typed.
	besideFiles = 64 << 10
)

// uploadLimits are what a field for files says of them.
type uploadLimits struct {
	Accept string // file extensions, for the field
	File   int64  // bytes of one file
	Form   int64  // bytes of all files of one form; 0 where only File bounds them
	Direct bool   // script sends files one by one to the storage, past Form
}

// limits are those of a field for files.
func (q *request) limits() uploadLimits {
	c := q.console
	l := uploadLimits{Accept: strings.Join(c.Files.Extensions(), ","), File: c.Files.MaxSize, Form: c.MaxBody, Direct: c.UploadOrigin != ""}
	if c.MaxBody > 0 && !l.Direct {
		l.File = min(l.File, c.MaxBody)
	}
	return l
}

// FileText is File as people read it.
func (l uploadLimits) FileText() string { return limitText(l.File) }

// FormText is Form as people read it, "" where there is none.
func (l uploadLimits) FormText() string {
	if l.Form == 0 {
		return ""
	}
	return limitText(l.Form)
}

// limitText is a bound in bytes as people read it. It is not rounded up.
func limitText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d.%d MB", n>>20, n%(1<<20)*10>>20)
}

// upload is a file of a form that was received, on its way to be evidence.
type upload struct {
	name   string
	size   int64
	sha256 string
	file   *os.File
	err    error // why it is not taken
}

// close forgets what was received.
func (u upload) close() {
	if u.file != nil {
		_ = u.file.Close()
		_ = os.Remove(u.file.Name())
	}
}

func closeAll(list []upload) {
	for _, u := range list {
		u.close()
	}
}

// sentWithFiles reads a form that may hold files. They are hashed on the way to
// a temporary file each; the caller closes them. What is wrong with a single
// file is for that file.
func (q *request) sentWithFiles() (*form, []upload, error) {
	if kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		f, err := q.sent()
		return f, nil, err
	}
	if err := q.extend(); err != nil {
		return nil, nil, err
	}
	most := mostFilesOfForm * q.console.Files.MaxSize
	body := most + maxForm
	if q.console.MaxBody > 0 {
		most, body = q.console.MaxBody, q.console.MaxBody+besideFiles
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, body)
	reader, err := q.MultipartReader()
	if err != nil {
		return nil, nil, fault.New(fault.Malformed, "form.malformed")
	}
	values, files, err := q.receive(reader)
	q.Form, q.PostForm = values, values
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		// What was typed comes before the files, and is not lost with them.
		closeAll(files)
		files, err = []upload{{err: fault.New(fault.TooLarge, "form.filesTooLarge", "max", most>>20)}}, nil
	}
	if err == nil {
		var f *form
		if f, err = q.formOf(values); err == nil {
			return f, files, nil
		}
	}
	closeAll(files)
	return nil, nil, err
}

// extend gives a transfer its time.
func (q *request) extend() error {
	if err := q.console.Limits.Extend(q.w, q.console.Now()); err != nil {
		return fault.Wrap(err, "internal.error")
	}
	return nil
}

// receive reads the parts of a form: fields, which together are as bounded as
// those of a form without files, and files.
func (q *request) receive(reader *multipart.Reader) (url.Values, []upload, error) {
	values, files, typed := url.Values{}, []upload{}, int64(0)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return values, files, nil
		}
		if err != nil {
			return values, files, incomplete(err)
		}
		name, fileName := part.FormName(), part.FileName()
		if name == fieldFiles {
			if fileName == "" {
				continue // no file was chosen
			}
			if len(files) >= award.MaxFiles {
				return nil, files, fault.New(fault.TooLarge, "milestone.tooManyFiles", "count", len(files)+1, "max", award.MaxFiles)
			}
			u, err := q.spool(fileName, part)
			files = append(files, u)
			if err != nil {
				return values, files, err
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, maxForm-typed+1))
		if typed += int64(len(text)); err != nil {
			return nil, files, incomplete(err)
		}
		if typed > maxForm {
			return nil, files, fault.New(fault.TooLarge, "request.tooLarge")
		}
		values.Add(name, string(text))
	}
}

// incomplete is the fault of a form that did not arrive whole.
func incomplete(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return &fault.Error{Kind: fault.Malformed, Code: "form.malformed", Cause: err}
}

// spool writes a file to the disk and hashes it. One that is too large is read
// no further than that, and refused.
func (q *request) spool(name string, r io.Reader) (upload, error) {
	u := upload{name: name}
	file, err := os.CreateTemp("", "milepost-upload-*")
	if err != nil {
		return u, fault.Wrap(err, blob.CodeFailed)
	}
	_ = os.Remove(file.Name()) // gone with the file, where the system lets it go
	u.file = file
	hash := sha256.New()
	most := q.console.Files.MaxSize
	u.size, err = io.Copy(io.MultiWriter(file, hash), io.LimitReader(r, most+1))
	if err != nil {
		return u, incomplete(err)
	}
	if u.err = q.console.Files.CheckSize(u.size); u.err != nil {
		_, err = io.Copy(io.Discard, r) // the rest of the form comes after it
		if err != nil {
			return u, incomplete(err)
		}
	}
	u.sha256 = hex.EncodeToString(hash.Sum(nil))
	return u, nil
}

// keep makes evidence of files that were received, one after the other: kind ""
// lets each file's type tell what it is. A file that the milestone has already
// is not kept twice, which the form notes. It returns the evidence, the last
// receipt, and what is wrong with single files.
func (q *request) keep(h *milestoneHome, f *form, kind award.EvidenceKind, replaces ident.Evidence, files []upload) (kept []ident.Evidence, last tracker.Receipt, wrong []fieldFault) {
	for _, u := range files {
		err, name := u.err, blob.SafeName(u.name)
		var id ident.Evidence
		if replaces == "" && err == nil {
			id = sameFile(h.M.Evidence, name, u.sha256)
		}
		there := id != ""
		if err == nil && !there {
			id, last, err = q.keepOne(h, f, kind, replaces, u, last)
		}
		if err != nil {
			text := q.faultText(err)
			if u.name != "" {
				text = q.text("console.evidence.problem", "name", name, "problem", text)
			}
			wrong = append(wrong, fieldFault{Field: fieldFiles, Text: text})
			continue
		}
		if there || slices.Contains(kept, id) {
			f.Twice = append(f.Twice, name)
		}
		kept = append(kept, id)
	}
	return kept, last, wrong
}

// sameFile is the one of a milestone's files that has a name and a content, ""
// for none.
func sameFile(files []tracker.EvidenceView, name, sha256 string) ident.Evidence {
	for _, e := range files {
		if e.State == award.Confirmed && e.SHA256 == sha256 && e.FileName == name {
			return e.ID
		}
	}
	return ""
}

func (q *request) keepOne(h *milestoneHome, f *form, kind award.EvidenceKind, replaces ident.Evidence, u upload, last tracker.Receipt) (ident.Evidence, tracker.Receipt, error) {
	in := q.console.fileOf(kind, u.name, u.size, u.sha256)
	in.Supersedes = replaces
	head := make([]byte, min(u.size, blob.HeadBytes))
	if _, err := u.file.ReadAt(head, 0); err != nil {
		return "", last, fault.Wrap(err, blob.CodeFailed)
	}
	if err := q.console.Files.CheckType(in.MediaType, head, in.FileName); err != nil {
		return "", last, err
	}
	ref, err := q.announce(h.ref, f.Key, in)
	if err != nil {
		return "", last, err
	}
	if _, err := u.file.Seek(0, io.SeekStart); err != nil {
		return "", last, fault.Wrap(err, blob.CodeFailed)
	}
	err = q.tracker().SendEvidence(q.Context(), q.call, ref, u.file)
	if err != nil && fault.CodeOf(err) != "evidence.notAnnounced" { // that one is the repetition of a form
		return "", last, err
	}
	r, err := q.confirm(ref, f.Key)
	return ref.Evidence, r, err
}

// announce announces a file, once for a form and content.
func (q *request) announce(ref tracker.MilestoneRef, key string, in award.File) (tracker.EvidenceRef, error) {
	c := q.keyed(key, "announce", in.SHA256, in.FileName, string(in.Kind), string(in.Supersedes))
	r, err := q.tracker().AnnounceEvidence(q.Context(), c, ref, in)
	if err != nil {
		return tracker.EvidenceRef{}, err
	}
	for _, t := range r.Things {
		if t.Event == "evidence.announced" {
			return tracker.EvidenceRef{Award: ref.Award, Milestone: ref.Milestone, Evidence: ident.Evidence(t.ID)}, nil
		}
	}
	return tracker.EvidenceRef{}, fault.New(fault.Internal, "internal.error")
}

func (q *request) confirm(ref tracker.EvidenceRef, key string) (tracker.Receipt, error) {
	return q.tracker().ConfirmEvidence(q.Context(), q.keyed(key, "confirm", string(ref.Evidence)), ref)
}

// keyed is a call of its own within a form: sent twice it has one effect.
func (q *request) keyed(key string, parts ...string) tracker.Call {
	c := q.call
	sum := sha256.Sum256([]byte(key + "\n" + strings.Join(parts, "\n")))
	c.Key, c.Fingerprint = hex.EncodeToString(sum[:16]), hex.EncodeToString(sum[:])
	return c
}

// fileOf is what is announced of a file: its type follows from its name, since
// browsers know few of them.
func (c *Console) fileOf(kind award.EvidenceKind, name string, size int64, hash string) award.File {
	name = blob.SafeName(name)
	extension := strings.ToLower(path.Ext(name))
	in := award.File{Kind: kind, FileName: name, MediaType: extension, Size: size, SHA256: hash}
	for mediaType, extensions := range c.Files.Types {
		if slices.Contains(extensions, extension) {
			in.MediaType = mediaType
		}
	}
	if in.Kind == "" {
		in.Kind = kindOf(in.MediaType)
	}
	return in
}

// kindOf is what a file of a type usually is.
func kindOf(mediaType string) award.EvidenceKind {
	switch {
	case strings.HasPrefix(mediaType, "image/"):
		return award.Photo
	case mediaType == "application/ofd":
		return award.OFD
	case mediaType == "text/csv", strings.Contains(mediaType, "spreadsheet"):
		return award.Data
	}
	return award.OtherFile
}

// evidenceKinds are the kinds in the order in which people choose them.
func evidenceKinds() []award.EvidenceKind {
	return []award.EvidenceKind{award.StampedScan, award.ESignedPDF, award.OFD, award.Invoice, award.Photo, award.Minutes, award.Opinion, award.Data, award.OtherFile}
}

// faultText is why something was refused, in one text: what is wrong with its
// fields where that is known.
func (q *request) faultText(err error) string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e = fault.Wrap(err, "internal.error")
	}
	text := q.console.Catalogs.Fault(q.lang, e)
	var parts []string
	for i, field := range text.Fields {
		if field.Code == blob.CodeTooLarge {
			field.Text = q.tooLarge(e.Fields[i].Args)
		}
		parts = append(parts, field.Text)
	}
	if e.Code == blob.CodeTooLarge {
		parts = append(parts, q.tooLarge(e.Args))
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	return text.Title
}

// tooLarge says how large a file may be, as people read it.
func (q *request) tooLarge(args map[string]any) string {
	most, ok := args["max"].(int64)
	if !ok {
		most = q.console.Files.MaxSize
	}
	return q.text("console.evidence.tooLarge", "max", limitText(most))
}

// sizeText is a number of bytes as people read it.
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d.%d kB", n/1000, n%1000/100)
	}
	return fmt.Sprintf("%d.%d MB", n/1_000_000, n%1_000_000/100_000)
}
