package cloud

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"milepost/internal/access"
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

// Parts are what a handler of the API stands on.
type Parts struct {
	Tracker      *tracker.Tracker
	Store        store.Store // what the tracker stands on
	Files        blob.Policy // what may be uploaded
	Bucket       *s3.Store   // where evidence is; nil where there is none
	Verifier     Verifier
	Catalogs     *i18n.Catalogs
	Now          func() time.Time
	Logger       *slog.Logger
	NewRequestID func() string
	Version      string
	Ready        func(ctx context.Context) error // why requests cannot be served now
}

// Verifier tells who a bearer token names.
type Verifier interface {
	Verify(ctx context.Context, token string) (authn.Identity, error)
}

// API returns the function that answers the JSON API by the handler that build
// makes. It asks nothing of the network before the first request.
func (h Host) API(build func(Parts) (http.Handler, error)) (lambdahttp.Func, error) {
	return h.functionOf("api", func(c config.Function, p Parts) (http.Handler, error) {
		verifier, err := h.withFiles(&p, c)
		if err != nil {
			return nil, err
		}
		p.Verifier = &firstAdministrator{verifier: verifier, subject: c.FirstAdministrator, tracker: p.Tracker, log: p.Logger}
		return build(p)
	})
}

// Console returns the parts of the console: those of the API, but for who
// verifies tokens.
func (h Host) Console(c config.Function, catalogs *i18n.Catalogs, log *slog.Logger) (Parts, error) {
	p := Parts{Catalogs: catalogs, Now: h.Now, Logger: log, NewRequestID: h.RequestID, Version: c.Version}
	_, err := h.withFiles(&p, c)
	return p, err
}

// withFiles completes parts that keep evidence, and returns who verifies
// tokens.
func (h Host) withFiles(p *Parts, c config.Function) (*authn.Verifier, error) {
	files := blob.DefaultPolicy()
	files.MaxSize = c.MaxUpload
	blobs, err := s3.Open(s3.Options{
		Bucket: c.Bucket, MaxSize: c.MaxUpload, Now: h.Now, Jitter: h.Jitter, Config: configuration(c.AWS), Endpoint: c.S3,
	})
	if err != nil {
		return nil, err
	}
	p.Bucket = blobs
	return h.complete(p, c, blobs, files, blobs.CheckBucket)
}

// Annex returns the function that answers, by the handler that build makes,
// what api leaves out: it is large and seldom asked for, and every start of api
// would pay for it. It knows no evidence, so it has no rights to any.
func (h Host) Annex(build func(Parts) (http.Handler, error)) (lambdahttp.Func, error) {
	return h.functionOf("annex", func(c config.Function, p Parts) (http.Handler, error) {
		verifier, err := h.complete(&p, c, nil, blob.DefaultPolicy(), nil)
		if err != nil {
			return nil, err
		}
		p.Verifier = verifier
		return build(p)
	})
}

// functionOf reads the configuration and puts a handler behind API Gateway.
func (h Host) functionOf(name string, build func(config.Function, Parts) (http.Handler, error)) (lambdahttp.Func, error) {
	c, err := config.LoadFunction(h.Getenv)
	if err != nil {
		return nil, err
	}
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	log := h.Logger(c.LogLevel)
	handler, err := build(c, Parts{Catalogs: catalogs, Now: h.Now, Logger: log, NewRequestID: h.RequestID, Version: c.Version})
	if err != nil {
		return nil, err
	}
	return h.Function(name, handler, catalogs, log)
}

// complete opens what the parts stand on, and returns who verifies tokens.
func (h Host) complete(p *Parts, c config.Function, blobs blob.Store, files blob.Policy, bucket func(context.Context) error) (*authn.Verifier, error) {
	db, err := h.table(c.AWS, c.Table)
	if err != nil {
		return nil, err
	}
	authority, err := access.New()
	if err != nil {
		return nil, err
	}
	p.Store, p.Files = db, files
	p.Tracker = tracker.New(tracker.Options{
		Store: store.Counted(db), Blobs: blobs, Files: files, Authority: authority, Now: h.Now, Entropy: h.Entropy,
		Secret: []byte(c.CursorKey.Reveal()), Outbox: true,
	})
	verifier, err := h.verifier(c)
	if err != nil {
		return nil, err
	}
	p.Ready = (&readiness{table: db, bucket: bucket, issuer: verifier, config: c, now: h.Now}).check
	return verifier, nil
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

// Function puts a handler behind API Gateway.
func (h Host) Function(name string, handler http.Handler, catalogs *i18n.Catalogs, log *slog.Logger) (lambdahttp.Func, error) {
	return lambdahttp.New(h.measured(name, handler), lambdahttp.Options{Catalogs: catalogs, Logger: log, NewRequestID: h.RequestID})
}
