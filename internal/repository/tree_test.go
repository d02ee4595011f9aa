package repository

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "milepost"

// pkg is what the checks need of a package, as `go list` tells it: production
// files only.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// name is the package's short name in the tables: its path without the module
// and internal/.
func (p pkg) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module+"/"), "internal/")
}

// goFile is a parsed production file with its path from the root of the
// repository.
type goFile struct {
	pkg    string
	path   string
	fset   *token.FileSet
	syntax *ast.File
}

// at is the place of a node, for failure lines.
func (f goFile) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.fset.Position(n.Pos()).Line)
}

// importName returns the name under which the file imports a path, "" where it
// does not.
func (f goFile) importName(path string) string {
	for _, i := range f.syntax.Imports {
		if strings.Trim(i.Path.Value, `"`) != path {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path[strings.LastIndex(path, "/")+1:]
	}
	return ""
}

type tree struct {
	root  string
	pkgs  []pkg
	files []goFile
}

var readTree = sync.OnceValues(func() (tree, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return tree{}, err
	}
	out := tree{root: root}
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Doc,Dir,GoFiles,Imports", "./...")
	list.Dir = root
	data, err := list.Output()
	if err != nil {
		return tree{}, fmt.Errorf("go list: %w", err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return tree{}, err
		}
		out.pkgs = append(out.pkgs, p)
	}
	for _, p := range out.pkgs {
		if err := out.parse(p); err != nil {
			return tree{}, err
		}
	}
	return out, nil
})

func (t *tree) parse(p pkg) error {
	for _, name := range p.GoFiles {
		full := filepath.Join(p.Dir, name)
		rel, err := filepath.Rel(t.root, full)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, full, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		t.files = append(t.files, goFile{pkg: p.name(), path: filepath.ToSlash(rel), fset: fset, syntax: syntax})
	}
	return nil
}

// load reads the tree once for all tests.
func load(t *testing.T) tree {
	t.Helper()
	out, err := readTree()
	if err != nil {
		t.Fatalf("the tree cannot be read: %v", err)
	}
	if len(out.files) == 0 {
		t.Fatal("go list found no Go file: the checks would pass on nothing")
	}
	return out
}
