// Command annex answers behind API Gateway what api and console leave out:
// files to import, and the documentation page. It is an AWS Lambda function; template.yaml says what it is told and what it may do.
package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"time"
	_ "time/tzdata" // the runtime's image has none

	"github.com/aws/aws-lambda-go/lambda"

	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/annexhost"
)

func main() {
	host := cloud.New(os.Getenv, os.Stdout, time.Now, rand.Reader, mathrand.Float64)
	function, err := annexhost.New(host)
	if err != nil {
		host.Fail(err)
		os.Exit(1)
	}
	lambda.Start(function)
}
