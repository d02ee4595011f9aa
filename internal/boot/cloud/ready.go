package cloud

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"milepost/internal/authn"
	"milepost/internal/config"
	"milepost/internal/fault"
	"milepost/internal/store/dynamo"
)

// readyFor is how long an answer is kept: anybody may ask, and describing a
// table is rationed.
const readyFor = 10 * time.Second

// readiness tells what a request would fail on.
type readiness struct {
	table  *dynamo.Store
	bucket func(context.Context) error // nil for none
	issuer *authn.Verifier
	config config.Function
	now    func() time.Time

	mu    sync.Mutex
	until time.Time
	kept  error
}

// check is nil, or a fault that names what is missing, wrong or out of reach.
func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); !now.Before(r.until) {
		r.kept, r.until = r.ask(ctx), now.Add(readyFor)
	}
	return r.kept
}

func (r *readiness) ask(ctx context.Context) error {
	if err := r.table.CheckTable(ctx); err != nil {
		return notReady(err, tableCode(err), "table", r.config.Table)
	}
	if r.bucket != nil {
		if err := r.bucket(ctx); err != nil {
			return notReady(err, "server.bucketUnreachable", "bucket", r.config.Bucket)
		}
	}
	return r.issuer.Ready(ctx)
}

// tableCode tells what is wrong with a table.
func tableCode(err error) string {
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
		return "server.tableMissing"
	}
	if _, ok := errors.AsType[*smithy.OperationError](err); ok {
		return "server.tableUnreachable"
	}
	return "server.tableDiffers"
}

func notReady(err error, code, name, value string) error {
	return &fault.Error{Kind: fault.Busy, Code: code, Args: fault.Args{name: value}, Cause: err}
}
