package s3

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// DefaultTimeout bounds the wait for an answer to begin.
const DefaultTimeout = 3 * time.Second

const (
	attempts    = 4
	backoffBase = 25 * time.Millisecond
	backoffCap  = 400 * time.Millisecond
	slowest     = 256 << 10 // bytes per second that a transfer must reach
)

// NewClient makes a client with bounds that fit a request: timeout (0 means
// DefaultTimeout) for a connection and for an answer to begin, four attempts,
// and waits of 25 to 400 ms between them. A transfer itself is bounded by the
// Store. An empty endpoint means AWS; another is asked by path, as emulators
// want.
func NewClient(cfg aws.Config, endpoint string, timeout time.Duration, jitter func() float64) *s3.Client {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	cfg.HTTPClient = httpClient(cfg.HTTPClient, timeout)
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true
		}
		o.RetryMaxAttempts = 0
		o.Retryer = retry.NewStandard(func(so *retry.StandardOptions) {
			so.MaxAttempts = attempts
			so.MaxBackoff = backoffCap
			so.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return backoff(attempt, jitter), nil
			})
		})
	})
}

// httpClient keeps what the configuration's own client brings, such as a CA
// bundle, and leaves alone what is no BuildableClient.
func httpClient(given aws.HTTPClient, timeout time.Duration) aws.HTTPClient {
	c, ok := given.(*awshttp.BuildableClient)
	if given != nil && !ok {
		return given
	}
	if c == nil {
		c = awshttp.NewBuildableClient()
	}
	return c.WithTimeout(0).WithReadTimeout(0).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = timeout }).
		WithTransportOptions(func(t *http.Transport) { t.TLSHandshakeTimeout, t.ResponseHeaderTimeout = timeout, timeout })
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

// bounded bounds a call that transfers size bytes held in memory, all its
// attempts together.
func (s *Store) bounded(ctx context.Context, size int64) (context.Context, context.CancelFunc) {
	transfer := time.Duration(size) * time.Second / slowest
	return context.WithTimeout(ctx, attempts*(s.timeout+backoffCap)+transfer)
}
