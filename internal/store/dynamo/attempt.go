package dynamo

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"milepost/internal/store"
)

// once turns the SDK's own retries off: they would hide that an answer was
// lost, and they leave out cancelled transactions.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// persist sends a write until it is written or refused, or patience or context
// end. send must send the same each time. unsure says that an attempt before
// the last may have been written: a refusal after that is not the whole story.
// Any other error is final and wraps store.ErrContended, store.ErrUnavailable
// or store.ErrUnknownOutcome where they apply.
func (s *Store) persist(ctx context.Context, send func(context.Context) error) (v verdict, unsure bool, err error) {
	if err := ctx.Err(); err != nil {
		return refused, false, err
	}
	for n, losses := 1, 0; ; n++ {
		v, err = try(ctx, send)
		switch v {
		case done, refused:
			return v, unsure, err
		case lost:
			unsure = true
			losses++
		case unsent:
			losses++
		}
		if n >= s.attempts || losses >= s.losses || s.sleep(ctx, backoff(n, s.jitter)) != nil {
			break
		}
	}
	switch {
	case unsure:
		err = fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
	case v == busy:
		err = fmt.Errorf("%w: %w", store.ErrContended, err)
	case v == unsent:
		err = fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return v, unsure, err
}

// try makes one attempt. A request counts as sent from the moment it has a
// connection: what goes wrong before that cannot have been written.
func try(ctx context.Context, send func(context.Context) error) (verdict, error) {
	var sent atomic.Bool
	err := send(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	}))
	return judge(err, sent.Load()), err
}
