package console

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost/internal/exchange"
	"milepost/internal/fault"
)

const (
	mostImportFiles = exchange.DefaultMaxSize // bytes of all files together
	mostImportParts = 64
	// mostCarried is how large an archive of files may be, as text, to be
	// carried from the plan's page to what prepares it. Nothing is stored
	// between the two; larger files are chosen again.
	mostCarried = 384 << 10
	// fieldArchive holds the files of a form that is sent on.
	fieldArchive = "archive"
)

// mostImported is how many bytes of files a form may bring.
func (q *request) mostImported() int64 {
	if most := q.console.MaxBody; most > 0 {
		return min(most, mostImportFiles)
	}
	return mostImportFiles
}

// sentImport reads a form with files to import. What is wrong with a file
// comes with the form that held it, so that what was typed is not lost.
func (q *request) sentImport() (*form, []exchange.File, error) {
	if kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		f, err := q.sent()
		return f, nil, err
	}
	if err := q.extend(); err != nil {
		return nil, nil, err
	}
	body := q.mostImported() + maxForm
	if q.console.MaxBody > 0 {
		body = q.mostImported() + besideFiles
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, body)
	parts, err := q.MultipartReader()
	if err != nil {
		return nil, nil, fault.New(fault.Malformed, "form.malformed")
	}
	r := importReader{values: url.Values{}, left: q.mostImported()}
	wrong := r.read(parts)
	q.Form, q.PostForm = r.values, r.values
	f, err := q.formOf(r.values)
	if err != nil {
		return nil, nil, err
	}
	f.Values.Del(fieldFiles)
	if wrong == nil && len(r.files) == 0 {
		r.files, wrong = carried(f.Value(fieldArchive))
	}
	if _, ok := errors.AsType[*http.MaxBytesError](wrong); ok {
		wrong = fault.New(fault.TooLarge, "import.tooLarge", "max", q.mostImported()>>20)
	}
	if fault.KindOf(wrong) == fault.TooLarge { // beside its field, as what else is wrong with files
		wrong = fault.InvalidFields(fault.At("/files", "import.tooLarge", "max", q.mostImported()>>20))
	}
	if wrong != nil {
		f.Values.Del(fieldArchive)
		return f, nil, wrong
	}
	return f, r.files, nil
}

// importReader reads the parts of a form with files.
type importReader struct {
	values url.Values
	files  []exchange.File
	left   int64 // bytes of files
	typed  int   // bytes of fields
}

func (r *importReader) read(parts *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			return nil
		case err != nil:
			return incomplete(err)
		case n == mostImportParts:
			return fault.InvalidFields(fault.At("/files", "field.tooMany", "max", mostImportParts))
		}
		if part.FormName() == fieldFiles {
			err = r.file(part)
		} else {
			err = r.field(part)
		}
		if err != nil {
			return err
		}
	}
}

func (r *importReader) field(part *multipart.Part) error {
	text, err := io.ReadAll(io.LimitReader(part, maxForm+1))
	if err != nil {
		return incomplete(err)
	}
	if r.typed += len(text); r.typed > maxForm {
		return fault.New(fault.TooLarge, "request.tooLarge")
	}
	r.values.Add(part.FormName(), string(text))
	return nil
}

// file reads a file, of whose name the last element counts. A field of files in
// which none was chosen comes as one without a name.
func (r *importReader) file(part *multipart.Part) error {
	if part.FileName() == "" {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(part, r.left+1))
	if err != nil {
		return incomplete(err)
	}
	if r.left -= int64(len(data)); r.left < 0 {
		return fault.New(fault.TooLarge, "import.tooLarge", "max", mostImportFiles>>20)
	}
	r.files, err = withFile(r.files, part.FileName(), data)
	return err
}

func withFile(files []exchange.File, name string, data []byte) ([]exchange.File, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" || len(name) > 255 || !utf8.ValidString(name) {
		return nil, fault.InvalidFields(fault.At("/files", "import.fileName"))
	}
	if slices.ContainsFunc(files, func(other exchange.File) bool { return other.Name == name }) {
		return nil, fault.InvalidFields(fault.At("/files", "import.fileTwice", "file", name))
	}
	return append(files, exchange.File{Name: name, Data: data}), nil
}

// keepFiles puts files into a form as text, where they are small enough for that.
func (q *request) keepFiles(f *form, files []exchange.File) {
	f.Values.Del(fieldArchive)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range files {
		part, err := w.Create(file.Name)
		if err == nil {
			_, err = part.Write(file.Data)
		}
		if err != nil || b.Len() > mostCarried {
			return
		}
	}
	if len(files) == 0 || w.Close() != nil || base64.RawURLEncoding.EncodedLen(b.Len()) > mostCarried {
		return
	}
	f.With(fieldArchive, base64.RawURLEncoding.EncodeToString(b.Bytes()))
}

// carried are the files that a form carries, as bounded as those that are sent.
func carried(text string) ([]exchange.File, error) {
	malformed := fault.New(fault.Malformed, "form.malformed")
	if text == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, malformed
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(archive.File) > mostImportParts {
		return nil, malformed
	}
	var files []exchange.File
	left := int64(mostImportFiles)
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			return nil, malformed
		}
		data, err := io.ReadAll(io.LimitReader(r, left+1))
		_ = r.Close() // read to its end, or refused
		if left -= int64(len(data)); err != nil || left < 0 {
			return nil, malformed
		}
		if files, err = withFile(files, part.Name, data); err != nil {
			return nil, err
		}
	}
	return files, nil
}
