package journal

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

func first() Entry {
	return Entry{
		Aggregate: "awd_1", Seq: 1, At: "2026-06-29T16:30:00.000Z", On: civil.MustParse("2026-06-30"),
		Actor: Actor{Person: "per_wang"}, Command: "startMilestone", Origin: "live", Request: "req_1",
		Events: []Event{{Kind: "milestone.started", V: 1, Thing: "mst_1", Was: 0, Is: 1,
			Changes: []Change{{Path: "", To: json.RawMessage(`{"state":"inProgress","title":"硅光 <test>"}`)}},
			Data:    json.RawMessage(`{"b":1,"a":"x"}`)}},
	}
}

func TestSeal(t *testing.T) {
	const want = `{"actor":{"person":"per_wang"},"aggregate":"awd_1","at":"2026-06-29T16:30:00.000Z","command":"startMilestone",` +
		`"events":[{"changes":[{"path":"","to":{"state":"inProgress","title":"硅光 <test>"}}],"data":{"a":"x","b":1},"is":1,` +
		`"kind":"milestone.started","thing":"mst_1","v":1,"was":0}],"on":"2026-06-30","origin":"live","request":"req_1","seq":1}`
	text, hash, err := first().Seal()
	if err != nil || text != want {
		t.Errorf("Seal = %s, %v\nwant   %s", text, err, want)
	}
	if hash != "4ab27538100757249b026639ed1c1fcf169d596e2f17cc865e7520ca5d6294ee" {
		t.Errorf("hash = %s, want what sha256sum gives", hash)
	}
	e, err := Open(text)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := e.Seal()
	if err != nil || again != text {
		t.Errorf("Seal of Open = %s, %v", again, err)
	}
}

func TestSealRefuses(t *testing.T) {
	for what, spoil := range map[string]func(*Entry){
		"aggregate": func(e *Entry) { e.Aggregate = "" },
		"seq":       func(e *Entry) { e.Seq = 0 },
		"at":        func(e *Entry) { e.At = "2026-06-29T16:30:00Z" },
		"on":        func(e *Entry) { e.On = civil.Date{} },
		"actor":     func(e *Entry) { e.Actor = Actor{} },
		"command":   func(e *Entry) { e.Command = "" },
		"origin":    func(e *Entry) { e.Origin = "" },
		"events":    func(e *Entry) { e.Events = nil },
		"prev":      func(e *Entry) { e.Prev = Hash("") },
		"kind":      func(e *Entry) { e.Events[0].Kind = "" },
		"v":         func(e *Entry) { e.Events[0].V = 0 },
		"thing":     func(e *Entry) { e.Events[0].Thing = "" },
		"is":        func(e *Entry) { e.Events[0].Is = 0 },
		"data":      func(e *Entry) { e.Events[0].Data = json.RawMessage(`"x"`) },
		"changes":   func(e *Entry) { e.Events[0].Changes[0].To = nil },
		"text":      func(e *Entry) { e.Request = "\xff" },
	} {
		e := first()
		spoil(&e)
		_, _, err := e.Seal()
		want := fault.New(fault.Internal, "journal.entry.invalid", "aggregate", e.Aggregate, "seq", e.Seq, "what", what)
		if err == nil || err.Error() != want.Error() {
			t.Errorf("Seal without %s: %v, want %v", what, err, want)
		}
	}
	e := first()
	e.Events[0].Data = json.RawMessage(`{"a":1.5}`)
	if _, _, err := e.Seal(); fault.CodeOf(err) != "journal.body.invalid" {
		t.Errorf("Seal of a fraction: %v", err)
	}
}

// chain draws the texts of an aggregate's entries and its head.
func chain(t *rapid.T) ([]string, Head) {
	var texts []string
	var head Head
	for range rapid.IntRange(1, 8).Draw(t, "entries") {
		e := first()
		e.Seq, e.Prev = head.Seq+1, head.Hash
		e.Command = rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "command")
		e.Events[0].Was, e.Events[0].Is = head.Seq, e.Seq
		text, hash, err := e.Seal()
		if err != nil {
			t.Fatal(err)
		}
		texts, head = append(texts, text), Head{e.Seq, hash}
	}
	return texts, head
}

// verify replays the texts of an aggregate's entries up to its head.
func verify(aggregate string, head Head, texts []string) error {
	var at Head
	for _, text := range texts {
		var err error
		if at, _, err = at.Next(aggregate, text); err != nil {
			return err
		}
	}
	if at != head {
		return fault.New(fault.Internal, "journal.chain.broken", "aggregate", aggregate, "seq", at.Seq)
	}
	return nil
}

func TestChainHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts, head := chain(t)
		if err := verify("awd_1", head, texts); err != nil {
			t.Fatal(err)
		}
		if err := verify("awd_2", head, texts); fault.CodeOf(err) != "journal.chain.otherAggregate" {
			t.Fatalf("under another name: %v", err)
		}
	})
}

func TestAChangedByteIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts, head := chain(t)
		i := rapid.IntRange(0, len(texts)-1).Draw(t, "entry")
		changed := []byte(texts[i])
		changed[rapid.IntRange(0, len(changed)-1).Draw(t, "byte")] ^= rapid.ByteRange(1, 255).Draw(t, "bits")
		texts[i] = string(changed)
		err := verify("awd_1", head, texts)
		if err == nil {
			t.Fatalf("entry %d changed to %s", i+1, changed)
		}
	})
}

func TestTheChangedEntryIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts, head := chain(t)
		i := rapid.IntRange(0, len(texts)-1).Draw(t, "entry")
		e, err := Open(texts[i])
		if err != nil {
			t.Fatal(err)
		}
		e.Actor.Person = "per_li"
		texts[i], _, _ = e.Seal()
		want := fault.New(fault.Internal, "journal.chain.broken", "aggregate", "awd_1", "seq", int64(i+1))
		if err := verify("awd_1", head, texts); err == nil || err.Error() != want.Error() {
			t.Fatalf("verify = %v, want %v", err, want)
		}
	})
}

func TestRemovedReorderedAndDuplicatedEntriesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts, head := chain(t)
		i := rapid.IntRange(0, len(texts)-1).Draw(t, "entry")
		j := rapid.IntRange(0, len(texts)-1).Draw(t, "other")
		if err := verify("awd_1", head, slices.Delete(slices.Clone(texts), i, i+1)); err == nil {
			t.Fatalf("entry %d removed", i+1)
		}
		if err := verify("awd_1", head, slices.Insert(slices.Clone(texts), j, texts[i])); err == nil {
			t.Fatalf("entry %d again at %d", i+1, j+1)
		}
		if i == j {
			return
		}
		texts[i], texts[j] = texts[j], texts[i]
		if err := verify("awd_1", head, texts); err == nil {
			t.Fatalf("entries %d and %d exchanged", i+1, j+1)
		}
	})
}

func TestReplay(t *testing.T) {
	var r Replay
	add := r.Add
	if err := add(first()); err != nil {
		t.Fatal(err)
	}
	second := first()
	second.Events = []Event{
		{Kind: "obligation.flagged", V: 1, Thing: "mst_1", Was: 1, Is: 2},
		{Kind: "milestone.submitted", V: 1, Thing: "mst_1", Was: 1, Is: 2,
			Changes: []Change{{Path: "/state", From: json.RawMessage(`"inProgress"`), To: json.RawMessage(`"submitted"`)}}},
		{Kind: "tranche.opened", V: 1, Thing: "trn_1", Was: 0, Is: 1, Changes: []Change{{Path: "", To: json.RawMessage(`{"n":1}`)}}},
	}
	for _, spoil := range []struct {
		code string
		do   func(*Entry)
	}{
		{"journal.replay.version", func(e *Entry) { e.Events[0].Was = 0 }},
		{"journal.replay.version", func(e *Entry) { e.Events[1].Is = 3 }},
		{"journal.replay.version", func(e *Entry) { e.Events[2].Was = 1 }},
		{"journal.replay.mismatch", func(e *Entry) { e.Events[2].Changes = []Change{{Path: "/a", To: json.RawMessage(`1`)}} }},
	} {
		e := second
		e.Events = slices.Clone(second.Events)
		spoil.do(&e)
		if err := add(e); fault.CodeOf(err) != spoil.code {
			t.Errorf("Add = %v, want %s", err, spoil.code)
		}
	}
	if diff := cmp.Diff([]string{"mst_1"}, r.Things()); diff != "" {
		t.Errorf("a refused entry left something (-want +got):\n%s", diff)
	}
	if err := add(second); err != nil {
		t.Fatal(err)
	}
	got, version := r.Thing("mst_1")
	if string(got) != `{"state":"submitted","title":"硅光 <test>"}` || version != 2 {
		t.Errorf("Thing = %s, %d", got, version)
	}
	third := first()
	third.Events = []Event{{Kind: "tranche.discarded", V: 1, Thing: "trn_1", Was: 1, Is: 2, Changes: []Change{{Path: "", From: json.RawMessage(`{"n":1}`)}}}}
	if err := add(third); err != nil {
		t.Fatal(err)
	}
	if got, version := r.Thing("trn_1"); got != nil || version != 2 || len(r.Things()) != 1 {
		t.Errorf("a removed thing = %s, %d of %v", got, version, r.Things())
	}
}

func FuzzOpen(f *testing.F) {
	text, _, err := first().Seal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Open(text)
		if err != nil {
			return
		}
		again, hash, err := e.Seal()
		if err != nil || again != text || hash != Hash(text) {
			t.Fatalf("Seal of Open(%q) = %q, %v", text, again, err)
		}
	})
}
