package exchange

import (
	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/money"
)

// byContent compares the values whose fields are their own.
func byContent() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b civil.Date) bool { return a == b }),
		cmp.Comparer(func(a, b money.Amount) bool { return a == b }),
		cmp.Comparer(func(a, b money.Unit) bool { return a == b }),
	}
}
