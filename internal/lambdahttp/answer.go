package lambdahttp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"milepost/internal/fault"
)

// problem is the document (RFC 9457) of an answer that the handler did not
// give; its form is that of package api.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Detail    string         `json:"detail"`
	RequestID string         `json:"requestId"`
	Args      map[string]any `json:"args,omitempty"`
}

// tooLarge is the fault of an answer that does not fit. Its status is 500 and
// not 413: it is not the request that is too large.
func (f *function) tooLarge() error {
	return fault.New(fault.TooLarge, CodeTooLarge, "max", f.options.MaxResponse)
}

// fit returns an answer with its body, as text where it is text and fits so,
// else in Base64, else tooLarge.
func (f *function) fit(out events.APIGatewayV2HTTPResponse, body []byte) (events.APIGatewayV2HTTPResponse, error) {
	room := f.options.MaxResponse - envelope(out)
	if utf8.Valid(body) {
		if out.Body = string(body); quoted(out.Body) <= room {
			return out, nil
		}
	}
	if base64.StdEncoding.EncodedLen(len(body)) > room {
		return out, f.tooLarge()
	}
	out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	return out, nil
}

// envelope bounds the bytes of an answer as JSON, without its body.
func envelope(out events.APIGatewayV2HTTPResponse) int {
	n := 160 // names and punctuation
	for name, value := range out.Headers {
		n += quoted(name) + quoted(value) + len(`"":"",`)
	}
	for _, cookie := range out.Cookies {
		n += quoted(cookie) + len(`"",`)
	}
	return n
}

// quoted is the length of a string in JSON as the Lambda runtime writes it,
// without its quotes.
func quoted(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\', c == '\b', c == '\f', c == '\n', c == '\r', c == '\t':
			n++
		case c < ' ':
			n += len(`\u0000`) - 1
		}
	}
	return n + 3*(strings.Count(s, "\u2028")+strings.Count(s, "\u2029"))
}

// refuse answers an error with a problem document and writes it to the log.
func (f *function) refuse(ctx context.Context, c *call, err error) events.APIGatewayV2HTTPResponse {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e = fault.Wrap(err, "internal.error")
	}
	id, status := "", http.StatusBadRequest
	if c.recorder != nil {
		id = c.recorder.header.Get("X-Request-Id") // under which the handler logs
	}
	if id == "" {
		id = f.options.NewRequestID()
	}
	if e.Kind != fault.Malformed {
		status = http.StatusInternalServerError
	}
	f.log(ctx, e, id)
	body, err := json.Marshal(problem{
		Type: "urn:milepost:problem:" + e.Code, Title: http.StatusText(status), Status: status, Code: e.Code,
		Detail: f.options.Catalogs.Fault(c.language, e).Title, RequestID: id, Args: e.Args,
	})
	if err != nil { // strings and integers only
		body = []byte("{}")
	}
	if c.head {
		body = nil
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: string(body), Headers: map[string]string{
		"Cache-Control": "no-store", "Content-Type": "application/problem+json", "Vary": "Accept-Language",
		"X-Content-Type-Options": "nosniff", "X-Request-Id": id,
	}}
}

// log writes why the handler's answer is not given.
func (f *function) log(ctx context.Context, e *fault.Error, id string) {
	level := slog.LevelError
	switch {
	case e.Kind == fault.TooLarge:
		level = slog.LevelWarn
	case e.Kind == fault.Malformed && e.Code != CodeShape:
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{slog.String("requestId", id), slog.String("code", e.Code), slog.String("error", e.Error())}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		attrs = append(attrs, slog.String("awsRequestId", lc.AwsRequestID))
	}
	f.options.Logger.LogAttrs(ctx, level, "request refused", attrs...)
}
