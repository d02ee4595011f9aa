// Package consolehost provides the console as a Lambda function. It is apart
// from package cloud so that no other function starts with what pages link.
package consolehost

import (
	"milepost/internal/boot/cloud"
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

// New returns the function that answers with pages. So far that is a sign
// which points to the API: it reads nothing, so it has no rights.
func New(h cloud.Host) (lambdahttp.Func, error) {
	c, err := config.LoadPage(h.Getenv)
	if err != nil {
		return nil, err
	}
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	log := h.Logger(c.LogLevel)
	pages, err := console.New(console.Options{Catalogs: catalogs, Now: h.Now, Entropy: h.Entropy, NewRequestID: h.RequestID, Logger: log})
	if err != nil {
		return nil, err
	}
	return h.Function("console", pages, catalogs, log)
}
