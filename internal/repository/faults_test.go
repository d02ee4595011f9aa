package repository

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// awaited lists codes whose texts are written before the code that reports
// them. A code that is reported has no place here.
var awaited = map[string]string{}

// report is one place in the code that names a fault's code.
type report struct {
	at    string
	code  string
	args  []string // names of the arguments given there
	exact bool     // whether args is all of them
}

func TestEveryFaultHasATextInBothLanguages(t *testing.T) {
	tr := load(t)
	reports := faultReports(tr)
	if len(reports) == 0 {
		t.Fatal("no fault found in the tree: the check would pass on nothing")
	}
	for _, lang := range []string{"zh-CN", "en"} {
		texts := faultTexts(t, tr.root, lang)
		for _, r := range reports {
			text, ok := texts[r.code]
			if !ok {
				t.Errorf(`%s: fault code %q has no text: add "fault.%s" to internal/i18n/catalog/%s/fault.json`, r.at, r.code, r.code, lang)
				continue
			}
			for _, p := range placeholdersOf(text) {
				if r.exact && !slices.Contains(r.args, p) {
					t.Errorf("%s: fault %q is reported without the argument %q that its text in %s/fault.json mentions", r.at, r.code, p, lang)
				}
			}
		}
	}
}

func TestNoFaultTextIsUnused(t *testing.T) {
	tr := load(t)
	literals := map[string]bool{}
	for _, f := range tr.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := literal(n); ok {
				literals[s] = true
			}
			return true
		})
	}
	for code := range faultTexts(t, tr.root, "en") {
		_, waiting := awaited[code]
		switch {
		case !waiting && !literals[code]:
			t.Errorf(`no code reports the fault %q: remove "fault.%s" from both catalogs, or add it to awaited in faults_test.go and say who will`, code, code)
		case waiting && literals[code]:
			t.Errorf("the fault %q is reported now: remove it from awaited in faults_test.go", code)
		}
	}
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// Codes that are constants reach a fault by ways that faultReports does not
// see, such as a method that adds to it.
func TestEveryCodeConstantHasATextInBothLanguages(t *testing.T) {
	tr := load(t)
	checked := 0
	for name, code := range stringConstants(tr) {
		if _, constant, _ := strings.Cut(name, "."); !strings.HasPrefix(constant, "Code") || !strings.Contains(code, ".") {
			continue
		}
		checked++
		for _, lang := range []string{"zh-CN", "en"} {
			if _, ok := faultTexts(t, tr.root, lang)[code]; !ok {
				t.Errorf(`%s: add "fault.%s" to internal/i18n/catalog/%s/fault.json`, name, code, lang)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d constants found", checked)
	}
}

// faultReports finds fault.New, fault.At and fault.Wrap, and the literals of
// fault.Error and fault.Field, whose code is a literal or a constant.
func faultReports(tr tree) []report {
	constants := stringConstants(tr)
	var out []report
	for _, f := range tr.files {
		name := f.importName(module + "/internal/fault")
		if name == "" && f.pkg != "fault" {
			continue
		}
		code := func(e ast.Expr) string {
			if s, ok := literal(e); ok {
				return s
			}
			if id, ok := e.(*ast.Ident); ok {
				return constants[f.pkg+"."+id.Name]
			}
			if s, ok := e.(*ast.SelectorExpr); ok {
				return constants[f.qualified(s)]
			}
			return ""
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			r := report{}
			switch n := n.(type) {
			case *ast.CallExpr:
				if fn := fromFault(n.Fun, name); len(n.Args) >= 2 && slices.Contains([]string{"New", "At", "Wrap"}, fn) {
					r.code = code(n.Args[1])
					r.args, r.exact = argumentNames(n)
				}
			case *ast.CompositeLit:
				if typ := fromFault(n.Type, name); typ == "Error" || typ == "Field" {
					r.code = code(element(n, "Code"))
				}
			}
			if r.code != "" {
				r.at = f.at(n)
				out = append(out, r)
			}
			return true
		})
	}
	return out
}

// fromFault returns the name that an expression takes from package fault; name
// is the package's name in the file, "" within the package itself.
func fromFault(e ast.Expr, name string) string {
	if s, ok := e.(*ast.SelectorExpr); ok && name != "" {
		if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
			return s.Sel.Name
		}
	}
	if id, ok := e.(*ast.Ident); ok && name == "" {
		return id.Name
	}
	return ""
}

// argumentNames lists the names among the pairs of a call, and whether all of
// them are literals.
func argumentNames(call *ast.CallExpr) (names []string, exact bool) {
	exact = call.Ellipsis == token.NoPos
	for i := 2; i < len(call.Args); i += 2 {
		s, ok := literal(call.Args[i])
		exact = exact && ok
		names = append(names, s)
	}
	return names, exact
}

func element(lit *ast.CompositeLit, key string) ast.Expr {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok && id.Name == key {
			return kv.Value
		}
	}
	return nil
}

// qualified returns package.Name for a selector on an imported package of this
// module.
func (f goFile) qualified(s *ast.SelectorExpr) string {
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for _, i := range f.syntax.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		if strings.HasPrefix(path, module+"/") && f.importName(path) == x.Name {
			return pkg{ImportPath: path}.name() + "." + s.Sel.Name
		}
	}
	return ""
}

// stringConstants maps package.Name to the value of each string constant.
func stringConstants(tr tree) map[string]string {
	out := map[string]string{}
	for _, f := range tr.files {
		for _, d := range f.syntax.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, name := range v.Names {
					if i < len(v.Values) {
						if s, ok := literal(v.Values[i]); ok {
							out[f.pkg+"."+name.Name] = s
						}
					}
				}
			}
		}
	}
	return out
}

// faultTexts reads the texts of a catalog whose id begins with fault., by code;
// of plural forms the one called other.
func faultTexts(t *testing.T, root, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "internal/i18n/catalog", lang, "fault.json"))
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("%s/fault.json: %v", lang, err)
	}
	out := map[string]string{}
	for id, entry := range raw {
		code, ok := strings.CutPrefix(id, "fault.")
		if !ok {
			continue
		}
		switch m := entry.(type) {
		case string:
			out[code] = m
		case map[string]any:
			out[code], _ = m["other"].(string)
		}
	}
	return out
}

var (
	action      = regexp.MustCompile(`\{\{(.*?)\}\}`)
	placeholder = regexp.MustCompile(`\.([A-Za-z]\w*)`)
)

func placeholdersOf(text string) []string {
	var out []string
	for _, a := range action.FindAllStringSubmatch(text, -1) {
		for _, p := range placeholder.FindAllStringSubmatch(a[1], -1) {
			out = append(out, p[1])
		}
	}
	return out
}
