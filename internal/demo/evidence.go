package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// file announces, sends and confirms a file of evidence: a PDF of one page
// that says what it is.
func (s *seed) file(c tracker.Call, ref tracker.MilestoneRef, title string) (ident.Evidence, error) {
	content := page()
	sum := sha256.Sum256(content)
	made, err := s.Tracker.AnnounceEvidence(s.ctx, c, ref, award.File{
		Kind: award.StampedScan, FileName: title + "（演示）.pdf", MediaType: "application/pdf",
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return "", err
	}
	id := ident.Evidence(thing(made, "evidence.announced"))
	evidence := tracker.EvidenceRef{Award: ref.Award, Milestone: ref.Milestone, Evidence: id}
	if err := s.Tracker.SendEvidence(s.ctx, c, evidence, bytes.NewReader(content)); err != nil {
		return "", err
	}
	_, err = s.Tracker.ConfirmEvidence(s.ctx, c, evidence)
	return id, err
}

// page is a PDF of one page with one line.
func page() []byte {
	const text = "BT /F1 18 Tf 72 720 Td (Milepost demo data: invented evidence) Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}
