package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"milepost/internal/authn"
	"milepost/internal/boot"
	"milepost/internal/fault"
)

func (p *program) token() *cobra.Command {
	c := p.command("token --data DIR SUBJECT [flags]", nil)
	data := c.Flags().String("data", "", p.flag("data"))
	life := c.Flags().Duration("life", 12*time.Hour, p.flag("life"))
	keys := c.Flags().Bool("keys", false, p.flag("keys"))
	c.Args = func(c *cobra.Command, args []string) error {
		if *keys {
			return exactly(0)(c, args)
		}
		return exactly(1)(c, args)
	}
	c.RunE = func(_ *cobra.Command, args []string) error {
		dir, err := p.required("data", *data, "MILEPOST_DATA")
		if err != nil {
			return err
		}
		if *keys {
			set, err := boot.DevKeys(dir)
			if err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, set)
			return nil
		}
		if *life < time.Minute || *life > authn.MaxLocalTTL {
			return fault.New(fault.Invalid, "cli.flagValue", "flag", "--life", "got", life.String())
		}
		token, err := boot.DevToken(dir, args[0], *life)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, token)
		return nil
	}
	return c
}
