package portfolio

import (
	"slices"
	"testing"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		a, b Role
		want string // the first; "" for none
	}{
		{ProgrammeManager, Finance, "approverInstructs"}, {ProgrammeManager, Head, "proposerConfirms"},
		{ProgrammeManager, PlatformOperator, "submitterDecides"}, {ProgrammeManager, ProjectLead, "submitterDecides"},
		{Administrator, Finance, "grantorHoldsMoney"}, {Administrator, Auditor, ""}, {Finance, Auditor, ""}, {PlatformOperator, ProjectLead, ""},
	} {
		one, other := Apart(c.a, c.b), Apart(c.b, c.a)
		if !slices.Equal(one, other) || c.want == "" != (len(one) == 0) || c.want != "" && one[0] != c.want {
			t.Errorf("%s and %s: %v, %v", c.a, c.b, one, other)
		}
	}
	for _, r := range Roles() {
		if r.Money() != (len(Apart(Administrator, r)) > 0) {
			t.Errorf("an administrator who is %s: %v", r, Apart(Administrator, r))
		}
	}
}

func TestScopesMeet(t *testing.T) {
	p := inProgramme()
	if !p.Meet(p) || p.Meet(Scope{InProgramme, "prg_2"}) || !p.Meet(Scope{InPlatform, "plt_1"}) {
		t.Error("programmes meet where they are the same, a platform may lie in one")
	}
}
