package cloud

import (
	"context"
	"log/slog"
	"net/http"

	"milepost/internal/access"
	"milepost/internal/api"
	"milepost/internal/authn"
	"milepost/internal/blob"
	"milepost/internal/blob/s3"
	"milepost/internal/config"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/lambdahttp"
	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/tracker"
)

// API returns the function that answers the JSON API. It asks nothing of the
// network before the first request.
func (h Host) API() (lambdahttp.Func, error) {
	c, err := config.LoadFunction(h.Getenv)
	if err != nil {
		return nil, err
	}
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	log := h.logger(c.LogLevel)
	handler, err := h.api(c, catalogs, log)
	if err != nil {
		return nil, err
	}
	return h.function("api", handler, catalogs, log)
}

// api is the API's handler.
func (h Host) api(c config.Function, catalogs *i18n.Catalogs, log *slog.Logger) (http.Handler, error) {
	db, err := h.table(c.AWS, c.Table)
	if err != nil {
		return nil, err
	}
	files := blob.DefaultPolicy()
	files.MaxSize = c.MaxUpload
	blobs, err := s3.Open(s3.Options{
		Bucket: c.Bucket, MaxSize: c.MaxUpload, Now: h.Now, Jitter: h.Jitter, Config: configuration(c.AWS), Endpoint: c.S3,
	})
	if err != nil {
		return nil, err
	}
	authority, err := access.New()
	if err != nil {
		return nil, err
	}
	t := tracker.New(tracker.Options{
		Store: store.Counted(db), Blobs: blobs, Files: files, Authority: authority, Now: h.Now, Entropy: h.Entropy,
		Secret: []byte(c.CursorKey.Reveal()), Outbox: true,
	})
	verifier, err := h.verifier(c)
	if err != nil {
		return nil, err
	}
	ready := &readiness{table: db, bucket: blobs, issuer: verifier, config: c, now: h.Now}
	return api.New(api.Options{
		Tracker: t, Verifier: &firstAdministrator{verifier: verifier, subject: c.FirstAdministrator, tracker: t, log: log},
		Catalogs: catalogs, Now: h.Now, Logger: log, NewRequestID: h.requestID, Version: c.Version, Ready: ready.check,
	})
}

// verifier verifies tokens of the issuer.
func (h Host) verifier(c config.Function) (*authn.Verifier, error) {
	o := authn.Options{Issuer: c.Issuer, Audience: c.Audience, Now: h.Now}
	if c.IssuerKeys != "" {
		var err error
		if o.HTTPClient, err = authn.FixedKeys(c.Issuer, c.IssuerKeys); err != nil {
			const setting = "MILEPOST_ISSUER_KEYS"
			field := fault.At(setting, config.CodeKeysMalformed, "setting", setting)
			return nil, &fault.Error{Kind: fault.Invalid, Code: config.CodeInvalid, Fields: []fault.Field{field}, Cause: err}
		}
	}
	return authn.NewVerifier(o)
}

// table opens DynamoDB; nothing is sent yet.
func (h Host) table(c config.AWS, name string) (*dynamo.Store, error) {
	return dynamo.Open(context.Background(), dynamo.Options{Table: name, Jitter: h.Jitter, Config: configuration(c), Endpoint: c.DynamoDB})
}

// function puts a handler behind API Gateway.
func (h Host) function(name string, handler http.Handler, catalogs *i18n.Catalogs, log *slog.Logger) (lambdahttp.Func, error) {
	return lambdahttp.New(h.measured(name, handler), lambdahttp.Options{Catalogs: catalogs, Logger: log, NewRequestID: h.requestID})
}
