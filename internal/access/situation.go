package access

import (
	"github.com/cedar-policy/cedar-go"

	"milepost/internal/portfolio"
)

// situation is everything about one membership and one thing that a policy
// can tell apart. Which programme, platform, award or person it is, no policy
// says; so there are few situations, and Cedar answers each of them once.
type situation struct {
	role        portfolio.Role
	action      Action
	within      bool // the thing lies in the membership's scope
	own         bool // the thing is the person who asks
	hasPlatform bool // the thing lies on a platform
}

// onPlatform returns s for a thing that lies on a platform.
func (s situation) onPlatform() situation {
	s.hasPlatform = true
	return s
}

// relations is how many ways there are for a thing to lie to a membership.
const relations = 8

// relation numbers the way in which the thing lies, below relations.
func (s situation) relation() int {
	n := 0
	for i, holds := range [...]bool{s.within, s.own, s.hasPlatform} {
		if holds {
			n |= 1 << i
		}
	}
	return n
}

// question puts s to Cedar with stand-ins for the scopes and the person.
func (s situation) question() question {
	q := question{
		role: s.role, scope: "here", person: "asker",
		action: s.action, thing: "thing", lies: []cedar.String{"elsewhere"},
		hasPlatform: s.hasPlatform,
	}
	if s.within {
		q.lies = []cedar.String{"here"}
	}
	if s.own {
		q.thing = q.person
	}
	return q
}
