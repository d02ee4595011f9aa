// Command sdkonly is the yardstick of the functions' figures: AWS's runtime
// and client of DynamoDB, one GetItem, and nothing else.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func main() {
	c, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	client := dynamodb.NewFromConfig(c)
	lambda.Start(func(ctx context.Context) (int, error) {
		out, err := client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: aws.String(os.Getenv("MILEPOST_TABLE")), ConsistentRead: aws.Bool(true),
			Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "dep"}, "sk": &types.AttributeValueMemberS{Value: "1"}},
		})
		if err != nil {
			return 0, err
		}
		return len(out.Item), nil
	})
}
