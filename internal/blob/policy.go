package blob

import (
	"maps"
	"mime"
	"path"
	"slices"
	"strings"

	"milepost/internal/fault"
)

// HeadBytes is how much of a file's beginning CheckType wants to see; less is
// fine where the file is shorter.
const HeadBytes = 512

// Policy says which files may be uploaded. It is configuration.
type Policy struct {
	MaxSize int64               // bytes
	Types   map[string][]string // media type (lower case) → extensions (".pdf", lower case)
}

// DefaultPolicy returns what offices exchange, up to 100 MB a file. Macro
// formats, archives other than ZIP, and everything a browser would run are not
// among it.
func DefaultPolicy() Policy {
	const openXML, openDocument = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	return Policy{MaxSize: 100 << 20, Types: map[string][]string{
		"application/pdf":                       {".pdf"},
		"application/ofd":                       {".ofd"},
		"image/png":                             {".png"},
		"image/jpeg":                            {".jpg", ".jpeg"},
		"image/tiff":                            {".tif", ".tiff"},
		openXML + "wordprocessingml.document":   {".docx"},
		openXML + "spreadsheetml.sheet":         {".xlsx"},
		openXML + "presentationml.presentation": {".pptx"},
		openDocument + "text":                   {".odt"},
		openDocument + "spreadsheet":            {".ods"},
		"application/zip":                       {".zip"},
		"text/csv":                              {".csv"},
		"text/plain":                            {".txt"},
		"video/mp4":                             {".mp4"},
	}}
}

// CheckSize refuses an empty file and one over MaxSize.
func (p Policy) CheckSize(size int64) error {
	switch {
	case size <= 0:
		return fault.New(fault.Invalid, CodeEmpty)
	case size > p.MaxSize:
		return fault.New(fault.TooLarge, CodeTooLarge, "max", p.MaxSize)
	}
	return nil
}

// CheckName refuses a declared media type that is not allowed, and a file name
// whose extension is not one of the type's. Parameters such as charset are
// ignored. It needs no content, so it is asked when evidence is announced.
func (p Policy) CheckName(declared, fileName string) error {
	mediaType, _, err := mime.ParseMediaType(declared)
	extensions, ok := p.Types[mediaType]
	if err != nil || !ok {
		return fault.New(fault.Invalid, CodeTypeRefused, "type", shown(declared), "allowed", p.Extensions())
	}
	if !slices.Contains(extensions, strings.ToLower(path.Ext(SafeName(fileName)))) {
		return fault.New(fault.Invalid, CodeExtensionDiffers, "name", SafeName(fileName), "type", mediaType, "allowed", slices.Clone(extensions))
	}
	return nil
}

// CheckType does what CheckName does, and refuses content whose first bytes
// (HeadBytes of them) are not those of the declared type.
func (p Policy) CheckType(declared string, head []byte, fileName string) error {
	if err := p.CheckName(declared, fileName); err != nil {
		return err
	}
	mediaType, _, _ := mime.ParseMediaType(declared) // CheckName has parsed it
	if len(head) == 0 {
		return fault.New(fault.Invalid, CodeEmpty)
	}
	if !looksLike(mediaType, head[:min(len(head), HeadBytes)]) {
		return fault.New(fault.Invalid, CodeTypeDiffers, "type", mediaType)
	}
	return nil
}

// shown makes a media type that could be anything fit for a sentence.
func shown(declared string) string {
	const most = 100 // runes
	runes := []rune(strings.Map(visible, strings.ToValidUTF8(declared, "")))
	return string(runes[:min(len(runes), most)])
}

// Extensions returns all that are allowed, sorted, for the accept attribute of
// a file field.
func (p Policy) Extensions() []string {
	all := slices.Concat(slices.Collect(maps.Values(p.Types))...)
	slices.Sort(all)
	return slices.Compact(all)
}
