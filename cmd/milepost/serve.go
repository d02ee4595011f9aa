package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/config"
)

func (p *program) serve() *cobra.Command {
	c := p.command("serve [flags]", p.runServe)
	f := c.Flags()
	f.String("data", "", p.flag("data"))
	f.String("listen", config.DefaultListen, p.flag("listen"))
	f.String("public-url", "", p.flag("publicURL"))
	f.String("issuer", "", p.flag("issuer"))
	f.String("audience", config.DefaultAudience, p.flag("audience"))
	f.Bool("dev", false, p.flag("dev"))
	f.String("console-client", "", p.flag("consoleClient"))
	f.String("session-idle", config.DefaultSessionIdle.String(), p.flag("sessionIdle"))
	f.String("session-max", config.DefaultSessionMax.String(), p.flag("sessionMax"))
	f.String("max-upload", "100MiB", p.flag("maxUpload"))
	f.String("log-level", "info", p.flag("logLevel"))
	f.String("shutdown-grace", config.DefaultShutdownGrace.String(), p.flag("shutdownGrace"))
	return c
}

func (p *program) runServe(c *cobra.Command, _ []string) error {
	names := []string{"data", "listen", "public-url", "issuer", "audience", "dev", "console-client", "session-idle",
		"session-max", "max-upload", "log-level", "shutdown-grace"}
	settings, err := config.LoadServe(given(c, names...), p.getenv)
	if err != nil {
		return err
	}
	h, err := boot.NewHost(c.Context(), settings, p.catalogs, version(), p.logger(settings.LogLevel))
	if err != nil {
		return err
	}
	defer h.Close() //nolint:errcheck // every acknowledged write is on disk already
	if settings.Dev {
		fmt.Fprintln(p.stderr, p.text("cli.serve.dev", "folder", settings.DataDir))
	}
	p.println("cli.serve.listening", "url", h.URL)
	return h.Serve(c.Context())
}
