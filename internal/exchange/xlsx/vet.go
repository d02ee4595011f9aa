package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
)

// Bounds of a workbook. What a spreadsheet of awards needs is far below them;
// what is above would need more memory than a reader of files should take.
const (
	maxParts    = 1000      // entries of the zip archive
	maxUnzipped = 64 << 20  // bytes of all parts together
	maxRatio    = 300       // unpacked to packed bytes, of parts above ratioFrom
	ratioFrom   = 4 << 20   // bytes
	maxMerges   = 2_000     // of a sheet
	maxDepth    = 100       // of nested XML elements
	maxString   = 128 << 10 // bytes of a shared string
)

func refusal(code string, pairs ...any) *fault.Error { return fault.New(fault.Invalid, code, pairs...) }

// vet refuses a workbook that is encrypted, macro-laden, damaged or beyond the
// bounds. It comes before excelize, which reads over a cut sheet, a wrong
// checksum or a DOCTYPE without an error and leaves rows out. Codes:
// workbook.encrypted, workbook.legacy, workbook.macros, workbook.tooLarge,
// workbook.damaged with the part.
func vet(data []byte) *fault.Error {
	if sheet.IsCompound(data) {
		return vetCompound(data)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refusal("workbook.damaged", "part", "zip")
	}
	if bad := vetDirectory(z.File); bad != nil {
		return bad
	}
	v := vetting{budget: maxUnzipped, parts: map[string]bool{}, maxString: -1}
	for _, f := range z.File {
		v.parts[strings.ToLower(f.Name)] = true
	}
	if !v.parts["[content_types].xml"] {
		return refusal("workbook.damaged", "part", "[Content_Types].xml")
	}
	for _, f := range z.File {
		if bad := v.part(f); bad != nil {
			return bad
		}
	}
	if v.maxString >= v.strings {
		return refusal("workbook.damaged", "part", "xl/sharedStrings.xml")
	}
	return nil
}

// vetCompound tells apart the two kinds of compound file by the names of their
// streams, which are UTF-16.
func vetCompound(data []byte) *fault.Error {
	stream := func(name string) bool {
		var wide []byte
		for _, c := range []byte(name) {
			wide = append(wide, c, 0)
		}
		return bytes.Contains(data, wide)
	}
	if !stream("EncryptedPackage") && (stream("Workbook") || stream("Book")) {
		return refusal("workbook.legacy")
	}
	return refusal("workbook.encrypted")
}

// vetDirectory judges the archive by what it says of itself.
func vetDirectory(files []*zip.File) *fault.Error {
	if len(files) > maxParts {
		return refusal("workbook.tooLarge", "what", "parts", "max", maxParts)
	}
	names := map[string]bool{}
	var size uint64
	for _, f := range files {
		name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		base := path.Base(name)
		size += f.UncompressedSize64
		switch {
		case f.Flags&1 != 0:
			return refusal("workbook.encrypted")
		case strings.HasPrefix(base, "vbaproject") || strings.Contains(name, "/macrosheets/"):
			return refusal("workbook.macros")
		case names[name]:
			return refusal("workbook.damaged", "part", clip(f.Name))
		case size > maxUnzipped || f.UncompressedSize64 > maxUnzipped:
			return refusal("workbook.tooLarge", "what", "bytes", "max", maxUnzipped)
		case f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64:
			return refusal("workbook.tooLarge", "what", "ratio", "max", maxRatio)
		}
		names[name] = true
	}
	return nil
}

// vetting is what the parts of a workbook have shown so far.
type vetting struct {
	budget    int64           // bytes that may still be unpacked
	parts     map[string]bool // names in lower case
	strings   int             // shared strings that there are
	inString  int             // bytes of the present one
	maxString int             // the highest one that a cell names
}

// part unpacks one part whole, by which archive/zip checks its CRC, and judges
// it.
func (v *vetting) part(f *zip.File) *fault.Error {
	damaged := refusal("workbook.damaged", "part", clip(f.Name))
	rc, err := f.Open()
	if err != nil {
		return damaged
	}
	defer rc.Close()
	content, err := io.ReadAll(io.LimitReader(rc, v.budget+1))
	v.budget -= int64(len(content))
	if v.budget < 0 {
		return refusal("workbook.tooLarge", "what", "bytes", "max", maxUnzipped)
	}
	if err != nil {
		return damaged
	}
	name := strings.ToLower(f.Name)
	if name == "[content_types].xml" && bytes.Contains(bytes.ToLower(content), []byte("macroenabled")) {
		return refusal("workbook.macros")
	}
	switch path.Ext(name) {
	case ".xml", ".rels":
	default:
		return nil
	}
	bad := v.xml(content)
	if errors.Is(bad, errTooLarge) {
		return refusal("workbook.tooLarge", "what", "cells", "max", sheet.MaxCells)
	}
	if bad != nil {
		return damaged
	}
	if name == "xl/_rels/workbook.xml.rels" && !v.targets(content) {
		return damaged
	}
	return nil
}

// clip shortens what a fault repeats from a file.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
