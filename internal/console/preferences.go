package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// keptFor is how long a browser keeps what its reader chose, in seconds: a
	// year.
	keptFor = 365 * 24 * 3600
	// languageCookie keeps a reader's language, lookCookie how they want lists.
	languageCookie = "milepost_language"
	lookCookie     = "milepost_look"
	// mostLook bounds the value of lookCookie, in bytes. Every list with all its
	// columns fits.
	mostLook = 1 << 10
	// densityKey is under what the look keeps the density; columns stand under
	// their list's name.
	densityKey = "density"
)

// keep has the browser keep a reader's choice. It is no secret and names nobody.
func (c *Console) keep(w http.ResponseWriter, r *http.Request, name, value string) {
	cookie := &http.Cookie{ //nolint:gosec // no secret: plain loopback http must keep it too
		Name: name, Value: value, Path: "/", MaxAge: keptFor, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || c.Sessions != nil && c.Sessions.Secure(),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// preferences are how a reader wants lists: the density, and the columns of
// each list by its name.
type preferences struct {
	values  url.Values
	changed bool
}

// preferencesOf are those that a browser keeps, with the density that the
// address asks for. What is longer than was ever kept is as nothing.
func preferencesOf(r *http.Request) preferences {
	p := preferences{values: url.Values{}}
	if cookie, err := r.Cookie(lookCookie); err == nil && len(cookie.Value) <= mostLook {
		if kept, err := url.ParseQuery(cookie.Value); err == nil {
			p.values = kept
		}
	}
	if asked := r.URL.Query().Get(densityKey); slices.Contains([]string{"compact", "regular"}, asked) {
		p.set(densityKey, asked)
	}
	return p
}

// compact reports whether tables are dense.
func (p *preferences) compact() bool { return p.values.Get(densityKey) == "compact" }

// columns are those that were chosen for a list.
func (p *preferences) columns(list string) []string { return strings.Split(p.values.Get(list), ".") }

// set changes a value; "" is as never chosen.
func (p *preferences) set(name, value string) {
	if p.values.Get(name) == value {
		return
	}
	p.changed = true
	if p.values.Del(name); value != "" {
		p.values.Set(name, value)
	}
}

// keepLook has the browser keep the look, where the address changed it.
func (q *request) keepLook() {
	if value := q.look.values.Encode(); q.look.changed && len(value) <= mostLook {
		q.console.keep(q.w, q.Request, lookCookie, value)
	}
}
