package attention

import (
	"encoding/json"
	"testing"
)

// The payload is kept for ever: what is written today must stay readable.
func TestEventPayload(t *testing.T) {
	s := &story{rules: rulesOf(t, DefaultLadders()...)}
	s.rules.AttentionFrom = day("2026-06-12")
	_, events, err := s.watch.Follow(deliver("2026-06-11"), day("2026-06-13"), s.rules)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"kind":"deliver","revision":1,"role":"platformOperator","person":"per_wang","ladder":1,"dueOn":"2026-06-11",` +
			`"effectiveDueOn":"2026-06-11","observedOn":"2026-06-13","daysLate":2,"daysPastDue":1,"calendarVersion":"test"}`,
		`{"kind":"deliver","revision":1,"role":"platformOperator","person":"per_wang","ladder":1,"rung":"after1","level":"owner",` +
			`"asks":"overdue","dueOn":"2026-06-11","effectiveDueOn":"2026-06-11","reachedOn":"2026-06-12","observedOn":"2026-06-13",` +
			`"daysLate":1,"notice":"tell","noticeOn":"2026-06-15","calendarVersion":"test"}`,
	}
	if len(events) != len(want) {
		t.Fatalf("events = %v", short(events))
	}
	for i, e := range events {
		got, err := json.Marshal(e)
		if err != nil || string(got) != want[i] {
			t.Errorf("payload %d = %s, %v\nwant        %s", i, got, err, want[i])
		}
	}
}
