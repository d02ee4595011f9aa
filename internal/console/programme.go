package console

// programmeRoutes are programmes: platforms, awards, ladders, changes.
func (c *Console) programmeRoutes(routes) {}
