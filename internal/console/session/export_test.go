package session

import "context"

// Put keeps a value under a name, as what this package keeps.
func (s *Sessions) Put(ctx context.Context, name, value string) error {
	return s.put(ctx, "test."+name, value, MaxValue)
}

// Get returns such a value, "" where there is none.
func (s *Sessions) Get(ctx context.Context, name string) string {
	if _, ok := from(ctx); !ok {
		return ""
	}
	return s.manager.GetString(ctx, "test."+name)
}
