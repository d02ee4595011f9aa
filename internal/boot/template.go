package boot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	yaml "github.com/oasdiff/yaml3"

	"milepost/internal/fault"
)

// tableWait is how long a new table may take to be there.
const tableWait = 2 * time.Minute

// templateTable is what is read of an AWS::DynamoDB::Table: its shape, for an
// emulator or a trial. Backups, ceilings and alarms come with a deployment.
type templateTable struct {
	AttributeDefinitions    []map[string]string `yaml:"AttributeDefinitions"`
	KeySchema               []map[string]string `yaml:"KeySchema"`
	GlobalSecondaryIndexes  []templateIndex     `yaml:"GlobalSecondaryIndexes"`
	StreamSpecification     map[string]string   `yaml:"StreamSpecification"`
	TimeToLiveSpecification map[string]string   `yaml:"TimeToLiveSpecification"`
}

type templateIndex struct {
	IndexName  string              `yaml:"IndexName"`
	KeySchema  []map[string]string `yaml:"KeySchema"`
	Projection map[string]string   `yaml:"Projection"`
}

// tableOf finds the one table of a SAM or CloudFormation template
// (template.noTable).
func tableOf(template []byte) (*templateTable, error) {
	var doc struct {
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(template, &doc); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Code: "template.noTable", Cause: err}
	}
	for _, r := range doc.Resources {
		if r.Type != "AWS::DynamoDB::Table" {
			continue
		}
		t := &templateTable{}
		if err := r.Properties.Decode(t); err != nil {
			return nil, &fault.Error{Kind: fault.Invalid, Code: "template.noTable", Cause: err}
		}
		return t, nil
	}
	return nil, fault.New(fault.Invalid, "template.noTable")
}

// input is the request that makes the table.
func (t *templateTable) input(name string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest, KeySchema: keys(t.KeySchema)}
	for _, a := range t.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a["AttributeName"]), AttributeType: types.ScalarAttributeType(a["AttributeType"]),
		})
	}
	for _, i := range t.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.IndexName), KeySchema: keys(i.KeySchema),
			Projection: &types.Projection{ProjectionType: types.ProjectionType(i.Projection["ProjectionType"])},
		})
	}
	if view := t.StreamSpecification["StreamViewType"]; view != "" {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(view)}
	}
	return in
}

func keys(elements []map[string]string) []types.KeySchemaElement {
	out := make([]types.KeySchemaElement, len(elements))
	for i, e := range elements {
		out[i] = types.KeySchemaElement{AttributeName: aws.String(e["AttributeName"]), KeyType: types.KeyType(e["KeyType"])}
	}
	return out
}

// MakeTable makes the table of a template and waits until it is there. One
// that is there already is left as it is, and refused where it does not fit
// (table.unfit).
func MakeTable(ctx context.Context, template []byte, name, endpoint string) (made bool, err error) {
	t, err := tableOf(template)
	if err != nil {
		return false, err
	}
	client, err := dynamoClient(ctx, endpoint)
	if err != nil {
		return false, err
	}
	if made, err = create(ctx, client, t, name); err != nil {
		return false, err
	}
	s, err := openStore(ctx, DynamoPrefix+name, endpoint, false)
	if err != nil {
		return made, err
	}
	return made, s.close()
}

func create(ctx context.Context, client *dynamodb.Client, t *templateTable, name string) (made bool, err error) {
	_, err = client.CreateTable(ctx, t.input(name))
	if _, there := errors.AsType[*types.ResourceInUseException](err); there {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("boot: create table %s: %w", name, err)
	}
	err = dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, 5*time.Second
	}).Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, tableWait)
	if err != nil {
		return true, fmt.Errorf("boot: create table %s: %w", name, err)
	}
	if attribute := t.TimeToLiveSpecification["AttributeName"]; attribute != "" {
		_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
			TableName:               aws.String(name),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attribute), Enabled: aws.Bool(true)},
		})
		if err != nil {
			return true, fmt.Errorf("boot: expiry of table %s: %w", name, err)
		}
	}
	return true, nil
}
