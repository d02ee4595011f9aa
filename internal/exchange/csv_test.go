package exchange

import (
	"bytes"
	"strings"
	"testing"

	"milepost/internal/exchange/sheet"
)

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	err := WriteCSV(&b, []string{"名称", "b"}, [][]string{
		{"=1+1", "-12.50"}, {"+1", "-1+1"}, {"@x", "\tx"}, {" =x", "a,b"}, {"\uff1dx", ""}, {"-", "'x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeff名称,b\r\n'=1+1,-12.50\r\n'+1,'-1+1\r\n'@x,'\tx\r\n' =x,\"a,b\"\r\n'\uff1dx,\r\n'-,'x\r\n"
	if b.String() != want {
		t.Errorf("WriteCSV wrote\n%q, want\n%q", b.String(), want)
	}
}

func TestParseCSVRows(t *testing.T) {
	g, bad := parseCSV("a,b\r\n\r\n\"two\r\nlines\",x\r\n,\r\nlast,y\r\n", ',')
	if bad != nil {
		t.Fatal(bad)
	}
	var nos []int
	for _, r := range g.rows {
		nos = append(nos, r.no)
	}
	if len(nos) != 3 || nos[0] != 1 || nos[1] != 3 || nos[2] != 5 {
		t.Errorf("rows = %v, want 1, 3, 5", nos)
	}
	if _, bad := parseCSV(strings.Repeat(",\n", sheet.MaxCells), ','); bad == nil || bad.Code != "file.tooManyCells" {
		t.Errorf("a file of many cells: %v", bad)
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, data string
		want       Encoding
	}{
		{"ASCII", "a", UTF8}, {"UTF-8", "项目", UTF8}, {"mark", "\ufeffa", UTF8BOM},
		{"GB18030", "\xcf\xee\xc4\xbf", GB18030}, {"neither", "\xff\xff\xff", ""}, {"mark and no UTF-8", "\ufeff\xcf", ""},
		{"binary", "a\x00b", ""},
	}
	for _, tt := range tests {
		if _, got, _ := decode([]byte(tt.data)); got != tt.want {
			t.Errorf("%s: decode = %q, want %q", tt.name, got, tt.want)
		}
	}
}
