// Command milepost keeps awards, milestones and tranches: a server, a demo,
// and the commands of those who work with either. `milepost help` lists them.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without a process around it. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	p, err := newProgram(getenv, stdin, stdout, stderr)
	if err != nil {
		_, _ = io.WriteString(stderr, "milepost: "+err.Error()+"\n")
		return exitFailed
	}
	root := p.root()
	root.SetArgs(args)
	return p.exit(root.ExecuteContext(ctx))
}
