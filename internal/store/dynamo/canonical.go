package dynamo

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json/jsontext"
)

// canonical makes equal requests equal in bytes. The SDK writes maps in Go's
// random order; the emulator then takes a repeated transaction for another one
// under the same token (IdempotentParameterMismatch, a known trait of the SDK),
// and AWS promises nothing about it.
func canonical(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("CanonicalBody", canonicalBody), middleware.After)
	})
}

func canonicalBody(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
	fail := func(err error) (middleware.SerializeOutput, middleware.Metadata, error) {
		return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("canonical body: %w", err)
	}
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return fail(fmt.Errorf("unknown transport %T", in.Request))
	}
	body, err := io.ReadAll(req.GetStream())
	if err != nil {
		return fail(err)
	}
	text := jsontext.Value(body)
	if err := text.Canonicalize(); err != nil {
		return fail(err)
	}
	if in.Request, err = req.SetStream(bytes.NewReader(text)); err != nil {
		return fail(err)
	}
	return next.HandleSerialize(ctx, in)
}
