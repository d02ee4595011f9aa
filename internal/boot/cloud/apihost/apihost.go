// Package apihost provides the API as a Lambda function. It is apart from
// package cloud so that no other function starts with what the API links.
package apihost

import (
	"net/http"

	"milepost/internal/api"
	"milepost/internal/boot/cloud"
	"milepost/internal/lambdahttp"
)

// New returns the function. Files to import and the documentation page are the
// annex's.
func New(h cloud.Host) (lambdahttp.Func, error) {
	return h.API(func(p cloud.Parts) (http.Handler, error) { return api.New(Options(p)) })
}

// Options are those of an API that stands on the parts of a function.
func Options(p cloud.Parts) api.Options {
	return api.Options{
		Tracker: p.Tracker, Verifier: p.Verifier, Catalogs: p.Catalogs, Now: p.Now, Logger: p.Logger, NewRequestID: p.NewRequestID,
		Version: p.Version, Ready: p.Ready,
	}
}
