package blob_test

import (
	"bytes"
	"strings"
	"testing"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

const (
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	odt  = "application/vnd.oasis.opendocument.text"
	ods  = "application/vnd.oasis.opendocument.spreadsheet"
)

func odf(mediaType string) string {
	return "PK\x03\x04" + strings.Repeat("\x00", 26) + "mimetype" + mediaType + "PK\x03\x04"
}

func TestCheckType(t *testing.T) {
	const (
		pdf = "%PDF-1.7\n"
		png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
		jpg = "\xff\xd8\xff\xe0\x00\x10JFIF"
		zip = "PK\x03\x04\x14\x00"
		mp4 = "\x00\x00\x00\x20ftypisom\x00\x00"
		exe = "MZ\x90\x00\x03\x00"
		ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	)
	tests := []struct{ declared, head, name, code string }{
		{"application/pdf", pdf, "合同.pdf", ""},
		{"Application/PDF", pdf, "REPORT.PDF", ""},
		{"application/pdf; version=1.7", pdf, "a.pdf", ""},
		{"application/ofd", zip, "发票.ofd", ""},
		{"image/png", png, "a.png", ""},
		{"image/jpeg", jpg, "a.jpeg", ""},
		{"image/jpeg", jpg, "a.jpg", ""},
		{"image/tiff", "II*\x00\x08\x00", "a.tif", ""},
		{"image/tiff", "MM\x00*\x00\x08", "a.tiff", ""},
		{docx, zip, "a.docx", ""},
		{odt, odf(odt), "a.odt", ""},
		{"application/zip", zip, "a.zip", ""},
		{"application/zip", "PK\x05\x06" + strings.Repeat("\x00", 18), "empty.zip", ""},
		{"text/csv", "\xef\xbb\xbf项目,金额\n", "a.csv", ""},
		{"text/csv; charset=gb18030", "\xcf\xee\xc4\xbf,\xbd\xf0\xb6\xee\r\n", "a.csv", ""},
		{"text/plain", "\xff\xfea\x00b\x00", "a.txt", ""},
		{"video/mp4", mp4, "a.mp4", ""},

		{"application/pdf", exe, "a.pdf", blob.CodeTypeDiffers},
		{"application/pdf", "\n" + pdf, "a.pdf", blob.CodeTypeDiffers},
		{"application/pdf", "%PD", "a.pdf", blob.CodeTypeDiffers},
		{"image/png", jpg, "a.png", blob.CodeTypeDiffers},
		{"image/jpeg", png, "a.jpg", blob.CodeTypeDiffers},
		{docx, ole, "a.docx", blob.CodeTypeDiffers},
		{odt, zip, "a.odt", blob.CodeTypeDiffers},
		{odt, odf(ods), "a.odt", blob.CodeTypeDiffers},
		{"video/mp4", "ftyp", "a.mp4", blob.CodeTypeDiffers},
		{"text/csv", exe, "a.csv", blob.CodeTypeDiffers},
		{"text/csv", pdf, "a.csv", blob.CodeTypeDiffers},
		{"text/plain", jpg, "a.txt", blob.CodeTypeDiffers},
		{"text/plain", zip, "a.txt", blob.CodeTypeDiffers},
		{"application/pdf", "", "a.pdf", blob.CodeEmpty},

		{"application/pdf", pdf, "a.exe", blob.CodeExtensionDiffers},
		{"application/pdf", pdf, "a.pdf.exe", blob.CodeExtensionDiffers},
		{"application/pdf", pdf, "pdf", blob.CodeExtensionDiffers},
		{"application/pdf", pdf, "", blob.CodeExtensionDiffers},
		{"application/pdf", pdf, "a.pdf/b", blob.CodeExtensionDiffers},
		{"application/pdf", pdf, "a\u202efdp.exe", blob.CodeExtensionDiffers},
		{"image/png", png, "a.jpg", blob.CodeExtensionDiffers},

		{"text/html", "<html>", "a.html", blob.CodeTypeRefused},
		{"image/svg+xml", "<svg>", "a.svg", blob.CodeTypeRefused},
		{"application/octet-stream", exe, "a.exe", blob.CodeTypeRefused},
		{"", pdf, "a.pdf", blob.CodeTypeRefused},
		{"pdf", pdf, "a.pdf", blob.CodeTypeRefused},
		{"application/pdf; =", pdf, "a.pdf", blob.CodeTypeRefused},
	}
	p := blob.DefaultPolicy()
	for _, tt := range tests {
		err := p.CheckType(tt.declared, []byte(tt.head), tt.name)
		if got := fault.CodeOf(err); got != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("CheckType(%q, %q, %q) = %v, want %q", tt.declared, tt.head, tt.name, err, tt.code)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("CheckType(%q, …) has kind %s, want invalid", tt.declared, fault.KindOf(err))
		}
	}
}

func TestDefaultPolicyKnowsItsTypes(t *testing.T) {
	p := blob.DefaultPolicy()
	junk := bytes.Repeat([]byte{0x01}, blob.HeadBytes)
	for mediaType, extensions := range p.Types {
		if got := fault.CodeOf(p.CheckType(mediaType, junk, "a"+extensions[0])); got != blob.CodeTypeDiffers {
			t.Errorf("CheckType(%s, junk) = %q, want %q", mediaType, got, blob.CodeTypeDiffers)
		}
	}
	p.Types["application/x-measurement"] = []string{".dat"}
	if err := p.CheckType("application/x-measurement", junk, "a.dat"); err != nil {
		t.Errorf("a configured type without a known beginning: %v", err)
	}
}

func TestCheckSize(t *testing.T) {
	p := blob.Policy{MaxSize: 10}
	for size, want := range map[int64]string{-1: blob.CodeEmpty, 0: blob.CodeEmpty, 1: "", 10: "", 11: blob.CodeTooLarge} {
		if got := fault.CodeOf(p.CheckSize(size)); got != want {
			t.Errorf("CheckSize(%d) = %q, want %q", size, got, want)
		}
	}
}
