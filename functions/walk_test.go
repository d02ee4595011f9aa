package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	yaml "github.com/oasdiff/yaml3"

	"milepost/internal/lambdatest"
	"milepost/internal/store/dynamo/dynamotest"
)

// The lines that docs/cloud.md gives for SAM on one's own machine do what they
// say. Docker, make and sam have stand-ins; functions are told what the
// template declares, changed by env.json, as SAM does it.
func TestWalkOnSAMLocal(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "docs/cloud.md with sam local")
		return
	}
	if _, err := exec.LookPath("jq"); err != nil {
		dynamotest.Missing(t, "docs/cloud.md with sam local, for want of jq")
		return
	}
	s := newSAMLocal(t)
	blocks := shellBlocks(t, "../docs/cloud.md", "## Try it on your machine with SAM")
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of commands", len(blocks))
	}
	for i, want := range [][]string{
		{"An invented portfolio is in", "Copied: items"},
		{"days late: DEMO-", `"command": "decideMilestone"`, `"milestone.decided"`},
		{`"remaining":0`, `{"batchItemFailures":[]}`, `\"subject\":\"admin\"`},
	} {
		out := s.run(blocks[i])
		for _, part := range want {
			if !strings.Contains(out, part) {
				t.Errorf("block %d lacks %q:\n%s", i+1, part, out)
			}
		}
	}
}

// README gives the same lines, in both languages, and one to look at the result.
func TestReadmeWalksTheSame(t *testing.T) {
	commands := func(block string) (out []string) {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(line, "  #")
			out = append(out, strings.TrimSpace(line))
		}
		return out
	}
	long := strings.Join(commands(shellBlocks(t, "../docs/cloud.md", "## Try it on your machine with SAM")[0]), "\n")
	for file, heading := range map[string]string{"../README.md": "## On AWS, with SAM", "../README.zh-CN.md": "## 在 AWS 上运行（SAM）"} {
		blocks := shellBlocks(t, file, heading)
		if len(blocks) != 3 || strings.Join(commands(blocks[1]), "\n") != long {
			t.Errorf("%s: its second block of commands differs from docs/cloud.md:\n%s\n\n%s", file, blocks[1], long)
		}
	}
}

// shellBlocks are the blocks of commands below a heading, up to the next.
func shellBlocks(t *testing.T, file, heading string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no %s", file, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for i, part := range strings.Split(section, "```") {
		if code, ok := strings.CutPrefix(part, "sh\n"); ok && i%2 == 1 {
			blocks = append(blocks, code)
		}
	}
	return blocks
}

// samLocal stands for `sam local`: a gateway and an invoker of the built
// bootstraps, started when they are first asked for.
type samLocal struct {
	t         *testing.T
	dir       string // data, env.json, stand-ins
	server    *httptest.Server
	routes    routes
	mu        sync.Mutex
	functions map[string]*lambdatest.Host
}

func newSAMLocal(t *testing.T) *samLocal {
	t.Helper()
	s := &samLocal{t: t, dir: t.TempDir(), routes: templateRoutes(t), functions: map[string]*lambdatest.Host{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /invoke/{function}", s.invoked)
	mux.HandleFunc("/", s.gateway)
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	s.program()
	s.standIn("make", "exit 0")
	s.standIn("docker", "exit 0")
	s.standIn("sam", `case "$1 $2" in
  "local start-api") exit 0 ;; # it serves
  "local invoke") [[ $4 == -e ]] && exec curl -sS --data-binary "@$5" "`+s.server.URL+`/invoke/$3" ;;
esac
echo "sam $*: the walk does not know it" >&2; exit 1`)
	t.Cleanup(func() {
		client := dynamodb.NewFromConfig(dynamotest.Config(), func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(os.Getenv(dynamotest.Env)) })
		_, _ = client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: aws.String("Table")}) // it goes with the emulator at the latest
	})
	return s
}

// program has `go run ./cmd/milepost` run a build of it, which is the same and
// does not link it anew each time.
func (s *samLocal) program() {
	s.t.Helper()
	binary := filepath.Join(s.dir, "milepost")
	build := exec.CommandContext(s.t.Context(), "go", "build", "-o", binary, "./cmd/milepost")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		s.t.Fatalf("go build: %v\n%s", err, out)
	}
	s.standIn("go", `[[ "$1 $2" == "run ./cmd/milepost" ]] || { echo "go $*: the walk does not know it" >&2; exit 1; }
