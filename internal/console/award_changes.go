package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// changeLine is one value that became another, in words.
type changeLine struct {
	Label, From, To string
}

// changeLines are an event's changes as people read them: the fields by name,
// codes in words, amounts in full, ids by what they stand for. What only the
// clock of attention keeps is left out; so is what has no name in a value that
// is new as a whole.
func (q *request) changeLines(ev tracker.JournalEvent, named func(id string) string) []changeLine {
	var out []changeLine
	for _, c := range ev.Changes {
		if hidden(c.Path) {
			continue
		}
		from, to := leaves(c.Path, c.From), leaves(c.Path, c.To)
		paths := slices.Sorted(maps.Keys(from))
		for p := range to {
			if _, both := from[p]; !both {
				paths = append(paths, p)
			}
		}
		slices.Sort(paths)
		for _, p := range paths {
			label, ok := q.fieldLabel(p)
			if !ok && p != c.Path || hidden(p) {
				continue
			}
			line := changeLine{Label: label, From: q.value(ev.Thing, p, from[p], named), To: q.value(ev.Thing, p, to[p], named)}
			if line.From != line.To {
				out = append(out, line)
			}
		}
	}
	return out
}

// hidden reports whether a field only serves the clock or the books.
func hidden(path string) bool {
	name, in, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch name {
	case "memberships": // a role's id; its scope is said once
		return strings.HasSuffix(in, "/id") || strings.Contains(in, "/scope")
	case "result":
		return in == "code" || in == "pointer"
	}
	return path == "/scope/kind" || slices.Contains([]string{
		"watch", "openedOn", "posted", "id", "award", "confirmedAt", "announcedAt", "pending", "ladders", "fingerprint",
	}, name)
}

// leaves are the values in a JSON value by their pointers; an amount of money
// is one value.
func leaves(path string, raw json.RawMessage) map[string]any {
	out := map[string]any{}
	if len(raw) == 0 {
		return out
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return out
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch x := v.(type) {
		case map[string]any:
			if _, ok := amountIn(x); ok {
				out[path] = x
				return
			}
			for name, v := range x {
				walk(path+"/"+name, v)
			}
		case []any:
			for i, v := range x {
				walk(path+"/"+strconv.Itoa(i), v)
			}
		default:
			out[path] = x
		}
	}
	walk(path, v)
	return out
}

// amountIn is the amount that a JSON object is.
func amountIn(x map[string]any) (money.Amount, bool) {
	if len(x) < 2 || x["amount"] == nil || x["currency"] == nil {
		return money.Amount{}, false
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return money.Amount{}, false
	}
	var a money.Amount
	return a, json.Unmarshal(raw, &a) == nil
}

// fieldLabel is the word for the field at a pointer, with its place in a list
// counted from one; false where there is no word, then it is the pointer.
func (q *request) fieldLabel(path string) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	name, place := "", ""
	for i := len(parts) - 1; i >= 0; i-- {
		if n, err := strconv.Atoi(parts[i]); err == nil {
			if place == "" {
				place = " " + strconv.Itoa(n+1)
			}
			continue
		}
		if name == "" {
			name = parts[i]
		}
	}
	if len(parts) > 1 && (name == "zh" || name == "en") {
		name = parts[len(parts)-2] + "." + name
	}
	if name == "id" && (parts[0] == "identifiers" || parts[0] == "scope") {
		name = parts[0]
	}
	if name == "from" && parts[0] != "rounds" { // of a role or an enrolment, not the state before
		name = "startOn"
	}
	if parts[0] == "done" && len(parts) == 2 { // rows of an import, by what was done about them
		name, place = "done", " · "+q.console.Catalogs.Label(q.lang, "importAction", parts[1])
	}
	if last := len(parts) - 1; last > 0 && name == "amount" && parts[last-1] != "document" { // of an amount that only changed its number
		if _, err := strconv.Atoi(parts[last-1]); err != nil {
			name = parts[last-1]
		}
	}
	if name == "number" && len(parts) > 1 && strings.HasSuffix(strings.ToLower(parts[len(parts)-2]), "paper") {
		name = "paper.number"
	}
	id := "console.award.field." + name
	if !q.console.Catalogs.Has(q.lang, id) {
		return path, false
	}
	return q.text(id) + place, true
}

