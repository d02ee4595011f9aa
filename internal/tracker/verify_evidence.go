package tracker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"milepost/internal/award"
	"milepost/internal/fault"
)

// files: the bytes of evidence are there, as announced.
func (c *aggregateCheck) files() error {
	for _, e := range c.award.evidence {
		if _, ok := c.award.milestone(e.Milestone); !ok {
			return fault.New(fault.Internal, "verify.evidence", about(c.id, string(e.ID), "a milestone", e.Milestone)...)
		}
		if c.blobs == nil || e.State != award.Confirmed && e.State != award.Superseded {
			continue
		}
		if err := c.content(e); err != nil {
			return err
		}
		c.report.Evidence++
	}
	return nil
}

// content reads a file of evidence whole and holds it against what was
// announced.
func (c *aggregateCheck) content(e award.Evidence) error {
	file, _, err := c.blobs.In(string(e.ID)).Open(c.ctx, e.SHA256)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Internal, "verify.evidence", about(c.id, string(e.ID), e.SHA256, "none")...)
	}
	if err != nil {
		return err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != e.SHA256 || size != e.Size {
		return fault.New(fault.Internal, "verify.evidence", about(c.id, string(e.ID), fmt.Sprint(e.Size, " ", e.SHA256), fmt.Sprint(size, " ", sum))...)
	}
	return nil
}
