package boot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/sqlite"
)

// DynamoPrefix begins the name of a place that is a table.
const DynamoPrefix = "dynamodb:"

// maintenanceTimeout bounds one exchange with DynamoDB; nobody waits for a
// page here.
const maintenanceTimeout = 20 * time.Second

// Walking is a store as maintenance needs it.
type Walking interface {
	store.Store
	store.Walker
}

// stored is a store that was opened at a place.
type stored struct {
	Walking
	close func() error
	table bool // in DynamoDB
}

// openStore opens a place: dynamodb:TABLE, or a data folder, which is made
// where create says so. A table that is missing or does not fit is refused.
func openStore(ctx context.Context, place, endpoint string, create bool) (*stored, error) {
	table, ok := strings.CutPrefix(place, DynamoPrefix)
	if !ok {
		return openFolder(ctx, place, create)
	}
	client, err := dynamoClient(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	db, err := dynamo.Open(ctx, dynamo.Options{Table: table, Client: client, Jitter: rand.Float64})
	if err != nil {
		return nil, err
	}
	if err := db.CheckTable(ctx); err != nil {
		return nil, &fault.Error{Kind: fault.NotFound, Code: "table.unfit", Args: fault.Args{"table": table}, Cause: err}
	}
	return &stored{Walking: db, close: func() error { return nil }, table: true}, nil
}

func openFolder(ctx context.Context, dir string, create bool) (*stored, error) {
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("boot: %w", err)
		}
	} else if err := Existing(dir); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dir, DatabaseFile), Now: time.Now})
	if err != nil {
		return nil, err
	}
	return &stored{Walking: db, close: db.Close}, nil
}

// dynamoClient asks AWS as its own tools do, by the environment and the
// profiles of ~/.aws; an endpoint is an emulator, which takes any keys.
func dynamoClient(ctx context.Context, endpoint string) (*dynamodb.Client, error) {
	if endpoint != "" {
		c := aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("milepost", "milepost", "")}
		return dynamo.NewClient(c, endpoint, maintenanceTimeout, rand.Float64), nil
	}
	c, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fault.Wrap(err, "aws.unconfigured")
	}
	if c.Region == "" {
		return nil, fault.New(fault.Invalid, "cli.regionMissing")
	}
	return dynamo.NewClient(c, "", maintenanceTimeout, rand.Float64), nil
}
