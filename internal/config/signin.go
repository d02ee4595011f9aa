package config

import (
	"log/slog"
	"net"
	"strings"
	"time"
)

// Defaults and limits of the console's sessions.
const (
	DefaultSessionIdle = 2 * time.Hour
	DefaultSessionMax  = 12 * time.Hour

	minSessionIdle                = 5 * time.Minute
	minSessionMax, maxSessionMax  = 15 * time.Minute, 7 * 24 * time.Hour
	exampleClient, exampleConsole = "milepost-console", "https://milepost.example.org"
)

func clientSetting() setting       { return setting{"MILEPOST_CONSOLE_CLIENT", "console-client"} }
func clientSecretSetting() setting { return setting{variable: "MILEPOST_CONSOLE_SECRET"} }
func sessionIdleSetting() setting  { return setting{"MILEPOST_SESSION_IDLE", "session-idle"} }
func sessionMaxSetting() setting   { return setting{"MILEPOST_SESSION_MAX", "session-max"} }

// SignIn configures how people sign in to the console.
type SignIn struct {
	// ClientID is the console's at the issuer. Without one the console is a
	// sign that points to the API, but in Dev, where one chooses who to be.
	ClientID     string
	ClientSecret Secret        // absent for a public client
	Idle         time.Duration // a session ends so long after its last use,
	Max          time.Duration // and so long after the sign-in; at least Idle
}

// told is how a program is told a setting.
type told func(setting) setting

func anyhow(s setting) setting { return s }

// signIn reads the settings of the console's sign-in.
func (r *reader) signIn(as told) SignIn {
	client := as(clientSetting())
	c := SignIn{
		ClientID:     r.text(client, ""),
		ClientSecret: r.credential(clientSecretSetting()),
		Max:          r.duration(as(sessionMaxSetting()), DefaultSessionMax, minSessionMax, maxSessionMax),
	}
	longest := min(max(c.Max, minSessionMax), maxSessionMax) // where Max is wrong, that is told once
	c.Idle = r.duration(as(sessionIdleSetting()), min(DefaultSessionIdle, longest), minSessionIdle, longest)
	if !r.has(client) && !c.ClientSecret.IsZero() {
		r.wrong(client, CodeRequired, "example", exampleClient)
	}
	return c
}

// credential returns a secret that somebody else has made.
func (r *reader) credential(s setting) Secret {
	value, _, _ := r.lookup(s)
	if strings.TrimSpace(value) != value {
		r.wrong(s, CodeTextMalformed, "got", redacted)
	}
	return NewSecret(value)
}

// consoleURL notes a problem where people cannot sign in at a public URL: they
// are sent back to it, and cookies are safe under https alone, or on this
// machine. listen is where the default comes from, "" where there is none.
func (r *reader) consoleURL(s setting, publicURL, listen string) {
	if !r.has(s) {
		host, port, err := net.SplitHostPort(listen)
		if err == nil && isLoopback(host) && port != "0" {
			return
		}
		r.wrong(s, CodeRequired, "example", exampleConsole)
		return
	}
	u, ok := webURL(publicURL)
	if ok && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		r.wrong(s, CodeURLNotHTTPS, "got", publicURL)
	}
}

// Page configures the function that answers with pages.
type Page struct {
	LogLevel  slog.Level
	SignIn    SignIn
	PublicURL string // of the console; "" without SignIn.ClientID
	// Function is what pages stand on, the same as for the API; zero without
	// SignIn.ClientID.
	Function Function
}

// LoadPage reads the configuration of the console, or fails with
// config.invalid.
func LoadPage(getenv func(string) string) (Page, error) {
	r := newReader(nil, getenv)
	c := Page{LogLevel: r.level(logSetting().variableOnly()), SignIn: r.signIn(setting.variableOnly)}
	if r.has(clientSetting().variableOnly()) {
		at := publicURLSetting().variableOnly()
		c.PublicURL = r.origin(at, "")
		r.consoleURL(at, c.PublicURL, "")
		c.Function = r.function()
	}
	if err := r.done(); err != nil {
		return Page{}, err
	}
	return c, nil
}
