package session

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// maxReturn is the longest address to return to, in bytes.
const maxReturn = 2048

// Local returns an address within this site, path and query, or "/" for
// anything else: what a browser might take for another site, what leads back
// to signing in, what is not written as the console writes its addresses.
func Local(address string) string {
	if local(address) {
		return address
	}
	return "/"
}

func local(address string) bool {
	if address == "" || len(address) > maxReturn || address[0] != '/' || strings.ContainsFunc(address, unsafe) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return false
	}
	// As browsers and proxies may decode it before they look.
	if strings.ContainsFunc(strings.ReplaceAll(u.Path, " ", ""), unsafe) || !cleanPath(u.Path) {
		return false
	}
	return u.Path != Page && !strings.HasPrefix(u.Path, Prefix)
}

// unsafe are characters that no address of the console has unescaped: browsers
// drop some and take others for a slash.
func unsafe(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7F || r == '\uFFFD' }

// cleanPath reports whether a path has neither empty segments nor dots.
func cleanPath(p string) bool {
	return p == "/" || path.Clean(p) == strings.TrimSuffix(p, "/")
}

// PageFor is the address of the sign-in page from which one returns to the
// page that r asked for, or, where r is no GET, to the start. It tells where a
// session has ended by itself.
func PageFor(r *http.Request) string {
	q := url.Values{}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		q.Set("return", Local(r.URL.RequestURI()))
	}
	if Lapsed(r.Context()) {
		q.Set("problem", string(ProblemLapsed))
	}
	return pageAddress(q)
}

// pageAddress is that of the sign-in page.
func pageAddress(q url.Values) string {
	if q.Get("return") == "/" {
		q.Del("return")
	}
	if len(q) == 0 {
		return Page
	}
	return Page + "?" + q.Encode()
}

// reachedAsTold reports whether a browser has asked for this site by a name of
// this machine or by its public one. Another name may be one that somebody else
// has pointed here, whose pages would then pass for ours.
func (s *Sessions) reachedAsTold(r *http.Request) bool {
	public, err := url.Parse(s.options.PublicURL)
	if err == nil && public.Host != "" && strings.EqualFold(r.Host, public.Host) {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}
