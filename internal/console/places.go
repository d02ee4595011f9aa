package console

// placesRoutes are platforms, projects and organisations.
func (c *Console) placesRoutes(routes) {}
