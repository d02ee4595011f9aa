package console

// overviewRoutes are the portfolio in figures and charts.
func (c *Console) overviewRoutes(routes) {}
