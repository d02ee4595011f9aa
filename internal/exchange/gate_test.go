package exchange

import (
	"testing"
	"time"

	"milepost/internal/fault"
)

func TestGate(t *testing.T) {
	g := newGate(2, time.Millisecond)
	first, err := g.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Enter(t.Context()); fault.CodeOf(err) != "import.busy" || fault.KindOf(err) != fault.Busy {
		t.Errorf("the third = %v, want import.busy", err)
	}
	first()
	leave, err := g.Enter(t.Context())
	if err != nil {
		t.Fatalf("after one has left: %v", err)
	}
	leave()
}
