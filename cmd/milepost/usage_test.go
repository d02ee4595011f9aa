package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"milepost/internal/config"
)

// asked lists the variables that a setting may come from.
func asked(load func(getenv func(string) string)) []string {
	names := map[string]bool{}
	for _, dev := range []string{"", "true"} {
		load(func(name string) string {
			names[name] = true
			if name == "MILEPOST_DEV" {
				return dev
			}
			return ""
		})
	}
	return slices.Sorted(maps.Keys(names))
}

// Whoever sets up a server finds every variable in its help and in
// docs/operations.md.
func TestEveryVariableOfServeIsToldOf(t *testing.T) {
	variables := asked(func(getenv func(string) string) { _, _ = config.LoadServe(nil, getenv) })
	if len(variables) < 10 {
		t.Fatalf("serve asks for %q only", variables)
	}
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "zh-CN"} {
		_, help, _ := command(t, map[string]string{"MILEPOST_LANG": lang}, "serve", "-h")
		for _, name := range variables {
			if !strings.Contains(help, name) {
				t.Errorf("milepost serve -h (%s) does not name %s:\n%s", lang, name, help)
			}
		}
	}
	for _, name := range variables {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/operations.md does not name %s", name)
		}
	}
}

// Help is in the user's words: no type of a programming language, no English
// in Chinese help but what is typed.
func TestHelpIsInTheUsersWords(t *testing.T) {
	for lang, want := range map[string][]string{
		"en":    {"--session-idle DURATION", "(default 2h)", "(default 20s)", "--data DIR", "Exit codes: 0 done"},
		"zh-CN": {"--session-idle DURATION", "（默认 2h）", "[选项]", "退出码：0 完成"},
	} {
		_, help, _ := command(t, map[string]string{"MILEPOST_LANG": lang}, "serve", "-h")
		for _, part := range want {
			if !strings.Contains(help, part) {
				t.Errorf("milepost serve -h (%s) lacks %q:\n%s", lang, part, help)
			}
		}
		for _, name := range []string{"import", "token", "sweep", "serve"} {
			_, help, _ := command(t, map[string]string{"MILEPOST_LANG": lang}, name, "-h")
			for _, alien := range []string{"stringArray", " string ", " duration ", "0m0s"} {
				if strings.Contains(help, alien) {
					t.Errorf("milepost %s -h (%s) says %q:\n%s", name, lang, alien, help)
				}
			}
		}
	}
}
