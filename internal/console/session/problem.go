package session

import "net/url"

// Problem says why somebody is not signed in: console.signin.problem.<code> is
// its text.
type Problem string

// The problems.
const (
	ProblemDenied      Problem = "denied"      // the person or the issuer said no
	ProblemIssuer      Problem = "issuer"      // the issuer does not answer
	ProblemLapsed      Problem = "lapsed"      // the session has ended by itself
	ProblemNotEnded    Problem = "notEnded"    // the browser forgot the session, the store could not
	ProblemPersona     Problem = "persona"     // nobody of that name is on the list
	ProblemRefused     Problem = "refused"     // the issuer's answer does not hold
	ProblemStale       Problem = "stale"       // begun too long ago, elsewhere, or finished before
	ProblemUnavailable Problem = "unavailable" // the store does not answer
	ProblemUnknown     Problem = "unknown"     // signed in at the issuer, but nobody here
)

// Problems lists them.
func Problems() []Problem {
	return []Problem{ProblemDenied, ProblemIssuer, ProblemLapsed, ProblemNotEnded, ProblemPersona, ProblemRefused,
		ProblemStale, ProblemUnavailable, ProblemUnknown}
}

// signedOut is what the page's query says after a sign-out.
const signedOut = "signedOut"

// Message returns the id of the text that the sign-in page shows for its
// query, "" for none, and whether it tells of a problem. Whatever else stands
// in the query is nothing that this package wrote.
func Message(q url.Values) (text string, problem bool) {
	for _, p := range Problems() {
		if q.Get("problem") == string(p) {
			return "console.signin.problem." + string(p), true
		}
	}
	if q.Get("done") == signedOut {
		return "console.signin.done.signedOut", false
	}
	return "", false
}
