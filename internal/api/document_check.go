package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

const (
	// maxValues bounds the values of a document. An award of as many parts as
	// can be has fewer.
	maxValues = 20_000
	// maxTold bounds the values at fault that an answer names.
	maxTold = 100
)

// checkDocument refuses a JSON text that is malformed, holds a name twice, or
// does not fit a schema. What package huma does not tell apart is told here:
// names that differ from a known one only by case, amounts and dates with
// their own codes, whole numbers that are none.
func checkDocument(registry huma.Registry, schema *huma.Schema, body []byte) error {
	d, left := jsontext.NewDecoder(bytes.NewReader(body)), maxValues
	c := &checker{registry: registry, decoder: d, left: &left}
	err := c.value(schema, "")
	if err == nil {
		if _, end := d.ReadToken(); !errors.Is(end, io.EOF) {
			err = errTrailing
		}
	}
	if errors.Is(err, errTooMany) {
		return fault.New(fault.TooLarge, "request.tooLarge")
	}
	if err != nil {
		return malformed(err)
	}
	c.huma(schema, body)
	return fault.InvalidFields(c.fields...)
}

var (
	errTrailing = errors.New("api: something follows the document")
	errTooMany  = errors.New("api: more values than any document has")
)

func malformed(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax) {
		return &fault.Error{Kind: fault.Malformed, Code: "request.malformed",
			Fields: []fault.Field{fault.At(string(syntax.JSONPointer), "request.duplicateName")}}
	}
	return &fault.Error{Kind: fault.Malformed, Code: "request.malformed", Cause: err}
}

// checker walks a document beside its schema.
type checker struct {
	registry huma.Registry
	decoder  *jsontext.Decoder
	fields   []fault.Field
	strange  bool // a name is not known
	left     *int // values that may still come
}

// note keeps what is wrong with a value, as far as it is told.
func (c *checker) note(fields ...fault.Field) {
	c.fields = append(c.fields, fields[:min(len(fields), maxTold-len(c.fields))]...)
}

// value reads one value. Its error is one of syntax, or that there are too
// many; what does not fit goes to fields. What stands where there is no schema
// is passed over whole, however deep it is.
func (c *checker) value(schema *huma.Schema, pointer string) error {
	if *c.left--; *c.left < 0 {
		return errTooMany
	}
	schema = c.resolve(schema)
	if schema == nil {
		return c.decoder.SkipValue()
	}
	switch c.decoder.PeekKind() {
	case '{':
		if schema.Title == moneyTitle {
			return c.amount(schema, pointer)
		}
		return c.object(schema, pointer)
	case '[':
		return c.list(schema, pointer)
	}
	token, err := c.decoder.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '"':
		c.text(schema, pointer, token.String())
	case '0':
		c.number(schema, pointer, token.String())
	}
	return nil
}

