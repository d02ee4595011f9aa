package console

// adminRoutes are members, who can see what, calendars, sweeps.
func (c *Console) adminRoutes(routes) {}
