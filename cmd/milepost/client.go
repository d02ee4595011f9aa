package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"milepost/internal/authn"
	"milepost/internal/boot"
	"milepost/internal/config"
	"milepost/internal/fault"
)

// requestTimeout bounds one request of a client command.
const requestTimeout = 2 * time.Minute

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// client talks to the API of a server, or of a data folder in process.
type client struct {
	base     string
	token    string
	language string
	http     *http.Client
	close    func() error
}

// problem is an error as the API answers it (RFC 9457).
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
		Detail  string `json:"detail"`
	} `json:"errors"`
}

func (p *problem) Error() string { return p.Code }

// clientFlags are those of every command that asks the API.
func (p *program) clientFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("server", "", p.flag("server"))
	f.String("data", "", p.flag("clientData"))
	f.String("as", "", p.flag("as"))
	f.String("issuer", "", p.flag("asIssuer"))
}

// connect makes the client that a command's flags and environment ask for.
func (p *program) connect(c *cobra.Command) (*client, error) {
	settings, err := config.LoadClient(given(c, "server", "data"), p.getenv)
	if err != nil {
		return nil, err
	}
	out := &client{base: settings.Server, token: settings.Token.Reveal(), language: string(p.lang), close: func() error { return nil }}
	if settings.Server != "" {
		out.http = &http.Client{Timeout: requestTimeout}
		return out, nil
	}
	as, err := p.required("as", c.Flag("as").Value.String(), "MILEPOST_AS")
	if err != nil {
		return nil, err
	}
	if err := boot.Existing(settings.DataDir); err != nil {
		return nil, err
	}
	who := authn.Identity{Issuer: p.issuer(c.Flag("issuer").Value.String()), Subject: as}
	local, err := boot.NewLocal(c.Context(), settings.DataDir, who, p.catalogs, version())
	if err != nil {
		return nil, err
	}
	out.base, out.http, out.close, out.token = boot.LocalURL, local.Client, local.Close, "in.process.token"
	return out, nil
}

// get reads a path with a query into v.
func (c *client) get(ctx context.Context, path string, query url.Values, v any) error {
	return c.do(ctx, http.MethodGet, path, query, "", nil, nil, v)
}

// do sends a request and reads the answer into v, or returns its problem.
func (c *client) do(ctx context.Context, method, path string, query url.Values, contentType string, header http.Header, body io.Reader, v any) error {
	at := c.base + "/api/v1" + path
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept-Language", c.language)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return c.unreachable(ctx, err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return refusal(answer.StatusCode, text)
	}
	if raw, ok := v.(*jsontext.Value); ok {
		*raw = text
		return nil
	}
	if v == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, v)
}

func (c *client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &fault.Error{Kind: fault.Busy, Code: "cli.serverUnreachable", Args: fault.Args{"server": c.base}, Cause: err}
}

// refusal is the problem in an answer. A gateway before the functions, which
// cannot be taught problems, answers {"message": …} where it refuses by itself;
// the answer of somebody else's server is told by its status.
func refusal(status int, text []byte) error {
	p := &problem{}
	if err := json.Unmarshal(text, p); err == nil && p.Code != "" {
		p.Status = status
		return p
	}
	var gateway struct {
		Message string `json:"message"`
	}
	switch err := json.Unmarshal(text, &gateway); {
	case err != nil || gateway.Message == "":
		return &fault.Error{Kind: kindOf(status), Code: "cli.notMilepost", Args: fault.Args{"status": status}, Cause: errors.New(http.StatusText(status))}
	case status == http.StatusUnauthorized:
		return fault.New(fault.Unauthenticated, authn.CodeInvalid)
	}
	return fault.New(kindOf(status), "cli.gateway", "status", status, "message", gateway.Message)
}

func kindOf(status int) fault.Kind {
	switch {
	case status >= http.StatusInternalServerError:
		return fault.Busy
	case status == http.StatusTooManyRequests:
		return fault.TooMany
	case status == http.StatusRequestEntityTooLarge:
		return fault.TooLarge
	}
	return fault.NotFound
}

// page is a page of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// all reads a list to its end.
func all[T any](ctx context.Context, c *client, path string, query url.Values) ([]T, error) {
	items := []T{}
	query = url.Values(http.Header(query).Clone())
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "100")
	for {
		var got page[T]
		if err := c.get(ctx, path, query, &got); err != nil {
			return nil, err
		}
		items = append(items, got.Items...)
		if got.Next == "" {
			return items, nil
		}
		if query.Get("cursor") == got.Next {
			return nil, fmt.Errorf("milepost: %s answers the same cursor again", path)
		}
		query.Set("cursor", got.Next)
	}
}
