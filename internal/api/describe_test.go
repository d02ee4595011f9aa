package api_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// A header without which the answer is 428 stands in the document as required,
// so that clients made from it ask for it; any other one does not.
func TestHeadersThatAreDemandedAreRequired(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document(t, bare(t))))
	if err != nil {
		t.Fatal(err)
	}
	demanded := 0
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			for name, code := range map[string]string{"If-Match": "precondition.required", "Idempotency-Key": "idempotency.required"} {
				says := o.Responses.Status(428) != nil && strings.Contains(*o.Responses.Status(428).Value.Description, code)
				if p := o.Parameters.GetByInAndName(openapi3.ParameterInHeader, name); (p != nil && p.Required) != says {
					t.Errorf("%s %s: 428 %s is %t, required header %+v", method, path, code, says, p)
				}
				if says {
					demanded++
				}
			}
		}
	}
	if demanded < 50 {
		t.Errorf("only %d headers are demanded", demanded)
	}
}

// What every operation answers is shown by an example in the document.
func TestCommonAnswersHaveExamples(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document(t, bare(t))))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Problem", "Receipt"} {
		schema := doc.Components.Schemas[name].Value
		if len(schema.Examples) != 1 {
			t.Errorf("%s has %d examples", name, len(schema.Examples))
			continue
		}
		if err := schema.VisitJSON(schema.Examples[0]); err != nil {
			t.Errorf("the example of %s is none: %v", name, err)
		}
	}
}
