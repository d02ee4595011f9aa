package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"milepost/internal/fault"
)

// usage prints how a command is called, in words of the user's language.
func (p *program) usage(c *cobra.Command) error {
	w := c.OutOrStdout()
	head := func(id string) { fmt.Fprintln(w, p.text("cli.usage."+id)) }
	head("usage")
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s %s\n\n", c.CommandPath(), p.text("cli.usage.command"))
		head("commands")
		t := &table{}
		for _, one := range c.Commands() {
			if one.IsAvailableCommand() {
				t.row(one.Name(), one.Short)
			}
		}
		t.write(w, "  ")
		fmt.Fprintln(w, "\n"+p.text("cli.usage.more", "command", c.CommandPath()))
	} else {
		fmt.Fprintln(w, "  "+strings.ReplaceAll(c.UseLine(), "[flags]", p.text("cli.usage.options")))
	}
	if c.HasExample() {
		fmt.Fprintln(w)
		head("examples")
		fmt.Fprintln(w, c.Example)
	}
	fmt.Fprintln(w)
	head("flags")
	t := &table{}
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { t.row(p.flagName(f), p.flagUsage(f)) })
	t.write(w, "  ")
	fmt.Fprintln(w)
	head("codes")
	return nil
}

// flagName is how a flag is written, with what it takes.
func (p *program) flagName(f *pflag.Flag) string {
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if f.Value.Type() == "bool" {
		return name
	}
	return name + " " + placeholder(f.Name)
}

// flagUsage says what a flag is for, and what holds without it.
func (p *program) flagUsage(f *pflag.Flag) string {
	value := f.DefValue
	if value == "" || value == "false" || value == "[]" {
		return f.Usage
	}
	if strings.HasSuffix(value, "m0s") { // a duration as Go writes it
		value = strings.TrimSuffix(strings.TrimSuffix(value, "0s"), "0m")
	}
	return f.Usage + " " + p.text("cli.usage.default", "value", value)
}

// placeholder stands for the value of a flag; it is the same in every language.
func placeholder(flag string) string {
	switch flag {
	case "data":
		return "DIR"
	case "listen":
		return "HOST:PORT"
	case "public-url", "issuer", "server", "endpoint":
		return "URL"
	case "as", "admin":
		return "SUBJECT"
	case "as-of", "until":
		return "DATE"
	case "session-idle", "session-max", "shutdown-grace", "life":
		return "DURATION"
	case "anchor", "template":
		return "FILE"
	case "template-of":
		return "TABLE"
	case "from", "to":
		return "PLACE"
	case "payee", "funder":
		return "ORGANISATION"
	case "asset":
		return "CODE=EXPONENT"
	case "accept-formulas":
		return "HEADER"
	case "max-upload":
		return "SIZE"
	case "log-level":
		return "LEVEL"
	case "apply", "console-client":
		return "ID"
	case "total":
		return "milestones"
	case "programme":
		return "CODE"
	}
	return "NAME"
}

// helpCommand is `milepost help COMMAND`.
func (p *program) helpCommand(root *cobra.Command) *cobra.Command {
	c := p.command("help [COMMAND]", func(_ *cobra.Command, args []string) error {
		found, rest, err := root.Find(args)
		if err != nil {
			return usage(err)
		}
		if len(rest) > 0 {
			return fault.New(fault.Invalid, "cli.commandUnknown", "command", rest[0])
		}
		return found.Help()
	})
	c.Args = cobra.ArbitraryArgs
	return c
}

// examples are command lines to paste; they are the same in every language.
func examples(name string) string {
	lines := map[string][]string{
		"milepost": {"milepost demo", "milepost attention --overdue --json"},
		"demo":     {"milepost demo", "milepost demo --listen 127.0.0.1:0", "milepost demo --seed-only --data ./data"},
		"serve": {
			"milepost serve --data ./data --issuer https://id.example.org --audience milepost",
			"milepost serve --data ./data --dev",
		},
		"init":          {"milepost init --data ./data --admin 248289761001 --issuer https://id.example.org --name 'YOUR NAME'"},
		"token":         {"export MILEPOST_TOKEN=$(milepost token --data ./data alice)", "milepost token --data ./data --keys"},
		"import":        {"milepost import awards.csv milestones.csv --programme SH-POC", "milepost import portfolio.xlsx --programme SH-POC --payee org_… --prepare", "milepost import --apply imp_…"},
		"export":        {"milepost export awards > awards.csv", "milepost export attention --overdue > overdue.csv"},
		"attention":     {"milepost attention --overdue", "milepost attention --mine --json"},
		"sweep":         {"milepost sweep", "milepost sweep --as-of 2026-12-31 --dry-run"},
		"verify":        {"milepost verify --data ./data", "milepost verify --data ./data --only awd_01K5A7Q2M9X4T8R6W3B1C0D2E5", "milepost verify --data ./data --anchor anchors-2026-11.json"},
		"reindex":       {"milepost reindex ./data", "milepost reindex dynamodb:milepost-Table-1A2B3C"},
		"relay":         {"milepost relay status --data ./data"},
		"relay status":  {"milepost relay status --data ./data", "milepost relay status --data ./data --json"},
		"relay replay":  {"milepost relay replay --data ./data rollup awd_01K5A7Q2M9X4T8R6W3B1C0D2E5"},
		"relay rebuild": {"milepost relay rebuild --data ./data rollup"},
		"backup":        {"milepost backup --data ./data /backups/2026-11-22"},
		"table":         {"milepost table --template template.yaml --endpoint http://127.0.0.1:8000"},
		"copy": {
			"milepost copy --from ./data --to dynamodb:milepost --endpoint http://127.0.0.1:8000",
			"milepost copy --from dynamodb:milepost-Table-1A2B3C --to ./restored",
		},
		"openapi": {"milepost openapi > openapi.yaml"},
		"version": {"milepost version"},
	}[name]
	if len(lines) == 0 {
		return ""
	}
	return "  " + strings.Join(lines, "\n  ")
}
