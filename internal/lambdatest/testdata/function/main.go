// Command function does what the tests of package lambdatest ask of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	Size int
	Text string
}

type answer struct {
	Text     string
	PID      int
	ID, ARN  string
	Trace    string
	Deadline int64 // milliseconds from now
}

func main() {
	fmt.Println("starting")
	switch os.Getenv("INIT") {
	case "exit":
		fmt.Fprintln(os.Stderr, "TABLE is not set")
		os.Exit(3)
	case "panic":
		panic("cannot start")
	case "hang":
		time.Sleep(time.Hour)
	case "report":
		url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
		if r, err := http.Post(url, "application/json", strings.NewReader(`{"errorType":"Config","errorMessage":"TABLE is not set"}`)); err != nil || r.StatusCode != 202 {
			panic(err)
		}
		os.Exit(1)
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "error":
		return nil, errors.New("refused")
	case "panic":
		panic("boom")
	case "exit":
		os.Exit(e.Size)
	case "sleep":
		time.Sleep(time.Hour)
	case "until deadline":
		<-ctx.Done()
		return answer{Text: ctx.Err().Error()}, nil
	case "big":
		return strings.Repeat("x", e.Size), nil
	case "allocate":
		block := make([]byte, e.Size)
		for i := range block {
			block[i] = 1
		}
		return len(block), nil
	case "environment":
		return os.Environ(), nil
	case "stream":
		return io.MultiReader(strings.NewReader("half of it"), broken{}), nil
	case "twice":
		lc, _ := lambdacontext.FromContext(ctx)
		url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/" + lc.AwsRequestID + "/response"
		for _, want := range []int{202, 400} {
			r, err := http.Post(url, "application/json", strings.NewReader(`"first"`))
			if err != nil || r.StatusCode != want {
				fmt.Println("not as it should be", r, err)
			}
		}
		return "second", nil // which the runtime is refused, and so it ends
	}
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	fmt.Println("handling", e.Text)
	return answer{
		Text: e.Text, PID: os.Getpid(), ID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Trace: trace, Deadline: time.Until(deadline).Milliseconds(),
	}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection lost") }
