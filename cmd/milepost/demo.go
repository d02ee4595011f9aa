package main

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/config"
	"milepost/internal/fault"
)

func (p *program) demo() *cobra.Command {
	c := p.command("demo [flags]", nil)
	f := c.Flags()
	f.String("listen", config.DefaultListen, p.flag("listen"))
	f.String("data", "", p.flag("demoData"))
	f.String("log-level", "warn", p.flag("logLevel"))
	seedOnly := f.Bool("seed-only", false, p.flag("seedOnly"))
	c.RunE = func(c *cobra.Command, _ []string) error { return p.runDemo(c, *seedOnly) }
	return c
}

func (p *program) runDemo(c *cobra.Command, seedOnly bool) error {
	flags := given(c, "listen", "data", "log-level")
	settings, err := config.LoadDemo(flags, p.getenv)
	if err != nil {
		return err
	}
	if flags["log-level"] == "" && p.getenv("MILEPOST_LOG_LEVEL") == "" {
		settings.LogLevel = slog.LevelWarn // a log between the tokens helps nobody
	}
	if seedOnly {
		return p.seed(c, settings)
	}
	d, err := boot.NewDemo(c.Context(), boot.DemoOptions{
		Listen: settings.Listen, DataDir: settings.DataDir, MaxUpload: settings.MaxUpload,
		Catalogs: p.catalogs, Version: version(), Logger: p.logger(settings.LogLevel),
	})
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // what it held is gone either way
	p.introduce(d)
	if err := d.Serve(c.Context(), settings.ShutdownGrace); err != nil {
		return err
	}
	p.println("cli.demo.stopped")
	return nil
}

// seed writes the demo's portfolio into a data folder.
func (p *program) seed(c *cobra.Command, settings config.Demo) error {
	if c.Flags().Changed("listen") {
		return fault.New(fault.Invalid, "cli.flagsConflict", "flag", "--seed-only", "other", "--listen")
	}
	dir, err := p.required("data", settings.DataDir, "")
	if err != nil {
		return err
	}
	people, err := boot.SeedDemo(c.Context(), dir, p.logger(settings.LogLevel))
	if err != nil {
		return err
	}
	p.println("cli.demo.seeded", "folder", dir)
	p.personas("", people)
	return nil
}

// personas lists who one can be, each subject after a prefix.
func (p *program) personas(prefix string, people []boot.DemoPersona) {
	t := &table{}
	for _, one := range people {
		t.row(prefix+one.Subject, p.label("role", string(one.Role)), one.Names.In(string(p.lang)))
	}
	t.write(p.stdout, "  ")
}

// introduce says where everything is and who one can be.
func (p *program) introduce(d *boot.Demo) {
	p.println("cli.demo.title")
	fmt.Fprintln(p.stdout)
	for _, place := range [][2]string{{"page", "/"}, {"api", "/api/v1"}, {"docs", "/api/docs"}} {
		fmt.Fprintf(p.stdout, "  %s%s  %s\n", d.URL, place[1], p.text("cli.demo."+place[0]))
	}
	fmt.Fprintln(p.stdout)
	p.println("cli.demo.personas")
	p.personas("$", d.Personas)
	fmt.Fprintln(p.stdout)
	p.println("cli.demo.tokens")
	for _, one := range d.Personas {
		fmt.Fprintf(p.stdout, "%s=%s\n", one.Subject, one.Token)
	}
	fmt.Fprintln(p.stdout)
	p.println("cli.demo.try")
	for _, line := range []string{
		`curl -sH "Authorization: Bearer $auditor" 'URL/api/v1/attention?status=overdue&limit=5'`,
		`curl -sH "Authorization: Bearer $lead" 'URL/api/v1/me'`,
		`curl -sH "Authorization: Bearer $manager" 'URL/api/v1/awards?limit=3'`,
	} {
		fmt.Fprintln(p.stdout, strings.ReplaceAll(line, "URL", d.URL))
	}
	fmt.Fprintln(p.stdout)
	p.println("cli.demo.stop")
}

// logger writes JSON lines to the error output.
func (p *program) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(p.stderr, &slog.HandlerOptions{Level: level}))
}
