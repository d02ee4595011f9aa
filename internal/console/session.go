package console

import (
	"net/http"

	"milepost/internal/console/session"
	"milepost/internal/portfolio"
)

// signInRoutes are the page on which one signs in.
func (c *Console) signInRoutes(m routes) {
	m.stranger("GET "+session.Page, c.signIn)
}

// signInPage offers the ways to sign in, and says why the last one failed.
type signInPage struct {
	Choices session.Choices
	Return  string
	Problem string           // id of a text, empty for none
	Done    string           // the same
	As      *portfolio.Names // who is signed in
	Start   string           // address that leads to the issuer
	Other   string           // the same, for another account
}

func (c *Console) signIn(q *request) error {
	values := q.URL.Query()
	view := signInPage{Return: session.Local(values.Get("return"))}
	if id := "console.signin.problem." + values.Get("problem"); c.Catalogs.Has(q.lang, id) {
		view.Problem = id
	}
	if id := "console.signin.done." + values.Get("done"); c.Catalogs.Has(q.lang, id) {
		view.Done = id
	}
	if c.Sessions != nil {
		var err error
		if view.Choices, err = c.Sessions.Choices(q.Context()); err != nil {
			return err
		}
	}
	view.Start = to(session.SignInPath, "return", view.Return)
	view.Other = to(view.Start, "account", "other")
	if q.signedIn() == nil {
		names := q.call.Person.Names
		view.As = &names
	}
	return q.show("signin", q.text("console.signin.title"), view)
}

// notice is what a page says once about the command before it.
type notice struct {
	Command  string   // as a receipt names it
	Text     string   // id of a text that says more than the command's, or empty
	Count    int      // that the text may say
	TakeBack []string // commands with which the reader takes it back
	Others   []string // those with which only others may
	Receipt  string   // address of the receipt
}

// takeNotice returns what the command before this page left to be said.
func (q *request) takeNotice() *notice {
	if q.console.Sessions == nil || q.Method != http.MethodGet {
		return nil
	}
	var n notice
	if !q.console.Sessions.Take(q.Context(), &n) {
		return nil
	}
	return &n
}
