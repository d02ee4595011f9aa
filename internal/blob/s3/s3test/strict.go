package s3test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

// signature returns the code of the refusal of a signature, "" for none, and
// what S3 says beside it.
func (b *Bucket) signature(r *http.Request) (refusal, message string) {
	c, life, code := b.presented(r)
	if code != "" {
		return code, "The signature cannot be read"
	}
	if now := b.now(); now.Before(c.at.Add(-15*time.Minute)) || now.After(c.at.Add(life)) {
		return "AccessDenied", "Request has expired"
	}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(c.signed, name) {
			return "HeadersNotSigned", name
		}
	}
	if !slices.Contains(c.signed, "host") {
		return "HeadersNotSigned", "host"
	}
	want := b.sign(r, c)
	if subtle.ConstantTimeCompare([]byte(want), []byte(c.signature)) != 1 {
		return "SignatureDoesNotMatch", "The signature is another one"
	}
	return "", ""
}

// presented reads the signature of a header or of a presigned URL, and how
// long it lives.
func (b *Bucket) presented(r *http.Request) (c credential, life time.Duration, code string) {
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
	if c.at, err = time.Parse("20060102T150405Z", date); err != nil || c.scope != b.options.AccessKey+"/"+date[:8]+"/"+b.options.Region+"/s3/aws4_request" {
		return c, 0, "AuthorizationHeaderMalformed"
	}
	return c, life, ""
}

// sign computes the signature that a request should have.
func (b *Bucket) sign(r *http.Request, c credential) string {
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
	key := []byte("AWS4" + b.options.SecretKey)
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
