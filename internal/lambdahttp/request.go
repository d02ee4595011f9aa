package lambdahttp

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"milepost/internal/fault"
)

// request is what an event asks, read and found sound before the adapter sees
// any of it: the adapter answers what it cannot read with 504 and an error,
// and prints it.
type request struct {
	method string
	url    *url.URL
	host   string
	from   string // address with port
	header http.Header
	body   []byte
}

// newRequest reads an event, or refuses it as a net/http server would.
func newRequest(e *event) (*request, error) {
	target, err := target(e)
	if err != nil {
		return nil, err
	}
	header, err := header(e)
	if err != nil {
		return nil, err
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, &fault.Error{Kind: fault.Malformed, Code: CodeBase64, Cause: err}
		}
	}
	host := cmp.Or(header.Get("Host"), e.RequestContext.DomainName)
	for _, name := range []string{"Host", "Content-Length", "Transfer-Encoding"} {
		header.Del(name) // of the connection between client and gateway
	}
	if len(body) > 0 {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return &request{
		method: e.RequestContext.HTTP.Method, url: target, host: host, from: source(e.RequestContext.HTTP.SourceIP), header: header, body: body,
	}, nil
}

// target reads method, path and query. The gateway has decoded the path, so a
// question mark in it is part of a segment and begins no query.
func target(e *event) (*url.URL, error) {
	path := cmp.Or(e.RawPath, e.RequestContext.HTTP.Path, "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	query := e.RawQueryString
	if query == "" && len(e.QueryStringParameters) > 0 {
		values := url.Values{}
		for name, value := range e.QueryStringParameters {
			values.Set(name, value)
		}
		query = values.Encode()
	}
	address := strings.ReplaceAll(path, "?", "%3F")
	if query != "" {
		address += "?" + query
	}
	u, err := url.ParseRequestURI(address)
	if err != nil || !isToken(e.RequestContext.HTTP.Method) {
		// err holds the caller's text, which has no place in a log
		return nil, fault.New(fault.Malformed, CodeAddress)
	}
	return u, nil
}

// header reads headers and cookies. The gateway has joined what came several
// times with commas; no header is split again, since only its reader knows
// whether a comma separates.
func header(e *event) (http.Header, error) {
	out := make(http.Header, len(e.Headers)+2)
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		value := e.Headers[name]
		if !isToken(name) || hasControl(value) {
			return nil, fault.New(fault.Malformed, CodeHeader)
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		if before, ok := out[name]; ok {
			value = before[0] + "," + value
		}
		out[name] = []string{strings.Trim(value, " \t")}
	}
	if len(e.Cookies) > 0 { // sam local gives them twice
		cookies := strings.Join(e.Cookies, "; ")
		if hasControl(cookies) {
			return nil, fault.New(fault.Malformed, CodeHeader)
		}
		out["Cookie"] = []string{cookies}
	}
	return out, nil
}

// source gives an address the port that readers of RemoteAddr expect.
func source(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		address = netip.IPv4Unspecified()
	}
	return netip.AddrPortFrom(address, 0).String()
}

// plain is an event of which the adapter can always make a request: method and
// context as they are, the rest is given by repair.
func (q *request) plain(e *event) events.APIGatewayV2HTTPRequest {
	out := events.APIGatewayV2HTTPRequest{Version: e.Version, RawPath: "/"}
	out.RequestContext.Stage = e.RequestContext.Stage
	out.RequestContext.RequestID = e.RequestContext.RequestID
	out.RequestContext.HTTP = events.APIGatewayV2HTTPRequestContextHTTPDescription{
		Method: q.method, Path: e.RequestContext.HTTP.Path, SourceIP: e.RequestContext.HTTP.SourceIP,
	}
	return out
}

// repair makes of the adapter's request what a net/http server would have
// read.
func (q *request) repair(r *http.Request) {
	r.Method = q.method // the adapter changes its case
	r.URL, r.RequestURI = q.url, q.url.RequestURI()
	r.Host, r.RemoteAddr, r.Header = q.host, q.from, q.header
	r.Body, r.GetBody, r.ContentLength = http.NoBody, nil, int64(len(q.body))
	if len(q.body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(q.body))
	}
}

// isToken reports whether s may be a method or a header's name (RFC 9110).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// hasControl reports whether a header's value holds what none may.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