shift 2; exec "`+binary+`" "$@"`)
}

func (s *samLocal) standIn(name, script string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte("#!/usr/bin/env bash\n"+script+"\n"), 0o700); err != nil {
		s.t.Fatal(err)
	}
}

// run runs commands in the repository's folder; the emulator is there already.
func (s *samLocal) run(block string) string {
	s.t.Helper()
	block = strings.NewReplacer(`eval "$(scripts/dynamodb-local start)"`, ":", "./data", s.dir+"/data", "env.json", s.dir+"/env.json", "http://127.0.0.1:3000", s.server.URL).Replace(block)
	c := exec.CommandContext(s.t.Context(), "bash", "-euo", "pipefail", "-c", block)
	c.Dir = ".."
	c.Env = append(c.Environ(), "PATH="+s.dir+string(os.PathListSeparator)+os.Getenv("PATH"), "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s\n%s", err, block, out)
	}
	return string(out)
}

// host is that of a function of the template.
func (s *samLocal) host(function string) *lambdatest.Host {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.functions[function]; h != nil {
		return h
	}
	folder := strings.ToLower(strings.TrimSuffix(function, "Function"))
	h := lambdatest.Start(s.t, lambdatest.Build(s.t, filepath.Join(".", folder)), s.environment(function))
	s.functions[function] = h
	return h
}

// environment is what SAM tells a function: what the template declares, by
// env.json where it says something, else as the template does.
func (s *samLocal) environment(function string) map[string]string {
	var file struct{ Parameters map[string]string }
	text, err := os.ReadFile(filepath.Join(s.dir, "env.json"))
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	env := map[string]string{"AWS_ACCESS_KEY_ID": "defaultkey", "AWS_SECRET_ACCESS_KEY": "defaultsecret", "AWS_REGION": "us-east-1"}
	maps.Copy(env, declared(s.t, function))
	for name, value := range file.Parameters {
		if _, ok := env[name]; ok {
			env[name] = strings.ReplaceAll(value, "//host.docker.internal:", "//127.0.0.1:") // no container is here
		}
	}
	return env
}

// declared are the variables of a function in template.yaml: references to
// parameters give their defaults, other ones the logical id.
func declared(t *testing.T, function string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type properties struct {
		Environment struct {
			Variables map[string]yaml.Node `yaml:"Variables"`
		} `yaml:"Environment"`
	}
	var doc struct {
		Parameters map[string]struct {
			Default string `yaml:"Default"`
		} `yaml:"Parameters"`
		Globals struct {
			Function properties `yaml:"Function"`
		} `yaml:"Globals"`
		Resources map[string]struct {
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	var own properties
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	node := doc.Resources[function].Properties
	if err := node.Decode(&own); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, variables := range []map[string]yaml.Node{doc.Globals.Function.Environment.Variables, own.Environment.Variables} {
		for name, value := range variables {
			out[name] = value.Value
			if p, ok := doc.Parameters[value.Value]; ok && value.Tag == "!Ref" {
				out[name] = p.Default
			}
		}
	}
	return out
}

// invoked is `sam local invoke`: it prints the answer and succeeds whatever it
// is.
func (s *samLocal) invoked(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = fmt.Fprintln(w, string(s.host(r.PathValue("function")).Invoke(payload, time.Minute).Body))
}

// gateway is `sam local start-api`.
func (s *samLocal) gateway(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	header := map[string]string{}
	for name, values := range r.Header { // sam local leaves their case as Go does
		header[name] = strings.Join(values, ",")
	}
	d := &deployed{t: s.t, routes: s.routes, functions: map[string]invoker{}}
	for _, name := range names() {
		d.functions[name] = func(payload []byte, within time.Duration) outcome {
			result := s.host(resourceOf(name, "Function")).Invoke(payload, within)
			return outcome{body: bytes.TrimSpace(result.Body), failure: result.FunctionError}
		}
	}
	got := d.ask(r.Method, r.URL.RequestURI(), header, body)
	for name, value := range got.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(got.Status)
	_, _ = io.WriteString(w, got.Body)
}
