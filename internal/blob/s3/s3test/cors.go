package s3test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	yaml "github.com/oasdiff/yaml3"
)

// Rule is a CORS rule of a bucket: which headers a page of an origin may send
// with which methods. Nothing in it is a wildcard.
type Rule struct {
	Origins, Methods, Headers []string
}

// allows is the rule for a request of a page, nil for none.
func (b *Bucket) allows(origin, method string, headers []string) *Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, rule := range b.cors {
		lacks := func(h string) bool {
			return !slices.ContainsFunc(rule.Headers, func(allowed string) bool { return strings.EqualFold(allowed, h) })
		}
		if slices.Contains(rule.Origins, origin) && slices.Contains(rule.Methods, method) && !slices.ContainsFunc(headers, lacks) {
			return &rule
		}
	}
	return nil
}

// preflight answers the question that a browser asks before a request.
func (b *Bucket) preflight(w http.ResponseWriter, r *http.Request) {
	var headers []string
	for name := range strings.SplitSeq(r.Header.Get("Access-Control-Request-Headers"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			headers = append(headers, name)
		}
	}
	origin, method := r.Header.Get("Origin"), r.Header.Get("Access-Control-Request-Method")
	rule := b.allows(origin, method, headers)
	if rule == nil {
		b.refuse(w, http.StatusForbidden, "AccessForbidden", "CORSResponse: This CORS request is not allowed.")
		return
	}
	b.told(w.Header(), origin)
	w.Header().Set("Access-Control-Allow-Methods", strings.Join(rule.Methods, ", "))
	w.Header().Set("Access-Control-Allow-Headers", strings.Join(headers, ", "))
	w.WriteHeader(http.StatusOK)
}

// told lets a page of an origin read an answer.
func (*Bucket) told(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
}

// crossOrigin lets a page read the answer, refusals too, where a rule allows
// its request, and takes out the leave that gofakes3 gives to everybody.
func (b *Bucket) crossOrigin(w http.ResponseWriter, r *http.Request) *ruled {
	origin := r.Header.Get("Origin")
	if origin == "" || b.allows(origin, r.Method, nil) == nil {
		origin = ""
	}
	return &ruled{ResponseWriter: w, bucket: b, origin: origin}
}

// ruled sets the headers of CORS as the rules want them, whoever else did.
type ruled struct {
	http.ResponseWriter
	bucket *Bucket
	origin string
	done   bool
}

// WriteHeader writes the status behind the headers of CORS.
func (w *ruled) WriteHeader(status int) {
	if !w.done {
		w.done = true
		for name := range w.Header() {
			if strings.HasPrefix(name, "Access-Control-") {
				w.Header().Del(name)
			}
		}
		if w.origin != "" {
			w.bucket.told(w.Header(), w.origin)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes part of the body, behind the headers.
func (w *ruled) Write(p []byte) (int, error) {
	w.finish()
	return w.ResponseWriter.Write(p)
}

// finish writes the status of an answer that has none yet.
func (w *ruled) finish() {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
}

// TemplateRules reads the CORS rules of the bucket Evidence in a SAM template,
// as they are where the parameter PublicUrl has a value.
func TemplateRules(template []byte, publicURL string) ([]Rule, error) {
	var doc struct {
		Resources struct {
			Evidence struct {
				Properties struct {
					Cors yaml.Node `yaml:"CorsConfiguration"`
				} `yaml:"Properties"`
			} `yaml:"Evidence"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(template, &doc); err != nil {
		return nil, err
	}
	node := &doc.Resources.Evidence.Properties.Cors
	if node.Tag == "!If" && len(node.Content) == 3 && node.Content[0].Value == "HasPublicUrl" {
		node = node.Content[1]
	}
	var cors struct {
		Rules []struct {
			Origins []yaml.Node `yaml:"AllowedOrigins"`
			Methods []string    `yaml:"AllowedMethods"`
			Headers []string    `yaml:"AllowedHeaders"`
		} `yaml:"CorsRules"`
	}
	if err := node.Decode(&cors); err != nil {
		return nil, err
	}
	var out []Rule
	for _, r := range cors.Rules {
		rule := Rule{Methods: r.Methods, Headers: r.Headers}
		for _, o := range r.Origins {
			if o.Tag != "!Ref" || o.Value != "PublicUrl" {
				return nil, fmt.Errorf("s3test: the origin %s %s is not the parameter PublicUrl", o.Tag, o.Value)
			}
			rule.Origins = append(rule.Origins, publicURL)
		}
		if strings.Contains(strings.Join(slices.Concat(rule.Methods, rule.Headers), ""), "*") {
			return nil, errors.New("s3test: a rule has a wildcard")
		}
		out = append(out, rule)
	}
	if len(out) == 0 {
		return nil, errors.New("s3test: the template has no rule for the bucket")
	}
	return out, nil
}
