package repository

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// Where Chinese may stand in Go literals: paths from the root of the
// repository, a folder or the beginning of a file name, each with its reason.
var mayHoldChinese = map[string]string{
	"internal/exchange/":            "column maps, units and date forms of people's files are matched here, not shown; sentences come from the catalogs",
	"internal/store/storetest/":     "test support: bodies and keys beyond ASCII",
	"internal/blob/blobtest/":       "test support: file names beyond ASCII",
	"internal/tracker/trackertest/": "test support: names and document numbers",
	"internal/demo/":                "demo data: names of invented organisations",
	"cmd/milepost/demo":             "demo data: names of invented organisations",
}

func allowsChinese(path string) bool {
	for prefix := range mayHoldChinese {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

func TestChineseStandsInTheCatalogs(t *testing.T) {
	for _, f := range load(t).files {
		if allowsChinese(f.path) {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if ok && (l.Kind == token.STRING || l.Kind == token.CHAR) && hasHan(l.Value) {
				t.Errorf("%s: %s: put the text into internal/i18n/catalog and name it by id; data that is matched goes on the list in words_test.go", f.at(n), l.Value)
			}
			return true
		})
	}
}

func TestChineseStandsInTheCatalogsNotInPages(t *testing.T) {
	root := load(t).root
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".html", ".tmpl", ".js", ".mjs", ".css", ".svg":
		default:
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil || strings.Contains(rel, "testdata") {
			return err
		}
		data, err := os.ReadFile(path)
		for n, l := range strings.Split(string(data), "\n") {
			if hasHan(l) {
				t.Errorf("%s:%d: Chinese in a page: put the text into internal/i18n/catalog and name it by id: %s", filepath.ToSlash(rel), n+1, strings.TrimSpace(l))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
