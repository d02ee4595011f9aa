package consolehost

import (
	"net/http"

	"milepost/internal/boot/cloud"
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/exchange/sheet"
)

// ImportPath is the address of the page that takes files to import.
const ImportPath = "/imports/new"

// Imports returns the console for ImportPath alone, which opens workbooks: for a
// function that links what they need, so that the console's own need not. The
// same people are signed in to both.
func Imports(h cloud.Host, c config.Page, p cloud.Parts, workbooks sheet.Reader) (http.Handler, error) {
	o, err := Sessions(h, c, p.Store, p.Tracker, p.Logger)
	if err != nil {
		return nil, err
	}
	sessions, err := session.New(o)
	if err != nil {
		return nil, err
	}
	pages, err := console.New(console.Options{
		Tracker: p.Tracker, Catalogs: p.Catalogs, Sessions: sessions, Files: p.Files, Now: p.Now, Entropy: h.Entropy,
		Workbooks: workbooks, MaxBody: mostAtOnce, NewRequestID: p.NewRequestID, Logger: p.Logger,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(ImportPath, pages)
	return mux, nil
}
