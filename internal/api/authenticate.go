package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"milepost/internal/authn"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// authenticate finds the person of a request's bearer token and what they hold
// today.
func (a *API) authenticate(r *http.Request) error {
	token, err := authn.Bearer(r.Header)
	if err != nil {
		return err
	}
	identity, err := a.options.Verifier.Verify(r.Context(), token)
	if err != nil {
		return err
	}
	x := visitOf(r.Context())
	call, err := a.options.Tracker.Authenticated(r.Context(), portfolio.Login{Issuer: identity.Issuer, Subject: identity.Subject}, x.about(r))
	if err != nil {
		return err
	}
	call.Request = x.id
	x.call = call
	return nil
}

// about is what a request can be seen to be about by its path. The page of an
// award, its journal and its ledger are queries, for which nothing is read
// ahead.
func (x *visit) about(r *http.Request) tracker.Ahead {
	about := tracker.Ahead{
		Milestone: ident.Milestone(x.param("milestone")), Tranche: ident.Tranche(x.param("tranche")),
		Extension: ident.Extension(x.param("extension")), Payment: ident.Payment(x.param("payment")),
		Command: x.operation != nil && !x.operation.reads(),
	}
	part := about.Milestone != "" || about.Tranche != "" || about.Extension != "" || about.Payment != ""
	if about.Command || part {
		about.Award = ident.Award(x.param("award"))
	}
	if about.Command {
		about.Key = r.Header.Get("Idempotency-Key")
	}
	for _, name := range []string{"programme", "organisation", "platform", "project"} {
		if id := x.param(name); id != "" {
			about.Root = id
		}
	}
	return about
}

// identify is authenticate as a middleware; it also names the operation.
func (a *API) identify(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	x := visitOf(r.Context())
	if o, ok := ctx.Operation().Metadata[operationKey].(*operation); ok {
		x.operation, x.param = o, ctx.Param
	}
	err := a.authenticate(r)
	if err == nil && x.operation.slow {
		err = a.extend(w)
	}
	if err != nil {
		a.writeProblem(w, r, err)
		return
	}
	next(ctx)
}

// nameThings answers 404 where an id in the path can be nobody's, as for one
// that is somebody else's.
func (a *API) nameThings(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	for _, p := range ctx.Operation().Parameters {
		if p.In == "path" && !names(p.Name, ctx.Param(p.Name)) {
			a.writeProblem(w, r, fault.New(fault.NotFound, "thing.notFound"))
			return
		}
	}
	next(ctx)
}

// prefixOf returns the prefix of the ids that a path parameter takes, "" for a
// parameter that is no id.
func prefixOf(parameter string) string {
	switch parameter {
	case "programme":
		return ident.PrefixProgramme
	case "organisation":
		return ident.PrefixOrganisation
	case "platform":
		return ident.PrefixPlatform
	case "project":
		return ident.PrefixProject
	case "person":
		return ident.PrefixPerson
	case "membership":
		return "mem"
	case "award":
		return ident.PrefixAward
	case "milestone":
		return ident.PrefixMilestone
	case "evidence":
		return ident.PrefixEvidence
	case "extension":
		return ident.PrefixExtension
	case "tranche":
		return ident.PrefixTranche
	case "payment":
		return ident.PrefixPayment
	case "refund":
		return ident.PrefixRefund
	case "import":
		return ident.PrefixImport
	}
	return ""
}

// names reports whether a value can be that of a path parameter.
func names(parameter, value string) bool {
	prefix := prefixOf(parameter)
	return prefix == "" || ident.Valid(prefix, value)
}
