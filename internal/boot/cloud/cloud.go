// Package cloud provides the composition root of the functions in AWS Lambda:
// it reads their configuration, opens DynamoDB and S3, and puts handlers
// together. It links no SQLite; clock and chance come from the mains.
package cloud

import (
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"milepost/internal/config"
	"milepost/internal/fault"
	"milepost/internal/i18n"
)

// Host is what a function's process gives it. All are required.
type Host struct {
	Getenv  func(string) string
	Out     io.Writer // log and metrics, a JSON document a line
	Now     func() time.Time
	Entropy io.Reader
	Jitter  func() float64 // numbers in [0,1) that spread retries
}

// New returns a host whose lines do not mix, whoever writes them.
func New(getenv func(string) string, out io.Writer, now func() time.Time, entropy io.Reader, jitter func() float64) Host {
	return Host{Getenv: getenv, Out: &lines{to: out}, Now: now, Entropy: entropy, Jitter: jitter}
}

// lines writes one line at a time.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

// Write writes one line.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// Logger writes JSON from a level on.
func (h Host) Logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(h.Out, &slog.HandlerOptions{Level: level}))
}

// Fail logs why a function cannot start: every wrong setting by its name, with
// what would be right.
func (h Host) Fail(err error) {
	log := h.Logger(slog.LevelInfo)
	f, ok := errors.AsType[*fault.Error](err)
	catalogs, loadErr := i18n.New()
	if !ok || loadErr != nil {
		log.Error("cannot start", "error", err.Error())
		return
	}
	text := catalogs.Fault(i18n.English, f)
	for _, field := range text.Fields {
		log.Error("cannot start", "setting", field.Pointer, "code", field.Code, "error", field.Text)
	}
	if len(text.Fields) == 0 {
		log.Error("cannot start", "code", f.Code, "error", f.Error())
	}
}

// configuration is that of the AWS SDK, made of the environment alone: no
// file, no request.
func configuration(c config.AWS) aws.Config {
	return aws.Config{
		Region:      c.Region,
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKey, c.SecretKey.Reveal(), c.SessionToken.Reveal()),
	}
}

// RequestID is 128 bits of chance, in hexadecimal.
func (h Host) RequestID() string {
	var id [16]byte
	if _, err := io.ReadFull(h.Entropy, id[:]); err != nil {
		return "unknown" // only the name of a log line
	}
	return hex.EncodeToString(id[:])
}
