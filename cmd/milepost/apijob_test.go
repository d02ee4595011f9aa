package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The lines that docs/api.md gives for the whole job do what it says, from an
// empty folder to a paid tranche whose journal verifies. Tests have to pass with
// Go alone; .ci/run installs the tools, and fails without them.
func TestTheWholeJobOfTheAPIPage(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq", "openssl"} {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatalf("needs %s", tool)
		}
		t.Skipf("docs/api.md was not walked: %s is not installed", tool)
	}
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## The whole job with curl\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var lines []string
	for i, part := range strings.Split(section, "```") {
		if code, ok := strings.CutPrefix(part, "sh\n"); ok && i%2 == 1 {
			lines = append(lines, code)
		}
	}
	const started = "milepost serve --data ./data --dev "
	if len(lines) < 2 || !strings.HasPrefix(lines[0], started) {
		t.Fatalf("docs/api.md does not begin with %q: %q", started, lines)
	}
	dir := t.TempDir()
	server := start(t, nil, `Listening on (http://[0-9.:]+)`, "serve", "--data", dir+"/data", "--dev", "--listen", "127.0.0.1:0")
	job := strings.ReplaceAll(strings.Join(lines[1:], "\n"), "http://127.0.0.1:8080/api", server.url+"/api")
	c := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", job)
	c.Dir = dir
	c.Env = append(c.Environ(), "LC_ALL=C.UTF-8")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`["decideMilestone",{"milestone.decided":1,"tranche.gatesOpened":1}]`, `["approveTranche",`, `["markPaymentPaid",`, "Verified: "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the walk does not say %s:\n%s", want, out)
		}
	}
}
