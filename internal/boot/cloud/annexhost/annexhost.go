// Package annexhost provides the annex of the API as a Lambda function: files
// to import, for which it links what opens workbooks, and the documentation
// page.
package annexhost

import (
	"net/http"

	"milepost/internal/api"
	"milepost/internal/apidocs"
	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/apihost"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/lambdahttp"
)

// New returns the function.
func New(h cloud.Host) (lambdahttp.Func, error) {
	return h.Annex(func(p cloud.Parts) (http.Handler, error) {
		docs, err := apidocs.New()
		if err != nil {
			return nil, err
		}
		o := apihost.Options(p)
		o.Workbooks, o.Docs = xlsx.Read, docs
		return api.NewAnnex(o)
	})
}
