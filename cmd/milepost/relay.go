package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"milepost/internal/boot"
	"milepost/internal/fault"
)

// relay is what follows from the journal: `milepost relay COMMAND`.
func (p *program) relay() *cobra.Command {
	c := p.command("relay", nil)
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fault.New(fault.Invalid, "cli.commandUnknown", "command", args[0])
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(p.relayStatus(), p.relayReplay(), p.relayRebuild())
	return c
}

// relayPart makes a command whose help stands in the catalogs under
// cli.relay.<name>, and which takes a data folder and arguments.
func (p *program) relayPart(use string, arguments int, run func(c *cobra.Command, dir string, args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	id := "cli.relay." + name
	c := &cobra.Command{
		Use: use, Short: p.text(id + ".short"), Long: p.text(id + ".long"), Example: examples("relay " + name),
		Args: exactly(arguments), DisableFlagsInUseLine: true,
	}
	data := c.Flags().String("data", "", p.flag("data"))
	c.RunE = func(c *cobra.Command, args []string) error {
		dir, err := p.required("data", *data, "MILEPOST_DATA")
		if err != nil {
			return err
		}
		return run(c, dir, args)
	}
	return c
}

// relayParked is an aggregate of which something is refused, for programs to
// read.
type relayParked struct {
	Aggregate string `json:"aggregate"`
	Sequence  int64  `json:"sequence"`
	Since     string `json:"since"`
	Tries     int    `json:"tries"`
	Code      string `json:"code,omitempty"`
	Detail    string `json:"detail"`
}

// relayFollowed is how far one subscriber has come, for programs to read.
type relayFollowed struct {
	Subscriber string        `json:"subscriber"`
	Waiting    int           `json:"waiting"`
	Oldest     string        `json:"oldest,omitempty"`
	LagSeconds float64       `json:"lagSeconds"`
	Through    string        `json:"through,omitempty"`
	Parked     []relayParked `json:"parked"`
}

func (p *program) relayStatus() *cobra.Command {
	var asJSON *bool
	c := p.relayPart("status --data DIR [flags]", 0, func(c *cobra.Command, dir string, _ []string) error {
		status, err := boot.RelayStatus(c.Context(), dir)
		if err != nil {
			return err
		}
		return p.followed(status, *asJSON)
	})
	asJSON = c.Flags().Bool("json", false, p.flag("json"))
	return c
}

// followed tells how far each subscriber has come, and what it refuses.
func (p *program) followed(status []boot.Followed, asJSON bool) error {
	out := make([]relayFollowed, len(status))
	refused := false
	for i, s := range status {
		out[i] = relayFollowed{s.Subscriber, s.Waiting, s.Oldest, s.Lag.Round(time.Millisecond).Seconds(), s.Through, []relayParked{}}
		for _, at := range s.Parked {
			refused = true
			out[i].Parked = append(out[i].Parked, relayParked{at.Aggregate, at.Seq, at.Since, at.Tries, at.Code, at.Detail})
		}
	}
	if asJSON {
		if err := p.writeJSON(out); err != nil {
			return err
		}
	} else {
		for _, s := range out {
			p.println("cli.relay.status.done", "subscriber", s.Subscriber, "waiting", s.Waiting, "through", cmp.Or(s.Through, "–"), "parked", len(s.Parked))
			for _, at := range s.Parked {
				fmt.Fprintf(p.stderr, "  %s %d: %s (%s)\n", at.Aggregate, at.Sequence, at.Detail, at.Code)
			}
		}
	}
	if refused {
		return problemsFoundError{}
	}
	return nil
}

func (p *program) relayReplay() *cobra.Command {
	return p.relayPart("replay --data DIR SUBSCRIBER AGGREGATE", 2, func(c *cobra.Command, dir string, args []string) error {
		if err := boot.RelayReplay(c.Context(), dir, args[0], args[1]); err != nil {
			return err
		}
		p.println("cli.relay.replay.done", "subscriber", args[0], "aggregate", args[1])
		return nil
	})
}

func (p *program) relayRebuild() *cobra.Command {
	return p.relayPart("rebuild --data DIR SUBSCRIBER", 1, func(c *cobra.Command, dir string, args []string) error {
		count, err := boot.RelayRebuild(c.Context(), dir, args[0])
		if err != nil {
			return err
		}
		p.println("cli.relay.rebuild.done", "subscriber", args[0], "count", count)
		return nil
	})
}
