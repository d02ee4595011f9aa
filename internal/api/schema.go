package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/civil"
	"milepost/internal/money"
)

const schemaPrefix = "#/components/schemas/"

// newRegistry is huma's registry with what the domain's types look like as
// JSON where reflection cannot tell.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, nameOf)
	r.RegisterTypeAlias(reflect.TypeFor[money.Amount](), reflect.TypeFor[Money]())
	r.RegisterTypeAlias(reflect.TypeFor[civil.Date](), reflect.TypeFor[dateText]())
	registerEnums(r)
	registerAwardSchemas(r)
	return r
}

// nameOf names a type in the document: as Go does, but for those that two
// packages call the same.
func nameOf(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.String() {
	case "journal.Change":
		return "JournalChange"
	case "ledger.Entry":
		return "LedgerEntry"
	case "ledger.Posting":
		return "LedgerPosting"
	case "civil.Day":
		return "RestDay"
	case "rollup.Line":
		return "PortfolioLine"
	case "rollup.Bucket":
		return "LatenessBucket"
	case "rollup.Trend":
		return "PortfolioMonth"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// moneyTitle marks the schema of amounts.
const moneyTitle = "Money"

// Money is how an amount of money is written.
type Money struct {
	Amount   string `json:"amount" doc:"A decimal in major units, no finer than the currency's minor unit" example:"1200000.00"`
	Currency string `json:"currency" doc:"An ISO 4217 code, or the code of a declared asset" example:"CNY"`
	Exponent *int   `json:"exponent,omitempty" doc:"The decimals of a declared asset; absent for ISO 4217 currencies"`
}

// TransformSchema marks the schema of amounts.
func (Money) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Title, s.Description = moneyTitle, "An amount of money. Amounts are never numbers, which readers round."
	return s
}

// dateText is how a calendar date is written.
type dateText string

// Schema is a date without a time of day.
func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-05-01"}}
}

// settle brings what huma generated to what this API answers: lists are never
// null, huma's own errors are not ours, ids in paths have a form.
func settle(document *huma.OpenAPI) {
	schemas := document.Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for _, s := range schemas {
		neverNull(s)
	}
	showOne(schemas)
	for _, path := range document.Paths {
		for _, o := range []*huma.Operation{path.Get, path.Post, path.Put} {
			if o != nil {
				describePath(o)
			}
		}
	}
}

// showOne gives the answers that every operation has an example, which readers
// see in place of one made up from types.
func showOne(schemas map[string]*huma.Schema) {
	award, tranche := "awd_01K5A7Q2M9X4T8R6W3B1C0D2E5", "trn_01K5A7Q2M9X4T8R6W3B1C0D2E5"
	for name, one := range map[string]map[string]any{
		"Problem": example("type", "urn:milepost:problem:request.invalid", "title", "Unprocessable Entity", "status", 422, "code", "request.invalid",
			"detail", "Some values need correction; see the fields listed.", "requestId", "1f2e8d2c5a7b4e6f9a0b3c4d5e6f7a8b",
			"errors", []any{example("pointer", "/programme", "code", "reference.unknown", "detail", "“prg_1” is not there, or not yours to use.")}),
		"Receipt": example("aggregate", award, "sequence", 9, "at", "2026-10-12T02:14:07.512Z", "on", "2026-10-12", "command", "requestTranche",
			"things", []any{example("id", tranche, "event", "tranche.requested", "version", 3)},
			"counts", example("tranche.requested", 1), "takeBack", []any{"takeBack"}),
	} {
		if s := schemas[name]; s != nil {
			s.Examples = []any{one}
		}
	}
}

func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	neverNull(s.Items)
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		neverNull(more)
	}
	for _, property := range s.Properties {
		neverNull(property)
	}
}

func describePath(o *huma.Operation) {
	for _, p := range o.Parameters {
		if prefix := prefixOf(p.Name); p.In == "path" && prefix != "" {
			p.Schema = &huma.Schema{Type: huma.TypeString, Pattern: "^" + prefix + "_[0-9A-Z]{26}$", Examples: []any{prefix + "_01K5A7Q2M9X4T8R6W3B1C0D2E5"}}
		}
	}
	for _, body := range contents(o) {
		neverNull(body.Schema)
	}
}

func contents(o *huma.Operation) []*huma.MediaType {
	var all []*huma.MediaType
	if o.RequestBody != nil {
		for _, m := range o.RequestBody.Content {
			all = append(all, m)
		}
	}
	for _, r := range o.Responses {
		for _, m := range r.Content {
			all = append(all, m)
		}
	}
	return all
}
