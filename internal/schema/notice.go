package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// Types of the items that notices leave.
const (
	TypeNotice  = "notice"
	TypeNoticed = "noticed"
)

// Why is why a person is told of something.
type Why string

// The reasons.
const (
	WhyResponsible Why = "responsible" // they are the responsible person of the side that owes it
	WhyRole        Why = "role"        // they hold the role that owes it
	WhyManager     Why = "manager"     // it escalated to the programme's managers
	WhyHead        Why = "head"        // it escalated to the programme's head
)

// Notice tells one person of one rung of one obligation, or once of all that
// was overdue when attention began.
type Notice struct {
	ID        string          `json:"id"` // follows from what it tells whom: see NoticeID
	Person    ident.Person    `json:"person"`
	At        string          `json:"at"` // when it was journaled: RFC 3339, UTC
	On        civil.Date      `json:"on"` // the working day on which it is told
	Why       Why             `json:"why"`
	Role      portfolio.Role  `json:"role"` // that owes it
	Programme ident.Programme `json:"programme"`
	// Of one obligation.
	Award          ident.Award     `json:"award,omitempty"`
	Number         string          `json:"number,omitempty"` // of the award
	Thing          string          `json:"thing,omitempty"`  // id
	Code           string          `json:"code,omitempty"`   // of the milestone, or the tranche's number
	Title          string          `json:"title,omitempty"`
	Kind           attention.Kind  `json:"kind,omitempty"`
	Revision       int             `json:"revision,omitzero"`
	Rung           string          `json:"rung,omitempty"`
	Level          attention.Level `json:"level,omitempty"`
	Asks           string          `json:"asks,omitempty"`
	DueOn          civil.Date      `json:"dueOn,omitzero"`
	EffectiveDueOn civil.Date      `json:"effectiveDueOn,omitzero"`
	DaysLate       int             `json:"daysLate,omitzero"`
	// Of many: how many obligations were overdue when attention began, and the
	// import that brought them.
	Baselined int          `json:"baselined,omitzero"`
	Import    ident.Import `json:"import,omitempty"`

	ReadAt string `json:"readAt,omitempty"` // RFC 3339, UTC; empty while unread
}

// NoticeID is the id of a notice: the same for the same parts (what it tells,
// and whom).
func NoticeID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return "ntc_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// ValidNoticeID reports whether a text has the form of NoticeID's.
func ValidNoticeID(id string) bool {
	rest, ok := strings.CutPrefix(id, "ntc_")
	return ok && len(rest) == 32 && strings.Trim(rest, "0123456789abcdef") == ""
}

// NoticeKey is the key of a person's notice.
func NoticeKey(p ident.Person, id string) store.Key {
	return store.Key{PK: string(p), SK: derived + "not#" + id}
}

// NoticeRecord places a notice in its person's list, and while it is unread in
// that of the unread, by the day on which it is told.
func NoticeRecord(n Notice) Record {
	r := Record{Type: TypeNotice, Key: NoticeKey(n.Person, n.ID), Value: n}
	sk := n.On.String() + "#" + n.ID
	r.Index[store.Scope] = store.Key{PK: NoticesOf(n.Person), SK: sk}
	if n.ReadAt == "" {
		r.Index[store.Program] = store.Key{PK: UnreadOf(n.Person), SK: sk}
	}
	return r
}

// NoticesOf is the partition of a person's notices.
func NoticesOf(p ident.Person) string { return "NO#" + string(p) }

// UnreadOf is the partition of a person's unread notices.
func UnreadOf(p ident.Person) string { return "NU#" + string(p) }

// Noticed says how far an award's journal is counted in a notice of many.
type Noticed struct {
	Notice string      `json:"notice"`
	Award  ident.Award `json:"award"`
	Seq    int64       `json:"seq"`
}

// NoticedKey is the key of how far an award is counted in a person's notice.
func NoticedKey(p ident.Person, notice string, a ident.Award) store.Key {
	return store.Key{PK: string(p), SK: derived + "ntm#" + notice + "#" + string(a)}
}

// NoticedRecord places how far an award is counted in a person's notice.
func NoticedRecord(p ident.Person, n Noticed) Record {
	return Record{Type: TypeNoticed, Key: NoticedKey(p, n.Notice, n.Award), Value: n}
}
