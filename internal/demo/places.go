package demo

import (
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// organisation is a legal person of the story, by key.
type organisation struct {
	key    string
	kind   portfolio.OrganisationKind
	zh, en string
}

func organisations() []organisation {
	return []organisation{
		{"funder", portfolio.Government, "申城科技创新委员会", "Shencheng Science and Technology Commission"},
		{"district", portfolio.Government, "东湾区科技和经济委员会", "Dongwan District Science and Economy Commission"},
		{"audit", portfolio.Government, "申城审计中心", "Shencheng Audit Centre"},
		{"bci", portfolio.Institute, "申江脑智科学研究院", "Shenjiang Institute of Brain Science"},
		{"sip", portfolio.Institute, "东湾光子集成研究院", "Dongwan Institute of Photonic Integration"},
		{"4gs", portfolio.Institute, "临港宽禁带半导体研究院", "Lingang Institute of Wide-Bandgap Semiconductors"},
		{"cgt", portfolio.Hospital, "申城细胞与基因治疗中心", "Shencheng Cell and Gene Therapy Centre"},
		{"icm", portfolio.Company, "东湾集成电路材料创新有限公司", "Dongwan IC Materials Innovation Co."},
		{"u1", portfolio.University, "浦江理工大学", "Pujiang University of Technology"},
		{"u2", portfolio.University, "申江大学", "Shenjiang University"},
		{"u3", portfolio.University, "东湾医科大学", "Dongwan Medical University"},
		{"c1", portfolio.Company, "灵犀神经科技有限公司", "Lingxi Neurotech Co."},
		{"c2", portfolio.Company, "曜石光电有限公司", "Obsidian Photonics Co."},
		{"c3", portfolio.Company, "镓原半导体有限公司", "Gaiyuan Semiconductor Co."},
		{"c4", portfolio.Company, "新序封装材料有限公司", "Xinxu Packaging Materials Co."},
		{"c5", portfolio.Company, "启明细胞制药有限公司", "Qiming Cell Therapeutics Co."},
	}
}

// register writes the organisations down.
func (s *seed) register() error {
	call, err := s.call(registrar)
	if err != nil {
		return err
	}
	for _, o := range organisations() {
		made, err := s.Tracker.CreateOrganisation(s.ctx, call, portfolio.Organisation{
			Names: demoName(o.zh, o.en), Kind: o.kind,
		}, s.programme)
		if err != nil {
			return err
		}
		s.organisations[o.key] = ident.Organisation(made.Aggregate)
	}
	return nil
}

// demoName marks a name as invented.
func demoName(zh, en string) portfolio.Names { return name(zh+"（演示）", en+" (demo)") }

// platform is a platform of the story. The first three fields were
// commissioned first, the other two next.
type platform struct {
	code, key, zh, en, sector string
}

func platforms() []platform {
	return []platform{
		{"POC-BCI", "bci", "脑机接口概念验证平台", "Brain–computer interface platform", "脑机接口"},
		{"POC-SIP", "sip", "硅光概念验证平台", "Silicon photonics platform", "硅光"},
		{"POC-4GS", "4gs", "第四代半导体概念验证平台", "Fourth-generation semiconductor platform", "第四代半导体"},
		{"POC-CGT", "cgt", "细胞与基因治疗概念验证平台", "Cell and gene therapy platform", "细胞与基因治疗"},
		{"POC-ICM", "icm", "集成电路材料概念验证平台", "IC materials platform", "集成电路材料"},
	}
}

// settle makes the platforms, lets them operate, and gives each its operator.
func (s *seed) settle() error {
	s.Clock.Set(s.worked(-lived+3), 10*hour)
	call, err := s.call("manager")
	if err != nil {
		return err
	}
	ceiling := money.MustParse("30000000") // the support ceiling of the public policy
	for _, p := range platforms() {
		made, err := s.Tracker.CreatePlatform(s.ctx, call, tracker.NewPlatform{
			Platform: portfolio.Platform{
				Code: p.code, Kind: portfolio.ProofOfConcept, Names: demoName(p.zh, p.en), Sector: p.sector,
				Operator: s.organisations[p.key],
			},
			Enrolment: portfolio.Enrolment{
				Programme: s.programme, Origin: portfolio.Commissioned, From: s.day(-lived), Ceiling: &ceiling,
			},
		})
		if err != nil {
			return err
		}
		id := ident.Platform(made.Aggregate)
		for _, c := range []portfolio.Command{portfolio.CommandApprove, portfolio.CommandOperate} {
			if _, err := s.Tracker.MovePlatform(s.ctx, call, id, c, tracker.Reason{}); err != nil {
				return err
			}
		}
		s.platforms = append(s.platforms, id)
	}
	for _, p := range personas() {
		if p.platform == 0 {
			continue
		}
		if err := s.grant(p.Subject, p.Role, string(s.platforms[p.platform-1])); err != nil {
			return err
		}
	}
	return nil
}
