package functions

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost/internal/civil"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
)

// One story through serve on SQLite, through the handlers on DynamoDB, and
// through the built bootstraps: the same answers, and in the end the same
// items, ids and times apart.
func TestOneStoryOnEveryHost(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the story on every host")
		return
	}
	i, today := newIssuer(t), civil.BusinessDate(time.Now())
	tell := func(t *testing.T, d deployment) (answers, items []string) {
		t.Helper()
		s := &story{deployment: d, t: t, issuer: i, today: today}
		d.clock().back(30 * 24 * time.Hour)
		s.begin()
		d.clock().back(0)
		d.arrive()
		s.end()
		names := newNames()
		for _, r := range s.told {
			answers = append(answers, names.plain(t, r))
		}
		return answers, names.items(t, d.items())
	}
	wantAnswers, wantItems := tell(t, newServed(t, i))
	t.Logf("%d answers, %d items", len(wantAnswers), len(wantItems))
	for name, functions := range map[string]func(*world) map[string]invoker{
		"handlers":   func(w *world) map[string]invoker { return w.handlers(t) },
		"bootstraps": func(w *world) map[string]invoker { return w.bootstraps(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, i)
			answers, items := tell(t, &deployed{world: w, t: t, routes: templateRoutes(t), functions: w.handlers(t), later: functions(w)})
			for n := range max(len(answers), len(wantAnswers)) {
				if want, got := at(wantAnswers, n), at(answers, n); want != got {
					t.Fatalf("answer %d:\nserve %s\n%s %s", n, want, name, got)
				}
			}
			alone(t, "serve", wantItems, items)
			alone(t, name, items, wantItems)
		})
	}
}

func at(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return ""
}

// alone fails with the items that stand in one place alone.
func alone(t *testing.T, where string, items, others []string) {
	t.Helper()
	left := map[string]int{}
	for _, item := range others {
		left[item]++
	}
	for _, item := range items {
		if left[item]--; left[item] < 0 {
			t.Errorf("on %s alone: %s", where, item)
		}
	}
}

// plainNames puts what must differ between two tellings by names that do not.
type plainNames struct{ ids map[string]string }

func newNames() *plainNames { return &plainNames{ids: map[string]string{}} }

var (
	anID     = regexp.MustCompile(`\b([a-z]{1,3})_[0-9A-Z]{26}\b`)
	anAt     = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	aNotice  = regexp.MustCompile(`\bntc_[0-9a-f]{32}\b`)
	aHash    = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	aShard   = regexp.MustCompile(`\b(att|out)#\d\d\b`)
	aRequest = regexp.MustCompile(`("requestId":"|"request":"|\\"request\\":\\")[0-9a-f]{32}`)
	aTook    = regexp.MustCompile(`"millis":\d+`)
	aSumOf   = regexp.MustCompile(`#\d\d#awd_`)
	aNumber  = regexp.MustCompile(`"(expires|v)":\d{10,}`)
)

// text puts ids by the order in which they first appear.
func (n *plainNames) text(s string) string {
	s = anID.ReplaceAllStringFunc(s, func(id string) string {
		if n.ids[id] == "" {
			prefix, _, _ := strings.Cut(id, "_")
			n.ids[id] = fmt.Sprintf("%s_%d", prefix, len(n.ids))
		}
		return n.ids[id]
	})
	s = aNotice.ReplaceAllString(s, "ntc_N")
	s = aRequest.ReplaceAllString(s, "${1}R")
	s = aHash.ReplaceAllString(anAt.ReplaceAllString(s, "T"), "H")
	s = aSumOf.ReplaceAllString(aTook.ReplaceAllString(s, `"millis":N`), "#N#awd_")
	return aNumber.ReplaceAllString(aShard.ReplaceAllString(s, "${1}#N"), `"${1}":N`)
}

func (n *plainNames) plain(t *testing.T, r reply) string {
	t.Helper()
	text, err := json.Marshal(r.Header)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s %s", r.Status, n.text(string(text)), n.text(r.Body))
}

// items are all items as text, in an order of their own. Ids that stood in no
// answer lose their number: which comes first differs.
func (n *plainNames) items(t *testing.T, from store.Walker) []string {
	t.Helper()
	known := len(n.ids)
	var out []string
	err := from.Walk(t.Context(), 0, 1, nil, func(item store.Item) error {
		var body any // so that names are in order
		if err := json.Unmarshal(item.Body, &body); err != nil {
			return err
		}
		text, err := json.Marshal(map[string]any{"key": item.Key, "v": item.Version, "index": item.Index, "expires": item.Expires, "body": body})
		out = append(out, n.text(strings.ReplaceAll(string(text), `\t`, " "))) // as the keys of search hold before an id
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	late := regexp.MustCompile(`\b([a-z]{1,3})_(\d+)\b`)
	for i := range out {
		out[i] = late.ReplaceAllStringFunc(out[i], func(id string) string {
			var at int
			prefix, number, _ := strings.Cut(id, "_")
			if _, err := fmt.Sscan(number, &at); err == nil && at >= known {
				return prefix + "_N"
			}
			return id
		})
	}
	slices.Sort(out)
	return out
}
