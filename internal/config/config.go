// Package config reads what a program is told at its start, once, into one
// typed value: flags first, then environment variables, then defaults. All
// problems are told together, each with the setting and what would be right.
package config

import (
	"log/slog"
	"time"
)

// Defaults and limits, where nothing else is said.
const (
	DefaultListen        = "127.0.0.1:8080"
	DefaultAudience      = "milepost"
	DefaultMaxUpload     = 100 << 20 // bytes
	DefaultShutdownGrace = 20 * time.Second

	minUpload, maxUpload       = 1 << 10, 5 << 30 // bytes; the upper one is that of one S3 upload
	minGrace, maxGrace         = time.Second, 10 * time.Minute
	minSecretBytes             = 32
	exampleURL, exampleAddress = "https://id.example.org", DefaultListen
)

// Flags are the flags that were given on the command line, by name without
// dashes: {"listen": "127.0.0.1:9000"}. A flag that was not given is absent.
type Flags map[string]string

// The settings, by environment variable and flag.
func listenSetting() setting    { return setting{"MILEPOST_LISTEN", "listen"} }
func publicURLSetting() setting { return setting{"MILEPOST_PUBLIC_URL", "public-url"} }
func dataSetting() setting      { return setting{"MILEPOST_DATA", "data"} }
func devSetting() setting       { return setting{"MILEPOST_DEV", "dev"} }
func issuerSetting() setting    { return setting{"MILEPOST_ISSUER", "issuer"} }
func audienceSetting() setting  { return setting{"MILEPOST_AUDIENCE", "audience"} }
func uploadSetting() setting    { return setting{"MILEPOST_MAX_UPLOAD", "max-upload"} }
func logSetting() setting       { return setting{"MILEPOST_LOG_LEVEL", "log-level"} }
func graceSetting() setting     { return setting{"MILEPOST_SHUTDOWN_GRACE", "shutdown-grace"} }
func serverSetting() setting    { return setting{"MILEPOST_SERVER", "server"} }

// Settings that are no flags: command lines are seen by others and kept in
// histories.
func cursorKeySetting() setting { return setting{variable: "MILEPOST_CURSOR_KEY"} }
func tokenSetting() setting     { return setting{variable: "MILEPOST_TOKEN"} }

// Serve configures `milepost serve`.
type Serve struct {
	Listen        string // host:port; the host is never empty
	PublicURL     string // how browsers reach it: scheme and host, no slash at the end
	DataDir       string
	Dev           bool   // a local issuer instead of Issuer; on loopback only
	Issuer        string // empty in Dev
	Audience      string
	CursorKey     Secret // signs cursors; absent: the program keeps one in DataDir
	MaxUpload     int64  // bytes of one file
	LogLevel      slog.Level
	ShutdownGrace time.Duration
	SignIn        SignIn
}

// LoadServe reads the configuration of `milepost serve`, or fails with all
// that is wrong with it (config.invalid).
func LoadServe(flags Flags, getenv func(string) string) (Serve, error) {
	r := newReader(flags, getenv)
	c := Serve{
		Listen:        r.address(listenSetting(), DefaultListen),
		DataDir:       r.folder(dataSetting(), required),
		Dev:           r.boolean(devSetting()),
		CursorKey:     r.secret(cursorKeySetting(), optional),
		MaxUpload:     r.size(uploadSetting(), DefaultMaxUpload, minUpload, maxUpload),
		LogLevel:      r.level(logSetting()),
		ShutdownGrace: r.duration(graceSetting(), DefaultShutdownGrace, minGrace, maxGrace),
	}
	c.PublicURL = r.origin(publicURLSetting(), "http://"+c.Listen)
	c.SignIn = r.signIn(anyhow)
	if c.Dev {
		r.forbidden(clientSetting(), devSetting())
		c.Audience = r.text(audienceSetting(), DefaultAudience)
		r.forbidden(issuerSetting(), devSetting())
		r.loopback(listenSetting(), c.Listen)
	} else {
		c.Issuer = r.secureURL(issuerSetting())
		c.Audience = r.needed(audienceSetting(), DefaultAudience)
		if r.has(clientSetting()) {
			r.consoleURL(publicURLSetting(), c.PublicURL, c.Listen)
		}
	}
	if err := r.done(); err != nil {
		return Serve{}, err
	}
	return c, nil
}

// Demo configures `milepost demo`: invented data, a local issuer, loopback.
type Demo struct {
	Listen        string
	DataDir       string // empty: gone when the program ends
	MaxUpload     int64  // bytes of one file
	LogLevel      slog.Level
	ShutdownGrace time.Duration
}

// LoadDemo reads the configuration of `milepost demo`, or fails with
// config.invalid.
func LoadDemo(flags Flags, getenv func(string) string) (Demo, error) {
	r := newReader(flags, getenv)
	c := Demo{
		Listen:        r.address(listenSetting(), DefaultListen),
		DataDir:       r.folder(dataSetting().flagOnly(), optional), // never by accident into real data
		MaxUpload:     r.size(uploadSetting(), DefaultMaxUpload, minUpload, maxUpload),
		LogLevel:      r.level(logSetting()),
		ShutdownGrace: r.duration(graceSetting(), DefaultShutdownGrace, minGrace, maxGrace),
	}
	r.loopback(listenSetting(), c.Listen)
	if err := r.done(); err != nil {
		return Demo{}, err
	}
	return c, nil
}

// Client configures the commands that are clients of the HTTP API: against a
// server, or with the handlers in process over DataDir. One of the two is set.
type Client struct {
	Server  string // scheme and host, no slash at the end
	Token   Secret // with Server
	DataDir string
}

// LoadClient reads the configuration of a client command, or fails with
// config.invalid. A flag wins over the other's environment variable.
func LoadClient(flags Flags, getenv func(string) string) (Client, error) {
	r := newReader(flags, getenv)
	server, data := serverSetting(), dataSetting()
	switch {
	case r.byFlag(server) && !r.byFlag(data):
		data = data.flagOnly()
	case r.byFlag(data) && !r.byFlag(server):
		server = server.flagOnly()
	}
	var c Client
	if r.has(server) {
		c.Server = r.origin(server, "")
		c.Token = r.secret(tokenSetting(), required)
		r.forbidden(data, server)
	} else {
		c.DataDir = r.folder(data, required)
	}
	if err := r.done(); err != nil {
		return Client{}, err
	}
	return c, nil
}
