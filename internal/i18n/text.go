package i18n

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

var (
	errNoText   = errors.New("i18n: no text")
	errArgument = errors.New("i18n: an argument is missing")
	errForm     = errors.New("i18n: a text uses what texts may not use")
)

// function is one that a text may call.
type function func(args ...any) (string, error)

// text is a parsed text: the grammar of text/template, of which a catalog uses
// placeholders, calls of functions and {{if}}. It is walked here because
// text/template finds methods by name, for which the linker has to keep every
// method of every type, twice the size of a function in the cloud.
type text struct {
	plain string // where there is nothing to fill in
	tree  *parse.ListNode
}

// parseText parses a text; nil for one that is not written well.
func (c *catalog) parseText(source string) *text {
	if !strings.Contains(source, "{{") {
		return &text{plain: source}
	}
	known := map[string]any{}
	for name := range c.funcs {
		known[name] = true
	}
	trees, err := parse.Parse("", source, "", "", known)
	if err != nil || trees[""] == nil {
		return nil
	}
	return &text{tree: trees[""].Root}
}

// render fills the text.
func (t *text) render(args map[string]any, funcs map[string]function) (string, error) {
	if t.tree == nil {
		return t.plain, nil
	}
	r := renderer{args: args, funcs: funcs}
	err := r.list(t.tree)
	return r.out.String(), err
}

// renderer is one rendering of a text.
type renderer struct {
	args  map[string]any
	funcs map[string]function
	out   strings.Builder
}

func (r *renderer) list(list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	for _, node := range list.Nodes {
		if err := r.node(node); err != nil {
			return err
		}
	}
	return nil
}

func (r *renderer) node(node parse.Node) error {
	switch n := node.(type) {
	case *parse.TextNode:
		r.out.Write(n.Text)
	case *parse.ActionNode:
		value, err := r.pipe(n.Pipe)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprint(&r.out, value) // a Builder takes everything
	case *parse.IfNode:
		value, err := r.pipe(n.Pipe)
		if err != nil {
			return err
		}
		if truth(value) {
			return r.list(n.List)
		}
		return r.list(n.ElseList)
	default:
		return errForm
	}
	return nil
}

// pipe is one command: texts have no pipelines and declare nothing.
func (r *renderer) pipe(p *parse.PipeNode) (any, error) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 {
		return nil, errForm
	}
	args := p.Cmds[0].Args
	name, call := args[0].(*parse.IdentifierNode)
	if !call {
		if len(args) > 1 {
			return nil, errForm
		}
		return r.value(args[0])
	}
	values := make([]any, len(args)-1)
	for i, arg := range args[1:] {
		var err error
		if values[i], err = r.value(arg); err != nil {
			return nil, err
		}
	}
	return r.funcs[name.Ident](values...)
}

func (r *renderer) value(node parse.Node) (any, error) {
	switch n := node.(type) {
	case *parse.FieldNode:
		value, ok := r.args[n.Ident[0]]
		if len(n.Ident) > 1 || !ok {
			return nil, errArgument
		}
		return value, nil
	case *parse.StringNode:
		return n.Text, nil
	case *parse.PipeNode:
		return r.pipe(n)
	}
	return nil, errForm
}

// truth is that of text/template: what is not empty is true.
func truth(value any) bool {
	v := reflect.ValueOf(value)
	switch v.Kind() { //nolint:exhaustive // the others are empty where they are zero
	case reflect.Invalid:
		return false
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() > 0
	}
	return !v.IsZero()
}
