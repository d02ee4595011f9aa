package session

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

// signOut ends the session, here and, where it has a place for that, at the
// issuer.
func (s *Sessions) signOut(a *answer, r *http.Request) {
	if err := s.guard.Check(r); err != nil {
		http.Error(a, http.StatusText(http.StatusForbidden), http.StatusForbidden)
		return
	}
	// Whoever has gone wants it all the more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), signOutWithin)
	defer cancel()
	_, signedIn := Login(ctx)
	c, _ := from(ctx)
	if c.found.version > 0 {
		if err := s.manager.Destroy(ctx); err != nil {
			a.saved = true
			s.setCookie(a, "")
			s.fail(a, r, ProblemNotEnded, "", err)
			return
		}
	} else {
		a.saved = true
		s.setCookie(a, "")
	}
	page := pageAddress(url.Values{"done": {signedOut}})
	if signedIn && s.options.Provider != nil {
		if to, ok := s.options.Provider.Leave(ctx, s.options.PublicURL+page); ok {
			s.options.Leading(a, r, to)
			return
		}
	}
	seeOther(a, page)
}

const signOutWithin = 10 * time.Second

// leading is a page that leads on, in no language.
func leading(w http.ResponseWriter, _ *http.Request, to string) {
	w.Header().Set("Refresh", "0; url="+to)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	safe := template.HTMLEscapeString(to)
	_, _ = w.Write([]byte("<!doctype html><title>→</title><p><a href=\"" + safe + "\">" + safe + "</a></p>\n")) // a reader who has gone needs no answer
}
