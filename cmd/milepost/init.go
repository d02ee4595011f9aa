package main

import (
	"errors"

	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/fault"
)

func (p *program) init() *cobra.Command {
	c := p.command("init --data DIR --admin SUBJECT [flags]", nil)
	f := c.Flags()
	data := f.String("data", "", p.flag("data"))
	admin := f.String("admin", "", p.flag("admin"))
	issuer := f.String("issuer", "", p.flag("initIssuer"))
	name := f.String("name", "", p.flag("name"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		dir, err := p.required("data", *data, "MILEPOST_DATA")
		if err != nil {
			return err
		}
		subject, err := p.required("admin", *admin, "")
		if err != nil {
			return err
		}
		if *name == "" {
			*name = subject
		}
		whose := p.issuer(*issuer)
		if _, err := boot.Initialise(c.Context(), dir, *name, whose, subject); err != nil {
			return err
		}
		p.println("cli.init.done", "subject", subject, "issuer", whose)
		return nil
	}
	return c
}

// issuer is that of logins: the flag's, the configured one, or the local one.
func (p *program) issuer(flag string) string {
	if flag == "" {
		flag = p.getenv("MILEPOST_ISSUER")
	}
	if flag == "" {
		flag = boot.DevIssuer
	}
	return flag
}

// required returns what a flag or its variable says, or the fault that nothing
// does.
func (p *program) required(flag, value, variable string) (string, error) {
	if value == "" && variable != "" {
		value = p.getenv(variable)
	}
	if value == "" {
		return "", fault.New(fault.Invalid, "cli.flagRequired", "flag", "--"+flag)
	}
	return value, nil
}

// closing adds the error of a Close to another one.
func closing(err *error, end func() error) { *err = errors.Join(*err, end()) }
