package console

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"unicode/utf8"

	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/console/session"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// request is one person's request, with what an answer is made of.
type request struct {
	*http.Request
	console *Console
	w       http.ResponseWriter
	lang    i18n.Language
	look    preferences
	id      string                      // names the request in logs
	call    tracker.Call                // of whoever is signed in
	today   civil.Date                  // business date
	status  int                         // of the answer; 0 is 200
	asked   *form                       // what was sent, nil for nothing
	draws   bool                        // the page has charts
	bare    bool                        // the frame says nothing that would have to be read
	looked  map[string]tracker.Named    // names that were looked up one by one
	waiting *count                      // what waits on the reader, where the page has counted it
	holders map[portfolio.Scope]holding // who was read to have a role where
}

func (c *Console) request(w http.ResponseWriter, r *http.Request) *request {
	q := &request{Request: r, console: c, w: w, id: c.NewRequestID(), look: preferencesOf(r)}
	if c.Tracker != nil {
		q.today = c.Tracker.Today()
	}
	q.lang = c.language(w, r)
	return q
}

// errSignIn sends a reader to sign in.
var errSignIn = errors.New("console: nobody is signed in")

// signedIn finds out on whose behalf the request is.
func (q *request) signedIn() error {
	login, ok := session.Login(q.Context())
	if !ok {
		return errSignIn
	}
	call, err := q.tracker().Authenticated(q.Context(), login)
	if err != nil {
		return err
	}
	call.Request = q.id
	q.call = call
	return nil
}

// read hands the request on where its address is text, all of which can be
// read: what package url cannot read of a query it would leave out, and a list
// with a filter less is another list.
func (q *request) read(h func(*request) error) error {
	values, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil || !utf8.ValidString(q.URL.Path) || !allText(values) {
		return fault.New(fault.Malformed, "request.addressUnread")
	}
	return h(q)
}

// allText reports whether names and values are UTF-8.
func allText(values url.Values) bool {
	for name, list := range values {
		for _, value := range append(list, name) {
			if !utf8.ValidString(value) {
				return false
			}
		}
	}
	return true
}

func (q *request) tracker() *tracker.Tracker { return q.console.Tracker }

// text is a text in the reader's language.
func (q *request) text(id string, pairs ...any) string {
	return q.console.Catalogs.Text(q.lang, id, argsOf(pairs))
}

// painter draws charts for the page that is made.
func (q *request) painter() chart.Painter {
	q.draws = true
	return chart.In(q.console.Catalogs, q.lang)
}

// show answers with a page: the template of that name over a view, under a
// title in the reader's language. What is wrong with the form that was sent is
// said in the order of its fields on the page, with their labels.
func (q *request) show(name, title string, view any) error {
	content, err := q.console.pages.execute(q.lang, name, view)
	if err == nil && q.asked != nil && q.asked.onPage(content) {
		content, err = q.console.pages.execute(q.lang, name, view)
	}
	if err != nil {
		return err
	}
	frame, err := q.frame(title, content)
	if err != nil {
		return err
	}
	page, err := q.console.pages.execute(q.lang, "frame", frame)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.keepLook()
	q.write([]byte(page))
	return nil
}

// write sends a page, compressed where the browser takes that. Nothing secret
// stands in pages beside what their reader typed, so their length tells nobody
// anything.
func (q *request) write(page []byte) {
	h := q.w.Header()
	h.Add("Vary", "Accept-Encoding")
	if !takesGzip(q.Request) {
		q.w.WriteHeader(cmp.Or(q.status, http.StatusOK))
		_, _ = q.w.Write(page) //nolint:gosec // html/template has escaped it; a reader who has gone needs no answer
		return
	}
	h.Set("Content-Encoding", "gzip")
	q.w.WriteHeader(cmp.Or(q.status, http.StatusOK))
	packed := gzip.NewWriter(q.w)
	_, _ = packed.Write(page)
	_ = packed.Close()
}

// redirect answers a form that was done with: the browser gets the page of
// another address, which is made here, never what somebody sent.
func (q *request) redirect(to string) error {
	http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
	return nil
}

// fail answers with the page of an error.
func (q *request) fail(err error) {
	if errors.Is(err, errSignIn) {
		_ = q.redirect(session.PageFor(q.Request))
		return
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, "internal.error")
	}
	if errors.Is(err, context.Canceled) && errors.Is(q.Context().Err(), context.Canceled) {
		return // the reader has gone
	}
	level := slog.LevelInfo
	if f.Kind == fault.Internal {
		level = slog.LevelError
	}
	q.console.Logger.Log(q.Context(), level, "page refused", "method", q.Method, "path", q.URL.Path, "request", q.id, "code", f.Code, "error", err.Error())
	view := failure{Status: f.Kind.Status(), Fault: q.console.Catalogs.Fault(q.lang, f), Request: q.id, Back: q.back()}
	if asks := q.Method == http.MethodGet || q.Method == http.MethodHead; asks && (f.Kind == fault.Busy || f.Kind == fault.Internal) {
		view.Again = q.URL.RequestURI()
	}
	title := q.text("console.failed.title")
	if f.Kind == fault.NotFound {
		title = q.text("console.failed.notFound")
		view.Searches = q.call.Person.ID != ""
	}
	if f.Kind == fault.Forbidden {
		title = q.text("console.failed.forbidden")
	}
	view.Title = title
	q.status = view.Status
	if f.Kind == fault.Busy {
		q.w.Header().Set("Retry-After", "5")
	}
	q.bare = q.Context().Err() != nil // its time is over: nothing more is read
	err = q.show("failed", title, view)
	if err != nil && !q.bare { // the store does not answer
		q.bare = true
		err = q.show("failed", title, view)
	}
	if err != nil {
		q.console.Logger.ErrorContext(q.Context(), "page failed", "request", q.id, "error", err.Error())
		http.Error(q.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// failure is the page of an error.
type failure struct {
	Status   int
	Title    string
	Fault    i18n.FaultText
	Request  string
	Again    string // address of the page where the same may work later
	Back     string
	Searches bool // the frame's search may find what was meant
}

// back is the console's page that the reader came from, else the first one.
func (q *request) back() string {
	from, err := url.Parse(q.Referer())
	if err != nil || from.Host != q.Host || from.RequestURI() == q.URL.RequestURI() {
		return "/"
	}
	return session.Local(from.RequestURI())
}

// language is the reader's: what the address asks for, which is kept, then
// what was kept, then what the browser prefers.
func (c *Console) language(w http.ResponseWriter, r *http.Request) i18n.Language {
	kept := ""
	if cookie, err := r.Cookie(languageCookie); err == nil {
		kept = cookie.Value
	}
	asked := r.URL.Query().Get("lang")
	lang := c.Catalogs.Match(r.Header.Get("Accept-Language"), asked, kept)
	if asked != "" {
		c.keep(w, r, languageCookie, string(lang))
	}
	w.Header().Set("Content-Language", string(lang))
	w.Header().Set("Vary", "Accept-Language, Cookie")
	return lang
}
