package config

import "log/slog"

// DefaultWriteUnits is the write ceiling of a new on-demand table, in units
// per second; the sweep takes half of what it is told.
const DefaultWriteUnits = 4000

// The settings of functions in AWS Lambda. Those that begin with AWS_ are set
// by Lambda itself, except the endpoints.
func tableSetting() setting  { return setting{variable: "MILEPOST_TABLE"} }
func bucketSetting() setting { return setting{variable: "MILEPOST_BUCKET"} }
func firstAdministratorSetting() setting {
	return setting{variable: "MILEPOST_FIRST_ADMINISTRATOR"}
}
func issuerKeysSetting() setting { return setting{variable: "MILEPOST_ISSUER_KEYS"} }
func writeUnitsSetting() setting { return setting{variable: "MILEPOST_MAX_WRITE_UNITS"} }
func regionSetting() setting     { return setting{variable: "AWS_REGION"} }
func accessKeySetting() setting  { return setting{variable: "AWS_ACCESS_KEY_ID"} }
func secretKeySetting() setting  { return setting{variable: "AWS_SECRET_ACCESS_KEY"} }
func sessionSetting() setting    { return setting{variable: "AWS_SESSION_TOKEN"} }
func dynamoDBSetting() setting   { return setting{variable: "AWS_ENDPOINT_URL_DYNAMODB"} }
func s3Setting() setting         { return setting{variable: "AWS_ENDPOINT_URL_S3"} }
func lambdaSetting() setting     { return setting{variable: "AWS_ENDPOINT_URL_LAMBDA"} }
func versionSetting() setting    { return setting{variable: "AWS_LAMBDA_FUNCTION_VERSION"} }

// AWS says where the services are and on whose behalf they are asked: what
// Lambda puts into the environment, and nothing else.
type AWS struct {
	Region       string
	AccessKey    string
	SecretKey    Secret
	SessionToken Secret // may be absent
	// Endpoints of emulators; "" is AWS.
	DynamoDB, S3, Lambda string
}

// Function configures a function in AWS Lambda, from its environment alone.
type Function struct {
	AWS
	Table  string // DynamoDB
	Bucket string // S3, for evidence
	Issuer string
	// IssuerKeys is a JSON Web Key Set that stands for asking the issuer, for
	// where it cannot be reached; "" asks it.
	IssuerKeys string
	Audience   string
	CursorKey  Secret
	MaxUpload  int64 // bytes of one file
	LogLevel   slog.Level
	// FirstAdministrator is how the issuer names who is made administrator
	// where nobody is registered yet; "" for nobody.
	FirstAdministrator string
	Version            string // of the function
}

// LoadFunction reads the configuration of functions that answer requests, or
// fails with config.invalid.
func LoadFunction(getenv func(string) string) (Function, error) {
	r := newReader(nil, getenv)
	c := r.function()
	if err := r.done(); err != nil {
		return Function{}, err
	}
	return c, nil
}

func (r *reader) function() Function {
	return Function{
		AWS:       r.aws(),
		Table:     r.needed(tableSetting(), "milepost"),
		Bucket:    r.needed(bucketSetting(), "milepost-evidence"),
		Issuer:    r.secureURL(issuerSetting().variableOnly()),
		Audience:  r.needed(audienceSetting().variableOnly(), DefaultAudience),
		CursorKey: r.secret(cursorKeySetting(), required),
		MaxUpload: r.size(uploadSetting().variableOnly(), DefaultMaxUpload, minUpload, maxUpload),
		LogLevel:  r.level(logSetting().variableOnly()),

		IssuerKeys:         r.text(issuerKeysSetting(), ""),
		FirstAdministrator: r.text(firstAdministratorSetting(), ""),
		Version:            r.text(versionSetting(), "unknown"),
	}
}

// Job configures the functions without callers, sweep and relay.
type Job struct {
	AWS
	Table    string // DynamoDB
	LogLevel slog.Level
	// WriteUnits is the table's ceiling, per second.
	WriteUnits int64
}

// LoadJob reads the configuration of sweep and relay, or fails with
// config.invalid.
func LoadJob(getenv func(string) string) (Job, error) {
	r := newReader(nil, getenv)
	c := Job{
		AWS:        r.aws(),
		Table:      r.needed(tableSetting(), "milepost"),
		LogLevel:   r.level(logSetting().variableOnly()),
		WriteUnits: r.size(writeUnitsSetting(), DefaultWriteUnits, 1, 1_000_000),
	}
	if err := r.done(); err != nil {
		return Job{}, err
	}
	return c, nil
}

// aws reads what Lambda sets.
func (r *reader) aws() AWS {
	if !r.has(secretKeySetting()) {
		r.wrong(secretKeySetting(), CodeRequired, "example", "••••••••")
	}
	return AWS{
		Region:       r.needed(regionSetting(), "eu-central-1"),
		AccessKey:    r.needed(accessKeySetting(), "AKIA…"),
		SecretKey:    NewSecret(r.getenv(secretKeySetting().variable)),
		SessionToken: NewSecret(r.getenv(sessionSetting().variable)),
		DynamoDB:     r.endpoint(dynamoDBSetting()),
		S3:           r.endpoint(s3Setting()),
		Lambda:       r.endpoint(lambdaSetting()),
	}
}

// endpoint is the URL of an emulator, which may be plain http anywhere: under
// sam local it is the machine around the container.
func (r *reader) endpoint(s setting) string { return r.origin(s, "") }
