package session

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

// signedOut is what the page's query says after a sign-out:
// console.signin.done.signedOut is its text.
const signedOut = "signedOut"
