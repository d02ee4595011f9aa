package repository

import (
	"slices"
	"strings"
	"testing"
)

// The rings of the design: arrows point inward only. A package may import what its
// row names and nothing else of this module.
var (
	leaves  = []string{"fault", "money", "civil", "ident"}
	domain  = []string{"journal", "ledger", "portfolio", "award", "attention", "access", "rollup"}
	inward  = slices.Concat(leaves, domain, []string{"schema", "store", "blob"})
	tracker = slices.Concat(inward, []string{"tracker"})
	edges   = []string{"api", "console", "console/session", "authn", "i18n", "exchange"}
)

type row struct {
	may    []string
	reason string
}

func with(base []string, more ...string) []string { return slices.Concat(base, more) }

// table holds every package of the module. To add a package, add its row, with
// the reason for what it may import.
var table = map[string]row{
	// leaves
	"fault": {nil, "every package reports faults, so fault may know none of them"},
	"money": {[]string{"fault"}, "arithmetic; refuses with a fault"},
	"civil": {[]string{"fault"}, "dates; refuses with a fault"},
	"ident": {nil, "ids are plain text; time and entropy are handed in"},

	"deadline": {nil, "how long requests may take, whatever they ask for"},

	"secretfile": {nil, "a file of bytes, whatever they are for"},

	// domain: values in, values and events out
	"journal":   {leaves, "the envelope of events: must not know what happened"},
	"ledger":    {leaves, "postings between named accounts: must not know why"},
	"portfolio": {leaves, "organisations, programmes, platforms, projects: the nouns others point to"},
	"attention": {with(leaves, "portfolio"), "ladders count working days of a programme's calendar and roles own obligations"},
	"access":    {with(leaves, "portfolio"), "principals act in the scopes that portfolio names; policies decide, history does not"},
	"award":     {with(leaves, "attention", "portfolio", "journal", "ledger"), "its commands open obligations, post money and write events"},

	"rollup": {with(leaves, "attention", "portfolio", "award"), "sums of awards: counts what the domain says, decides nothing"},

	// storage
	"store":                   {nil, "the port: an adapter's limits and errors without any word of the domain"},
	"store/sqlite":            {[]string{"store"}, "an adapter knows the port and its database, nothing it stores"},
	"store/dynamo":            {[]string{"store"}, "an adapter knows the port and its database, nothing it stores"},
	"store/dynamo/dynamotest": {[]string{"store", "store/dynamo"}, "gives tests a table on DynamoDB Local"},
	"store/dynamo/faultproxy": {[]string{"store/dynamo", "store/dynamo/dynamotest"}, "test support: does to requests what networks do; no program imports it"},
	"store/storetest":         {[]string{"store"}, "one suite for every adapter, so it may know none of them"},
	"blob":                    {leaves, "the port for evidence content"},
	"blob/blobtest":           {with(leaves, "blob"), "one suite for every adapter, so it may know none of them"},
	"blob/fs":                 {with(leaves, "blob"), "an adapter knows its port"},

	"blob/s3":        {with(leaves, "blob"), "an adapter knows its port"},
	"blob/s3/s3test": {nil, "test support: a bucket that refuses what S3 refuses, written without its client; no program imports it"},

	// application
	"schema":  {with(leaves, with(domain, "store")...), "the one place that knows both the domain's values and the store's items"},
	"tracker": {inward, "commands and queries: everything inside it, and none of the edges that call it"},
	"tracker/trackertest": {with(tracker, "store/sqlite", "store/storetest", "store/dynamo", "store/dynamo/dynamotest", "blob/fs"),
		"gives tests an office on each kind of store, and the price of what they do on DynamoDB; no program imports it"},

	// edges: tracker and inward, not each other; exceptions with their reason
	"api":             {with(tracker, "deadline", "i18n", "authn", "exchange", "exchange/sheet"), "speaks the caller's language, knows who asks, and takes files to import"},
	"console":         {with(tracker, "deadline", "i18n", "console/session", "console/chart", "exchange", "exchange/sheet"), "speaks the reader's language, knows who asks, draws, and takes and gives files"},
	"authn":           {with(tracker, "secretfile"), "finds the person of a login"},
	"authn/authntest": {nil, "gives tests an issuer over HTTP; no program imports it"},
	"console/session": {with(leaves, "portfolio", "schema", "store", "authn"),
		"keeps who is signed in and sends people to the issuer; whether a login has a person is handed in, so no command is reachable"},
	"i18n":           {leaves, "words for codes and amounts: what it says must not depend on who asks"},
	"exchange":       {with(tracker, "exchange/sheet"), "plans an import and carries it out through commands, as any caller would"},
	"exchange/sheet": {nil, "the cells of a workbook, for who reads them and who opens it"},
	"exchange/xlsx":  {with(leaves, "exchange/sheet"), "opens workbooks: apart, because what it links takes long to start"},
	"apidocs":        {nil, "a page and its files: knows the API by its address only"},

	"console/chart": {with(leaves, "i18n"), "drawings of figures and dates that are handed in: must not know where they come from"},

	"relay":      {with(inward, "rollup"), "follows the journal and writes what subscribers make of it; commands are not its business"},
	"demo":       {tracker, "invented data, lived through by commands as any caller would"},
	"lambdahttp": {with(leaves, "i18n"), "between API Gateway's events and any handler, whose errors it words"},
	"lambdatest": {nil, "test support: hosts a built function as Lambda does; no program imports it"},

	// wiring
	"config": {leaves, "values read once; must not reach for what they configure"},
	"boot": {with(tracker, with(edges, "secretfile", "apidocs", "exchange/xlsx", "config", "demo", "relay", "store/sqlite", "store/dynamo", "blob/fs")...),
		"the composition root: the one package that knows every adapter"},
	"boot/cloud": {with(tracker, "authn", "i18n", "config", "store/dynamo", "blob/s3", "lambdahttp", "relay", "rollup"),
		"what functions in Lambda are composed of: no adapter of the local program, and no edge that only one function links"},
	"boot/cloud/apihost":     {[]string{"api", "boot/cloud", "lambdahttp"}, "a function's handler: links what no other function should start with"},
	"boot/cloud/annexhost":   {[]string{"api", "apidocs", "exchange/xlsx", "config", "boot/cloud", "boot/cloud/apihost", "boot/cloud/consolehost", "lambdahttp"}, "a function's handler: links what no other function should start with"},
	"boot/cloud/consolehost": {with(tracker, "console", "console/session", "exchange/sheet", "authn", "i18n", "config", "boot/cloud", "lambdahttp"), "a function's handler: links what no other function should start with"},
	"functions":              {nil, "tests of the functions as they are deployed; imported by nothing"},
	"functions/api":          {[]string{"boot/cloud", "boot/cloud/apihost"}, "a deployed function: its main hands in clock and chance"},
	"functions/annex":        {[]string{"boot/cloud", "boot/cloud/annexhost"}, "a deployed function: its main hands in clock and chance"},
	"functions/console":      {[]string{"boot/cloud", "boot/cloud/consolehost"}, "a deployed function: its main hands in clock and chance"},
	"functions/sweep":        {[]string{"boot/cloud"}, "a deployed function: its main hands in clock and chance"},
	"functions/relay":        {[]string{"boot/cloud"}, "a deployed function: its main hands in clock and chance"},
	"cmd/milepost": {with(tracker, with(edges, "config", "boot", "store/sqlite", "blob/fs")...),
		"the local binary: user commands go through the API, maintenance commands open a store"},

	"browser/uploadhost": {with(tracker, "console", "console/session", "demo", "i18n", "store/sqlite", "blob/s3", "blob/s3/s3test"),
		"test support: the console of the cloud for a browser, with a bucket beside it; no part of the product"},
	"repository": {nil, "tests of the tree; imported by nothing"},
}

