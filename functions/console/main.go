// Command console answers with pages behind API Gateway. It is an AWS Lambda
// function; template.yaml says what it is told and what it may do.
package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"time"
	_ "time/tzdata" // the runtime's image has none

	"github.com/aws/aws-lambda-go/lambda"

	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/consolehost"
)

func main() {
	host := cloud.New(os.Getenv, os.Stdout, time.Now, rand.Reader, mathrand.Float64)
	function, err := consolehost.New(host)
	if err != nil {
		host.Fail(err)
		os.Exit(1)
	}
	lambda.Start(function)
}