func (c *checker) resolve(schema *huma.Schema) *huma.Schema {
	for schema != nil && schema.Ref != "" {
		schema = c.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

func (c *checker) object(schema *huma.Schema, pointer string) error {
	if _, err := c.decoder.ReadToken(); err != nil {
		return err
	}
	for c.decoder.PeekKind() != '}' {
		token, err := c.decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		at := string(jsontext.Pointer(pointer).AppendToken(name))
		if err := c.value(c.member(schema, name, at), at); err != nil {
			return err
		}
	}
	_, err := c.decoder.ReadToken()
	return err
}

// member returns the schema of an object's member, nil for one that there is
// none for, and notes a name that is not known.
func (c *checker) member(schema *huma.Schema, name, pointer string) *huma.Schema {
	if schema.Type != huma.TypeObject {
		return nil
	}
	if s, ok := schema.Properties[name]; ok {
		return s
	}
	if s, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		return s
	}
	if closed, ok := schema.AdditionalProperties.(bool); !ok || closed {
		return nil
	}
	c.strange = true
	for known := range schema.Properties {
		if strings.EqualFold(known, name) {
			c.note(fault.At(pointer, "request.nameCase", "name", known))
			return nil
		}
	}
	c.note(fault.At(pointer, "request.unknownField"))
	return nil
}

func (c *checker) list(schema *huma.Schema, pointer string) error {
	if _, err := c.decoder.ReadToken(); err != nil {
		return err
	}
	for i := 0; c.decoder.PeekKind() != ']'; i++ {
		if err := c.value(schema.Items, pointer+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	_, err := c.decoder.ReadToken()
	return err
}

// amount reads money as package money does, so that its codes are told.
func (c *checker) amount(schema *huma.Schema, pointer string) error {
	raw, err := c.decoder.ReadValue()
	if err != nil {
		return err
	}
	inner := &checker{registry: c.registry, decoder: jsontext.NewDecoder(bytes.NewReader(raw)), left: c.left}
	if err := inner.object(schema, pointer); err != nil {
		return err
	}
	c.note(inner.fields...)
	c.strange = c.strange || inner.strange
	var a money.Amount
	if len(inner.fields) > 0 || c.mistyped(schema, raw) {
		return nil
	}
	if f, ok := errors.AsType[*fault.Error](a.UnmarshalJSON(raw)); ok {
		member := "/amount"
		if strings.HasPrefix(f.Code, "currency.") {
			member = "/currency"
		}
		c.note(fault.Field{Pointer: pointer + member, Code: f.Code, Args: f.Args})
	}
	return nil
}

// mistyped reports whether huma will say what is wrong with a value.
func (c *checker) mistyped(schema *huma.Schema, raw []byte) bool {
	return len(validate(c.registry, schema, raw)) > 0
}

func (c *checker) text(schema *huma.Schema, pointer, text string) {
	if schema.Type != huma.TypeString {
		return
	}
	if len(schema.Enum) > 0 && !slices.Contains(schema.Enum, any(text)) {
		c.note(fault.At(pointer, "field.badValue", "allowed", texts(schema.Enum)))
		return
	}
	if schema.Format != "date" || text == "" {
		return
	}
	if f, ok := errors.AsType[*fault.Error](dateError(text)); ok {
		c.note(fault.Field{Pointer: pointer, Code: f.Code, Args: f.Args})
	}
}

func dateError(text string) error {
	_, err := civil.Parse(text)
	return err
}

func texts(values []any) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// number notes a whole number that is none, or more than every reader keeps.
// No number of this API is another.
func (c *checker) number(schema *huma.Schema, pointer, text string) {
	if schema.Type != huma.TypeInteger {
		if _, err := strconv.ParseFloat(text, 64); err != nil { // huma cannot read it
			c.note(fault.At(pointer, "field.badFormat"))
		}
		return
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > money.MaxMinor || n < -money.MaxMinor {
		c.note(fault.At(pointer, "field.notInteger"))
	}
}

// huma adds what the schema check of package huma finds where nothing was
// found before. Where names are strange it is not asked: what they stand for
// would be said to be missing.
func (c *checker) huma(schema *huma.Schema, body []byte) {
	if c.strange || len(c.fields) == maxTold {
		return
	}
	for _, f := range validate(c.registry, schema, body) {
		told := f.Pointer == "" && f.Code == "field.badFormat" && len(c.fields) > 0 ||
			slices.ContainsFunc(c.fields, func(known fault.Field) bool { return known.Pointer == f.Pointer })
		if !told {
			c.note(f)
		}
	}
}

// validate is huma's check of a well-formed JSON text.
func validate(registry huma.Registry, schema *huma.Schema, raw []byte) []fault.Field {
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		return []fault.Field{fault.At("", "field.badFormat")}
	}
	result := &huma.ValidateResult{}
	huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, parsed, result)
	var fields []fault.Field
	for _, err := range result.Errors[:min(len(result.Errors), 2*maxTold)] { // some of which may be known
		fields = append(fields, bodyField(err))
	}
	return fields
}
