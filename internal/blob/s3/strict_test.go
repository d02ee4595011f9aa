package s3_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	accessKey = "AKIDTEST"
	secretKey = "secret/of+tests"
	region    = "cn-north-1"
)

// strict stands in front of gofakes3 and refuses what Amazon S3 refuses and
// gofakes3 does not look at: signatures, their expiry, headers that should be
// signed, and bodies that are not those of their checksums. It is written from
// the documentation of Signature Version 4, without the SDK.
type strict struct {
	next http.Handler
	now  func() time.Time

	mu       sync.Mutex
	refusals []string
}

// ServeHTTP refuses a request or hands it on.
func (s *strict) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	if code := s.signature(r); code != "" {
		s.refuse(w, http.StatusForbidden, code)
		return
	}
	if code := content(r, body); code != "" {
		s.refuse(w, http.StatusBadRequest, code)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.next.ServeHTTP(w, r)
}

func (s *strict) refuse(w http.ResponseWriter, status int, code string) {
	s.mu.Lock()
	s.refusals = append(s.refusals, code)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>refused</Message></Error>", code)
}

// content compares a body with what the headers say of it. A PUT without a
// checksum, which S3 would take, is refused: none may leave the adapter so.
func content(r *http.Request, body []byte) string {
	sum := sha256.Sum256(body)
	if h := r.Header.Get("X-Amz-Content-Sha256"); h != "" && h != "UNSIGNED-PAYLOAD" && h != hex.EncodeToString(sum[:]) {
		return "XAmzContentSHA256Mismatch"
	}
	if r.Method != http.MethodPut {
		return ""
	}
	switch r.Header.Get("X-Amz-Checksum-Sha256") {
	case "":
		return "ChecksumMissing"
	case base64.StdEncoding.EncodeToString(sum[:]):
		return ""
	}
	return "BadDigest"
}

// credential is what a request says of its signature.
type credential struct {
	scope     string // AKID/date/region/s3/aws4_request
	signed    []string
	signature string
	at        time.Time
	payload   string
	query     url.Values // without the signature
}

// signature returns the code of the refusal of a signature, "" for none.
func (s *strict) signature(r *http.Request) string {
	c, life, code := presented(r)
	if code != "" {
		return code
	}
	if now := s.now(); now.Before(c.at.Add(-15*time.Minute)) || now.After(c.at.Add(life)) {
		return "AccessDenied" // "Request has expired"
	}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(c.signed, name) {
			return "HeadersNotSigned"
		}
	}
	if !slices.Contains(c.signed, "host") {
		return "HeadersNotSigned"
	}
	want := sign(r, c)
	if subtle.ConstantTimeCompare([]byte(want), []byte(c.signature)) != 1 {
		return "SignatureDoesNotMatch"
	}
	return ""
}

// presented reads the signature of a header or of a presigned URL, and how
// long it lives.
func presented(r *http.Request) (c credential, life time.Duration, code string) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return c, 0, "InvalidURI"
	}
	c.query = q
	date := r.Header.Get("X-Amz-Date")
	life, c.payload = 15*time.Minute, r.Header.Get("X-Amz-Content-Sha256")
	if header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "); ok {
		parts := map[string]string{}
		for part := range strings.SplitSeq(header, ", ") {
			name, value, _ := strings.Cut(part, "=")
			parts[name] = value
		}
		c.scope, c.signature, c.signed = parts["Credential"], parts["Signature"], strings.Split(parts["SignedHeaders"], ";")
	} else {
		seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
		if err != nil || seconds < 1 || seconds > 7*24*3600 || q.Get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256" {
			return c, 0, "AuthorizationQueryParametersError"
		}
		life, date = time.Duration(seconds)*time.Second, q.Get("X-Amz-Date")
		c.scope, c.signature, c.signed = q.Get("X-Amz-Credential"), q.Get("X-Amz-Signature"), strings.Split(q.Get("X-Amz-SignedHeaders"), ";")
		c.payload = "UNSIGNED-PAYLOAD"
		delete(q, "X-Amz-Signature")
	}
	if c.at, err = time.Parse("20060102T150405Z", date); err != nil || c.scope != accessKey+"/"+date[:8]+"/"+region+"/s3/aws4_request" {
		return c, 0, "AuthorizationHeaderMalformed"
	}
	return c, life, ""
}

// sign computes the signature that a request should have.
func sign(r *http.Request, c credential) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	var query []string
	for _, name := range slices.Sorted(maps.Keys(c.query)) {
		for _, value := range c.query[name] {
			query = append(query, escape(name)+"="+escape(value))
		}
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + strings.Join(query, "&") + "\n"
	for _, name := range c.signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + strings.Join(c.signed, ";") + "\n" + c.payload
	_, scope, _ := strings.Cut(c.scope, "/")
	hash := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + c.at.Format("20060102T150405Z") + "\n" + scope + "\n" + hex.EncodeToString(hash[:])
	key := []byte("AWS4" + secretKey)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
