package cloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/boot/cloud"
	"milepost/internal/boot/cloud/annexhost"
	"milepost/internal/boot/cloud/apihost"
	"milepost/internal/boot/cloud/consolehost"
	"milepost/internal/lambdahttp"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker/trackertest"
)

func environment(change map[string]string) func(string) string {
	env := map[string]string{
		"AWS_REGION": "cn-north-1", "AWS_ACCESS_KEY_ID": "milepost", "AWS_SECRET_ACCESS_KEY": "milepost", "AWS_LAMBDA_FUNCTION_NAME": "m-api",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
		"MILEPOST_TABLE": "none", "MILEPOST_BUCKET": "none", "MILEPOST_CURSOR_KEY": "a cursor key of at least 32 bytes.",
		"MILEPOST_ISSUER": "http://127.0.0.1:1/issuer", "MILEPOST_AUDIENCE": "milepost",
	}
	maps.Copy(env, change)
	return func(name string) string { return env[name] }
}

func newHost(getenv func(string) string) (cloud.Host, *bytes.Buffer) {
	var out bytes.Buffer
	return cloud.New(getenv, &out, time.Now, trackertest.NewEntropy("cloud"), func() float64 { return 0 }), &out
}

// lines reads what a function wrote, each line a JSON document.
func lines(t *testing.T, out *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("no JSON: %v in %s", err, line)
		}
		all = append(all, v)
	}
	return all
}

func get(path string) json.RawMessage {
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"accept-language": "en"}}
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.Path = http.MethodGet, path
	payload, err := json.Marshal(e)
	if err != nil { // strings
		panic(err)
	}
	return payload
}

// Every wrong or missing variable is told by name, at once, and no secret.
func TestFailTellsEverySetting(t *testing.T) {
	host, out := newHost(func(name string) string {
		return map[string]string{"MILEPOST_CURSOR_KEY": "too-short-secret", "MILEPOST_ISSUER": "ftp://x"}[name]
	})
	_, err := apihost.New(host)
	if err == nil {
		t.Fatal("API() without configuration succeeds")
	}
	host.Fail(err)
	var settings []string
	for _, line := range lines(t, out) {
		settings = append(settings, line["setting"].(string)+" "+line["code"].(string))
	}
	want := []string{"AWS_SECRET_ACCESS_KEY config.required", "AWS_REGION config.required", "AWS_ACCESS_KEY_ID config.required", "MILEPOST_TABLE config.required",
		"MILEPOST_BUCKET config.required", "MILEPOST_ISSUER config.urlMalformed", "MILEPOST_AUDIENCE config.required", "MILEPOST_CURSOR_KEY config.secretTooShort"}
	slices.Sort(settings)
	slices.Sort(want)
	if diff := cmp.Diff(want, settings); diff != "" {
		t.Errorf("settings told (-want +got):\n%s", diff)
	}
	if strings.Contains(out.String(), "too-short-secret") {
		t.Errorf("the log shows a secret: %s", out)
	}
	for name, load := range map[string]func() error{
		"annex": func() error { _, err := annexhost.New(host); return err },
		"sweep": func() error { _, err := host.Sweep(); return err },
		"relay": func() error { _, err := host.Relay(); return err },
		"console": func() error {
			h, _ := newHost(func(string) string { return "loud" })
			_, err := consolehost.New(h)
			return err
		},
	} {
		if load() == nil {
			t.Errorf("%s without configuration succeeds", name)
		}
	}
}

// Keys told in place of asking the issuer are refused at the start where they
// are none, by the name of the setting.
func TestIssuerKeysMalformed(t *testing.T) {
	host, out := newHost(func(name string) string {
		return map[string]string{
			"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "MILEPOST_TABLE": "t", "MILEPOST_BUCKET": "b", "MILEPOST_AUDIENCE": "milepost",
			"MILEPOST_ISSUER": "https://id.example", "MILEPOST_CURSOR_KEY": strings.Repeat("k", 32), "MILEPOST_ISSUER_KEYS": `{"keys":[]}`,
		}[name]
	})
	_, err := apihost.New(host)
	if err == nil {
		t.Fatal("API() with an empty key set succeeds")
	}
	host.Fail(err)
	if !strings.Contains(out.String(), "MILEPOST_ISSUER_KEYS") || !strings.Contains(out.String(), "config.keysMalformed") {
		t.Errorf("log: %s", out)
	}
}

// /readyz and the log name what is wrong: table, bucket, issuer.
func TestReadyzNamesWhatIsWrong(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "readiness on DynamoDB")
		return
	}
	client, table := dynamotest.Table(t)
	other := "wrong-keys-" + table
	makeOther(t, client, other)
	s3 := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s3.Close)
	at := os.Getenv(dynamotest.Env)
	for want, env := range map[string]map[string]string{
		"server.tableMissing":      {"MILEPOST_TABLE": "no-such-table", "AWS_ENDPOINT_URL_DYNAMODB": at},
		"server.tableDiffers":      {"MILEPOST_TABLE": other, "AWS_ENDPOINT_URL_DYNAMODB": at},
		"server.tableUnreachable":  {"MILEPOST_TABLE": table},
		"server.bucketUnreachable": {"MILEPOST_TABLE": table, "AWS_ENDPOINT_URL_DYNAMODB": at},
		"auth.issuerUnreachable":   {"MILEPOST_TABLE": table, "AWS_ENDPOINT_URL_DYNAMODB": at, "AWS_ENDPOINT_URL_S3": s3.URL},
	} {
		host, out := newHost(environment(env))
		function, err := apihost.New(host)
		if err != nil {
			t.Fatal(err)
		}
		answer := ask(t, function, "/readyz")
		if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(answer.Body, want) {
			t.Errorf("%s: %d %s", want, answer.StatusCode, answer.Body)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in the log: %s", want, out)
		}
		if live := ask(t, function, "/livez"); live.StatusCode != http.StatusOK {
			t.Errorf("%s: /livez = %d", want, live.StatusCode)
		}
	}
}

func ask(t *testing.T, f lambdahttp.Func, path string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	answer, err := f(context.Background(), get(path))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func makeOther(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: aws.String(name)})
	})
}

// A request becomes one line in the embedded metric format.
func TestMetrics(t *testing.T) {
	host, out := newHost(environment(nil))
	function, err := apihost.New(host)
	if err != nil {
		t.Fatal(err)
	}
	ask(t, function, "/livez")
	ask(t, function, "/readyz")
	var got []map[string]any
	for _, line := range lines(t, out) {
		if about, ok := line["_aws"].(map[string]any); ok {
			directive := about["CloudWatchMetrics"].([]any)[0].(map[string]any)
			delete(line, "_aws")
			if line["Duration"].(float64) <= 0 || about["Timestamp"].(float64) < 1e12 {
				t.Errorf("line %v %v", line, about)
			}
			delete(line, "Duration")
			line["Namespace"], line["Dimensions"] = directive["Namespace"], directive["Dimensions"]
			got = append(got, line)
		}
	}
	row := func(faults float64) map[string]any {
		return map[string]any{"Function": "m-api", "Requests": 1.0, "Faults": faults, "Namespace": cloud.Namespace, "Dimensions": []any{[]any{"Function"}}}
	}
	if diff := cmp.Diff([]map[string]any{row(0), row(1)}, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}
