package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"milepost/internal/config"
)

const (
	invokeWithin = 5 * time.Second // one attempt
	invokeTries  = 3
)

// invoker invokes functions asynchronously: one signed request, for which the
// SDK's client of Lambda would be another module.
type invoker struct {
	config aws.Config
	base   string // scheme and host
	now    func() time.Time
	client *http.Client
}

func newInvoker(c config.AWS, now func() time.Time) *invoker {
	base := c.Lambda
	if base == "" {
		base = "https://lambda." + c.Region + "." + dnsSuffix(c.Region)
	}
	return &invoker{config: configuration(c), base: base, now: now, client: &http.Client{Timeout: invokeWithin}}
}

// dnsSuffix is that of a region's partition.
func dnsSuffix(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// invoke hands a payload to the function of an ARN, with its alias or version
// if the ARN has one, and returns once Lambda has taken it.
func (i *invoker) invoke(ctx context.Context, arn string, payload []byte) error {
	parts := strings.Split(arn, ":")
	if len(parts) < 7 || len(parts) > 8 || parts[5] != "function" {
		return fmt.Errorf("cloud: %q is no ARN of a function", arn)
	}
	at := i.base + "/2015-03-31/functions/" + url.PathEscape(parts[6]) + "/invocations"
	if len(parts) == 8 {
		at += "?Qualifier=" + url.QueryEscape(parts[7])
	}
	var err error
	for range invokeTries {
		var again bool
		if again, err = i.try(ctx, at, payload); !again || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("cloud: invoke %s: %w", parts[6], err)
	}
	return nil
}

// try sends the request once; again says that another attempt may help.
func (i *invoker) try(ctx context.Context, at string, payload []byte) (again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(payload))
	if err != nil {
		return false, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Invocation-Type", "Event")
	keys, err := i.config.Credentials.Retrieve(ctx)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256(payload)
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), "lambda", i.config.Region, i.now()); err != nil {
		return false, err
	}
	answer, err := i.client.Do(r)
	if err != nil {
		return true, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusAccepted {
		return false, nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // what is told beside the status
	again = answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests
	return again, fmt.Errorf("status %d: %s", answer.StatusCode, text)
}
