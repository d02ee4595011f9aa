package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"milepost/internal/config"
	"milepost/internal/fault"
	"milepost/internal/i18n"
)

// program is what every command needs: its surroundings and the words of its
// user's language.
type program struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	catalogs       *i18n.Catalogs
	lang           i18n.Language
}

func newProgram(getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) (*program, error) {
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	return &program{getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr, catalogs: catalogs, lang: language(catalogs, getenv)}, nil
}

// language is the user's: that of MILEPOST_LANG, else of the locale. A
// terminal without a locale shows ASCII, so it gets English.
func language(c *i18n.Catalogs, getenv func(string) string) i18n.Language {
	for _, name := range []string{"MILEPOST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		value, _, _ := strings.Cut(getenv(name), ".")
		if value == "C" || value == "POSIX" {
			return i18n.English
		}
		if value != "" {
			return c.Match(strings.ReplaceAll(value, "_", "-"))
		}
	}
	return i18n.English
}

// text is a text of the user's language; pairs are its arguments.
func (p *program) text(id string, pairs ...any) string {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return p.catalogs.Text(p.lang, id, args)
}

func (p *program) println(id string, pairs ...any) { fmt.Fprintln(p.stdout, p.text(id, pairs...)) }

// root is the command tree.
func (p *program) root() *cobra.Command {
	root := p.command("milepost", nil)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.SetUsageFunc(p.usage)
	root.SetHelpCommand(p.helpCommand(root))
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fault.New(fault.Invalid, "cli.commandUnknown", "command", args[0])
		}
		return nil
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.AddCommand(p.demo(), p.serve(), p.init(), p.token(), p.importFiles(), p.export(), p.attention(), p.sweep(),
		p.verify(), p.reindex(), p.relay(), p.backup(), p.makeTable(), p.copyItems(), p.openapi(), p.version())
	p.translate(root)
	return root
}

// command makes a command whose help stands in the catalogs under cli.<name>.
func (p *program) command(use string, run func(*cobra.Command, []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Short: p.text("cli." + name + ".short"), Long: p.text("cli." + name + ".long"), Example: examples(name),
		Args: exactly(0), RunE: run, DisableFlagsInUseLine: true,
	}
}

// exactly demands a number of arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return fault.New(fault.Invalid, "cli.arguments", "usage", c.UseLine())
		}
		return nil
	}
}

// flag words the usage of a flag.
func (p *program) flag(name string) string { return p.text("cli.flag." + name) }

// given returns those flags that stand on the command line, of the names.
func given(c *cobra.Command, names ...string) config.Flags {
	flags := config.Flags{}
	for _, name := range names {
		if f := c.Flags().Lookup(name); f != nil && f.Changed {
			flags[name] = f.Value.String()
		}
	}
	return flags
}

// translate gives the flags that cobra adds by itself words of ours.
func (p *program) translate(root *cobra.Command) {
	for _, c := range root.Commands() {
		p.translate(c)
	}
	root.InitDefaultHelpFlag()
	root.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			f.Usage = p.flag("help")
		}
	})
}
