package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"milepost/internal/store"
)

// Every read seeks through an index: nothing is scanned or sorted, and pages of
// an index never touch the table.
func TestPlans(t *testing.T) {
	s, _ := newStore(t, Memory)
	check := func(statement string, args int, want string) {
		t.Helper()
		rows, err := s.read.Query("EXPLAIN QUERY PLAN "+statement, make([]any, args)...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(plan, "; "); got != want {
			t.Errorf("%s\nplan = %s\nwant   %s", statement, got, want)
		}
	}
	check(getItem, 2, "SEARCH items USING INDEX items_key (pk=? AND sk=?)")
	check(walkItems, 3, "SEARCH items USING INDEX items_key ((pk,sk)>(?,?))")
	check(expiringItems, 5, "SEARCH items USING INDEX items_expires (expires>? AND expires<?)")
	bounds := [4]string{"sk>? AND sk<?", "sk>? AND sk<?", "sk>? AND sk<?", "sk>? AND sk<?"}
	for n := range 4 {
		check(queryItems(n), 4, "SEARCH items USING INDEX items_key (pk=? AND "+bounds[n]+")")
	}
	seeks := [4]string{
		"ix%dsk>? AND ix%dsk<?",
		"(ix%dsk,pk,sk)>(?,?,?) AND ix%dsk<?",
		"ix%dsk>? AND ix%dsk<?",
		"ix%dsk>? AND (ix%dsk,pk,sk)<(?,?,?)",
	}
	for index := range store.Indexes {
		for n := range 4 {
			i := int(index) + 1
			want := fmt.Sprintf("SEARCH items USING COVERING INDEX items_ix%d (ix%dpk=? AND %s)", i, i, fmt.Sprintf(seeks[n], i, i))
			check(forIndex(queryEntries(n), index), 4+2*(n%2), want)
		}
	}
}
