package dynamo

import (
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	defaultTimeout = 1500 * time.Millisecond
	readAttempts   = 4
	backoffBase    = 25 * time.Millisecond
	backoffCap     = 400 * time.Millisecond
)

// NewClient makes a client with bounds that fit a request: timeout (0 means
// 1.5 s) for an exchange, four attempts, and waits of 25 to 400 ms between
// them. The SDK's own defaults are no timeout and up to 20 s, and it gives up
// where an answer was cut off. An empty endpoint
// means AWS.
func NewClient(cfg aws.Config, endpoint string, timeout time.Duration, jitter func() float64) *dynamodb.Client {
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	cfg.HTTPClient = httpClient(cfg.HTTPClient, timeout)
	return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
		o.RetryMaxAttempts = 0
		o.Retryer = retry.NewStandard(func(so *retry.StandardOptions) {
			so.MaxAttempts = readAttempts
			so.Retryables = append(so.Retryables, retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
				if unread(err) {
					return aws.TrueTernary
				}
				return aws.UnknownTernary
			}))
			so.MaxBackoff = backoffCap
			so.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return backoff(attempt, jitter), nil
			})
		})
	})
}

// httpClient keeps what the configuration's own client brings, such as a CA
// bundle, and leaves alone what is no BuildableClient. The SDK's read timeout
// stays off: it also counts the time that a connection is idle, and then cuts
// the next request short.
func httpClient(given aws.HTTPClient, timeout time.Duration) aws.HTTPClient {
	c, ok := given.(*awshttp.BuildableClient)
	if given != nil && !ok {
		return given
	}
	if c == nil {
		c = awshttp.NewBuildableClient()
	}
	return c.WithTimeout(timeout).WithReadTimeout(0).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = timeout }).
		WithTransportOptions(func(t *http.Transport) { t.TLSHandshakeTimeout = timeout })
}

// backoff is the wait after an attempt, counted from 1: it doubles from
// backoffBase up to backoffCap, of which the lower half is certain.
func backoff(attempt int, jitter func() float64) time.Duration {
	d := backoffCap
	if attempt < 5 {
		d = min(backoffBase<<(attempt-1), backoffCap)
	}
	return d/2 + time.Duration(jitter()*float64(d/2))
}
