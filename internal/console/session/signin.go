package session

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"milepost/internal/authn"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

const (
	maxPending = 4       // sign-ins under way in one browser
	maxForm    = 8 << 10 // bytes
)

// route is a path of this package.
type route struct {
	method string
	handle func(*answer, *http.Request)
}

func (s *Sessions) routing() map[string]route {
	routes := map[string]route{SignOutPath: {http.MethodPost, s.signOut}}
	if s.options.Provider != nil {
		routes[SignInPath] = route{http.MethodGet, s.start}
		routes[Callback] = route{http.MethodGet, s.callback}
	}
	if s.options.Personas != nil {
		routes[PersonaPath] = route{http.MethodPost, s.persona}
	}
	return routes
}

// pending is a sign-in under way, kept in the session of the browser that began
// it, by its state.
type pending struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Return   string `json:"return"`
	At       int64  `json:"at"` // seconds since 1970
}

// start sends the browser to the issuer.
func (s *Sessions) start(a *answer, r *http.Request) {
	ctx, q := r.Context(), r.URL.Query()
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = s.random(); err != nil {
			s.fail(a, r, ProblemUnavailable, q.Get("return"), err)
			return
		}
	}
	attempt := authn.Attempt{State: texts[0], Nonce: texts[1], Verifier: texts[2], Again: q.Get("account") == "other"}
	to, err := s.options.Provider.Address(ctx, attempt)
	if err == nil {
		err = s.remember(ctx, attempt, Local(q.Get("return")))
	}
	if err != nil {
		s.fail(a, r, problemOf(err), q.Get("return"), err)
		return
	}
	if err := s.keep(ctx, a); err != nil {
		s.fail(a, r, ProblemUnavailable, q.Get("return"), err)
		return
	}
	seeOther(a, to)
}

// remember keeps a sign-in under way, and drops those that are too old or too
// many.
func (s *Sessions) remember(ctx context.Context, a authn.Attempt, returnTo string) error {
	now := s.options.Now()
	type begun struct {
		name string
		at   int64
	}
	var others []begun
	for _, name := range s.manager.Keys(ctx) {
		if !strings.HasPrefix(name, pendingPrefix) {
			continue
		}
		p, err := decodePending(s.manager.GetString(ctx, name))
		if err != nil || now.Unix()-p.At >= seconds(preSession) {
			s.manager.Remove(ctx, name)
			continue
		}
		others = append(others, begun{name, p.At})
	}
	slices.SortFunc(others, func(x, y begun) int { return int(x.at - y.at) })
	for len(others) >= maxPending {
		s.manager.Remove(ctx, others[0].name)
		others = others[1:]
	}
	text, err := json.Marshal(pending{Nonce: a.Nonce, Verifier: a.Verifier, Return: returnTo, At: now.Unix()})
	if err != nil {
		return err
	}
	return s.put(ctx, pendingPrefix+a.State, string(text), MaxValue)
}

func decodePending(text string) (p pending, err error) {
	return p, json.Unmarshal([]byte(text), &p)
}

// recall takes the sign-in of a state out of the session. It counts once,
// whatever becomes of it.
func (s *Sessions) recall(ctx context.Context, state string) (authn.Attempt, string, bool) {
	name := pendingPrefix + state
	text := s.manager.GetString(ctx, name)
	if text == "" {
		return authn.Attempt{}, "", false
	}
	s.manager.Remove(ctx, name)
	p, err := decodePending(text)
	if err != nil || s.options.Now().Unix()-p.At >= seconds(preSession) {
		return authn.Attempt{}, "", false
	}
	return authn.Attempt{State: state, Nonce: p.Nonce, Verifier: p.Verifier}, p.Return, true
}

