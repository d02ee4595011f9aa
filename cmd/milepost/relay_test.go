package main

import (
	"strings"
	"testing"
)

// Who names a subscriber that is none is told the others as one writes a list.
func TestUnknownSubscriberNamesTheOthers(t *testing.T) {
	dir := t.TempDir() + "/data"
	if code, _, text := command(t, nil, "init", "--data", dir, "--admin", "alice"); code != exitDone {
		t.Fatal(text)
	}
	if code, _, text := command(t, nil, "relay", "rebuild", "--data", dir, "x"); code != exitNotFound || !strings.Contains(text, "Known: rollup, notices, anchor.") {
		t.Errorf("exit code %d: %s", code, text)
	}
}
