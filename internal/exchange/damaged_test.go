package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
)

// TestDamagedWorkbooks: each is refused whole. excelize alone opens most of
// them and leaves rows out.
func TestDamagedWorkbooks(t *testing.T) {
	good := workbookOf(t, grantSheets(), nil)
	if p, problems := read([]File{good}, Options{}); len(p.Awards) != 1 || len(problems) > 0 {
		t.Fatalf("the workbook to damage: %v", show(problems))
	}
	const sheet = "xl/worksheets/sheet2.xml"
	cut := func(part string, content []byte) []byte {
		if part == sheet {
			return content[:bytes.LastIndex(content, []byte("<row"))]
		}
		return content
	}
	drop := func(name string) func(string, []byte) []byte {
		return func(part string, content []byte) []byte {
			if part == name {
				return nil
			}
			return content
		}
	}
	zeros := bytes.Repeat([]byte("0"), 8<<20)
	wide := `<row r="9"><c r="XFD9"/></row>`
	for r := range 40 {
		wide += fmt.Sprintf(`<row r="%d"><c r="XFD%d"/></row>`, r+10, r+10)
	}
	tests := []struct {
		name string
		file File
		want string
	}{
		{"cut sheet", rewrite(t, good, cut, nil), "workbook.damaged"},
		{"cut file", File{Data: good.Data[:len(good.Data)/2]}, "workbook.damaged"},
		{"wrong checksum", wrongCRC(t, good, sheet), "workbook.damaged"},
		{"DOCTYPE", rewrite(t, good, inPart(sheet, "<worksheet", "<!DOCTYPE x><worksheet"), nil), "workbook.damaged"},
		{"text after the root", rewrite(t, good, inPart(sheet, "</worksheet>", "</worksheet>x"), nil), "workbook.damaged"},
		{"missing sheet", rewrite(t, good, drop(sheet), nil), "workbook.damaged"},
		{"missing shared strings", rewrite(t, good, drop("xl/sharedStrings.xml"), nil), "workbook.damaged"},
		{"unknown shared string", rewrite(t, good, inPart(sheet, "<v>0</v>", "<v>9999</v>"), nil), "workbook.damaged"},
		{"rows out of order", rewrite(t, good, inPart(sheet, `<row r="2"`, `<row r="1"`), nil), "workbook.damaged"},
		{"cell of another row", rewrite(t, good, inPart(sheet, `r="B2"`, `r="B9"`), nil), "workbook.damaged"},
		{"part twice", rewrite(t, good, nil, map[string][]byte{"XL/worksheets/sheet2.xml": []byte("<worksheet/>")}), "workbook.damaged"},
		{"not a workbook", rewrite(t, File{Data: emptyZip(t)}, nil, map[string][]byte{"a.txt": []byte("a")}), "workbook.damaged"},
		{"macros", rewrite(t, good, nil, map[string][]byte{"xl/vbaProject.bin": []byte("x")}), "workbook.macros"},
		{"macro content type", rewrite(t, good, inPart("[Content_Types].xml", "spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"), nil), "workbook.macros"},
		{"encrypted", File{Data: compound("EncryptedPackage")}, "workbook.encrypted"},
		{"compound header alone", File{Data: compound("")}, "workbook.encrypted"},
		{"version of 1997", File{Data: compound("Workbook")}, "workbook.legacy"},
		{"packed too well", rewrite(t, good, nil, map[string][]byte{"xl/bomb.xml": zeros}), "workbook.tooLarge"},
		{"many parts", rewrite(t, good, nil, manyParts()), "workbook.tooLarge"},
		{"far row", rewrite(t, good, inPart(sheet, "</sheetData>", `<row r="1048576"/></sheetData>`), nil), "workbook.tooLarge"},
		{"wide rows", rewrite(t, good, inPart(sheet, "</sheetData>", wide+"</sheetData>"), nil), "workbook.tooLarge"},
	}
	for _, tt := range tests {
		tt.file.Name = "book.xlsx"
		p, problems := read([]File{tt.file}, Options{})
		if len(problems) != 1 || problems[0].Code != tt.want || !problems[0].Fatal() || len(p.Awards) != 0 {
			t.Errorf("%s: problems %v, %d awards, want %s", tt.name, show(problems), len(p.Awards), tt.want)
		}
	}
}

// wrongCRC changes the checksum of a part in the archive's directory.
func wrongCRC(t testing.TB, f File, name string) File {
	data := bytes.Clone(f.Data)
	for i := bytes.Index(data, []byte("PK\x01\x02")); i >= 0; {
		length := int(binary.LittleEndian.Uint16(data[i+28:]))
		if string(data[i+46:i+46+length]) == name {
			data[i+16] ^= 1
			return File{Name: f.Name, Data: data}
		}
		next := bytes.Index(data[i+4:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		i += 4 + next
	}
	t.Fatalf("no part %s", name)
	return File{}
}

func emptyZip(t testing.TB) []byte {
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compound(stream string) []byte {
	data := []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for _, c := range []byte(stream) {
		data = append(data, c, 0)
	}
	return data
}

func manyParts() map[string][]byte {
	parts := map[string][]byte{}
	for i := range 1000 {
		parts[fmt.Sprintf("xl/media/%d.txt", i)] = nil
	}
	return parts
}