// callback takes the browser that comes back from the issuer.
func (s *Sessions) callback(a *answer, r *http.Request) {
	ctx, q := r.Context(), r.URL.Query()
	attempt, returnTo, ok := s.recall(ctx, q.Get("state"))
	if !ok {
		s.fail(a, r, ProblemStale, "", errors.New("session: no sign-in of this state is under way in this browser"))
		return
	}
	who, err := s.options.Provider.Redeem(ctx, q, attempt)
	if err != nil {
		s.fail(a, r, problemOf(err), returnTo, err)
		return
	}
	s.signIn(a, r, portfolio.Login{Issuer: who.Issuer, Subject: who.Subject}, returnTo)
}

// problemOf is what the sign-in page says of an error.
func problemOf(err error) Problem {
	switch fault.CodeOf(err) {
	case authn.CodeIssuerUnreachable:
		return ProblemIssuer
	case authn.CodeDenied:
		return ProblemDenied
	case authn.CodeInvalid, authn.CodeExpired:
		return ProblemRefused
	default:
		return ProblemUnavailable
	}
}

// persona signs in as somebody on the list.
func (s *Sessions) persona(a *answer, r *http.Request) {
	if err := s.guard.Check(r); err != nil || !s.reachedAsTold(r) {
		http.Error(a, http.StatusText(http.StatusForbidden), http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(a, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(a, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	returnTo := r.PostForm.Get("return")
	personas, err := s.options.Personas(r.Context())
	if err != nil {
		s.fail(a, r, ProblemUnavailable, returnTo, err)
		return
	}
	for _, p := range personas {
		if p.Login.Subject == r.PostForm.Get("persona") {
			s.signIn(a, r, p.Login, returnTo)
			return
		}
	}
	s.fail(a, r, ProblemPersona, returnTo, errors.New("session: no such persona"))
}

// signIn makes the session one of a login: under another token than before, so
// that whoever knew the old one knows nothing, and without anything that was in
// it.
func (s *Sessions) signIn(a *answer, r *http.Request, l portfolio.Login, returnTo string) {
	ctx := r.Context()
	if err := s.options.Known(ctx, l); err != nil {
		problem := ProblemUnavailable
		if fault.CodeOf(err) == "auth.unknownPerson" {
			problem = ProblemUnknown
		}
		s.fail(a, r, problem, returnTo, err)
		return
	}
	c, _ := from(ctx)
	c.found.renewed = true
	err := s.manager.RenewToken(ctx)
	if err == nil {
		err = s.manager.Clear(ctx)
	}
	if err == nil {
		s.manager.Put(ctx, issuerValue, l.Issuer)
		s.manager.Put(ctx, subjectValue, l.Subject)
		err = s.keep(ctx, a)
	}
	if err != nil {
		a.saved = true // nothing of it is kept
		problem := ProblemUnavailable
		if errors.Is(err, errGone) {
			problem = ProblemStale
		}
		s.fail(a, r, problem, returnTo, err)
		return
	}
	s.options.Logger.InfoContext(ctx, "signed in")
	seeOther(a, Local(returnTo))
}

// keep saves the session now, where an answer must not go out without it.
func (s *Sessions) keep(ctx context.Context, a *answer) error {
	a.saved = true
	a.Header().Add("Vary", "Cookie")
	return s.save(ctx, a.ResponseWriter)
}

// fail leads to the sign-in page, which tells the problem. The reason is for
// the log alone.
func (s *Sessions) fail(a *answer, r *http.Request, p Problem, returnTo string, reason error) {
	s.options.Logger.WarnContext(r.Context(), "sign-in failed", "problem", string(p), "error", reason.Error())
	q := url.Values{"problem": {string(p)}}
	if returnTo != "" {
		q.Set("return", Local(returnTo))
	}
	seeOther(a, pageAddress(q))
}

// seeOther sends the browser on, to an address as it is written.
func seeOther(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// random is 256 bits in base64url.
func (s *Sessions) random() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(s.options.Entropy, b[:]); err != nil {
		return "", fmt.Errorf("session: entropy: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