func TestImportsPointInward(t *testing.T) {
	for _, p := range load(t).pkgs {
		r, ok := table[p.name()]
		if !ok {
			t.Errorf("package %s has no row in the table of internal/repository/imports_test.go: add one with what it may import and why", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			imported := pkg{ImportPath: path}
			if !strings.HasPrefix(path, module+"/") || slices.Contains(r.may, imported.name()) {
				continue
			}
			t.Errorf("%s imports %s, which its row does not allow (%s: %s). Move the code inward, hand the thing in, or change the row and say why",
				p.name(), imported.name(), p.name(), r.reason)
		}
	}
}

// The table itself: every row has a reason, names packages that have rows, and
// allows no cycle.
func TestImportTableIsSound(t *testing.T) {
	for name, r := range table {
		if r.reason == "" {
			t.Errorf("row %s gives no reason", name)
		}
		for _, imported := range r.may {
			if _, ok := table[imported]; !ok {
				t.Errorf("row %s allows %s, which has no row", name, imported)
			}
			if reaches(imported, name, map[string]bool{}) {
				t.Errorf("row %s allows %s, which may import %s in turn", name, imported, name)
			}
		}
	}
}

func reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(table[from].may, func(next string) bool { return reaches(next, to, seen) })
}

// The domain does no I/O.
func TestDomainIsPure(t *testing.T) {
	forbidden := map[string]string{
		"context": "a decision takes values and cannot be cancelled", "os": "no I/O", "io/fs": "no I/O", "net": "no I/O",
		"net/http": "no I/O", "database/sql": "no I/O", "log": "return, do not log", "log/slog": "return, do not log",
		"sync": "values need no locks",
	}
	for _, p := range load(t).pkgs {
		if !slices.Contains(domain, p.name()) {
			continue
		}
		for _, path := range p.Imports {
			if why, bad := forbidden[path]; bad {
				t.Errorf("domain package %s imports %s: %s", p.name(), path, why)
			}
		}
	}
}
