package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// separated returns the fault code where actor is the other person of a
// separation (docs/security.md); what names the thing in which both have a part.
func separated(code string, actor Actor, other ident.Person, what string) error {
	if actor.Person != "" && actor.Person == other {
		return fault.New(fault.Forbidden, code, "person", string(other), "thing", what)
	}
	return nil
}

// persons are those of several that are known, each once; nil for none.
// History from before the go-live leaves some open.
func persons(ids ...ident.Person) []ident.Person {
	var out []ident.Person
	for _, id := range ids {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// payeeDecides is the separation that keeps everybody of the payee's
// organisation from deciding.
func payeeDecides(actor Actor, payee ident.Organisation, what string) error {
	if payee != "" && actor.Organisation == payee {
		return fault.New(fault.Forbidden, "separation.payeeDecides",
			"person", string(actor.Person), "organisation", string(payee), "thing", what)
	}
	return nil
}

// checkPaper notes what is wrong with a decision document dated after the
// business date on; required says that there must be one.
func checkPaper(f *portfolio.Findings, at string, paper *DecisionPaper, required bool, on civil.Date) {
	if paper == nil {
		if required {
			f.Add(at, "field.required")
		}
		return
	}
	f.Required(at+"/number", paper.Number, portfolio.MaxTitle)
	f.Text(at+"/signer", paper.Signer, portfolio.MaxTitle)
	f.Text(at+"/panel", paper.Panel, portfolio.MaxTitle)
	if paper.DecidedOn.After(on) {
		f.Add(at+"/decidedOn", "date.inFuture", "today", on.String())
	}
}

// first returns the first error that is not nil.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
