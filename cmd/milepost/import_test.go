package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"milepost/internal/boot"
)

// importOffice is a served folder with a programme IMP that went live on
// 2026-04-01, two managers, mia and max, and two organisations.
type importOffice struct {
	*running
	dir    string
	tokens map[string]string
	posts  int
}

type members = map[string]any

func openImportOffice(t *testing.T) *importOffice {
	t.Helper()
	o := &importOffice{dir: filepath.Join(t.TempDir(), "data"), tokens: map[string]string{}}
	if code, _, text := command(t, nil, "init", "--data", o.dir, "--admin", "root"); code != exitDone {
		t.Fatalf("init = %d: %s", code, text)
	}
	o.running = start(t, nil, `Listening on (http://[0-9.:]+)`, "serve", "--data", o.dir, "--dev", "--listen", "127.0.0.1:0", "--log-level", "error")
	for _, who := range []string{"root", "mia", "max"} {
		code, out, text := command(t, nil, "token", "--data", o.dir, who)
		if code != exitDone {
			t.Fatalf("token = %d: %s", code, text)
		}
		o.tokens[who] = strings.TrimSpace(out)
	}
	programme := o.post(http.StatusCreated, "root", "/programmes", members{"code": "IMP", "names": members{"en": "Imported"}, "goLiveOn": "2026-04-01"}).Aggregate
	for _, who := range []string{"mia", "max"} {
		receipt := o.post(http.StatusCreated, "root", "/persons", members{
			"names": members{"en": who}, "logins": []any{members{"issuer": boot.DevIssuer, "subject": who}},
		})
		o.post(http.StatusOK, "root", "/members", members{
			"person": receipt.Things[0].ID, "role": "programmeManager", "scope": members{"kind": "programme", "id": programme},
		})
	}
	for _, name := range []string{"Grantees", "Foundation"} {
		o.post(http.StatusCreated, "mia", "/organisations", members{"within": programme, "names": members{"en": name}, "kind": "nonProfit", "identifiers": []any{}})
	}
	return o
}

type madeThings struct {
	Aggregate string `json:"aggregate"`
	Things    []struct {
		ID string `json:"id"`
	} `json:"things"`
}

func (o *importOffice) post(want int, who, path string, body any) madeThings {
	o.t.Helper()
	o.posts++
	var receipt madeThings
	o.ask(want, http.MethodPost, "/api/v1"+path, o.tokens[who], fmt.Sprintf("%q", fmt.Sprint(o.posts)), body, &receipt)
	return receipt
}

// as is the environment of a person's commands.
func (o *importOffice) as(who, lang string) map[string]string {
	return map[string]string{"MILEPOST_SERVER": o.url, "MILEPOST_TOKEN": o.tokens[who], "MILEPOST_LANG": lang}
}

// importing runs an import that must end with a code, and returns its output.
func (o *importOffice) importing(want int, who, lang string, args ...string) (out, text string) {
	o.t.Helper()
	code, out, text := command(o.t, o.as(who, lang), append([]string{"import"}, args...)...)
	if code != want {
		o.t.Fatalf("import %v as %s = %d, want %d:\n%s%s", args, who, code, want, out, text)
	}
	return out, text
}

// holds fails the test where a text lacks one of some parts.
func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
}

func importID(t *testing.T, out string) string {
	t.Helper()
	id := regexp.MustCompile(`imp_[0-9A-Z]{26}`).FindString(out)
	if id == "" {
		t.Fatalf("no id in:\n%s", out)
	}
	return id
}

