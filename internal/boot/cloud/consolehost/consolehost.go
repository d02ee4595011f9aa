// Package consolehost provides the console as a Lambda function. It is apart
// from package cloud so that no other function starts with what pages link.
package consolehost

import (
	"context"

	"milepost/internal/boot/cloud"
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
)

// mostAtOnce bounds the files of one request or answer: a function takes and
// gives 6 MB, in which what is no text is a third longer.
const mostAtOnce = 4 << 20

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
	o.Tracker, o.Files, o.MaxBody = parts.Tracker, parts.Files, mostAtOnce
	// People sign in at the public URL alone, and to pages there the bucket's CORS
	// rule gives leave.
	if o.UploadOrigin, err = parts.Bucket.Origin(context.Background()); err != nil {
		return err
	}
	o.Sessions, err = session.New(sessions)
	return err
}
