package console

// searchRoutes are the search.
func (c *Console) searchRoutes(routes) {}
