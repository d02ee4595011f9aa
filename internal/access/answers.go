package access

import (
	"sync/atomic"

	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

// answer is what Cedar said about a situation: the policies that permit, none
// where it is refused, or an error.
type answer struct {
	policies []string
	err      error
}

// answers are Cedar's answers to every situation that has arisen.
type answers struct {
	policies policies
	roles    map[portfolio.Role]int
	actions  map[Action]int
	kept     []atomic.Pointer[answer] // by place; nil where not yet asked
}

func newAnswers(ps policies) *answers {
	roles, actions := portfolio.Roles(), Actions()
	return &answers{
		policies: ps,
		roles:    places(roles),
		actions:  places(actions),
		kept:     make([]atomic.Pointer[answer], len(roles)*len(actions)*relations),
	}
}

// to returns the answer to s. Two goroutines that ask at the same time get
// the same one, since an answer follows from s and the policies alone.
func (a *answers) to(s situation) answer {
	role, knownRole := a.roles[s.role]
	action, knownAction := a.actions[s.action]
	if !knownRole || !knownAction {
		return answer{err: fault.New(fault.Internal, "access.unknownAction", "action", string(s.action))}
	}
	place := &a.kept[(role*len(a.actions)+action)*relations+s.relation()]
	if found := place.Load(); found != nil {
		return *found
	}
	permitting, err := a.policies.ask(s.question())
	place.Store(&answer{permitting, err})
	return answer{permitting, err}
}

// places returns the place of each name in a list.
func places[T ~string](names []T) map[T]int {
	m := make(map[T]int, len(names))
	for i, name := range names {
		m[name] = i
	}
	return m
}
