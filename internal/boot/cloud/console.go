package cloud

import (
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

// Console returns the function that answers with pages. So far that is a sign
// which points to the API: it reads nothing, so it has no rights.
func (h Host) Console() (lambdahttp.Func, error) {
	c, err := config.LoadPage(h.Getenv)
	if err != nil {
		return nil, err
	}
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	log := h.logger(c.LogLevel)
	pages, err := console.New(console.Options{Catalogs: catalogs, Now: h.Now, Entropy: h.Entropy, NewRequestID: h.requestID, Logger: log})
	if err != nil {
		return nil, err
	}
	return h.function("console", pages, catalogs, log)
}