func TestImportCommand(t *testing.T) {
	o := openImportOffice(t)
	files := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(files, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	awards := write("awards.csv", "项目编号,标题,币种,金额,开始日期\nA-1,激光,CNY,300.00,2025-01-01\nA-2,Mirror,BTC,1.5,2025-02-01\n")
	milestones := write("milestones.csv", "项目编号,里程碑序号,里程碑名称,截止日期,金额\nA-1,1,设计,2025-06-01,100.00\nA-1,2,Build,2026-06-01,200.00\nA-2,1,All,2025-09-01,1.5\n")
	history := write("award_events.csv", "award_ref,event,on_date\nA-1,agreed,2025-01-01\nA-2,agreed,2025-02-01\n")
	args := []string{awards, milestones, history, "--payee", "Grantees", "--funder", "Foundation"}

	out, _ := o.importing(exitProblems, "mia", "en", args...)
	holds(t, out, "awards.csv:2", "A-1", "create", "A new award from its history: Active, CNY 300.00", "awards.csv:3", "币种", "(currency.unknown)",
		"Awards: create 1, change 0, leave alone 0, refuse 1, agreed later 0; milestones 2.")
	out, _ = o.importing(exitProblems, "mia", "zh-CN", args...)
	holds(t, out, "新建", "错误", "资助：新建 1，更新 0，不改动 0，拒绝 1")
	out, _ = o.importing(exitDone, "mia", "en", append(args, "--asset", "BTC=8", "--prepare")...)
	id := importID(t, out)
	holds(t, out, "prepared with 2 awards", "another programme manager", "milepost import --apply "+id)
	_, text := o.importing(exitNotFound, "mia", "en", "--apply", id)
	holds(t, text, "separation.preparerApplies")
	out, _ = o.importing(exitDone, "max", "en", "--apply", id)
	holds(t, out, "2 of 2 done", "A-1", "awd_", "created 2, changed 0, left alone 0, refused 0")
	out, _ = o.importing(exitDone, "max", "zh-CN", "--apply", id)
	holds(t, out, "已执行：新建 2")
	out, _ = o.importing(exitDone, "mia", "en", append(args, "--asset", "BTC=8", "--json")...)
	holds(t, out, `"leave":2`, `"action":"leave"`)
	out, _ = o.importing(exitDone, "max", "en", "--apply", id, "--json")
	holds(t, out, `"state":"applied"`, `"number":"A-2"`)

	for name, c := range map[string]struct {
		code int
		says string
		args []string
	}{
		"nothing":          {exitUsage, "cli.arguments", nil},
		"both":             {exitUsage, "cli.flagsConflict", []string{"--apply", id, "--prepare"}},
		"a missing file":   {exitUsage, "cli.fileMissing", []string{"absent.csv", "--payee", "Grantees"}},
		"no payee":         {exitRefused, "/payee", []string{awards}},
		"an unknown payee": {exitRefused, "reference.unknown", []string{awards, "--payee", "Nobody"}},
		"not there":        {exitNotFound, "thing.notFound", []string{"--apply", "imp_01K5A7Q2M9X4T8R6W3B1C0D2E5"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, text := o.importing(c.code, "mia", "en", c.args...); !strings.Contains(text, c.says) {
				t.Errorf("no %q in %s", c.says, text)
			}
		})
	}

	o.stop() // the same without a server, on the folder itself
	code, out, text := command(t, map[string]string{"MILEPOST_LANG": "en"}, append([]string{"import", "--data", o.dir, "--as", "mia", "--asset", "BTC=8"}, args...)...)
	if code != exitDone {
		t.Fatalf("import --data = %d: %s", code, text)
	}
	holds(t, out, "leave alone 2")
	if code, out, text := command(t, nil, "verify", "--data", o.dir); code != exitDone {
		t.Errorf("verify = %d: %s%s", code, out, text)
	}
}

// The real data set through the commands and the API.
func TestImportCommandOnTheGrants(t *testing.T) {
	grants := os.Getenv("MILEPOST_GRANTS")
	if grants == "" {
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatal("MILEPOST_GRANTS is not set")
		}
		t.Log("not run: set MILEPOST_GRANTS to the folder of the grants data")
		return
	}
	o := openImportOffice(t)
	var args []string
	for _, name := range []string{"awards", "milestones", "events", "award_events", "amendments", "event_sources", "written"} {
		args = append(args, filepath.Join(grants, name+".csv"))
	}
	args = append(args, "--programme", "imp", "--payee", "Grantees", "--funder", "Foundation")
	out, _ := o.importing(exitProblems, "mia", "en", args...)
	holds(t, out, "Awards: create 26, change 0, leave alone 0, refuse 20, agreed later 0; milestones 77.")
	if n := strings.Count(out, "(currency.unknown)"); n != 17 {
		t.Errorf("%d unknown currencies, want 17", n)
	}
	for _, asset := range []string{"BTC=8", "DAI=2", "USDC=2", "USDT=2"} {
		args = append(args, "--asset", asset)
	}
	out, _ = o.importing(exitProblems, "mia", "en", args...)
	holds(t, out, "create 41, change 0, leave alone 0, refuse 5,")
	out, _ = o.importing(exitDone, "mia", "en", append(args, "--total", "milestones", "--until", "2022-06-30")...)
	holds(t, out, "create 28, change 0, leave alone 0, refuse 0, agreed later 18; milestones 88.")
	out, _ = o.importing(exitDone, "mia", "en", append(args, "--total", "milestones", "--prepare")...)
	holds(t, out, "create 46, change 0, leave alone 0, refuse 0, agreed later 0; milestones 136.", "Events: delivered 121, accepted 117, rejected 4, other 69.")
	id := importID(t, out)
	out, _ = o.importing(exitDone, "max", "en", "--apply", id)
	holds(t, out, "created 46, changed 0, left alone 0, refused 0")
	code, out, text := command(t, o.as("mia", "en"), "attention", "--overdue")
	if code != exitDone {
		t.Fatalf("attention = %d: %s", code, text)
	}
	holds(t, out, "2024-09-05", "infimum", "2025-10-09", "OfflineElectionTool", "2 items.")
	o.stop()
	if code, out, text := command(t, nil, "verify", "--data", o.dir); code != exitDone || !strings.Contains(out, "awards 46") {
		t.Errorf("verify = %d: %s%s", code, out, text)
	}
}

func TestImportTemplate(t *testing.T) {
	code, out, text := command(t, map[string]string{"MILEPOST_LANG": "zh-CN"}, "import", "--template-of", "milestones")
	if want := "\ufeff合同编号,里程碑序号,名称,截止日期,金额\r\n"; code != exitDone || out != want {
		t.Errorf("the template = %d %q, want %q: %s", code, out, want, text)
	}
	if code, _, text := command(t, nil, "import", "--template-of", "none"); code == exitDone || !strings.Contains(text, "awardEvents") {
		t.Errorf("a template of no table = %d: %s", code, text)
	}
}
