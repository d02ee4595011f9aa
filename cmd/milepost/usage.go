package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// usageTemplate is cobra's with words of the user's language.
func (p *program) usageTemplate() string {
	t := `{{if .HasAvailableSubCommands}}%usage
  {{.CommandPath}} %command

%commands
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{else}}%usage
  {{.UseLine}}
{{end}}{{if .HasExample}}
%examples
{{.Example}}
{{end}}{{if .HasAvailableLocalFlags}}
%flags
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
%codes
{{end}}`
	for _, word := range []string{"usage", "commands", "command", "examples", "flags", "codes"} {
		t = strings.ReplaceAll(t, "%"+word, p.text("cli.usage."+word))
	}
	return t
}

// helpCommand is `milepost help COMMAND`.
func (p *program) helpCommand(root *cobra.Command) *cobra.Command {
	c := p.command("help [COMMAND]", func(_ *cobra.Command, args []string) error {
		found, _, err := root.Find(args)
		if err != nil {
			return usage(err)
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
		"init":          {"milepost init --data ./data --admin 248289761001 --issuer https://id.example.org --name 'Lin Ruoxi'"},
		"token":         {"export MILEPOST_TOKEN=$(milepost token --data ./data alice)", "milepost token --data ./data --keys"},
		"import":        {"milepost import awards.csv milestones.csv --programme SH-POC", "milepost import portfolio.xlsx --programme SH-POC --payee org_… --prepare", "milepost import --apply imp_…"},
		"export":        {"milepost export awards > awards.csv", "milepost export attention --overdue > overdue.csv"},
		"attention":     {"milepost attention --overdue", "milepost attention --mine --json"},
		"sweep":         {"milepost sweep", "milepost sweep --as-of 2026-12-31 --dry-run"},
		"verify":        {"milepost verify --data ./data", "milepost verify --data ./data --anchor anchors-2026-11.json"},
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
