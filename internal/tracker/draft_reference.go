package tracker

import (
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// activates refuses what its programme, platform and project do not let begin.
func (aw *awardWork) activates() error {
	if err := aw.programme.Releases(); err != nil {
		return err
	}
	d := aw.award.Document
	if d.Platform != "" {
		p, err := must[portfolio.Platform](aw.work, schema.RootKey(string(d.Platform)), schema.TypePlatform)
		if err != nil {
			return err
		}
		if err := p.Activates(); err != nil {
			return err
		}
	}
	if d.Project == "" {
		return nil
	}
	p, err := must[portfolio.Project](aw.work, schema.RootKey(string(d.Project)), schema.TypeProject)
	if err != nil {
		return err
	}
	return p.Activates()
}

// references refuses a document that names what is not there, or a platform
// or project that its programme does not have.
func (aw *awardWork) references() error {
	d := aw.award.Document
	if err := aw.refer(documentReferences(d)...); err != nil {
		return err
	}
	return aw.projectFits(d)
}

// enrolled refuses a platform whose enrolment is not in force today. An import
// with history does without: what it opens was agreed before.
func (aw *awardWork) enrolled() error {
	d := aw.award.Document
	if d.Platform == "" {
		return nil
	}
	e, err := must[portfolio.Enrolment](aw.work, schema.EnrolmentKey(d.Platform, d.Programme), schema.TypeEnrolment)
	if err != nil || e.Holds(aw.on) {
		return err
	}
	return fault.InvalidFields(fault.At("/platform", "platform.notEnrolled", "value", string(d.Platform)))
}

func (aw *awardWork) projectFits(d award.Document) error {
	if d.Project == "" {
		return nil
	}
	p, err := must[portfolio.Project](aw.work, schema.RootKey(string(d.Project)), schema.TypeProject)
	if err != nil {
		return err
	}
	if p.Programme != d.Programme {
		return fault.InvalidFields(fault.At("/project", "reference.unknown", "value", string(d.Project)))
	}
	return nil
}
