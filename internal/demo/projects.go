package demo

import (
	"fmt"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// project is a project of the story; platform is its host from 1, 0 for none.
type project struct {
	platform int
	lead     string // key of the organisation
	source   portfolio.ProjectSource
	trl      portfolio.TRL
	zh, en   string
}

func projects() []project {
	const (
		challenge = portfolio.OpenChallenge
		clinic    = portfolio.Clinic
		matching  = portfolio.Matching
		self      = portfolio.SelfProposed
	)
	return []project{
		{1, "u2", challenge, portfolio.TRL{Start: 3, Current: 4, Target: 6}, "柔性皮层电极阵列", "Flexible cortical electrode array"},
		{1, "c1", challenge, portfolio.TRL{Start: 4, Current: 5, Target: 7}, "植入式无线神经信号芯片", "Implantable wireless neural chip"},
		{1, "u3", clinic, portfolio.TRL{Start: 3, Current: 4, Target: 6}, "失语患者汉语语音解码", "Mandarin speech decoding for aphasia"},
		{0, "u3", self, portfolio.TRL{Start: 4, Current: 5, Target: 7}, "非侵入式卒中康复训练系统", "Non-invasive stroke rehabilitation"},
		{2, "u1", challenge, portfolio.TRL{Start: 4, Current: 5, Target: 7}, "薄膜铌酸锂高速调制器", "Thin-film lithium niobate modulator"},
		{2, "c2", matching, portfolio.TRL{Start: 5, Current: 6, Target: 8}, "1.6T 硅光收发模块", "1.6T silicon photonic transceiver"},
		{2, "u2", clinic, portfolio.TRL{Start: 3, Current: 3, Target: 6}, "片上光互连交换芯片", "On-chip optical interconnect switch"},
		{2, "c2", self, portfolio.TRL{Start: 3, Current: 3, Target: 6}, "光学相控阵激光雷达", "Optical phased-array lidar"},
		{3, "c3", challenge, portfolio.TRL{Start: 4, Current: 5, Target: 7}, "六英寸氧化镓单晶衬底", "6-inch gallium oxide substrate"},
		{3, "u1", challenge, portfolio.TRL{Start: 3, Current: 4, Target: 6}, "金刚石散热衬底", "Diamond heat-spreading substrate"},
		{3, "u2", clinic, portfolio.TRL{Start: 3, Current: 4, Target: 6}, "氮化铝深紫外发光器件", "AlN deep-ultraviolet emitter"},
		{3, "c3", matching, portfolio.TRL{Start: 4, Current: 4, Target: 7}, "氧化镓功率器件", "Gallium oxide power device"},
		{4, "c5", challenge, portfolio.TRL{Start: 5, Current: 6, Target: 7}, "通用型 CAR-T 制备工艺", "Universal CAR-T manufacturing"},
		{4, "u3", clinic, portfolio.TRL{Start: 4, Current: 5, Target: 6}, "AAV 基因治疗载体", "AAV gene-therapy vector"},
		{4, "u3", clinic, portfolio.TRL{Start: 3, Current: 4, Target: 6}, "多能干细胞来源心肌细胞", "iPSC-derived cardiomyocytes"},
		{4, "c5", matching, portfolio.TRL{Start: 3, Current: 3, Target: 5}, "体内碱基编辑递送系统", "In-vivo base-editing delivery"},
		{5, "icm", challenge, portfolio.TRL{Start: 4, Current: 6, Target: 8}, "ArF 光刻胶树脂", "ArF photoresist resin"},
		{5, "u1", matching, portfolio.TRL{Start: 5, Current: 6, Target: 8}, "高纯电子特种气体", "High-purity electronic gases"},
		{5, "u2", self, portfolio.TRL{Start: 4, Current: 5, Target: 7}, "铜互连抛光液", "CMP slurry for copper interconnects"},
		{0, "c4", self, portfolio.TRL{Start: 4, Current: 4, Target: 7}, "封装用光敏聚酰亚胺", "Photosensitive polyimide for packaging"},
	}
}

// unapproved is the project that is still only proposed.
const unapproved = 7

// propose makes the projects; all but one are approved and underway.
func (s *seed) propose() error {
	s.Clock.Set(s.worked(-lived+9), 10*hour)
	call, err := s.call("manager")
	if err != nil {
		return err
	}
	for i, p := range projects() {
		in := portfolio.Project{
			Programme: s.programme, Code: fmt.Sprintf("DEMO-P%02d", i+1), Title: demoName(p.zh, p.en),
			Lead: s.organisations[p.lead], Source: p.source, TRL: p.trl, Sector: p.sector(),
		}
		if p.platform > 0 {
			in.Host = s.platforms[p.platform-1]
			in.Platforms = []ident.Platform{in.Host}
		}
		made, err := s.Tracker.CreateProject(s.ctx, call, in)
		if err != nil {
			return err
		}
		id := ident.Project(made.Aggregate)
		s.projects = append(s.projects, id)
		if i == unapproved {
			continue
		}
		for _, c := range []portfolio.Command{portfolio.CommandApprove, portfolio.CommandStart} {
			if _, err := s.Tracker.MoveProject(s.ctx, call, id, c, tracker.Reason{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p project) sector() string {
	if p.platform == 0 {
		return ""
	}
	return platforms()[p.platform-1].sector
}
