// Package journal provides the envelope of what happened: one entry for each
// command, with its events and what they changed, sealed as canonical JSON and
// chained to the entry before by SHA-256; and the replay of entries into the
// things that they are about.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

// Entry is what one command did to one aggregate (an award, a programme …).
type Entry struct {
	Aggregate string     `json:"aggregate"` // its id
	Seq       int64      `json:"seq"`       // gapless from 1
	At        string     `json:"at"`        // instant of recording: RFC 3339, UTC, milliseconds (AtLayout)
	On        civil.Date `json:"on"`        // business date in Asia/Shanghai
	Actor     Actor      `json:"actor"`
	Command   string     `json:"command"`
	Origin    string     `json:"origin"` // live, import or demo
	Request   string     `json:"request,omitempty"`
	Events    []Event    `json:"events"` // in order, at least one
	// Prev is the hash of the entry before: SHA-256 of its text in lower-case
	// hexadecimal, empty for the first.
	Prev string `json:"prev,omitempty"`
}

// AtLayout is the only form of Entry.At.
const AtLayout = "2006-01-02T15:04:05.000Z"

// Actor is who gave the command: a person, a part of the system such as
// "sweep", or a part of the system started by a person.
type Actor struct {
	Person string `json:"person,omitempty"` // per_…
	System string `json:"system,omitempty"`
}

// Event is one thing that happened: a past-tense slug and the thing it
// happened to.
type Event struct {
	Kind  string `json:"kind"`  // milestone.submitted, obligation.flagged …
	V     int    `json:"v"`     // version of the payload, from 1
	Thing string `json:"thing"` // id
	// Was and Is are the thing's versions before and after the command, 0
	// where there was no thing. They are the same for all events of a thing in
	// one entry.
	Was     int64    `json:"was"`
	Is      int64    `json:"is"`
	Changes []Change `json:"changes,omitempty"`
	// Data is what the change does not say: a reason, a paper, a rung. A JSON
	// object, or absent.
	Data json.RawMessage `json:"data,omitempty"`
}

// Change is one value of a thing's body that became another.
type Change struct {
	Path string          `json:"path"`           // JSON pointer (RFC 6901); "" is the body
	From json.RawMessage `json:"from,omitempty"` // absent where the value was added
	To   json.RawMessage `json:"to,omitempty"`   // absent where it was removed
}

// Seal returns the entry's text, which is canonical JSON (RFC 8785), and the
// hash of exactly these bytes. The fault for an entry that is none is
// journal.entry.invalid, for a value that no body may hold journal.body.invalid.
func (e Entry) Seal() (text, hash string, err error) {
	if what := e.lacks(); what != "" {
		return "", "", fault.New(fault.Internal, "journal.entry.invalid", "aggregate", e.Aggregate, "seq", e.Seq, "what", what)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return "", "", fault.Wrap(err, "journal.entry.invalid", "aggregate", e.Aggregate, "seq", e.Seq, "what", "json")
	}
	canonical, err := Canonical(raw)
	if err != nil {
		return "", "", err
	}
	text = string(canonical)
	return text, Hash(text), nil
}

// Hash returns the SHA-256 of an entry's text in lower-case hexadecimal.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Open reads what Seal wrote, and nothing else: a text that is not exactly
// what sealing its entry gives is refused (journal.entry.unreadable).
func Open(text string) (Entry, error) {
	var e Entry
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return Entry{}, fault.Wrap(err, "journal.entry.unreadable")
	}
	again, _, err := e.Seal()
	if err != nil {
		return Entry{}, fault.Wrap(err, "journal.entry.unreadable")
	}
	if again != text {
		return Entry{}, fault.New(fault.Internal, "journal.entry.unreadable")
	}
	return e, nil
}

// lacks names the first part of the entry that is missing or wrong.
func (e Entry) lacks() string {
	at, err := time.Parse(AtLayout, e.At)
	switch {
	case e.Aggregate == "":
		return "aggregate"
	case e.Seq < 1 || e.Seq > MaxInteger:
		return "seq"
	case err != nil || at.Format(AtLayout) != e.At:
		return "at"
	case e.On.IsZero():
		return "on"
	case e.Actor == Actor{}:
		return "actor"
	case e.Command == "":
		return "command"
	case e.Origin == "":
		return "origin"
	case len(e.Events) == 0:
		return "events"
	case (e.Seq == 1) != (e.Prev == "") || e.Prev != "" && !isHash(e.Prev):
		return "prev"
	}
	for _, event := range e.Events {
		if what := event.lacks(); what != "" {
			return what
		}
	}
	if !text(e.Aggregate, e.Actor.Person, e.Actor.System, e.Command, e.Origin, e.Request) {
		return "text"
	}
	return ""
}

// text reports whether all strings are UTF-8, without which they would be
// sealed as something else.
func text(all ...string) bool {
	return !slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) })
}

func (e Event) lacks() string {
	switch {
	case e.Kind == "":
		return "kind"
	case e.V < 1:
		return "v"
	case e.Thing == "":
		return "thing"
	case e.Was < 0 || e.Is < e.Was || e.Is == e.Was && len(e.Changes) > 0:
		return "is"
	case len(e.Data) > 0 && e.Data[0] != '{':
		return "data"
	case !text(e.Kind, e.Thing):
		return "text"
	}
	for _, c := range e.Changes {
		if !text(c.Path) || c.From == nil && c.To == nil {
			return "changes"
		}
	}
	return ""
}

func isHash(s string) bool {
	return len(s) == hex.EncodedLen(sha256.Size) && strings.Trim(s, "0123456789abcdef") == ""
}