// value is a value in words.
func (q *request) value(thing, path string, v any, named func(id string) string) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		if x {
			return q.text("console.award.yes")
		}
		return q.text("console.award.no")
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case map[string]any:
		a, _ := amountIn(x)
		return q.console.Catalogs.AmountExact(q.lang, a)
	case string:
		if ident.Prefix(x) != "" {
			return clip(named(x))
		}
		if strings.HasSuffix(path, "/end") { // of a round
			return q.console.Catalogs.Label(q.lang, "event", "milestone."+x)
		}
		if strings.HasSuffix(path, "/amount") {
			return grouped(x) // never below zero: a credit stands in the ledger alone
		}
		if group := codeGroup(thing, path); group != "" {
			return q.console.Catalogs.Label(q.lang, group, x)
		}
		if id := codeText(thing, path, x); id != "" && q.console.Catalogs.Has(q.lang, id) {
			return q.text(id)
		}
		return clip(x)
	}
	return ""
}

// codeGroup is the group of labels of the code at a pointer, "" where there is
// no code.
func codeGroup(thing, path string) string {
	kinds := map[string]string{
		ident.PrefixAward: "award", ident.PrefixMilestone: "milestone", ident.PrefixTranche: "tranche", ident.PrefixExtension: "extension",
		ident.PrefixPayment: "payment", ident.PrefixRefund: "refund", ident.PrefixEvidence: "evidence", ident.PrefixProgramme: "programme",
		ident.PrefixPlatform: "platform", ident.PrefixProject: "project", ident.PrefixOrganisation: "organisation", ident.PrefixImport: "import",
	}
	kind := kinds[ident.Prefix(thing)]
	if strings.Contains(path, "/memberships/") || strings.HasPrefix(path, "memberships/") {
		kind = "membership"
	}
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "state", "from":
		return kind + "State"
	case "outcome", "was":
		return "milestoneOutcome"
	case "settlement":
		return "settlement"
	case "instrument":
		return "instrument"
	case "basis":
		return "paymentBasis"
	case "cause":
		return "cause"
	case "destination":
		return "refundDestination"
	case "type":
		return "milestoneType"
	case "role":
		return "role"
	case "action":
		return "importAction"
	case "kind":
		switch {
		case strings.Contains(path, "/tranches/"):
			return "trancheKind"
		case kind == "payment" || strings.Contains(path, "/payments/"):
			return "paymentLineKind"
		case strings.Contains(path, "/history/"):
			return "historyKind"
		case slices.Contains([]string{"tranche", "evidence", "platform", "organisation"}, kind):
			return kind + "Kind"
		}
	case "origin":
		if kind == "award" {
			return "journalOrigin"
		}
		return "origin"
	case "source":
		if kind == "project" {
			return "projectSource"
		}
	case "id":
		if strings.HasSuffix(path, "/scope/id") {
			return "scopeKind" // of the deployment, which has no other name
		}
	}
	return ""
}

// codeText is the id of the text of a code that has no label, "" where there is
// none.
func codeText(thing, path, code string) string {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "level", "source":
		return "console.award." + path[strings.LastIndexByte(path, '/')+1:] + "." + code
	case "kind":
		if ident.Prefix(thing) == "" { // an entry of the ledger
			return "console.award.entry." + code
		}
	}
	return ""
}

// clip shortens what a line shows.
func clip(s string) string {
	if runes := []rune(s); len(runes) > mostBrief {
		return string(runes[:mostBrief]) + "…"
	}
	return s
}
