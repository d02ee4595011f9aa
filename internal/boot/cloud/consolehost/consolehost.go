// Package consolehost provides the console as a Lambda function. It is apart
// from package cloud so that no other function starts with what pages link.
package consolehost

import (
	"milepost/internal/boot/cloud"
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

// New returns the function that answers with pages. Without a client at the
// issuer nobody can sign in: then there is a sign that points to the API, and
// nothing is read.
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
	o := console.Options{Catalogs: catalogs, Now: h.Now, Entropy: h.Entropy, NewRequestID: h.RequestID, Logger: log}
	if c.SignIn.ClientID != "" {
		if err := people(h, c, &o); err != nil {
			return nil, err
		}
	}
	pages, err := console.New(o)
	if err != nil {
		return nil, err
	}
	return h.Function("console", pages, catalogs, log)
}

// people opens what stands behind pages, and lets people sign in to them.
func people(h cloud.Host, c config.Page, o *console.Options) error {
	parts, err := h.Console(c.Function, o.Catalogs, o.Logger)
	if err != nil {
		return err
	}
	sessions, err := Sessions(h, c, parts.Store, parts.Tracker, o.Logger)
	if err != nil {
		return err
	}
	o.Tracker, o.Files = parts.Tracker, parts.Files
	o.Sessions, err = session.New(sessions)
	return err
}
