package cloud

import (
	"context"
	"errors"

	"milepost/internal/civil"
	"milepost/internal/config"
	"milepost/internal/console"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
	"milepost/internal/tracker"
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
	pages, err := console.New(console.Options{Tracker: noAttention{}, Catalogs: catalogs, Logger: log})
	if err != nil {
		return nil, err
	}
	return h.function("console", pages, catalogs, log)
}

// noAttention stands for the portfolio, which no page reads without a reader.
type noAttention struct{}

// Attention fails.
func (noAttention) Attention(context.Context, tracker.Call, tracker.AttentionQuery, tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
	return tracker.Page[tracker.AttentionRow]{}, errors.New("cloud: the console reads no portfolio")
}

// Today is no date.
func (noAttention) Today() civil.Date { return civil.Date{} }
