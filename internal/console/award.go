package console

// awardRoutes are an award: summary, money, people, documents, journal, receipts.
func (c *Console) awardRoutes(routes) {}
