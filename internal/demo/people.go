package demo

import (
	"milepost/internal/civil"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// Persona is somebody whom the demo lets one be.
type Persona struct {
	Subject string // of the token
	Names   portfolio.Names
	Role    portfolio.Role
	Shown   bool // whether the demo prints a token
	// organisation is the key of the persona's organisation, empty for none.
	organisation string
	// platform is the place of an operator, from 1; 0 for every other role.
	platform int
}

// personas lists everybody in the order in which they are shown.
func personas() []Persona {
	return []Persona{
		{Subject: "manager", Names: name("林若溪", "Lin Ruoxi"), Role: portfolio.ProgrammeManager, Shown: true, organisation: "funder"},
		{Subject: "manager2", Names: name("周明远", "Zhou Mingyuan"), Role: portfolio.ProgrammeManager, Shown: true, organisation: "funder"},
		{Subject: "finance", Names: name("沈佳宁", "Shen Jianing"), Role: portfolio.Finance, Shown: true, organisation: "funder"},
		{Subject: "finance2", Names: name("顾思齐", "Gu Siqi"), Role: portfolio.Finance, Shown: true, organisation: "funder"},
		{Subject: "head", Names: name("陆长风", "Lu Changfeng"), Role: portfolio.Head, Shown: true, organisation: "funder"},
		{Subject: "operator_bci", Names: name("许念慈", "Xu Nianci"), Role: portfolio.PlatformOperator, Shown: true, organisation: "bci", platform: 1},
		{Subject: "operator_sip", Names: name("方子昂", "Fang Zi'ang"), Role: portfolio.PlatformOperator, organisation: "sip", platform: 2},
		{Subject: "operator_4gs", Names: name("谢知秋", "Xie Zhiqiu"), Role: portfolio.PlatformOperator, organisation: "4gs", platform: 3},
		{Subject: "operator_cgt", Names: name("唐婉清", "Tang Wanqing"), Role: portfolio.PlatformOperator, organisation: "cgt", platform: 4},
		{Subject: "operator_icm", Names: name("韩叙", "Han Xu"), Role: portfolio.PlatformOperator, organisation: "icm", platform: 5},
		{Subject: "lead", Names: name("苏见微", "Su Jianwei"), Role: portfolio.ProjectLead, Shown: true, organisation: "u3"},
		{Subject: "lead2", Names: name("程以宁", "Cheng Yining"), Role: portfolio.ProjectLead, organisation: "c4"},
		{Subject: Auditor, Names: name("何青山", "He Qingshan"), Role: portfolio.Auditor, Shown: true, organisation: "audit"},
		{Subject: "admin", Names: name("管理员", "Administrator"), Role: portfolio.Administrator, Shown: true},
	}
}

// Auditor is the subject of the persona who reads everything.
const Auditor = "auditor"

// registrar is the manager who keeps the register until the others are there.
const registrar = "registrar"

func name(zh, en string) portfolio.Names { return portfolio.Names{ZH: zh, EN: en} }

// found makes the deployment: its administrator, the programme, a first
// manager who writes the organisations down, and everybody else.
func (s *seed) found() error {
	s.Clock.Set(s.worked(-lived), 9*hour)
	if _, err := s.Tracker.Initialise(s.ctx, name("管理员", "Administrator"), s.login("admin")); err != nil {
		return err
	}
	admin, err := s.call("admin")
	if err != nil {
		return err
	}
	made, err := s.Tracker.CreateProgramme(s.ctx, admin, tracker.NewProgramme{
		Code:     "SH-POC-DEMO",
		Names:    name("概念验证平台专项（演示数据）", "Proof-of-concept platform programme (demo data)"),
		GoLiveOn: s.day(-lived + 30), AttentionFrom: s.day(-lived + 60),
	})
	if err != nil {
		return err
	}
	s.programme = programmeOf(made)
	if err := s.join(admin, Persona{Subject: registrar, Names: name("汪书言", "Wang Shuyan"), Role: portfolio.ProgrammeManager}); err != nil {
		return err
	}
	if err := s.register(); err != nil {
		return err
	}
	for _, p := range personas() {
		if p.Subject == "admin" {
			continue
		}
		if err := s.join(admin, p); err != nil {
			return err
		}
	}
	return nil
}

// join records a person and grants the role, unless it is of a platform or an
// award that is not there yet.
func (s *seed) join(admin tracker.Call, p Persona) error {
	made, err := s.Tracker.CreatePerson(s.ctx, admin, portfolio.Person{
		Names: p.Names, Organisation: s.organisations[p.organisation], Logins: []portfolio.Login{s.login(p.Subject)},
	})
	if err != nil {
		return err
	}
	s.people[p.Subject] = personOf(made)
	if p.Role.ScopeKind() != portfolio.InProgramme {
		return nil
	}
	return s.grant(p.Subject, p.Role, string(s.programme))
}

// grant gives a persona a role from today on.
func (s *seed) grant(subject string, role portfolio.Role, scope string) error {
	admin, err := s.call("admin")
	if err != nil {
		return err
	}
	s.forget(subject)
	_, err = s.Tracker.GrantMembership(s.ctx, admin, s.people[subject], portfolio.Grant{
		Role: role, Scope: portfolio.Scope{Kind: role.ScopeKind(), ID: scope}, From: civil.Date{},
	})
	return err
}
