package lambdahttp

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const sniffed = 512 // bytes that http.DetectContentType looks at

var (
	errOver  = errors.New("lambdahttp: the answer is larger than Lambda takes")
	errShort = errors.New("lambdahttp: the handler wrote less than the Content-Length that it named")
)

// recorder stands between a handler and the adapter's writer and does what the
// writer of a net/http server does: the first status wins, headers are closed
// with it, HEAD and 204 and 304 have no body. The body stays here, and no more
// of it than could be answered: the adapter would name its type where the
// handler would not.
type recorder struct {
	to     http.ResponseWriter
	head   bool
	header http.Header
	status int // 0 until committed
	typed  bool
	body   bytes.Buffer
	limit  int // bytes of the body
	length int // of the body, as its handler named it; -1: not
	over   bool
}

// Header returns the headers, which count until the first write.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader commits to a status and the headers. Like that of net/http it
// panics on what is no status, and lets informational ones pass; they cannot
// be sent here.
func (r *recorder) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
	if status >= 200 {
		r.commit(status)
	}
}

// Flush commits to the headers; the answer leaves as a whole.
func (r *recorder) Flush() { r.commit(http.StatusOK) }

// Write keeps part of the body, or fails where an answer with it would not
// fit.
func (r *recorder) Write(p []byte) (int, error) {
	r.commit(http.StatusOK)
	switch {
	case r.status == http.StatusNoContent || r.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case r.head:
		_, err := r.body.Write(p[:min(len(p), max(0, sniffed-r.body.Len()))])
		return len(p), err
	case r.over || r.body.Len()+len(p) > r.limit:
		r.over = true
		return 0, errOver
	case r.length >= 0 && r.body.Len()+len(p) > r.length:
		return 0, http.ErrContentLength
	}
	return r.body.Write(p)
}

// finish ends an answer: what was not written is a 200, and a body whose
// handler does not name its type is named. A handler that names an encoding,
// or sets the type to nothing, is left alone.
func (r *recorder) finish() {
	r.commit(http.StatusOK)
	if !r.typed && r.body.Len() > 0 {
		r.to.Header().Set("Content-Type", http.DetectContentType(r.body.Bytes()))
	}
	if r.head {
		r.body.Reset()
	}
}

// short reports whether less was written than the handler named: a server
// cuts the connection then.
func (r *recorder) short() bool {
	return r.length > r.body.Len() && r.status != http.StatusNoContent && r.status != http.StatusNotModified
}

// commit hands a status and the headers on, once.
func (r *recorder) commit(status int) {
	if r.status != 0 {
		return
	}
	r.status = status
	_, r.typed = r.header["Content-Type"]
	r.typed = r.typed || r.header.Get("Content-Encoding") != ""
	for name, values := range r.header {
		if len(values) > 0 {
			r.to.Header()[http.CanonicalHeaderKey(name)] = slices.Collect(oneLine(values))
		}
	}
	r.length = -1
	if !r.head {
		if length, err := strconv.Atoi(r.header.Get("Content-Length")); err == nil && length >= 0 {
			r.length, r.over = length, length > r.limit
		}
		r.to.Header().Del("Content-Length") // the gateway counts
	}
	r.to.WriteHeader(status)
}

// oneLine keeps line ends out of headers.
func oneLine(values []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n") {
				v = strings.NewReplacer("\r", " ", "\n", " ").Replace(v)
			}
			if !yield(v) {
				return
			}
		}
	}
}
