package portfolio

// Apart lists the separations that come to bear on somebody who holds two
// roles over the same things, by the codes of their faults after the dot: what
// they do by one role keeps them from a step by the other. Those that keep the
// steps of a single role apart are not among them.
func Apart(a, b Role) []string {
	for _, pair := range [][2]Role{{a, b}, {b, a}} {
		switch other := pair[1]; pair[0] {
		case ProgrammeManager:
			switch other {
			case Finance:
				return []string{"approverInstructs"}
			case Head:
				return []string{"proposerConfirms"}
			case PlatformOperator, ProjectLead:
				return []string{"submitterDecides", "requesterApproves", "requesterDecides"}
			}
		case Administrator:
			if other.Money() {
				return []string{"grantorHoldsMoney"}
			}
		}
	}
	return nil
}

// Meet reports whether two scopes can reach over one thing: scopes of one kind
// where they are the same; those of two kinds may.
func (s Scope) Meet(o Scope) bool { return s.Kind != o.Kind || s.ID == o.ID }
