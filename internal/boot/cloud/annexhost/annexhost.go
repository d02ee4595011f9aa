// Package annexhost provides the annex of the API and of the console as a
// Lambda function: files to import, for which it links what opens workbooks, and
// the documentation page.
package annexhost

import (
	"net/http"

	"milepost/internal/api"
	"milepost/internal/apidocs"
	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/apihost"
	"milepost/internal/boot/cloud/consolehost"
	"milepost/internal/config"
	"milepost/internal/exchange/xlsx"
	"milepost/internal/lambdahttp"
)

// New returns the function. Where nobody can sign in to the console, it has the
// API's part alone.
func New(h cloud.Host) (lambdahttp.Func, error) {
	page, err := config.LoadPage(h.Getenv)
	if err != nil {
		return nil, err
	}
	return h.Annex(func(p cloud.Parts) (http.Handler, error) {
		docs, err := apidocs.New()
		if err != nil {
			return nil, err
		}
		o := apihost.Options(p)
		o.Workbooks, o.Docs = xlsx.Read, docs
		annex, err := api.NewAnnex(o)
		if err != nil || page.SignIn.ClientID == "" {
			return annex, err
		}
		imports, err := consolehost.Imports(h, page, p, xlsx.Read)
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.Handle("/", annex)
		mux.Handle(consolehost.ImportPath, imports)
		return mux, nil
	})
}
