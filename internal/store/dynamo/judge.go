package dynamo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"milepost/internal/store"
)

// verdict is what the end of one attempt to write means.
type verdict int

const (
	done    verdict = iota // written
	refused                // not written, and will not be
	busy                   // not written; may be tried again
	unsent                 // never left this machine; may be tried again
	lost                   // written or not
)

// judge reads the end of an attempt. It looks at codes and types only: texts
// differ between AWS and the emulator. What it does not know counts as lost if
// the request may have left.
func judge(err error, sent bool) verdict {
	if err == nil {
		return done
	}
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		return judgeReasons(cancelled.CancellationReasons)
	}
	status := httpStatus(err)
	switch code := errorCode(err); {
	case isBusy(code) || status == http.StatusTooManyRequests:
		return busy
	case code == "TransactionInProgressException":
		return lost // an earlier attempt with the same token is not over
	case unread(err) && sent:
		return lost // whatever its status: the code would have told
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		return refused
	case sent:
		return lost
	case retry.RetryableConnectionError{}.IsErrorRetryable(err) == aws.TrueTernary:
		return unsent
	}
	return refused
}

// judgeReasons reads all reasons for which a transaction was cancelled: any
// that would come again decides, conflict and throttling pass.
func judgeReasons(reasons []types.CancellationReason) verdict {
	v := refused
	for _, r := range reasons {
		switch aws.ToString(r.Code) {
		case "", "None":
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded":
			v = busy
		default:
			return refused
		}
	}
	return v
}

func isBusy(code string) bool {
	switch code {
	case "TransactionConflictException", "ReplicatedWriteConflictException",
		"ProvisionedThroughputExceededException", "ThrottlingException", "ThrottlingError",
		"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException":
		return true
	}
	return false
}

func errorCode(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func httpStatus(err error) int {
	if r, ok := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err); ok {
		return r.HTTPStatusCode()
	}
	return 0
}

// unread reports whether an answer came that could not be read to its end.
func unread(err error) bool {
	_, is := errors.AsType[*smithy.DeserializationError](err)
	return is
}

// readError wraps the error of a read: throttling is contention, which passes.
// So do losses and crashes, but for those by whoever asks no more.
func readError(what string, err error) error {
	_, unsent := errors.AsType[*smithyhttp.RequestSendError](err)
	switch status := httpStatus(err); {
	case errors.Is(err, context.Canceled):
	case isBusy(errorCode(err)) || status == http.StatusTooManyRequests:
		return fmt.Errorf("dynamo: %s: %w: %w", what, store.ErrContended, err)
	case unsent || unread(err) || status >= 500 || status == http.StatusRequestTimeout:
		return fmt.Errorf("dynamo: %s: %w: %w", what, store.ErrUnavailable, err)
	}
	return fmt.Errorf("dynamo: %s: %w", what, err)
}
