package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost/internal/exchange"
	"milepost/internal/fault"
)

// Bounds of a form with files to import.
const (
	maxImportFiles = exchange.DefaultMaxSize // bytes of all files together
	maxImportForm  = maxImportFiles + 64<<10
	maxImportParts = 64
	maxImportField = 1 << 10 // bytes
)

// importForm is what somebody sends to be imported.
type importForm struct {
	exchange.Ask
}

// importParts is the form of a request, of which nothing is read yet.
func importParts(w http.ResponseWriter, r *http.Request) (*multipart.Reader, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxImportForm)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.UnsupportedMedia, "request.formExpected")
	}
	return parts, nil
}

// readImportForm reads a form up to its limits.
func readImportForm(parts *multipart.Reader) (*importForm, error) {
	f := &importForm{}
	left := int64(maxImportFiles)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			_, err := f.Options() // before anything is looked up
			return f, err
		case err != nil:
			return nil, brokenForm(err)
		case n == maxImportParts:
			return nil, fault.InvalidFields(fault.At("/files", "field.tooMany", "max", maxImportParts))
		}
		if err := f.take(part, &left); err != nil {
			return nil, err
		}
	}
}

// brokenForm tells a form that is too long from one that ends early.
func brokenForm(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "import.tooLarge", "max", maxImportFiles>>20)
	}
	return &fault.Error{Kind: fault.Malformed, Code: "request.incomplete", Cause: err}
}

// take reads one part.
func (f *importForm) take(part *multipart.Part, left *int64) error {
	name := strings.ToValidUTF8(part.FormName(), "\uFFFD")
	if name == "files" {
		return f.takeFile(part, left)
	}
	data, err := io.ReadAll(io.LimitReader(part, maxImportField+1))
	if err != nil {
		return brokenForm(err)
	}
	if len(data) > maxImportField {
		return fault.InvalidFields(fault.At("/"+name, "field.tooLong", "max", maxImportField))
	}
	if !utf8.Valid(data) {
		return fault.InvalidFields(fault.At("/"+name, "field.badFormat"))
	}
	value := strings.TrimSpace(string(data))
	once := map[string]*string{
		"programme": &f.Programme, "payee": &f.Payee, "funder": &f.Funder, "total": &f.Total, "until": &f.Until,
	}
	switch into := once[name]; {
	case name == "assets":
		f.Assets = append(f.Assets, value)
	case name == "acceptFormulas":
		f.AcceptFormulas = append(f.AcceptFormulas, value)
	case into == nil:
		return fault.InvalidFields(fault.At("/"+name, "request.unknownField"))
	case *into != "":
		return fault.InvalidFields(fault.At("/"+name, "request.duplicateName"))
	default:
		*into = value
	}
	return nil
}

// takeFile reads a file of a part, of whose name the last element counts.
func (f *importForm) takeFile(part *multipart.Part, left *int64) error {
	name := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	if name == "." || name == "/" || len(name) > 255 || !utf8.ValidString(name) {
		return fault.InvalidFields(fault.At("/files", "import.fileName"))
	}
	if slices.ContainsFunc(f.Files, func(other exchange.File) bool { return other.Name == name }) {
		return fault.InvalidFields(fault.At("/files", "import.fileTwice", "file", name))
	}
	data, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return brokenForm(err)
	}
	if *left -= int64(len(data)); *left < 0 {
		return fault.New(fault.TooLarge, "import.tooLarge", "max", maxImportFiles>>20)
	}
	f.Files = append(f.Files, exchange.File{Name: name, Data: data})
	return nil
}

// canonical is the form without what two requests of the same content may
// differ in, such as the boundary between its parts.
func (f *importForm) canonical() ([]byte, error) {
	list := []string{f.Programme, f.Payee, f.Funder, f.Total, f.Until}
	for _, values := range [][]string{f.Assets, f.AcceptFormulas} {
		list = append(list, "")
		list = append(list, values...)
	}
	for _, file := range f.Files {
		sum := sha256.Sum256(file.Data)
		list = append(list, "", file.Name, hex.EncodeToString(sum[:]))
	}
	return json.Marshal(list)
}
