package repository

import (
	"go/ast"
	"strings"
	"testing"
)

func TestEveryPackageSaysWhatItProvides(t *testing.T) {
	for _, p := range load(t).pkgs {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command "
		}
		if !strings.HasPrefix(p.Doc, want) {
			t.Errorf("package %s: its comment begins %q, want %q and what it is for, above one package clause", p.ImportPath, p.Doc, want+" …")
		}
	}
}

const (
	maxFile     = 600 // lines
	maxFunction = 80
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, f := range load(t).files {
		if n := f.fset.Position(f.syntax.FileEnd).Line; n > maxFile {
			t.Errorf("%s has %d lines, at most %d: split it by noun", f.path, n, maxFile)
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1; n > maxFunction {
				t.Errorf("%s: func %s has %d lines, at most %d: give its steps names", f.at(fn), fn.Name.Name, n, maxFunction)
			}
		}
	}
}
