package demo

import (
	"milepost/internal/attention"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// terms writes down how the programme's own terms change: two managers agree on
// less time for extensions early on; that tranches be approved sooner waits for
// a second person today.
func (s *seed) terms() {
	s.script.at(-lived+10, "manager", "propose limits", func(c tracker.Call) error {
		v, err := s.Tracker.Programme(s.ctx, c, s.programme)
		if err != nil {
			return err
		}
		_, err = s.Tracker.EditProgramme(s.ctx, c, s.programme, tracker.ProgrammeTerms{
			Names: v.Names, FoundingDocument: "演示文件〔2024〕1 号", GoLiveOn: v.GoLiveOn, AttentionFrom: v.AttentionFrom,
			SeparationAbove: v.SeparationAbove, RollRestDays: v.RollRestDays,
			Extensions: portfolio.ExtensionLimits{Count: v.Extensions.Count, TotalDays: 270}, Reason: "延期累计不超过九个月。",
		})
		return err
	})
	s.script.at(-lived+13, "manager2", "confirm limits", func(c tracker.Call) error {
		_, err := s.Tracker.ConfirmProgrammeChange(s.ctx, c, s.programme)
		return err
	})
	s.script.at(-5, "manager", "propose a ladder", func(c tracker.Call) error {
		v, err := s.Tracker.Programme(s.ctx, c, s.programme)
		if err != nil {
			return err
		}
		for _, l := range v.Current {
			if l.Kind != attention.ApproveTranche {
				continue
			}
			l.AllowedDays = 3
			if _, err := s.Tracker.SetLadder(s.ctx, c, s.programme, l, tracker.Reason{Reason: "拨付审批提速至三个工作日。"}); err != nil {
				return err
			}
		}
		return nil
	})
}
