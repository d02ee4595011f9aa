package console

// awardsRoutes are the list of awards.
func (c *Console) awardsRoutes(routes) {}
